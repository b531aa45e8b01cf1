"""Verifying: each check by itself, and the state that follows."""

import copy
import importlib
import json
from datetime import UTC, datetime, timedelta

import pytest

from issuance.openbadges import (
    ClrCredential,
    Ed25519Signer,
    Endorsement,
    IdentityObject,
    Profile,
    PublishedKey,
    Templates,
    UnreachableError,
    add_proof,
    bake_png,
    bake_svg,
    did_document,
    empty,
    hash_data,
    key_did,
    list_credential,
    rasterize,
    sign,
    sign_jwt,
    to_bytes,
    verify,
    web_did_url,
    with_set,
)
from issuance.openbadges.proof import finish, proof_options

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
LATER = NOON + timedelta(days=10)
ISSUER = "did:web:registry.example.edu"
LIST_URL = "https://registry.example.edu/status/1"
INDEX = 94567  # of the badge in conftest

LIMITS = importlib.import_module("issuance.openbadges.verify.means")


class Outside:
    """What can be fetched, by address."""

    def __init__(self, *documents):
        self.documents = {document["id"]: document for document in documents}
        self.asked = []

    def did(self, document_id):
        return self.find(document_id)

    def status_list(self, url):
        return self.find(url)

    def document(self, url):
        return self.find(url)

    def find(self, name):
        self.asked.append(name)
        if name not in self.documents:
            raise UnreachableError(f"{name} cannot be fetched.")
        return self.documents[name]


@pytest.fixture
def keys(signer):
    return did_document(ISSUER, [PublishedKey(name="key-1", public_key=signer.public_key)])


@pytest.fixture
def make_list(signer, contexts):
    def make(positions=(), **changes):
        fields = {"url": LIST_URL, "issuer": ISSUER, "valid_from": NOON, "valid_until": NOON + timedelta(days=30)}
        unsigned = list_credential(**{**fields, "bits": with_set(empty(), positions), **changes})
        return sign(unsigned, signer=signer, created=NOON, contexts=contexts).document

    return make


@pytest.fixture
def look(keys, make_list, contexts):
    def verify_it(data, *documents, now=LATER):
        return verify(data, resolver=Outside(*(documents or (keys, make_list()))), contexts=contexts, now=now)

    return verify_it


def codes(report):
    return {check.name: check.code for check in report.checks if check.outcome in ("failed", "unknown")}


def test_a_good_badge_is_valid(signed_badge, look):
    report = look(to_bytes(signed_badge))

    assert report.state == "valid"
    assert report.is_valid
    assert [(check.name, check.outcome) for check in report.checks] == [
        ("format", "passed"),
        ("context", "passed"),
        ("shape", "passed"),
        ("proof", "passed"),
        ("issuer", "passed"),
        ("status", "passed"),
        ("dates", "passed"),
        ("contents", "not-applicable"),
        ("endorsements", "not-applicable"),
    ]
    assert report.document == signed_badge
    assert all(check.sentence.endswith(".") for check in report.checks)


def test_the_templates_of_the_issuer_give_the_same_report(signed_badge, keys, make_list, contexts):
    templates = Templates(contexts)
    outside = Outside(keys, make_list([INDEX - 1]))
    reports = [
        verify(to_bytes(document), resolver=outside, contexts=contexts, now=LATER, templates=chosen)
        for document in (signed_badge, {**signed_badge, "name": "Another"}, {**signed_badge, "honors": "more"})
        for chosen in (None, templates)
    ]

    assert reports[0::2] == reports[1::2]
    assert [report.state for report in reports[1::2]] == ["valid", "altered", "altered"]
    assert templates.filled >= 4


def test_the_same_badge_is_valid_inside_images(signed_badge, look):
    svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle r="9"/></svg>'

    assert look(bake_png(rasterize(svg, size=9), to_bytes(signed_badge))).state == "valid"
    assert look(bake_svg(svg.encode(), to_bytes(signed_badge))).state == "valid"


def test_an_altered_badge_is_told(signed_badge, look):
    report = look({**signed_badge, "name": "Another"})

    assert report.state == "altered"
    assert codes(report) == {"proof": "proof-mismatch", "status": "status-unasked"}


def test_an_address_in_an_altered_badge_is_not_followed(signed_badge, keys, make_list, contexts):
    outside = Outside(keys, make_list())
    status = {**signed_badge["credentialStatus"], "statusListCredential": "https://inside.example/secret"}

    verify({**signed_badge, "credentialStatus": status}, resolver=outside, contexts=contexts, now=LATER)

    assert outside.asked == [ISSUER]


