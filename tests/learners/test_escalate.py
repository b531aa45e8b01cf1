"""Work that waits too long is told to whoever can do something about it, once for each step."""

from datetime import UTC, datetime, timedelta

import pytest

from learners.models import Escalation, Notice, Submission
from learners.services import escalate
from learners.working_days import share_gone, working_seconds

MONDAY = datetime(2026, 9, 7, 12, tzinfo=UTC)


@pytest.fixture
def waiting(make_submission, assessor, lead):
    """Submitted on a Monday at noon, promised for the Monday after: five working days."""
    submission = make_submission(status="submitted", assessor=assessor)
    Submission.objects.filter(pk=submission.pk).update(submitted_at=MONDAY, due_at=MONDAY + timedelta(days=7))
    return submission


def told():
    return [(notice.kind, notice.user) for notice in Notice.objects.order_by("pk")]


def test_reminder_at_60_lead_at_100_and_moving_offered_at_120_percent(waiting, assessor, lead):
    """DOMAIN 3.3."""
    assert escalate(at=MONDAY + timedelta(days=2, hours=23)) == 0
    assert escalate(at=MONDAY + timedelta(days=3)) == 1
    assert told() == [("reminder", assessor)]
    assert escalate(at=MONDAY + timedelta(days=6)) == 0  # a weekend
    assert escalate(at=MONDAY + timedelta(days=7)) == 1
    assert escalate(at=MONDAY + timedelta(days=8)) == 1
    assert told() == [("reminder", assessor), ("late", lead), ("late", lead)]
    assert "Somebody else can be given the work" in Notice.objects.last().text
    assert list(Escalation.objects.order_by("pk").values_list("percent", flat=True)) == [60, 100, 120]


def test_a_step_is_told_once_and_missed_ones_are_not_told_afterwards(waiting, lead):
    late = MONDAY + timedelta(days=30)

    assert escalate(at=late) == 1
    assert escalate(at=late) == 0
    assert told() == [("late", lead)]


def test_what_is_decided_or_judged_reminds_nobody(make_assessed, make_submission):
    judged, decided = make_assessed(), make_submission(status="decided")
    Submission.objects.filter(pk__in=[judged.pk, decided.pk]).update(
        submitted_at=MONDAY, due_at=MONDAY + timedelta(days=7)
    )

    escalate(at=MONDAY + timedelta(days=4))

    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_two_who_look_at_once_tell_once(waiting, together):
    together(*[lambda: escalate(at=MONDAY + timedelta(days=3))] * 2)

    assert len(told()) == 1


def test_saturdays_and_sundays_do_not_count():
    assert working_seconds(MONDAY, MONDAY + timedelta(days=7)) == 5 * 86_400
    assert working_seconds(MONDAY, MONDAY) == working_seconds(MONDAY, MONDAY - timedelta(days=1)) == 0
    saturday = MONDAY + timedelta(days=5)
    assert share_gone(saturday, saturday + timedelta(hours=1), saturday + timedelta(hours=2)) == 1.0
    assert share_gone(saturday, saturday + timedelta(hours=1), saturday) == 0.0
