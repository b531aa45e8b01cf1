"""Where two judgments of the same work lie too far apart to stand beside each other. Pure: no database, no clock."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

APART = 2  # levels


@dataclass(frozen=True)
class Pair:
    """One criterion as two assessors judged it; None is "cannot judge from this evidence". minimum: its pass line."""

    name: str
    is_required: bool
    minimum: int
    first: int | None
    second: int | None


def difference(pair: Pair) -> str:
    """Why a criterion must be agreed on, in words; empty when the two may stand.

    It must when one judgment passes and the other does not, when they lie two levels apart, and when one of them could not
    judge. A criterion that is not required crosses a pass line as well: it can keep the award from a learner.
    """
    if (pair.first is None) != (pair.second is None):
        return _("one could judge it, the other could not")
    if pair.first is None or pair.second is None:
        return ""
    if (pair.first >= pair.minimum) != (pair.second >= pair.minimum):
        return _("one judgment passes, the other does not")
    return _("two levels apart") if abs(pair.first - pair.second) >= APART else ""


def must_be_agreed(pairs: Sequence[Pair]) -> bool:
    return any(difference(pair) for pair in pairs)
