"""How far assessors agree: weighted kappa for each criterion, exact and adjacent agreement, ICC(2,1) on totals.

Pure: numbers in, numbers out. numpy does the sums, scipy the distributions. Levels are 1 to 4.

Kappa: J. Cohen (1968), weights (i - j)²; its variance: J. L. Fleiss, J. Cohen, B. S. Everitt (1969), "Large sample standard
errors of kappa and weighted kappa", Psychological Bulletin 72, formula 11 (not assuming that there is no agreement).
ICC(2,1), two-way random effects, absolute agreement, single rater: P. E. Shrout, J. L. Fleiss (1979); its interval:
K. O. McGraw, S. P. Wong (1996), table 7, with Satterthwaite's degrees of freedom.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

LEVELS = 4
ENOUGH = 30  # below so many pairs nothing is judged by the figures
CONFIDENCE = 0.95
MODERATE = 0.41  # from here on Landis and Koch (1977) speak of moderate agreement


@dataclass(frozen=True)
class Estimate:
    """A coefficient with its 95 % interval; value None: not defined, because one judge never varied (or nothing varied)."""

    n: int
    value: float | None
    low: float | None = None
    high: float | None = None

    @property
    def is_enough(self) -> bool:
        return self.n >= ENOUGH


@dataclass(frozen=True)
class Agreement:
    """One criterion: kappa, and the shares of pairs with the same level and with levels at most one apart."""

    kappa: Estimate
    exact: float | None
    adjacent: float | None


def agreement(first: Sequence[int], second: Sequence[int]) -> Agreement:
    """Compare two judges of the same pieces of work, level by level, in the same order."""
    pairs = list(zip(first, second, strict=True))
    if not pairs:
        return Agreement(Estimate(0, None), None, None)
    apart = [abs(one - other) for one, other in pairs]
    return Agreement(
        weighted_kappa(first, second),
        sum(each == 0 for each in apart) / len(apart),
        sum(each <= 1 for each in apart) / len(apart),
    )


def weighted_kappa(first: Sequence[int], second: Sequence[int]) -> Estimate:
    """Cohen's kappa with quadratic weights, and its large-sample interval; not defined where either judge never varies."""
    import numpy as np
    from scipy.stats import norm

    n = len(first)
    if len(set(first)) < 2 or len(set(second)) < 2:
        return Estimate(n, None)
    observed = np.zeros((LEVELS, LEVELS))
    for one, other in zip(first, second, strict=True):
        observed[one - 1, other - 1] += 1 / n
    rows, columns = observed.sum(axis=1), observed.sum(axis=0)
    step = np.arange(LEVELS)
    weights = 1 - ((step[:, None] - step[None, :]) / (LEVELS - 1)) ** 2
    by_chance = np.outer(rows, columns)
    agreed, expected = (weights * observed).sum(), (weights * by_chance).sum()
    kappa = (agreed - expected) / (1 - expected)
    of_row, of_column = weights @ columns, rows @ weights
    spread = weights * (1 - expected) - (of_row[:, None] + of_column[None, :]) * (1 - agreed)
    rest = agreed * expected - 2 * expected + agreed
    variance = ((observed * spread**2).sum() - rest**2) / (n * (1 - expected) ** 4)
    reach = norm.ppf((1 + CONFIDENCE) / 2) * max(variance, 0.0) ** 0.5
    return Estimate(n, float(kappa), float(max(kappa - reach, -1)), float(min(kappa + reach, 1)))


def icc(totals: Sequence[Sequence[float]]) -> Estimate:
    """ICC(2,1) of a table with a row for each piece of work and a column for each judge; not defined where nothing varies."""
    import numpy as np
    from scipy.stats import f

    table = np.asarray(totals, dtype=float)
    n = len(table)
    if n < 2 or np.all(table == table.flat[0]):
        return Estimate(n, None)
    judges = table.shape[1]
    mean = table.mean()
    of_work = judges * ((table.mean(axis=1) - mean) ** 2).sum() / (n - 1)
    of_judges = n * ((table.mean(axis=0) - mean) ** 2).sum() / (judges - 1)
    rest = ((table - mean) ** 2).sum() - of_work * (n - 1) - of_judges * (judges - 1)
    of_error = max(rest, 0.0) / ((n - 1) * (judges - 1))
    below = of_work + (judges - 1) * of_error + judges * (of_judges - of_error) / n
    if below <= 0:
        return Estimate(n, None)
    value = (of_work - of_error) / below
    if of_error == 0 and of_judges == 0:
        return Estimate(n, float(value), 1.0, 1.0)
    a = judges * value / (n * (1 - value)) if value < 1 else 0.0
    b = 1 + judges * value * (n - 1) / (n * (1 - value)) if value < 1 else 1.0
    shares = (a * of_judges) ** 2 / (judges - 1) + (b * of_error) ** 2 / ((n - 1) * (judges - 1))
    freedom = max((a * of_judges + b * of_error) ** 2 / shares if shares else 1.0, 1.0)
    upper, lower = f.ppf((1 + CONFIDENCE) / 2, n - 1, freedom), f.ppf((1 + CONFIDENCE) / 2, freedom, n - 1)
    error = judges * of_judges + (judges * n - judges - n) * of_error
    low = n * (of_work - upper * of_error) / (upper * error + n * of_work)
    high = n * (lower * of_work - of_error) / (error + n * lower * of_work)
    return Estimate(n, float(value), float(low), float(high))


def kappa_in_words(value: float) -> str:
    """The usual name of a kappa (Landis and Koch 1977); a label, not a verdict."""
    names = [
        (0.81, _("almost perfect")),
        (0.61, _("substantial")),
        (MODERATE, _("moderate")),
        (0.21, _("fair")),
        (0.0, _("slight")),
    ]
    return next((name for least, name in names if value >= least), _("poor"))


def icc_in_words(value: float) -> str:
    """The usual name of an ICC (Koo and Li 2016)."""
    names = [(0.9, _("excellent")), (0.75, _("good")), (0.5, _("moderate"))]
    return next((name for least, name in names if value >= least), _("poor"))
