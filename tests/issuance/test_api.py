"""The API: one and many badges, the catalog, awards by token; problem JSON, limits, and its own description."""

import json

import jsonschema
import orjson
import pytest
from django.utils import timezone

from issuance import services
from issuance.models import BadgeList, Scope
from issuance.vc_api import tokens


def post_many(client, items):
    return client.post("/api/v1/verify/many", json.dumps({"items": items}), content_type="application/json")


def check_all():
    while services.check_next_row(at=timezone.now()):
        pass


@pytest.fixture
def token(issuer):
    return lambda *scopes, organization=None: tokens.create_token(
        organization=organization or issuer,
        name=f"Student system {','.join(scopes)}",
        scopes=list(scopes) or [Scope.AWARDS_READ],
        at=timezone.now(),
    )[1]


def ask(client, path, shown):
    return client.get(path, headers={"authorization": f"Bearer {shown}"})


# Many ----------------------------------------------------------------------------------------------------------------
def test_many_badges_are_taken_and_answered_row_by_row(client, make_shared):
    document = make_shared()
    content = orjson.loads(bytes(document.bytes))
    name = document.award.learner.display_name
    items = [
        {"link": f"/v/{document.award.public_id}", "name": name},
        {"credential": content, "name": "Somebody Else"},
        {"link": "/v/00000000-0000-4000-8000-000000000000"},
        {"credential": "not.a.token"},
    ]

    taken = post_many(client, items)
    assert (taken.status_code, taken.json()["checked"], taken.json()["total"]) == (202, 0, 4)
    assert taken["Location"] == taken.json()["address"]
    check_all()
    found = client.get(taken["Location"].partition("://testserver")[2] or taken["Location"]).json()

    rows = found["rows"]
    assert found["checked"] == 4
    assert [row["state"] for row in rows] == ["valid", "valid", "not-shown", "unknown"]
    assert [row["holder_matches"] for row in rows] == [True, False, None, None]
    assert name not in json.dumps(rows[2])


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[]",
        "{}",
        '{"items": []}',
        '{"items": [{}]}',
        '{"items": [{"link": "x", "credential": {}}]}',
        '{"items": [{"credential": 7}]}',
        '{"items": [{"link": "' + "x" * 600 + '"}]}',
        '{"items": 7}',
        "{",
        '{"items": [{"credential": {"a": 1e999}}]}',
        '{"items": [{"credential": {"a": ' + "9" * 60 + "}}]}",
        '{"items": [{"credential": {"a": "\\ud800"}}]}',
        '{"items": [' + ",".join(['{"link": "x"}'] * 501) + "]}",
    ],
)
def test_odd_bodies_are_refused_with_a_problem(client, db, body):
    response = client.post("/api/v1/verify/many", body, content_type="application/json")

    assert response.status_code in {400, 422}, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert set(response.json()) >= {"status", "code", "detail"}
    assert not BadgeList.objects.exists()


def test_nul_characters_are_refused(client, db):
    assert post_many(client, [{"link": "/v/\0", "name": "a\0b"}]).status_code == 400


def test_an_unknown_list_is_not_found(client, db):
    assert client.get("/api/v1/verify/many/nothing").json()["code"] == "not-found"


# The catalog ---------------------------------------------------------------------------------------------------------
def test_the_catalog_lists_what_is_offered_in_pages(client, make_version, django_assert_num_queries):
    versions = [make_version() for _number in range(3)]
    make_version(published=False)
    with django_assert_num_queries(4):
        first = client.get("/api/v1/catalog?page_size=2").json()

    second = client.get(first["next"].partition("testserver")[2]).json()

    titles = [each["title"] for each in first["results"] + second["results"]]
    assert titles == [version.title for version in versions]
    assert second["next"] is None
    entry = first["results"][0]
    assert entry["competencies"][0]["code"] == "RR1"
    assert client.get(f"/api/v1/catalog/{entry['public_id']}").json() == entry


def test_what_is_not_offered_is_not_in_the_catalog(client, make_version):
    draft = make_version(published=False)

    assert client.get("/api/v1/catalog").json()["results"] == []
    assert client.get(f"/api/v1/catalog/{draft.credential.public_id}").status_code == 404


# Awards --------------------------------------------------------------------------------------------------------------
def test_a_token_reads_the_awards_of_its_organization_alone(
    client, token, make_signed, make_organization, django_assert_max_num_queries
):
    first, second = make_signed(), make_signed()
    shown = token()
    with django_assert_max_num_queries(5):
        found = ask(client, "/api/v1/awards", shown).json()["results"]

    assert [each["id"].rsplit("/")[-1] for each in found] == [str(each.award.public_id) for each in (second, first)]
    assert found[0]["learner_name"] == second.award.learner.display_name
    assert found[0]["is_signed"] is True
    away = make_organization(is_issuer=True, did_path="orgs:away")
    assert ask(client, "/api/v1/awards", token(Scope.AWARDS_READ, organization=away)).json()["results"] == []


