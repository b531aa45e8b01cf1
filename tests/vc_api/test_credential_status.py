"""POST /vc/credentials/status: the system that had it issued ends a credential."""

import pytest
from django.utils import timezone

from issuance.models import IssuedCredential, Scope
from issuance.vc_api import tokens
from tests.vc_api.conftest import credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def make_token(issuer):
    def make(*scopes, organization=issuer):
        name = f"system {timezone.now()}"
        return tokens.create_token(organization=organization, name=name, scopes=list(scopes), at=timezone.now())[1]

    return make


@pytest.fixture
def issued(call, make_token):
    def make(**changes):
        body = {"credential": credential(**{"issuer": None, "id": "urn:x:1"} | changes)}
        token = make_token(Scope.CREDENTIALS_ISSUE)
        return call("credentials/issue", body, Authorization=f"Bearer {token}")[1]["verifiableCredential"]

    return make


@pytest.fixture
def end(call, make_token):
    token = make_token(Scope.CREDENTIALS_REVOKE)

    def ask(token=token, **changes):
        body = {
            "credentialId": "urn:x:1",
            "credentialStatus": {"type": "BitstringStatusListEntry", "statusPurpose": "revocation"},
            "status": True,
            **changes,
        }
        return call("credentials/status", body, Authorization=f"Bearer {token}")

    return ask


def test_a_revoked_credential_does_not_verify_any_more(issued, end, verify):
    document, other = issued(), issued(id="urn:x:2")

    assert end()[0] == 200

    assert verify(document)[1]["code"] == "revoked"
    assert verify(other)[0] == 200


def test_callers_that_leave_the_status_out_mean_that_it_is_set(issued, call, make_token, verify):
    document, token = issued(), make_token(Scope.CREDENTIALS_REVOKE)
    body = {"credentialId": "urn:x:1", "credentialStatus": {"statusPurpose": "revocation"}}

    assert call("credentials/status", body, Authorization=f"Bearer {token}")[0] == 200

    assert verify(document)[1]["code"] == "revoked"


def test_all_that_was_issued_under_the_id_is_revoked(issued, end, verify):
    documents = [issued(), issued()]

    end()

    assert [verify(document)[1]["code"] for document in documents] == ["revoked", "revoked"]


def test_asking_again_changes_nothing(issued, end):
    issued()
    end()
    at = IssuedCredential.objects.get().revoked_at

    assert end()[0] == 200
    assert IssuedCredential.objects.get().revoked_at == at


def test_a_revocation_is_not_taken_back(issued, end, verify):
    document = issued()
    end()

    assert end(status=False)[1]["code"] == "status-final"
    assert verify(document)[1]["code"] == "revoked"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"credentialId": "urn:x:9"}, "not-found"),
        ({"credentialId": ""}, "not-found"),
        ({"credentialId": 5}, "member-missing"),
        ({"credentialStatus": "revocation"}, "member-missing"),
        ({"credentialStatus": {"statusPurpose": "suspension"}}, "status-purpose"),
    ],
)
def test_what_cannot_be_revoked_is_refused(issued, end, verify, changes, code):
    document = issued()

    status_code, body = end(**changes)

    assert (status_code in (400, 404), body["code"]) == (True, code)
    assert verify(document)[0] == 200


def test_a_status_that_is_kept_elsewhere_is_not_ours_to_set(issued, end):
    entry = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "5",
        "statusListCredential": "https://elsewhere.example/list",
    }
    issued(credentialStatus=entry)

    assert end()[1]["code"] == "status-elsewhere"


def test_a_token_revokes_only_with_the_scope_and_for_its_own_organization(
    issued, end, make_token, make_organization, verify
):
    document = issued()

    assert end(token=make_token(Scope.CREDENTIALS_ISSUE))[0] == 403
    assert end(token=make_token(Scope.CREDENTIALS_REVOKE, organization=make_organization()))[0] == 404
    assert end(token="signet_unknown")[0] == 401
    assert verify(document)[0] == 200


@pytest.fixture
def make_organization():
    from credentials.models import Organization

    def make():
        return Organization.objects.create(
            name="Nursing", slug="nursing", is_issuer=True, did_path="orgs:nursing", country="US"
        )

    return make
