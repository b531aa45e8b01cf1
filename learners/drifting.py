"""Whether one assessor's levels have moved away from those of the others. Pure: numbers in, numbers out.

DOMAIN 3.4: a flag when the mean of the last 20 marks of an item lies more than 0.5 level from that of the others. A mark is
the mean level of one assessment. Its interval is Welch's (unequal variances), as scipy computes it. The work that each was given differs,
so the flag asks for a look and is no verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MARKS = 20
TOO_FAR = 0.5
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Drift:
    """n and others: how many marks on each side. difference: own mean less that of the others, None without both."""

    n: int
    others: int
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_enough(self) -> bool:
        return self.n >= MARKS and self.others >= MARKS

    @property
    def is_flagged(self) -> bool:
        return self.is_enough and self.difference is not None and round(abs(self.difference), 9) > TOO_FAR


def drift(own: Sequence[float], others: Sequence[float]) -> Drift:
    """Compare one assessor's last marks with the last marks of everybody else."""
    if not own or not others:
        return Drift(len(own), len(others))
    import numpy as np

    mine, theirs = np.asarray(own, dtype=float), np.asarray(others, dtype=float)
    difference = float(mine.mean() - theirs.mean())
    if len(mine) < 2 or len(theirs) < 2 or (mine.std() == 0 and theirs.std() == 0):
        return Drift(len(own), len(others), difference)
    from scipy.stats import ttest_ind

    interval = ttest_ind(mine, theirs, equal_var=False).confidence_interval(CONFIDENCE)
    return Drift(len(own), len(others), difference, float(interval.low), float(interval.high))
