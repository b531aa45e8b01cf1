"""POST /vc/credentials/verify: what holds is 200, what does not is 400 and named."""

import copy
import json

import pytest
from django.utils import timezone

from issuance import core, services
from issuance import openbadges as ob
from issuance.models import KeyPurpose, SigningKey
from issuance.services import status
from tests.moments import NOON
from tests.vc_api.conftest import V2, credential, did_of, key_signer, signed

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_a_good_credential_of_anybody_is_verified(verify, suite):
    status_code, body = verify(signed(credential(), suite=suite))

    assert (status_code, body["verified"], body["errors"]) == (200, True, [])
    assert body["checks"] == ["form", "proof", "issuer", "dates", "status"]


def test_a_context_that_a_credential_brings_itself_is_covered_by_its_proof(verify):
    own = credential(
        **{"@context": [V2, {"Diploma": "https://example.org/#Diploma"}], "type": ["VerifiableCredential", "Diploma"]}
    )
    document = signed(own)

    assert verify(document)[0] == 200

    document["@context"][1]["Diploma"] = "https://example.org/#Other"
    assert verify(document)[0] == 400


def test_the_badges_of_this_registry_are_verified(verify, make_signed):
    document = json.loads(bytes(make_signed().bytes))

    status_code, body = verify(document)

    assert (status_code, body["verified"]) == (200, True)
    assert {"name": "status", "outcome": "passed"}.items() <= body["results"][-1].items()


def test_a_revoked_badge_is_not_verified(verify, make_signed):
    document = make_signed()
    status.set_bits(entries=[document.status_entry], at=timezone.now())

    status_code, body = verify(json.loads(bytes(document.bytes)))

    assert (status_code, body["verified"], body["code"]) == (400, False, "revoked")
    assert body["errors"][0]["type"] == "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"proof": None}, "null"),
        ({"proof": []}, "proof-missing"),
        ({"proof": "z"}, "proof-no-object"),
        ({"credentialSubject": {"id": "did:example:subject", "name": "Bob"}}, "proof-mismatch"),
        ({"type": ["VerifiableCredential", "Undefined"]}, "term-undefined"),
        ({"undefined": "said"}, "term-undefined"),
        ({"issuer": "did:example:other"}, "proof-mismatch"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2", "https://example.org/unknown"]}, "context-unknown"),
        ({"@context": []}, "context-no-array"),
    ],
)
def test_what_was_changed_after_signing_is_refused_for_its_reason(verify, change, code):
    status_code, body = verify({**signed(credential()), **change})

    assert (status_code, body["verified"], body["code"]) == (400, False, code)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"type": None}, "proof-type"),
        ({"type": "UnknownProofType"}, "proof-type"),
        ({"cryptosuite": "unknown-2017"}, "proof-unsupported"),
        ({"cryptosuite": None}, "proof-member"),
        ({"verificationMethod": None}, "proof-method"),
        ({"verificationMethod": "did:key:invalidVm"}, "did"),
        ({"proofPurpose": None}, "proof-member"),
        ({"proofPurpose": "authentication"}, "proof-purpose"),
        ({"created": "yesterday"}, "proof-date"),
        ({"expires": "2021-01-01T00:00:00Z"}, "proof-expired"),
        ({"proofValue": None}, "proof-member"),
        ({"challenge": 5}, "proof-challenge"),
        ({"domain": [1]}, "proof-domain"),
        ({"id": "no url"}, "id-no-url"),
        ({"previousProof": "urn:x:1"}, "proof-previous"),
        ({"previousProof": 5}, "proof-previous"),
    ],
)
def test_a_malformed_proof_is_refused_for_its_reason(verify, change, code):
    document = signed(credential())
    document["proof"] |= change
    document["proof"] = {name: value for name, value in document["proof"].items() if value is not None}

    status_code, body = verify(document)

    assert (status_code, body["code"]) == (400, code)


