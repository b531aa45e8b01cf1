"""Rules, days and lists in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from .model import (
    AllOf,
    Capstone,
    Choose,
    Confirmation,
    Coverage,
    Hours,
    InOrder,
    Observed,
    Outside,
    Pathway,
    Points,
    Professions,
    Required,
    Rule,
    items_of,
    walk,
)


def in_words(pathway: Pathway) -> list[str]:
    """The rules as sentences."""
    sentences = []
    required = [name_of(rule) for rule in pathway.rules if isinstance(rule, Required)]
    if required:
        sentences.append(f"Earn {all_of(required)}.")
    sentences += [sentence(rule) for rule in pathway.rules if not isinstance(rule, Required | Confirmation)]
    named = [item.credential_id for rule in walk(pathway.rules) for item in items_of(rule)]
    if len(named) > len(set(named)):
        sentences.append("Each badge counts for one requirement only.")
    if pathway.is_valid_at_award:
        sentences.append("A badge that has expired does not count until it is renewed.")
    if pathway.time_limit_months:
        sentences.append(f"Badges count for {pathway.time_limit_months} months from the day of their award.")
    if pathway.shared_max is not None:
        sentences.append(
            f"At most {counted(pathway.shared_max, 'badge')} may count toward another designation as well."
            if pathway.shared_max
            else "No badge may count toward another designation as well."
        )
    if pathway.recognized_max is not None:
        sentences.append(
            f"At most {counted(pathway.recognized_max, 'recognized credential')} of other providers may stand in for badges."
            if pathway.recognized_max
            else "Credentials of other providers do not stand in for badges."
        )
    if pathway.designations_max is not None:
        sentences.append(f"A learner is given at most {counted(pathway.designations_max, 'designation')}.")
    # That a committee confirms is so for every pathway, and pages say it; which one is told here.
    return sentences + [sentence(rule) for rule in pathway.rules if isinstance(rule, Confirmation) and rule.label]


def sentence(rule: Rule) -> str:
    """What one rule asks, with everything below it, in one sentence."""
    label = getattr(rule, "label", "")
    start = f"{heading(rule)}: " if label else ""
    if isinstance(rule, Capstone):
        return f"Complete a capstone: {rule.form}."
    if isinstance(rule, Professions):
        return f"Team evidence shows at least {counted(rule.minimum, 'profession')}."
    if isinstance(rule, Observed):
        return f"{start}be observed {_observed(rule)}."
    if isinstance(rule, Outside):
        return f"{start}bring {clause(rule)}."
    if isinstance(rule, Confirmation):
        return f"{label or 'The committee'} confirms; badges alone do not award it."
    if isinstance(rule, Hours | Points | Coverage) and not rule.rules:
        return _whole(rule)
    if isinstance(rule, Required):
        return f"Earn {clause(rule)}."
    return f"{start}earn {clause(rule)}." if start else f"Earn {clause(rule)}."


def heading(rule: Rule, otherwise: str = "") -> str:
    """What a sentence about a rule begins with: its name in quotation marks, since "Apply: …" would read as a command."""
    label = getattr(rule, "label", "")
    return f"“{label}”" if label else otherwise


def _whole(rule: Hours | Points | Coverage) -> str:
    if isinstance(rule, Hours):
        return f"All components together take at least {hours_in_words(rule.minimum)}."
    if isinstance(rule, Points):
        return f"All components together bring at least {counted(rule.minimum, 'point')}."
    codes = [each.code for each in rule.competencies]
    few = "" if rule.minimum >= len(codes) else f"at least {rule.minimum} of "
    start = f"{heading(rule)}: " if rule.label else ""
    return f"{start}all components together assess {few}{(all_of if not few else one_of)(codes)}."


def clause(rule: Rule) -> str:
    """What a rule asks, within a sentence."""
    if isinstance(rule, Required):
        return name_of(rule)
    if isinstance(rule, AllOf):
        return all_of([_part(part) for part in rule.rules]) or "nothing yet"
    if isinstance(rule, Choose):
        return f"{rule.count} of {one_of([_part(part) for part in rule.rules]) or 'nothing yet'}"
    if isinstance(rule, InOrder):
        return f"in this order {all_of([_part(part) for part in rule.rules]) or 'nothing yet'}"
    if isinstance(rule, Hours | Points | Coverage):
        names = one_of([_part(part) for part in rule.rules])
        among = f" from {names}" if names else " from everything that counts"
        if isinstance(rule, Coverage):
            codes = [each.code for each in rule.competencies]
            few = "" if rule.minimum >= len(codes) else f"{rule.minimum} of "
            return f"what assesses {few}{(all_of if not few else one_of)(codes)}{among}"
        again = f", each at most {rule.repeats_max} times" if rule.repeats_max > 1 else ""
        amount = hours_in_words(rule.minimum) if isinstance(rule, Hours) else counted(rule.minimum, "point")
        return f"at least {amount}{among}{again}"
    if isinstance(rule, Observed):
        return f"observations: {_observed(rule)}"
    if isinstance(rule, Professions):
        return f"team evidence of {counted(rule.minimum, 'profession')}"
    if isinstance(rule, Outside):
        by = f"by {rule.provider}" if rule.provider else "by another provider"
        return f"{counted(rule.count, 'credential')} given {by} and recognized here"
    if isinstance(rule, Capstone):
        return f"a capstone ({rule.form})"
    return "the committee's confirmation"


def _part(rule: Rule) -> str:
    """A part of a group: a badge by its title, anything else by its label and what it asks."""
    if isinstance(rule, Required):
        return name_of(rule)
    label = getattr(rule, "label", "")
    return f"“{label}” ({clause(rule)})" if label else f"({clause(rule)})"


def _observed(rule: Observed) -> str:
    contexts = f" in {counted(rule.contexts, 'setting')}" if rule.contexts > 1 else ""
    people = f" by {rule.assessors} people" if rule.assessors > 1 else ""
    window = f" within {counted(rule.window_days, 'day')}" if rule.window_days is not None else ""
    return f"{counted(rule.count, 'time')}{contexts}{people}{window}"


def name_of(rule: Rule) -> str:
    """A rule's name in a list."""
    if isinstance(rule, Required):
        return one_of([item.title for item in rule.items])
    if label := getattr(rule, "label", ""):
        return f"“{label}”"
    return {
        Hours: "the number of hours",
        Points: "the number of points",
        Capstone: "the capstone",
        Professions: "the professions",
    }.get(type(rule), f"({clause(rule)})")


def counted(number: int, word: str) -> str:
    return f"1 {word}" if number == 1 else f"{number} {word}s"


def hours_in_words(hours: int) -> str:
    return counted(hours, "hour")


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
