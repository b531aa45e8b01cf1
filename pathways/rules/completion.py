"""The least that would complete a pathway, and what nobody can meet."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .counting import Tally, count
from .model import (
    NOTHING,
    AllOf,
    Capstone,
    Choose,
    Confirmation,
    Coverage,
    Facts,
    Held,
    Hours,
    InOrder,
    Item,
    Observed,
    Outside,
    Pathway,
    Points,
    Professions,
    Required,
    Rule,
    Sum,
    parts_of,
    walk,
)
from .words import all_of, clause, heading, hours_in_words, name_of


@dataclass(frozen=True)
class Least:
    """items: what to earn, by hours. first: which of them no rule names, and for what each has to be held."""

    items: tuple[Item, ...] = ()
    first: tuple[tuple[Item, Item], ...] = ()
    facts: tuple[Rule, ...] = ()

    @property
    def hours(self) -> int:
        return sum(item.hours or 0 for item in self.items)

    @property
    def sentence(self) -> str:
        sentences = []
        if self.items:
            taken = f", {hours_in_words(self.hours)}" if self.hours else ""
            sentences.append(f"The least that is left to earn: {all_of([i.title for i in self.items])}{taken}.")
        sentences += [f"{one.title} has to be held before {other.title}." for one, other in self.first]
        if self.facts:
            also = "Also left" if self.items else "What is left"
            sentences.append(f"{also}: {all_of([clause(rule) for rule in self.facts])}.")
        return " ".join(sentences)


def least(
    pathway: Pathway, counting: Sequence[Held], owned: frozenset[int], facts: Facts, waived: frozenset[int]
) -> Least | None:
    """What to earn, of the fewest hours together, so that every rule is met; None when nothing would do.

    The hours are the true ones: what has to be held before a badge is counted with it.
    """
    from .solving import cheapest

    found = cheapest(pathway, counting, owned, facts, waived)
    if found is None:
        return None
    items = tuple(pathway.catalog[key] for key in found[0])
    first = tuple(
        (item, next(other for other in items if item.credential_id in other.needs))
        for item in items
        if item.credential_id not in pathway.items and any(item.credential_id in other.needs for other in items)
    )
    by_id = {rule.id: rule for rule in walk(pathway.rules)}
    return Least(items, first, tuple(by_id[key] for key in found[1]))


def impossible(pathway: Pathway, open_to: Collection[int]) -> list[str]:
    """Why somebody who can earn only these credentials can never meet the rules; empty when they can.

    What has to be held before a credential is one of these too, or it cannot be earned. Rules on other things than
    credentials are taken for met.
    """
    within = attainable(pathway, open_to)
    found = [reason for rule in pathway.rules for reason in _alone(pathway, rule, within)]
    if found:
        return found
    from .solving import earned_today

    waived = frozenset(
        rule.id
        for rule in walk(pathway.rules)
        if isinstance(rule, Observed | Professions | Outside | Capstone | Confirmation)
    )
    held = earned_today(pathway, sorted(within & pathway.items.keys()))
    tally = count(pathway, held, NOTHING, waived)
    return [_together(pathway, rule, tally) for rule in pathway.rules if not tally.is_met(rule, NOTHING, waived)]


def attainable(pathway: Pathway, open_to: Collection[int]) -> set[int]:
    """Those of the credentials that can be earned with all that has to be held before them."""
    within = set(open_to)
    while True:
        lost = {key for key in within if key in pathway.catalog and not pathway.catalog[key].needs <= within}
        if not lost:
            return within
        within -= lost


def _alone(pathway: Pathway, rule: Rule, within: set[int]) -> list[str]:
    """Why a rule cannot be met, whatever the others take."""
    if isinstance(rule, Required):
        return (
            []
            if _can(rule, within)
            else [f"{name_of(rule)} is required and cannot be earned{_why(pathway, rule, within)}."]
        )
    if isinstance(rule, AllOf | InOrder):
        return [reason for part in rule.rules for reason in _alone(pathway, part, within)]
    if isinstance(rule, Choose):
        left = sum(not _alone(pathway, part, within) for part in rule.rules)
        return (
            [] if left >= rule.count else [f"{name_of(rule)} asks for {rule.count} and leaves {left} to choose from."]
        )
    if isinstance(rule, Hours | Points | Coverage) and rule.rules:
        reached = _reach(rule, within)
        return [] if reached >= rule.minimum else [_short(rule, reached)]
    if isinstance(rule, Coverage):
        covered = frozenset[str]().union(*(pathway.items[key].covers for key in within & pathway.items.keys()))
        reached = sum(each.key in covered for each in rule.competencies)
        return [] if reached >= rule.minimum else [_short(rule, reached, covered)]
    return []


def _can(rule: Required, within: set[int]) -> bool:
    return any(item.credential_id in within for item in rule.items)


def _why(pathway: Pathway, rule: Required, within: set[int]) -> str:
    closed = sorted(
        pathway.catalog[key].title if key in pathway.catalog else "another badge"
        for key in rule.item.needs
        if key not in within
    )
    return f": {all_of(closed)} has to be held before it and cannot be earned" if closed else ""


def _reach(rule: Sum, within: set[int]) -> int:
    parts = [part for part in parts_of(rule) if isinstance(part, Required) and _can(part, within)]
    if isinstance(rule, Coverage):
        covered = frozenset[str]().union(*(part.item.covers for part in parts))
        return sum(each.key in covered for each in rule.competencies)
    each = [(part.item.hours or 0) if isinstance(rule, Hours) else part.points for part in parts]
    return sum(each) * rule.repeats_max


def _short(rule: Sum, reached: int, covered: frozenset[str] | None = None) -> str:
    label = f"{heading(rule)}: " if rule.label else ""
    if isinstance(rule, Coverage):
        gaps = [each.code for each in rule.competencies if covered is not None and each.key not in covered]
        named = f"; nothing assesses {all_of(gaps)}" if gaps else ""
        return f"{label}at most {reached} of {rule.minimum} competencies can be reached{named}."
    word = "hour" if isinstance(rule, Hours) else "point"
    start = "at most" if label else "At most"
    reached_words = f"1 {word}" if reached == 1 else f"{reached} {word}s"
    return f"{label}{start} {reached_words} can be reached; {rule.minimum} are asked for."


def _together(pathway: Pathway, rule: Rule, tally: Tally) -> str:
    """Why a rule that can be met alone cannot be met beside the others."""
    if isinstance(rule, Hours) and not rule.rules and pathway.plan.is_flat:
        return _short(rule, tally.hours)
    if isinstance(rule, Hours | Points) and not rule.rules:
        everything = sum(item.hours or 0 for item in pathway.items.values()) if isinstance(rule, Hours) else None
        if everything is not None and everything < rule.minimum:
            return _short(rule, everything)
        return f"{hours_or_points(rule)} cannot be reached beside the other rules."
    return f"{name_of(rule)} asks for badges that another rule needs; each counts once."


def hours_or_points(rule: Hours | Points) -> str:
    return hours_in_words(rule.minimum) if isinstance(rule, Hours) else f"{rule.minimum} points"
