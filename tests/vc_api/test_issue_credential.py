"""POST /vc/credentials/issue: by whom, for whom, checked, signed, stored."""

import hashlib
import json

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from issuance import core
from issuance import openbadges as ob
from issuance.models import IssuedCredential, Scope, SigningKey, StatusEntry, StatusList
from issuance.services import status
from issuance.vc_api import tokens
from tests.vc_api.conftest import V2, credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def token(issuer):
    return tokens.create_token(
        organization=issuer, name="records", scopes=[Scope.CREDENTIALS_ISSUE], at=timezone.now()
    )[1]


@pytest.fixture
def issue(call, token):
    def ask(document, **options):
        body = {"credential": document, "options": options}
        return call("credentials/issue", body, Authorization=f"Bearer {token}")

    return ask


def unissued(**changes):
    return credential(**{"issuer": None} | changes)


def test_a_credential_is_signed_with_the_organizations_key_and_verifies(issue, verify, issuer):
    status_code, body = issue(unissued())

    document = body["verifiableCredential"]
    assert status_code == 201
    assert document["issuer"] == core.did_of(issuer)
    assert document["proof"]["verificationMethod"] == f"{core.did_of(issuer)}#key-1"
    assert document["credentialStatus"]["type"] == "BitstringStatusListEntry"
    assert verify(document)[0] == 200


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
@pytest.mark.parametrize("method", ["web", "key"])
def test_suite_and_did_are_as_asked(issue, verify, issuer, suite, method):
    document = issue(unissued(), cryptosuite=suite, didMethod=method)[1]["verifiableCredential"]

    assert document["proof"]["cryptosuite"] == suite
    assert document["issuer"].startswith(f"did:{method}:")
    assert document["proof"]["verificationMethod"].partition("#")[0] == document["issuer"]
    assert verify(document)[0] == 200


@pytest.mark.parametrize("method", ["web", "key"])
def test_in_an_envelope_it_is_a_token_that_verifies_until_it_is_revoked(issue, verify, issuer, method):
    document = issue(unissued(), envelope=True, didMethod=method)[1]["verifiableCredential"]

    assert set(document) == {"@context", "type", "id"}
    assert verify(document)[0] == 200

    row = IssuedCredential.objects.get()
    assert json.loads(bytes(row.bytes)) == document
    status.set_bits(entries=[StatusEntry(list_id=row.list_id, index=row.index)], at=timezone.now())
    assert verify(document)[1]["code"] == "revoked"


def test_in_an_envelope_every_term_must_be_defined_too(issue):
    assert issue(unissued(honors="with distinction"), envelope=True)[1]["code"] == "term-undefined"


def test_both_suites_at_once_give_two_proofs(issue, verify):
    document = issue(unissued(), cryptosuite=["eddsa-rdfc-2022", "eddsa-jcs-2022"])[1]["verifiableCredential"]

    assert [proof["cryptosuite"] for proof in document["proof"]] == ["eddsa-rdfc-2022", "eddsa-jcs-2022"]
    assert verify(document)[0] == 200


def test_the_issuer_may_be_written_as_either_of_its_dids(issue, issuer):
    key = SigningKey.objects.get(organization=issuer, purpose="badge")
    for did in (core.did_of(issuer), f"did:key:{key.public_multibase}"):
        named = {"id": did, "name": "The school"}

        assert issue(unissued(issuer=did))[1]["verifiableCredential"]["issuer"] == did
        assert issue(unissued(issuer=named))[1]["verifiableCredential"]["issuer"] == named


def test_what_was_issued_is_stored_as_it_was_answered(issue, issuer):
    document = issue(unissued(id="urn:x:1"), credentialId="ours-1")[1]["verifiableCredential"]

    row = IssuedCredential.objects.get()
    assert json.loads(bytes(row.bytes)) == document
    assert row.sha256 == hashlib.sha256(bytes(row.bytes)).hexdigest()
    assert (row.credential_id, row.token.name, row.organization, row.index) == (
        "ours-1", "records", issuer, int(document["credentialStatus"]["statusListIndex"]),
    )  # fmt: skip


