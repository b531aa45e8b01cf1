"""Open Badges 2.0: hosted and signed assertions, as outside credentials still arrive."""

import base64
import copy
import json
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from issuance.openbadges import BakingError, UnreachableError, bake_png, bake_svg, rasterize, unbake, verify

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SITE = "https://badges.example"
RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = RSA.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)  # fmt: skip
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'


class Outside:
    """What can be fetched, by address."""

    def __init__(self, documents):
        self.documents = {document["id"]: document for document in documents}

    def find(self, name):
        if name not in self.documents:
            raise UnreachableError(f"{name} cannot be fetched.")
        return self.documents[name]

    did = status_list = document = find


@pytest.fixture
def profile():
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{SITE}/issuer",
        "type": "Issuer",
        "name": "Elsewhere College",
        "publicKey": f"{SITE}/key",
        "revocationList": f"{SITE}/revoked",
        "image": None,
    }


@pytest.fixture
def key():
    return {"id": f"{SITE}/key", "type": "CryptographicKey", "owner": f"{SITE}/issuer", "publicKeyPem": PEM.decode()}


@pytest.fixture
def badge_class():
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{SITE}/classes/1",
        "type": "BadgeClass",
        "name": "Suturing",
        "issuer": f"{SITE}/issuer",
    }


@pytest.fixture
def revoked():
    return {"id": f"{SITE}/revoked", "type": "RevocationList", "issuer": f"{SITE}/issuer", "revokedAssertions": []}


@pytest.fixture
def assertion():
    return {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{SITE}/assertions/1",
        "type": "Assertion",
        "recipient": {"type": "email", "hashed": True, "identity": "sha256$00", "salt": "x"},
        "badge": f"{SITE}/classes/1",
        "issuedOn": "2025-12-31T23:59:59+00:00",
        "verification": {"type": "hosted"},
        "evidence": None,
    }


@pytest.fixture
def look(contexts, profile, key, badge_class, revoked):
    def verify_it(data, *documents, now=NOON):
        known = [profile, key, badge_class, revoked, *documents]
        return verify(data, resolver=Outside(known), contexts=contexts, now=now)

    return verify_it


@pytest.fixture
def signed(assertion):
    def make(**changes):
        payload = {
            **assertion,
            "id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
            "verification": {"type": "signed", "creator": f"{SITE}/key"},
            **changes,
        }
        parts = [text(json.dumps(part).encode()) for part in ({"alg": "RS256"}, payload)]
        signature = RSA.sign(".".join(parts).encode(), padding.PKCS1v15(), hashes.SHA256())
        return ".".join([*parts, text(signature)])

    return make


