"""The item page, and the page of one version's criteria: public, complete (DOMAIN 6), at addresses that stay."""

import uuid

import pytest

from credentials.models import Alignment
from credentials.services import publish_version, start_version
from tests.moments import NOON


@pytest.fixture
def full(make_version):
    return make_version(
        limits="It grants no privilege to practice.",
        content_informed_by=["interprofessional office"],
        second_mark_percent=10,
        is_blind=True,
        expires_after_months=24,
        renewal="Refresher of 2 hours.",
        requires=[make_version(title="Values and Ethics").credential],
    )


def version_url(version):
    return f"/catalog/{version.credential.public_id}/versions/{version.number}/"


def test_the_item_page_says_all_that_a_stranger_needs(client, full):
    page = client.get(full.credential.get_absolute_url())

    assert page.status_code == 200
    for words in [
        full.title,
        full.summary,
        "A microcredential:",
        "Open to learners of medicine, nursing, pharmacy.",
        "8 hours in all",
        "Curricular",
        "Blended",
        "Larkmoor University of Health Sciences (US)",
        "Describes the scope of five roles correctly.",
        "Case analysis",
        "Supervised on site, identity checked",
        "10% of the work",
        "they do not see your name",
        "3 attempts",
        "Within 5 working days",
        "Every required criterion must reach level 3 (Meets the standard), and every other criterion level 2 (Developing).",
        "Meets the standard for role-map.",
        "You hand it in.",
        "Values and Ethics",
        "IPEC Core Competencies",
        "That the learner knows how to do it",
        "RR1",
        "Approved by the curriculum committee",
        "interprofessional office",
        "Expires after 24 months",
        "Refresher of 2 hours.",
        "It grants no privilege to practice.",
    ]:
        assert words in page.text, words


def test_an_item_that_was_never_published_is_not_there(client, make_version):
    draft = make_version(published=False)

    assert client.get(draft.credential.get_absolute_url()).status_code == 404
    assert client.get(version_url(draft)).status_code == 404


def test_a_forged_address_is_not_there(client, version):
    assert client.get(f"/catalog/{uuid.uuid4()}/").status_code == 404
    assert client.get(f"/catalog/{version.credential.public_id}/versions/9/").status_code == 404


def test_the_criteria_of_a_version_stay_when_a_newer_one_is_published(client, administrator, version):
    draft = start_version(actor=administrator, credential=version.credential, at=NOON)
    draft.summary = "Something new."
    draft.save(update_fields=["summary"])
    publish_version(actor=administrator, version=draft, at=NOON)

    old = client.get(version_url(version))

    assert version.summary in old.text
    assert "Something new." not in old.text
    assert "An earlier version" in old.text
    assert "Something new." in client.get(version.credential.get_absolute_url()).text
    assert "An earlier version" not in client.get(version_url(draft)).text


def test_a_machine_reads_every_mandatory_element(client, full):
    told = client.get(version_url(full), {"format": "json"}).json()

    assert told["id"] == f"http://testserver{version_url(full)}"
    for element in [
        "title",
        "awarding_body",
        "learning_outcomes",
        "workload_hours",
        "level",
        "assessment_methods",
        "participation",
        "quality_assurance",
        "pass_rule",
        "criteria",
    ]:
        assert told[element], element
    assert told["awarding_body"]["country"] == "US"
    assert [row["code"] for row in told["alignments"]] == ["RR1"]
    assert [row["framework_version"] for row in told["alignments"]] == ["3"]


def test_what_is_no_longer_offered_says_so(client, version):
    version.credential.status = "retired"
    version.credential.save(update_fields=["status"])

    assert "No longer offered" in client.get(version.credential.get_absolute_url()).text
    assert version.title not in client.get("/catalog/").text


def test_a_competency_of_several_criteria_is_listed_once(client, make_version, competency):
    version = make_version(published=False)
    for criterion in version.criteria.all():
        Alignment.objects.create(version=version, criterion=criterion, competency=competency)
    version.status, version.published_at, version.published_by = "published", NOON, version.credential.owner
    version.save()

    page = client.get(version_url(version))

    assert page.text.count("Own role") == 1
    assert "Assesses: Role map, Referral, Reflection" in page.text


def test_the_pages_cost_a_fixed_number_of_queries(client, full, django_assert_num_queries):
    with django_assert_num_queries(12):
        client.get(full.credential.get_absolute_url())
    with django_assert_num_queries(10):
        client.get(version_url(full))


def test_a_designation_has_no_rubric_and_says_what_it_is(client, make_version):
    version = make_version(kind="designation", workload_hours=None, level="", setting="", requirement="")

    page = client.get(version.credential.get_absolute_url())

    assert page.status_code == 200
    assert "A designation:" in page.text
    assert "Earned with distinction." in page.text
    assert "The rubric" not in page.text
    assert "Workload" not in page.text


def test_a_prerequisite_that_nobody_can_read_yet_is_named_without_a_link(client, make_version):
    draft = make_version(published=False)
    version = make_version(requires=[draft.credential])

    page = client.get(version.credential.get_absolute_url())

    assert draft.credential.code in page.text
    assert str(draft.credential.public_id) not in page.text
