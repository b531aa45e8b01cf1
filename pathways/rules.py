"""What a pathway asks and whether it is met, explained in sentences. Pure Python: no Django, no database, no clock.

A pathway is a list of rules: credentials that are required, groups to choose from, hours over all components, a capstone,
distinct professions. Which award counts where is chosen exactly: an award counts once, and of all ways to fill the most
places the one with the most hours is taken. Places and awards form a transversal matroid, so taking awards by descending
hours and making room by augmenting paths is optimal (Edmonds and Fulkerson, 1965).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date


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


Rule = Required | Choose | Hours | Capstone


@dataclass(frozen=True)
class Pathway:
    """The rules of one version. time_limit_months: awards older than this on the day do not count."""

    rules: tuple[Rule, ...]
    distinct_professions: int = 1
    time_limit_months: int | None = None


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
    """One rule with its answer. used: the awards that count for it; missing: what would complete it, by title."""

    rule_id: int
    label: str
    sentence: str
    is_met: bool
    used: tuple[Held, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Progress:
    """The whole answer. lapsed: sentences on awards that would count if they had not lapsed."""

    lines: tuple[Line, ...]
    lapsed: tuple[str, ...]
    hours: int

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
        """The answer in one sentence."""
        if self.is_met:
            return "Every requirement is met."
        names = "; ".join(line.sentence for line in self.lines if not line.is_met)
        return f"{self.done} of {self.total} requirements are met. {names}"

    @property
    def counted(self) -> tuple[tuple[Held, str], ...]:
        """The awards that count, each with the label of its rule, in the order of the rules."""
        return tuple((held, line.label) for line in self.lines for held in line.used)


def in_words(pathway: Pathway) -> list[str]:
    """The rules as sentences."""
    sentences = []
    required = [rule.item.title for rule in pathway.rules if isinstance(rule, Required)]
    if required:
        sentences.append(f"Earn {_and(required)}.")
    for rule in pathway.rules:
        if isinstance(rule, Choose):
            titles = [item.title for item in rule.items]
            sentences.append(f"{rule.label}: earn {rule.count} of {_or(titles)}.")
        elif isinstance(rule, Hours):
            sentences.append(f"All components together take at least {rule.minimum} hours.")
        elif isinstance(rule, Capstone):
            sentences.append(f"Complete a capstone: {rule.form}.")
    if pathway.distinct_professions > 1:
        sentences.append(f"Team evidence shows at least {pathway.distinct_professions} professions.")
    if pathway.time_limit_months:
        sentences.append(f"Components count for {pathway.time_limit_months} months.")
    return sentences


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
    used = _assign(pathway.rules, counting)
    hours = sum(each.hours for awards in used.values() for each in awards)
    lines = [_line(rule, used.get(rule.id, ()), hours, rule.id in waived) for rule in pathway.rules]
    if pathway.distinct_professions > 1:
        lines.append(_professions_line(pathway.distinct_professions, professions))
    return Progress(tuple(lines), tuple(lapsed), hours)


def _sift(pathway: Pathway, held: Sequence[Held], on: date) -> tuple[list[Held], list[str]]:
    """The awards that count on the day, one for each credential, and a sentence for each that would but lapsed."""
    named = {item.credential_id for rule in pathway.rules for item in _items(rule)}
    oldest = _months_before(on, pathway.time_limit_months) if pathway.time_limit_months else None
    counting: dict[int, Held] = {}
    lapsed: dict[int, str] = {}
    for each in held:
        if each.credential_id not in named or each.awarded_on > on:
            continue
        if each.valid_until is not None and each.valid_until < on:
            lapsed[each.credential_id] = f"{each.title} lapsed on {_day(each.valid_until)}; renew it."
        elif oldest is not None and each.awarded_on < oldest:
            lapsed[each.credential_id] = (
                f"{each.title} was awarded on {_day(each.awarded_on)}, "
                f"more than {pathway.time_limit_months} months ago."
            )
        else:
            known = counting.get(each.credential_id)
            if known is None or (each.awarded_on, each.award_id) > (known.awarded_on, known.award_id):
                counting[each.credential_id] = each
    return list(counting.values()), [text for key, text in lapsed.items() if key not in counting]


def _assign(rules: Sequence[Rule], counting: Sequence[Held]) -> dict[int, tuple[Held, ...]]:
    """Fill the most places, and of all ways to do so take the one with the most hours."""
    places: list[tuple[int, frozenset[int]]] = []
    for rule in rules:
        candidates = frozenset(item.credential_id for item in _items(rule))
        if isinstance(rule, Required):
            places.append((rule.id, candidates))
        elif isinstance(rule, Choose):
            if not 1 <= rule.count <= len(candidates):
                raise RuleError(f"“{rule.label}” asks for {rule.count} of {len(candidates)}.")
            places.extend((rule.id, candidates) for _ in range(rule.count))
    filled: dict[int, Held] = {}

    def make_room(award: Held, tried: set[int]) -> bool:
        for number, (_rule, candidates) in enumerate(places):
            if award.credential_id not in candidates or number in tried:
                continue
            tried.add(number)
            if number not in filled or make_room(filled[number], tried):
                filled[number] = award
                return True
        return False

    for award in sorted(counting, key=lambda each: (-each.hours, each.awarded_on, each.award_id)):
        make_room(award, set())
    used: dict[int, list[Held]] = {}
    for number, (rule_id, _candidates) in enumerate(places):
        if number in filled:
            used.setdefault(rule_id, []).append(filled[number])
    return {rule_id: tuple(awards) for rule_id, awards in used.items()}


def _line(rule: Rule, used: tuple[Held, ...], hours: int, is_waived: bool) -> Line:
    if isinstance(rule, Required):
        label, line = rule.item.title, _required_line(rule, used)
    elif isinstance(rule, Choose):
        label, line = rule.label, _choose_line(rule, used)
    elif isinstance(rule, Hours):
        label, is_met = "Hours", hours >= rule.minimum
        more = "" if is_met else f"; {rule.minimum - hours} more are needed"
        line = Line(rule.id, label, f"{hours} of {rule.minimum} hours{more}.", is_met)
    else:
        label = "Capstone"
        line = Line(rule.id, label, f"The capstone ({rule.form}) is not recorded yet.", False)
    if is_waived and not line.is_met:
        return Line(rule.id, label, f"{label} is waived.", True, used)
    return line


def _required_line(rule: Required, used: tuple[Held, ...]) -> Line:
    title = rule.item.title
    if used:
        return Line(rule.id, title, f"{title} was awarded on {_day(used[0].awarded_on)}.", True, used)
    return Line(rule.id, title, f"{title} is missing.", False, (), (title,))


def _choose_line(rule: Choose, used: tuple[Held, ...]) -> Line:
    if len(used) >= rule.count:
        return Line(rule.id, rule.label, f"{rule.label}: {_and([each.title for each in used])}.", True, used)
    have = {each.credential_id for each in used}
    open_items = sorted(
        (item for item in rule.items if item.credential_id not in have), key=lambda item: (item.hours or 0, item.title)
    )
    need = rule.count - len(used)
    titles = [item.title for item in open_items]
    sentence = f"{rule.label}: {need} more of {_or(titles)}."
    return Line(rule.id, rule.label, sentence, False, used, tuple(titles[:need]))


def _professions_line(wanted: int, shown: int | None) -> Line:
    label = "Professions"
    if shown is None:
        return Line(0, label, f"Team evidence with {wanted} professions is not recorded yet.", False)
    return Line(0, label, f"Team evidence shows {shown} of {wanted} professions.", shown >= wanted)


def _items(rule: Rule) -> tuple[Item, ...]:
    if isinstance(rule, Required):
        return (rule.item,)
    return rule.items if isinstance(rule, Choose) else ()


def _months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))


def _day(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def _and(titles: Sequence[str]) -> str:
    return _joined(titles, "and")


def _or(titles: Sequence[str]) -> str:
    return _joined(titles, "or")


def _joined(titles: Sequence[str], word: str) -> str:
    if len(titles) < 3:
        return f" {word} ".join(titles)
    return f"{', '.join(titles[:-1])}, {word} {titles[-1]}"
