"""The conformance setting: issuing without a token on a developer's own site, with the context of the examples."""

import base64
import hashlib

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from credentials.models import Organization
from issuance import core
from issuance.models import IssuedCredential
from issuance.vc_api.contexts import EXAMPLES_TEXT, EXAMPLES_URL
from issuance.vc_api.data_model import PUBLISHED_DIGESTS
from tests.vc_api.conftest import V2, credential

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(settings, issuer):
    settings.VC_API_CONFORMANCE = True
    return issuer


@pytest.fixture
def issue(call):
    def ask(document, **options):
        return call("credentials/issue", {"credential": document, "options": options})

    return ask


def test_anybody_may_issue_and_what_was_issued_verifies(trial, issue, verify):
    status_code, body = issue(credential(issuer=None))

    assert status_code == 201
    assert body["verifiableCredential"]["issuer"] == core.did_of(trial)
    assert verify(body["verifiableCredential"])[0] == 200
    assert IssuedCredential.objects.get().token is None


def test_the_examples_context_is_known_and_only_then(trial, issue, verify, settings):
    example = credential(
        **{"@context": [V2, EXAMPLES_URL], "type": ["VerifiableCredential", "ExampleAlumniCredential"], "issuer": None}
    )
    example["credentialSubject"] = {"id": "did:example:subject", "alumniOf": {"name": "Example University"}}

    document = issue(example)[1]["verifiableCredential"]
    assert verify(document)[0] == 200

    settings.VC_API_CONFORMANCE = False
    assert verify(document)[1]["code"] == "context-unknown"
    assert issue(example)[0] == 401


def test_the_examples_context_is_the_published_text():
    published = "zNNbQTWCSUSi0bbz7dbua+RcENv7C6FvlmYJ1Y+I727HsPOHdzwELMYO9Mz68M26"  # VC Data Model 2.0, appendix B.1

    digest = hashlib.sha384(EXAMPLES_TEXT.encode()).digest()

    assert base64.b64encode(digest).decode() == published
    assert PUBLISHED_DIGESTS[EXAMPLES_URL] == {
        "sha256": hashlib.sha256(EXAMPLES_TEXT.encode()).hexdigest(),
        "sha384": digest.hex(),
    }


def test_an_issuer_that_is_not_ours_is_replaced_and_its_did_method_kept(trial, issue):
    for given, start in (("did:example:issuer", "did:web:"), ("did:key:z6Mkother", "did:key:z6Mk")):
        assert issue(credential(issuer=given))[1]["verifiableCredential"]["issuer"].startswith(start)
        named = issue(credential(issuer={"id": given, "name": "Suite"}))[1]["verifiableCredential"]["issuer"]
        assert named["id"].startswith(start) and named["name"] == "Suite"
    assert issue(credential(issuer="no-url"))[1]["code"] == "issuer-no-url"


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_credentials_of_the_data_model_one_are_signed_for_suites_that_send_them(trial, issue, verify, suite):
    first = credential(
        **{
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "validFrom": None,
            "issuanceDate": "2020-01-01T00:00:00Z",
            "credentialSubject": {"id": "did:example:subject"},
        }
    )

    status_code, body = issue(first, cryptosuite=suite, mandatoryPointers=[])

    assert status_code == 201
    assert verify(body["verifiableCredential"])[0] == 200


def test_a_run_is_not_limited(trial, issue, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"issue": 1, "check": 1}

    assert {issue({})[0] for _number in range(3)} == {400}


def test_a_wrong_token_is_refused_all_the_same(trial, call):
    assert call("credentials/issue", {"credential": credential()}, Authorization="Bearer signet_x")[0] == 401


def test_an_empty_registry_makes_an_organization_for_the_trial(settings, issue, verify):
    settings.VC_API_CONFORMANCE = True

    documents = [issue(credential(issuer=None))[1]["verifiableCredential"] for _number in range(2)]

    assert {document["issuer"] for document in documents} == {"did:web:testserver:orgs:conformance"}
    assert verify(documents[0])[0] == 200
    assert Organization.objects.get().signing_keys.count() == 1


def test_the_start_is_refused_outside_debug(settings):
    from issuance.apps import refuse_open_issuing

    settings.VC_API_CONFORMANCE, settings.DEBUG = True, False
    with pytest.raises(ImproperlyConfigured, match="VC_API_CONFORMANCE"):
        refuse_open_issuing()

    settings.DEBUG = True
    refuse_open_issuing()
    assert apps.get_app_config("issuance").name == "issuance"