def test_an_added_term_is_told(signed_badge, look):
    report = look({**signed_badge, "honors": "with distinction"})

    assert report.state == "altered"
    assert codes(report) == {"proof": "term-undefined", "status": "status-unasked"}


def test_a_revoked_badge_is_told(signed_badge, keys, make_list, look):
    report = look(signed_badge, keys, make_list([INDEX]))

    assert report.state == "revoked"
    assert codes(report) == {"status": "revoked"}


def test_an_expired_badge_is_told_with_its_date(signed_badge, keys, make_list, look):
    report = look(signed_badge, keys, make_list(valid_until=None), now=NOON + timedelta(days=2000))

    assert report.state == "expired"
    assert codes(report) == {"dates": "expired"}
    assert report.check("dates").sentence == "It expired on November 21, 2029, 12:00:00 PM UTC."


def test_a_badge_of_tomorrow_is_not_yet_valid(signed_badge, keys, make_list, look):
    report = look(signed_badge, keys, make_list(valid_from=NOON - timedelta(days=9)), now=NOON - timedelta(hours=1))

    assert report.state == "unknown"
    assert codes(report) == {"dates": "not-yet-valid"}


def test_what_cannot_be_fetched_is_unknown_and_not_failed(signed_badge, keys, make_list, look):
    without_list = look(signed_badge, keys)
    without_keys = look(signed_badge, make_list())

    assert without_list.state == without_keys.state == "unknown"
    assert codes(without_list) == {"status": "unreachable"}
    assert codes(without_keys) == {"proof": "unreachable", "issuer": "unreachable", "status": "status-unasked"}
    assert not [check for check in (*without_list.checks, *without_keys.checks) if check.outcome == "failed"]


@pytest.mark.parametrize(
    ("state", "expected", "found"),
    [
        ("retired", "valid", {}),
        ("compromised", "altered", {"issuer": "key-not-allowed", "status": "status-unasked"}),
    ],
)
def test_retired_keys_hold_and_compromised_ones_do_not(signed_badge, signer, make_list, look, state, expected, found):
    keys = did_document(ISSUER, [PublishedKey(name="key-1", public_key=signer.public_key, state=state)])

    report = look(signed_badge, keys, make_list())

    assert report.state == expected
    assert codes(report) == found


def test_a_badge_signed_by_somebody_else_is_told(make_badge, contexts, keys, make_list, look):
    other = Ed25519Signer(b"\x09" * 32, "did:web:other.example#key-1")
    document = sign(make_badge().to_dict(), signer=other, created=NOON, contexts=contexts).document
    others = did_document("did:web:other.example", [PublishedKey(name="key-1", public_key=other.public_key)])

    report = look(document, keys, others, make_list())

    assert report.state == "altered"
    assert codes(report) == {"issuer": "issuer-mismatch", "status": "status-unasked"}


def test_a_key_that_the_issuer_never_published_is_told(make_badge, contexts, look):
    unknown = Ed25519Signer(b"\x09" * 32, f"{ISSUER}#key-9")

    report = look(sign(make_badge().to_dict(), signer=unknown, created=NOON, contexts=contexts).document)

    assert report.state == "altered"
    assert codes(report) == {"proof": "key-unknown", "issuer": "key-unknown", "status": "status-unasked"}


def test_a_did_document_about_somebody_else_is_not_believed(signed_badge, keys, make_list, contexts):
    class Lying(Outside):
        def did(self, document_id):
            return {**keys, "id": "did:web:other.example"}

    report = verify(signed_badge, resolver=Lying(make_list()), contexts=contexts, now=LATER)

    assert codes(report)["issuer"] == "did-mismatch"


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:school.example", "https://school.example/.well-known/did.json"),
        ("did:web:school.example:schools:medicine", "https://school.example/schools/medicine/did.json"),
        ("did:web:localhost%3A8443:a", "https://localhost:8443/a/did.json"),
    ],
)
def test_a_did_web_is_asked_at_its_right_address(make_badge, contexts, did, address):
    signer = Ed25519Signer(b"\x0c" * 32, f"{did}#key-1")
    badge = make_badge(issuer=Profile(id=did, name="School"), status=None).to_dict()
    document = sign(badge, signer=signer, created=NOON, contexts=contexts).document
    published = {address: did_document(did, [PublishedKey(name="key-1", public_key=signer.public_key)])}

    class Web(Outside):
        def did(self, document_id):
            return published[web_did_url(document_id)]

    assert verify(document, resolver=Web(), contexts=contexts, now=LATER).state == "valid"


