"""The same rules as a program in integers, solved by HiGHS.

One layout serves all questions: whether everything can be met, which way of counting meets the most, what is the least that would complete a pathway,
and what can be met by somebody who may earn only some of its credentials.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from importlib import import_module
from itertools import pairwise

from .model import (
    AllOf,
    Choose,
    Confirmation,
    Coverage,
    Facts,
    Held,
    Hours,
    InOrder,
    Pathway,
    Points,
    Required,
    Rule,
    Sum,
    walk,
)
from .observing import is_fact_met

Term = int | bool  # the number of a variable, or a truth that is known already
INFINITY = float("inf")


def load_solver() -> None:
    """Import what `Program.solve` needs, which takes seconds on a busy machine. Commands that solve nothing leave it out."""
    import_module("scipy.optimize")


class Program:
    """Variables that are 0 or 1, conditions on weighted sums of them, and what each costs."""

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.conditions: list[tuple[dict[int, float], float, float]] = []

    def variable(self, cost: float = 0.0) -> int:
        self.costs.append(cost)
        return len(self.costs) - 1

    def require(self, weights: Mapping[int, float], *, least: float = -INFINITY, most: float = INFINITY) -> None:
        self.conditions.append((dict(weights), least, most))

    def solve(self) -> list[bool] | None:
        """The cheapest values that satisfy every condition; None when there are none."""
        import numpy
        from scipy.optimize import Bounds, LinearConstraint, milp

        size = len(self.costs)
        if not size:
            return [] if all(least <= 0 <= most for _weights, least, most in self.conditions) else None
        matrix = numpy.zeros((len(self.conditions), size))
        for row, (weights, _least, _most) in enumerate(self.conditions):
            for number, weight in weights.items():
                matrix[row, number] += weight
        limits = LinearConstraint(
            matrix, [least for _w, least, _m in self.conditions], [most for _w, _l, most in self.conditions]
        )
        answer = milp(
            numpy.array(self.costs),
            constraints=[limits] if self.conditions else [],
            integrality=numpy.ones(size),
            bounds=Bounds(0, 1),
            options={"mip_rel_gap": 0.0},
        )
        return None if answer.x is None else [bool(value > 0.5) for value in answer.x]


class Layout:
    """A pathway and awards laid out as a program.

    counts: the variable of each award at each slot. met: for each rule whether it is met.
    """

    def __init__(
        self,
        program: Program,
        pathway: Pathway,
        awards: Sequence[Held],
        waived: frozenset[int],
        fact: Callable[[Rule], Term],
    ) -> None:
        self.program, self.pathway, self.awards, self.waived, self.fact = program, pathway, awards, waived, fact
        self.counts: dict[tuple[int, int], int] = {}
        self._places()
        self._limits()
        self.met: dict[int, Term] = {}
        self._choices = {}
        for rule in pathway.rules:
            self._meet(rule)
        self._only_chosen()

    def _places(self) -> None:
        add = self.program
        for number, slot in enumerate(self.pathway.plan.slots):
            for award, held in enumerate(self.awards):
                if held.credential_id in slot.points and (slot.repeats_max > 1 or not held.is_earlier):
                    self.counts[award, number] = add.variable()
            here = {award: var for (award, place), var in self.counts.items() if place == number}
            if slot.capacity is not None:
                add.require(dict.fromkeys(here.values(), 1), most=slot.capacity)
            else:
                for key in slot.points:
                    same = [var for award, var in here.items() if self.awards[award].credential_id == key]
                    if len(same) > slot.repeats_max:
                        add.require(dict.fromkeys(same, 1), most=slot.repeats_max)
        for award in range(len(self.awards)):
            add.require({var: 1 for (one, _place), var in self.counts.items() if one == award}, most=1)

    def _limits(self) -> None:
        for most, is_limited in (
            (self.pathway.shared_max, [each.is_shared for each in self.awards]),
            (self.pathway.recognized_max, [each.is_recognized for each in self.awards]),
        ):
            if most is not None:
                limited = {var: 1.0 for (award, _place), var in self.counts.items() if is_limited[award]}
                if len(limited) > most:
                    self.program.require(limited, most=most)

    def _at(self, rule_id: int) -> dict[int, int]:
        """The variables of the awards at a rule's slot."""
        slots = self.pathway.plan.slots
        return {award: var for (award, place), var in self.counts.items() if slots[place].rule_id == rule_id}

    def _meet(self, rule: Rule) -> Term:
        term = self.met[rule.id] = True if rule.id in self.waived else self._term(rule)
        return term

    def _term(self, rule: Rule) -> Term:
        if isinstance(rule, Required):
            return self._enough(dict.fromkeys(self._at(rule.id).values(), 1.0), 1)
        if isinstance(rule, Choose):
            if rule.id in self.pathway.plan.slot_of:
                return self._enough(dict.fromkeys(self._at(rule.id).values(), 1.0), rule.count)
            parts = [(part.id, self._meet(part)) for part in rule.rules]
            return self._some_of([self._chosen(rule.id, key, term) for key, term in parts], rule.count)
        if isinstance(rule, AllOf | InOrder):
            term = self._some_of([self._meet(part) for part in rule.rules], len(rule.rules))
            return self._ordered(rule, term) if isinstance(rule, InOrder) else term
        if isinstance(rule, Hours | Points | Coverage):
            return self._sum(rule)
        return self.fact(rule)

    def _enough(self, weights: Mapping[int, float], minimum: float) -> Term:
        """A variable that is 1 only when the weighted sum reaches the minimum."""
        if minimum <= 0:
            return True
        if sum(weight for weight in weights.values() if weight > 0) < minimum:
            return False
        term = self.program.variable()
        self.program.require({**weights, term: -minimum}, least=0)
        return term

    def _some_of(self, terms: Sequence[Term], count: int) -> Term:
        known = sum(term is True for term in terms)
        open_terms = [term for term in terms if not isinstance(term, bool)]
        return self._enough(dict.fromkeys(open_terms, 1.0), count - known)

    def _sum(self, rule: Sum) -> Term:
        if isinstance(rule, Coverage):
            return self._coverage(rule)
        slots = self.pathway.plan.slots
        weights: dict[int, float] = {}
        for (award, place), var in self.counts.items():
            if rule.rules and slots[place].rule_id != rule.id:
                continue
            held = self.awards[award]
            weights[var] = held.hours if isinstance(rule, Hours) else slots[place].points[held.credential_id]
        return self._enough(weights, rule.minimum)

    def _coverage(self, rule: Coverage) -> Term:
        slots = self.pathway.plan.slots
        covered = []
        for each in rule.competencies:
            by = {
                var: 1.0
                for (award, place), var in self.counts.items()
                if each.key in self.awards[award].covers and (not rule.rules or slots[place].rule_id == rule.id)
            }
            covered.append(self._enough(by, 1))
        return self._some_of(covered, rule.minimum)

    def _ordered(self, rule: InOrder, term: Term) -> Term:
        if isinstance(term, bool):
            return term
        for before, after in pairwise(part for part in rule.rules if part.id not in self.waived):
            for one, first in self._at(before.id).items():
                for other, second in self._at(after.id).items():
                    if self.awards[one].awarded_on > self.awards[other].awarded_on:
                        self.program.require({first: 1, second: 1, term: 1}, most=2)
        return term

    def _chosen(self, choice: int, part: int, term: Term) -> Term:
        """Whether a part of a choice among whole groups is met and counts; a part that does not count brings nothing.

        What is known to be met without awards, a waiver or a fact, leaves the choice to the others.
        """
        if isinstance(term, bool):
            return term
        is_chosen = self._choices[choice, part] = self.program.variable()
        self.program.require({term: 1, is_chosen: -1}, most=0)
        return term

    def _only_chosen(self) -> None:
        slots = self.pathway.plan.slots
        for (_award, place), var in self.counts.items():
            for pair in slots[place].within:  # where a rule is waived nobody has asked for its variable yet
                if pair not in self._choices:
                    self._choices[pair] = self.program.variable()
                self.program.require({var: 1, self._choices[pair]: -1}, most=0)
        for choice, count in self.pathway.plan.choices.items():
            chosen = {var: 1.0 for (one, _part), var in self._choices.items() if one == choice}
            self.program.require(chosen, most=count)

    def used(self, values: Sequence[bool]) -> dict[int, list[Held]]:
        found: dict[int, list[Held]] = {}
        for (award, place), var in sorted(self.counts.items(), key=lambda each: (each[0][1], each[0][0])):
            if values[var]:
                found.setdefault(self.pathway.plan.slots[place].rule_id, []).append(self.awards[award])
        return found

    _choices: dict[tuple[int, int], int]


