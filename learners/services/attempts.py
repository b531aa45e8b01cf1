"""When all attempts are used: the lead is told, meets the learner, and may give one more (DOMAIN 3.2)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, Role, require
from learners.models import AttemptGrant, Decision, Enrollment, EnrollmentEvent, Submission, User
from learners.services import decisions, notices
from learners.workflow import (
    ENROLLMENT_MOVES,
    OPEN_ENROLLMENTS,
    DecisionOutcome,
    DecisionStatus,
    EnrollmentStatus,
    require_move,
)

NOTE_MAX_LETTERS = 2000


def tell_lead(decision: Decision, *, at: datetime) -> None:
    """Ask the leads to meet a learner whose last attempt was not met."""
    learner = decision.learner
    notices.tell_role(
        Role.LEAD,
        credential=decision.credential,
        kind="attempts-used",
        subject=_("%(title)s: all attempts of a learner are used") % {"title": decision.credential_version.title},
        text=_("Meet with the learner. Afterwards you can give one more attempt, or leave it at that."),
        path=decision.submission.get_absolute_url(),
        at=at,
        but=[learner.user_id] if learner.user_id is not None else [],
    )


@transaction.atomic
def grant_attempt(*, actor: User, enrollment: Enrollment, met_on: date, note: str, at: datetime) -> AttemptGrant:
    """Give one more attempt after a meeting; the learner is told and may begin it once the waiting time is over.

    note: what was agreed, kept and not shown to the learner. Raises NotAllowed, Invalid (a day ahead, no note), Conflict
    (attempts are left, the decision is not final yet, or the learner has enrolled anew).
    """
    list(Submission.objects.select_for_update().filter(enrollment=enrollment.pk).order_by("pk").values_list("pk"))
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("learner__user", "credential__organization", "credential_version")
        .get(pk=enrollment.pk)
    )
    require(actor, Can.ATTEMPT_GRANT, enrollment)
    note = note.strip()
    if met_on > timezone.localdate(at):
        raise Invalid(_("The day of the meeting lies ahead. Meet first."))
    if not note or len(note) > NOTE_MAX_LETTERS:
        raise Invalid(_("Write what you agreed, in at most %(limit)s letters.") % {"limit": NOTE_MAX_LETTERS})
    last = enrollment.decisions.filter(status=DecisionStatus.RELEASED).order_by("-attempt").first()
    if (
        enrollment.status != EnrollmentStatus.NOT_MET
        or last is None
        or last.outcome != DecisionOutcome.NOT_MET
        or last.attempt < enrollment.attempts_most
    ):
        raise Conflict(_("This learner has not used all attempts."))
    if at < decisions.undo_until(last):
        raise Conflict(_("This decision is not final yet. Wait a few minutes."))
    anew = Enrollment.objects.filter(
        learner=enrollment.learner_id, credential=enrollment.credential_id, status__in=OPEN_ENROLLMENTS
    )
    if anew.exists():
        raise Conflict(_("The learner has enrolled anew, and has attempts there."))
    require_move(ENROLLMENT_MOVES, enrollment.status, EnrollmentStatus.ACTIVE)
    enrollment.status, enrollment.ended_at = EnrollmentStatus.ACTIVE, None
    enrollment.attempts_granted += 1
    enrollment.save(update_fields=["status", "ended_at", "attempts_granted"])
    grant = AttemptGrant.objects.create(enrollment=enrollment, actor=actor, met_on=met_on, note=note, at=at)
    EnrollmentEvent.objects.create(
        enrollment=enrollment, actor=actor, moved_to=enrollment.status, note="One more attempt was given.", at=at
    )
    if enrollment.learner.user is not None:
        notices.tell(
            user=enrollment.learner.user,
            kind="due",
            subject=_("%(title)s: you have one more attempt") % {"title": enrollment.credential_version.title},
            text=_("The lead of this credential gave you one more attempt. Start it from your last result."),
            path=last.submission.get_absolute_url(),
            at=at,
        )
    return grant
