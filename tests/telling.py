"""Whether two kinds of requests can be told apart by the time that they take.

Asked in pairs, in an order of chance, so that whatever else the machine does falls on both. Other work spoils a round but
makes no difference smaller that is there: one quiet round of several is enough.
"""

import random
from collections.abc import Callable
from statistics import median

RATIO = (0.95, 1.05)  # of the medians
CHANCE = (0.45, 0.55)  # of guessing right from the time alone


def chance_of_telling(one: list[float], other: list[float]) -> float:
    """How often a random time of the one is longer than one of the other: 0.5 when nothing tells them apart."""
    ranked = sorted([(each, True) for each in one] + [(each, False) for each in other])
    ranks = sum(place for place, (_time, is_one) in enumerate(ranked, 1) if is_one)
    return (ranks - len(one) * (len(one) + 1) / 2) / (len(one) * len(other))


def measured(ask: Callable[[int], float], *, rounds: int, pairs: int) -> list[tuple[float, float]]:
    """The ratio of the medians and the chance of telling, round by round, up to the first quiet one.

    ask: makes a request of kind 0 or 1 and answers how long it took.
    """
    chance, found = random.Random(), []
    for _round in range(rounds):
        times: tuple[list[float], list[float]] = ([], [])
        for _pair in range(pairs):
            for kind in chance.sample([0, 1], 2):
                times[kind].append(ask(kind))
        found.append((round(median(times[0]) / median(times[1]), 3), round(chance_of_telling(*times), 3)))
        if is_quiet(found[-1]):
            break
    return found


def is_quiet(each: tuple[float, float]) -> bool:
    ratio, chance = each
    return RATIO[0] <= ratio <= RATIO[1] and CHANCE[0] <= chance <= CHANCE[1]
