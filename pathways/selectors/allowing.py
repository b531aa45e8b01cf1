"""What was waived or substituted for a learner, and what of a version can be."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from pathways.models import (
    GROUPS,
    OF_BADGES,
    SUMS,
    PathwayVersion,
    Requirement,
    Waiver,
)
from pathways.models import RequirementKind as Kind

from .asking import Asked
from .planning import title_of

TAKES_ANOTHER = SUMS | {Kind.CHOOSE, Kind.ANY_OF}  # a badge more among those that it names


@dataclass(frozen=True)
class Place:
    """A rule of a version, where it stands in the tree, and what can be done about it for one learner."""

    rule: Requirement
    depth: int
    takes_waiver: bool
    takes_substitute: bool


def places(version: PathwayVersion) -> list[Place]:
    """The rules of a version in the order in which they are read. One query.

    The committee's word is not waived. Of a sum over badges the whole can be waived, or another badge be let in; that one
    of its badges is waived would bring nothing.
    """
    below: dict[int | None, list[Requirement]] = defaultdict(list)
    for row in version.requirements.select_related("credential__current_version").order_by("position", "pk"):
        below[row.parent_id].append(row)

    def under(parent: Requirement | None, depth: int) -> list[Place]:
        found: list[Place] = []
        for row in below[parent.pk if parent else None]:
            is_summed = parent is not None and parent.kind in OF_BADGES - {Kind.IN_ORDER}
            found.append(
                Place(
                    row,
                    depth,
                    takes_waiver=row.kind != Kind.CONFIRMATION and not is_summed,
                    takes_substitute=(row.kind == Kind.CREDENTIAL and not is_summed)
                    or (row.kind in TAKES_ANOTHER and bool(below[row.pk])),
                )
            )
            if row.kind in GROUPS | OF_BADGES:
                found += under(row, depth + 1)
        return found

    return under(None, 0)


@dataclass(frozen=True)
class Allowance:
    """A waiver or a substitution in words. is_asked: the version of the learner still has the rule.

    is_changed: it has it and asks something else or more by it, so that this holds no longer.
    """

    waiver: Waiver
    sentence: str
    is_standing: bool
    is_asked: bool
    is_changed: bool


def allowances(waivers: Iterable[Waiver], asked: Asked) -> list[Allowance]:
    """What was waived or substituted, also what was taken back, in words. asked: what the version of today asks. No query."""
    return [
        Allowance(
            each,
            _sentence(each),
            is_standing=not hasattr(each, "withdrawal"),
            is_asked=each.requirement.key in asked.ids,
            is_changed=each.requirement.key in asked.ids and asked.waived_place(each) is None,
        )
        for each in waivers
    ]


def _sentence(waiver: Waiver) -> str:
    name = waiver.requirement.name
    if waiver.substitute is None:
        return _("“%(rule)s” is waived.") % {"rule": name}
    words = {"badge": title_of(waiver.substitute), "rule": name}
    if waiver.requirement.kind == Kind.CREDENTIAL:
        return _("%(badge)s may stand in for “%(rule)s”.") % words
    return _("%(badge)s counts for “%(rule)s”, too.") % words
