"""Building the rules of a draft: adding, changing, moving and removing them; starting the next version."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, Organization
from credentials.workflow import CredentialStatus
from learners.models import User
from pathways.models import (
    COUNTED,
    GROUPS,
    OF_BADGES,
    Pathway,
    PathwayEvent,
    PathwayVersion,
    Requirement,
    RequirementKind,
)
from pathways.workflow import PathwayVersionStatus

Kind = RequirementKind
Direction = Literal["up", "down", "in", "out"]
DEPTH_MAX = 6
RULES_MAX = 200


class Asks(NamedTuple):
    """What a rule asks. Which of these matter depends on its kind; the others are left at what they were."""

    label: str = ""
    credential: Credential | None = None
    minimum: int | None = None
    points: int = 1
    repeats_max: int = 1
    contexts_min: int = 1
    assessors_min: int = 1
    window_days: int | None = None
    provider: Organization | None = None
    codes: Sequence[str] = ()


@transaction.atomic
def add_rule(
    *, actor: User, version: PathwayVersion, kind: str, asks: Asks, parent: Requirement | None = None
) -> Requirement:
    """Add a rule at the end of the version, or of a group. Raises NotAllowed, Conflict (published), Invalid."""
    version = _draft(actor, version)
    if version.requirements.count() >= RULES_MAX:
        raise Invalid(_("A pathway has at most %(count)s rules.") % {"count": RULES_MAX})
    if parent is not None:
        parent = version.requirements.select_related("parent").filter(pk=parent.pk).first()
        if parent is None:
            raise Invalid(_("The group is not one of this version, or was removed meanwhile."))
    _require_fit(kind, parent)
    last = version.requirements.filter(parent=parent).aggregate(last=Max("position"))["last"] or 0
    row = Requirement(version=version, parent=parent, position=last + 1, kind=kind)
    _fill(row, asks)
    row.save()
    return row


def sketch_rule(
    *,
    version: PathwayVersion,
    kind: str,
    asks: Asks,
    parent: Requirement | None = None,
    rule: Requirement | None = None,
) -> Requirement:
    """A rule as it would be, for a look at its sentence; nothing is written. rule: the one that would change.

    Raises Invalid.
    """
    if rule is not None:
        row = version.requirements.select_related("parent", "version__pathway__credential").get(pk=rule.pk)
    else:
        _require_fit(kind, parent)
        row = Requirement(pk=0, version=version, parent=parent, position=RULES_MAX * 100, kind=kind)
    _fill(row, asks)
    return row


@transaction.atomic
def change_rule(*, actor: User, rule: Requirement, asks: Asks) -> Requirement:
    """Change what a rule asks; its kind and its parts stay. Raises NotAllowed, Conflict, Invalid."""
    row = _standing(_draft(actor, rule.version), rule)
    _fill(row, asks)
    row.save()
    return row


def _fill(row: Requirement, asks: Asks) -> None:
    """Take over what matters for the kind, and say what is missing."""
    kind = row.kind
    if kind == Kind.CREDENTIAL:
        if asks.credential is None:
            raise Invalid(_("Choose a badge."))
        _require_badge(row, asks.credential)
        row.credential, row.points = asks.credential, asks.points
        return
    row.label = asks.label.strip()
    if kind in GROUPS | OF_BADGES and not row.label:
        raise Invalid(_("Give it a name; learners read it."))
    if kind == Kind.CAPSTONE and not row.label:
        raise Invalid(_("Say what the capstone is; learners read it."))
    if kind in COUNTED:
        if asks.minimum is None or asks.minimum < 1:
            raise Invalid(_("Say how many, at least 1."))
        row.minimum = asks.minimum
    if kind in {Kind.HOURS, Kind.POINTS, Kind.COVERAGE}:
        row.repeats_max = asks.repeats_max
    if kind == Kind.OBSERVATIONS:
        row.contexts_min, row.assessors_min, row.window_days = asks.contexts_min, asks.assessors_min, asks.window_days
    if kind == Kind.OUTSIDE:
        row.provider = asks.provider
    if kind == Kind.COVERAGE:
        codes = list(dict.fromkeys(code.strip() for code in asks.codes if code.strip()))
        if len(codes) < (asks.minimum or 0):
            raise Invalid(_("Name at least as many competencies as it asks for."))
        row.codes = codes


def _require_badge(row: Requirement, badge: Credential) -> None:
    """Refuse a badge of another school, the designation itself, and what is no longer offered unless it stands there."""
    designation = row.version.pathway.credential
    if badge.organization_id != designation.organization_id:
        raise Invalid(_("%(badge)s belongs to another school; name badges of your own.") % {"badge": badge.code})
    if badge.pk == designation.pk:
        raise Invalid(_("A designation cannot ask for itself."))
    if badge.status == CredentialStatus.RETIRED and row.credential_id != badge.pk:
        raise Invalid(_("%(badge)s is no longer offered; put another badge in its place.") % {"badge": badge.code})


def _require_fit(kind: str, parent: Requirement | None, *, height: int = 1) -> None:
    """Refuse a rule where it makes no sense."""
    if parent is None:
        return
    if parent.kind in OF_BADGES:
        if kind != Kind.CREDENTIAL:
            raise Invalid(_("“%(group)s” takes badges alone.") % {"group": parent})
    elif parent.kind not in GROUPS:
        raise Invalid(_("“%(rule)s” is not a group; nothing stands below it.") % {"rule": parent})
    elif kind == Kind.CONFIRMATION:
        raise Invalid(_("The committee confirms the whole, not a part."))
    depth = height
    above: Requirement | None = parent
    while above is not None:
        depth, above = depth + 1, above.parent
    if depth > DEPTH_MAX:
        raise Invalid(_("Groups stand at most %(count)s deep.") % {"count": DEPTH_MAX})


@transaction.atomic
def move_rule(*, actor: User, rule: Requirement, direction: Direction) -> Requirement:
    """Move a rule among its neighbors, into the group before it, or out of its group, behind it.

    Raises NotAllowed, Conflict (published), Invalid (it cannot go there; the message says why).
    """
    version = _draft(actor, rule.version)
    row = _standing(version, rule)
    here = list(version.requirements.filter(parent=row.parent).select_related("parent").order_by("position", "pk"))
    place = next(number for number, each in enumerate(here) if each.pk == row.pk)
    if direction in {"up", "down"}:
        other = place - 1 if direction == "up" else place + 1
        if not 0 <= other < len(here):
            raise Invalid(_("It is the first one already.") if direction == "up" else _("It is the last one already."))
        here[place], here[other] = here[other], here[place]
        _renumber(here)
    elif direction == "in":
        if place == 0:
            raise Invalid(_("There is nothing before it to go into."))
        group = here[place - 1]
        _require_fit(row.kind, group, height=_height(version, row))
        last = version.requirements.filter(parent=group).aggregate(last=Max("position"))["last"] or 0
        row.parent, row.position = group, last + 1
        row.save(update_fields=["parent", "position"])
    else:
        if row.parent is None:
            raise Invalid(_("It stands in no group."))
        group, outer = row.parent, row.parent.parent
        _require_fit(row.kind, outer, height=_height(version, row))
        there = list(version.requirements.filter(parent=outer).order_by("position", "pk"))
        row.parent, row.position = outer, max(each.position for each in there) + 1
        row.save(update_fields=["parent", "position"])
        at = next(number for number, each in enumerate(there) if each.pk == group.pk)
        _renumber([*there[: at + 1], row, *there[at + 1 :]])
    row.refresh_from_db()
    return row


def _height(version: PathwayVersion, row: Requirement) -> int:
    """How deep a rule is, with its parts."""
    below = list(version.requirements.filter(parent=row))
    return 1 + max((_height(version, each) for each in below), default=0)


def _renumber(rows: Sequence[Requirement]) -> None:
    """Write new positions; first out of the way, since no two rows may hold the same for a moment."""
    away = max(each.position for each in rows) + len(rows) + 1
    for start in (away, 1):
        for number, each in enumerate(rows, start):
            Requirement.objects.filter(pk=each.pk).update(position=number)


@transaction.atomic
def remove_rule(*, actor: User, rule: Requirement) -> None:
    """Remove a rule with everything below it. Raises NotAllowed, Conflict (published)."""
    version = _draft(actor, rule.version)
    Requirement.objects.filter(pk=rule.pk).delete()
    # The same number stands on the version too, from before rules were rows; it must not ask for what was removed.
    if rule.kind == Kind.PROFESSIONS and rule.parent_id is None:
        version.minimum_distinct_professions = 1
    if rule.kind == Kind.HOURS and rule.parent_id is None:
        version.minimum_hours = 0
    version.save(update_fields=["minimum_distinct_professions", "minimum_hours"])


@transaction.atomic
def start_version(*, actor: User, pathway: Pathway, at: datetime) -> PathwayVersion:
    """Copy the newest version, its rules included, into a draft of the next number.

    Raises NotAllowed, Conflict (there is a draft already).
    """
    pathway = (
        Pathway.objects.select_for_update(of=("self",)).select_related("credential__organization").get(pk=pathway.pk)
    )
    require(actor, Can.PATHWAY_EDIT, pathway)
    newest = pathway.versions.order_by("-number").first()
    if newest is None:
        raise Invalid(_("There is no version to copy."))
    if newest.status == PathwayVersionStatus.DRAFT:
        raise Conflict(_("Version %(number)s is a draft already; go on with that.") % {"number": newest.number})
    rows = list(newest.requirements.order_by("position", "pk"))
    source = PathwayVersion.objects.get(pk=newest.pk)
    source.pk = None
    source._state.adding = True
    source.number, source.status = newest.number + 1, PathwayVersionStatus.DRAFT
    source.published_at = source.published_by = None
    source.credential_version = pathway.credential.current_version or newest.credential_version
    source.save()
    _copy(rows, source)
    PathwayEvent.objects.create(version=source, actor=actor, moved_to=source.status, at=at)
    return source


def _copy(rows: Sequence[Requirement], version: PathwayVersion) -> None:
    """Parents before their parts, so that each finds its own."""
    made: dict[int | None, Requirement | None] = {None: None}
    waiting = list(rows)
    while waiting:
        ready = [row for row in waiting if row.parent_id in made]
        waiting = [row for row in waiting if row.parent_id not in made]
        for row in ready:
            made[row.pk] = Requirement.objects.create(
                version=version,
                key=row.key,
                parent=made[row.parent_id],
                position=row.position,
                kind=row.kind,
                label=row.label,
                credential_id=row.credential_id,
                minimum=row.minimum,
                points=row.points,
                repeats_max=row.repeats_max,
                contexts_min=row.contexts_min,
                assessors_min=row.assessors_min,
                window_days=row.window_days,
                provider_id=row.provider_id,
                codes=row.codes,
            )


def _standing(version: PathwayVersion, rule: Requirement) -> Requirement:
    row = version.requirements.select_related("parent").filter(pk=rule.pk).first()
    if row is None:
        raise Conflict(_("This rule was removed meanwhile."))
    row.version = version
    return row


def _draft(actor: User, version: PathwayVersion) -> PathwayVersion:
    version = (
        PathwayVersion.objects.select_for_update(of=("self",))
        .select_related("pathway__credential__organization")
        .get(pk=version.pk)
    )
    require(actor, Can.PATHWAY_EDIT, version.pathway)
    if version.status != PathwayVersionStatus.DRAFT:
        raise Conflict(_("This version is published; a change is a new version."))
    return version
