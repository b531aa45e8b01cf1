"""The rules of a pathway, what is held against them, and the answer.

A rule is a node of a tree. What a group or a sum names stands below it as rules of its own, to any depth.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .counting import Plan


class RuleError(ValueError):
    """A rule that cannot be evaluated; the message says which and why."""


@dataclass(frozen=True)
class Item:
    """A credential that a rule names.

    hours: its workload; None when it is not known. covers: the competencies that it assesses, by code. needs: the
    credentials that have to be held before it can be earned, by key.
    """

    credential_id: int
    title: str
    hours: int | None = None
    covers: frozenset[str] = frozenset()
    needs: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Competency:
    """key: what `covers` holds; code: what people read."""

    key: str
    code: str


@dataclass(frozen=True)
class Required:
    """A credential that must be held. points: what it brings to a rule on points. instead: a substitute that was allowed."""

    id: int
    item: Item
    points: int = 1
    instead: Item | None = None

    @property
    def items(self) -> tuple[Item, ...]:
        return (self.item,) if self.instead is None else (self.item, self.instead)


@dataclass(frozen=True)
class AllOf:
    """Every part, under a name of their own."""

    id: int
    label: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Choose:
    """`count` of the parts; no more than these count. Any of is a choice of one.

    is_apart: a part that is a badge was waived, and is met without an award; so each part is a place of its own.
    """

    id: int
    label: str
    count: int
    rules: tuple[Rule, ...]
    is_apart: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether awards simply fill it up: a badge for each part, and none of them waived or substituted."""
        return not self.is_apart and all(isinstance(each, Required) and each.instead is None for each in self.rules)


@dataclass(frozen=True)
class InOrder:
    """Every part, each awarded no earlier than the one before it. The parts are credentials."""

    id: int
    label: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Hours:
    """At least so many hours: over the parts, or without parts over every component that counts.

    repeats_max: how often the same credential counts here, when it was earned more than once.
    """

    id: int
    minimum: int
    label: str = ""
    rules: tuple[Rule, ...] = ()
    repeats_max: int = 1


@dataclass(frozen=True)
class Points:
    """At least so many points, as `Hours`; what each credential brings stands at its own rule."""

    id: int
    minimum: int
    label: str = ""
    rules: tuple[Rule, ...] = ()
    repeats_max: int = 1


@dataclass(frozen=True)
class Coverage:
    """At least `minimum` of the competencies, assessed by the parts, or without parts by the components that count."""

    id: int
    minimum: int
    label: str
    competencies: tuple[Competency, ...]
    rules: tuple[Rule, ...] = ()
    repeats_max: int = 1


@dataclass(frozen=True)
class Observed:
    """At least `count` observations in `contexts` settings by `assessors` people, all within some `window_days` days.

    credentials: only observations made for these; all of them when it is empty. window_days: None for no window.
    """

    id: int
    label: str
    count: int
    contexts: int = 1
    assessors: int = 1
    window_days: int | None = None
    credentials: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Professions:
    """Team evidence in which so many professions took part."""

    id: int
    minimum: int


@dataclass(frozen=True)
class Outside:
    """Credentials of other providers, recognized here. provider: only of this one, by name; of any when empty."""

    id: int
    label: str
    count: int
    provider: str = ""


@dataclass(frozen=True)
class Capstone:
    """A capstone in this form; met when it is recorded."""

    id: int
    form: str


@dataclass(frozen=True)
class Confirmation:
    """The committee's confirmation. It is a decision on requirements that are met, never one of them."""

    id: int
    label: str = ""


Group = AllOf | Choose | InOrder
Sum = Hours | Points | Coverage
Fact = Observed | Professions | Outside | Capstone
Rule = Required | Group | Sum | Fact | Confirmation


@dataclass(frozen=True)
class Pathway:
    """The rules of one version.

    time_limit_months: awards older than this on the day do not count. shared_max: how many components may count toward
    another designation as well; None for any number. recognized_max: how many credentials of other providers may stand in
    for badges. designations_max: how many designations a learner may hold. outside: credentials that no rule names and
    that have to be held before one that is named.
    """

    rules: tuple[Rule, ...]
    time_limit_months: int | None = None
    is_valid_at_award: bool = True  # a component that has lapsed on the day does not count
    shared_max: int | None = None
    recognized_max: int | None = None
    designations_max: int | None = None
    outside: tuple[Item, ...] = ()

    @cached_property
    def items(self) -> dict[int, Item]:
        """Every credential that a rule counts, by its key."""
        return {item.credential_id: item for rule in walk(self.rules) for item in items_of(rule)}

    @cached_property
    def catalog(self) -> dict[int, Item]:
        """Those, and what has to be held before them."""
        return {item.credential_id: item for item in self.outside} | self.items

    @cached_property
    def plan(self) -> Plan:
        from .counting import Plan

        return Plan(self)

    def with_substitutes(self, substitutes: Mapping[int, Item]) -> Pathway:
        """The same with other credentials allowed in the place of those that rules name, by the id of the rule."""
        return (
            replace(self, rules=tuple(_substituted(rule, substitutes) for rule in self.rules)) if substitutes else self
        )

    def with_waived(self, waived: Collection[int]) -> Pathway:
        """The same, laid out so that a waived badge among several to choose from counts as one of them."""
        made = tuple(_apart(rule, waived) for rule in self.rules) if waived else self.rules
        return self if made == self.rules else replace(self, rules=made)


