"""Which award counts where, chosen exactly.

An award counts once. Where only groups of credentials overlap, and hours are summed over all of them, the choice is a
matching: places and awards form a transversal matroid, so that taking awards by descending hours and making room by
augmenting paths fills the most places with the most hours (Edmonds and Fulkerson, 1965). That matching is also right
elsewhere when it meets every rule that might be met at all and stays within every limit. Only what is left then goes to
integer programming: points, coverage and hours of a group's own over shared items, groups within choices, and limits on
what is shared with other designations or comes from elsewhere.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from time import process_time

from .model import (
    AllOf,
    Choose,
    Coverage,
    Facts,
    Held,
    Hours,
    InOrder,
    Pathway,
    Points,
    Required,
    Rule,
    RuleError,
    Sum,
    parts_of,
)
from .observing import is_fact_met, is_in_order

Used = Mapping[int, Sequence[Held]]  # by the id of the rule at whose place an award counts


@dataclass(frozen=True)
class Slot:
    """Where awards count: at a credential, at a choice among credentials, at a sum over credentials.

    capacity: how many count; None when only `repeats_max` of the same credential limits it. within: for each choice above
    it among whole groups, that choice and the part of it that this slot belongs to. path: the ids of the rules above, and
    its own.
    """

    rule_id: int
    capacity: int | None
    points: Mapping[int, int]
    repeats_max: int
    within: tuple[tuple[int, int], ...]
    path: frozenset[int]


class Plan:
    """What about a pathway is the same for every learner."""

    def __init__(self, pathway: Pathway) -> None:
        self.rules = pathway.rules
        self.slots: list[Slot] = []
        self.is_flat = True  # a matching alone is the whole answer
        self.choices: dict[int, int] = {}  # how many parts count, for each choice among whole groups
        for rule in pathway.rules:
            self._lay_out(rule, (), frozenset())
        self.best_points: dict[int, int] = {}
        for slot in self.slots:
            for key, points in slot.points.items():
                self.best_points[key] = max(points, self.best_points.get(key, 0))
        self.slot_of = {slot.rule_id: slot for slot in self.slots}
        places = [(number, key) for number, slot in enumerate(self.slots) for key in _rooms(slot)]
        # What a single credential can fill stands first, so that no other place takes it away without need.
        places.sort(key=lambda place: place[1] is None)
        self.places = [number for number, _key in places]
        self.rooms: dict[int, list[int]] = {}
        for place, (number, only) in enumerate(places):
            for key in self.slots[number].points if only is None else [only]:
                self.rooms.setdefault(key, []).append(place)

    def _lay_out(self, rule: Rule, within: tuple[tuple[int, int], ...], above: frozenset[int]) -> None:
        path = above | {rule.id}
        parts = parts_of(rule)
        if isinstance(rule, Required):
            points = {item.credential_id: rule.points for item in rule.items}
            self.slots.append(Slot(rule.id, 1, points, 1, within, path))
        elif isinstance(rule, AllOf | InOrder):
            if isinstance(rule, InOrder):
                if not all(isinstance(part, Required) for part in parts):
                    raise RuleError(f"“{rule.label}” is a sequence; its steps are badges, not groups.")
                if any(len(part.items) > 1 for part in parts if isinstance(part, Required)):
                    self.is_flat = False  # which of the two counts decides on the order
            for part in parts:
                self._lay_out(part, within, path)
        elif isinstance(rule, Choose):
            if rule.count < 1:
                raise RuleError(f"“{rule.label}” asks for {rule.count}.")
            if rule.is_plain:
                self.slots.append(Slot(rule.id, rule.count, _points(parts), 1, within, path))
            else:
                self.is_flat = False
                self.choices[rule.id] = rule.count
                for part in parts:
                    self._lay_out(part, (*within, (rule.id, part.id)), path)
        elif isinstance(rule, Hours | Points | Coverage):
            if not all(isinstance(part, Required) for part in parts):
                raise RuleError(f"“{rule.label}” is a sum; its parts are badges, not groups.")
            if parts:
                self.slots.append(Slot(rule.id, None, _points(parts), rule.repeats_max, within, path))
            if parts or above or not isinstance(rule, Hours):
                self.is_flat = False


def _points(parts: Sequence[Rule]) -> dict[int, int]:
    return {item.credential_id: part.points for part in parts if isinstance(part, Required) for item in part.items}


def _rooms(slot: Slot) -> list[int | None]:
    """A place for each award that fits: for any of the slot's credentials (None), or for one of them alone."""
    if slot.capacity is None:
        return [key for key in slot.points for _time in range(slot.repeats_max)]
    if len(slot.points) == 1:
        return [key for key in slot.points for _time in range(min(slot.capacity, 1))]
    return [None] * slot.capacity


