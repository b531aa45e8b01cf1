"""What assessors say of themselves: how much they take on, when they are away, whom they may not judge."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from config.errors import Conflict as Refused
from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners.models import AssessorProfile, Conflict, ConflictKind, Learner, Leave, User
from learners.services import assignment

CAP_MAX = 200


def _require_assessor(actor: User) -> None:
    if Role.ASSESSOR not in actor.roles():
        raise NotAllowed(_("Only assessors say how much they take on."))


def set_load(*, actor: User, profession: str, weekly_cap: int) -> AssessorProfile:
    """Say one's profession and how many submissions one takes on in a week. Raises NotAllowed, Invalid (more than 200)."""
    _require_assessor(actor)
    if not 0 <= weekly_cap <= CAP_MAX:
        raise Invalid(_("A week’s load is between 0 and %(most)s.") % {"most": CAP_MAX})
    return AssessorProfile.objects.update_or_create(
        user=actor, defaults={"profession": profession, "weekly_cap": weekly_cap}
    )[0]


def add_leave(*, actor: User, from_on: date, until_on: date, today: date) -> Leave:
    """Say when one is away; the same days twice are kept once. Raises NotAllowed, Invalid (over already, or backward)."""
    _require_assessor(actor)
    if until_on < from_on:
        raise Invalid(_("The last day lies before the first."))
    if until_on < today:
        raise Invalid(_("These days are over already."))
    return Leave.objects.get_or_create(assessor=actor, from_on=from_on, until_on=until_on)[0]


def remove_leave(*, actor: User, leave: Leave) -> None:
    """Take back days of leave; a second call changes nothing. Raises NotAllowed."""
    if leave.assessor_id != actor.pk:
        raise NotAllowed(_("This is not your leave."))
    Leave.objects.filter(pk=leave.pk).delete()


def find_learner(*, actor: User, said: str) -> Learner:
    """The one learner with this e-mail address or student number, in a school where the actor assesses. Raises Invalid."""
    _require_assessor(actor)
    schools = {grant.organization_id for grant in actor.current_grants if grant.role == Role.ASSESSOR}
    said = said.strip()
    exact = Q(user__email__iexact=said) | (Q(student_number=said) & ~Q(student_number=""))
    found = list(Learner.objects.filter(exact, organization__in=schools)[:2])
    if len(found) != 1:
        raise Invalid(_("No learner has this e-mail address or student number. Check it, and give it in full."))
    return found[0]


@transaction.atomic
def declare_conflict(*, actor: User, learner: Learner, kind: ConflictKind, at: datetime) -> Conflict:
    """Say that one may not judge a learner; no reason is asked. What is still to be judged goes to somebody else.

    A second declaration answers the first. Raises NotAllowed, Invalid (oneself).
    """
    if not {Role.ASSESSOR, Role.COMMITTEE} & actor.roles():
        raise NotAllowed(_("Only assessors and members of committees declare conflicts."))
    if learner.user_id == actor.pk:
        raise Invalid(_("Nobody is given their own work."))
    conflict = Conflict.objects.get_or_create(
        assessor=actor, learner=learner, withdrawn_at=None, defaults={"kind": kind, "declared_at": at}
    )[0]
    assignment.take_back(assessor=actor, learner_id=learner.pk, at=at)
    return conflict


@transaction.atomic
def withdraw_conflict(*, actor: User, conflict: Conflict, at: datetime) -> Conflict:
    """Say that a conflict is over; the row stays. Raises NotAllowed, Refused (withdrawn already)."""
    conflict = Conflict.objects.select_for_update().get(pk=conflict.pk)
    if conflict.assessor_id != actor.pk:
        raise NotAllowed(_("This is not your declaration."))
    if conflict.withdrawn_at is not None:
        raise Refused(_("This conflict is withdrawn already."))
    conflict.withdrawn_at = at
    conflict.save(update_fields=["withdrawn_at"])
    return conflict
