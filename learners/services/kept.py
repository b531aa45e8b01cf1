"""What carries over to the next attempt: a criterion that met the standard keeps its level, unless it is reopened.

Kept judgments are rows of the new assessment like any other, so that the pass rule, the result and what two assessors are
compared by read one thing. They name the judgment that they repeat.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Prefetch, Subquery
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials import rubric
from credentials.models import Criterion
from learners.models import Assessment, Judgment, ReopenedCriterion, Submission, User
from learners.workflow import AssessmentStatus, DecisionStatus, SubmissionStatus

REASON_MAX_LETTERS = 2000


def last_assessment(submission: Submission, *, assessor: User | None = None) -> Assessment | None:
    """What the released decision on the attempt before rests on. None on a first attempt; else two queries.

    Its judgments know why they are judged anew (see `why_anew`). assessor: as they have it, with what they reopened
    themselves and what the learner asked for, since two judge blind; None: with what anybody reopened.
    """
    if submission.attempt == 1:
        return None
    opened = ReopenedCriterion.objects.filter(submission=submission, criterion=OuterRef("criterion"))
    if assessor is not None:
        opened = opened.filter(by__in=[assessor.pk, submission.learner.user_id or 0])
    reasons = Subquery(opened.order_by("at", "pk").values("reason")[:1])
    judgments = Judgment.objects.select_related("criterion").annotate(reopened=reasons)
    return (
        Assessment.objects.filter(
            submission__enrollment=submission.enrollment_id,
            submission__attempt=submission.attempt - 1,
            submission__decisions__status=DecisionStatus.RELEASED,
            status=AssessmentStatus.FINISHED,
        )
        .select_related("submission__enrollment__learner__user", "submission__enrollment__credential_version")
        .prefetch_related(Prefetch("judgments", queryset=judgments))
        .order_by("-is_agreed", "finished_at", "pk")
        .first()
    )


def why_anew(judgment: Judgment) -> str:
    """Why a judgment of `last_assessment` does not stand; empty when it does."""
    return str(getattr(judgment, "reopened", None) or "")


def passed_before(submission: Submission, before: Assessment | None) -> dict[int, Judgment]:
    """By criterion, what met the standard at the last attempt. No query when `before` comes from `last_assessment`."""
    version = submission.credential_version
    return {
        each.criterion_id: each
        for each in (before.judgments.all() if before else [])
        if each.criterion.version_id == version.pk
        and each.level is not None
        and each.level >= rubric.minimum_of(version, each.criterion)
    }


def kept_judgments(
    submission: Submission, *, assessor: User | None = None, before: Assessment | None = None
) -> dict[int, Judgment]:
    """What is not judged anew, by criterion. Nothing on a first attempt; two queries, or none with `before`.

    assessor: as in `last_assessment`, from which `before` comes.
    """
    passed = passed_before(submission, before or last_assessment(submission, assessor=assessor))
    return {key: judgment for key, judgment in passed.items() if not why_anew(judgment)}


def write_kept(assessment: Assessment, kept: dict[int, Judgment]) -> None:
    """Repeat the kept judgments in an assessment; once more changes nothing."""
    Judgment.objects.bulk_create(
        [
            Judgment(
                assessment=assessment,
                criterion_id=key,
                level=each.level,
                comment=each.comment,
                next_step=each.next_step,
                kept_from=each,
            )
            for key, each in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["assessment", "criterion"],
        update_fields=["level", "cannot_judge", "comment", "next_step", "kept_from"],
    )


def ask_anew(*, submission: Submission, criteria: Collection[int], at: datetime) -> None:
    """The learner asks, on submitting, that passed criteria be judged anew. Inside the caller's transaction.

    Raises Invalid (one that is open anyway, or of another rubric).
    """
    passed = passed_before(submission, last_assessment(submission))
    if set(criteria) - set(passed):
        raise Invalid(_("Only what met the standard at the last attempt can be asked to be judged anew."))
    learner = submission.learner.user
    if learner is None:
        return
    ReopenedCriterion.objects.bulk_create(
        ReopenedCriterion(
            submission=submission, criterion_id=key, by=learner, reason=_("The learner asked for it."), at=at
        )
        for key in sorted(set(criteria))
    )


@transaction.atomic
def reopen_criterion(
    *, actor: User, submission: Submission, criterion: Criterion, reason: str, at: datetime
) -> ReopenedCriterion:
    """Judge anew what was kept; what the actor had for it is empty again. A second call changes nothing.

    Raises NotAllowed, Invalid (no reason), Conflict (finished, or nothing of it is kept).
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .with_context()
        .prefetch_related("assignments")
        .get(pk=submission.pk)
    )
    require(actor, Can.SUBMISSION_ASSESS, submission)
    opened = ReopenedCriterion.objects.filter(submission=submission, criterion=criterion, by=actor).first()
    if opened is not None:
        return opened
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX_LETTERS:
        raise Invalid(
            _("Say why it is judged anew, in at most %(limit)s letters; it is kept with the assessment.")
            % {"limit": REASON_MAX_LETTERS}
        )
    own = Assessment.objects.filter(submission=submission, assessor=actor, is_agreed=False).first()
    if submission.status not in {SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW} or (
        own is not None and own.status != AssessmentStatus.DRAFT
    ):
        raise Conflict(_("This assessment is finished. Reopen it to change a judgment."))
    if criterion.pk not in kept_judgments(submission, assessor=actor):
        raise Conflict(_("This criterion is open already."))
    opened = ReopenedCriterion.objects.create(
        submission=submission, criterion=criterion, by=actor, reason=reason, at=at
    )
    if own is not None:
        own.judgments.filter(criterion=criterion).delete()
    return opened