@pytest.mark.parametrize(
    ("lists", "state", "code"),
    [
        ({"publicKey": f"{ISSUER}#key-1"}, "valid", "issuer"),
        ({"publicKey": "did:web:other.example#key-1"}, "altered", "issuer-mismatch"),
        ({}, "altered", "issuer-mismatch"),
        (None, "unknown", "unreachable"),
    ],
)
def test_a_profile_may_name_a_key_that_a_did_keeps(make_badge, signer, contexts, keys, look, lists, state, code):
    address = "https://school.example/profile"
    badge = make_badge(issuer=Profile(id=address, name="School"), status=None).to_dict()
    document = sign(badge, signer=signer, created=NOON, contexts=contexts).document
    profiles = [] if lists is None else [{"id": address, "type": "Profile", **lists}]

    report = look(document, keys, *profiles)

    assert (report.state, report.check("issuer").code) == (state, code)
    withdrawn = look(document, {**keys, "assertionMethod": []}, *profiles)
    assert (withdrawn.state, withdrawn.check("issuer").code) == ("altered", "key-not-allowed")


@pytest.mark.parametrize("method", ["file:///etc/hostname#key", "did:ion:x#key", "urn:x:1#key"])
def test_an_address_that_is_no_web_address_is_not_asked(signed_badge, contexts, method):
    outside = Outside()
    proof = {**signed_badge["proof"][0], "verificationMethod": method}

    report = verify({**signed_badge, "proof": [proof]}, resolver=outside, contexts=contexts, now=LATER)

    assert (report.state, codes(report)["issuer"]) == ("unknown", "address-unsupported")
    assert outside.asked == []


def test_a_did_key_needs_nothing_from_outside(make_badge, contexts):
    seed = b"\x0a" * 32
    did = key_did(Ed25519Signer(seed, "x").public_key)
    signer = Ed25519Signer(seed, f"{did}#{did.removeprefix('did:key:')}")
    badge = make_badge(issuer=Profile(id=did, name="Somebody"), status=None)
    outside = Outside()

    report = verify(
        sign(badge.to_dict(), signer=signer, created=NOON, contexts=contexts).document,
        resolver=outside,
        contexts=contexts,
        now=LATER,
    )

    assert report.state == "valid"
    assert report.check("status").code == "status-none"
    assert outside.asked == []


def damaged(listed):
    bad = copy.deepcopy(listed)
    bad["credentialSubject"]["encodedList"] = bad["credentialSubject"]["encodedList"][:-4] + "AAAA"
    return bad


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda make: damaged(make()), "status-list-proof"),
        (lambda make: {**make(), "proof": []}, "status-list-proof"),
        (lambda make: make(issuer="did:web:other.example"), "status-list-issuer"),
        (lambda make: make(purpose="suspension"), "status-list-purpose"),
        (lambda make: make(valid_until=NOON + timedelta(days=1)), "status-list-stale"),
        (lambda make: {**make(), "type": ["VerifiableCredential"]}, "status-list-format"),
        (lambda make: {"id": LIST_URL}, "status-list-format"),
        (lambda make: {"id": LIST_URL, "x": None}, "null"),
    ],
    ids=["altered", "unsigned", "other issuer", "other purpose", "stale", "no list", "empty", "null"],
)
def test_a_status_list_that_cannot_be_trusted_leaves_the_status_unknown(
    signed_badge, keys, make_list, look, change, code
):
    report = look(signed_badge, keys, change(make_list))

    assert report.state == "unknown"
    assert codes(report) == {"status": code}


def test_a_suspended_badge_is_told(make_badge, signer, contexts, keys, make_list, look):
    document = make_badge().to_dict()
    document["credentialStatus"]["statusPurpose"] = "suspension"
    signed = sign(document, signer=signer, created=NOON, contexts=contexts).document

    report = look(signed, keys, make_list([INDEX], purpose="suspension"))

    assert codes(report) == {"status": "suspended"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": "1EdTechCredentialRefresh"}, "status-unsupported"),
        ({"statusListCredential": "urn:uuid:1"}, "status-malformed"),
        ({"statusListIndex": "-1"}, "status-malformed"),
        ({"statusListIndex": 7}, "status-malformed"),
        ({"statusListIndex": "9" * 30}, "status-malformed"),
        ({"statusListIndex": "99999999"}, "status-list-range"),
    ],
)
def test_a_status_that_cannot_be_read_is_unknown(make_badge, signer, contexts, look, change, code):
    document = make_badge().to_dict()
    document["credentialStatus"].update(change)
    if change.get("type"):
        del document["credentialStatus"]["statusListIndex"], document["credentialStatus"]["statusListCredential"]
        del document["credentialStatus"]["statusPurpose"]
    signed = sign(document, signer=signer, created=NOON, contexts=contexts).document

    report = look(signed)

    assert report.state == "unknown"
    assert report.check("status").outcome == "unknown"
    assert report.check("status").code == code


