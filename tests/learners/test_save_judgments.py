from datetime import timedelta

import pytest

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Assessment, Judgment, SubmissionEvent
from learners.services import ChangedElsewhere, JudgmentInput, revision, save_judgments
from tests.fixtures.records import NOON


@pytest.fixture
def submission(make_submission, assessor):
    return make_submission(status="submitted", assessor=assessor)


def criterion_ids(submission):
    return list(submission.credential_version.criteria.order_by("position").values_list("pk", flat=True))


def test_the_first_draft_begins_the_assessment(submission, assessor):
    first = criterion_ids(submission)[0]

    assessment = save_judgments(
        actor=assessor,
        submission=submission,
        judgments=[JudgmentInput(first, level=3, comment="Clear.", next_step="Go on.")],
        overall_comment="Good work.",
        at=NOON,
    )

    submission.refresh_from_db()
    assert submission.status == "in-review"
    assert SubmissionEvent.objects.get().moved_to == "in-review"
    assert (assessment.status, assessment.overall_comment, assessment.role) == ("draft", "Good work.", "first")
    judgment = assessment.judgments.get()
    assert (judgment.level, judgment.comment, judgment.next_step) == (3, "Clear.", "Go on.")


def test_saving_again_changes_what_is_named_and_keeps_the_rest(submission, assessor):
    first, second, _third = criterion_ids(submission)
    save_judgments(
        actor=assessor,
        submission=submission,
        judgments=[JudgmentInput(first, level=3), JudgmentInput(second, level=1)],
        at=NOON,
    )

    save_judgments(
        actor=assessor,
        submission=submission,
        judgments=[JudgmentInput(second, cannot_judge=True)],
        at=NOON + timedelta(minutes=1),
    )

    assert dict(Judgment.objects.values_list("criterion", "level")) == {first: 3, second: None}
    assert Assessment.objects.get().saved_at == NOON + timedelta(minutes=1)
    assert SubmissionEvent.objects.count() == 1


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR])
def test_only_the_assigned_assessor_judges(submission, make_user, role):
    with pytest.raises(NotAllowed):
        save_judgments(actor=make_user(role), submission=submission, judgments=[], at=NOON)

    assert not Assessment.objects.exists()


def test_nobody_judges_their_own_work(make_submission, make_learner, assessor):
    own = make_submission(status="submitted", assessor=assessor, learner=make_learner(user=assessor))

    with pytest.raises(NotAllowed):
        save_judgments(actor=assessor, submission=own, judgments=[], at=NOON)


@pytest.mark.parametrize("status", ["returned", "decided"])
def test_a_decided_submission_keeps_its_judgments(make_submission, assessor, status):
    submission = make_submission(status=status, assessor=assessor)

    with pytest.raises(Conflict):
        save_judgments(actor=assessor, submission=submission, judgments=[], at=NOON)


@pytest.mark.parametrize("status", ["draft", "withdrawn", "quarantined"])
def test_what_is_not_handed_in_is_not_judged(make_submission, assessor, status):
    submission = make_submission(status=status, assessor=assessor)

    with pytest.raises(IllegalMove):
        save_judgments(actor=assessor, submission=submission, judgments=[], at=NOON)


def test_a_finished_assessment_is_closed(make_assessed, assessor):
    submission = make_assessed(assessor=assessor)

    with pytest.raises(Conflict, match="Reopen"):
        save_judgments(actor=assessor, submission=submission, judgments=[], at=NOON)


@pytest.mark.parametrize(
    "said",
    [
        {"level": 5},
        {"level": 0},
        {"level": 3, "cannot_judge": True},
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_kept(submission, assessor, said):
    with pytest.raises(Invalid):
        save_judgments(
            actor=assessor,
            submission=submission,
            judgments=[JudgmentInput(criterion_ids(submission)[0], **said)],
            at=NOON,
        )

    submission.refresh_from_db()
    assert submission.status == "submitted"
    assert not Assessment.objects.exists()


def test_a_criterion_of_another_rubric_is_refused(submission, assessor, make_version):
    foreign = make_version().criteria.first()

    with pytest.raises(Invalid):
        save_judgments(actor=assessor, submission=submission, judgments=[JudgmentInput(foreign.pk, level=3)], at=NOON)


def test_a_draft_that_changed_in_the_meantime_is_not_overwritten(submission, assessor):
    first = save_judgments(actor=assessor, submission=submission, judgments=[], at=NOON, seen="")
    seen = revision(first)
    save_judgments(actor=assessor, submission=submission, judgments=[], at=NOON + timedelta(minutes=1), seen=seen)

    with pytest.raises(ChangedElsewhere):
        save_judgments(
            actor=assessor,
            submission=submission,
            judgments=[],
            overall_comment="Other words.",
            at=NOON + timedelta(minutes=2),
            seen=seen,
        )
    with pytest.raises(ChangedElsewhere):
        save_judgments(
            actor=assessor,
            submission=submission,
            judgments=[],
            overall_comment="Other words.",
            at=NOON + timedelta(minutes=2),
            seen="",
        )

    assert Assessment.objects.get().saved_at == NOON + timedelta(minutes=1)


def test_the_same_draft_sent_twice_is_no_contradiction(submission, assessor):
    said = [JudgmentInput(criterion_ids(submission)[0], level=3, comment="Names each role.")]
    first = save_judgments(actor=assessor, submission=submission, judgments=said, at=NOON, seen="")

    again = save_judgments(
        actor=assessor, submission=submission, judgments=said, at=NOON + timedelta(minutes=1), seen=""
    )

    assert (again, again.saved_at) == (first, NOON)
