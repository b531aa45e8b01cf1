"""Whether one assessor's levels have moved away from those of the others. Pure: numbers in, numbers out.

DOMAIN 3.4: a flag when the mean of the last 20 marks of an item lies more than 0.5 level from that of the others. A mark is
the mean level of one assessment. Its interval is Welch's (unequal variances; B. L. Welch 1947), with Satterthwaite's degrees of freedom. The work that each was given differs,
so the flag asks for a look and is no verdict.
"""

from collections.abc import Sequence
from dataclasses import dataclass

MARKS = 20
TOO_FAR = 0.5
CONFIDENCE = 0.95
NO_SPREAD = 1e-12  # of means of whole numbers: what is left of rounding


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
    if len(mine) < 2 or len(theirs) < 2:
        return Drift(len(own), len(others), difference)
    of_mine, of_theirs = float(mine.var(ddof=1)) / len(mine), float(theirs.var(ddof=1)) / len(theirs)
    if of_mine + of_theirs < NO_SPREAD:
        return Drift(len(own), len(others), difference)
    from scipy.stats import t

    freedom = (of_mine + of_theirs) ** 2 / (of_mine**2 / (len(mine) - 1) + of_theirs**2 / (len(theirs) - 1))
    reach = float(t.ppf((1 + CONFIDENCE) / 2, freedom)) * (of_mine + of_theirs) ** 0.5
    return Drift(len(own), len(others), difference, difference - reach, difference + reach)
