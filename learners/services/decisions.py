"""Releasing decisions, one or a cohort of them, and taking a release back while that is possible."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners.models import (
    Assessment,
    Award,
    Concern,
    Decision,
    DecisionEvent,
    Enrollment,
    Notice,
    Submission,
    SubmissionEvent,
    User,
)
from learners.services import attempts, awards, notices
from learners.workflow import (
    DECISION_MOVES,
    ENROLLMENT_MOVES,
    SUBMISSION_MOVES,
    AssessmentStatus,
    AwardStatus,
    DecisionOutcome,
    DecisionStatus,
    EnrollmentStatus,
    SubmissionStatus,
    require_move,
)

# What a released outcome makes of the submission and of the enrollment (None: it goes on).
CONSEQUENCES: dict[str, tuple[SubmissionStatus, EnrollmentStatus | None]] = {
    DecisionOutcome.AWARDED: (SubmissionStatus.DECIDED, EnrollmentStatus.COMPLETED),
    DecisionOutcome.RETURNED: (SubmissionStatus.RETURNED, None),
    DecisionOutcome.NOT_MET: (SubmissionStatus.DECIDED, None),
}


def release_decision(*, actor: User, decision: Decision, at: datetime, note: str = "") -> Decision:
    """Release a proposed decision to the learner; an "awarded" one grants the award in the same transaction.

    at: when it was released, timezone-aware. note: shown to the learner, may be empty. Raises NotAllowed, IllegalMove,
    Conflict (held).
    """
    return release_decisions(actor=actor, decisions=[decision], at=at, note=note)[0]


@transaction.atomic
def release_decisions(*, actor: User, decisions: Sequence[Decision], at: datetime, note: str = "") -> list[Decision]:
    """Release many at once, all or none, in a fixed number of statements; they come back in the order of their keys.

    Whoever presses second waits for the first and is then refused. Raises NotAllowed, IllegalMove, Conflict (a report of
    misconduct waits for an answer).
    """
    locked = _locked([decision.pk for decision in decisions])
    for decision in locked:
        require(actor, Can.DECISION_RELEASE, decision)
        require_move(DECISION_MOVES, decision.status, DecisionStatus.RELEASED)
        require_move(SUBMISSION_MOVES, decision.submission.status, CONSEQUENCES[decision.outcome][0])
        if (target := _enrollment_after(decision)) is not None:
            require_move(ENROLLMENT_MOVES, decision.enrollment.status, target)
    awarded = [decision for decision in locked if decision.outcome == DecisionOutcome.AWARDED]
    _require_no_hold(locked)
    renewed = [decision.enrollment.renews_id for decision in awarded if decision.enrollment.renews_id is not None]
    if renewed and Award.objects.filter(pk__in=renewed, status=AwardStatus.REVOKED).exists():
        raise Conflict(_("The badge that this renews was revoked; it can only be earned anew, with all the evidence."))
    _write_release(locked, actor=actor, at=at, note=note)
    awards.grant_awards(
        [awards.Grant(each.learner, each.credential_version, each) for each in awarded], actor=actor, at=at
    )
    _tell_learners(locked, at=at)
    for decision in locked:
        if _enrollment_after(decision) == EnrollmentStatus.NOT_MET:
            attempts.tell_lead(decision, at=at + undo_window())
    return locked


def _locked(keys: Sequence[int]) -> list[Decision]:
    """Lock submissions, enrollments and decisions, each in the order of their keys, and read them with all they need.

    Every command that moves a submission locks it first, so two of them wait for each other and never deadlock. The rows
    are read after the locks are held: a join in the locking statement would show what was true before the wait.
    """
    of_decisions = Decision.objects.filter(pk__in=keys)
    for rows in (
        Submission.objects.filter(pk__in=of_decisions.values("submission")),
        Enrollment.objects.filter(pk__in=of_decisions.values("enrollment")),
        of_decisions,
    ):
        list(rows.select_for_update().order_by("pk").values_list("pk"))
    return list(of_decisions.with_context().prefetch_related("submission__assignments").order_by("pk"))


def _require_no_hold(decisions: Sequence[Decision]) -> None:
    """A report of misconduct is answered before anything is released, also when it came after the decision was proposed."""
    keys = [decision.submission_id for decision in decisions]
    held = set(Concern.objects.holding().filter(submission__in=keys).values_list("submission", flat=True))
    if not held:
        return
    if len(decisions) == 1:
        raise Conflict(_("Possible misconduct was reported. It can be released once a lead has answered the concern."))
    count = len(held)
    raise Conflict(
        ngettext(
            "%(count)s of them is held: possible misconduct was reported and a lead has not answered yet. Leave it out.",
            "%(count)s of them are held: possible misconduct was reported and a lead has not answered yet. Leave them out.",
            count,
        )
        % {"count": count}
    )


def _enrollment_after(decision: Decision) -> EnrollmentStatus | None:
    """Where the enrollment goes: completed when awarded; ended when the last attempt was not met."""
    if decision.outcome == DecisionOutcome.NOT_MET and decision.attempt >= decision.enrollment.attempts_most:
        return EnrollmentStatus.NOT_MET
    return CONSEQUENCES[decision.outcome][1]


def _write_release(decisions: list[Decision], *, actor: User, at: datetime, note: str) -> None:
    submissions: dict[str, list[int]] = {}
    enrollments: dict[str, list[int]] = {}
    for decision in decisions:
        decision.status, decision.effective_at, decision.note = DecisionStatus.RELEASED, at, note
        submissions.setdefault(CONSEQUENCES[decision.outcome][0], []).append(decision.submission_id)
        if (target := _enrollment_after(decision)) is not None:
            enrollments.setdefault(target, []).append(decision.enrollment_id)
    Decision.objects.filter(pk__in=[decision.pk for decision in decisions]).update(
        status=DecisionStatus.RELEASED, effective_at=at, note=note
    )
    for status, keys in submissions.items():
        Submission.objects.filter(pk__in=keys).update(status=status)
    for status, keys in enrollments.items():
        Enrollment.objects.filter(pk__in=keys).update(status=status, ended_at=at)
    DecisionEvent.objects.bulk_create(
        DecisionEvent(decision=decision, actor=actor, moved_to=DecisionStatus.RELEASED, note=note, at=at)
        for decision in decisions
    )
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(
            submission_id=decision.submission_id, actor=actor, moved_to=CONSEQUENCES[decision.outcome][0], at=at
        )
        for decision in decisions
    )


def _tell_learners(decisions: list[Decision], *, at: datetime) -> None:
    # Dated when the release can no longer be undone: it is shown and mailed from then on, so nobody is told what is then
    # taken back.
    final_at = at + undo_window()
    notices.tell_all(
        Notice(
            user=decision.learner.user,
            kind="decision",
            subject=_("%(title)s: a decision on your submission") % {"title": decision.credential_version.title},
            text=_("There is a decision on your submission, with feedback for each criterion."),
            path=_path(decision),
            created_at=final_at,
        )
        for decision in decisions
        if decision.learner.user is not None
    )


def _path(decision: Decision) -> str:
    return reverse("learners:submission-detail", args=[decision.submission.public_id])


@transaction.atomic
def undo_release(*, actor: User, decision: Decision, at: datetime, reason: str) -> Decision:
    """Take a release back within the undo window: award withdrawn, submission in review again, assessment reopened.

    reason: kept in the events. Raises NotAllowed, Invalid (no reason), Conflict (the window is over, the award is being
    signed, or the learner has gone on).
    """
    [decision] = _locked([decision.pk])
    require(actor, Can.DECISION_UNDO, decision)
    if not reason.strip():
        raise Invalid(_("Say why the release is undone; it is kept with the decision."))
    if decision.status != DecisionStatus.RELEASED:
        raise Conflict(_("Only a released decision can be undone."))
    require_move(DECISION_MOVES, decision.status, DecisionStatus.UNDONE)
    if at >= undo_until(decision):
        raise Conflict(_("The time to undo is over. The award can be revoked by two registrars."))
    if decision.enrollment.submissions.filter(attempt__gt=decision.attempt).exists():
        raise Conflict(_("The learner has started the next attempt; this decision stands."))
    for award in Award.objects.filter(decision=decision).exclude(status=AwardStatus.WITHDRAWN):
        awards.withdraw_award(award=award, actor=actor, at=at, note=reason)
    require_move(SUBMISSION_MOVES, decision.submission.status, SubmissionStatus.IN_REVIEW)
    decision.status = DecisionStatus.UNDONE
    decision.save(update_fields=["status"])
    Submission.objects.filter(pk=decision.submission_id).update(status=SubmissionStatus.IN_REVIEW)
    if decision.enrollment.status != EnrollmentStatus.ACTIVE:
        require_move(ENROLLMENT_MOVES, decision.enrollment.status, EnrollmentStatus.ACTIVE)
        Enrollment.objects.filter(pk=decision.enrollment_id).update(status=EnrollmentStatus.ACTIVE, ended_at=None)
    Assessment.objects.filter(submission=decision.submission_id).update(status=AssessmentStatus.DRAFT, finished_at=None)
    DecisionEvent.objects.create(decision=decision, actor=actor, moved_to=DecisionStatus.UNDONE, note=reason, at=at)
    SubmissionEvent.objects.create(
        submission_id=decision.submission_id, actor=actor, moved_to=SubmissionStatus.IN_REVIEW, note=reason, at=at
    )
    Notice.objects.filter(
        user=decision.learner.user, kind="decision", path=_path(decision), mailed_at__isnull=True
    ).delete()
    return decision


def undo_window() -> timedelta:
    """How long after its release a decision can be taken back."""
    return timedelta(seconds=settings.UNDO_WINDOW_SECONDS)


def undo_until(decision: Decision) -> datetime:
    """The moment from which a released decision can no longer be undone."""
    if decision.effective_at is None:
        raise Conflict(_("This decision is not released."))
    return decision.effective_at + undo_window()
