"""Which award counts where, chosen exactly.

An award counts once, and of all ways to fill the most places the one with the most hours is taken. Places and awards form
a transversal matroid, so taking awards by descending hours and making room by augmenting paths is optimal (Edmonds and
Fulkerson, 1965).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .model import Choose, Held, Rule, RuleError, items_of


@dataclass(frozen=True)
class Place:
    """Room for one award."""

    rule_id: int
    candidates: frozenset[int]
    is_waived: bool


def places_of(rules: Sequence[Rule], waived: frozenset[int]) -> list[Place]:
    """Room for each award that the rules ask for; what nothing else can fill stands first, what is waived last."""
    single, several = [], []
    for rule in rules:
        is_waived = rule.id in waived
        if isinstance(rule, Choose):
            if rule.count < 1:
                raise RuleError(f"“{rule.label}” asks for {rule.count}.")
            candidates = frozenset(item.credential_id for item in rule.items)
            several += [Place(rule.id, candidates, is_waived)] * rule.count
        else:
            single += [Place(rule.id, frozenset([item.credential_id]), is_waived) for item in items_of(rule)]
    return sorted([*single, *several], key=lambda place: place.is_waived)


class Seating:
    """Which award takes which place. A place that is taken stays taken, though not always by the same award."""

    def __init__(self, places: Sequence[Place]) -> None:
        self.places = places
        self.taken: dict[int, Held] = {}

    def seat(self, award: Held, numbers: Collection[int]) -> bool:
        """Find room for an award among the places of these numbers, moving others if need be."""
        return self._make_room(award, numbers, set())

    def _make_room(self, award: Held, numbers: Collection[int], tried: set[int]) -> bool:
        for number in numbers:
            if number in tried or award.credential_id not in self.places[number].candidates:
                continue
            tried.add(number)
            if number not in self.taken or self._make_room(self.taken[number], numbers, tried):
                self.taken[number] = award
                return True
        return False


def assign(places: Sequence[Place], counting: Sequence[Held]) -> dict[int, tuple[Held, ...]]:
    """The awards of each rule: the most places filled, and of all ways to do so the one with the most hours.

    Places of waived rules only take what is left over. First seating the others loses no hours: what is independent in the
    part is taken by the whole in the same order.
    """
    ordered = sorted(counting, key=lambda each: (-each.hours, each.awarded_on, each.award_id))
    seating = Seating(places)
    asked = [number for number, place in enumerate(places) if not place.is_waived]
    seated = {each.award_id for each in ordered if seating.seat(each, asked)}
    if len(asked) < len(places):
        for each in ordered:
            if each.award_id not in seated:
                seating.seat(each, range(len(places)))
    used: dict[int, list[Held]] = {}
    for number, place in enumerate(places):
        if number in seating.taken:
            used.setdefault(place.rule_id, []).append(seating.taken[number])
    return {rule_id: tuple(awards) for rule_id, awards in used.items()}
