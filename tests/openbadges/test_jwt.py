"""VC-JWT: signing with EdDSA; verifying anybody's tokens, and refusing each that a public key does not vouch for."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from issuance.openbadges import (
    Ed25519Signer,
    FormatError,
    ModelError,
    MultikeyError,
    Profile,
    ProofError,
    PublishedKey,
    Subject,
    TermError,
    UnreachableError,
    bake_png,
    bake_svg,
    did_document,
    empty,
    key_did,
    list_credential,
    rasterize,
    sign,
    sign_jwt,
    unbake,
    verify,
    with_set,
)
from issuance.openbadges import IdentityObject as Identity
from issuance.openbadges.jws import read
from issuance.openbadges.public_key import from_jwk, from_pem

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=10)
ISSUER = "did:web:registry.example.edu"
HTTP_ISSUER = "https://issuer.example/issuers/42"
LIST_URL = "https://registry.example.edu/status/1"
INDEX = 94567
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
P256 = ec.derive_private_key(0x5A5A5A5A5A5A, ec.SECP256R1())
ED = Ed25519Signer(bytes(range(32)), f"{ISSUER}#key-1")


def text(data):
    data = data if isinstance(data, bytes) else json.dumps(data).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value, size=None):
    return text(value.to_bytes(size or (value.bit_length() + 7) // 8, "big"))


def rsa_jwk(key=RSA, **more):
    numbers = key.public_key().public_numbers()
    return {"kty": "RSA", "n": number(numbers.n), "e": number(numbers.e), **more}


def ec_jwk(**more):
    numbers = P256.public_key().public_numbers()
    return {"kty": "EC", "crv": "P-256", "x": number(numbers.x, 32), "y": number(numbers.y, 32), **more}


def ed_jwk(**more):
    return {"kty": "OKP", "crv": "Ed25519", "x": text(ED.public_key), **more}


def token(payload, **header):
    """Make a token as another issuer would, with whatever its header says."""
    signed = f"{text(header)}.{text(payload)}"
    algorithm = header.get("alg")
    if algorithm == "RS256":
        signature = RSA.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    elif algorithm == "ES256":
        r, s = decode_dss_signature(P256.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    elif algorithm == "none":
        signature = b""
    else:
        signature = ED.sign(signed.encode())
    return f"{signed}.{text(signature)}"


class Outside:
    """What can be fetched, by address."""

    def __init__(self, documents):
        self.documents = documents
        self.asked = []

    def find(self, name):
        self.asked.append(name)
        if name not in self.documents:
            raise UnreachableError(f"{name} cannot be fetched.")
        return self.documents[name]

    did = status_list = document = find


@pytest.fixture(scope="module")
def keys():
    return did_document(ISSUER, [PublishedKey(name="key-1", public_key=ED.public_key)])


@pytest.fixture(scope="module")
def status(contexts):
    unsigned = list_credential(url=LIST_URL, issuer=ISSUER, bits=empty(), valid_from=NOON)
    return sign(unsigned, signer=ED, created=NOON, contexts=contexts).document


@pytest.fixture
def look(contexts, keys, status):
    def verify_it(data, documents=None, now=LATER):
        known = {ISSUER: keys, LIST_URL: status} if documents is None else documents
        return verify(data, resolver=Outside(known), contexts=contexts, now=now)

    return verify_it


@pytest.fixture
def signed(make_badge, contexts):
    return sign_jwt(make_badge().to_dict(), signer=ED, contexts=contexts)


@pytest.fixture
def foreign(make_badge):
    """The payload of a badge by an issuer with an HTTP address."""
    badge = make_badge(issuer=Profile(id=HTTP_ISSUER, name="Elsewhere"), status=None).to_dict()
    return {
        **badge,
        "iss": HTTP_ISSUER,
        "jti": badge["id"],
        "sub": badge["credentialSubject"]["id"],
        "nbf": int(NOON.timestamp()),
        "exp": int((NOON + timedelta(days=1095)).timestamp()),
    }


def codes(report):
    return {check.name: check.code for check in report.checks if check.outcome in ("failed", "unknown")}


def test_a_signed_token_repeats_what_the_badge_says(signed, make_badge):
    found = read(signed)

    badge = make_badge().to_dict()
    assert found.header == {"alg": "EdDSA", "kid": f"{ISSUER}#key-1", "typ": "JWT"}
    claims = {name: found.payload[name] for name in ("iss", "jti", "sub", "nbf", "exp")}
    assert claims == {
        "iss": ISSUER,
        "jti": badge["id"],
        "sub": badge["credentialSubject"]["id"],
        "nbf": 1795348800,
        "exp": 1795348800 + 1095 * 86400,
    }
    assert {name: value for name, value in found.payload.items() if name not in claims} == badge


def test_a_signed_token_is_valid(signed, look, make_badge):
    report = look(signed)

    assert report.state == "valid", report.checks
    assert report.document == make_badge().to_dict()
    assert report.check("format").code == "format-token"
    assert look(signed.encode() + b"\n").state == "valid"


def test_a_token_without_a_subject_address_claims_none(make_badge, contexts, look):
    badge = make_badge(subject=Subject(identities=[Identity.of_name("Zoë")])).to_dict()

    made = sign_jwt(badge, signer=ED, contexts=contexts)

    assert "sub" not in read(made).payload
    assert look(made).state == "valid"


def test_a_token_may_hold_a_badge_with_a_proof_of_its_own(signed_badge, contexts, look):
    assert look(sign_jwt(signed_badge, signer=ED, contexts=contexts)).state == "valid"


def test_a_token_is_baked_and_found_again(signed, look):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'
    png, drawing = bake_png(rasterize(svg, size=9), signed.encode()), bake_svg(svg.encode(), signed.encode())

    assert f'<openbadges:credential verify="{signed}"/>' in drawing.decode()
    for image in (png, drawing):
        assert unbake(image) == signed.encode()
        assert look(image).state == "valid"


def test_an_enveloped_token_is_read(signed, look):
    enveloped = {
        "@context": "https://www.w3.org/ns/credentials/v2",
        "id": f"data:application/vc+jwt,{signed}",
        "type": "EnvelopedVerifiableCredential",
    }

    assert look(enveloped).state == "valid"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"honors": "with distinction"}, TermError),
        ({"jti": "x"}, ProofError),
        ({"id": None}, ProofError),
        ({"validFrom": None}, ProofError),
        ({"issuer": None}, ProofError),
        ({"validFrom": "yesterday"}, ModelError),
        ({"name": "a\x07b"}, FormatError),
    ],
)
def test_what_a_token_cannot_say_is_refused(make_badge, contexts, change, error):
    badge = {**make_badge().to_dict(), **change}

    with pytest.raises(error):
        sign_jwt({name: value for name, value in badge.items() if value is not None}, signer=ED, contexts=contexts)


def test_a_changed_token_is_told(signed, look):
    header, payload, signature = signed.split(".")
    changed = text(json.loads(base64.urlsafe_b64decode(payload + "==")) | {"name": "Another"})

    report = look(f"{header}.{changed}.{signature}")

    assert (report.state, codes(report)["proof"]) == ("altered", "proof-mismatch")


@pytest.mark.long
def test_one_changed_character_anywhere_in_a_token_makes_it_fail(signed, look):
    for place, character in enumerate(signed):
        for other in ("A" if character != "A" else "B", chr(ord(character) ^ 1)):
            report = look(signed[:place] + other + signed[place + 1 :])
            assert report.state in ("altered", "unknown"), place
            assert not report.is_valid


def test_a_revoked_and_an_expired_token_are_told(signed, look, keys, contexts):
    listed = list_credential(url=LIST_URL, issuer=ISSUER, bits=with_set(empty(), [INDEX]), valid_from=NOON)
    revoked = look(signed, {ISSUER: keys, LIST_URL: sign(listed, signer=ED, created=NOON, contexts=contexts).document})
    expired = look(signed, now=NOON + timedelta(days=2000))

    assert (revoked.state, codes(revoked)) == ("revoked", {"status": "revoked"})
    assert (expired.state, codes(expired)) == ("expired", {"dates": "expired"})


def test_a_status_list_may_be_a_token(signed, look, keys, contexts):
    for positions, state in (([], "valid"), ([INDEX], "revoked")):
        bits = with_set(empty(), positions)
        listed = list_credential(url=LIST_URL, issuer=ISSUER, bits=bits, valid_from=NOON)
        assert look(signed, {ISSUER: keys, LIST_URL: sign_jwt(listed, signer=ED, contexts=contexts)}).state == state


@pytest.mark.parametrize(
    ("header", "code", "outcome"),
    [
        ({"alg": "none"}, "jwt-unsigned", "failed"),
        ({"alg": "nOnE"}, "jwt-unsigned", "failed"),
        ({"alg": "HS256"}, "jwt-unsigned", "failed"),
        ({"alg": 7}, "jwt-unsigned", "failed"),
        ({"alg": "ES384"}, "proof-unsupported", "unknown"),
        ({"crit": ["exp"]}, "jwt-critical", "failed"),
        ({"b64": False}, "jwt-critical", "failed"),
        ({"typ": "openid4vci-proof+jwt"}, "jwt-type", "failed"),
        ({"typ": "at+jwt"}, "jwt-type", "failed"),
        ({"typ": ["JWT"]}, "jwt-type", "failed"),
        ({"jku": "https://evil.example/keys"}, "jwt-header", "failed"),
        ({"x5c": []}, "jwt-header", "failed"),
        ({"kid": None}, "jwt-header", "failed"),
        ({"kid": 7}, "jwt-header", "failed"),
        ({"alg": "RS256"}, "jwt-algorithm", "failed"),
        ({"kid": f"{ISSUER}#key-9"}, "key-unknown", "unknown"),
        ({"jwk": ec_jwk()}, "jwt-two-keys", "failed"),
        ({"jwk": {"kty": "OKP"}}, "key", "unknown"),
        ({"jwk": {"kty": "oct", "k": "AAAA"}}, "key-private", "unknown"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_a_token_that_no_issuer_vouches_for_is_refused_by_name(signed, look, header, code, outcome):
    whole = {"alg": "EdDSA", "kid": f"{ISSUER}#key-1", "typ": "JWT", **header}
    made = token(read(signed).payload, **{name: value for name, value in whole.items() if value is not None})

    report = look(made)

    assert (report.check("proof").outcome, report.check("proof").code) == (outcome, code)
    assert not report.is_valid
    assert report.check("status").code == "status-unasked"


def test_a_key_is_not_used_as_a_secret(signed, look):
    """The classic confusion: an HMAC under the bytes of the public key."""
    import hmac

    head, payload = text({"alg": "HS256", "kid": f"{ISSUER}#key-1"}), signed.split(".")[1]
    signature = hmac.digest(ED.public_key, f"{head}.{payload}".encode(), "sha256")

    assert codes(look(f"{head}.{payload}.{text(signature)}"))["proof"] == "jwt-unsigned"


@pytest.mark.parametrize(
    ("claims", "word"),
    [
        ({"iss": "did:web:other.example"}, "issued"),
        ({"iss": None}, "issued"),
        ({"jti": "urn:uuid:other"}, "address"),
        ({"jti": None}, "address"),
        ({"sub": "urn:uuid:other"}, "given"),
        ({"sub": None}, "given"),
        ({"nbf": 1}, "from when"),
        ({"nbf": None}, "from when"),
        ({"nbf": "1795348800"}, "from when"),
        ({"nbf": True}, "from when"),
        ({"exp": 1895348800}, "until when"),
    ],
    ids=lambda value: json.dumps(value)[:40],
)
def test_claims_that_disagree_with_the_badge_are_refused_by_name(signed, look, claims, word):
    payload = {name: value for name, value in (read(signed).payload | claims).items() if value is not None}

    report = look(token(payload, alg="EdDSA", kid=f"{ISSUER}#key-1", typ="JWT"))

    assert report.check("proof").code == "jwt-claims"
    assert word in report.check("proof").sentence
    assert report.state == "altered"


def test_the_end_of_a_token_counts_when_the_badge_names_none(make_badge, look, contexts):
    payload = read(sign_jwt(make_badge(valid_until=None).to_dict(), signer=ED, contexts=contexts)).payload
    made = token({**payload, "exp": int(LATER.timestamp())}, alg="EdDSA", kid=f"{ISSUER}#key-1")

    assert look(made, now=LATER - timedelta(seconds=1)).state == "valid"
    assert look(made).state == "expired"


def test_a_term_that_nobody_defined_is_told(signed, look):
    payload = read(signed).payload | {"honors": "with distinction"}

    report = look(token(payload, alg="EdDSA", kid=f"{ISSUER}#key-1"))

    assert report.state == "unknown"
    assert codes(report) == {"context": "term-undefined"}


def by_http(issuer_document, key_address=None, key_document=None):
    found = {HTTP_ISSUER: {"id": HTTP_ISSUER, "type": "Profile", **issuer_document}}
    return found if key_address is None else {**found, key_address: key_document}


@pytest.mark.parametrize(
    ("header", "outside"),
    [
        # A JWK or a set of them, on the issuer's own place
        ({"alg": "RS256", "kid": f"{HTTP_ISSUER}/keys#1"}, {f"{HTTP_ISSUER}/keys": {"keys": [rsa_jwk(kid="1")]}}),
        ({"alg": "ES256", "kid": "https://issuer.example/jwks.json"}, {"https://issuer.example/jwks.json": ec_jwk()}),
        (
            {"alg": "EdDSA", "kid": "https://issuer.example/.well-known/jwks.json#a"},
            {"https://issuer.example/.well-known/jwks.json": {"keys": [ed_jwk(kid="a"), ec_jwk(kid="b")]}},
        ),
        # In the issuer's profile, in four ways
        (
            {"alg": "RS256", "kid": f"{HTTP_ISSUER}#key"},
            by_http({"publicKey": {"id": f"{HTTP_ISSUER}#key", "owner": HTTP_ISSUER, "publicKeyJwk": rsa_jwk()}}),
        ),
        (
            {"alg": "ES256", "kid": f"{HTTP_ISSUER}#key"},
            by_http(
                {
                    "verificationMethod": [{"id": "#key", "controller": HTTP_ISSUER, "publicKeyJwk": ec_jwk()}],
                    "assertionMethod": ["#key"],
                }
            ),
        ),
        (
            {"alg": "RS256", "kid": "https://keys.example/1"},
            by_http({"publicKey": ["https://keys.example/1"]}, "https://keys.example/1", rsa_jwk()),
        ),
        (
            {"alg": "RS256", "kid": "https://keys.example/1"},
            by_http({"jwks": {"keys": [rsa_jwk()]}}, "https://keys.example/1", rsa_jwk()),
        ),
        # A key document of its own, which the profile lists
        (
            {"alg": "RS256", "kid": "https://keys.example/1"},
            by_http(
                {"publicKey": "https://keys.example/1"},
                "https://keys.example/1",
                {"id": "https://keys.example/1", "owner": HTTP_ISSUER, "publicKeyJwk": rsa_jwk()},
            ),
        ),
        # Travelling with the token, and published by the issuer
        ({"alg": "RS256", "jwk": rsa_jwk()}, by_http({"jwks": {"keys": [rsa_jwk()]}})),
    ],
)
def test_tokens_of_issuers_with_http_addresses_are_valid(foreign, look, header, outside):
    report = look(token(foreign, typ="JWT", **header), outside)

    assert report.state == "valid", report.checks
    changed = look(token(foreign, typ="JWT", **header)[:-6] + "AAAAAA", outside)
    assert codes(changed)["proof"] in ("proof-mismatch", "format")


@pytest.mark.parametrize(
    ("header", "outside", "outcome", "code"),
    [
        # An own key proves nothing by itself
        ({"alg": "RS256", "jwk": rsa_jwk()}, by_http({}), "failed", "issuer-mismatch"),
        ({"alg": "RS256", "jwk": rsa_jwk()}, {}, "unknown", "unreachable"),
        # Another's place, also on the same host
        (
            {"alg": "RS256", "kid": "https://evil.example/keys"},
            by_http({}, "https://evil.example/keys", rsa_jwk()),
            "failed",
            "issuer-mismatch",
        ),
        (
            {"alg": "RS256", "kid": "https://issuer.example/issuers/43/keys"},
            by_http({}, "https://issuer.example/issuers/43/keys", rsa_jwk()),
            "failed",
            "issuer-mismatch",
        ),
        (
            {"alg": "RS256", "kid": "https://issuer.example/issuers/42/../43/keys"},
            by_http({}, "https://issuer.example/issuers/42/../43/keys", rsa_jwk()),
            "failed",
            "issuer-mismatch",
        ),
        (
            {"alg": "RS256", "kid": "http://issuer.example/issuers/42/keys"},
            by_http({}, "http://issuer.example/issuers/42/keys", rsa_jwk()),
            "failed",
            "issuer-mismatch",
        ),
        # A key that claims its owner, who does not know of it
        (
            {"alg": "RS256", "kid": "https://evil.example/keys"},
            by_http(
                {},
                "https://evil.example/keys",
                {"id": "https://evil.example/keys", "owner": HTTP_ISSUER, "publicKeyJwk": rsa_jwk()},
            ),
            "failed",
            "key-unknown",
        ),
        # Withdrawn: listed, and not for assertions
        (
            {"alg": "RS256", "kid": f"{HTTP_ISSUER}#key"},
            by_http(
                {
                    "verificationMethod": [{"id": "#key", "controller": HTTP_ISSUER, "publicKeyJwk": rsa_jwk()}],
                    "assertionMethod": [],
                }
            ),
            "failed",
            "key-not-allowed",
        ),
        # Two keys of one name
        (
            {"alg": "RS256", "kid": f"{HTTP_ISSUER}/keys#1"},
            {f"{HTTP_ISSUER}/keys": {"keys": [rsa_jwk(kid="1"), ec_jwk(kid="1")]}},
            "failed",
            "key-unknown",
        ),
    ],
)
def test_a_key_that_the_issuer_does_not_publish_is_told(foreign, look, header, outside, outcome, code):
    report = look(token(foreign, typ="JWT", **header), outside)

    assert (report.check("issuer").outcome, report.check("issuer").code) == (outcome, code)
    assert not report.is_valid


def test_a_did_key_may_sign_with_p256(foreign, look):
    from issuance.openbadges.keys import to_base58

    point = P256.public_key().public_numbers()
    compressed = bytes([2 + point.y % 2]) + point.x.to_bytes(32, "big")
    did = "did:key:z" + to_base58(b"\x80\x24" + compressed)
    badge = {**foreign, "iss": did, "issuer": {**foreign["issuer"], "id": did}}

    for kid in (did, f"{did}#{did.removeprefix('did:key:')}"):
        assert look(token(badge, alg="ES256", kid=kid), {}).state == "valid"
    assert look(token(badge, alg="ES256", jwk=ec_jwk()), {}).state == "valid"
    assert look(token(badge, alg="RS256", jwk=rsa_jwk()), {}).state == "altered"


def test_a_key_that_travels_is_found_among_relative_ones(signed, keys, status, look):
    method = {**keys["verificationMethod"][0], "id": "#key-1"}
    relative = {**keys, "verificationMethod": [method], "assertionMethod": ["#key-1"]}
    made = token(read(signed).payload, alg="EdDSA", jwk=ed_jwk())

    assert look(made, {ISSUER: relative, LIST_URL: status}).state == "valid"
    withdrawn = look(made, {ISSUER: {**relative, "assertionMethod": []}, LIST_URL: status})
    assert (withdrawn.state, codes(withdrawn)["issuer"]) == ("altered", "key-not-allowed")


def test_a_key_document_that_does_not_read_leaves_the_token_unknown(foreign, look):
    kid = f"{HTTP_ISSUER}/keys#1"
    for answer in (b"<html>", b"[]", 7):
        report = look(token(foreign, alg="RS256", kid=kid), {f"{HTTP_ISSUER}/keys": answer})
        assert report.state == "unknown"
        assert {check.outcome for check in report.checks if check.name in ("proof", "issuer")} == {"unknown"}


def test_a_relative_key_is_the_issuers(signed, look):
    payload = read(signed).payload

    for kid in ("#key-1", "key-1"):
        assert look(token(payload, alg="EdDSA", kid=kid)).state == "valid"


def test_a_token_of_the_data_model_1_is_read_below_vc(make_badge, look):
    did = key_did(ED.public_key)
    badge = make_badge(issuer=Profile(id=did, name="Elsewhere"), status=None, with_schema=False).to_dict()
    badge["@context"] = ["https://www.w3.org/2018/credentials/v1", *badge["@context"][1:2]]
    badge["issuanceDate"] = badge.pop("validFrom")
    badge["expirationDate"] = badge.pop("validUntil")
    del badge["evidence"]
    claims = {"iss": did, "jti": badge["id"], "sub": badge["credentialSubject"]["id"]}
    claims |= {"nbf": int(NOON.timestamp()), "exp": int((NOON + timedelta(days=1095)).timestamp()), "vc": badge}

    report = look(token(claims, alg="EdDSA", kid=did, typ="JWT"), {})

    assert report.state == "valid", report.checks
    assert report.check("dates").sentence == "It holds until November 21, 2029, 12:00:00 PM UTC."


@pytest.mark.parametrize(
    "data",
    [
        "e30.e30.",
        "e30.e30.e30",
        "e31.e30.e30",
        "eyJhIjoxLCJhIjoyfQ.e30.AAAA",
        f"{text({'alg': 'EdDSA'})}.{text([1])}.AAAA",
        f"{text({'alg': 'EdDSA'})}.{text({'vc': 'x'})}.AAAA",
        f"{text({'x': 'y' * 30_000})}.{text({})}.AAAA",
        f"{text({'alg': 'EdDSA'})}=.{text({})}.AAAA",
    ],
)
def test_what_is_no_token_is_told(look, data):
    report = look(data)

    assert report.state == "unknown"
    assert [check.outcome for check in report.checks] == ["failed"]


WEAK = rsa.generate_private_key(public_exponent=65537, key_size=1024)


@pytest.mark.parametrize(
    ("jwk", "code"),
    [
        (rsa_jwk(WEAK), "key-weak"),
        (rsa_jwk(d="AQAB"), "key-private"),
        ({**rsa_jwk(), "e": text(bytes([1] + [0] * 7 + [1]))}, "key-weak"),
        ({**rsa_jwk(), "e": text(b"\x02")}, "key"),
        (rsa_jwk(use="enc"), "key"),
        (rsa_jwk(key_ops=["encrypt"]), "key"),
        (rsa_jwk(alg="RS512"), "key"),
        ({**ec_jwk(), "y": text(b"\x01" * 32)}, "key"),
        ({**ec_jwk(), "crv": "P-384"}, "key"),
        ({**ed_jwk(), "x": "AAAA"}, "key"),
        ({**ed_jwk(), "x": "ü"}, "key"),
        ({"kty": "RSA"}, "key"),
        ({"kty": {}}, "key"),
        (rsa_jwk(key_ops=7), "key"),
        ("x", "key"),
    ],
    ids="short secret large-exponent even-exponent encryption operations algorithm off-curve curve short-x no-text bare "
    "no-kind number-of-operations no-object".split(),
)
def test_a_key_that_is_none_is_refused_by_name(jwk, code):
    with pytest.raises(MultikeyError) as refused:
        from_jwk(jwk)

    assert refused.value.code == code


@pytest.mark.parametrize("pem", ["", "x", 7, "-----BEGIN PRIVATE KEY-----", "-----BEGIN PUBLIC KEY-----\nAAAA\n"])
def test_what_is_no_public_key_in_pem_is_refused(pem):
    with pytest.raises(MultikeyError):
        from_pem(pem)
