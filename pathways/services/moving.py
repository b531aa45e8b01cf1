"""Moving a class to another version of a pathway: versions are pinned by entry class, and stay so until somebody moves it."""

from datetime import datetime
from typing import NamedTuple

from django.db import transaction
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
    """How many learners were moved, and how many stay because the committee has their case."""

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
    version = (
        PathwayVersion.objects.select_for_update(of=("self",), no_key=True)
        .select_related("pathway__credential__organization")
        .get(pk=version.pk)
    )
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
    if selectors.barred_from(actor, found) - staying:
        raise Conflict(
            _("Another person must move this class: you are one of them, or have a conflict with one of them.")
        )
    if seen and selectors.move_report(version, cohort, on=timezone.localdate(at), by=actor).fingerprint != seen:
        raise Conflict(_("Something has changed since you read the report; read it again."))
    going = list(
        PathwayEnrollment.objects.filter(pk__in=set(keys) - staying).select_related("learner__user").order_by("pk")
    )
    is_pinned = _pin(version, cohort)
    if going or is_pinned:
        _write(going, version, actor, reason.strip(), at)
        note = ngettext("%(cohort)s, %(n)s learner: %(why)s", "%(cohort)s, %(n)s learners: %(why)s", len(going)) % {
            "cohort": cohort.name,
            "n": len(going),
            "why": reason.strip(),
        }
        PathwayEvent.objects.create(version=version, actor=actor, moved_to="class-moved", note=note, at=at)
    return Moved(len(going), len(staying))


def _pin(version: PathwayVersion, cohort: Cohort) -> bool:
    """Let the class join by this version, where it is for some classes only; tell whether that is new."""
    pinned = set(version.cohorts.values_list("pk", flat=True))
    if not pinned or cohort.pk in pinned:
        return False
    version.cohorts.add(cohort)
    return True


def _write(going: list[PathwayEnrollment], version: PathwayVersion, actor: User, reason: str, at: datetime) -> None:
    EnrollmentMove.objects.bulk_create(
        EnrollmentMove(
            enrollment=each, from_version_id=each.version_id, to_version=version, reason=reason, actor=actor, at=at
        )
        for each in going
    )
    PathwayEnrollment.objects.filter(pk__in=[each.pk for each in going]).update(version=version)
    learners_services.tell_all(
        Notice(
            user=each.learner.user,
            kind="pathway-moved",
            subject=_("%(title)s: what you have to meet has changed") % {"title": version.title},
            text=_("Your class follows a newer version of the pathway. Its page says what it asks, and why."),
            path=version.pathway.get_absolute_url(),
            created_at=at,
        )
        for each in going
        if each.learner.user is not None
    )
    handoff.after_commit("pathways.open_due_cases")
