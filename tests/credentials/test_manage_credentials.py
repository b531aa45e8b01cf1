"""The pages where a version is looked at, completed and published."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.permissions import Role
from credentials.models import CredentialVersion


@pytest.fixture
def draft(make_version):
    return make_version(published=False)


def url_of(version, action=""):
    return f"/manage/credentials/{version.credential.public_id}/{action}"


def test_a_stranger_is_asked_to_sign_in(client, draft):
    for url in ("/manage/credentials/", url_of(draft)):
        answer = client.get(url)
        assert answer.status_code == 302
        assert "/accounts/login/" in answer.url


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.REGISTRAR, Role.AUDITOR, Role.COMMITTEE])
def test_nobody_else_finds_the_pages(signed_in, make_user, draft, role):
    client = signed_in(make_user(role))

    assert client.get("/manage/credentials/").status_code == 404
    assert client.get(url_of(draft)).status_code == 404
    assert client.post(url_of(draft, "publish/")).status_code == 404


def test_an_administrator_of_another_school_finds_nothing(signed_in, make_user, make_organization, draft):
    client = signed_in(make_user(Role.ADMINISTRATOR, scope=make_organization()))

    assert draft.title not in client.get("/manage/credentials/").text
    assert client.get(url_of(draft)).status_code == 404
    assert client.post(url_of(draft, "publish/"), {"number": 1}).status_code == 404


def test_the_list_shows_drafts_and_what_is_offered(signed_in, lead, draft, version):
    page = signed_in(lead).get("/manage/credentials/")

    assert page.text.index(draft.title) < page.text.index(version.title)


def test_the_next_version_of_what_is_published_stands_first_as_a_draft_does(signed_in, lead, make_version):
    first, second = make_version(), make_version()
    make_version(credential=second.credential, published=False)

    page = signed_in(lead).get("/manage/credentials/").text

    assert page.index(second.credential.code) < page.index(first.credential.code)


def test_the_gate_names_what_is_missing_and_where(signed_in, administrator, make_version):
    draft = make_version(published=False, workload_hours=None)
    draft.outcomes.all().delete()

    page = signed_in(administrator).get(url_of(draft))

    editor = url_of(draft, "draft/")
    assert f'<a href="{editor}#id_workload_hours">A workload in hours.</a>' in page.text
    assert f'<a href="{editor}#outcomes">At least one assessed outcome.</a>' in page.text


@pytest.mark.parametrize("place", ["description", "outcomes", "alignments", "rubric", "evidence", "stewardship"])
def test_every_place_that_the_gate_names_is_on_the_page_of_an_empty_draft(
    signed_in, administrator, make_version, place
):
    draft = make_version(published=False)
    draft.outcomes.all().delete()
    draft.alignments.all().delete()
    draft.criteria.all().delete()
    draft.evidence_requirements.all().delete()

    assert f'id="{place}"' in signed_in(administrator).get(url_of(draft)).text


def test_a_refused_publish_answers_422_and_changes_nothing(signed_in, administrator, make_version):
    draft = make_version(published=False, summary="")

    page = signed_in(administrator).post(url_of(draft, "publish/"), {"number": 1})

    assert page.status_code == 422
    assert "A summary." in page.text
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_publishing_freezes_and_a_second_post_says_so(signed_in, administrator, draft):
    client = signed_in(administrator)

    first = client.post(url_of(draft, "publish/"), {"number": 1, "note": "Approved in May"})
    second = client.post(url_of(draft, "publish/"), {"number": 1}, follow=True)

    assert first.status_code == 302
    assert "is published already" in second.text
    draft.refresh_from_db()
    assert draft.status == "published"
    assert draft.events.count() == 1
    assert "Approved in May" in client.get(url_of(draft)).text


def test_a_lead_sees_the_gate_and_cannot_publish(signed_in, lead, draft):
    client = signed_in(lead)

    page = client.get(url_of(draft))
    refused = client.post(url_of(draft, "publish/"), {"number": 1})

    assert "An administrator publishes it." in page.text
    assert refused.status_code == 422
    assert "You may not publish" in refused.text
    assert CredentialVersion.objects.get(pk=draft.pk).status == "draft"


def test_owner_and_review_date_are_given_on_the_page(signed_in, administrator, lead, draft):
    draft.credential.owner = draft.credential.review_on = None
    draft.credential.save()
    client = signed_in(administrator)
    assert "An owner: the person who answers for it." in client.get(url_of(draft)).text

    answer = client.post(
        url_of(draft, "stewardship/"), {"owner": str(lead.public_id), "review_on": "2099-05-01"}, follow=True
    )

    draft.credential.refresh_from_db()
    assert draft.credential.owner == lead
    assert "Nothing is missing" in answer.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"review_on": "2001-05-01"}, "must lie in the future"),
        ({"review_on": "soon"}, "Enter a valid date"),
        ({"owner": str(uuid.uuid4())}, "Select a valid choice"),
    ],
)
def test_odd_stewardship_is_refused_with_the_form(signed_in, administrator, draft, data, words):
    before = draft.credential.review_on

    page = signed_in(administrator).post(
        url_of(draft, "stewardship/"), {"owner": str(administrator.public_id), "review_on": "2099-05-01"} | data
    )

    assert page.status_code == 422
    assert words in page.text
    draft.credential.refresh_from_db()
    assert draft.credential.review_on == before


def test_an_assessor_is_not_offered_as_owner(signed_in, administrator, assessor, draft):
    page = signed_in(administrator).get(url_of(draft))

    assert str(assessor.public_id) not in page.text


def test_the_next_version_starts_once(signed_in, lead, version):
    client = signed_in(lead)

    client.post(url_of(version, "versions/"))
    second = client.post(url_of(version, "versions/"), follow=True)

    assert version.credential.versions.count() == 2
    assert "There is a draft already" in second.text


def test_the_pages_cost_a_fixed_number_of_queries(signed_in, administrator, make_version, draft):

    client = signed_in(administrator)
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(
            connection,
        ) as listing:
            client.get("/manage/credentials/")
        with CaptureQueriesContext(connection) as detail:
            client.get(url_of(draft))
        counts.append((len(listing), len(detail)))
        for _ in range(5):
            make_version(published=False)

    assert counts[0] == counts[1]
    assert max(counts[0]) < 20


@pytest.mark.parametrize("action", ["publish/", "stewardship/", "versions/"])
def test_who_comes_back_from_signing_in_lands_on_the_page(signed_in, administrator, draft, action):
    answer = signed_in(administrator).get(url_of(draft, action))

    assert (answer.status_code, answer.url) == (302, url_of(draft))
    assert draft.credential.versions.count() == 1