REVOKED_LIST = "https://registry.example.edu/revoked.json"


@pytest.fixture
def named_badge(make_badge, signer, contexts):
    document = make_badge().to_dict()
    document["credentialStatus"] = {"id": REVOKED_LIST, "type": "1EdTechRevocationList"}
    return sign(document, signer=signer, created=NOON, contexts=contexts).document


@pytest.mark.parametrize(
    ("revoked", "state"),
    [
        ([], "valid"),
        ([{"id": "urn:uuid:another"}], "valid"),
        ([{"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"}], "revoked"),
        ([{"id": " urn%3Auuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e "}], "revoked"),
        ([{"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", "revoked": True}], "revoked"),
        ([{"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", "revoked": None}], "revoked"),
        ([{"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", "revoked": False}], "valid"),
    ],
)
def test_a_list_of_names_tells_of_revoked_badges(named_badge, keys, look, revoked, state):
    listed = {"id": REVOKED_LIST, "issuer": {"id": ISSUER}, "revokedCredential": revoked}

    assert look(named_badge, keys, listed).state == state


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"issuer": "did:web:other.example"}, "status-list-issuer"),
        ({"revokedCredential": "all"}, "status-list-format"),
        ({"revokedCredential": [[[[[[["x"] * 20_000]]]]]]}, "too-large"),
    ],
)
def test_a_list_of_names_that_cannot_be_trusted_is_unknown(named_badge, keys, look, change, code):
    report = look(named_badge, keys, {"id": REVOKED_LIST, "issuer": ISSUER, "revokedCredential": [], **change})

    assert (report.state, codes(report)) == ("unknown", {"status": code})


