"""POST /vc/presentations/verify: the presentation's proof and each credential in it."""

import copy
import time

import pytest

from issuance import core
from issuance import openbadges as ob
from issuance.openbadges import jws as ob_jws
from issuance.vc_api import verifying
from tests.moments import NOON
from tests.vc_api.conftest import HOLDER_SEED, SEED, V2, credential, did_of, key_signer, signed

pytestmark = pytest.mark.django_db
HOLDER = did_of(key_signer(HOLDER_SEED))


def presentation(*credentials, **changes):
    whole = {
        "@context": [V2],
        "type": ["VerifiablePresentation"],
        "holder": HOLDER,
        "verifiableCredential": list(credentials),
        **changes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def presented(document, **proof):
    return signed(
        document,
        HOLDER_SEED,
        **{"proofPurpose": "authentication", "challenge": "c-1", "domain": "verifier.example"} | proof,
    )


def test_a_presentation_of_good_credentials_is_verified(present):
    document = presented(presentation(signed(credential()), signed(credential(id="urn:x:2"))))

    status_code, body = present(document, challenge="c-1", domain="verifier.example")

    assert (status_code, body["verified"]) == (200, True)
    assert [each["verified"] for each in body["credentialResults"]] == [True, True]


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("purpose", ["authentication", "assertionMethod"])
def test_either_suite_and_purpose_will_do(present, suite, purpose):
    document = presented(presentation(), suite=suite, proofPurpose=purpose)

    assert present(document)[0] == 200


def test_a_presentation_may_bring_contexts_and_an_id_and_hold_nothing(present):
    own = [V2, {"Bundle": "https://example.org/#Bundle"}]
    document = presentation(
        **{"@context": own, "type": ["VerifiablePresentation", "Bundle"], "id": "urn:x:1", "holder": {"id": HOLDER}}
    )

    assert present(presented(document))[0] == 200


def test_challenge_and_domain_are_as_the_verifier_asked(present):
    document = presented(presentation())

    assert present(document, challenge="c-2")[1]["code"] == "proof-challenge"
    assert present(document, domain="other.example")[1]["code"] == "proof-domain"
    assert present(presented(presentation(), challenge=None), challenge="c-1")[1]["code"] == "proof-challenge"
    assert present(presented(presentation(), domain=["a", "b"]), domain=["b"])[0] == 200
    assert present(document, expectedProofPurpose="assertionMethod")[1]["code"] == "proof-purpose"


def test_one_bad_credential_in_it_is_told_as_that_one(present):
    bad = signed(credential())
    bad["credentialSubject"]["name"] = "Bob"
    document = presented(presentation(signed(credential()), bad))

    status_code, body = present(document)

    assert (status_code, body["verified"], body["code"]) == (400, False, "proof-mismatch")
    assert [each["verified"] for each in body["credentialResults"]] == [True, False]


def test_a_changed_presentation_is_refused(present):
    document = presented(presentation(signed(credential())))
    document["verifiableCredential"].append(signed(credential()))
    assert present(document)[1]["code"] == "proof-mismatch"

    short = presented(presentation())
    short["proof"]["proofValue"] = "z5nmMBw2u9TGKd9NxxHJtyZKgjN2Eh"
    assert present(short)[0] == 400


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"@context": None}, "context-missing"),
        ({"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}, "context-first"),
        ({"@context": [V2, "https ://no-url"]}, "context-no-url"),
        ({"@context": [V2, 5]}, "context-kind"),
        ({"type": None}, "type-missing"),
        ({"type": ["VerifiableCredential"]}, "type-required"),
        ({"holder": {"name": "Alice"}}, "holder-no-id"),
        ({"verifiableCredential": ["urn:x:1"]}, "credential-no-object"),
        ({"type": ["EnvelopedVerifiablePresentation"], "id": "data:application/vp+jwt,e30.e30.e30"}, "format"),
        ({"type": ["EnvelopedVerifiablePresentation"], "id": "e30.e30.e30"}, "envelope-id"),
    ],
)  # fmt: skip
def test_a_malformed_presentation_is_refused_for_its_reason(present, change, code):
    document = {**presented(presentation()), **change}
    document = {name: value for name, value in document.items() if value is not None}

    status_code, body = present(document)

    assert (status_code, body["code"], body["verified"]) == (400, code, False)


def test_the_holder_is_who_signed_it(present):
    other = presented(presentation(holder="did:example:acme"))

    assert present(other)[1]["code"] == "holder-mismatch"


