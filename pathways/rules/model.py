"""The rules of a pathway, the awards that are held against them, and the answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property


class RuleError(ValueError):
    """A rule that cannot be evaluated; the message says which and why."""


@dataclass(frozen=True)
class Item:
    """A credential that a rule names. hours: its workload; None when it is not known."""

    credential_id: int
    title: str
    hours: int | None = None


@dataclass(frozen=True)
class Required:
    """A credential that must be held."""

    id: int
    item: Item


@dataclass(frozen=True)
class AllOf:
    """Every one of the items, under a name of their own."""

    id: int
    label: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Choose:
    """At least `count` of the items."""

    id: int
    label: str
    count: int
    items: tuple[Item, ...]


@dataclass(frozen=True)
class Hours:
    """At least so many hours over the components that count."""

    id: int
    minimum: int


@dataclass(frozen=True)
class Capstone:
    """A capstone in this form; met when it is recorded."""

    id: int
    form: str


Rule = Required | AllOf | Choose | Hours | Capstone


@dataclass(frozen=True)
class Pathway:
    """The rules of one version. time_limit_months: awards older than this on the day do not count."""

    rules: tuple[Rule, ...]
    distinct_professions: int = 1
    time_limit_months: int | None = None
    is_valid_at_award: bool = True  # a component that has lapsed on the day does not count

    @cached_property
    def items(self) -> dict[int, Item]:
        """Every credential that a rule names, by its key."""
        return {item.credential_id: item for rule in self.rules for item in items_of(rule)}

    @property
    def minimum_hours(self) -> int:
        return max((rule.minimum for rule in self.rules if isinstance(rule, Hours)), default=0)


@dataclass(frozen=True)
class Held:
    """An award that a learner holds or held. valid_until: the last day on which it counts, or None."""

    award_id: int
    credential_id: int
    title: str
    hours: int
    awarded_on: date
    valid_until: date | None = None


@dataclass(frozen=True)
class Line:
    """One rule with its answer. used: the awards that count for it; missing: titles that would meet it; lapsed: titles."""

    rule_id: int
    label: str
    sentence: str
    is_met: bool
    used: tuple[Held, ...] = ()
    missing: tuple[str, ...] = ()
    lapsed: tuple[str, ...] = ()


def items_of(rule: Rule) -> tuple[Item, ...]:
    if isinstance(rule, Required):
        return (rule.item,)
    return rule.items if isinstance(rule, AllOf | Choose) else ()