def can_all_be_met(pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> bool:
    """Tell whether some way of counting meets every rule."""
    program = Program()
    layout = Layout(program, pathway, awards, waived, lambda rule: is_fact_met(rule, facts))
    return _all_met(program, layout) and program.solve() is not None


def _all_met(program: Program, layout: Layout) -> bool:
    """Require every rule; False when one is known to fail."""
    for rule in layout.pathway.rules:
        term = layout.met[rule.id]
        if term is False:
            return False
        if term is not True:
            program.require({int(term): 1}, least=1)
    return True


def most(pathway: Pathway, awards: Sequence[Held], facts: Facts, waived: frozenset[int]) -> dict[int, list[Held]]:
    """The way of counting that meets the most rules, then counts the most awards where no waiver stands, then the most
    awards at all, then the most hours."""
    program = Program()
    layout = Layout(program, pathway, awards, waived, lambda rule: is_fact_met(rule, facts))
    hours = 1 + sum(each.hours for each in awards)
    for rule in pathway.rules:
        term = layout.met[rule.id]
        if not isinstance(term, bool):
            program.costs[term] -= hours * (len(awards) + 1) ** 2
    for (award, place), var in layout.counts.items():
        is_asked = not pathway.plan.slots[place].path & waived
        program.costs[var] -= awards[award].hours + hours + (hours * (len(awards) + 1) if is_asked else 0)
    values = program.solve()
    if values is None:  # counting nothing satisfies every condition
        raise ArithmeticError("The solver found no way to count awards.")
    return layout.used(values)


def earned_today(pathway: Pathway, keys: Sequence[int]) -> list[Held]:
    """Credentials as if they were awarded after everything that is held."""
    items = pathway.catalog
    return [
        Held(-key, key, items[key].title, items[key].hours or 0, date.max, covers=items[key].covers) for key in keys
    ]


def cheapest(
    pathway: Pathway, awards: Sequence[Held], owned: frozenset[int], facts: Facts, waived: frozenset[int]
) -> tuple[list[int], list[int]] | None:
    """The credentials of the fewest hours, with all that has to be held before them, that complete the pathway.

    owned: what is held, whether it counts here or not. Answers the keys, and the ids of rules on facts that are still to be
    fulfilled; None when nothing would complete it.
    """
    program = Program()
    catalog = pathway.catalog
    counting = {each.credential_id for each in awards if not each.is_earlier}
    left = sorted(
        (key for key in catalog if key not in counting),
        key=lambda key: (catalog[key].hours or 0, catalog[key].title, key),
    )
    unit = float((len(left) + len(pathway.rules) + 2) ** 2)  # so that the order only breaks ties
    buy = {key: program.variable((catalog[key].hours or 0) * unit + 1 + rank) for rank, key in enumerate(left)}
    for key in left:
        for needed in catalog[key].needs:
            if needed in owned:
                continue
            if needed in buy:
                program.require({buy[key]: 1, buy[needed]: -1}, most=0)
            else:
                program.require({buy[key]: 1}, most=0)
    facts_left: dict[int, int] = {}

    def fact(rule: Rule) -> Term:
        if isinstance(rule, Confirmation) or is_fact_met(rule, facts):
            return True
        facts_left[rule.id] = program.variable(1.0)
        return facts_left[rule.id]

    everything = [*awards, *earned_today(pathway, left)]
    layout = Layout(program, pathway, everything, waived, fact)
    for (award, _place), var in layout.counts.items():
        if award >= len(awards):
            program.require({var: 1, buy[left[award - len(awards)]]: -1}, most=0)
    if not _all_met(program, layout):
        return None
    values = program.solve()
    if values is None:
        return None
    order = [rule.id for rule in walk(pathway.rules)]
    return [key for key in left if values[buy[key]]], [
        key for key in order if key in facts_left and values[facts_left[key]]
    ]