def test_what_was_issued_is_never_changed_or_removed(issue):
    issue(unissued())
    row = IssuedCredential.objects.get()

    for change in ({"bytes": b"{}"}, {"index": 5}, {"credential_id": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            IssuedCredential.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedCredential.objects.all().delete()
    IssuedCredential.objects.update(revoked_at=timezone.now())
    with pytest.raises(DatabaseError), transaction.atomic():
        IssuedCredential.objects.update(revoked_at=None)
    assert IssuedCredential.objects.get().bytes == row.bytes


def test_its_bit_in_the_status_list_revokes_it(issue, verify):
    document = issue(unissued(), didMethod="key")[1]["verifiableCredential"]
    assert verify(document)[0] == 200

    status.set_bits(entries=[IssuedCredential.objects.get()], at=timezone.now())

    assert verify(document)[1]["code"] == "revoked"


def test_places_in_the_status_list_are_shared_with_badges_and_never_given_twice(issue, make_signed):
    entries = [make_signed().status_entry.index]
    entries += [
        int(issue(unissued())[1]["verifiableCredential"]["credentialStatus"]["statusListIndex"]) for _n in range(3)
    ]

    assert len(set(entries)) == 4
    assert StatusList.objects.get().reserved == 4


def test_a_status_that_it_brings_is_kept(issue):
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://elsewhere.example/list",
    }

    document = issue(unissued(credentialStatus=entry))[1]["verifiableCredential"]

    assert document["credentialStatus"] == entry
    assert StatusList.objects.count() == 0


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"@context": [V2, "https://www.w3.org/ns/credentials/examples/v2"]}, "context-unknown"),
        ({"type": ["VerifiableCredential", "Unmapped"]}, "term-undefined"),
        (
            {
                "@context": [V2, {"Diploma": "https ://no-url#Diploma"}],
                "type": ["VerifiableCredential", "Diploma"],
            },
            "canonical",
        ),
        ({"credentialSubject": {"unmapped": "claim"}}, "term-undefined"),
        ({"@context": [V2, {"VerifiableCredential": "https://example.org/#Other"}]}, "canonical"),
        (
            {
                "@context": [
                    V2,
                    {"@protected": True, "Red": "https://example.org/#Red"},
                    {"Red": "https://example.org/#Blue"},
                ]
            },
            "canonical",
        ),
        ({"issuer": "did:example:other"}, "issuer-other"),
        ({"issuer": "no-url"}, "issuer-no-url"),
        ({"issuer": {"name": "The school"}}, "issuer-no-id"),
        ({"proof": {"type": "DataIntegrityProof"}}, "proof-present"),
        ({"id": "http://testserver/v/6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"}, "id-ours"),
        (
            {
                "credentialStatus": {
                    "type": "BitstringStatusListEntry",
                    "statusPurpose": "revocation",
                    "statusListIndex": "5",
                    "statusListCredential": "http://testserver/status/6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e",
                }
            },
            "status-ours",
        ),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "context-first"),
        ({"validUntil": "2001-01-01T00:00:00Z"}, "dates-order"),
        ({"id": "no-url"}, "id-no-url"),
    ],
)
def test_a_broken_rule_is_named_and_nothing_is_signed_or_reserved(issue, changes, rule):
    status_code, body = issue(unissued(**changes))

    assert (status_code, body["code"], body["status"]) == (400, rule, 400)
    assert body["type"].startswith("https://")
    assert (IssuedCredential.objects.count(), StatusList.objects.count()) == (0, 0)


def test_a_badge_that_its_own_standard_would_refuse_is_refused(issue):
    badge = unissued(**{"@context": list(ob.BADGE_CONTEXTS), "type": ["VerifiableCredential", "OpenBadgeCredential"]})
    badge["credentialSubject"] = {"id": "did:example:subject", "type": ["AchievementSubject"]}

    status_code, body = issue(badge)

    assert (status_code, body["code"]) == (400, "badge-shape")
    assert IssuedCredential.objects.count() == 0


@pytest.mark.parametrize(
    "options",
    [
        {"cryptosuite": "bbs-2023"},
        {"cryptosuite": []},
        {"cryptosuite": ["eddsa-rdfc-2022", "eddsa-rdfc-2022"]},
        {"cryptosuite": [{}]},
        {"cryptosuite": {}},
        {"didMethod": "ion"},
        {"credentialId": 5},
        {"envelope": "yes"},
        {"unheard": "of"},
    ],
)
def test_an_option_that_cannot_be_carried_out_is_refused(issue, options):
    assert issue(unissued(), **options)[0] == 400


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer signet_unknown", "Basic abc", "Bearer é"])
def test_without_a_token_nothing_is_issued(client, issuer, header):
    response = client.post(
        "/vc/credentials/issue",
        {"credential": unissued()},
        content_type="application/json",
        headers={"Authorization": header} if header else {},
    )

    assert (response.status_code, response["WWW-Authenticate"], response.json()["code"]) == (401, "Bearer", "token")
    assert IssuedCredential.objects.count() == 0


def test_a_token_issues_for_its_own_organization_only(issue, issuer, make_organization_issuer):
    other = make_organization_issuer()

    status_code, body = issue(unissued(issuer=core.did_of(other)))

    assert (status_code, body["code"]) == (400, "issuer-other")


@pytest.fixture
def make_organization_issuer(issuer):
    from credentials.models import Organization

    def make():
        return Organization.objects.create(
            name="School of Nursing", slug="nursing", is_issuer=True, did_path="nursing", country="US"
        )

    return make
