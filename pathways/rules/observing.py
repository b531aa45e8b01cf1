"""Rules that no choice of awards changes: observations, recorded facts, the order of awards."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import NamedTuple

from .model import Capstone, Facts, Held, InOrder, Observed, Outside, Professions, Rule


class Window(NamedTuple):
    """What one window shows."""

    number: int
    contexts: int
    assessors: int


def best_window(rule: Observed, facts: Facts) -> Window:
    """The window that is nearest to what the rule asks.

    Whatever begins a window, taking everything in it shows the most of all three; so each observation is tried as the first.
    """
    seen = sorted(
        (each for each in facts.observations if not rule.credentials or each.credential_id in rule.credentials),
        key=lambda each: each.on,
    )
    best = Window(0, 0, 0)
    for first, begin in enumerate(seen):
        end = None if rule.window_days is None else begin.on + timedelta(days=rule.window_days - 1)
        inside = [each for each in seen[first:] if end is None or each.on <= end]
        found = Window(len(inside), len({each.context for each in inside}), len({each.assessor for each in inside}))
        best = max(best, found, key=lambda each: _reached(rule, each))
        if end is None:
            break
    return best


def _reached(rule: Observed, seen: Window) -> tuple[bool, int, int]:
    parts = (min(seen.number, rule.count), min(seen.contexts, rule.contexts), min(seen.assessors, rule.assessors))
    return parts == (rule.count, rule.contexts, rule.assessors), sum(parts), seen.number


def is_observed(rule: Observed, seen: Window) -> bool:
    return seen.number >= rule.count and seen.contexts >= rule.contexts and seen.assessors >= rule.assessors


def recognized(rule: Outside, facts: Facts) -> int:
    return sum(not rule.provider or each == rule.provider for each in facts.providers)


def is_fact_met(rule: Rule, facts: Facts) -> bool:
    """Tell whether a rule on facts is met. A confirmation is no requirement and stands in nobody's way."""
    if isinstance(rule, Observed):
        return is_observed(rule, best_window(rule, facts))
    if isinstance(rule, Professions):
        return (facts.professions or 0) >= rule.minimum
    if isinstance(rule, Outside):
        return recognized(rule, facts) >= rule.count
    if isinstance(rule, Capstone):
        return rule.id in facts.recorded
    return True


def is_in_order(rule: InOrder, used: Mapping[int, Sequence[Held]], waived: Collection[int]) -> bool:
    """Tell whether each step that is there was awarded no earlier than the one before it. A waived step has no place."""
    days = [used[part.id][0].awarded_on for part in rule.rules if used.get(part.id) and part.id not in waived]
    return all(before <= after for before, after in pairwise(days))
