"""What leads are told on Mondays (DOMAIN 5.4): the load of the week, and criteria that are judged unalike."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from config.permissions import Role
from learners.models import Notice, SecondMarking, Submission
from learners.services import forecast_to_leads, tell_of_disagreement
from learners.tasks import tell_leads

MONDAY = datetime(2026, 9, 14, 9, tzinfo=ZoneInfo("America/New_York"))


@pytest.fixture
def judged_twice(version, make_double):
    """judged_twice(pairs): the first criterion judged so by two, for each pair."""

    def make(pairs):
        for first, second in pairs:
            submission = make_double(version=version, levels=(first, 3, 3), second_levels=(second, 3, 3))
            SecondMarking.objects.filter(submission=submission).update(status="differs")
        return version.credential

    return make


def test_on_monday_a_lead_reads_what_is_due_what_waits_and_how_much_can_be_taken(lead, assessor, make_submission):
    due = make_submission(status="submitted", assessor=assessor)
    waiting = make_submission(status="submitted")
    later = make_submission(status="submitted", assessor=assessor)
    Submission.objects.filter(pk=due.pk).update(due_at=MONDAY + timedelta(days=2))
    Submission.objects.filter(pk=later.pk).update(due_at=MONDAY + timedelta(days=9))
    Submission.objects.filter(pk=waiting.pk).update(due_at=MONDAY + timedelta(days=3))

    assert forecast_to_leads(at=MONDAY) == 1

    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.path) == (lead, "forecast", reverse("learners:load-board"))
    assert notice.text == (
        "1 answer is due by the end of this week. 1 has no assessor yet. Assessors can take 20 more this week."
    )


def test_a_lead_is_told_once_a_week_on_monday_alone_and_not_of_nothing(lead, assessor, make_submission):
    assert forecast_to_leads(at=MONDAY) == 0
    submission = make_submission(status="submitted", assessor=assessor)
    Submission.objects.filter(pk=submission.pk).update(due_at=MONDAY)

    assert forecast_to_leads(at=MONDAY + timedelta(days=1)) == 0
    assert forecast_to_leads(at=MONDAY) == 1
    assert forecast_to_leads(at=MONDAY + timedelta(hours=3)) == 0
    assert forecast_to_leads(at=MONDAY + timedelta(weeks=1)) == 1


def test_a_lead_elsewhere_is_told_nothing_of_it(make_user, make_organization, assessor, make_submission):
    make_user(Role.LEAD, scope=make_organization())
    make_submission(status="submitted", assessor=assessor)

    assert forecast_to_leads(at=MONDAY) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_a_lead_once(lead, assessor, make_submission, together):
    make_submission(status="submitted", assessor=assessor)

    together(*[lambda: forecast_to_leads(at=MONDAY)] * 2)

    assert Notice.objects.count() == 1


def test_a_criterion_on_which_assessors_agree_little_is_told_to_its_leads_once_in_three_months(
    lead, make_user, make_organization, judged_twice
):
    make_user(Role.LEAD, scope=make_organization())
    credential = judged_twice([(2, 3), (3, 2), (3, 3)] * 10)

    assert tell_of_disagreement(at=MONDAY + timedelta(days=1)) == 0
    assert tell_of_disagreement(at=MONDAY) == 1
    assert tell_of_disagreement(at=MONDAY + timedelta(weeks=1)) == 0

    notice = Notice.objects.get()
    assert notice.user == lead
    assert notice.path.endswith(f"?item={credential.public_id}")
    assert "agree little on: Role map." in notice.text
    assert tell_of_disagreement(at=MONDAY + timedelta(weeks=13)) == 1


@pytest.mark.parametrize("pairs", [[(2, 3), (3, 2), (3, 3)] * 9, [(2, 2), (3, 3), (4, 4)] * 10])
def test_of_few_pairs_or_good_agreement_nobody_is_told(lead, judged_twice, pairs):
    judged_twice(pairs)

    assert tell_of_disagreement(at=MONDAY) == 0


def test_the_task_ends(db):
    tell_leads()

    assert not Notice.objects.exists()
