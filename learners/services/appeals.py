"""Appeals: a learner contests how a decision came about, a lead names who looks at it, that person answers in writing."""

from datetime import datetime
from functools import reduce
from operator import or_

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, Role, require
from learners.models import (
    Appeal,
    AppealEvent,
    Assessment,
    Assignment,
    AssignmentEvent,
    Award,
    Decision,
    DecisionEvent,
    Enrollment,
    RoleGrant,
    SecondMarking,
    SecondMarkingEvent,
    Submission,
    SubmissionEvent,
    User,
)
from learners.models import Conflict as DeclaredConflict
from learners.models.appeals import AppealGround, AppealOutcome
from learners.services import awards, holidays, notices, standing
from learners.services.decisions import undo_until
from learners.workflow import (
    DECISION_MOVES,
    ENROLLMENT_MOVES,
    SECOND_MARKING_MOVES,
    SUBMISSION_MOVES,
    AssessmentStatus,
    AwardStatus,
    DecisionOutcome,
    DecisionStatus,
    EnrollmentStatus,
    SecondMarkingStatus,
    SubmissionStatus,
    require_move,
)
from learners.working_days import working_days_after

OPEN_FOR_DAYS, ANSWER_WITHIN_DAYS = 10, 15  # working days
TEXT_MAX_LETTERS = 5000


def appeal_until(decision: Decision) -> datetime | None:
    """The moment from which a released decision can no longer be appealed; None before its release."""
    if decision.effective_at is None:
        return None
    off = standing.days_off(decision.learner, since=timezone.localdate(decision.effective_at))
    return working_days_after(timezone.localtime(decision.effective_at), OPEN_FOR_DAYS, off)


@transaction.atomic
def open_appeal(*, actor: User, decision: Decision, ground: AppealGround, text: str, at: datetime) -> Appeal:
    """Contest a decision on one's own work; its leads are told, and by policy the award is paused until it is answered.

    Raises NotAllowed, Invalid (no ground or words), Conflict (not final yet, too late, appealed already).
    """
    decision = _locked(decision)
    require(actor, Can.APPEAL_OPEN, decision)
    text = text.strip()
    if ground not in AppealGround.values:
        raise Invalid(_("Choose the ground of the appeal."))
    if not text or len(text) > TEXT_MAX_LETTERS:
        raise Invalid(_("Say what happened, in at most %(limit)s letters.") % {"limit": TEXT_MAX_LETTERS})
    until = appeal_until(decision)
    if decision.status != DecisionStatus.RELEASED or until is None or at < undo_until(decision):
        raise Conflict(_("This decision is not final yet. Wait a few minutes."))
    if at >= until:
        raise Conflict(_("The time to appeal is over. Speak with the lead of this credential."))
    if Appeal.objects.filter(decision=decision).exists():
        raise Conflict(_("This decision was appealed already."))
    appeal = Appeal.objects.create(
        decision=decision,
        ground=ground,
        text=text,
        opened_at=at,
        due_at=holidays.working_days_after(at, ANSWER_WITHIN_DAYS, organization_id=decision.credential.organization_id),
        is_award_paused=_pause_award(decision, actor=actor, at=at),
    )
    _event(appeal, actor, "opened", at)
    notices.tell_role(
        Role.LEAD,
        credential=decision.credential,
        kind="appeal",
        subject=_("%(title)s: an appeal") % {"title": decision.credential_version.title},
        text=_("A learner has appealed a decision. Name somebody who looks at it afresh."),
        path=appeal.get_absolute_url(),
        at=at,
        but=[actor.pk],
    )
    return appeal


def reviewers(appeal: Appeal, at: datetime) -> QuerySet[User]:
    """Who may look at it afresh: assessors of the credential with no part in this learner's work on it and no conflict."""
    enrollment = appeal.decision.enrollment
    credential = appeal.decision.credential
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential), role=Role.ASSESSOR, organization=credential.organization_id
    )
    took_part = reduce(
        or_,
        (
            Q(pk__in=rows)
            for rows in (
                Assignment.objects.filter(submission__enrollment=enrollment).values("assessor"),
                Assessment.objects.filter(submission__enrollment=enrollment).values("assessor"),
                Decision.objects.filter(enrollment=enrollment).values("actor"),
                DecisionEvent.objects.filter(decision__enrollment=enrollment).values("actor"),
                DeclaredConflict.objects.standing().filter(learner=enrollment.learner_id).values("assessor"),
            )
        ),
    )
    found = User.objects.filter(pk__in=grants.values("user"), is_active=True).exclude(took_part)
    return found.exclude(learner=enrollment.learner_id).order_by("name", "pk")