def text(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def codes(report):
    return {check.name: check.code for check in report.checks if check.outcome in ("failed", "unknown")}


def test_a_hosted_badge_is_valid_when_its_site_shows_the_same(assertion, look):
    report = look(assertion, assertion)

    assert report.state == "valid", report.checks
    assert [check.name for check in report.checks] == [
        "format",
        "context",
        "shape",
        "proof",
        "issuer",
        "status",
        "dates",
    ]
    assert look(json.dumps(assertion).encode(), assertion).state == "valid"


def test_an_address_alone_is_followed(assertion, look):
    address = f"{SITE}/assertions/1"

    assert look(address, assertion).state == "valid"
    assert look(address.encode(), assertion).state == "valid"
    assert codes(look(address)) == {"format": "unreachable"}
    assert codes(look(f"{SITE}/issuer")) == {"format": "format"}


@pytest.mark.parametrize(
    ("hosted", "state", "found"),
    [
        (None, "unknown", {"proof": "unreachable", "issuer": "unreachable", "status": "unreachable"}),
        ({"issuedOn": "2025-01-01T00:00:00Z"}, "altered", {"proof": "hosted-differs", "status": "status-unasked"}),
        ({"recipient": {"identity": "x"}}, "altered", {"proof": "hosted-differs", "status": "status-unasked"}),
        ({"revoked": True}, "revoked", {"status": "revoked"}),
    ],
    ids=["unreachable", "other date", "other person", "revoked"],
)
def test_a_hosted_badge_is_what_its_site_shows(assertion, look, hosted, state, found):
    report = look(assertion) if hosted is None else look(assertion, {**assertion, **hosted})

    assert (report.state, codes(report)) == (state, found)


def test_an_address_that_answers_with_something_else_is_told(assertion, contexts):
    class Lying(Outside):
        def document(self, url):
            return {**assertion, "id": f"{SITE}/assertions/2"}

    report = verify(assertion, resolver=Lying([]), contexts=contexts, now=NOON)

    assert report.state == "altered"
    assert codes(report)["proof"] == "hosted-elsewhere"


@pytest.mark.parametrize(
    ("verification", "address", "outcome"),
    [
        (None, "https://evil.example/1", "failed"),
        (None, "https://badges.example:8443/1", "failed"),
        ({"allowedOrigins": "cdn.example"}, "https://cdn.example/1", "passed"),
        ({"allowedOrigins": ["cdn.example"]}, f"{SITE}/assertions/1", "failed"),
        ({"startsWith": [f"{SITE}/assertions/"]}, f"{SITE}/assertions/1", "passed"),
        ({"startsWith": f"{SITE}/assertions/"}, f"{SITE}/elsewhere/1", "failed"),
        ({"startsWith": "https://badges.example"}, "https://badges.example.evil.example/1", "failed"),
        ({"startsWith": 7}, f"{SITE}/assertions/1", "passed"),
    ],
)
def test_a_hosted_badge_lies_where_its_issuer_says(assertion, look, profile, verification, address, outcome):
    if verification is not None:
        profile["verification"] = verification
    moved = {**assertion, "id": address}

    report = look(moved, moved)

    assert report.check("issuer").outcome == outcome, report.checks
    assert report.is_valid == (outcome == "passed")


def test_an_issuer_who_cannot_be_asked_leaves_a_hosted_badge_unknown(assertion, contexts):
    report = verify(assertion, resolver=Outside([assertion]), contexts=contexts, now=NOON)

    assert (report.state, codes(report)) == ("unknown", {"issuer": "unreachable", "status": "status-unasked"})


def test_a_badge_class_that_claims_another_issuer_does_not_help(assertion, look):
    there = "https://evil.example"
    badge = {"id": f"{there}/class", "type": "BadgeClass", "issuer": f"{SITE}/issuer"}
    forged = {**assertion, "id": f"{there}/1", "badge": f"{there}/class"}

    report = look(forged, forged, badge)

    assert (report.state, codes(report)) == ("altered", {"issuer": "issuer-mismatch", "status": "status-unasked"})


def test_a_signed_badge_is_valid_under_the_issuers_key(signed, look):
    report = look(signed())

    assert report.state == "valid", report.checks
    assert look(signed(verification={"type": "SignedBadge"})).state == "valid"


def test_a_key_may_stand_in_the_profile(signed, look, profile, key):
    profile["publicKey"] = {**key, "id": f"{SITE}/issuer#key"}

    assert look(signed(verification={"type": "signed", "creator": f"{SITE}/issuer#key"})).state == "valid"


def test_a_signed_badge_may_bring_a_badge_class_without_an_address(signed, look, badge_class):
    assert look(signed(badge={**badge_class, "id": "urn:uuid:1"})).state == "valid"


def test_a_changed_signed_badge_is_told(signed, look):
    first, second, third = signed().split(".")
    payload = json.loads(base64.urlsafe_b64decode(second + "=="))
    changed = text(json.dumps({**payload, "recipient": {"identity": "me"}}).encode())

    assert codes(look(f"{first}.{changed}.{third}"))["proof"] == "proof-mismatch"
    unsigned = f"{text(json.dumps({'alg': 'none'}).encode())}.{changed}."
    assert codes(look(unsigned))["proof"] == "jwt-unsigned"
    assert look(unsigned).state == "altered"


@pytest.mark.parametrize(
    ("listed", "state"),
    [
        (["urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"], "revoked"),
        ([{"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", "revocationReason": "Error"}], "revoked"),
        ([{"uid": "abc"}], "revoked"),
        (["urn:uuid:another", 7, {"id": 7}], "valid"),
        ("all", "unknown"),
    ],
)
def test_a_revoked_signed_badge_is_told(signed, look, revoked, listed, state):
    revoked["revokedAssertions"] = listed

    assert look(signed(uid="abc")).state == state


def test_a_revocation_list_that_cannot_be_trusted_is_unknown(signed, look, revoked, profile):
    revoked["issuer"] = "https://other.example/issuer"
    assert codes(look(signed())) == {"status": "status-list-format"}
    profile["revocationList"] = f"{SITE}/nowhere"
    assert codes(look(signed())) == {"status": "unreachable"}
    del profile["revocationList"]
    assert look(signed()).check("status").outcome == "not-applicable"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda profile, key: profile.pop("publicKey"), "key-unknown"),
        (lambda profile, key: profile.update(publicKey=f"{SITE}/other"), "key-unknown"),
        (lambda profile, key: key.update(owner="https://evil.example/issuer"), "unreachable"),
        (lambda profile, key: key.update(publicKeyPem="x"), "key"),
        (lambda profile, key: key.pop("owner"), "key-controller"),
    ],
)
def test_a_key_that_the_issuer_does_not_list_is_told(signed, look, profile, key, change, code):
    change(profile, key)

    report = look(signed())

    assert not report.is_valid
    assert code in codes(report).values(), codes(report)


