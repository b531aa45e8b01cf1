"""The rules of the data model, one by one, without Django."""

import subprocess
import sys

import pytest

from issuance.vc_api.data_model import credential_problems, moment, presentation_problems
from tests.vc_api.conftest import V2, credential

LANGUAGE = {"@value": "Dog", "@language": "en"}
ENTRY = {
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://example.org/list",
}
RESOURCE = {"id": V2, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ"}
SRI_384 = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
RED = "https://example.org/#Red"


def rules(**changes):
    return {problem.rule for problem in credential_problems(credential(**changes))}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"issuer": {"id": "did:example:issuer", "name": "The school"}},
        {"id": "urn:uuid:6f4f6a3e-2f0b-4e5e-9c2c-0d7a3b8c1d2e"},
        {"@context": [V2, "https://example.org/more", {"Red": RED}]},
        {"type": ["VerifiableCredential", RED]},
        {"type": [RED, "VerifiableCredential", "Other"]},
        {"credentialSubject": {"id": "did:example:subject"}},
        {"credentialSubject": [{"id": "did:example:subject"}, {"name": "Bob"}]},
        {"name": "Dog"},
        {"name": LANGUAGE},
        {"name": {"@value": "كلب", "@language": "ar", "@direction": "rtl"}},
        {"name": [LANGUAGE, {"@value": "Chien", "@language": "fr"}]},
        {"issuer": {"id": "did:example:issuer", "description": [LANGUAGE]}},
        {"validFrom": None},
        {"validFrom": "2023-02-26T01:02:58.447Z", "validUntil": "2023-02-26T01:02:58.447-05:00"},
        {"validUntil": "2038-12-31T24:00:00Z"},
        {"credentialStatus": {"type": RED}},
        {"credentialStatus": {"id": "did:example:status", "type": RED}},
        {"credentialStatus": [ENTRY, {**ENTRY, "statusPurpose": "suspension", "statusReference": [RED]}]},
        {
            "credentialStatus": {
                **ENTRY,
                "statusPurpose": "message",
                "statusSize": 1,
                "statusMessage": [{"status": "0x0", "message": "no"}, {"status": "0x1", "message": "yes"}],
            }
        },
        {"credentialSchema": [{"id": "did:example:schemas/1", "type": RED}]},
        {"refreshService": [{"type": RED}, {"id": "did:example:refresh", "type": RED}]},
        {"termsOfUse": {"type": RED}},
        {"evidence": [{"type": RED}, {"type": ["Red", RED]}]},
        {"relatedResource": RESOURCE},
        {"relatedResource": [RESOURCE, {"id": RED, "digestSRI": SRI_384, "mediaType": "application/ld+json"}]},
        {"relatedResource": {"id": V2, "digestSRI": SRI_384}},
        {"credentialSubject": {"jsonSchema": {"type": "object", "properties": {"id": {"type": 5}}}}},
    ],
)
def test_what_the_data_model_allows_is_not_refused(changes):
    assert rules(**changes) == set()


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"@context": None}, "context-missing"),
        ({"@context": V2}, "context-no-array"),
        ({"@context": []}, "context-no-array"),
        ({"@context": ["https://www.w3.org/ns/credentials/examples/v2"]}, "context-first"),
        ({"@context": ["https://example.org/more", V2]}, "context-first"),
        ({"@context": [{"Red": RED}, V2]}, "context-first"),
        ({"@context": ["https://www.w3.org/2018/credentials/v1"]}, "context-first"),
        ({"@context": [V2, "https ://no-url/contexts"]}, "context-no-url"),
        ({"@context": [V2, 192875]}, "context-kind"),
        ({"@context": [V2, V2]}, "context-twice"),
        ({"id": "no-url"}, "id-no-url"),
        ({"id": ["urn:a:1", "urn:a:2"]}, "id-no-url"),
        ({"id": 5}, "id-no-url"),
        ({"id": ""}, "id-no-url"),
        ({"type": None}, "type-missing"),
        ({"type": []}, "type-required"),
        ({"type": ["Other"]}, "type-required"),
        ({"type": ["VerifiableCredential", "no term"]}, "type-no-term"),
        ({"type": ["VerifiableCredential", 5]}, "type-no-term"),
        ({"issuer": None}, "issuer-missing"),
        ({"issuer": "no-url"}, "issuer-no-url"),
        ({"issuer": 5}, "issuer-no-url"),
        ({"issuer": []}, "issuer-no-url"),
        ({"issuer": {"name": "The school"}}, "issuer-no-id"),
        ({"issuer": {"id": "no-url"}}, "issuer-no-url"),
        ({"credentialSubject": None}, "subject-missing"),
        ({"credentialSubject": {}}, "subject-no-claims"),
        ({"credentialSubject": []}, "subject-empty"),
        ({"credentialSubject": "did:example:subject"}, "subject-no-object"),
        ({"credentialSubject": [{"id": "did:example:subject"}, {}]}, "subject-no-claims"),
        ({"credentialSubject": {"id": ["did:example:a", "did:example:b"]}}, "id-no-url"),
        ({"credentialSubject": {"degree": {"id": "no-url"}}}, "id-no-url"),
        ({"name": 5}, "name-no-text"),
        ({"name": {"@language": "en"}}, "name-no-text"),
        ({"name": {**LANGUAGE, "url": RED}}, "name-members"),
        ({"name": {**LANGUAGE, "@direction": "up"}}, "name-direction"),
        ({"name": {"@value": "Dog", "@language": "no language"}}, "name-language"),
        ({"description": {**LANGUAGE, "url": RED}}, "description-members"),
        ({"issuer": {"id": RED, "name": {**LANGUAGE, "url": RED}}}, "name-members"),
        ({"credentialSubject": {"name": {**LANGUAGE, "url": RED}}}, "value-object-members"),
        ({"validFrom": "2023-02-30T00:00:00Z"}, "date-no-stamp"),
        ({"validFrom": "2023-02-26T01:02:58"}, "date-no-stamp"),
        ({"validFrom": "2023-02-26"}, "date-no-stamp"),
        ({"validUntil": 2023}, "date-no-stamp"),
        ({"validUntil": "2019-12-31T00:00:00Z"}, "dates-order"),
        ({"credentialStatus": {"id": RED}}, "status-no-type"),
        ({"credentialStatus": {"id": RED, "type": 2}}, "type-no-term"),
        ({"credentialStatus": {"id": "no-url", "type": RED}}, "id-no-url"),
        ({"credentialStatus": {"id": [RED, RED], "type": RED}}, "id-no-url"),
        ({"credentialStatus": "https://example.org/status"}, "status-no-object"),
        ({"credentialStatus": {**ENTRY, "statusPurpose": 1}}, "status-purpose"),
        ({"credentialStatus": {**ENTRY, "statusListIndex": True}}, "status-index"),
        ({"credentialStatus": {**ENTRY, "statusListIndex": 7}}, "status-index"),
        ({"credentialStatus": {**ENTRY, "statusListIndex": "-1"}}, "status-index"),
        ({"credentialStatus": {**ENTRY, "statusListCredential": "list"}}, "status-list"),
        ({"credentialStatus": {**ENTRY, "id": ENTRY["statusListCredential"]}}, "status-id"),
        ({"credentialStatus": {**ENTRY, "statusSize": 0}}, "status-size"),
        ({"credentialStatus": {**ENTRY, "statusSize": "2"}}, "status-size"),
        ({"credentialStatus": {**ENTRY, "statusSize": 2}}, "status-messages"),
        ({"credentialStatus": {**ENTRY, "statusMessage": [{"status": "0x0"}]}}, "status-messages"),
        ({"credentialStatus": {**ENTRY, "statusReference": "no-url"}}, "status-reference"),
        ({"credentialSchema": {"id": RED}}, "schema-no-type"),
        ({"credentialSchema": {"type": RED}}, "schema-no-id"),
        ({"credentialSchema": {"id": 5, "type": RED}}, "id-no-url"),
        ({"refreshService": {"id": RED}}, "refresh-no-type"),
        ({"refreshService": {"id": "no-url", "type": RED}}, "id-no-url"),
        ({"termsOfUse": {"id": RED}}, "terms-of-use-no-type"),
        ({"evidence": {"id": RED}}, "evidence-no-type"),
        ({"evidence": []}, "evidence-empty"),
        ({"renderMethod": {"id": RED}}, "render-method-no-type"),
        ({"confidenceMethod": {"id": RED}}, "confidence-method-no-type"),
        ({"relatedResource": [V2]}, "resource-no-object"),
        ({"relatedResource": {"digestSRI": SRI_384}}, "resource-no-id"),
        ({"relatedResource": {"id": RED}}, "resource-no-digest"),
        ({"relatedResource": [RESOURCE, RESOURCE]}, "resource-twice"),
        ({"relatedResource": {"id": RED, "digestSRI": "md5-abc"}}, "resource-digest"),
        ({"relatedResource": {"id": RED, "digestMultibase": "?"}}, "resource-digest"),
        ({"relatedResource": {**RESOURCE, "mediaType": "text"}}, "resource-media-type"),
        ({"relatedResource": {"id": V2, "digestSRI": SRI_384.replace("l/H", "m/H")}}, "resource-digest-differs"),
        ({"relatedResource": {"id": V2, "digestMultibase": "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzA"}}, "resource-digest-differs"),
    ],
)  # fmt: skip
def test_each_rule_is_told_by_its_name(changes, rule):
    assert rule in rules(**changes)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"@context": None}, "context-missing"),
        ({"type": None}, "type-missing"),
        ({"type": ["VerifiableCredential"]}, "type-required"),
        ({"id": "no-url"}, "id-no-url"),
        ({"holder": {"name": "Alice"}}, "holder-no-id"),
        ({"holder": "Alice"}, "holder-no-url"),
        ({"verifiableCredential": ["https://example.org/credential"]}, "credential-no-object"),
        ({"verifiableCredential": 5}, "credential-no-object"),
    ],
)
def test_each_rule_of_a_presentation_is_told_by_its_name(changes, rule):
    whole = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [], **changes}
    document = {name: value for name, value in whole.items() if value is not None}

    assert rule in {problem.rule for problem in presentation_problems(document)}


def test_a_moment_is_read_in_utc_at_any_offset():
    assert moment("2023-01-01T00:00:00+05:00") == moment("2022-12-31T19:00:00Z") == moment("2022-12-31T19:00:00")
    assert moment("2022-12-31T24:00:00Z") == moment("2023-01-01T00:00:00.000Z")
    assert moment("2022-12-31T24:00:01Z") is None
    assert moment("9999-12-31T24:00:00Z") is None


def test_the_rules_need_no_django():
    code = "import sys; sys.modules['django'] = None; import issuance.vc_api.data_model"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
