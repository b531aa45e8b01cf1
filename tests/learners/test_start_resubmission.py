from datetime import timedelta

import pytest

from config.errors import Conflict, NotAllowed
from learners.models import EvidenceItem, Submission
from learners.services import release_decision, start_resubmission
from tests.fixtures.records import NOON


@pytest.fixture
def decided(make_decision, assessor):
    """decided("returned"): a submission with a released decision."""

    def make(outcome="returned", **fields):
        decision = make_decision(outcome=outcome, levels=(2, 3, 3), assessor=assessor, **fields)
        release_decision(actor=assessor, decision=decision, at=NOON)
        return Submission.objects.with_context().get(pk=decision.submission_id)

    return make


def start(submission, *, actor=None, at=NOON):
    return start_resubmission(actor=actor or submission.learner.user, submission=submission, at=at)


def test_the_next_attempt_begins_with_the_evidence_of_the_last(decided):
    first = decided()

    second = start(first)

    assert (second.attempt, second.status, second.enrollment) == (2, "draft", first.enrollment)
    assert [(each.title, each.text, each.requirement) for each in second.evidence_items.all()] == [
        (each.title, each.text, each.requirement) for each in first.evidence_items.all()
    ]
    assert second.events.get().actor == first.learner.user
    assert Submission.objects.get(pk=first.pk).status == "returned"


def test_taking_an_item_out_leaves_the_attempt_before_as_it_was(decided):
    first = decided()
    second = start(first)

    EvidenceItem.objects.filter(submission=second).delete()

    assert first.evidence_items.count() == 1


def test_a_second_call_answers_the_same_draft(decided):
    first = decided()

    assert start(first) == start(first)
    assert Submission.objects.count() == 2
    assert EvidenceItem.objects.count() == 2


def test_after_not_met_one_waits(decided):
    first = decided("not-met")

    with pytest.raises(Conflict, match="opens on September 4, 2026"):
        start(first, at=NOON + timedelta(days=2))
    assert Submission.objects.count() == 1

    assert start(first, at=NOON + timedelta(days=3)).attempt == 2


def test_attempts_come_to_an_end(decided, make_version):
    first = decided(version=make_version(attempts_max=1))

    with pytest.raises(Conflict, match="All attempts are used"):
        start(first)

    assert Submission.objects.count() == 1


def test_an_award_leaves_nothing_to_change(make_decision, assessor):
    decision = make_decision(assessor=assessor)
    release_decision(actor=assessor, decision=decision, at=NOON)

    with pytest.raises(Conflict, match="nothing to change"):
        start(decision.submission)


def test_a_proposed_decision_is_none(make_decision):
    decision = make_decision(outcome="returned", levels=(2, 3, 3))

    with pytest.raises(Conflict, match="not returned"):
        start(decision.submission)

    assert Submission.objects.count() == 1


def test_nobody_starts_it_for_another(decided, make_learner):
    with pytest.raises(NotAllowed):
        start(decided(), actor=make_learner().user)

    assert Submission.objects.count() == 1
