"""A catalog with one trap of each kind: the validator names each, and says what to do."""

from datetime import date

import pytest
from django.urls import reverse

from config.errors import Incomplete
from config.permissions import Role
from pathways import gate, services
from pathways.models import PathwayVersion, QuorumRule, Requirement
from tests.fixtures.records import NOON

TODAY = date(2026, 9, 1)


def texts(findings):
    assert all(each.todo for each in findings)
    return [each.text for each in findings]


def add(version, kind, label="", *items, parent=None, **fields):
    place = Requirement.objects.filter(version=version, parent=parent).count() + 1
    row = Requirement.objects.create(version=version, parent=parent, position=place, kind=kind, label=label, **fields)
    for number, each in enumerate(items, 1):
        Requirement.objects.create(
            version=version, parent=row, position=number, kind="credential", credential=each.credential
        )
    return row


@pytest.fixture
def draft(make_pathway, two_badges):
    return make_pathway(required=two_badges, published=False)


def test_a_sound_pathway_has_no_finding(draft):
    assert gate.blocking(draft, at=NOON) == []
    assert gate.notices(draft, on=TODAY) == []


@pytest.mark.parametrize("is_published", [True, False])
def test_a_review_date_that_is_over(draft, is_published, administrator, client):
    credential = draft.pathway.credential
    credential.review_on = date(2026, 8, 31)
    credential.save()
    if not is_published:
        draft.credential_version = make_draft_of(draft.credential_version)
        draft.save()

    found = [each for each in gate.blocking(draft, at=NOON) if "August 31, 2026" in each.text]
    client.force_login(administrator)
    page = client.get(reverse("pathways:manage-detail", args=[draft.pathway.public_id, 1])).content.decode()

    assert [each.place for each in found] == ["settings"]
    assert "August 31, 2026" in page
    with pytest.raises(Incomplete, match="August 31, 2026"):
        services.publish_pathway(actor=administrator, version=draft, at=NOON)
    credential.review_on = NOON.date()
    credential.save()
    assert not any("2026" in each.text for each in gate.blocking(draft, at=NOON))


def make_draft_of(designation):
    """The next version of a designation, as a draft."""
    designation.pk, designation.number, designation.status = None, 2, "draft"
    designation.published_at = designation.published_by = None
    designation.save()
    return designation


def test_a_group_that_is_impossible_for_one_profession(draft, make_version):
    few = make_version(title="Few", professions_admitted=["medicine"])
    PathwayVersion.objects.filter(pk=draft.pk).update(professions_admitted=["medicine", "nursing"])
    draft.refresh_from_db()
    add(draft, "choose", "Depth", few, minimum=1)

    assert texts(gate.blocking(draft, at=NOON)) == ["For nursing: “Depth” asks for 1 and leaves 0 to choose from."]


def test_a_badge_whose_prerequisite_a_profession_cannot_earn(draft, make_version):
    first = make_version(title="First", professions_admitted=["medicine"])
    second = make_version(title="Second", requires=[first.credential])
    second.professions_admitted = []
    PathwayVersion.objects.filter(pk=draft.pk).update(professions_admitted=["medicine", "nursing"])
    draft.refresh_from_db()
    add(draft, "all-of", "Both", second)

    assert texts(gate.blocking(draft, at=NOON)) == [
        "For nursing: Second is required and cannot be earned: First has to be held before it and cannot be earned."
    ]


def test_a_hidden_prerequisite_and_the_true_hours(draft, make_version):
    basics = make_version(title="Basics", workload_hours=6)
    methods = make_version(title="Methods", workload_hours=30, requires=[basics.credential])
    add(draft, "choose", "Depth", methods, minimum=1)

    assert gate.blocking(draft, at=NOON) == []
    assert texts(gate.notices(draft, on=TODAY)) == ["Methods asks for Basics first: 36 hours in truth, not 30 hours."]


def test_an_item_in_two_groups(draft, make_version):
    one, two = make_version(title="One"), make_version(title="Two")
    add(draft, "choose", "Depth", one, two, minimum=1)
    add(draft, "choose", "Practice", one, minimum=1)

    assert gate.blocking(draft, at=NOON) == []
    assert texts(gate.notices(draft, on=TODAY)) == ["One stands in “Depth” and “Practice”; it counts once."]


