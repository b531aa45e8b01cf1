"""Judging a submission: drafts that are saved as often as one likes, and finishing, which proposes a decision."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, IllegalMove, Incomplete, Invalid
from config.permissions import Can, require
from credentials import rubric
from credentials.models import Criterion
from learners.models import (
    Assessment,
    Assignment,
    Concern,
    Decision,
    DecisionEvent,
    FormDraft,
    Judgment,
    MarkingLock,
    Submission,
    SubmissionEvent,
    User,
)
from learners.pass_rule import Judged, Verdict, gaps, judge
from learners.services import second_marking
from learners.services.kept import kept_judgments, write_kept
from learners.workflow import (
    ASSESSMENT_MOVES,
    DECISION_MOVES,
    SUBMISSION_MOVES,
    AssessmentStatus,
    DecisionOutcome,
    DecisionStatus,
    SubmissionStatus,
    require_move,
)


@dataclass(frozen=True)
class JudgmentInput:
    """What an assessor says about one criterion. level: 1 to 4 or None; cannot_judge excludes a level."""

    criterion_id: int
    level: int | None = None
    cannot_judge: bool = False
    comment: str = ""
    next_step: str = ""


class ChangedElsewhere(Conflict):
    """Somebody saved this draft after the caller had read it."""

    code = "changed-elsewhere"


def revision(draft: Assessment | FormDraft | None) -> str:
    """A mark of what a draft held when it was read; empty when there was none."""
    return draft.saved_at.isoformat() if draft else ""


@transaction.atomic
def save_judgments(
    *,
    actor: User,
    submission: Submission,
    judgments: Sequence[JudgmentInput],
    overall_comment: str = "",
    at: datetime,
    seen: str | None = None,
) -> Assessment:
    """Keep an assessor's draft; the first one moves the submission to "being assessed".

    Criteria that are not named keep what they had; what met the standard at the last attempt keeps its level. seen: the `revision` of the draft that the caller changed; left out,
    nothing is compared. Raises NotAllowed, IllegalMove, Conflict (already finished), ChangedElsewhere, Invalid (a criterion
    of another rubric, a level with "cannot judge", another judgment on what is kept).
    """
    submission = locked(submission)
    require(actor, Can.SUBMISSION_ASSESS, submission)
    if submission.status == SubmissionStatus.QUARANTINED:
        raise IllegalMove(_("This submission is set aside because of patient data; it cannot be judged now."))
    if submission.status == SubmissionStatus.SUBMITTED:
        _move(submission, SubmissionStatus.IN_REVIEW, actor=actor, at=at)
    if submission.status != SubmissionStatus.IN_REVIEW:
        require_move(SUBMISSION_MOVES, submission.status, SubmissionStatus.IN_REVIEW)
        raise Conflict(_("This submission is decided; its judgments stand."))
    known = set(submission.credential_version.criteria.values_list("pk", flat=True))
    for each in judgments:
        if each.criterion_id not in known:
            raise Invalid(_("A criterion does not belong to this rubric."))
        if each.cannot_judge and each.level is not None:
            raise Invalid(_("Choose a level or “cannot judge”, not both."))
        if each.level is not None and each.level not in {1, 2, 3, 4}:
            raise Invalid(_("A level is 1, 2, 3 or 4."))
    kept = kept_judgments(submission, assessor=actor)
    judgments = _not_kept(judgments, kept)
    assessment = Assessment.objects.filter(submission=submission, assessor=actor).first()
    if seen is not None and seen != revision(assessment):
        if assessment is not None and _holds(assessment, judgments, overall_comment):
            return assessment  # the same, sent twice: by a page as it was left, for one
        raise ChangedElsewhere(_("This draft was saved in another window after this page was opened."))
    if assessment is None:
        assignment = Assignment.objects.get(submission=submission, assessor=actor, ended_at__isnull=True)
        assessment = Assessment.objects.create(
            submission=submission, assessor=actor, role=assignment.role, started_at=at, saved_at=at
        )
    if assessment.status != AssessmentStatus.DRAFT:
        raise Conflict(_("This assessment is finished. Reopen it to change a judgment."))
    assessment.saved_at, assessment.overall_comment = at, overall_comment
    assessment.save(update_fields=["saved_at", "overall_comment"])
    MarkingLock.objects.filter(submission=submission, holder=actor, seen_at__lt=at).update(seen_at=at)
    Judgment.objects.bulk_create(
        [
            Judgment(
                assessment=assessment,
                criterion_id=each.criterion_id,
                level=each.level,
                cannot_judge=each.cannot_judge,
                comment=each.comment,
                next_step=each.next_step,
            )
            for each in judgments
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["level", "cannot_judge", "comment", "next_step", "kept_from"],
    )
    write_kept(assessment, kept)
    return assessment


def _not_kept(judgments: Sequence[JudgmentInput], kept: dict[int, Judgment]) -> list[JudgmentInput]:
    """Those on open criteria. Raises Invalid where one contradicts what is kept."""
    opened = []
    for each in judgments:
        before = kept.get(each.criterion_id)
        if before is None:
            opened.append(each)
        elif (each.level, each.cannot_judge) != (before.level, False) or each.comment != before.comment:
            raise Invalid(
                _("“%(name)s” met the standard at the last attempt and is kept. Reopen it with a reason first.")
                % {"name": before.criterion.name}
            )
    return opened


@transaction.atomic
def finish_assessment(
    *, actor: User, submission: Submission, at: datetime, if_not_met: DecisionOutcome | None = None
) -> Decision | None:
    """Finish the actor's assessment and propose the decision that the printed rule gives.

    None while a second assessor is to judge, or the two are to agree: then the last of them brings the decision about.
    if_not_met: for work that falls short, "returned" (as long as an attempt is left) or "not met"; left out, it is returned
    while that is possible. Raises NotAllowed, IllegalMove, Incomplete (names what is missing), Invalid.
    """
    submission = locked(submission)
    require(actor, Can.SUBMISSION_ASSESS, submission)
    assessment = Assessment.objects.select_for_update().filter(submission=submission, assessor=actor).first()
    if assessment is None:
        raise Incomplete(_("Nothing is judged yet."), [])
    require_move(ASSESSMENT_MOVES, assessment.status, AssessmentStatus.FINISHED)
    if submission.status != SubmissionStatus.IN_REVIEW:
        raise Conflict(_("This submission is not being assessed."))
    _require_no_hold(submission)
    write_kept(assessment, kept_judgments(submission, assessor=actor))
    _verdict(submission, assessment)  # refuses what is incomplete
    MarkingLock.objects.filter(submission=submission, holder=actor).delete()
    assessment.status, assessment.finished_at = AssessmentStatus.FINISHED, at
    assessment.save(update_fields=["status", "finished_at"])
    basis = second_marking.basis(submission, assessment, at=at)
    return propose(submission, basis, actor=actor, at=at, if_not_met=if_not_met) if basis else None


def propose(
    submission: Submission,
    assessment: Assessment,
    *,
    actor: User,
    at: datetime,
    if_not_met: DecisionOutcome | None = None,
) -> Decision:
    """Propose the decision that an assessment gives; the caller has locked the submission. Raises Incomplete, Invalid."""
    verdict = _verdict(submission, assessment)
    decision = Decision.objects.create(
        enrollment=submission.enrollment,
        submission=submission,
        attempt=submission.attempt,
        outcome=_outcome(verdict, if_not_met, submission),
        actor=actor,
        reason=verdict.explanation,
        proposed_at=at,
    )
    DecisionEvent.objects.create(decision=decision, actor=actor, moved_to=DecisionStatus.PROPOSED, at=at)
    return decision


def _verdict(submission: Submission, assessment: Assessment) -> Verdict:
    judgments = {each.criterion_id: each for each in assessment.judgments.all()}
    version = submission.credential_version
    criteria = list(version.criteria.prefetch_related("levels").order_by("position"))
    minima = {
        "required_minimum": version.required_minimum_level,
        "optional_minimum": version.optional_minimum_level,
    }
    judged = [_judged(each, judgments.get(each.pk)) for each in criteria]
    next_steps = [judgments[each.pk].next_step if each.pk in judgments else "" for each in criteria]
    if missing := [gap.text for gap in gaps(judged, next_steps, **minima)]:
        raise Incomplete(_("Before you finish: %(missing)s.") % {"missing": "; ".join(missing)}, missing)
    return judge(judged, rule=rubric.rule_of(version, criteria), **minima)


@transaction.atomic
def reopen_assessment(*, actor: User, submission: Submission, at: datetime) -> Assessment:
    """Take back a proposed decision that is not released, so that judgments can be changed. Raises NotAllowed, Conflict."""
    submission = locked(submission)
    require(actor, Can.SUBMISSION_ASSESS, submission)
    assessment = Assessment.objects.select_for_update().filter(submission=submission, assessor=actor).first()
    decision = Decision.objects.select_for_update().filter(submission=submission, status="proposed").first()
    if assessment is None or decision is None:
        raise Conflict(_("There is no proposed decision to take back."))
    require_move(DECISION_MOVES, decision.status, DecisionStatus.UNDONE)
    require_move(ASSESSMENT_MOVES, assessment.status, AssessmentStatus.DRAFT)
    decision.status = DecisionStatus.UNDONE
    decision.save(update_fields=["status"])
    DecisionEvent.objects.create(decision=decision, actor=actor, moved_to=DecisionStatus.UNDONE, at=at)
    assessment.status, assessment.finished_at = AssessmentStatus.DRAFT, None
    assessment.save(update_fields=["status", "finished_at"])
    return assessment


def _holds(assessment: Assessment, judgments: Sequence[JudgmentInput], overall_comment: str) -> bool:
    """Tell whether a draft says exactly this already."""
    saved = {
        each.criterion_id: (each.level, each.cannot_judge, each.comment, each.next_step)
        for each in assessment.judgments.all()
    }
    return assessment.overall_comment == overall_comment and all(
        saved.get(each.criterion_id) == (each.level, each.cannot_judge, each.comment, each.next_step)
        for each in judgments
    )


def _require_no_hold(submission: Submission) -> None:
    """A report of misconduct is answered before the work is decided, and a decision that stands is decided."""
    if Concern.objects.holding().filter(submission=submission).exists():
        raise Conflict(_("Possible misconduct was reported. Your draft is kept; finish once the lead has answered."))
    if Decision.objects.filter(submission=submission).exclude(status=DecisionStatus.UNDONE).exists():
        raise Conflict(_("A decision on this submission stands already. Your draft is kept."))


def locked(submission: Submission) -> Submission:
    """The row as it is now, held until the transaction ends."""
    return (
        Submission.objects.select_for_update(of=("self",))
        .with_context()
        .prefetch_related("assignments")
        .get(pk=submission.pk)
    )


def _move(submission: Submission, target: SubmissionStatus, *, actor: User, at: datetime) -> None:
    require_move(SUBMISSION_MOVES, submission.status, target)
    submission.status = target
    submission.save(update_fields=["status"])
    SubmissionEvent.objects.create(submission=submission, actor=actor, moved_to=target, at=at)


def _judged(criterion: Criterion, judgment: Judgment | None) -> Judged:
    if judgment is None:
        return Judged(criterion.name, criterion.is_required, None, is_judged=False)
    is_judged = judgment.level is not None or judgment.cannot_judge
    return Judged(criterion.name, criterion.is_required, judgment.level, is_judged)


def _outcome(verdict: Verdict, if_not_met: DecisionOutcome | None, submission: Submission) -> DecisionOutcome:
    if if_not_met == DecisionOutcome.AWARDED:
        raise Invalid(_("What falls short of the pass rule is never awarded."))
    if verdict.is_met:
        return DecisionOutcome.AWARDED
    is_last = submission.attempt >= submission.enrollment.attempts_most
    if is_last and if_not_met == DecisionOutcome.RETURNED:
        raise Invalid(_("This was the last attempt; it cannot be returned."))
    return if_not_met or (DecisionOutcome.NOT_MET if is_last else DecisionOutcome.RETURNED)