class Seating:
    """Which award takes which place. A place that is taken stays taken, though not always by the same award."""

    def __init__(self, plan: Plan, awards: Sequence[Held]) -> None:
        self.plan, self.awards = plan, awards
        self.taken: dict[int, int] = {}

    def seat(self, award: int, closed: Collection[int], tried: set[int] | None = None) -> bool:
        """Find room for an award, moving others if need be; not among the slots that are closed."""
        tried = set() if tried is None else tried
        held = self.awards[award]
        for place in self.plan.rooms.get(held.credential_id, ()):
            if place in tried or self.plan.places[place] in closed:
                continue
            if held.is_earlier and self.plan.slots[self.plan.places[place]].repeats_max < 2:
                continue
            tried.add(place)
            if place not in self.taken or self.seat(self.taken[place], closed, tried):
                self.taken[place] = award
                return True
        return False


def match(plan: Plan, awards: Sequence[Held], steps: Sequence[Collection[int]]) -> dict[int, list[Held]]:
    """The most places filled, and of all ways to do so the one with the most hours.

    steps: for each step the numbers of the slots that are still closed, fewer each time; a place that is taken in one step
    stays taken in the next. Whatever the steps before, the last one ends with the most awards and hours: an award that all
    slots together have no room for finds none among some of them either.
    """
    left = sorted(range(len(awards)), key=lambda n: (-awards[n].hours, awards[n].awarded_on, awards[n].award_id))
    seating = Seating(plan, awards)
    for closed in steps:
        left = [award for award in left if not seating.seat(award, closed)]
        if not left:
            break
    used: dict[int, list[Held]] = {}
    for place in sorted(seating.taken):
        used.setdefault(plan.slots[plan.places[place]].rule_id, []).append(awards[seating.taken[place]])
    return used


class Tally:
    """What a way of counting adds up to."""

    def __init__(self, plan: Plan, used: Used) -> None:
        self.plan, self.used = plan, used
        self.awards = [each for awards in used.values() for each in awards]
        self.hours = sum(each.hours for each in self.awards)

    def scope(self, rule: Sum) -> Sequence[Held]:
        return self.used.get(rule.id, ()) if rule.rules else self.awards

    def amount(self, rule: Sum) -> int:
        """How much of its sum a rule has."""
        if isinstance(rule, Hours):
            return sum(each.hours for each in self.used.get(rule.id, ())) if rule.rules else self.hours
        if isinstance(rule, Points):
            slots = [self.plan.slot_of[rule.id]] if rule.rules else self.plan.slots
            return sum(s.points[each.credential_id] for s in slots for each in self.used.get(s.rule_id, ()))
        covered = frozenset[str]().union(*(each.covers for each in self.scope(rule)))
        return sum(each.key in covered for each in rule.competencies)

    def is_met(self, rule: Rule, facts: Facts, waived: frozenset[int]) -> bool:
        if rule.id in waived:
            return True
        if isinstance(rule, Required):
            return bool(self.used.get(rule.id))
        if isinstance(rule, Choose):
            if rule.id in self.plan.slot_of:
                return len(self.used.get(rule.id, ())) >= rule.count
            return sum(self.is_met(part, facts, waived) for part in rule.rules) >= rule.count
        if isinstance(rule, AllOf | InOrder):
            is_whole = all(self.is_met(part, facts, waived) for part in rule.rules)
            return is_whole and (isinstance(rule, AllOf) or is_in_order(rule, self.used, waived))
        if isinstance(rule, Hours | Points | Coverage):
            return self.amount(rule) >= rule.minimum
        return is_fact_met(rule, facts)


@dataclass
class Share:
    """How much of the counting went to the solver; for the benchmark."""

    counted: int = 0
    solved: int = 0
    seconds: float = 0.0

    def clear(self) -> None:
        self.counted, self.solved, self.seconds = 0, 0, 0.0

    @contextmanager
    def solving(self) -> Iterator[None]:
        began = process_time()
        yield
        self.solved += 1
        self.seconds += process_time() - began


SHARE = Share()


