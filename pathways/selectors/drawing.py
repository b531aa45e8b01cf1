"""The drawing of a pathway, which says the same as its sentences."""

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from pathways import rules

from .asking import Asked
from .mapping import state_in_words

Lines = Mapping[int, rules.Line]
Drawn = dict[str, object]


def groups(asked: Asked, progress: rules.Progress | None) -> list[Drawn]:
    """Required items, then each other rule in its order; a group within a group stands behind the one that it is part of."""
    lines = {line.rule_id: line for line in _all(progress.lines)} if progress else {}
    required = [rule for rule in asked.rules.rules if isinstance(rule, rules.Required)]
    drawn: list[Drawn] = []
    if required:
        met = sum(rule.id in lines and lines[rule.id].is_met for rule in required)
        drawn.append(
            _group(
                _("Required"),
                _("all of these"),
                _earned(met, len(required)) if progress else "",
                [_node(rule.item, lines.get(rule.id), asked) for rule in required],
                is_met=bool(progress) and met == len(required),
            )
        )
    for rule in asked.rules.rules:
        if not isinstance(rule, rules.Required | rules.Confirmation):
            drawn += _drawn(rule, lines, asked)
    return drawn


def _all(lines: tuple[rules.Line, ...]) -> Iterator[rules.Line]:
    for line in lines:
        yield line
        yield from _all(line.parts)


def _drawn(rule: rules.Rule, lines: Lines, asked: Asked, above: str = "") -> Iterator[Drawn]:
    line = lines.get(rule.id)
    title, words, count = _in_words(rule)
    if above:
        words = _("part of “%(group)s”: %(rule)s") % {"group": above, "rule": words}
    leaves = [part for part in rules.parts_of(rule) if isinstance(part, rules.Required)]
    yield _group(
        title,
        words,
        _said(line, count) if line else "",
        [_node(leaf.item, lines.get(leaf.id) or line, asked) for leaf in leaves],
        is_met=bool(line and line.is_met),
    )
    for part in rules.parts_of(rule):
        if not isinstance(part, rules.Required):
            yield from _drawn(part, lines, asked, title)


def _group(title: str, words: str, said: str, nodes: list[Drawn], *, is_met: bool) -> Drawn:
    return {"title": title, "rule": words, "said": said, "is_met": is_met, "nodes": nodes}


def _in_words(rule: rules.Rule) -> tuple[str, str, int]:
    """A rule's title, what it asks, and how many badges (none: it counts something else, or whole groups)."""
    is_plain = all(isinstance(part, rules.Required) for part in rules.parts_of(rule))
    if isinstance(rule, rules.Choose):
        words = _("choose %(count)s") % {"count": rule.count}
        return rule.label or _("To choose from"), words, rule.count if is_plain else 0
    if isinstance(rule, rules.AllOf):
        return rule.label or _("All of these"), _("all of these"), len(rule.rules) if is_plain else 0
    if isinstance(rule, rules.InOrder):
        return rule.label or _("In order"), _("in this order"), 0
    if isinstance(rule, rules.Hours):
        words = _("at least %(hours)s") if rule.rules else _("at least %(hours)s together")
        return rule.label or _("Hours"), words % {"hours": rule.minimum}, 0
    if isinstance(rule, rules.Points):
        words = _("at least %(points)s") if rule.rules else _("at least %(points)s together")
        return rule.label or _("Points"), words % {"points": rule.minimum}, 0
    if isinstance(rule, rules.Professions):
        return _("Professions"), _("at least %(count)s in team evidence") % {"count": rule.minimum}, 0
    if isinstance(rule, rules.Capstone):
        return _("Capstone"), rule.form, 0
    return str(getattr(rule, "label", "")) or _("Also"), rules.sentence(rule), 0


def _said(line: rules.Line, count: int) -> str:
    return _earned(len(line.used), count) if count and not line.is_waived else line.sentence


def _earned(met: int, count: int) -> str:
    return _("%(met)s of %(all)s earned") % {"met": met, "all": count}


def _node(item: rules.Item, line: rules.Line | None, asked: Asked) -> Drawn:
    node: Drawn = {"title": item.title, "url": asked.credentials[item.credential_id].get_absolute_url()}
    used = next((each for each in line.used if each.credential_id == item.credential_id), None) if line else None
    if used is not None:
        node |= {"kind": "awarded", "word": _("Earned"), "time": used.awarded_on}
    elif line is not None and item.title in line.lapsed:
        node |= {"kind": "expired", "word": _("Lapsed")}
    return node | {"said": state_in_words(node)}
