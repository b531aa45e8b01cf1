"""Two versions side by side, word by word. Pure: no database, no clock."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

from credentials.content import Content

WORDS_MAX = 3000  # a longer text is shown as replaced whole: matching it word by word would take too long
_WORD = re.compile(r"\w+|\s+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    text: str
    is_changed: bool


@dataclass(frozen=True)
class Line:
    """One part of both versions; the pieces of each side, in order."""

    label: str
    before: list[Piece]
    after: list[Piece]

    @property
    def is_changed(self) -> bool:
        return any(piece.is_changed for piece in (*self.before, *self.after))


def compare(before: Content, after: Content) -> list[Line]:
    """Every part that either version has, in the order of the editor."""
    old, new = dict(_parts(before)), dict(_parts(after))
    labels = list(new) + [label for label in old if label not in new]
    return [line(label, old.get(label, ""), new.get(label, "")) for label in labels if old.get(label) or new.get(label)]


def line(label: str, before: str, after: str) -> Line:
    """Which words of two texts differ."""
    if before == after:
        return Line(label, _piece(before, False), _piece(after, False))
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > WORDS_MAX:
        return Line(label, _piece(before, True), _piece(after, True))
    left: list[Piece] = []
    right: list[Piece] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        left += _piece("".join(old[a:b]), kind != "equal")
        right += _piece("".join(new[c:d]), kind != "equal")
    return Line(label, left, right)


def _piece(text: str, is_changed: bool) -> list[Piece]:
    return [Piece(text, is_changed)] if text else []


def labels() -> dict[str, str]:
    """What the fields of a version are called."""
    return {
        "title": _("Title"),
        "claim": _("Claim"),
        "summary": _("Summary"),
        "theme": _("Theme"),
        "language": _("Language"),
        "level": _("Level"),
        "learner_phase": _("Phase"),
        "professions_admitted": _("Professions admitted"),
        "setting": _("Setting"),
        "requirement": _("Requirement"),
        "delivery": _("Form of participation"),
        "workload_hours": _("Workload in hours"),
        "workload_note": _("About the workload"),
        "cost": _("Cost"),
        "assessment_methods": _("Types of assessment"),
        "miller_level": _("What it shows"),
        "supervision_and_identity": _("Supervision and identity"),
        "required_minimum_level": _("Level that required criteria must reach"),
        "optional_minimum_level": _("Level that the other criteria must reach"),
        "attempts_max": _("Attempts"),
        "attempts_wait_days": _("Days between attempts"),
        "assessors_count": _("Assessors for each submission"),
        "second_mark_percent": _("Second-mark share in percent"),
        "is_blind": _("Assessors do not see the learner’s name"),
        "review_target_working_days": _("Answer within working days"),
        "ai_rule": _("Rule on artificial intelligence"),
        "expires_after_months": _("Expires after months"),
        "renewal_kind": _("Renewal asks for"),
        "renewal_hours": _("Hours of a renewal"),
        "renewal_opens_days": _("Renewal opens, in days before it expires"),
        "renewal_grace_days": _("Renewal closes, in days after it has expired"),
        "renewal": _("About the renewal"),
        "limits": _("What it does not authorize"),
        "is_stackable": _("It may count toward a designation"),
        "quality_assurance": _("Quality assurance"),
        "content_informed_by": _("Informed by"),
        "statement_for_letters": _("Statement for performance letters"),
        "learners_expected": _("Learners expected in a year"),
        "assessment_minutes": _("Minutes for one assessment"),
    }


def _parts(content: Content) -> Iterator[tuple[str, str]]:
    for name, label in labels().items():
        yield label, _said(content[name])
    yield _("Outcomes"), "\n".join(content["outcomes"])
    for each in content["criteria"]:
        yield from _criterion(each)
    yield _("Order of the criteria"), "\n".join(each["name"] for each in content["criteria"])
    yield _("Evidence"), "\n".join(_evidence(each) for each in content["evidence"])
    yield _("Competencies"), "\n".join(_alignment(each, content) for each in content["alignments"])
    yield _("Prerequisites"), "\n".join(content["prerequisites"])


def _said(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return "\n".join(value) if isinstance(value, list) else str(value)


def _criterion(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    about = _("Criterion %(key)s") % {"key": row["key"]}
    need = _("required") if row["is_required"] else _("optional")
    yield about, "\n".join(each for each in (row["name"], row["looks_for"], need) if each)
    for level in row["levels"]:
        yield f"{about}, {level['value']}", f"{level['label']}: {level['descriptor']}"


def _evidence(row: dict[str, Any]) -> str:
    again = _("again in a renewal") if row["is_in_renewal"] else ""
    parts = [row["kind"], f"× {row['items_min']}", row["source"], row["patient_data_risk"], again, row["instructions"]]
    return ", ".join(each for each in parts if each)


def _alignment(row: dict[str, Any], content: Content) -> str:
    names = {each["key"]: each["name"] for each in content["criteria"]}
    of = names.get(row["criterion"], row["criterion"]) if row["criterion"] else _("the whole")
    return f"{row['code']} ({row['framework']}, {row['version']}): {row['strength']}, {of}"
