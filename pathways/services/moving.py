"""Moving a class to another version of a pathway: versions are pinned by entry class, and stay so until somebody moves it."""

from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners import services as learners_services
from learners.models import Cohort, Notice, User
from pathways import selectors
from pathways.models import EnrollmentMove, PathwayEnrollment, PathwayEvent, PathwayVersion
from pathways.workflow import PathwayVersionStatus


class Moved(NamedTuple):
    """How many learners were moved, and how many stay because the committee has their case, or something rests on it."""

    moved: int
    stayed: int


@transaction.atomic
def move_cohort(
    *, actor: User, version: PathwayVersion, cohort: Cohort, reason: str, at: datetime, seen: str = ""
) -> Moved:
    """Move everybody of a class who works by an earlier version to this one, and pin the class to it where it is pinned.

    Who is before the committee stays until it has decided. A second call moves nobody and leaves no event. seen: the
    fingerprint of the report that somebody read. Raises NotAllowed, Conflict (not published, oneself or somebody one has a
    conflict with would go, or the report would be another one today), Invalid (no reason, a class of another school).
    """
    version = _locked(version)
    require(actor, Can.COHORT_MOVE, version.pathway)
    if version.status != PathwayVersionStatus.PUBLISHED:
        raise Conflict(_("Only a published version can be followed; publish it first."))
    if cohort.organization_id != version.pathway.credential.organization_id:
        raise Invalid(_("%(cohort)s is a class of another school.") % {"cohort": cohort.name})
    if not reason.strip():
        raise Invalid(_("Say why; the learners read it."))
    found = selectors.movable(version, cohort)
    keys = [each.pk for each in found.select_for_update(of=("self",), no_key=True).order_by("pk")]
    staying = selectors.before_committee(found)
    _require_unbarred(actor, found, staying)
    if seen and selectors.move_report(version, cohort, on=timezone.localdate(at), by=actor).fingerprint != seen:
        raise Conflict(_("Something has changed since you read the report; read it again."))
    going = list(
        PathwayEnrollment.objects.filter(pk__in=set(keys) - staying).select_related("learner__user").order_by("pk")
    )
    is_pinned = _pin(version, cohort, actor, at)
    if going or is_pinned:
        text = _("Your class follows a newer version of the pathway. Its page says what it asks, and why.")
        _write(going, dict.fromkeys((each.pk for each in going), version), actor, reason.strip(), text, at)
        _record(version, "class-moved", cohort, len(going), actor, reason.strip(), at)
    return Moved(len(going), len(staying))


@transaction.atomic
def move_cohort_back(
    *, actor: User, version: PathwayVersion, cohort: Cohort, reason: str, at: datetime, seen: str = ""
) -> Moved:
    """Undo the last move of a class to this version: each learner goes back to the version of before.

    For `selectors.UNDO_FOR` after the move. Whoever has a case, a waiver or a capstone by this version stays, since that rests
    on it. The moves stay recorded, and these beside them. Raises NotAllowed, Conflict (nobody can be moved back, oneself or
    somebody one has a conflict with would go, or the report would be another one today), Invalid (no reason).
    """
    version = _locked(version)
    require(actor, Can.COHORT_MOVE, version.pathway)
    if not reason.strip():
        raise Invalid(_("Say why; the learners read it."))
    found = selectors.movable_back(version, cohort, at=at)
    keys = [each.pk for each in found.select_for_update(of=("self",), no_key=True).order_by("pk")]
    staying = selectors.before_committee(found) | selectors.resting(found)
    _require_unbarred(actor, found, staying)
    today = timezone.localdate(at)
    if seen and selectors.back_report(version, cohort, at=at, on=today, by=actor).fingerprint != seen:
        raise Conflict(_("Something has changed since you read the report; read it again."))
    going: list[Any] = list(found.filter(pk__in=set(keys) - staying).select_related("learner__user").order_by("pk"))
    if not going:
        raise Conflict(
            _("Nobody of this class can be moved back: the time is over, or something rests on this version.")
        )
    earlier = PathwayVersion.objects.select_related("pathway").in_bulk({each.came_from for each in going})
    targets = {each.pk: earlier[each.came_from] for each in going}
    _unpin(version, cohort, {each.came_at for each in going})
    text = _("Your class follows the version of before again. Its page says what it asks, and why.")
    _write(going, targets, actor, reason.strip(), text, at)
    _record(version, "class-moved-back", cohort, len(going), actor, reason.strip(), at)
    return Moved(len(going), len(staying))


def _locked(version: PathwayVersion) -> PathwayVersion:
    locked = PathwayVersion.objects.select_for_update(of=("self",), no_key=True)
    return locked.select_related("pathway__credential__organization").get(pk=version.pk)


def _require_unbarred(actor: User, found: QuerySet[PathwayEnrollment], staying: set[int]) -> None:
    if selectors.barred_from(actor, found) - staying:
        raise Conflict(
            _("Another person must move this class: you are one of them, or have a conflict with one of them.")
        )


def _record(
    version: PathwayVersion, moved_to: str, cohort: Cohort, count: int, actor: User, reason: str, at: datetime
) -> None:
    note = ngettext("%(cohort)s, %(n)s learner: %(why)s", "%(cohort)s, %(n)s learners: %(why)s", count) % {
        "cohort": cohort.name,
        "n": count,
        "why": reason,
    }
    PathwayEvent.objects.create(version=version, actor=actor, moved_to=moved_to, note=note, at=at)


def _pin(version: PathwayVersion, cohort: Cohort, actor: User, at: datetime) -> bool:
    """Let the class join by this version, where it is for some classes only; tell whether that is new."""
    pinned = set(version.cohorts.values_list("pk", flat=True))
    if not pinned or cohort.pk in pinned:
        return False
    version.cohorts.add(cohort)
    PathwayEvent.objects.create(version=version, actor=actor, moved_to="class-pinned", note=cohort.name, at=at)
    return True


def _unpin(version: PathwayVersion, cohort: Cohort, moved_at: set[datetime]) -> None:
    """Take the pin back that the move made, where it made one."""
    if version.events.filter(moved_to="class-pinned", note=cohort.name, at__in=moved_at).exists():
        version.cohorts.remove(cohort)


def _write(
    going: list[PathwayEnrollment],
    targets: dict[int, PathwayVersion],
    actor: User,
    reason: str,
    text: str,
    at: datetime,
) -> None:
    """Move each to its target, by the key of the enrollment, and tell them."""
    EnrollmentMove.objects.bulk_create(
        EnrollmentMove(
            enrollment=each,
            from_version_id=each.version_id,
            to_version=targets[each.pk],
            reason=reason,
            actor=actor,
            at=at,
        )
        for each in going
    )
    for version in set(targets.values()):
        of_version = [key for key, target in targets.items() if target == version]
        PathwayEnrollment.objects.filter(pk__in=of_version).update(version=version)
    learners_services.tell_all(
        Notice(
            user=each.learner.user,
            kind="pathway-moved",
            subject=_("%(title)s: what you have to meet has changed") % {"title": targets[each.pk].title},
            text=text,
            path=targets[each.pk].pathway.get_absolute_url(),
            created_at=at,
        )
        for each in going
        if each.learner.user is not None
    )
    handoff.after_commit("pathways.open_due_cases")