def test_badges_that_wait_for_each_other(draft, make_version):
    one = make_version(title="One")
    other = make_version(title="Other", requires=[one.credential])
    newer = make_version(title="One", credential=one.credential, requires=[other.credential])
    newer.credential.current_version = newer
    newer.credential.save(update_fields=["current_version"])
    add(draft, "all-of", "Both", other)

    [circle] = [each for each in texts(gate.blocking(draft, at=NOON)) if each.startswith("Nobody can begin")]
    assert "One needs Other" in circle


def test_a_code_that_no_framework_knows(draft, competency):
    add(draft, "coverage", "Competencies", minimum=1, codes=[competency.code, "EPA99"])

    assert texts(gate.blocking(draft, at=NOON))[0] == "No framework that is loaded knows the code EPA99."


def test_a_competency_that_nothing_assesses(draft, competency, make_version):
    from credentials.models import Alignment, Competency

    gap = Competency.objects.create(framework=competency.framework, code="EPA1", short_name="Gap", verification="x")
    add(draft, "coverage", "Competencies", minimum=1, codes=[gap.code])
    assert Alignment.objects.filter(competency=gap).count() == 0

    assert texts(gate.blocking(draft, at=NOON)) == [
        "“Competencies”: at most 0 of 1 competencies can be reached; nothing assesses EPA1."
    ]


def test_a_badge_that_expires_before_the_committee_meets(draft, make_version):
    short = make_version(title="Short", expires_after_months=18)
    add(draft, "choose", "Depth", short, minimum=1)
    PathwayVersion.objects.filter(pk=draft.pk).update(committee_on=date(2028, 3, 2))
    draft.refresh_from_db()

    assert texts(gate.notices(draft, on=TODAY)) == [
        "Short expires after 18 months: earned today it is over before March 2, 2028."
    ]
    assert gate.notices(draft, on=date(2026, 9, 2)) == []


def test_without_a_date_of_its_own_the_graduation_of_its_cohort_counts(draft, make_version, cohort):
    add(draft, "choose", "Depth", make_version(title="Short", expires_after_months=18), minimum=1)
    draft.cohorts.add(cohort)

    [text] = texts(gate.notices(draft, on=TODAY))
    assert text.endswith("earned today it is over before May 31, 2030.")


@pytest.mark.parametrize(
    ("kind", "sentence"),
    [
        ("hours", "“Clinic”: at most 30 hours can be reached; 31 are asked for."),
        ("points", "“Clinic”: at most 2 points can be reached; 31 are asked for."),
    ],
)
def test_sums_that_cannot_be_reached(make_pathway, two_badges, kind, sentence):
    version = make_pathway(published=False)
    add(version, kind, "Clinic", *two_badges, minimum=31)

    assert texts(gate.blocking(version, at=NOON)) == [sentence]


def test_a_group_below_a_sum(draft, two_badges):
    clinic = add(draft, "hours", "Clinic", minimum=5)
    add(draft, "choose", "Inner", *two_badges, parent=clinic, minimum=1)

    assert texts(gate.blocking(draft, at=NOON)) == ["“Inner” stands below “Clinic”, which takes badges alone."]


# The committee ---------------------------------------------------------------------------------------------------------
def test_a_committee_that_confirms_has_as_many_members_as_a_decision_needs(
    make_pathway, version, administrator, make_user, make_version
):
    draft = make_pathway(required=[version], published=False)
    assert gate.blocking(draft, at=NOON) == []  # no committee is asked for
    Requirement.objects.create(version=draft, position=9, kind="confirmation")
    away = make_user(Role.COMMITTEE, credential=make_version().credential)
    assert away.role_grants.count() == 1

    assert texts(gate.blocking(draft, at=NOON)) == ["A committee confirms: its decision needs 1 member; it has 0."]
    former = make_user(Role.COMMITTEE)
    assert gate.blocking(draft, at=NOON) == []
    QuorumRule.objects.create(
        pathway=draft.pathway, quorum=2, reason="Two pairs of eyes.", actor=administrator, at=NOON
    )
    assert texts(gate.blocking(draft, at=NOON)) == ["A committee confirms: its decision needs 2 members; it has 1."]
    make_user(Role.COMMITTEE, credential=draft.pathway.credential)
    assert gate.blocking(draft, at=NOON) == []
    former.role_grants.update(until_at=NOON)
    assert len(gate.blocking(draft, at=NOON)) == 1