def test_dates_of_assertions_count(assertion, look):
    ended = {**assertion, "expires": "2026-01-01T00:00:00Z"}
    early = {**assertion, "issuedOn": "2027-01-01T00:00:00Z"}

    assert look(ended, ended).state == "expired"
    assert codes(look(early, early)) == {"dates": "not-yet-valid"}


@pytest.mark.parametrize(
    "change",
    [
        {"id": None},
        {"recipient": None},
        {"recipient": "x"},
        {"badge": 7},
        {"issuedOn": 7},
        {"verification": {"type": "signed"}},
        {"verification": None},
        {"id": "urn:uuid:1"},
        {"@context": "https://other.example"},
    ],
)
def test_an_assertion_without_a_needed_part_is_not_valid(assertion, look, change):
    report = look({**assertion, **change}, assertion)

    assert report.state == "unknown"
    assert "shape" in codes(report) or "context" in codes(report)


def test_older_images_are_read(assertion, signed, look):
    png, svg = rasterize(SVG, size=9), SVG.encode()
    old_png = bake_png(png, json.dumps(assertion).encode()).replace(b"openbadgecredential\x00", b"openbadges\x00")
    address = f"{SITE}/assertions/1"
    old_svg = bake_svg(svg, signed().encode()).replace(b"openbadges:credential", b"openbadges:assertion")

    assert look(repaired(old_png), assertion).state == "valid"
    assert look(text_chunk(png, b"openbadges", address.encode()), assertion).state == "valid"
    assert look(old_svg).state == "valid"


def test_a_new_badge_beside_an_old_one_is_the_one_that_is_read(assertion, signed_badge):
    new = json.dumps(signed_badge).encode()
    image = bake_png(rasterize(SVG, size=9), new)

    both = text_chunk(image, b"openbadges", b"https://badges.example/1")

    assert unbake(both) == new
    with pytest.raises(BakingError):
        unbake(text_chunk(both, b"openbadgecredential", new))


def repaired(png):
    """Write the lengths and sums of a PNG's chunks anew after its second chunk was changed."""
    import struct
    import zlib

    place = 8 + 25
    end = png.index(b"IDAT") - 4
    body = png[place + 8 : end - 4]
    length = struct.pack(">I", len(body))
    return png[:place] + length + b"iTXt" + body + struct.pack(">I", zlib.crc32(b"iTXt" + body)) + png[end:]


def text_chunk(png, keyword, data):
    import struct
    import zlib

    body = keyword + b"\x00" + data
    chunk = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    return png[:33] + chunk + png[33:]


def test_a_hostile_assertion_is_only_reported(assertion, look):
    for place in assertion:
        for junk in (None, 7, [], {}, "x", [[[]]], {"id": 7}, {"type": ["x", 7, None]}, "did:web:x.example"):
            hostile = copy.deepcopy(assertion) | {place: junk}
            assert look(hostile, assertion, {**hostile, "id": "x"}).state in ("valid", "unknown", "altered")


def test_the_time_of_an_assertion_is_the_given_one(assertion, look):
    assert look(assertion, assertion, now=NOON + timedelta(days=9000)).state == "valid"
