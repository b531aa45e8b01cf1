"""Whether a pathway is met on a day, explained rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from .completion import least
from .matching import assign, places_of
from .model import AllOf, Choose, Held, Hours, Item, Line, Pathway, Required, Rule
from .words import all_of, day_in_words, hours_in_words, one_of


@dataclass(frozen=True)
class Progress:
    """The whole answer. hours: of the components that count."""

    lines: tuple[Line, ...]
    hours: int
    _asked: Pathway = field(repr=False, compare=False)
    _counting: tuple[Held, ...] = field(repr=False, compare=False)
    _waived: frozenset[int] = field(repr=False, compare=False)

    @property
    def is_met(self) -> bool:
        return all(line.is_met for line in self.lines)

    @property
    def done(self) -> int:
        return sum(line.is_met for line in self.lines)

    @property
    def total(self) -> int:
        return len(self.lines)

    @property
    def sentence(self) -> str:
        """The answer in a few sentences."""
        if self.is_met:
            return "Every requirement is met."
        missing = [line.sentence for line in self.lines if not line.is_met]
        return " ".join([f"{self.done} of {self.total} requirements are met.", *missing])

    @property
    def counted(self) -> tuple[tuple[Held, str], ...]:
        """The awards that count, each with the label of its rule, in the order of the rules."""
        return tuple((held, line.label) for line in self.lines for held in line.used)

    @cached_property
    def least(self) -> tuple[Item, ...]:
        """The items that take the fewest hours and complete every rule on credentials and hours.

        Empty when these rules are met, when nothing would complete them, or when the search was given up.
        """
        return least(self._asked, self._counting, self._waived)

    @property
    def least_sentence(self) -> str:
        """The least in one sentence, or nothing."""
        if not self.least:
            return ""
        hours = sum(item.hours or 0 for item in self.least)
        taken = f", {hours_in_words(hours)}" if hours else ""
        return f"The least that is left to earn: {all_of([item.title for item in self.least])}{taken}."


def evaluate(
    pathway: Pathway,
    held: Sequence[Held],
    *,
    on: date,
    waived: frozenset[int] = frozenset(),
    professions: int | None = None,
) -> Progress:
    """Say what is met and missing on a day.

    waived: the ids of rules that need not be met. professions: how many professions the learner's team evidence shows;
    None when that is not recorded. Raises RuleError for a rule that makes no sense.
    """
    counting, lapsed = _sift(pathway, held, on)
    used = assign(places_of(pathway.rules, waived), counting)
    hours = sum(each.hours for awards in used.values() for each in awards)
    here = {each.credential_id for each in counting}
    lines = [_line(rule, used.get(rule.id, ()), here, lapsed, hours, rule.id in waived) for rule in pathway.rules]
    if pathway.distinct_professions > 1:
        lines.append(_professions_line(pathway.distinct_professions, professions))
    return Progress(tuple(lines), hours, pathway, tuple(counting), waived)


def _sift(pathway: Pathway, held: Sequence[Held], on: date) -> tuple[list[Held], dict[int, str]]:
    """The awards that count on the day, one for each credential, and a sentence for each credential that lapsed."""
    oldest = _months_before(on, pathway.time_limit_months) if pathway.time_limit_months else None
    counting: dict[int, Held] = {}
    lapsed: dict[int, str] = {}
    for each in held:
        if each.credential_id not in pathway.items or each.awarded_on > on:
            continue
        if pathway.is_valid_at_award and each.valid_until is not None and each.valid_until < on:
            lapsed[each.credential_id] = f"{each.title} lapsed on {day_in_words(each.valid_until)}; renew it."
        elif oldest is not None and each.awarded_on < oldest:
            lapsed[each.credential_id] = (
                f"{each.title} was awarded on {day_in_words(each.awarded_on)}, "
                f"more than {pathway.time_limit_months} months ago; earn it again."
            )
        else:
            known = counting.get(each.credential_id)
            if known is None or (each.awarded_on, each.award_id) > (known.awarded_on, known.award_id):
                counting[each.credential_id] = each
    return list(counting.values()), {key: text for key, text in lapsed.items() if key not in counting}


def _line(
    rule: Rule, used: tuple[Held, ...], here: set[int], lapsed: Mapping[int, str], hours: int, is_waived: bool
) -> Line:
    if isinstance(rule, Required):
        name, line = rule.item.title, _required_line(rule, used, lapsed)
    elif isinstance(rule, AllOf):
        name, line = rule.label, _group_line(rule.id, rule.label, len(rule.items), rule.items, used, here, lapsed)
    elif isinstance(rule, Choose):
        name, line = rule.label, _group_line(rule.id, rule.label, rule.count, rule.items, used, here, lapsed)
    elif isinstance(rule, Hours):
        name = "The number of hours"
        more = "" if hours >= rule.minimum else f"; {rule.minimum - hours} more needed"
        sentence = f"{hours} of {hours_in_words(rule.minimum)} together{more}."
        line = Line(rule.id, "Hours", sentence, hours >= rule.minimum)
    else:
        name = "The capstone"
        line = Line(rule.id, "Capstone", f"The capstone ({rule.form}) is not recorded yet.", False)
    if is_waived and not line.is_met:
        return Line(rule.id, line.label, f"{name} is waived.", True, used)
    return line


def _required_line(rule: Required, used: tuple[Held, ...], lapsed: Mapping[int, str]) -> Line:
    title, label = rule.item.title, "Required"
    if used:
        return Line(rule.id, label, f"{title} was awarded on {day_in_words(used[0].awarded_on)}.", True, used)
    if gone := lapsed.get(rule.item.credential_id):
        return Line(rule.id, label, gone, False, (), (title,), (title,))
    return Line(rule.id, label, f"{title} is missing.", False, (), (title,))


def _group_line(
    rule_id: int,
    label: str,
    count: int,
    items: tuple[Item, ...],
    used: tuple[Held, ...],
    here: set[int],
    lapsed: Mapping[int, str],
) -> Line:
    if len(used) >= count:
        return Line(rule_id, label, f"{label}: {all_of([each.title for each in used])}.", True, used)
    more = count - len(used)
    open_items = sorted(
        (item for item in items if item.credential_id not in here), key=lambda item: (item.hours or 0, item.title)
    )
    titles = [item.title for item in open_items]
    gone = [item for item in open_items if item.credential_id in lapsed]
    if not titles:
        sentence = f"{label}: {more} more; the badges that you hold of it count elsewhere."
    elif len(titles) <= more:
        sentence = f"{label}: {all_of(titles)} {'is' if len(titles) == 1 else 'are'} missing."
    else:
        sentence = f"{label}: {more} more of {one_of(titles)}."
    sentence = " ".join([sentence, *(lapsed[item.credential_id] for item in gone)])
    return Line(rule_id, label, sentence, False, used, tuple(titles[:more]), tuple(item.title for item in gone))


def _professions_line(wanted: int, shown: int | None) -> Line:
    label = "Professions"
    if shown is None:
        return Line(0, label, f"Team evidence with {wanted} professions is not recorded yet.", False)
    return Line(0, label, f"Team evidence shows {shown} of {wanted} professions.", shown >= wanted)


def _months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
