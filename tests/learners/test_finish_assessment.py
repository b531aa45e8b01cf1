import pytest

from config.errors import Conflict, IllegalMove, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Assessment, Decision
from learners.services import (
    JudgmentInput,
    finish_assessment,
    release_decision,
    reopen_assessment,
    save_judgments,
)
from learners.workflow import DecisionOutcome
from tests.fixtures.records import NOON


@pytest.fixture
def judge(make_submission, assessor):
    """judge(3, 3, 2): a submission with these levels saved; None leaves a criterion out, "cannot" cannot be judged."""

    def make(*levels, next_step="Name whom you would call.", **fields):
        submission = make_submission(status="submitted", assessor=assessor, **fields)
        criteria = submission.credential_version.criteria.order_by("position")
        save_judgments(
            actor=assessor,
            submission=submission,
            judgments=[
                JudgmentInput(
                    criterion.pk,
                    level=None if level == "cannot" else level,
                    cannot_judge=level == "cannot",
                    next_step=next_step,
                )
                for criterion, level in zip(criteria, levels, strict=True)
                if level is not None
            ],
            at=NOON,
        )
        return submission

    return make


def test_a_met_rule_proposes_the_award_with_its_explanation(judge, assessor):
    submission = judge(3, 4, 2)

    decision = finish_assessment(actor=assessor, submission=submission, at=NOON)

    assert (decision.outcome, decision.status, decision.attempt) == ("awarded", "proposed", 1)
    assert decision.reason.endswith("All of them do.")
    assert decision.events.get().moved_to == "proposed"
    assert Assessment.objects.get().status == "finished"


@pytest.mark.parametrize("levels", [(2, 4, 4), ("cannot", 4, 4), (3, 3, 1), (3, 3, "cannot")])
def test_what_falls_short_is_returned(judge, assessor, levels):
    decision = finish_assessment(actor=assessor, submission=judge(*levels), at=NOON)

    assert decision.outcome == "returned"
    assert "falls short" in decision.reason


def test_the_assessor_may_say_not_met_instead(judge, assessor):
    decision = finish_assessment(actor=assessor, submission=judge(2, 3, 3), at=NOON, if_not_met=DecisionOutcome.NOT_MET)

    assert decision.outcome == "not-met"


def test_what_is_said_for_work_that_falls_short_does_not_touch_work_that_passes(judge, assessor):
    decision = finish_assessment(actor=assessor, submission=judge(3, 3, 3), at=NOON, if_not_met=DecisionOutcome.NOT_MET)

    assert decision.outcome == "awarded"


def test_nobody_can_ask_for_an_award_of_what_falls_short(judge, assessor):
    with pytest.raises(Invalid):
        finish_assessment(actor=assessor, submission=judge(2, 3, 3), at=NOON, if_not_met=DecisionOutcome.AWARDED)

    assert not Decision.objects.exists()


def test_the_last_attempt_is_not_returned(judge, assessor, make_enrollment, make_version):
    enrollment = make_enrollment(version=make_version(attempts_max=2))
    submission = judge(2, 3, 3, enrollment=enrollment, attempt=2)

    with pytest.raises(Invalid):
        finish_assessment(actor=assessor, submission=submission, at=NOON, if_not_met=DecisionOutcome.RETURNED)
    decision = finish_assessment(actor=assessor, submission=submission, at=NOON)

    assert decision.outcome == "not-met"


def test_everything_that_is_missing_is_named(judge, assessor):
    submission = judge(2, None, 3, next_step="")

    with pytest.raises(Incomplete) as refused:
        finish_assessment(actor=assessor, submission=submission, at=NOON)

    assert refused.value.missing == ["Role map: say the next step", "Referral: choose a level"]
    assert Assessment.objects.get().status == "draft"
    assert not Decision.objects.exists()


def test_nothing_judged_is_nothing_to_finish(make_submission, assessor):
    submission = make_submission(status="in-review", assessor=assessor)

    with pytest.raises(Incomplete):
        finish_assessment(actor=assessor, submission=submission, at=NOON)


def test_only_the_assigned_assessor_finishes(judge, make_user):
    submission = judge(3, 3, 3)

    for role in (Role.ASSESSOR, Role.LEAD):
        with pytest.raises(NotAllowed):
            finish_assessment(actor=make_user(role), submission=submission, at=NOON)

    assert not Decision.objects.exists()


def test_a_second_finish_is_refused(judge, assessor):
    submission = judge(3, 3, 3)
    finish_assessment(actor=assessor, submission=submission, at=NOON)

    with pytest.raises(IllegalMove):
        finish_assessment(actor=assessor, submission=submission, at=NOON)

    assert Decision.objects.count() == 1


def test_a_proposed_decision_is_taken_back_and_the_judgments_open_again(make_decision, assessor):
    decision = make_decision(assessor=assessor)

    reopen_assessment(actor=assessor, submission=decision.submission, at=NOON)

    decision.refresh_from_db()
    assert decision.status == "undone"
    assert Assessment.objects.get().status == "draft"
    again = finish_assessment(actor=assessor, submission=decision.submission, at=NOON)
    assert again.status == "proposed"


def test_a_released_decision_is_not_taken_back_this_way(make_decision, assessor):
    decision = make_decision(assessor=assessor)
    release_decision(actor=assessor, decision=decision, at=NOON)

    with pytest.raises(Conflict):
        reopen_assessment(actor=assessor, submission=decision.submission, at=NOON)

    assert Assessment.objects.get().status == "finished"
