"""Recording that a learner did the capstone of a pathway, and taking that back."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners import services as learners_services
from learners.models import User
from pathways.models import (
    CapstoneRecord,
    CapstoneWithdrawal,
    CapstoneWork,
    PathwayEnrollment,
    Requirement,
    RequirementKind,
)
from pathways.services.waiving import locked_enrollment, require_active


@transaction.atomic
def record_capstone(
    *, actor: User, enrollment: PathwayEnrollment, requirement: Requirement, done_on: date, note: str, at: datetime
) -> CapstoneRecord:
    """Record that a learner did the capstone that a rule asks for; it holds for the same rule of a later version, too.

    note: what was done and who heard or read it. Raises NotAllowed, Invalid (no capstone of the version, a day ahead, no
    note), Conflict (recorded already, the learner handed one in that waits, or no longer works toward it).
    """
    enrollment = locked_enrollment(enrollment)
    require(actor, Can.CAPSTONE_RECORD, enrollment)
    rule = enrollment.version.requirements.filter(pk=requirement.pk, kind=RequirementKind.CAPSTONE).first()
    if rule is None:
        raise Invalid(_("Choose a capstone of the version that the learner follows."))
    if CapstoneWork.objects.waiting().filter(enrollment=enrollment, requirement__key=rule.key).exists():
        raise Conflict(_("The learner has submitted a capstone that waits; accept it, or return it first."))
    return record_of(actor=actor, enrollment=enrollment, rule=rule, done_on=done_on, note=note, at=at)


def record_of(
    *, actor: User, enrollment: PathwayEnrollment, rule: Requirement, done_on: date, note: str, at: datetime
) -> CapstoneRecord:
    """Write the record, under the lock and with the permission of the caller."""
    require_active(enrollment)
    if done_on > timezone.localdate(at):
        raise Invalid(_("The day lies ahead; record it once it is done."))
    if not note.strip():
        raise Invalid(_("Say what was done and who heard or read it."))
    same = CapstoneRecord.objects.filter(enrollment=enrollment, requirement__key=rule.key)
    if same.standing().exists():
        raise Conflict(_("This capstone is recorded already."))
    record = CapstoneRecord.objects.create(
        enrollment=enrollment,
        requirement=rule,
        number=same.count() + 1,
        done_on=done_on,
        note=note.strip(),
        actor=actor,
        at=at,
    )
    tell(enrollment, at)
    handoff.after_commit("pathways.open_due_cases")
    return record


@transaction.atomic
def withdraw_capstone(*, actor: User, record: CapstoneRecord, reason: str, at: datetime) -> CapstoneWithdrawal:
    """Take the record of a capstone back, until the designation is awarded.

    Raises NotAllowed, Invalid (no reason), Conflict (withdrawn already, or the learner no longer works toward it).
    """
    enrollment = locked_enrollment(record.enrollment)
    require(actor, Can.CAPSTONE_RECORD, enrollment)
    require_active(enrollment)
    if not reason.strip():
        raise Invalid(_("Say why; the learner reads it."))
    if CapstoneWithdrawal.objects.filter(record=record).exists():
        raise Conflict(_("It was withdrawn already."))
    made = CapstoneWithdrawal.objects.create(record=record, reason=reason.strip(), actor=actor, at=at)
    tell(enrollment, at)
    return made


def tell(enrollment: PathwayEnrollment, at: datetime) -> None:
    """Tell the learner that something came of their capstone; the mail says neither what nor why."""
    if enrollment.learner.user is None:
        return
    learners_services.tell(
        user=enrollment.learner.user,
        kind="capstone",
        subject=_("%(title)s: your capstone") % {"title": enrollment.version.title},
        text=_("There is news on your capstone. The page of the pathway says what, and how you stand."),
        path=enrollment.pathway.get_absolute_url(),
        at=at,
    )
