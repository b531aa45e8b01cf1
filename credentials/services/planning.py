"""What is to happen later: publishing and retiring at a time, and reminders of reviews."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid, RegistryError
from config.permissions import Can, allowed, require
from credentials.gate import missing
from credentials.models import (
    Credential,
    CredentialEvent,
    CredentialVersion,
    PlannedChange,
    PlannedKind,
    PlannedStatus,
    ReviewReminder,
)
from credentials.services import publishing
from credentials.workflow import CREDENTIAL_MOVES, CredentialStatus, VersionStatus, require_move

if TYPE_CHECKING:
    from learners.models import User

REVIEW_STEPS = (0, 30, 90)  # days before the review date, the nearest first
BATCH = 200
_CAN = {PlannedKind.PUBLISH: Can.CREDENTIAL_PUBLISH, PlannedKind.RETIRE: Can.CREDENTIAL_RETIRE}


@transaction.atomic
def plan_change(
    *, actor: "User", credential: Credential, kind: PlannedKind, due_at: datetime, at: datetime
) -> PlannedChange:
    """Plan to publish the draft, or to retire the credential, at a time; another time takes the place of an earlier one.

    The gate is asked now and again when it is due. Raises NotAllowed, Invalid (the past), Conflict (nothing to publish),
    IllegalMove (not offered), Incomplete.
    """
    credential = Credential.objects.select_for_update().get(pk=credential.pk)
    require(actor, _CAN[kind], credential)
    if due_at <= at:
        raise Invalid(_("That time has passed; choose a later one."))
    version = None
    if kind == PlannedKind.PUBLISH:
        version = credential.versions.filter(status=VersionStatus.DRAFT).first()
        if version is None:
            raise Conflict(_("There is no draft to publish."))
        version.credential = credential
        if lacking := missing(version, on=timezone.localdate(due_at)):
            names = [each.text for each in lacking]
            raise Incomplete(_("Before it can be planned: %(missing)s") % {"missing": " ".join(names)}, names)
    else:
        require_move(CREDENTIAL_MOVES, credential.status, CredentialStatus.RETIRED)
    PlannedChange.objects.filter(credential=credential, kind=kind, status=PlannedStatus.WAITING).update(
        status=PlannedStatus.CANCELED, ended_at=at
    )
    planned = PlannedChange.objects.create(
        credential=credential, version=version, kind=kind, due_at=due_at, actor=actor, planned_at=at
    )
    _event(planned, actor, f"planned to {kind}", at)
    return planned


@transaction.atomic
def cancel_planned(*, actor: "User", planned: PlannedChange, at: datetime) -> PlannedChange:
    """Give up what was planned. Raises NotAllowed, Conflict (it has happened, or was given up)."""
    planned = PlannedChange.objects.select_for_update(of=("self",)).select_related("credential").get(pk=planned.pk)
    require(actor, _CAN[PlannedKind(planned.kind)], planned.credential)
    if planned.status != PlannedStatus.WAITING:
        raise Conflict(_("Nothing is planned any more."))
    planned.status, planned.ended_at = PlannedStatus.CANCELED, at
    planned.save(update_fields=["status", "ended_at"])
    _event(planned, actor, f"plan to {planned.kind} canceled", at)
    return planned


def _event(planned: PlannedChange, actor: "User", action: str, at: datetime) -> None:
    due = timezone.localtime(planned.due_at)
    CredentialEvent.objects.create(
        credential=planned.credential,
        version=planned.version,
        actor=actor,
        action=action,
        note=format_date(due, "M j, Y, g:i A T"),
        at=at,
    )


def run_planned(*, at: datetime) -> int:
    """Carry out what is due, one by one; answer how many. A second call, or a second worker, does nothing twice."""
    ran = 0
    while ran < BATCH and _run_next(at):
        ran += 1
    return ran


@transaction.atomic
def _run_next(at: datetime) -> bool:
    planned = (
        PlannedChange.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status=PlannedStatus.WAITING, due_at__lte=at)
        .select_related("credential", "version", "actor")
        .order_by("due_at", "pk")
        .first()
    )
    if planned is None:
        return False
    status, refusal = PlannedStatus.DONE, ""
    try:
        with transaction.atomic():
            _carry_out(planned, at)
    except RegistryError as error:
        status, refusal = PlannedStatus.REFUSED, str(error)
    planned.status, planned.refusal, planned.ended_at = status, refusal, at
    planned.save(update_fields=["status", "refusal", "ended_at"])
    return True


def _require_unchanged(planned: PlannedChange, version: CredentialVersion) -> None:
    """Only who may publish says what is published: a draft that others changed since it was planned waits for a second look."""
    list(Credential.objects.select_for_update().filter(pk=planned.credential_id).values("pk"))  # as publishing does
    version = CredentialVersion.objects.select_for_update(of=("self",)).select_related("edited_by").get(pk=version.pk)
    editor = version.edited_by
    if editor is None or version.edited_at is None or version.edited_at <= planned.planned_at:
        return
    if editor != planned.actor and not allowed(editor, Can.CREDENTIAL_PUBLISH, planned.credential):
        raise Conflict(
            _("%(name)s changed the draft after this was planned. Read it, and plan it again.") % {"name": editor.name}
        )


def _carry_out(planned: PlannedChange, at: datetime) -> None:
    note = _("As planned on %(day)s") % {"day": format_date(timezone.localtime(planned.planned_at), "M j, Y")}
    if planned.version is not None:
        _require_unchanged(planned, planned.version)
        publishing.publish_version(actor=planned.actor, version=planned.version, at=at, note=note)
    else:
        publishing.retire_credential(actor=planned.actor, credential=planned.credential, at=at, note=note)


@transaction.atomic
def claim_refused_plans(*, at: datetime) -> list[PlannedChange]:
    """What could not be carried out and nobody was told of; from now on they count as told. For who tells people."""
    found = list(
        PlannedChange.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(status=PlannedStatus.REFUSED, told_at__isnull=True)
        .select_related("credential__current_version", "version", "actor")
        .order_by("pk")[:BATCH]
    )
    PlannedChange.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return found


@dataclass(frozen=True)
class DueReview:
    """A review that its owner is to be reminded of: so many days before (0: the day, or past it)."""

    credential: Credential
    title: str
    days: int


@transaction.atomic
def claim_review_reminders(*, at: datetime) -> list[DueReview]:
    """The reviews whose owners are to be told now, each step once for each date; a second call answers none.

    A step that was missed is told late, and only the nearest one.
    """
    today = timezone.localdate(at)
    found = list(
        Credential.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(review_on__lte=today + timedelta(days=REVIEW_STEPS[-1]), owner__isnull=False, owner__is_active=True)
        .exclude(status=CredentialStatus.RETIRED)
        .select_related("owner", "current_version")
        .order_by("pk")
    )
    told: dict[tuple[int, object], int] = {}
    for reminder in ReviewReminder.objects.filter(credential__in=found):
        key = (reminder.credential_id, reminder.review_on)
        told[key] = min(told.get(key, reminder.days), reminder.days)
    due = []
    for credential in found:
        if credential.review_on is None:
            continue
        left = (credential.review_on - today).days
        step = next(days for days in REVIEW_STEPS if left <= days)
        if told.get((credential.pk, credential.review_on), step + 1) > step:
            due.append((credential, step))
    ReviewReminder.objects.bulk_create(
        ReviewReminder(credential=credential, review_on=credential.review_on, days=step, at=at)
        for credential, step in due
        if credential.review_on is not None
    )
    titles = _titles([credential for credential, _step in due])
    return [DueReview(credential, titles[credential.pk], step) for credential, step in due]


def _titles(credentials: list[Credential]) -> dict[int, str]:
    """By credential: the title on offer, or that of its newest draft."""
    newest = dict(
        CredentialVersion.objects.filter(credential__in=credentials)
        .order_by("number")
        .values_list("credential_id", "title")
    )
    return {
        each.pk: each.current_version.title if each.current_version else newest.get(each.pk, each.code)
        for each in credentials
    }
