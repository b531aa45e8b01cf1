"""Teams of several professions. Pure: no database, no clock; the same seed gives the same teams.

As many teams as possible have k professions, exactly: m teams can each have k different ones if and only if the sum over the
professions of min(people of it, m) is at least k·m. (No profession serves a team twice, so it serves at most that many. When the sum
suffices, k·m people, at most m of a profession, sorted by profession and dealt round to m teams, give no team two of the same.)
Whoever is left goes where there is room and fewest of their profession are.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    key: int
    profession: str


@dataclass(frozen=True)
class Teams:
    """members: the keys of each team. short: how many teams have fewer professions than asked; other_size: how many
    are not of the size asked; without: for each profession, how many teams have nobody of it."""

    members: list[list[int]]
    short: int
    other_size: int
    without: dict[str, int]


def form(people: Sequence[Person], *, size: int, professions: int, seed: int) -> Teams:
    """Divide people into teams that differ by one member at most, as near to the size as can be. size: at least `professions`."""
    if not people:
        return Teams([], 0, 0, {})
    count = max(1, (len(people) + size // 2) // size)
    places = [len(people) // count + (number < len(people) % count) for number in range(count)]
    waiting = _shuffled(people, seed)
    most = _most_teams({name: len(each) for name, each in waiting.items()}, places, professions)
    teams: list[list[Person]] = [[] for _place in places]
    for number, person in enumerate(_take(waiting, most, professions)):
        teams[number % most].append(person)
    _fill(teams, places, [person for each in waiting.values() for person in each])
    held = [Counter(person.profession for person in team) for team in teams]
    names = sorted({person.profession for person in people})
    return Teams(
        members=[[person.key for person in team] for team in teams],
        short=sum(len(each) < professions for each in held),
        other_size=sum(len(team) != size for team in teams),
        without={name: sum(not each[name] for each in held) for name in names},
    )


def _shuffled(people: Sequence[Person], seed: int) -> dict[str, list[Person]]:
    """By profession, each in the order of the seed."""
    found: dict[str, list[Person]] = {}
    for person in sorted(people, key=lambda each: (each.profession, each.key)):
        found.setdefault(person.profession, []).append(person)
    generator = random.Random(seed)  # noqa: S311  no secret: chance that can be repeated
    for each in found.values():
        generator.shuffle(each)
    return found


def _most_teams(counts: dict[str, int], places: Sequence[int], professions: int) -> int:
    """The greatest m of the rule above; teams that are too small for so many professions are left out."""
    able = sum(each >= professions for each in places)
    return next(m for m in range(able, -1, -1) if sum(min(n, m) for n in counts.values()) >= professions * m)


def _take(waiting: dict[str, list[Person]], teams: int, professions: int) -> list[Person]:
    """professions * teams people, sorted by profession, at most `teams` of each; what is too many is spared where most are."""
    given = {name: min(len(each), teams) for name, each in waiting.items()}
    for _surplus in range(sum(given.values()) - professions * teams):
        name = max(given, key=lambda each: (given[each], len(waiting[each]), each))
        given[name] -= 1
    return [waiting[name].pop() for name in sorted(waiting) for _each in range(given[name])]


def _fill(teams: list[list[Person]], places: Sequence[int], rest: Sequence[Person]) -> None:
    held = [Counter(person.profession for person in team) for team in teams]
    for person in rest:
        open_teams = (number for number, team in enumerate(teams) if len(team) < places[number])
        best = min(open_teams, key=lambda number: (held[number][person.profession], len(teams[number]), number))
        teams[best].append(person)
        held[best][person.profession] += 1