def test_awards_are_chosen_by_code_state_and_date(client, token, make_signed, revoke):
    first, second = make_signed(), make_signed()
    revoke(second.award)
    shown = token()

    def ids(query):
        found = ask(client, f"/api/v1/awards?{query}", shown)
        return [each["id"].rsplit("/")[-1] for each in found.json()["results"]]

    assert ids("state=revoked") == [str(second.award.public_id)]
    assert ids(f"code={first.award.credential.code}") == [str(first.award.public_id)]
    assert ids("awarded_from=2100-01-01T00:00:00Z") == []
    assert ids("code=%00") == []
    for odd in ("yesterday", "2026-13-45T00:00:00Z", "2026-09-01T00:00:00"):
        refused = ask(client, f"/api/v1/awards?awarded_from={odd}", shown)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    assert ask(client, "/api/v1/awards?cursor=nonsense", shown).status_code == 404
    far = "3445-07-19T16:34:52.96-18:19"  # a zone that PostgreSQL does not take
    assert ids(f"awarded_from={far}") == []
    assert ask(client, "/api/v1/awards?awarded_from=0001-01-01T00:00:00%2B05:00", shown).status_code == 422


@pytest.mark.parametrize("path", ["awards/null,null", "catalog/7", "anything", "verify/many/a/b"])
@pytest.mark.parametrize("method", ["get", "post", "delete"])
def test_what_is_not_an_address_of_the_api_is_a_problem_too(client, db, path, method):
    response = getattr(client, method)(f"/api/v1/{path}")

    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not-found"


def test_awards_answer_nobody_without_the_right_token(client, token, make_signed, registrar):
    make_signed()
    client.force_login(registrar)

    nothing = client.get("/api/v1/awards")
    assert (nothing.status_code, nothing.json()["code"], nothing["WWW-Authenticate"]) == (401, "token", "Bearer")
    assert ask(client, "/api/v1/awards", "signet_wrong").status_code == 401
    other = ask(client, "/api/v1/awards", token(Scope.CREDENTIALS_ISSUE))
    assert (other.status_code, other.json()["code"]) == (403, "not-allowed")
    good = ask(client, "/api/v1/awards", token())
    assert "Access-Control-Allow-Origin" not in good
    assert good["Cache-Control"] == "private, no-store"


def test_a_revoked_token_reads_nothing(client, token, issuer):
    shown = token()
    tokens.revoke_token(organization=issuer, name="Student system ", at=timezone.now())

    assert ask(client, "/api/v1/awards", shown).status_code == 401


# Limits and description ----------------------------------------------------------------------------------------------
def test_answers_say_how_many_requests_are_left_and_when_there_are_more(client, db, settings):
    client.defaults["REMOTE_ADDR"] = "192.0.2.9"
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"read": 2}

    answers = [client.get("/api/v1/catalog") for _number in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer["RateLimit-Limit"] for answer in answers] == ["2", "2", "2"]
    assert [answer["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert all(1 <= int(answer["RateLimit-Reset"]) <= 60 for answer in answers)
    assert 1 <= int(answers[2]["Retry-After"]) <= 60
    assert answers[2].json()["code"] == "throttled"
    assert answers[2]["Content-Type"] == "application/problem+json"


def test_the_description_is_openapi_3_1_and_names_every_address(client, db):
    found = client.get("/api/v1/schema", headers={"accept": "application/vnd.oai.openapi+json"}).json()

    assert found["openapi"].startswith("3.1")
    paths = {
        "/api/v1/awards",
        "/api/v1/awards/{public_id}",
        "/api/v1/catalog",
        "/api/v1/catalog/{public_id}",
        "/api/v1/verify",
        "/api/v1/verify/many",
        "/api/v1/verify/many/{token}",
    }
    assert paths <= set(found["paths"])
    assert found["components"]["securitySchemes"]["apiToken"] == {"type": "http", "scheme": "bearer"}
    assert found["paths"]["/api/v1/awards"]["get"]["security"] == [{"apiToken": []}]
    for schema in found["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    "address",
    ["/api/v1/", "/api/v1/nothing", "/api/v1/awards/x", "/api/v1/awards/x/y", "/api/v1", "/api/v2/verify", "/api/"],
)
def test_what_is_no_address_of_the_api_is_a_problem_in_json(client, address):
    for answer in (client.get(address), client.post(address, {}, content_type="application/json")):
        assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
        assert answer.json()["code"] == "not-found"