def test_a_proof_value_of_another_length_or_without_its_header_is_refused(verify):
    document = signed(credential())
    for value in (document["proof"]["proofValue"][1:], document["proof"]["proofValue"] + "zz", "u" + "A" * 86):
        other = copy.deepcopy(document)
        other["proof"]["proofValue"] = value

        assert verify(other)[0] == 400


def test_purpose_domain_and_challenge_are_as_the_caller_expects(verify):
    document = signed(credential(), domain="verifier.example", challenge="c-1")

    assert verify(document, domain="verifier.example", challenge="c-1")[0] == 200
    assert verify(document)[0] == 200
    assert verify(document, domain="other.example")[1]["code"] == "proof-domain"
    assert verify(document, domain="verifier.example", challenge="c-2")[1]["code"] == "proof-challenge"
    assert verify(document, expectedProofPurpose="authentication")[1]["code"] == "proof-purpose"


def test_a_proof_without_a_zone_in_its_date_is_read_as_utc(verify):
    assert verify(signed(credential(), created="2026-11-22T12:00:00"))[0] == 200
    assert verify(signed(credential(), created=None))[0] == 200
    assert verify(signed(credential(), expires="2021-01-01T00:00:00"))[1]["code"] == "proof-expired"


@pytest.mark.parametrize(
    ("change", "code"),
    [({"validFrom": "2999-01-01T00:00:00Z"}, "not-yet-valid"), ({"validUntil": "2021-01-01T00:00:00Z"}, "expired")],
)
def test_a_credential_out_of_its_time_is_not_verified(verify, change, code):
    status_code, body = verify(signed(credential(**change)))

    assert (status_code, body["code"]) == (400, code)
    assert body["type"] == "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"


def test_another_issuer_than_the_one_who_signed_is_refused(verify):
    document = signed(credential(issuer="did:example:acme"))

    assert verify(document)[1]["code"] == "issuer-mismatch"


def test_beside_a_good_proof_one_of_an_unknown_kind_is_a_warning(verify):
    document = signed(credential())
    other = {**document["proof"], "cryptosuite": "bbs-2023"}
    document["proof"] = [document["proof"], other]

    status_code, body = verify(document)

    assert (status_code, [warning["code"] for warning in body["warnings"]]) == (200, ["proof-unsupported"])


def test_beside_a_good_proof_a_bad_one_is_refused(verify):
    document = signed(credential())
    document["proof"] = [document["proof"], {**document["proof"], "created": "2026-11-23T12:00:00Z"}]

    assert verify(document)[1]["code"] == "proof-mismatch"


def chained(suite="eddsa-rdfc-2022", **second):
    """A credential with two proofs, of which the second builds on the first."""
    first = signed(credential(), suite=suite, id="urn:x:first")
    later = signed({**first, "proof": [first["proof"]]}, suite=suite, **{"previousProof": "urn:x:first", **second})
    return {**first, "proof": [first["proof"], later["proof"]]}


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("named", ["urn:x:first", ["urn:x:first"]])
def test_a_proof_that_builds_on_another_covers_it(verify, suite, named):
    document = chained(suite, previousProof=named)

    assert verify(document)[0] == 200

    other = signed(credential(), suite=suite, id="urn:x:first", created="2026-11-23T12:00:00Z")
    swapped = {**document, "proof": [other["proof"], document["proof"][1]]}
    assert verify(swapped)[1]["code"] == "proof-mismatch"
    assert verify({**document, "proof": document["proof"][1]})[1]["code"] == "proof-previous"
    assert verify({**document, "proof": [*document["proof"], other["proof"]]})[1]["code"] == "proof-previous"


def test_a_proof_that_builds_on_one_that_cannot_be_checked_is_not_verified(verify):
    first = signed(credential(), id="urn:x:first", cryptosuite="bbs-2023")
    later = signed({**first, "proof": [first["proof"]]}, previousProof="urn:x:first")

    assert verify({**first, "proof": [first["proof"], later["proof"]]})[1]["code"] == "proof-previous"