@pytest.mark.parametrize(
    ("size", "index", "state", "code"),
    [
        (2, INDEX // 2, "revoked", "revoked"),
        (2, INDEX // 2 + 1, "valid", "status"),
        (8, INDEX // 8, "revoked", "revoked"),
        (9, 1, "unknown", "status-malformed"),
        (0, 1, "unknown", "status-malformed"),
        ("2", 1, "unknown", "status-malformed"),
        (2, 65536, "unknown", "status-list-range"),
    ],
)
def test_entries_of_several_bits_are_read(
    make_badge, signer, contexts, keys, make_list, look, size, index, state, code
):
    document = make_badge().to_dict()
    document["credentialStatus"] |= {"statusSize": size, "statusListIndex": str(index)}
    # The vocabulary says that a size is a whole number.
    signed = sign(document, signer=signer, created=NOON, contexts=contexts).document

    report = look(signed, keys, make_list([INDEX]))

    assert (report.state, report.check("status").code) == (state, code)


def test_a_note_of_the_issuer_does_not_touch_validity(make_badge, signer, contexts, look):
    document = make_badge().to_dict()
    document["credentialStatus"]["statusPurpose"] = "message"

    report = look(sign(document, signer=signer, created=NOON, contexts=contexts).document)

    assert (report.state, report.check("status").code) == ("valid", "status-note")


def test_a_resolver_may_give_bytes_as_they_came(signed_badge, named_badge, keys, make_list, contexts):
    names = {"id": REVOKED_LIST, "issuer": ISSUER, "revokedCredential": [], "note": None}
    outside = Outside()
    outside.documents = {
        ISSUER: json.dumps(keys).encode(), LIST_URL: to_bytes(make_list()), REVOKED_LIST: json.dumps(names),
    }  # fmt: skip

    for badge in (signed_badge, named_badge):
        assert verify(badge, resolver=outside, contexts=contexts, now=LATER).state == "valid"
    outside.documents[ISSUER] = b'{"id": "x", "id": "y"}'
    report = verify(signed_badge, resolver=outside, contexts=contexts, now=LATER)
    assert codes(report)["issuer"] == "format"


def test_each_address_is_asked_once(signed_badge, keys, make_list, contexts, signer):
    outside = Outside(keys, make_list())
    unsigned = ClrCredential(
        id="urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e", name="Transcript", credentials=[signed_badge] * 3,
        issuer=Profile(id=ISSUER, name="Larkmoor"), valid_from=NOON, identities=[IdentityObject.of_name("Zoë")],
    )  # fmt: skip
    transcript = sign(unsigned.to_dict(), signer=signer, created=NOON, contexts=contexts).document

    report = verify(transcript, resolver=outside, contexts=contexts, now=LATER)

    assert report.state == "valid"
    assert sorted(outside.asked) == [ISSUER, LIST_URL]


def test_an_unsigned_badge_is_told(make_badge, look):
    report = look(make_badge().to_dict())

    assert report.state == "altered"
    assert codes(report) == {
        "proof": "proof-missing",
        "issuer": "proof-missing",
        "status": "status-unasked",
    }


def test_another_kind_of_proof_is_unknown(signed_badge, look):
    report = look({**signed_badge, "proof": [{**signed_badge["proof"][0], "cryptosuite": "ecdsa-sd-2023"}]})

    assert report.state == "unknown"
    assert codes(report) == {
        "proof": "proof-unsupported",
        "issuer": "proof-unsupported",
        "status": "status-unasked",
    }


def test_a_bad_proof_beside_a_good_one_is_told(signed_badge, look):
    bad = {**signed_badge["proof"][0], "created": "2026-11-22T12:00:01Z"}

    for proofs in ([bad, *signed_badge["proof"]], [*signed_badge["proof"], bad]):
        report = look({**signed_badge, "proof": proofs})
        assert (report.state, codes(report)["proof"]) == ("altered", "proof-mismatch")


def test_a_proof_of_another_kind_beside_a_good_one_changes_nothing(signed_badge, look):
    other = {**signed_badge["proof"][0], "cryptosuite": "ecdsa-sd-2023"}

    assert look({**signed_badge, "proof": [other, *signed_badge["proof"]]}).state == "valid"


def cosigned(signed_badge, contexts, suite):
    second = Ed25519Signer(b"\x09" * 32, "did:web:other.example#key-1")
    document = add_proof(signed_badge, signer=second, created=NOON, contexts=contexts, suite=suite).document
    others = did_document("did:web:other.example", [PublishedKey(name="key-1", public_key=second.public_key)])
    return document, others


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_second_signer_beside_the_issuer_is_welcome(signed_badge, contexts, keys, make_list, look, suite):
    document, others = cosigned(signed_badge, contexts, suite)

    assert look(document, keys, others, make_list()).state == "valid"
    assert look(document, keys, make_list()).state == "valid"
    without_issuer = look(document, others, make_list())
    assert (without_issuer.state, codes(without_issuer)["issuer"]) == ("unknown", "unreachable")
    changed = look({**document, "name": "Another"}, keys, others, make_list())
    assert (changed.state, codes(changed)["proof"]) == ("altered", "proof-mismatch")


def test_a_badge_signed_with_jcs_is_valid(make_badge, signer, contexts, look):
    badge = make_badge().to_dict()

    report = look(sign(badge, signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022").document)

    assert report.state == "valid", report.checks


@pytest.mark.parametrize(
    ("expires", "state", "code"),
    [
        ("2027-01-01T00:00:00Z", "valid", "proof"),
        ("2026-11-23T00:00:00Z", "altered", "proof-expired"),
        ("tomorrow", "altered", "field"),
    ],
)
def test_a_signature_may_end_before_its_badge(make_badge, signer, contexts, look, expires, state, code):
    document = make_badge().to_dict()
    proof = {**proof_options(signer.verification_method, NOON), "expires": expires}
    signed = finish(document, proof, hash_data(document, proof, contexts), signer).document

    report = look(signed)

    assert (report.state, report.check("proof").code) == (state, code)


def test_more_proofs_than_are_looked_at_are_unknown(signed_badge, look):
    report = look({**signed_badge, "proof": signed_badge["proof"] * 5})

    assert (report.state, codes(report)["proof"]) == ("unknown", "proof-many")


@pytest.mark.parametrize(
    ("context", "outcome", "code"),
    [
        ([], "failed", "context-order"),
        ("https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "failed", "context-order"),
        (["https://www.w3.org/ns/credentials/v2", "https://example.org/mine"], "unknown", "context-unknown"),
        (["https://www.w3.org/ns/credentials/v2", {"name": "https://x.example/n"}], "unknown", "context-inline"),
    ],
)
def test_vocabularies_that_are_not_known_leave_the_signature_unknown(signed_badge, look, context, outcome, code):
    report = look({**signed_badge, "@context": context})

    assert report.state == "unknown"
    assert (report.check("context").outcome, report.check("context").code) == (outcome, code)
    assert report.check("proof").outcome == "unknown"


def without(document, *path):
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    return changed


@pytest.mark.parametrize(
    "path",
    [
        ("id",),
        ("issuer",),
        ("validFrom",),
        ("credentialSubject", "achievement"),
        ("credentialSubject", "achievement", "criteria"),
    ],
)
def test_a_signed_document_without_a_needed_part_has_the_wrong_shape(make_badge, signer, contexts, look, path):
    document = without(make_badge().to_dict(), *path)

    report = look(sign(document, signer=signer, created=NOON, contexts=contexts).document)

    assert not report.is_valid
    assert report.check("shape").outcome == "failed"


@pytest.mark.parametrize("place", ["badge", "subject"])
def test_a_label_that_no_signature_covers_is_no_name(make_badge, signer, contexts, look, place):
    document = make_badge().to_dict()
    (document if place == "badge" else document["credentialSubject"])["id"] = "_:b0"
    if place == "subject":
        del document["credentialSubject"]["identifier"]

    report = look(sign(document, signer=signer, created=NOON, contexts=contexts).document)

    assert report.check("proof").outcome == "passed"
    assert report.check("shape").outcome == "failed"


SHAPES = {
    "schema without a kind": lambda badge, subject, achievement: badge["credentialSchema"][0].pop("type"),
    "identity": lambda badge, subject, achievement: subject["identifier"][0].pop("hashed"),
    "alignment": lambda badge, subject, achievement: achievement["alignment"][0].pop("targetName"),
    "criterion": lambda badge, subject, achievement: achievement["resultDescription"][0].pop("resultType"),
    "required": lambda badge, subject, achievement: achievement["resultDescription"][0].update(requiredLevel="urn:x:1"),
    "level": lambda badge, subject, achievement: subject["result"][0].update(achievedLevel="urn:x:1"),
    "value": lambda badge, subject, achievement: (
        subject["result"][0].update(value="C"),
        achievement["resultDescription"][0].update(allowedValue=["A", "B"]),
    ),
    "status": lambda badge, subject, achievement: achievement["resultDescription"][0].update(resultType="Status"),
}


@pytest.mark.parametrize("name", SHAPES)
def test_what_a_schema_cannot_say_is_looked_at(make_badge, signer, contexts, look, name):
    document = make_badge().to_dict()
    SHAPES[name](document, document["credentialSubject"], document["credentialSubject"]["achievement"])

    report = look(sign(document, signer=signer, created=NOON, contexts=contexts).document)

    assert report.check("proof").outcome == "passed"
    assert (report.state, report.check("shape").outcome) == ("unknown", "failed")


def test_an_endorsement_says_what_it_endorses(by_board, keys, board, look):
    unsigned = endorsement()
    del unsigned["credentialSubject"]["id"]

    report = look(by_board(unsigned), keys, board)

    assert report.check("shape").sentence == "It does not say what it endorses."


def test_a_badge_of_the_data_model_1_is_read(make_badge, contexts, signer, look):
    document = make_badge(status=None, with_schema=False, evidence=()).to_dict()
    document["@context"] = [
        "https://www.w3.org/2018/credentials/v1",
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json",
        "https://w3id.org/security/data-integrity/v2",
    ]
    document["issuanceDate"], document["expirationDate"] = document.pop("validFrom"), document.pop("validUntil")
    del document["awardedDate"], document["credentialSubject"]["achievement"]["inLanguage"]
    signed = sign(document, signer=signer, created=NOON, contexts=contexts).document

    assert look(signed).state == "valid", look(signed).checks
    assert look(signed, now=NOON + timedelta(days=2000)).state == "expired"
    assert look({**signed, "issuanceDate": "2020-01-01T00:00:00Z"}).state == "altered"


def test_a_result_that_points_nowhere_has_the_wrong_shape(make_badge, signer, contexts, look):
    document = make_badge().to_dict()
    document["credentialSubject"]["result"][0]["achievedLevel"] = "https://registry.example.edu/nowhere"

    report = look(sign(document, signer=signer, created=NOON, contexts=contexts).document)

    assert report.check("shape").sentence == "A result points at a level that its criterion does not have."


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{", b"\x89PNG\r\n\x1a\nxx", b"<svg></svg>", b'{"a": null}', "text", {"a": None}]
)
def test_what_is_no_credential_is_told(look, data):
    report = look(data)

    assert report.state == "unknown"
    assert [(check.name, check.outcome) for check in report.checks] == [("format", "failed")]
    assert report.document is None


@pytest.fixture
def transcript(signed_badge, signer, contexts):
    unsigned = ClrCredential(
        id="urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        name="Transcript",
        issuer=Profile(id=ISSUER, name="Larkmoor"),
        credentials=[signed_badge],
        valid_from=NOON,
        identities=[IdentityObject.of_name("Zoë")],
    )
    return sign(unsigned.to_dict(), signer=signer, created=NOON, contexts=contexts).document


def test_a_transcript_is_verified_with_what_it_holds(transcript, look):
    report = look(transcript)

    assert report.state == "valid"
    assert [inside.state for inside in report.inside] == ["valid"]
    assert report.check("contents").outcome == "passed"


def test_a_transcript_with_a_revoked_badge_says_so(transcript, keys, make_list, look):
    report = look(transcript, keys, make_list([INDEX]))

    assert report.state == "unknown"
    assert report.check("proof").outcome == "passed"
    assert report.check("contents").outcome == "failed"
    assert [inside.state for inside in report.inside] == ["revoked"]


ACHIEVEMENT = "https://registry.example.edu/achievements/ip-communication/1"
BOARD = Ed25519Signer(b"\x0b" * 32, "did:web:board.example#key-1")


@pytest.fixture
def board():
    return did_document("did:web:board.example", [PublishedKey(name="key-1", public_key=BOARD.public_key)])


def endorsement(endorsed=ACHIEVEMENT, **changes):
    fields = {
        "id": "urn:uuid:3f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        "name": "Endorsed by the board",
        "issuer": Profile(id="did:web:board.example", name="Board"),
        "endorsed": endorsed,
        "valid_from": NOON,
        "comment": "Meets the board's standard.",
    }
    return Endorsement(**{**fields, **changes}).to_dict()


@pytest.fixture
def endorsed_by(make_badge, signer, contexts):
    """Give a badge that carries endorsements, signed over them."""

    def make(*endorsements):
        badge = {**make_badge().to_dict(), "endorsement": list(endorsements)}
        return sign(badge, signer=signer, created=NOON, contexts=contexts).document

    return make


@pytest.fixture
def by_board(contexts):
    return lambda document: sign(document, signer=BOARD, created=NOON, contexts=contexts).document


@pytest.mark.parametrize("endorsed", [ACHIEVEMENT, ISSUER, "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"])
def test_an_endorsement_travels_with_its_badge(endorsed_by, by_board, keys, board, make_list, look, endorsed):
    report = look(endorsed_by(by_board(endorsement(endorsed))), keys, board, make_list())

    assert report.state == "valid"
    assert [inside.state for inside in report.endorsements] == ["valid"]
    assert report.check("endorsements").code == "endorsements"


def test_an_endorsement_of_the_achievement_or_issuer_stands_inside_them(
    make_badge, signer, contexts, by_board, keys, board, make_list, look
):
    badge = make_badge().to_dict()
    badge["credentialSubject"]["achievement"]["endorsement"] = [by_board(endorsement())]
    badge["issuer"]["endorsement"] = [by_board(endorsement(ISSUER))]

    report = look(sign(badge, signer=signer, created=NOON, contexts=contexts).document, keys, board, make_list())

    assert report.state == "valid", report.checks
    assert [inside.state for inside in report.endorsements] == ["valid", "valid"]


def test_an_endorsement_may_be_a_token(make_badge, signer, contexts, keys, board, make_list, look):
    # The pinned vocabulary has no word for it, so the badge is a token as well, and says so.
    token = sign_jwt(endorsement(), signer=BOARD, contexts=contexts)
    badge = {**make_badge().to_dict(), "endorsementJwt": [token, token[:-4] + "AAAA"]}
    extended = dict(contexts.get(badge["@context"][1])["@context"])
    extended["endorsementJwt"] = {"@id": "https://vocabulary.example/endorsementJwt", "@container": "@set"}
    wider = contexts.including({badge["@context"][1]: {"@context": extended}})

    report = verify(
        sign_jwt(badge, signer=signer, contexts=wider),
        resolver=Outside(keys, board, make_list()),
        contexts=wider,
        now=LATER,
    )

    assert [inside.state for inside in report.endorsements] == ["valid", "altered"]
    assert report.check("endorsements").code == "endorsements-altered"
    assert report.state == "unknown"


@pytest.mark.parametrize(
    ("change", "now", "state", "outcome", "code"),
    [
        ({"name": "Another"}, LATER, "unknown", "failed", "endorsements-altered"),
        ({}, NOON + timedelta(days=60), "valid", "failed", "endorsements-mixed"),
    ],
    ids=["forged", "expired"],
)
def test_what_others_say_is_told_apart_from_the_badge(
    endorsed_by, by_board, keys, board, make_list, look, change, now, state, outcome, code
):
    signed = by_board(endorsement(valid_until=NOON + timedelta(days=30)))

    report = look(endorsed_by({**signed, **change}), keys, board, make_list(valid_until=None), now=now)

    assert report.state == state
    assert (report.check("endorsements").outcome, report.check("endorsements").code) == (outcome, code)
    assert report.check("proof").outcome == "passed"


def test_an_endorser_who_cannot_be_asked_leaves_the_badge_valid(endorsed_by, by_board, keys, make_list, look):
    report = look(endorsed_by(by_board(endorsement())), keys, make_list())

    assert report.state == "valid"
    assert report.check("endorsements").outcome == "unknown"


def test_an_endorsement_of_something_else_is_told(endorsed_by, by_board, keys, board, make_list, look):
    report = look(endorsed_by(by_board(endorsement("https://other.example/1"))), keys, board, make_list())

    assert report.state == "valid"
    assert report.check("endorsements").outcome == "unknown"
    assert report.endorsements[0].checks[-1].code == "endorsement-elsewhere"


def test_a_badge_in_place_of_an_endorsement_is_told(endorsed_by, signed_badge, look):
    report = look(endorsed_by(signed_badge))

    assert report.endorsements[0].checks[-1].code == "endorsement-type"


def test_endorsements_in_an_altered_badge_are_not_looked_at(endorsed_by, by_board, keys, make_list, contexts):
    outside = Outside(keys, make_list())

    report = verify(
        {**endorsed_by(by_board(endorsement())), "name": "x"}, resolver=outside, contexts=contexts, now=LATER
    )

    assert report.endorsements == ()
    assert outside.asked == [ISSUER]


def test_endorsements_of_the_members_of_a_transcript_are_looked_at(
    endorsed_by, by_board, signer, contexts, keys, board, make_list, look
):
    unsigned = ClrCredential(
        id="urn:uuid:2f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        name="Transcript",
        issuer=Profile(id=ISSUER, name="Larkmoor"),
        credentials=[endorsed_by(by_board(endorsement()))],
        valid_from=NOON,
        identities=[IdentityObject.of_name("Zoë")],
    )
    transcript = sign(unsigned.to_dict(), signer=signer, created=NOON, contexts=contexts).document

    report = look(transcript, keys, board, make_list())

    assert report.state == "valid"
    assert [inside.state for inside in report.inside[0].endorsements] == ["valid"]


def test_a_transcript_inside_a_transcript_is_not_taken_on_trust(transcript, signer, contexts, look):
    unsigned = ClrCredential(
        id="urn:uuid:4f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
        name="Transcripts",
        issuer=Profile(id=ISSUER, name="Larkmoor"),
        credentials=[transcript],
        valid_from=NOON,
        identities=[IdentityObject.of_name("Zoë")],
    )

    report = look(sign(unsigned.to_dict(), signer=signer, created=NOON, contexts=contexts).document)

    assert (report.state, report.check("contents").outcome) == ("unknown", "unknown")
    assert report.inside[0].check("contents").code == "contents-deep"


@pytest.mark.parametrize("given", ["https://board.example/endorsement", "{}", 7])
def test_what_stands_as_an_endorsement_and_is_none_is_told(endorsed_by, keys, make_list, contexts, given):
    outside = Outside(keys, make_list())

    report = verify(endorsed_by(given), resolver=outside, contexts=contexts, now=LATER)

    assert report.state == "valid"
    assert [inside.checks[0].code for inside in report.endorsements] == ["format"]
    assert outside.asked == [ISSUER, LIST_URL]


def test_more_than_is_looked_at_inside_is_unknown(transcript, signer, contexts, monkeypatch, look):
    monkeypatch.setattr(LIMITS, "MAX_INSIDE", 0)

    report = look(transcript)

    assert (report.state, report.check("contents").code) == ("unknown", "contents-many")


def test_all_documents_of_one_verification_share_a_limit(transcript, monkeypatch, look):
    monkeypatch.setattr(LIMITS, "MAX_ALL_VALUES", 350)

    report = look(transcript)

    assert report.state == "unknown"
    assert [inside.checks[0].code for inside in report.inside] == ["too-large"]


def test_json_that_is_no_credential_is_called_that_and_not_a_credential(look):
    report = look(b'{"a": 1}')

    assert (report.checks[0].outcome, report.checks[0].sentence) == (
        "failed",
        "The file is JSON, but not a credential.",
    )
    assert report.state == "unknown"
