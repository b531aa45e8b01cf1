"""The pass rule: from a level for each criterion to a proposed outcome, explained in sentences.

Pure: no database, no clock. The rule is printed on the item's page: every required criterion at `required_minimum` or
above, and every other at `optional_minimum` or above. Levels are ordinal; nothing is averaged.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True)
class Judged:
    """One criterion as judged. level: 1 to 4, or None for "cannot judge from this evidence" or not judged.

    is_judged: whether the assessor has said either.
    """

    name: str
    is_required: bool
    level: int | None
    is_judged: bool = True


@dataclass(frozen=True)
class Verdict:
    """Whether the rule is met, the criteria that fall short in their order, and the explanation."""

    is_met: bool
    short: tuple[str, ...]
    explanation: str


@dataclass(frozen=True)
class Gap:
    """What is still to be said about a criterion before an assessment can be finished. field: "level" or "next_step"."""

    position: int
    field: str
    text: str


def gaps(
    judged: Sequence[Judged], next_steps: Sequence[str], *, required_minimum: int, optional_minimum: int
) -> list[Gap]:
    """Every criterion needs a level or "cannot judge"; below the standard it needs a next step as well (DOMAIN B9).

    judged, next_steps: in the order of the rubric; a criterion that "cannot be judged" has no level and is_judged true.
    Positions count from 0.
    """
    found = []
    for position, (each, next_step) in enumerate(zip(judged, next_steps, strict=True)):
        minimum = required_minimum if each.is_required else optional_minimum
        if not each.is_judged:
            found.append(Gap(position, "level", _("%(name)s: choose a level") % {"name": each.name}))
        elif (each.level is None or each.level < minimum) and not next_step.strip():
            found.append(Gap(position, "next_step", _("%(name)s: say the next step") % {"name": each.name}))
    return found


def judge(judged: Sequence[Judged], *, rule: str, required_minimum: int, optional_minimum: int) -> Verdict:
    """Apply the rule, whose printed sentence the explanation repeats. A criterion without a level falls short; a rubric without a required criterion is never met."""
    short = []
    for each in judged:
        minimum = required_minimum if each.is_required else optional_minimum
        if each.level is None or each.level < minimum:
            short.append(each.name)
    if not any(each.is_required for each in judged):
        return Verdict(False, tuple(short), _("The rubric has no required criterion, so nothing can be awarded by it."))
    if not short:
        return Verdict(True, (), rule + " " + _("All of them do."))
    names = ", ".join(short)
    falls = ngettext("This one falls short: %(names)s.", "These fall short: %(names)s.", len(short)) % {"names": names}
    return Verdict(False, tuple(short), f"{rule} {falls}")
