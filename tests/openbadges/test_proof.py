"""Signing: one changed byte anywhere makes a proof fail."""

import copy
import json
import random
from datetime import UTC, datetime

import pytest

from issuance.openbadges import (
    CanonicalError,
    Ed25519Signer,
    FormatError,
    MultikeyError,
    OpenBadgeError,
    ProofError,
    TermError,
    add_proof,
    from_multikey,
    parse,
    sign,
    to_bytes,
    to_multikey,
    verify_proof,
)

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def holds(document, signer, contexts):
    verify_proof(document, document["proof"][0], public_key=signer.public_key, contexts=contexts)
    return True


def test_a_signed_badge_holds_under_its_key(make_badge, signer, contexts):
    signed = sign(make_badge().to_dict(), signer=signer, created=NOON, contexts=contexts)

    assert holds(signed.document, signer, contexts)
    assert signed.holds_under(signer.public_key)
    assert holds(parse(to_bytes(signed.document)), signer, contexts)
    assert signed.document["proof"] == [
        {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2026-11-22T12:00:00Z",
            "verificationMethod": "did:web:registry.example.edu#key-1",
            "proofPurpose": "assertionMethod",
            "proofValue": signed.document["proof"][0]["proofValue"],
        }
    ]


def test_a_badge_does_not_hold_under_another_key(signed_badge, contexts):
    with pytest.raises(ProofError) as refused:
        holds(signed_badge, Ed25519Signer(b"\x07" * 32, "did:web:x#key-1"), contexts)

    assert refused.value.code == "proof-mismatch"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cryptosuite": "ecdsa-rdfc-2019"}, "proof-unsupported"),
        ({"type": "Ed25519Signature2018"}, "proof-unsupported"),
        ({"type": "Ed25519Signature2020"}, "proof-unsupported"),
        ({"type": "Ed25519Signature2020", "cryptosuite": None}, "proof-unsupported"),
        ({"proofValue": "zzz"}, "proof-malformed"),
        ({"proofValue": 7}, "proof-malformed"),
        ({"proofValue": "z" + "1" * 5000}, "proof-malformed"),
        ({"@context": "https://www.w3.org/ns/credentials/v2"}, "proof-malformed"),
        ({"created": "2026-11-22T12:00:01Z"}, "proof-mismatch"),
        ({"proofPurpose": "authentication"}, "proof-mismatch"),
        ({"verificationMethod": "did:web:registry.example.edu#key-2"}, "proof-mismatch"),
    ],
)
def test_a_changed_proof_is_refused_by_name(signed_badge, signer, contexts, change, code):
    document = {**signed_badge, "proof": [{**signed_badge["proof"][0], **change}]}

    with pytest.raises(ProofError) as refused:
        holds(document, signer, contexts)

    assert refused.value.code == code


def test_white_space_after_a_proof_value_is_refused(signed_badge, signer, contexts):
    proof = {**signed_badge["proof"][0], "proofValue": signed_badge["proof"][0]["proofValue"] + " "}

    with pytest.raises(ProofError):
        holds({**signed_badge, "proof": [proof]}, signer, contexts)


def changed_bytes(data, place, generator):
    """Give the bytes with the one at a place replaced by another printable one."""
    other = generator.choice([byte for byte in range(0x20, 0x7F) if byte != data[place]])
    return data[:place] + bytes([other]) + data[place + 1 :]


def still_holds(data, original, signer, contexts):
    """Tell whether changed bytes still verify as something else than the original document."""
    try:
        document = parse(data)
        if document == original:
            return False
        return holds(document, signer, contexts)
    except (OpenBadgeError, KeyError, IndexError, TypeError):
        return False


def test_one_changed_byte_makes_it_fail_wherever_it_is(signed_badge, signer, contexts):
    data, generator = to_bytes(signed_badge), random.Random(20261122)
    original = json.loads(data)

    survivors = [
        place
        for place in generator.sample(range(len(data)), 120)
        if still_holds(changed_bytes(data, place, generator), original, signer, contexts)
    ]

    assert survivors == []


@pytest.mark.long
@pytest.mark.parametrize("form", ["signed_badge", "jcs_badge"])
def test_every_single_changed_byte_makes_it_fail(form, request, signer, contexts):
    data, generator = to_bytes(request.getfixturevalue(form)), random.Random(7)
    original = json.loads(data)

    survivors = [
        place
        for place in range(len(data))
        if still_holds(changed_bytes(data, place, generator), original, signer, contexts)
    ]

    assert survivors == []


def test_leaving_any_part_out_makes_it_fail(signed_badge, signer, contexts):
    for key in set(signed_badge) - {"proof"}:
        changed = {name: value for name, value in signed_badge.items() if name != key}

        with pytest.raises(OpenBadgeError):
            holds(changed, signer, contexts)


def test_a_document_is_signed_once_only(signed_badge, signer, contexts):
    with pytest.raises(ProofError):
        sign(signed_badge, signer=signer, created=NOON, contexts=contexts)


