"""Whether somebody judges a calibration set as those who agreed on it. Pure: no database, no clock.

DOMAIN 3.4: entry takes at least 80 % of the criteria within one level of what was agreed, and the same answer to "does it
pass?" for 4 of 5 pieces of work (for a set of another size: for four fifths of them, rounded up).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

NEAR = 1  # levels
SHARE = Fraction(4, 5)


@dataclass(frozen=True)
class Compared:
    """One criterion of one piece of work: what was given and what was agreed. minimum: the level that passes."""

    is_required: bool
    minimum: int
    given: int
    agreed: int

    @property
    def is_near(self) -> bool:
        return abs(self.given - self.agreed) <= NEAR

    @property
    def is_same_side(self) -> bool:
        """Whether both pass, or both do not."""
        return (self.given >= self.minimum) == (self.agreed >= self.minimum)


@dataclass(frozen=True)
class Score:
    """near of criteria lie within one level; right of works have the same outcome."""

    near: int
    criteria: int
    right: int
    works: int

    @property
    def near_needed(self) -> int:
        return needed(self.criteria)

    @property
    def right_needed(self) -> int:
        return needed(self.works)

    @property
    def is_passed(self) -> bool:
        return self.works > 0 and self.near >= self.near_needed and self.right >= self.right_needed


def needed(count: int) -> int:
    """Four fifths of so many, rounded up."""
    return -(-count * SHARE.numerator // SHARE.denominator)


def passes(levels: Sequence[tuple[int, int]]) -> bool:
    """Whether every level reaches its minimum; levels: (level, minimum)."""
    return all(level >= minimum for level, minimum in levels)


def is_right(work: Sequence[Compared]) -> bool:
    """Whether the whole work passes, or fails, for both."""
    given = passes([(each.given, each.minimum) for each in work])
    agreed = passes([(each.agreed, each.minimum) for each in work])
    return given == agreed


def score(works: Sequence[Sequence[Compared]]) -> Score:
    criteria = [each for work in works for each in work]
    return Score(
        near=sum(each.is_near for each in criteria),
        criteria=len(criteria),
        right=sum(is_right(work) for work in works),
        works=len(works),
    )