def test_an_unknown_status_is_not_verified_unless_only_the_proof_is_asked_for(verify):
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://elsewhere.example/list",
    }
    document = signed(credential(credentialStatus=entry))

    status_code, body = verify(document)
    assert (status_code, body["code"]) == (400, "unreachable")
    assert body["type"] == "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"

    status_code, body = verify(document, checks=["proof"])
    assert (status_code, [warning["code"] for warning in body["warnings"]]) == (200, ["unreachable"])


def test_an_issuer_that_cannot_be_asked_is_not_told_to_be_false(verify):
    method = "did:web:elsewhere.example#key-1"
    document = signed(credential(issuer="did:web:elsewhere.example"), verificationMethod=method)

    status_code, body = verify(document)

    assert status_code == 400
    assert body["results"][1] | {"detail": ""} == {
        "name": "proof", "outcome": "unknown", "code": "unreachable", "detail": "",
    }  # fmt: skip


def test_a_credential_of_the_data_model_one_is_verified(verify):
    first = credential(
        **{
            "@context": ["https://www.w3.org/2018/credentials/v1", "https://w3id.org/security/data-integrity/v2"],
            "validFrom": None,
            "issuanceDate": "2020-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:subject"},
        }
    )

    assert verify(signed(first))[0] == 200


def test_a_credential_in_an_envelope_is_verified_by_its_token(verify):
    token = ob.sign_jwt(
        credential(id="urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"), signer=key_signer(), contexts=core.contexts()
    )
    envelope = {
        "@context": [V2],
        "type": "EnvelopedVerifiableCredential",
        "id": f"data:application/vc+jwt,{token}",
    }

    assert verify(envelope)[0] == 200
    assert verify({**envelope, "@context": []})[0] == 400
    assert verify({**envelope, "id": token})[0] == 400
    assert verify({**envelope, "id": envelope["id"][:-8] + "AAAAAAAA"})[0] == 400
    assert verify({**envelope, "type": "VerifiableCredential"})[0] == 400


def test_a_withdrawn_key_of_ours_is_not_trusted_as_a_did_key_either(verify, issuer):
    key = SigningKey.objects.get(organization=issuer, purpose=KeyPurpose.BADGE)
    did = f"did:key:{key.public_multibase}"
    method = f"{did}#{key.public_multibase}"
    own = ob.Ed25519Signer(services.open_key(key), method)
    document = ob.sign(credential(issuer=did), signer=own, created=NOON, contexts=core.contexts()).document
    envelope = ob.envelope(credential(issuer=did), signer=own, contexts=core.contexts())
    assert [verify(each)[0] for each in (document, envelope)] == [200, 200]

    services.revoke_key(organization=issuer, purpose=KeyPurpose.BADGE, number=key.number, at=NOON)

    assert [verify(each)[1]["code"] for each in (document, envelope)] == ["key-not-allowed", "key-not-allowed"]


@pytest.mark.parametrize("body", [b"", b"[]", b"5", b"{", b'{"verifiableCredential": 5}', b"{}", b'{"a":1,"a":2}'])
def test_a_body_that_holds_no_credential_is_refused(call, body):
    status_code, found = call("credentials/verify", body)

    assert (status_code, found["status"]) == (400, 400)


def test_a_body_that_is_too_large_is_refused(call):
    status_code, found = call("credentials/verify", b'{"verifiableCredential": "' + b"a" * 600_000 + b'"}')

    assert (status_code, found["code"]) == (413, "too-large")


def test_verifying_is_limited_for_each_address(call, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"check": 2}

    answers = [call("credentials/verify", {})[0] for _number in range(3)]

    assert answers == [400, 400, 429]


def test_the_did_of_a_key_is_what_its_signer_says():
    assert did_of(key_signer()).startswith("did:key:z6Mk")


@pytest.mark.parametrize("accept", ["application/vc", "text/html", "application/ld+json", "*/*"])
def test_whatever_a_caller_says_that_it_takes_the_answer_is_json(call, accept):
    document = signed(credential())

    assert call("credentials/verify", {"verifiableCredential": document}, Accept=accept)[0] == 200
