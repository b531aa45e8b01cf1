"""Joining: who may, which version, once."""

from datetime import date

import pytest

from config.errors import Conflict, Invalid, NotAllowed
from learners.models import Cohort
from pathways.models import PathwayEnrollment
from pathways.services import join_pathway
from tests.fixtures.records import NOON


def test_a_learner_joins_the_published_version(digital, learner, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        enrollment = join_pathway(actor=learner.user, learner=learner, pathway=digital.pathway, at=NOON)

    assert (enrollment.version, enrollment.status, enrollment.joined_at) == (digital, "active", NOON)
    assert [each.args[0] for each in callbacks] == ["pathways.open_due_cases"]


def test_nobody_joins_for_somebody_else(digital, learner, administrator):
    with pytest.raises(NotAllowed):
        join_pathway(actor=administrator, learner=learner, pathway=digital.pathway, at=NOON)

    assert not PathwayEnrollment.objects.exists()


def test_a_draft_cannot_be_joined(make_pathway, version, learner):
    draft = make_pathway(required=[version], published=False)

    with pytest.raises(Invalid):
        join_pathway(actor=learner.user, learner=learner, pathway=draft.pathway, at=NOON)


def test_another_profession_is_told_which_are_admitted(make_pathway, version, learner):
    closed = make_pathway(required=[version], professions_admitted=["nursing", "social-work"])

    with pytest.raises(Invalid, match="nursing, social work"):
        join_pathway(actor=learner.user, learner=learner, pathway=closed.pathway, at=NOON)

    assert not PathwayEnrollment.objects.exists()


def test_nobody_joins_twice(digital, learner):
    join_pathway(actor=learner.user, learner=learner, pathway=digital.pathway, at=NOON)

    with pytest.raises(Conflict):
        join_pathway(actor=learner.user, learner=learner, pathway=digital.pathway, at=NOON)

    assert PathwayEnrollment.objects.count() == 1


def test_who_left_joins_again(digital, learner, join):
    join(digital, status="left")

    enrollment = join_pathway(actor=learner.user, learner=learner, pathway=digital.pathway, at=NOON)

    assert enrollment.status == "active"


def test_the_newest_version_for_the_own_cohort_is_taken(make_pathway, version, learner, organization):
    first = make_pathway(required=[version])
    second = make_pathway(required=[version], pathway=first.pathway)
    third = make_pathway(required=[version], pathway=first.pathway, published=False)
    type(third).objects.filter(pk=third.pk).update(
        status="published", published_at=NOON, published_by=first.published_by
    )
    other = Cohort.objects.create(
        organization=organization, name="Class of 2031", entered_on=date(2027, 8, 1), graduates_on=date(2031, 5, 1)
    )
    third.cohorts.add(other)

    enrollment = join_pathway(actor=learner.user, learner=learner, pathway=first.pathway, at=NOON)

    assert enrollment.version == second


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_once_join_once(digital, learner, together):
    def click():
        return join_pathway(actor=learner.user, learner=learner, pathway=digital.pathway, at=NOON)

    answers = together(click, click)

    assert sorted(type(each).__name__ for each in answers) == ["Conflict", "PathwayEnrollment"]
    assert PathwayEnrollment.objects.count() == 1
