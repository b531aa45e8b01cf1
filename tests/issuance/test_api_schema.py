"""Every operation of the API's own description, asked with what it describes and with nonsense: no error of the server, and
each answer is one that the description names, in the shape that it gives.
"""

import json
from urllib.parse import quote, urlencode

import jsonschema
import orjson
import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import Resolver404
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from issuance.models import Scope
from issuance.vc_api import tokens

# What the layers below an operation answer, whatever it is; said once in docs/api.md.
ANYWHERE = {405, 406, 415, 429}
OPERATIONS = [
    ("get", "/api/v1/awards"),
    ("get", "/api/v1/awards/{public_id}"),
    ("get", "/api/v1/catalog"),
    ("get", "/api/v1/catalog/{public_id}"),
    ("post", "/api/v1/verify"),
    ("post", "/api/v1/verify/many"),
    ("get", "/api/v1/verify/many/{token}"),
    ("post", "/vc/credentials/issue"),
    ("post", "/vc/credentials/status"),
    ("post", "/vc/credentials/verify"),
    ("post", "/vc/presentations/verify"),
]
SOME = "00000000-0000-4000-8000-000000000000"
TEXT = st.text(max_size=60)
ODD = st.sampled_from(
    ["", "\x00", "null", "-1", "99999999999999999999", "a" * 3000, "%", "../../", "\ud7ff", "'; --", "[]"]
)
PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), TEXT, ODD, st.binary(max_size=20).map(lambda each: each.hex())
)
ANYTHING = st.recursive(
    PLAIN, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4), max_leaves=12
)


@pytest.fixture(scope="module")
def described():
    return SchemaGenerator().get_schema(public=True)


@pytest.fixture
def known(make_shared, issuer):
    """A shared badge, a token of the school, and what of them may stand in a request."""
    document = make_shared()
    token = tokens.create_token(organization=issuer, name="Machine", scopes=list(Scope.values), at=timezone.now())[1]
    return {
        "credential": orjson.loads(bytes(document.bytes)),
        "ids": [str(document.award.public_id), str(document.award.credential.public_id), SOME],
        "token": token,
    }


def values_of(schema, described, known):
    """What a part of a request may be: as it is described, and at times anything else."""
    if "$ref" in schema:
        return values_of(described["components"]["schemas"][schema["$ref"].rsplit("/")[-1]], described, known)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if "enum" in schema:
        fitting = st.sampled_from(schema["enum"])
    elif schema.get("format") == "uuid":
        fitting = st.one_of(st.sampled_from(known["ids"]), st.uuids().map(str))
    elif schema.get("format") == "date-time":
        fitting = st.datetimes(timezones=st.timezones() | st.none()).map(lambda each: each.isoformat())
    elif kind == "integer":
        fitting = st.integers(-5, 500)
    elif kind == "boolean":
        fitting = st.booleans()
    elif kind == "array":
        fitting = st.lists(values_of(schema.get("items", {}), described, known), max_size=4)
    elif kind == "object" and schema.get("properties"):
        parts = {name: values_of(each, described, known) for name, each in schema["properties"].items()}
        needed = {name: parts.pop(name) for name in schema.get("required", []) if name in parts}
        fitting = st.fixed_dictionaries(needed, optional=parts)
    elif kind == "string":
        fitting = TEXT | st.sampled_from([f"/v/{known['ids'][0]}", known["ids"][0]])
    else:
        # A credential, whole or with one part of it turned into something else.
        names = st.sampled_from(list(known["credential"]))
        altered = st.builds(lambda name, value: known["credential"] | {name: value}, names, ANYTHING)
        fitting = st.one_of(st.just(known["credential"]), altered, ANYTHING)
    return st.one_of(fitting, fitting, fitting, ANYTHING)


def requests_of(operation, described, known):
    """Path values, query, body as bytes, media type, and whether the token is shown."""
    inside = [each for each in operation.get("parameters", []) if each["in"] == "path"]
    queries = [each for each in operation.get("parameters", []) if each["in"] == "query"]
    fields = {
        "path": st.fixed_dictionaries({each["name"]: values_of(each["schema"], described, known) for each in inside}),
        "query": st.fixed_dictionaries(
            {}, optional={each["name"]: values_of(each["schema"], described, known) for each in queries}
        ),
        "has_token": st.sampled_from([True, True, True, False]),
        "body": st.just(b""),
        "media_type": st.just("application/json"),
    }
    if "requestBody" in operation:
        (described_as,) = [each["schema"] for each in operation["requestBody"]["content"].values()]
        bodies = values_of(described_as, described, known).map(lambda each: json.dumps(each).encode())
        wrapped = values_of({}, described, known).map(
            lambda each: json.dumps({"credential": each, "verifiableCredential": each, "options": {}}).encode()
        )
        fields["body"] = st.one_of(bodies, wrapped, bodies, st.binary(max_size=200))
        fields["media_type"] = st.sampled_from(["application/json"] * 6 + ["text/plain", "multipart/form-data", "odd"])
    return st.fixed_dictionaries(fields)


def ask(client, method, path, request, token):
    for name, value in request["path"].items():
        path = path.replace(f"{{{name}}}", quote(str(value), safe="") or "-")
    query = urlencode({name: str(value) for name, value in request["query"].items()}, errors="replace")
    headers = {"authorization": f"Bearer {token}"} if request["has_token"] else {}
    if method == "get":
        return client.get(f"{path}?{query}", headers=headers)
    return client.generic("POST", path, request["body"], content_type=request["media_type"], headers=headers)


def is_routed(answer):
    """Whether the address that was asked leads to any operation at all."""
    try:
        return bool(answer.resolver_match.route)
    except Resolver404:
        return False


def accept(answer, operation, described):
    """The answer is described, and has the shape of its description."""
    status = answer.status_code
    assert status < 500, status
    assert str(status) in operation["responses"] or status in ANYWHERE, status
    content = operation["responses"].get(str(status), {}).get("content", {})
    media_type = answer["Content-Type"].partition(";")[0]
    if status in ANYWHERE:
        assert answer.json()
        return
    assert media_type in content, (status, media_type)
    schema = {**content[media_type]["schema"], "components": described["components"]}
    jsonschema.validate(json.loads(answer.content), schema, cls=jsonschema.Draft202012Validator)


def run(method, path, described, known, *, examples):
    """Ask an operation so often, or in every way that there is; answer how many answers were accepted."""
    operation = described["paths"][path][method]
    client, accepted = Client(raise_request_exception=False), 0

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(requests_of(operation, described, known))
    def each(request):
        nonlocal accepted
        cache.clear()  # as if each came from somebody else
        answer = ask(client, method, path, request, known["token"])
        if is_routed(answer):
            accept(answer, operation, described)
        else:
            assert answer.status_code == 404  # an address with such a value is none of the operation's
        accepted += 1

    each()
    return accepted


def test_every_operation_that_is_described_is_asked(described):
    found = {(method, path) for path, operations in described["paths"].items() for method in operations}

    assert found == set(OPERATIONS)


@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda each: each.replace("/", "-").strip("-"))
def test_no_request_makes_an_error_and_each_answer_is_as_described(described, known, method, path):
    assert run(method, path, described, known, examples=8)


@pytest.mark.long
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=lambda each: each.replace("/", "-").strip("-"))
def test_the_same_with_many_more_requests(described, known, method, path):
    assert run(method, path, described, known, examples=80)