def _apart(rule: Rule, waived: Collection[int]) -> Rule:
    if not isinstance(rule, AllOf | Choose):
        return rule
    made = replace(rule, rules=tuple(_apart(part, waived) for part in rule.rules))
    if isinstance(made, Choose) and any(part.id in waived for part in made.rules if isinstance(part, Required)):
        return replace(made, is_apart=True)
    return made


def _substituted(rule: Rule, substitutes: Mapping[int, Item]) -> Rule:
    item = substitutes.get(rule.id)
    if isinstance(rule, Required):
        return rule if item is None else replace(rule, instead=item)
    parts = tuple(_substituted(part, substitutes) for part in parts_of(rule))
    if isinstance(rule, Choose | Hours | Points | Coverage):
        more = () if item is None or (not parts and not isinstance(rule, Choose)) else (Required(-rule.id, item),)
        return replace(rule, rules=(*parts, *more))
    return replace(rule, rules=parts) if isinstance(rule, AllOf | InOrder) else rule


@dataclass(frozen=True)
class Held:
    """An award that a learner holds or held. valid_until: the last day on which it counts, or None.

    is_over: that day has not passed, and yet it has ended: an award ends at a moment, and those granted before awards ended
    with their day end within one. is_earlier: it was earned again since, and counts only where repeats do. is_shared: it counts toward another designation
    already. is_recognized: it comes from another provider (and `award_id` is the key of that record, negative).
    """

    award_id: int
    credential_id: int
    title: str
    hours: int
    awarded_on: date
    valid_until: date | None = None
    covers: frozenset[str] = frozenset()
    is_earlier: bool = False
    is_shared: bool = False
    is_recognized: bool = False
    is_over: bool = False

    def has_lapsed(self, on: date) -> bool:
        """Whether it no longer counts on a day."""
        return self.valid_until is not None and (self.valid_until < on or (self.is_over and self.valid_until == on))


@dataclass(frozen=True)
class Seen:
    """One observation. context, assessor: any key that tells one from another."""

    on: date
    context: str
    assessor: str
    credential_id: int = 0


@dataclass(frozen=True)
class Facts:
    """What is known of a learner beside awards.

    professions: how many took part in team evidence; None when none is recorded. recorded: the ids of rules whose capstone
    is recorded. providers: of each recognized credential. designations: how many other designations are held.
    """

    observations: tuple[Seen, ...] = ()
    professions: int | None = None
    recorded: frozenset[int] = frozenset()
    providers: tuple[str, ...] = ()
    designations: int = 0
    confirmed_on: date | None = None


NOTHING = Facts()
NO_REASONS: Mapping[int, str] = {}


@dataclass(frozen=True)
class Line:
    """One rule with its answer.

    used: the awards that count for it; missing: titles that would meet it; lapsed: titles; parts: the lines of its parts.
    is_decision: the committee's word, which is no requirement.
    """

    rule_id: int
    label: str
    sentence: str
    is_met: bool
    used: tuple[Held, ...] = ()
    missing: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()
    parts: tuple[Line, ...] = ()
    is_waived: bool = False
    is_decision: bool = False


def parts_of(rule: Rule) -> tuple[Rule, ...]:
    return rule.rules if isinstance(rule, AllOf | Choose | InOrder | Hours | Points | Coverage) else ()


def items_of(rule: Rule) -> tuple[Item, ...]:
    """The credentials that a rule itself names."""
    return rule.items if isinstance(rule, Required) else ()


def walk(rules: tuple[Rule, ...]) -> Iterator[Rule]:
    """Every rule of the tree, parents first."""
    for rule in rules:
        yield rule
        yield from walk(parts_of(rule))


def leaves_of(rule: Rule) -> tuple[Item, ...]:
    """The credentials that a rule names, itself or anywhere below it, each once."""
    found = {item.credential_id: item for each in walk((rule,)) for item in items_of(each)}
    return tuple(found.values())