@transaction.atomic
def name_reviewer(*, actor: User, appeal: Appeal, reviewer: User, at: datetime) -> Appeal:
    """Give an appeal to a reviewer, or to another one. The same once more changes nothing.

    Raises NotAllowed, Invalid (somebody who took part before, or does not assess it), Conflict (answered already).
    """
    appeal = _locked_appeal(appeal)
    require(actor, Can.APPEAL_ASSIGN, appeal)
    _require_open(appeal)
    if appeal.reviewer_id == reviewer.pk:
        return appeal
    if not reviewers(appeal, at).filter(pk=reviewer.pk).exists():
        raise Invalid(_("Choose an assessor of this credential who has not assessed or decided this work before."))
    appeal.reviewer = reviewer
    appeal.save(update_fields=["reviewer"])
    _event(appeal, actor, "assigned", at, note=str(reviewer.pk))
    notices.tell(
        user=reviewer,
        kind="appeal",
        subject=_("%(title)s: an appeal to review") % {"title": appeal.decision.credential_version.title},
        text=_("You are asked to look at a decision afresh and to answer in writing."),
        path=appeal.get_absolute_url(),
        at=at,
    )
    return appeal


@transaction.atomic
def decide_appeal(
    *,
    actor: User,
    appeal: Appeal,
    outcome: AppealOutcome,
    reasons: str,
    corrected_to: DecisionOutcome | None = None,
    at: datetime,
) -> Appeal:
    """Answer an appeal. Re-marking gives the work to the reviewer; a corrected outcome is proposed, and a lead releases it.

    Raises NotAllowed, Invalid (no reasons, an outcome that cannot follow), Conflict (answered already, or things moved on).
    """
    appeal = _locked_appeal(appeal)
    require(actor, Can.APPEAL_DECIDE, appeal)
    _require_open(appeal)
    reasons = reasons.strip()
    if not reasons:
        raise Invalid(_("Write the reasons; the learner reads them."))
    if outcome not in AppealOutcome.values:
        raise Invalid(_("Choose the outcome."))
    if (corrected_to is not None) != (outcome == AppealOutcome.CORRECTED):
        raise Invalid(_("Say what the decision is corrected to, and only then."))
    if outcome != AppealOutcome.UPHELD:
        _take_back(appeal, corrected_to, actor=actor, at=at, note=reasons)
    if outcome == AppealOutcome.RE_MARK:
        _give_to(actor, appeal.decision.submission, at=at)
    elif corrected_to is not None:
        _propose(appeal.decision, corrected_to, actor=actor, at=at, reasons=reasons)
    appeal.outcome, appeal.reasons, appeal.decided_at, appeal.corrected_to = outcome, reasons, at, corrected_to or ""
    appeal.save(update_fields=["outcome", "reasons", "decided_at", "corrected_to"])
    _event(appeal, actor, outcome, at, note=reasons)
    if appeal.is_award_paused:
        for award in Award.objects.filter(decision=appeal.decision, status=AwardStatus.SUSPENDED):
            awards.resume_award(award=award, actor=actor, at=at, note=_("The appeal is answered."))
    _tell_answer(appeal, at)
    return appeal


def _locked(decision: Decision) -> Decision:
    """Submission, enrollment, decision: the order in which releasing locks them."""
    list(Submission.objects.select_for_update().filter(pk=decision.submission_id).values("pk"))
    list(Enrollment.objects.select_for_update().filter(pk=decision.enrollment_id).values("pk"))
    list(Decision.objects.select_for_update().filter(pk=decision.pk).values("pk"))
    return Decision.objects.with_context().get(pk=decision.pk)


def _locked_appeal(appeal: Appeal) -> Appeal:
    _locked(Decision.objects.get(pk=appeal.decision_id))
    list(Appeal.objects.select_for_update().filter(pk=appeal.pk).values("pk"))
    return Appeal.objects.with_context().get(pk=appeal.pk)


def _require_open(appeal: Appeal) -> None:
    if appeal.decided_at is not None:
        raise Conflict(_("This appeal was answered already."))


def _event(appeal: Appeal, actor: User, moved_to: str, at: datetime, *, note: str = "") -> None:
    AppealEvent.objects.create(appeal=appeal, actor=actor, moved_to=moved_to, note=note, at=at)


def _pause_award(decision: Decision, *, actor: User, at: datetime) -> bool:
    """By policy (APPEAL_PAUSES_AWARD), an award that is appealed rests until the answer; else it is unaffected."""
    award = Award.objects.filter(decision=decision, status=AwardStatus.ACTIVE).first()
    if award is None or not settings.APPEAL_PAUSES_AWARD:
        return False
    awards.suspend_award(award=award, actor=actor, at=at, note=_("The decision is appealed."))
    return True