def test_a_signer_that_answers_nonsense_is_refused(make_badge, contexts):
    class Broken:
        verification_method = "did:web:registry.example.edu#key-1"

        def sign(self, data):
            return b"short"

    with pytest.raises(ProofError):
        sign(make_badge().to_dict(), signer=Broken(), created=NOON, contexts=contexts)


def test_multikeys_go_both_ways(signer):
    written = to_multikey(signer.public_key)

    assert written.startswith("z6Mk")
    assert from_multikey(written) == signer.public_key


@pytest.mark.parametrize(
    "text", ["", "z", "z6Mk", "zDnaegE6RR3atJtHKwTRTWHsJ3kNHqFwv7n9YjTgmU7TyfU76", None, 5, "z0OIl"]
)
def test_other_keys_are_refused(text):
    with pytest.raises(MultikeyError):
        from_multikey(text)


def test_keys_of_a_wrong_length_are_refused():
    with pytest.raises(MultikeyError):
        to_multikey(b"short")
    with pytest.raises(MultikeyError):
        Ed25519Signer(b"short", "did:web:x#key-1")


def test_a_private_key_is_not_printed(signer):
    assert "private" not in repr(signer)
    assert repr(signer) == "Ed25519Signer(did:web:registry.example.edu#key-1)"


def test_signing_does_not_change_its_input(make_badge, signer, contexts):
    document = make_badge().to_dict()
    before = copy.deepcopy(document)

    sign(document, signer=signer, created=NOON, contexts=contexts)

    assert document == before


@pytest.fixture(scope="module")
def jcs_badge(contexts, make_badge):
    signer = Ed25519Signer(bytes(range(32)), "did:web:registry.example.edu#key-1")
    return sign(make_badge().to_dict(), signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022").document


def test_a_jcs_badge_holds_and_carries_its_contexts(jcs_badge, signer, contexts):
    assert holds(parse(to_bytes(jcs_badge)), signer, contexts)
    assert jcs_badge["proof"][0]["@context"] == jcs_badge["@context"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"cryptosuite": "eddsa-rdfc-2022"}, "proof-malformed"),
        ({"previousProof": "urn:uuid:1"}, "proof-previous"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "proof-context"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "proof-mismatch"),
        ({"created": "2026-11-22T12:00:01Z"}, "proof-mismatch"),
        ({"domain": "x.example"}, "proof-mismatch"),
    ],
)
def test_a_changed_jcs_proof_is_refused_by_name(jcs_badge, signer, contexts, change, code):
    with pytest.raises(ProofError) as refused:
        holds({**jcs_badge, "proof": [{**jcs_badge["proof"][0], **change}]}, signer, contexts)

    assert refused.value.code == code


def test_contexts_added_behind_a_jcs_proof_change_nothing_that_was_signed(jcs_badge, signer, contexts):
    added = {**jcs_badge, "@context": [*jcs_badge["@context"], "https://w3id.org/security/multikey/v1"]}

    assert holds(added, signer, contexts)


def test_jcs_signs_no_term_that_is_not_defined(make_badge, signer, contexts):
    document = {**make_badge().to_dict(), "honors": "with distinction"}

    with pytest.raises(TermError):
        sign(document, signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022")


def test_jcs_verifies_no_term_that_is_not_defined(make_badge, signer, contexts, monkeypatch):
    document = {**make_badge().to_dict(), "honors": "with distinction"}
    with monkeypatch.context() as patch:  # a signer without a safe mode
        patch.setattr("issuance.openbadges.proof._require_defined", lambda *_: None)
        signed = sign(document, signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022").document

    with pytest.raises(TermError):
        holds(signed, signer, contexts)


def test_jcs_refuses_a_document_without_contexts(make_badge, signer, contexts):
    document = make_badge().to_dict()
    del document["@context"]

    with pytest.raises(ProofError):
        sign(document, signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022")


@pytest.mark.parametrize("value", [2**53 + 2, float("nan"), {1: "x"}, "\ud800", object()])
def test_what_has_no_canonical_json_is_refused(value):
    from issuance.openbadges.jcs import jcs

    with pytest.raises(CanonicalError):
        jcs({"value": value})


def test_jcs_refuses_what_other_implementations_write_otherwise(make_badge, signer, contexts):
    document = {**make_badge().to_dict(), "name": "form\x0cfeed"}

    with pytest.raises(FormatError):
        sign(document, signer=signer, created=NOON, contexts=contexts, suite="eddsa-jcs-2022")


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_second_signer_signs_beside_the_first(signed_badge, signer, contexts, suite):
    second = Ed25519Signer(b"\x09" * 32, "did:web:other.example#key-1")

    both = add_proof(signed_badge, signer=second, created=NOON, contexts=contexts, suite=suite).document

    assert both["proof"][0] == signed_badge["proof"][0]
    assert holds(both, signer, contexts)
    verify_proof(both, both["proof"][1], public_key=second.public_key, contexts=contexts)