def test_the_holders_own_word_needs_no_proof_of_its_own(present):
    word = credential(issuer=HOLDER)

    assert present(presented(presentation(word)))[0] == 200
    assert present(presented(presentation(word, holder=None)))[1]["code"] == "proof-missing"
    assert present(presented(presentation(credential(issuer="did:example:acme"))))[1]["code"] == "issuer-mismatch"
    assert present(presented(presentation(word, holder="did:example:acme")))[0] == 400
    assert present(presented(presentation(credential(issuer=HOLDER, validUntil="2021-01-01T00:00:00Z"))))[0] == 400


def test_a_presentation_without_proof_comes_as_such_and_vouches_for_nobody(call):
    good = presentation(signed(credential()))

    assert call("presentations/verify", {"verifiablePresentation": good})[1]["code"] == "proof-missing"
    assert call("presentations/verify", {"presentation": good})[0] == 200
    own = presentation(credential(issuer=HOLDER))
    assert call("presentations/verify", {"presentation": own})[1]["code"] == "proof-missing"


def test_credentials_in_envelopes_are_verified_too(present):
    token = ob.sign_jwt(credential(id="urn:x:1"), signer=key_signer(), contexts=core.contexts())
    envelope = {"@context": V2, "type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{token}"}

    assert present(presented(presentation(envelope)))[0] == 200

    forged = copy.deepcopy(envelope)
    forged["id"] = forged["id"][:-6] + "AAAAAA"
    assert present(presented(presentation(forged)))[0] == 400


def enveloped(document, seed=HOLDER_SEED, kind="vp+jwt", **claims):
    token = ob_jws.sign({**document, **claims}, signer=key_signer(seed), kind=kind)
    return {"@context": V2, "type": "EnvelopedVerifiablePresentation", "id": f"data:application/vp+jwt,{token}"}


def test_a_presentation_in_an_envelope_is_verified_by_its_token(present):
    whole = presentation(signed(credential()), credential(issuer=HOLDER))

    assert present(enveloped(whole))[0] == 200
    assert present(enveloped({"iss": HOLDER, "vp": presentation(holder=None)}, kind="JWT"))[0] == 200

    forged = enveloped(whole)
    forged["id"] = forged["id"][:-6] + "AAAAAA"
    assert present(forged)[1]["code"] == "proof-mismatch"
    assert present({**enveloped(whole), "@context": []})[1]["code"] == "context-missing"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kind": "vc+jwt"}, "jwt-type"),
        ({"seed": SEED}, "issuer-mismatch"),
        ({"iss": "did:example:acme"}, "holder-mismatch"),
        ({"exp": 1}, "expired"),
        ({"nbf": 9_999_999_999}, "not-yet-valid"),
        ({"exp": "soon"}, "date-no-stamp"),
        ({"type": ["VerifiableCredential"]}, "type-required"),
    ],
)
def test_a_token_that_is_not_the_holders_word_is_refused_for_its_reason(present, changes, code):
    assert present(enveloped(presentation(), **changes))[1]["code"] == code


def test_a_token_answers_the_challenge_for_the_domain(present):
    document = enveloped(presentation(), nonce="c-1", aud="verifier.example")

    assert present(document, challenge="c-1", domain="verifier.example")[0] == 200
    assert present(document, challenge="c-2")[1]["code"] == "proof-challenge"
    assert present(document, domain="other.example")[1]["code"] == "proof-domain"


def test_in_a_token_nobody_elses_word_is_taken_without_a_proof(present):
    assert present(enveloped(presentation(credential())))[1]["code"] == "issuer-mismatch"
    unsure = enveloped(presentation(credential(issuer=HOLDER)), seed=SEED)
    assert "proof-missing" in {error["code"] for error in present(unsure)[1]["errors"]}


def test_more_credentials_than_are_looked_at_are_refused(call):
    many = presentation(*[{"id": f"urn:x:{number}"} for number in range(51)])

    assert call("presentations/verify", {"presentation": many})[1]["code"] == "credentials-many"


def test_our_own_badges_are_verified_in_a_presentation(present, make_signed):
    import json

    badge = json.loads(bytes(make_signed(awarded_at=NOON).bytes))

    assert present(presented(presentation(badge)))[0] == 200


def test_what_is_made_to_be_costly_is_not_checked_to_the_end(present, monkeypatch):
    monkeypatch.setattr(verifying, "WORK_SECONDS", 0.3)
    ring = [{"@id": f"_:b{number}", "ring": {"@id": f"_:b{(number + 1) % 40}"}} for number in range(40)]
    context = [V2, {"ring": "https://example.org/#ring"}]
    costly = credential(
        **{"@context": context, "credentialSubject": {"ring": ring}}, proof=signed(credential())["proof"]
    )
    document = presented(presentation())
    document["verifiableCredential"] = [costly] * 50

    started = time.thread_time()
    status_code, body = present(document)

    assert (status_code, body["errors"][-1]["code"]) == (400, "proof-costly")
    assert time.thread_time() - started < 3
