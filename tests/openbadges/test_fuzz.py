"""Every entry point against hostile input: nothing leaves the core but its own errors, and nothing takes long."""

import base64
import gzip
import json
import time
import tracemalloc
import zlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance.openbadges import (
    Ed25519Signer,
    OpenBadgeError,
    PublishedKey,
    UnreachableError,
    assertion_key,
    bake_png,
    bake_svg,
    canonize,
    checked,
    decode,
    did_document,
    empty,
    key_did_document,
    list_credential,
    parse,
    rasterize,
    sign,
    sign_jwt,
    to_bytes,
    unbake,
    verify,
    web_did_url,
)
from issuance.openbadges import jws as jws_module
from issuance.openbadges.canonical import bounded
from issuance.openbadges.did import public_key_of
from issuance.openbadges.public_key import from_jwk, from_multikey_text, from_pem
from issuance.openbadges.verify.keys import find_key, issuer_check, published_check
from issuance.openbadges.verify.means import Means

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=10)
ISSUER = "did:web:registry.example.edu"
LIST_URL = "https://registry.example.edu/status/1"
SIGNER = Ed25519Signer(bytes(range(32)), f"{ISSUER}#key-1")
STATES = ("valid", "expired", "revoked", "altered", "unknown")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
# A sample for `make test`; test_everything_thoroughly asks the same of many more.
FUZZ = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
THOROUGH = settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))

NAMES = st.sampled_from(
    """@context @id @type @value @graph @list @language @vocab @base id type proof issuer validFrom credentialSubject
    achievement criteria result resultDescription identifier verificationMethod assertionMethod controller publicKey
    publicKeyMultibase publicKeyJwk publicKeyPem keys kty crv x y n e kid jwks jwks_uri alg cryptosuite proofValue
    proofPurpose created expires previousProof credentialStatus statusListCredential statusListIndex statusPurpose
    statusSize encodedList revokedCredential endorsement endorsementJwt verifiableCredential vc iss sub nbf exp jti
    verification badge recipient revoked""".split()
)
WORDS = st.sampled_from(
    [
        ISSUER, f"{ISSUER}#key-1", LIST_URL, "https://registry.example.edu/", "did:key:z6Mk", "did:web:", "did:x:y", "_:b0",
        "urn:x:1", "data:,", "EdDSA", "RS256", "ES256", "none", "HS256", "eddsa-rdfc-2022", "eddsa-jcs-2022", "OKP", "RSA",
        "DataIntegrityProof", "BitstringStatusListEntry", "1EdTechRevocationList", "OpenBadgeCredential", "Assertion",
        "VerifiableCredential", "EndorsementCredential", "EnvelopedVerifiableCredential", "ClrCredential", "revocation",
        "https://www.w3.org/ns/credentials/v2", "https://w3id.org/openbadges/v2", "z" + "1" * 50, "uH4sIAAAA", "-1", "7",
        "2026-01-01T00:00:00Z", "9999-99-99T99:99:99Z", "\ud800", "\x00", "e30.e30.e30", "https://[", "http://a@b:99999/",
    ]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | WORDS
JUNK = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=4), inner, max_size=5),
    max_leaves=12,
)


