"""Whatever is sent, the answer is 200, 201, 400 or 413: never an error of the server."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st

from tests.vc_api.conftest import V2, credential, signed

pytestmark = pytest.mark.django_db
GOOD = {200, 201, 400, 404, 413}
PATHS = ["credentials/issue", "credentials/status", "credentials/verify", "presentations/verify"]
MEMBERS = [
    "credential",
    "verifiableCredential",
    "verifiablePresentation",
    "presentation",
    "options",
    "credentialId",
    "credentialStatus",
    "status",
]
KEYS = st.sampled_from(
    """@context id type issuer name description credentialSubject validFrom validUntil credentialStatus statusListIndex
    statusListCredential statusPurpose statusSize statusMessage credentialSchema evidence termsOfUse refreshService holder
    relatedResource digestSRI digestMultibase mediaType proof cryptosuite proofValue verificationMethod proofPurpose created
    expires domain challenge verifiableCredential @value @language @direction @type @id @graph @list""".split()
)
TEXTS = st.sampled_from(
    [
        V2, "https://www.w3.org/2018/credentials/v1", "VerifiableCredential", "VerifiablePresentation",
        "EnvelopedVerifiableCredential", "EnvelopedVerifiablePresentation", "BitstringStatusListEntry", "DataIntegrityProof",
        "eddsa-rdfc-2022", "eddsa-jcs-2022", "did:key:z6Mk", "did:web:testserver", "did:web:[::1", "http://testserver/status/x",
        "http://[", "data:application/vc+jwt,e30.e30.e30", "2026-01-01T24:00:00Z", "9999-12-31T23:59:59-14:00", "revocation",
        "0001-01-01T00:00:00+14:00", "sha256-====", "uEiA", "z", "99999999999999999999", "assertionMethod", "\ud800",
    ]
)  # fmt: skip
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS | st.text(max_size=6), inner, max_size=6),
    max_leaves=25,
)
WHOLE = signed(credential())


@st.composite
def altered(draw):
    """A good credential or presentation in which some members are anything at all."""
    document = copy.deepcopy(WHOLE)
    if draw(st.booleans()):
        document = {"@context": [V2], "type": ["VerifiablePresentation"], "verifiableCredential": [document]}
    for _number in range(draw(st.integers(1, 3))):
        target = draw(st.sampled_from([part for part in walk(document) if isinstance(part, dict)]))
        target[draw(KEYS)] = draw(VALUES)
    return document


def walk(value):
    yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(item)


BODIES = VALUES | st.dictionaries(st.sampled_from(MEMBERS), altered() | VALUES, max_size=5)
# A sample for `make test`; the same is asked at length below.
QUIET = limits(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture
def trial(settings, issuer):
    settings.VC_API_CONFORMANCE = True
    return issuer


@pytest.mark.parametrize("path", PATHS)
@given(body=BODIES)
@QUIET
def test_any_json_is_answered(client, trial, path, body):
    response = client.post(f"/vc/{path}", json.dumps(body), content_type="application/json")

    assert response.status_code in GOOD
    assert isinstance(response.json(), dict)


@pytest.mark.parametrize("path", PATHS)
@given(
    content=st.binary(max_size=200), kind=st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""])
)
@limits(QUIET, max_examples=40)
def test_any_bytes_are_answered(client, trial, path, content, kind):
    response = client.post(f"/vc/{path}", content, content_type=kind)

    assert response.status_code in GOOD


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("piece", ['{"a":', "[", '{"options":{"domain":'])
def test_deep_bodies_are_answered(client, trial, path, piece):
    response = client.post(f"/vc/{path}", piece * 20_000, content_type="application/json")

    assert response.status_code == 400


@pytest.mark.long
@pytest.mark.parametrize("path", PATHS)
@given(body=BODIES)
@limits(QUIET, max_examples=1000)
def test_any_json_is_answered_at_length(client, trial, path, body):
    response = client.post(f"/vc/{path}", json.dumps(body), content_type="application/json")

    assert response.status_code in GOOD
    assert isinstance(response.json(), dict)
