"""Awards: the only writers of new ones, and the moves of those that exist."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta
from django.conf import settings
from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg.errors import LockNotAvailable

from config import handoff
from config.errors import Conflict
from credentials.models import CredentialVersion
from credentials.workflow import VersionStatus
from learners.models import Award, AwardComponent, AwardEvent, Decision, Learner, User
from learners.workflow import AWARD_MOVES, AwardStatus, require_move


@dataclass(frozen=True)
class Grant:
    """One award to be made: who earned which version, by which decision (none for a designation)."""

    learner: Learner
    version: CredentialVersion
    decision: Decision | None = None
    components: Sequence[tuple[Award, str]] = ()


def grant_award(
    *,
    learner: Learner,
    version: CredentialVersion,
    actor: User,
    at: datetime,
    decision: Decision | None = None,
    components: Sequence[tuple[Award, str]] = (),
) -> Award:
    """Record that a learner earned a version; a consequence of a released decision or a confirmed case.

    components: the awards that a designation counts, each with the label of its requirement. An award of the same
    credential that is still held is superseded in the same transaction. Raises Conflict when the version is a draft.
    """
    return grant_awards([Grant(learner, version, decision, components)], actor=actor, at=at)[0]


@transaction.atomic
def grant_awards(grants: Sequence[Grant], *, actor: User, at: datetime) -> list[Award]:
    """The same for many, in a fixed number of statements. The awards come back in the order of the grants."""
    if not grants:
        return []
    if any(grant.version.status != VersionStatus.PUBLISHED for grant in grants):
        raise Conflict(_("An unpublished version cannot be awarded; publish it first."))
    held = _held_and_locked(grants)
    superseded = list(held.values())
    for award in superseded:
        require_move(AWARD_MOVES, award.status, AwardStatus.SUPERSEDED)
    Award.objects.filter(pk__in=[award.pk for award in superseded]).update(status=AwardStatus.SUPERSEDED)
    awards = Award.objects.bulk_create(
        Award(
            learner=grant.learner,
            credential_id=grant.version.credential_id,
            credential_version=grant.version,
            decision=grant.decision,
            awarded_at=at,
            sign_after=at + timedelta(seconds=settings.UNDO_WINDOW_SECONDS),
            valid_until=valid_until(grant.version, at),
            supersedes=held.get((grant.learner.pk, grant.version.credential_id)),
        )
        for grant in grants
    )
    AwardComponent.objects.bulk_create(
        AwardComponent(award=award, component=component, requirement=label, position=position)
        for award, grant in zip(awards, grants, strict=True)
        for position, (component, label) in enumerate(grant.components, 1)
    )
    AwardEvent.objects.bulk_create(
        [
            *(AwardEvent(award=award, actor=actor, moved_to=AwardStatus.SUPERSEDED, at=at) for award in superseded),
            *(AwardEvent(award=award, actor=actor, moved_to=AwardStatus.ACTIVE, at=at) for award in awards),
        ]
    )
    handoff.after_commit("issuance.sign_pending")
    handoff.after_commit("pathways.open_due_cases")
    return awards


def valid_until(version: CredentialVersion, at: datetime) -> datetime | None:
    """When an award of this version ends: with the last second of the day so many calendar months later, or never.

    The day is the school's, so that "valid until May 28" holds on the whole of May 28 for page, file and pathway alike; the
    signed badge names this moment.
    """
    if not version.expires_after_months:
        return None
    day = timezone.localdate(at) + relativedelta(months=version.expires_after_months)
    return timezone.make_aware(datetime.combine(day, time(23, 59, 59)))


def _held_and_locked(grants: Sequence[Grant]) -> dict[tuple[int, int], Award]:
    """The standing awards of the same learners and credentials, locked in the order of their keys.

    The learners are locked first: who grants the same learner something at the same time waits here, and then sees the
    award that the other has made.
    """
    wanted = {(grant.learner.pk, grant.version.credential_id) for grant in grants}
    learners = Learner.objects.select_for_update(no_key=True).filter(pk__in={learner for learner, _version in wanted})
    list(learners.order_by("pk").values_list("pk"))
    rows = (
        Award.objects.select_for_update()
        .filter(
            learner_id__in={learner for learner, _credential in wanted},
            credential_id__in={credential for _learner, credential in wanted},
            status__in=[AwardStatus.ACTIVE, AwardStatus.SUSPENDED],
        )
        .order_by("pk")
    )
    return {(row.learner_id, row.credential_id): row for row in rows if (row.learner_id, row.credential_id) in wanted}


@transaction.atomic
def withdraw_award(*, award: Award, actor: User, at: datetime, note: str) -> Award:
    """Take back an award whose decision is undone before it was signed. Raises Conflict once its time has come.

    The signer locks the rows that it signs; when it has this one, there is nothing to wait for.
    """
    try:
        with transaction.atomic():
            award = Award.objects.select_for_update(nowait=True).get(pk=award.pk)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise Conflict(_("This award is being signed; it can only be revoked now.")) from error
        raise
    require_move(AWARD_MOVES, award.status, AwardStatus.WITHDRAWN)
    if award.sign_after <= at:
        raise Conflict(_("This award is signed or being signed; it can only be revoked now."))
    try:
        with transaction.atomic():
            _move(award, AwardStatus.WITHDRAWN, actor=actor, at=at, note=note)
    except IntegrityError as error:  # the database knows that it is signed, whatever the clocks say
        raise Conflict(_("This award is signed; it can only be revoked now.")) from error
    if award.supersedes_id is not None:
        former = Award.objects.select_for_update().get(pk=award.supersedes_id)
        require_move(AWARD_MOVES, former.status, AwardStatus.ACTIVE)
        _move(former, AwardStatus.ACTIVE, actor=actor, at=at, note=note)
    return award


@transaction.atomic
def suspend_award(*, award: Award, actor: User, at: datetime, note: str) -> Award:
    """Let an award rest: pages, API and file check say so until it is resumed. A second call changes nothing."""
    award = Award.objects.select_for_update().get(pk=award.pk)
    if award.status != AwardStatus.SUSPENDED:
        require_move(AWARD_MOVES, award.status, AwardStatus.SUSPENDED)
        _move(award, AwardStatus.SUSPENDED, actor=actor, at=at, note=note)
    return award


@transaction.atomic
def resume_award(*, award: Award, actor: User, at: datetime, note: str) -> Award:
    """Let an award that rested count again. A second call changes nothing."""
    award = Award.objects.select_for_update().get(pk=award.pk)
    if award.status != AwardStatus.ACTIVE:
        require_move(AWARD_MOVES, award.status, AwardStatus.ACTIVE)
        _move(award, AwardStatus.ACTIVE, actor=actor, at=at, note=note)
    return award


@transaction.atomic
def revoke_award(*, award: Award, actor: User, at: datetime, note: str) -> Award:
    """Move an award to revoked. Only issuance calls this, inside the transaction that sets the status bit."""
    award = Award.objects.select_for_update().get(pk=award.pk)
    require_move(AWARD_MOVES, award.status, AwardStatus.REVOKED)
    award.revoked_at = at
    _move(award, AwardStatus.REVOKED, actor=actor, at=at, note=note)
    handoff.after_commit("pathways.open_reviews")
    return award


def _move(award: Award, target: AwardStatus, *, actor: User, at: datetime, note: str) -> None:
    award.status = target
    award.save(update_fields=["status", "revoked_at"])
    AwardEvent.objects.create(award=award, actor=actor, moved_to=target, note=note, at=at)
