"""Who judges what: an exact matching of work to people. Pure: no database, no clock, no Django.

Each place of a person costs more than the one before it: the first piece of work costs 1, the fifth 5. The cheapest way to
place all work is then the most even one (Harvey, Ladner, Lovász, Tamir 2006, "Semi-matchings for bipartite graphs and load
balancing"): no other placing of as many pieces has a smaller sum of squared loads, nor a smaller greatest load. It is found
by scipy's solver of the assignment problem (a shortest augmenting path algorithm, exact).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

# Costs are whole numbers in floats, which hold them exactly up to here.
EXACT = 2**53


@dataclass(frozen=True)
class Judge:
    """Somebody who can take on `places` more pieces of work and has `load` pieces before them."""

    key: int
    places: int
    load: int = 0


@dataclass(frozen=True)
class Work:
    """A piece of work with the keys of those who may judge it; `former`: who judged it before, preferred to all others."""

    key: int
    eligible: Collection[int]
    former: int | None = None


def match(works: Sequence[Work], judges: Sequence[Judge]) -> dict[int, int]:
    """Place as much work as possible: the key of the judge for each piece that has one.

    In this order: as many pieces as possible; as many as possible with whom they had before; loads as even as possible.
    Exact, and the same whenever it is called. A single piece goes to the first in `judges` among equals: work that comes one
    by one goes round. (For many at once a price for the turn would cost the solver thirty times as long.)
    """
    able = [judge for judge in judges if judge.places > 0]
    if not works or not able:
        return {}
    if len(works) == 1:
        return _match_one(works[0], able)
    return _match_many(works, able)


def _match_one(work: Work, judges: Sequence[Judge]) -> dict[int, int]:
    """The same answer without loading a solver: most work comes alone."""
    may = [judge for judge in judges if judge.key in work.eligible]
    best = min(may, key=lambda judge: (judge.key != work.former, judge.load), default=None)
    return {work.key: best.key} if best else {}


def _match_many(works: Sequence[Work], judges: Sequence[Judge]) -> dict[int, int]:
    import numpy as np  # loaded by those who match, not by every process of the site
    from scipy.optimize import linear_sum_assignment

    lowest = min(judge.load for judge in judges)
    places = [min(judge.places, len(works)) for judge in judges]
    owner = np.repeat(np.arange(len(judges)), places)
    of_place = np.concatenate(
        [judge.load - lowest + np.arange(1.0, count + 1) for judge, count in zip(judges, places, strict=True)]
    )
    former, never = _weights(len(works), int(of_place.max()))

    column = {judge.key: number for number, judge in enumerate(judges)}
    costs = np.full((len(works), len(judges)), float(never))
    for row, work in enumerate(works):
        costs[row, [column[key] for key in work.eligible if key in column]] = former
        if work.former in column and work.former in work.eligible:
            costs[row, column[work.former]] = 0.0
    # Work that nobody can take stands beside the places, on a column that costs the same for all.
    beside = np.full((len(works), len(works)), float(never))
    rows, chosen = linear_sum_assignment(np.hstack([costs[:, owner] + of_place, beside]))
    return {
        works[row].key: judges[owner[place]].key
        for row, place in zip(rows, chosen, strict=True)
        if place < len(owner) and costs[row, owner[place]] < never
    }


def _weights(works: int, steps: int) -> tuple[int, int]:
    """What a change of judge and an unplaced piece cost, each more than all of the lesser costs together."""
    former = works * (steps + 1) + 1
    never = works * (former + steps + 1) + 1
    if never * works >= EXACT:
        raise OverflowError(f"Too much work to match at once: {works} pieces.")
    return former, never


def spread(loads: Collection[int]) -> int:
    """How far the greatest load lies above the smallest."""
    return max(loads) - min(loads) if loads else 0