def decide(pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> Tally | bool:
    """Tell whether every rule can be met; where a matching shows that it can and none counts more, it is the answer."""
    SHARE.counted += 1
    hope = Hope(pathway, awards, facts, waived)
    if not all(hope.could(rule) for rule in pathway.rules):
        return False
    tallies = sorted(_matchings(pathway, awards, hope), key=_size, reverse=True)
    for tally in tallies:
        if _is_within(pathway, tally) and all(tally.is_met(rule, facts, waived) for rule in pathway.rules):
            is_most = pathway.plan.is_flat or (not waived and _size(tally) == _size(tallies[0]))
            return tally if is_most else True
    if pathway.plan.is_flat and not _is_limited(pathway, awards):
        return False
    from .solving import can_all_be_met

    with SHARE.solving():
        return can_all_be_met(pathway, awards, facts, waived)


def count(pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> Tally:
    """Say which award counts where: every rule met if that can be, else as many as can be, then the most awards and hours.

    Where a matching is the whole answer it fills the most places instead of meeting the most rules.
    """
    hope = Hope(pathway, awards, facts, waived)
    tallies = _matchings(pathway, awards, hope)
    if pathway.plan.is_flat and not _is_limited(pathway, awards):
        return max(tallies, key=lambda tally: _worth(pathway, tally, facts, waived))
    if tallies:
        most = max(map(_size, tallies))
        possible = [rule for rule in pathway.rules if hope.could(rule)]
        for tally in tallies:
            is_most = _size(tally) == most and _is_within(pathway, tally)
            if is_most and not waived and all(tally.is_met(rule, facts, waived) for rule in possible):
                return tally
    return _solved(pathway, awards, facts, waived)


def _size(tally: Tally) -> tuple[int, int]:
    """How many awards it counts, and how many hours."""
    return len(tally.awards), tally.hours


def _worth(pathway: Pathway, tally: Tally, facts: Facts, waived: frozenset[int]) -> int:
    return sum(tally.is_met(rule, facts, waived) for rule in pathway.rules)


def _solved(pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> Tally:
    from .solving import most

    with SHARE.solving():
        return Tally(pathway.plan, most(pathway, awards, facts, waived))


def _is_limited(pathway: Pathway, awards: Sequence[Held]) -> bool:
    """Tell whether a limit on awards may forbid counting all of them."""
    shared, recognized = pathway.shared_max, pathway.recognized_max
    return (shared is not None and sum(each.is_shared for each in awards) > shared) or (
        recognized is not None and sum(each.is_recognized for each in awards) > recognized
    )


def _is_within(pathway: Pathway, tally: Tally) -> bool:
    return not _is_limited(pathway, tally.awards)


class Hope:
    """What might be met if every award counted wherever it fits. What fails here is met by no way of counting."""

    def __init__(self, pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> None:
        self.pathway, self.awards, self.facts, self.waived = pathway, awards, facts, waived
        self.here = {each.credential_id for each in awards if not each.is_earlier}

    def could(self, rule: Rule) -> bool:
        if rule.id in self.waived:
            return True
        if isinstance(rule, Required):
            return any(item.credential_id in self.here for item in rule.items)
        if isinstance(rule, Choose):
            slot = self.pathway.plan.slot_of.get(rule.id)
            if slot is not None:
                return len(self.here & slot.points.keys()) >= rule.count
            return sum(self.could(part) for part in rule.rules) >= rule.count
        if isinstance(rule, AllOf | InOrder):
            return all(self.could(part) for part in rule.rules)
        if isinstance(rule, Hours | Points | Coverage):
            return self._reach(rule) >= rule.minimum
        return is_fact_met(rule, self.facts)

    def _reach(self, rule: Sum) -> int:
        plan = self.pathway.plan
        if rule.rules:
            points = plan.slot_of[rule.id].points
            scope = [each for each in self.awards if each.credential_id in points]
            if rule.repeats_max < 2:
                scope = [each for each in scope if not each.is_earlier]
        else:
            points, scope = plan.best_points, list(self.awards)
        if isinstance(rule, Hours):
            return sum(each.hours for each in scope)
        if isinstance(rule, Points):
            return sum(points[each.credential_id] for each in scope)
        covered = frozenset[str]().union(*(each.covers for each in scope))
        return sum(each.key in covered for each in rule.competencies)


COMBINATIONS_MAX = 24


def _matchings(pathway: Pathway, awards: Sequence[Held], hope: Hope) -> list[Tally]:
    """Ways of counting that are each the best for some choice of parts; none when there are too many to try.

    First the slots of rules that can be met, once groups before sums and once sums before groups; then all the others.
    """
    plan, waived = pathway.plan, hope.waived
    everything = range(len(plan.slots))
    idle = {number for number in everything if plan.slots[number].path & waived} if waived else frozenset[int]()
    if plan.is_flat:
        return [Tally(plan, match(plan, awards, [idle, ()] if idle else [()]))]
    vain = frozenset(rule.id for rule in pathway.rules if not hope.could(rule))
    lost = {number for number in everything if plan.slots[number].path & vain} if vain else set()
    sums = {number for number in everything if plan.slots[number].capacity is None}
    found = []
    for shut in _closings(plan, hope.here):
        last = shut | idle
        orders = [sums] if len(sums) == 0 else [sums, set(everything) - sums]
        for later in orders:
            steps = [last | lost | later, last | lost, last, shut]
            found.append(Tally(plan, match(plan, awards, steps)))
    return found


def _closings(plan: Plan, here: Collection[int]) -> list[set[int]]:
    """The slots that stay closed, for each way to choose parts where whole groups are to choose from."""
    if not plan.choices:
        return [set()]
    live: dict[int, set[int]] = {choice: set() for choice in plan.choices}
    for slot in plan.slots:
        if any(key in here for key in slot.points):
            for choice, part in slot.within:
                live[choice].add(part)
    ways = [
        [(choice, frozenset(few)) for few in combinations(sorted(parts), plan.choices[choice])]
        if len(parts) > plan.choices[choice]
        else [(choice, frozenset(parts))]
        for choice, parts in live.items()
    ]
    if prod(map(len, ways)) > COMBINATIONS_MAX:
        return []
    return [
        {
            number
            for number, slot in enumerate(plan.slots)
            if any(part not in open_parts[choice] for choice, part in slot.within)
        }
        for open_parts in (dict(way) for way in product(*ways))
    ]