def _take_back(appeal: Appeal, corrected_to: DecisionOutcome | None, *, actor: User, at: datetime, note: str) -> None:
    """Undo the decision, so that the work can be marked again or decided as it should have been."""
    decision = appeal.decision
    submission, enrollment = decision.submission, decision.enrollment
    if decision.outcome == DecisionOutcome.AWARDED:
        raise Conflict(_("The award stands until two registrars revoke it. Uphold the decision and say why."))
    if corrected_to == decision.outcome:
        raise Invalid(_("That is the outcome already."))
    if corrected_to == DecisionOutcome.RETURNED and decision.attempt >= enrollment.attempts_most:
        raise Invalid(_("This was the last attempt; it cannot be returned."))
    if enrollment.submissions.filter(attempt__gt=decision.attempt).exists():
        raise Conflict(_("The learner has started the next attempt; this decision stands. Uphold it and say why."))
    require_move(DECISION_MOVES, decision.status, DecisionStatus.UNDONE)
    require_move(SUBMISSION_MOVES, submission.status, SubmissionStatus.IN_REVIEW)
    Decision.objects.filter(pk=decision.pk).update(status=DecisionStatus.UNDONE)
    DecisionEvent.objects.create(decision=decision, actor=actor, moved_to=DecisionStatus.UNDONE, note=note, at=at)
    Submission.objects.filter(pk=submission.pk).update(status=SubmissionStatus.IN_REVIEW)
    SubmissionEvent.objects.create(
        submission=submission, actor=actor, moved_to=SubmissionStatus.IN_REVIEW, note=note, at=at
    )
    if enrollment.status != EnrollmentStatus.ACTIVE:
        require_move(ENROLLMENT_MOVES, enrollment.status, EnrollmentStatus.ACTIVE)
        Enrollment.objects.filter(pk=enrollment.pk).update(status=EnrollmentStatus.ACTIVE, ended_at=None)


def _give_to(reviewer: User, submission: Submission, *, at: datetime) -> None:
    """Let the reviewer assess it from nothing; what was judged before no longer counts.

    What was judged by two is judged by two others: the engine finds the second.
    """
    note = _("Marked again on appeal.")
    Assessment.objects.filter(submission=submission).update(status=AssessmentStatus.DRAFT, finished_at=None)
    ended = list(Assignment.objects.filter(submission=submission, ended_at__isnull=True))
    Assignment.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=at)
    made = Assignment.objects.create(
        submission=submission,
        assessor=reviewer,
        assigned_at=at,
        assigned_by=reviewer,
        reason=note,
    )
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(assignment=each, actor=reviewer, moved_to=moved_to, note=note, at=at)
        for each, moved_to in [*((each, "ended") for each in ended), (made, "assigned")]
    )
    second = SecondMarking.objects.select_for_update().filter(submission=submission).first()
    if second is not None and second.status != SecondMarkingStatus.MARKING:
        require_move(SECOND_MARKING_MOVES, second.status, SecondMarkingStatus.MARKING)
        second.status, second.agreed, second.reason = SecondMarkingStatus.MARKING, None, ""
        second.opened_at = second.third_after = None
        second.save(update_fields=["status", "agreed", "reason", "opened_at", "third_after"])
        SecondMarkingEvent.objects.create(
            second_marking=second, actor=reviewer, moved_to=second.status, note=note, at=at
        )


def _propose(decision: Decision, outcome: DecisionOutcome, *, actor: User, at: datetime, reasons: str) -> None:
    proposed = Decision.objects.create(
        enrollment=decision.enrollment,
        submission=decision.submission,
        attempt=decision.attempt,
        outcome=outcome,
        actor=actor,
        reason=_("Corrected on appeal: %(reasons)s") % {"reasons": reasons},
        proposed_at=at,
    )
    DecisionEvent.objects.create(decision=proposed, actor=actor, moved_to=DecisionStatus.PROPOSED, at=at)


def _tell_answer(appeal: Appeal, at: datetime) -> None:
    learner = appeal.decision.learner.user
    title = appeal.decision.credential_version.title
    if learner is not None:
        notices.tell(
            user=learner,
            kind="appeal",
            subject=_("%(title)s: your appeal is answered") % {"title": title},
            text=_("The reviewer has answered your appeal in writing."),
            path=appeal.get_absolute_url(),
            at=at,
        )
    if appeal.corrected_to:
        notices.tell_role(
            Role.LEAD,
            credential=appeal.decision.credential,
            kind="appeal",
            subject=_("%(title)s: a corrected decision to release") % {"title": title},
            text=_("An appeal was answered with a correction. It waits to be released."),
            path=reverse("learners:decision-list"),
            at=at,
            but=[key for key in (appeal.decision.learner.user_id,) if key is not None],
        )
