"""Rules, days and lists in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .model import AllOf, Capstone, Choose, Hours, Pathway, Required, items_of


def in_words(pathway: Pathway) -> list[str]:
    """The rules as sentences."""
    sentences = []
    required = [rule.item.title for rule in pathway.rules if isinstance(rule, Required)]
    if required:
        sentences.append(f"Earn {all_of(required)}.")
    for rule in pathway.rules:
        if isinstance(rule, AllOf):
            sentences.append(f"{rule.label}: earn {all_of([item.title for item in rule.items])}.")
        elif isinstance(rule, Choose):
            sentences.append(f"{rule.label}: earn {rule.count} of {one_of([item.title for item in rule.items])}.")
        elif isinstance(rule, Hours):
            sentences.append(f"All components together take at least {hours_in_words(rule.minimum)}.")
        elif isinstance(rule, Capstone):
            sentences.append(f"Complete a capstone: {rule.form}.")
    if pathway.distinct_professions > 1:
        sentences.append(f"Team evidence shows at least {pathway.distinct_professions} professions.")
    named = [item.credential_id for rule in pathway.rules for item in items_of(rule)]
    if len(named) > len(set(named)):
        sentences.append("Each badge counts for one requirement only.")
    if pathway.is_valid_at_award:
        sentences.append("A badge that has expired does not count until it is renewed.")
    if pathway.time_limit_months:
        sentences.append(f"Badges count for {pathway.time_limit_months} months from the day of their award.")
    return sentences


def hours_in_words(hours: int) -> str:
    return "1 hour" if hours == 1 else f"{hours} hours"


def day_in_words(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def all_of(titles: Sequence[str]) -> str:
    return _joined(titles, "and")


def one_of(titles: Sequence[str]) -> str:
    return _joined(titles, "or")


def _joined(titles: Sequence[str], word: str) -> str:
    if len(titles) < 3:
        return f" {word} ".join(titles)
    return f"{', '.join(titles[:-1])}, {word} {titles[-1]}"