def text_of(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def dumped(value):
    return json.dumps(value, default=str).encode("utf-8", "surrogatepass")


class Anything:
    """A resolver that answers each address with the same junk, or with the real thing where there is one."""

    def __init__(self, answer, known=()):
        self.answer, self.known = answer, dict(known)

    def find(self, name):
        if name in self.known:
            return self.known[name]
        if self.answer is None:
            raise UnreachableError("Nothing is here.")
        return self.answer

    did = status_list = document = find


class Genuine:
    """A genuine badge in each form, and what its issuer publishes; short when a failure is shown."""

    def __init__(self, contexts, badge):
        self.contexts = contexts
        self.badge = sign(badge, signer=SIGNER, created=NOON, contexts=contexts).document
        self.token = sign_jwt(badge, signer=SIGNER, contexts=contexts)
        bits = list_credential(url=LIST_URL, issuer=ISSUER, bits=empty(), valid_from=NOON)
        self.known = {
            ISSUER: did_document(ISSUER, [PublishedKey(name="key-1", public_key=SIGNER.public_key)]),
            LIST_URL: sign(bits, signer=SIGNER, created=NOON, contexts=contexts).document,
        }
        self.json = to_bytes(self.badge)
        self.png, self.svg = bake_png(rasterize(SVG, size=9), self.json), bake_svg(SVG.encode(), self.json)


@pytest.fixture(scope="module")
def genuine(contexts, make_badge):
    return Genuine(contexts, make_badge().to_dict())


def quiet(work, *arguments):
    """Do something with hostile input; only the core's own error may leave it."""
    try:
        return work(*arguments)
    except OpenBadgeError as error:
        assert error.code
        assert str(error)
    return None


def reported(contexts, data, answer=None, known=()):
    report = verify(data, resolver=Anything(answer, known), contexts=contexts, now=LATER)
    assert report.state in STATES
    assert all(check.code and check.sentence for check in report.checks)
    return report


def changed(document, place, junk):
    """Give a copy of a JSON value with the place-th of its values, counted in order, replaced."""
    left = [place]

    def walk(value):
        left[0] -= 1
        if left[0] < 0:
            left[0] = 10**9
            return junk
        if isinstance(value, dict):
            return {name: walk(item) for name, item in value.items()}
        if isinstance(value, list):
            return [walk(item) for item in value]
        return value

    return walk(document)


def check_bytes(contexts, data):
    quiet(parse, data)
    quiet(unbake, data)
    quiet(jws_module.read, data)
    assert not reported(contexts, data).is_valid


def check_json(contexts, junk):
    document = junk if isinstance(junk, dict) else {"credentialSubject": junk}
    for work in (checked, bounded, lambda it: canonize(it, contexts)):
        quiet(work, document)
    for data in (document, dumped(document)):
        assert not reported(contexts, data, junk).is_valid


def check_keys(junk):
    document = junk if isinstance(junk, dict) else {"id": junk}
    for method in ("x", f"{ISSUER}#key-1"):
        quiet(assertion_key, document, method)
        quiet(assertion_key, {"id": ISSUER, "verificationMethod": junk, "assertionMethod": junk}, method)
    for work in (from_jwk, from_pem, from_multikey_text, web_did_url):
        quiet(work, junk)
    quiet(public_key_of, document)
    quiet(key_did_document, f"did:key:{junk}")


def check_published(genuine, junk, place):
    """Hostile keys and lists behind a genuine badge."""
    for address in (ISSUER, LIST_URL):
        hostile = {**genuine.known, address: changed(genuine.known[address], place, junk)}
        reported(genuine.contexts, genuine.badge, None, hostile)
        reported(genuine.contexts, genuine.token, None, hostile)
        reported(genuine.contexts, genuine.badge, None, {**genuine.known, address: junk})


def check_genuine(genuine, junk, place):
    """One part of a genuine badge replaced by anything: never valid, unless it is what stood there."""
    hostile = changed(genuine.badge, place, junk)
    report = reported(genuine.contexts, hostile, junk, genuine.known)
    assert not report.is_valid or hostile == genuine.badge
    head, payload, signature = genuine.token.split(".")
    inside = json.loads(base64.urlsafe_b64decode(payload + "=="))
    altered = f"{head}.{text_of(dumped(changed(inside, place, junk)))}.{signature}"
    reported(genuine.contexts, altered, junk, genuine.known)


def check_tokens(genuine, header, payload):
    head = {"alg": "EdDSA", "kid": f"{ISSUER}#key-1", **(header if isinstance(header, dict) else {"typ": header})}
    signed = f"{text_of(dumped(head))}.{text_of(dumped(payload))}"
    token = f"{signed}.{text_of(SIGNER.sign(signed.encode()))}"
    quiet(jws_module.read, token)
    reported(genuine.contexts, token, payload, genuine.known)


def check_lists(junk, data):
    quiet(decode, junk)
    for packed in (data, gzip.compress(data), zlib.compress(data)):
        quiet(decode, "u" + text_of(packed))


def check_images(genuine, place, data):
    for image in (genuine.png, genuine.svg):
        spot = place % len(image)
        quiet(unbake, image[:spot] + data + image[spot + len(data) :])
        quiet(unbake, image[:spot])
        quiet(unbake, image[:spot] + data + image[spot:])
    quiet(bake_png, data, genuine.json)
    quiet(bake_svg, data, genuine.json)
    quiet(bake_svg, SVG.encode(), data)


@settings(FUZZ, max_examples=80)  # the long test draws shorter bytes
@given(data=st.binary(max_size=300) | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_bytes(contexts, data):
    check_bytes(contexts, data)


@FUZZ
@given(junk=JUNK)
def test_json(contexts, junk):
    check_json(contexts, junk)


@FUZZ
@given(junk=JUNK)
def test_keys(junk):
    check_keys(junk)


@settings(FUZZ, max_examples=8)
@given(junk=JUNK, place=st.integers(1, 30))
def test_published_documents(genuine, junk, place):
    check_published(genuine, junk, place)


SITE = "https://school.example"
JWK = {"kty": "OKP", "crv": "Ed25519", "x": text_of(SIGNER.public_key), "kid": "1"}
PEM = Ed25519PublicKey.from_public_bytes(SIGNER.public_key).public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)
WEB = {
    f"{SITE}/issuer": {
        "id": f"{SITE}/issuer",
        "publicKey": [f"{SITE}/key", {"id": f"{SITE}/issuer#key", "owner": f"{SITE}/issuer", "publicKeyJwk": JWK}],
        "revocationList": f"{SITE}/revoked",
        "verification": {"startsWith": [f"{SITE}/"], "allowedOrigins": ["school.example"]},
        "jwks": {"keys": [JWK]},
        "jwks_uri": f"{SITE}/keys",
    },
    f"{SITE}/key": {"id": f"{SITE}/key", "owner": f"{SITE}/issuer", "publicKeyPem": PEM.decode()},
    f"{SITE}/keys": {"keys": [JWK]},
    f"{SITE}/class": {"id": f"{SITE}/class", "type": "BadgeClass", "issuer": f"{SITE}/issuer"},
    f"{SITE}/revoked": {
        "id": f"{SITE}/revoked",
        "issuer": f"{SITE}/issuer",
        "revokedAssertions": ["urn:x:1", {"id": "urn:x:2"}],
        "revokedCredential": [{"id": "urn:x:1", "revoked": False}],
    },
    f"{SITE}/1": {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{SITE}/1",
        "type": "Assertion",
        "recipient": {"identity": "x"},
        "badge": f"{SITE}/class",
        "issuedOn": "2026-01-01T00:00:00Z",
        "verification": {"type": "hosted"},
    },
}


def web_files(genuine):
    """Badges that need each of the documents above: by HTTP keys in four ways, and two of version 2.0."""

    def token(payload, **header):
        signed = f"{text_of(dumped(header))}.{text_of(dumped(payload))}"
        return f"{signed}.{text_of(SIGNER.sign(signed.encode()))}"

    badge = {name: value for name, value in genuine.badge.items() if name not in ("proof", "validUntil")}
    badge |= {
        "issuer": {**badge["issuer"], "id": f"{SITE}/issuer"},
        "credentialStatus": {"id": f"{SITE}/revoked", "type": "1EdTechRevocationList"},
    }
    claims = {"iss": f"{SITE}/issuer", "jti": badge["id"], "sub": badge["credentialSubject"]["id"]}
    claims["nbf"] = int(NOON.timestamp())
    old = {**WEB[f"{SITE}/1"], "id": "urn:x:3", "verification": {"type": "signed", "creator": f"{SITE}/key"}}
    return [
        *(token({**badge, **claims}, alg="EdDSA", kid=kid) for kid in (f"{SITE}/keys#1", f"{SITE}/issuer#key")),
        token({**badge, **claims}, alg="EdDSA", jwk=JWK),
        token({**badge, **claims}, alg="EdDSA", kid=f"{SITE}/key"),
        WEB[f"{SITE}/1"],
        token(old, alg="EdDSA"),
    ]


def check_web(genuine, junk, place):
    for address, document in WEB.items():
        for data in web_files(genuine):
            reported(genuine.contexts, data, junk, {**WEB, address: changed(document, place, junk)})
            reported(genuine.contexts, data, None, {**WEB, address: junk})


def test_the_documents_of_the_web_are_good_before_they_are_changed(genuine):
    for data in web_files(genuine):
        report = reported(genuine.contexts, data, None, WEB)
        assert report.state == "valid", report.checks


@settings(FUZZ, max_examples=3)
@given(junk=JUNK, place=st.integers(1, 20))
def test_documents_of_the_web(genuine, junk, place):
    check_web(genuine, junk, place)


@pytest.mark.parametrize("junk", [[], {}, ["x"], [["x"]], {"id": ["x"]}, [{"id": {}, "kid": []}], "https://[", 7, True])
def test_each_part_of_the_documents_of_the_web(genuine, junk):
    light = [data for data in web_files(genuine) if isinstance(data, dict)] + web_files(genuine)[-1:]
    for address, document in WEB.items():
        for place in range(25):
            for data in light:
                report = reported(genuine.contexts, data, junk, {**WEB, address: changed(document, place, junk)})
                assert report.checks
        for kid in (f"{SITE}/keys#1", f"{SITE}/issuer#key", f"{SITE}/key"):
            for place in range(25):
                known = {**WEB, address: changed(document, place, junk)}
                means = Means(Anything(None, known), genuine.contexts, LATER)
                found = quiet(find_key, kid, means)
                if found is not None:
                    quiet(issuer_check, f"{SITE}/issuer", found, means)
                    quiet(published_check, f"{SITE}/issuer", found.key, None, means)


@FUZZ
@given(junk=JUNK, place=st.integers(1, 150))
def test_parts_of_genuine_badges(genuine, junk, place):
    check_genuine(genuine, junk, place)


@FUZZ
@given(header=JUNK, payload=JUNK)
def test_tokens(genuine, header, payload):
    check_tokens(genuine, header, payload)


@settings(FUZZ, max_examples=80)  # the long test draws shorter bytes
@given(junk=JUNK, data=st.binary(max_size=200))
def test_status_lists(junk, data):
    check_lists(junk, data)


@FUZZ
@given(place=st.integers(0, 10**6), data=st.binary(max_size=12))
def test_images(genuine, place, data):
    check_images(genuine, place, data)


@pytest.mark.long
@THOROUGH
@given(junk=JUNK, other=JUNK, place=st.integers(0, 10**6), data=st.binary(max_size=60))
def test_everything_thoroughly(genuine, junk, other, place, data):
    check_bytes(genuine.contexts, data)
    check_json(genuine.contexts, junk)
    check_keys(junk)
    check_published(genuine, junk, place % 30)
    check_genuine(genuine, junk, place % 150)
    if place % 20 == 0:
        check_web(genuine, junk, place // 20 % 25)
    check_tokens(genuine, other, junk)
    check_lists(junk, data)
    check_images(genuine, place, data)


def nested(depth, inner=1):
    return b"[" * depth + str(inner).encode() + b"]" * depth


BOMB = gzip.compress(bytes(200_000_000), compresslevel=9)


COSTLY = pytest.mark.parametrize(
    "make",
    [
        lambda badge: nested(900_000),
        lambda badge: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        lambda badge: b'{"a":"' + b"x" * 1_999_980 + b'"}',
        lambda badge: b'{"a":[' + b"1," * 900_000 + b"1]}",
        lambda badge: b'{"a":' + b"9" * 1_500_000 + b"}",
        lambda badge: dumped({**badge, "evidence": [{"id": f"urn:x:{n}", "type": "Evidence"} for n in range(18_000)]}),
        lambda badge: dumped({**badge, "evidence": [{"type": "Evidence", "name": str(n)} for n in range(240)]}),
        lambda badge: dumped({**badge, "evidence": [{"type": ["Evidence"]}] * 240}),
        lambda badge: dumped({**badge, "proof": badge["proof"] * 5_000}),
        lambda badge: dumped({**badge, "endorsement": [badge] * 60}),
        lambda badge: dumped({**badge, "@context": [*badge["@context"], *({"a": "b"} for _ in range(5_000))]}),
        lambda badge: b"<svg " + b"a='" * 600_000,
        lambda badge: b"<svg>" + b"<openbadges:credential" * 80_000,
        lambda badge: b"<svg><openbadges:credential>" + b"<![CDATA[" * 200_000 + b"</openbadges:credential></svg>",
        lambda badge: b"\x89PNG\r\n\x1a\n" + b"\x00" * 9_000_000,
        lambda badge: b"A" * 1_000_000 + b"." + b"A" * 500_000 + b"." + b"A" * 400_000,
        lambda badge: b"https://" + b"a" * 1_000_000,
    ],
    ids="deep deep-objects long-text many-values long-number evidence graph ties proofs endorsements contexts "
    "svg-attributes svg-tags svg-sections png token address".split(),
)


@COSTLY
def test_costly_files_are_answered_in_bounded_time(genuine, make):
    data = make(genuine.badge)

    began = time.process_time()
    report = reported(genuine.contexts, data, None, genuine.known)

    assert not report.is_valid
    assert time.process_time() - began < 10  # seconds of one slow core; most take milliseconds


@COSTLY
def test_costly_files_are_answered_in_bounded_memory(genuine, make):
    data = make(genuine.badge)

    tracemalloc.start()
    try:
        reported(genuine.contexts, data, None, genuine.known)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 120_000_000  # bytes; a file has 10 MB at most


def test_a_list_that_unpacks_to_more_than_is_accepted_is_refused():
    tracemalloc.start()
    try:
        with pytest.raises(OpenBadgeError):
            decode("u" + text_of(BOMB))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 60_000_000  # it would unpack to 200 MB


def test_a_chain_of_controllers_ends(contexts, signed_badge):
    """Each key document names another controller; a verification asks for a bounded number of addresses."""

    class Endless:
        asked = 0

        def document(self, url):
            Endless.asked += 1
            return {"id": url, "controller": f"https://x.example/{Endless.asked}", "publicKeyMultibase": "z6Mk"}

        did = status_list = document

    proof = {**signed_badge["proof"][0], "verificationMethod": "https://x.example/0"}
    report = verify({**signed_badge, "proof": [proof] * 4}, resolver=Endless(), contexts=contexts, now=LATER)

    assert not report.is_valid
    assert Endless.asked < 20
