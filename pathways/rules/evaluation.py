"""Whether a pathway is met on a day, explained rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from itertools import pairwise

from .completion import Least, least
from .counting import Tally, count, decide
from .model import (
    NO_REASONS,
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
    Line,
    Observed,
    Outside,
    Pathway,
    Points,
    Professions,
    Required,
    Rule,
    Sum,
)
from .observing import best_window, is_fact_met, is_in_order, recognized
from .words import all_of, counted, day_in_words, heading, name_of, one_of


class Progress:
    """The whole answer. The lines are written when they are read."""

    def __init__(
        self,
        pathway: Pathway,
        counting: list[Held],
        lapsed: dict[int, str],
        facts: Facts,
        waived: frozenset[int],
        owned: frozenset[int],
        why: Mapping[int, str] = NO_REASONS,
    ) -> None:
        self.pathway, self.facts, self.waived, self.why = pathway, facts, waived, why
        self._counting, self._lapsed, self._owned = counting, lapsed, owned
        _ = pathway.plan  # refuses rules that make no sense
        self._here = {each.credential_id for each in counting}

    @cached_property
    def _decided(self) -> Tally | bool:
        return decide(self.pathway, self._counting, self.facts, self.waived)

    @cached_property
    def _tally(self) -> Tally:
        """Which award counts where. What is met says so itself; for the rest it is worked out when somebody reads it."""
        if isinstance(self._decided, Tally):
            return self._decided
        return count(self.pathway, self._counting, self.facts, self.waived)

    @property
    def hours(self) -> int:
        """Of the components that count."""
        return self._tally.hours

    @property
    def is_met(self) -> bool:
        """Every requirement; what the committee says is another matter."""
        return not self._is_full and bool(self._decided)

    @property
    def _is_full(self) -> bool:
        most = self.pathway.designations_max
        return most is not None and self.facts.designations >= most

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """One for each requirement."""
        rules = [rule for rule in self.pathway.rules if not isinstance(rule, Confirmation)]
        lines = [_line(self, rule) for rule in rules]
        if self._is_full:
            most = counted(self.pathway.designations_max or 0, "designation")
            held = counted(self.facts.designations, "designation")
            lines.append(Line(0, "Designations", f"You hold {held}; a learner is given at most {most}.", False))
        return tuple(lines)

    @cached_property
    def decision(self) -> Line:
        """What the committee has said, apart from the requirements."""
        rule = next((rule for rule in self.pathway.rules if isinstance(rule, Confirmation)), Confirmation(0))
        name = rule.label or "The committee"
        on = self.facts.confirmed_on
        sentence = f"{name} confirmed it on {day_in_words(on)}." if on else f"{name} has not confirmed it yet."
        return Line(rule.id, "Confirmation", sentence, on is not None, is_decision=True)

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
    def _least(self) -> Least | None:
        if self.is_met or self._is_full:
            return Least()
        return least(self.pathway, self._counting, self._owned, self.facts, self.waived)

    @property
    def least(self) -> tuple[Item, ...]:
        """The items of the fewest hours that complete every rule, with all that has to be held before them.

        Empty when only other things than badges are left, and when nothing would complete it.
        """
        return self._least.items if self._least else ()

    @property
    def is_out_of_reach(self) -> bool:
        """Whether nothing that can be earned would complete it; a waiver or a substitute might."""
        return self._least is None or self._is_full

    @property
    def least_sentence(self) -> str:
        """The least in one sentence or two, or nothing."""
        return (
            ""
            if self.is_met
            else self._least.sentence
            if self._least
            else "Nothing that can be earned would complete it."
        )


def evaluate(
    pathway: Pathway,
    held: Sequence[Held],
    *,
    on: date,
    waived: frozenset[int] = frozenset(),
    facts: Facts = NOTHING,
    why: Mapping[int, str] = NO_REASONS,
) -> Progress:
    """Say what is met and missing on a day.

    waived: the ids of rules that need not be met. why: the reasons of waivers and substitutions, by the id of the rule.
    Raises RuleError for a rule that makes no sense.
    """
    pathway = pathway.with_waived(waived)
    counting, lapsed = _sift(pathway, held, on)
    owned = frozenset(each.credential_id for each in held if each.awarded_on <= on)
    return Progress(pathway, counting, lapsed, facts, waived, owned, why)


def _sift(pathway: Pathway, held: Sequence[Held], on: date) -> tuple[list[Held], dict[int, str]]:
    """The awards that count on the day, one for each credential and what was earned again, and a sentence for each
    credential that lapsed."""
    oldest = months_before(on, pathway.time_limit_months) if pathway.time_limit_months else None
    counting: dict[int, Held] = {}
    earlier: list[Held] = []
    lapsed: dict[int, str] = {}
    items = pathway.items
    for each in held:
        if each.credential_id not in items or each.awarded_on > on:
            continue
        if pathway.is_valid_at_award and each.has_lapsed(on):
            if not each.is_earlier:
                lapsed[each.credential_id] = f"{each.title} lapsed on {day_in_words(each.valid_until or on)}; renew it."
        elif oldest is not None and each.awarded_on < oldest:
            if not each.is_earlier:
                lapsed[each.credential_id] = (
                    f"{each.title} was awarded on {day_in_words(each.awarded_on)}, "
                    f"more than {pathway.time_limit_months} months ago; earn it again."
                )
        elif each.is_earlier:
            earlier.append(each)
        else:
            known = counting.get(each.credential_id)
            if known is None or _newness(each) > _newness(known):
                counting[each.credential_id] = each
    return [*counting.values(), *earlier], {key: text for key, text in lapsed.items() if key not in counting}


def _newness(each: Held) -> tuple[bool, date, int]:
    """What was earned here before what was recognized, then the newest."""
    return not each.is_recognized, each.awarded_on, each.award_id


# Lines ---------------------------------------------------------------------------------------------------------------
def _line(state: Progress, rule: Rule) -> Line:
    if isinstance(rule, Required):
        line = _required_line(state, rule)
    elif isinstance(rule, Choose | AllOf | InOrder):
        line = _group_line(state, rule)
    elif isinstance(rule, Hours | Points | Coverage):
        line = _sum_line(state, rule)
    else:
        line = _fact_line(state, rule)
    if rule.id in state.waived and not line.is_met:
        return Line(rule.id, line.label, _waived(state, rule, line.label), True, line.used, is_waived=True)
    return line


def _waived(state: Progress, rule: Rule, label: str) -> str:
    name = rule.item.title if isinstance(rule, Required) else label
    names = {"Hours": "The number of hours", "Points": "The number of points", "Capstone": "The capstone"}
    return f"{names.get(name, name)} is waived{_because(state, rule.id)}."


def _because(state: Progress, rule_id: int) -> str:
    """The reason of a waiver or a substitution, as the end of a sentence."""
    why = state.why.get(rule_id, "").strip().rstrip(".")
    return f": {why}" if why else ""


def _allowances(state: Progress, rule: Choose | AllOf | InOrder) -> str:
    """What of a group was waived and is not there anyhow, and what counts because it was allowed; a sentence each."""
    said = ""
    for part in rule.rules:
        used = state._tally.used.get(part.id, ())
        if part.id in state.waived:
            line = _line(state, part)
            said += f" {line.sentence}" if line.is_waived else ""
        elif isinstance(part, AllOf | Choose | InOrder):
            if state._tally.is_met(part, state.facts, state.waived):  # what is missing says so itself
                said += _allowances(state, part)
        elif isinstance(part, Required) and part.id == -rule.id:
            here = used or state._tally.used.get(rule.id, ())
            if any(each.credential_id == part.item.credential_id for each in here):
                said += f" {part.item.title} was allowed here{_because(state, rule.id)}."
        elif isinstance(part, Required) and used and used[0].credential_id != part.item.credential_id:
            said += f" {used[0].title} stands in for {part.item.title}{_because(state, part.id)}."
    return said


def _required_line(state: Progress, rule: Required) -> Line:
    title, label = name_of(rule), "Required"
    if used := tuple(state._tally.used.get(rule.id, ())):
        day = day_in_words(used[0].awarded_on)
        how = "was recognized; it was earned" if used[0].is_recognized else "was awarded"
        instead = ""
        if used[0].credential_id != rule.item.credential_id:
            instead = f" and stands in for {rule.item.title}{_because(state, rule.id)}"
        return Line(rule.id, label, f"{used[0].title} {how} on {day}{instead}.", True, used)
    gone = [text for item in rule.items if (text := state._lapsed.get(item.credential_id))]
    if gone:
        return Line(rule.id, label, " ".join(gone), False, (), (title,), (title,))
    if all(item.credential_id in state._here for item in rule.items):
        return Line(rule.id, label, f"{title} counts elsewhere, and {_limits(state)}.", False, (), (title,))
    return Line(rule.id, label, f"{title} is missing.", False, (), (title,))


def _limits(state: Progress) -> str:
    most = state.pathway.shared_max
    if most is not None and any(each.is_shared for each in state._counting):
        return f"at most {counted(most, 'badge')} may be shared with another designation"
    return "it counts once"


def _group_line(state: Progress, rule: Choose | AllOf | InOrder) -> Line:
    label = rule.label or (f"Choose {rule.count}" if isinstance(rule, Choose) else "All of these")
    count_wanted = rule.count if isinstance(rule, Choose) else len(rule.rules)
    is_met = state._tally.is_met(rule, state.facts, frozenset())
    is_plain = rule.is_plain if isinstance(rule, Choose) else all(isinstance(part, Required) for part in rule.rules)
    if is_plain:
        line = _flat_line(state, rule, label, count_wanted, is_met)
    else:
        line = _deep_line(state, rule, label, count_wanted, is_met)
    return replace(line, sentence=line.sentence + _allowances(state, rule))


def _deep_line(state: Progress, rule: Choose | AllOf | InOrder, label: str, count_wanted: int, is_met: bool) -> Line:
    head = heading(rule, label)
    parts = tuple(_line(state, part) for part in rule.rules)
    used = tuple(each for part in parts for each in part.used)
    is_met = is_met or sum(part.is_met for part in parts) >= count_wanted
    if is_met:
        said = all_of([each.title for each in used]) or "met"
        return Line(rule.id, label, f"{head}: {said}.", True, used, parts=parts)
    more = count_wanted - sum(part.is_met for part in parts)
    open_parts = [(part, line) for part, line in zip(rule.rules, parts, strict=True) if not line.is_met]
    names = [name_of(part) for part, _line_of in open_parts]
    if len(names) <= more:
        start = f"{head}: {all_of(names)} {'is' if len(names) == 1 else 'are'} missing."
    else:
        start = f"{head}: {more} more of {one_of(names)}."
    inner = [line.sentence for part, line in open_parts if not isinstance(part, Required) or line.lapsed]
    missing = tuple(title for _part, line in open_parts for title in line.missing)
    lapsed = tuple(title for _part, line in open_parts for title in line.lapsed)
    return Line(rule.id, label, " ".join([start, *inner]), False, used, missing, lapsed, parts)


def _flat_line(state: Progress, rule: Choose | AllOf | InOrder, label: str, wanted: int, is_met: bool) -> Line:
    head = heading(rule, label)
    at = [rule.id] if isinstance(rule, Choose) else [part.id for part in rule.rules]
    used = tuple(each for key in at for each in state._tally.used.get(key, ()))
    if is_met:
        return Line(rule.id, label, f"{head}: {all_of([each.title for each in used])}.", True, used)
    leaves = [part for part in rule.rules if isinstance(part, Required)]
    if isinstance(rule, Choose):
        open_leaves = [part for part in leaves if not any(i.credential_id in state._here for i in part.items)]
        open_leaves.sort(key=lambda part: (part.item.hours or 0, part.item.title))
    else:
        waived = state.waived
        open_leaves = [part for part in leaves if not state._tally.used.get(part.id) and part.id not in waived]
    more = wanted - len(used)
    titles = [name_of(part) for part in open_leaves]
    gone = [part for part in open_leaves if any(item.credential_id in state._lapsed for item in part.items)]
    if isinstance(rule, InOrder) and not titles:
        if not is_in_order(rule, state._tally.used, state.waived):
            return Line(rule.id, label, f"{head}: {_disorder(rule, state)}", False, used)
        return Line(rule.id, label, f"{head}: {all_of([each.title for each in used])}.", True, used)
    if not isinstance(rule, Choose) and not titles:  # what is not there is waived
        return Line(rule.id, label, f"{head}: {all_of([each.title for each in used]) or 'waived'}.", True, used)
    if not titles:
        sentence = f"{head}: {more} more; the badges that you hold of it count elsewhere."
    elif isinstance(rule, InOrder):
        sentence = f"{head}, in this order: {all_of(titles)} {'is' if len(titles) == 1 else 'are'} missing."
        if not is_in_order(rule, state._tally.used, state.waived):
            sentence += f" {_disorder(rule, state)}"
    elif len(titles) <= more:
        sentence = f"{head}: {all_of(titles)} {'is' if len(titles) == 1 else 'are'} missing."
    else:
        sentence = f"{head}: {more} more of {one_of(titles)}."
    texts = [state._lapsed[i.credential_id] for part in gone for i in part.items if i.credential_id in state._lapsed]
    return Line(
        rule.id, label, " ".join([sentence, *texts]), False, used, tuple(titles[:more]), tuple(map(name_of, gone))
    )


def _disorder(rule: InOrder, state: Progress) -> str:
    steps = [used[0] for part in rule.rules if part.id not in state.waived and (used := state._tally.used.get(part.id))]
    for before, after in pairwise(steps):
        if before.awarded_on > after.awarded_on:
            return f"{after.title} was awarded before {before.title}, which comes first."
    return ""


def _sum_line(state: Progress, rule: Sum) -> Line:
    have = state._tally.amount(rule)
    is_met = have >= rule.minimum
    used = tuple(state._tally.used.get(rule.id, ())) if rule.rules else ()
    if isinstance(rule, Coverage):
        label = rule.label or "Competencies"
        head = heading(rule, label)
        covered = frozenset[str]().union(*(each.covers for each in state._tally.scope(rule)))
        gaps = [each.code for each in rule.competencies if each.key not in covered]
        more = rule.minimum - have
        names = all_of(gaps) if len(gaps) <= more else one_of(gaps)
        tail = "" if is_met else f"; {f'{more} more of ' if len(gaps) > more else ''}{names} {_is_open(gaps, more)}"
        start = f"{head}: {have} of {counted(rule.minimum, 'competency')}"
        sentence = f"{start} assessed{tail}.".replace("competencys", "competencies")
    else:
        word = "hour" if isinstance(rule, Hours) else "point"
        label = rule.label or f"{word.capitalize()}s"
        head = heading(rule, label)
        tail = "" if is_met else f"; {rule.minimum - have} more needed"
        if rule.rules:
            sentence = f"{head}: {have} of {counted(rule.minimum, word)}{tail}{'' if is_met else _from(state, rule)}."
        else:
            sentence = f"{have} of {counted(rule.minimum, word)} together{tail}."
    missing = () if is_met or not rule.rules else tuple(name_of(part) for part in _open(state, rule))
    gone = [part for part in _open(state, rule) if any(i.credential_id in state._lapsed for i in part.items)]
    texts = [state._lapsed[i.credential_id] for part in gone for i in part.items if i.credential_id in state._lapsed]
    if is_met or not texts:
        return Line(rule.id, label, sentence, is_met, used, missing)
    return Line(rule.id, label, " ".join([sentence, *texts]), False, used, missing, tuple(map(name_of, gone)))


def _is_open(gaps: Sequence[str], more: int) -> str:
    return "needed" if len(gaps) > more else "is not" if len(gaps) == 1 else "are not"


def _open(state: Progress, rule: Sum) -> list[Required]:
    return [
        part
        for part in rule.rules
        if isinstance(part, Required) and not any(item.credential_id in state._here for item in part.items)
    ]


def _from(state: Progress, rule: Sum) -> str:
    names = [name_of(part) for part in _open(state, rule)]
    return f", from {one_of(names)}" if names else ""


def _fact_line(state: Progress, rule: Rule) -> Line:
    facts = state.facts
    is_met = is_fact_met(rule, facts)
    if isinstance(rule, Observed):
        seen = best_window(rule, facts)
        label = rule.label or "Observations"
        head = heading(rule, label)
        contexts = f", in {seen.contexts} of {counted(rule.contexts, 'setting')}" if rule.contexts > 1 else ""
        people = f", by {seen.assessors} of {rule.assessors} people" if rule.assessors > 1 else ""
        window = f" within {counted(rule.window_days, 'day')}" if rule.window_days is not None else ""
        sentence = f"{head}: {seen.number} of {counted(rule.count, 'observation')}{contexts}{people}{window}."
        return Line(rule.id, label, sentence, is_met)
    if isinstance(rule, Professions):
        wanted, shown = rule.minimum, facts.professions
        said = (
            f"Team evidence with {counted(wanted, 'profession')} is not recorded yet."
            if shown is None
            else f"Team evidence shows {shown} of {counted(wanted, 'profession')}."
        )
        return Line(rule.id, "Professions", said, is_met)
    if isinstance(rule, Outside):
        label = rule.label or "Recognized credentials"
        head = heading(rule, label)
        by = f" of {rule.provider}" if rule.provider else ""
        have = recognized(rule, facts)
        return Line(rule.id, label, f"{head}: {have} of {counted(rule.count, 'credential')}{by} recognized.", is_met)
    if isinstance(rule, Capstone):
        done = f"The capstone ({rule.form}) is recorded."
        return Line(rule.id, "Capstone", done if is_met else f"The capstone ({rule.form}) is not recorded yet.", is_met)
    return Line(rule.id, "Confirmation", "The committee confirms.", True, is_decision=True)


def months_before(day: date, months: int) -> date:
    """The same day of the month so many months earlier, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, min(day.day, 28))
