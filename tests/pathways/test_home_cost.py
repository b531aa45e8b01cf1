"""A learner's home and badge pages cost the same few queries, also for a learner who does everything at once."""

from datetime import timedelta

import pytest
from django.utils import timezone

from learners import services as learners_services
from learners.models import Decision, Submission, Team, TeamMember
from pathways import services
from pathways.models import DesignationCase
from tests.moments import NOON


@pytest.fixture
def busy(
    learner,
    make_pathway,
    two_badges,
    make_version,
    make_award,
    make_enrollment,
    make_submission,
    make_offering,
    make_decision,
    join,
):
    """A learner with two pathways, a case, an offering, a team, an appeal and a badge; answers the badge."""
    first = make_pathway(required=two_badges)
    second = make_pathway(required=two_badges[:1], groups=[("Depth", 1, two_badges)])
    for pathway in (first, second):
        join(pathway)
    awards = [make_award(learner=learner, version=version) for version in two_badges]
    services.open_due_cases(at=timezone.now())
    version = make_version()
    enrollment = make_enrollment(learner=learner, version=version, offering=make_offering(version=version))
    make_submission(enrollment=enrollment)
    returned = make_decision(learner=learner, outcome="returned", levels=(2, 3, 3))
    Decision.objects.filter(pk=returned.pk).update(status="released", effective_at=NOON)
    Submission.objects.filter(pk=returned.submission_id).update(status="returned")
    learners_services.open_appeal(
        actor=learner.user,
        decision=Decision.objects.get(pk=returned.pk),
        ground="procedure",
        text="Nobody read the appendix.",
        at=NOON + timedelta(hours=1),
    )
    team = Team.objects.create(credential_version=version, name="Team 1")
    TeamMember.objects.create(team=team, enrollment=enrollment)
    assert DesignationCase.objects.filter(learner=learner).exists()
    return awards[0]


def test_home_and_badge_take_fewer_than_twenty_queries(signed_in, learner, busy, django_assert_max_num_queries):
    client = signed_in(learner.user)

    for page in ("/home/", busy.get_absolute_url()):
        client.get(page)
        with django_assert_max_num_queries(18):
            assert client.get(page).status_code == 200
