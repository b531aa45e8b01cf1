"""What the buttons of the editor do to the content of a draft: add, remove, move. Pure: no database, no clock."""

from __future__ import annotations

import copy
from typing import Any

from django.utils.translation import gettext as _

from config.errors import Invalid
from credentials.content import LISTS, Content
from credentials.models.catalog import EvidenceSource, Strength

LEVEL_LABELS = ("Not yet evident", "Developing", "Meets the standard", "Exceeds the standard")
ROWS_MAX = {"outcomes": 20, "criteria": 12, "evidence": 20, "alignments": 80, "prerequisites": 20}
LIMITS = "This is a record of assessed learning. It is not a license and grants no privilege to practice."
AI_RULE = (
    "Say in the declaration where artificial intelligence was used, and for what. The judgment shown must be your own."
)


def new_criterion(taken: set[str]) -> dict[str, Any]:
    """A criterion with four levels that are still to be described."""
    number = next(number for number in range(1, 1000) if f"criterion-{number}" not in taken)
    return {
        "key": f"criterion-{number}",
        "name": "",
        "looks_for": "",
        "is_required": True,
        "weight": 1,
        "levels": [{"value": value, "label": label, "descriptor": ""} for value, label in enumerate(LEVEL_LABELS, 1)],
    }


def new_evidence() -> dict[str, Any]:
    return {
        "kind": "",
        "source": EvidenceSource.LEARNER.value,
        "items_min": 1,
        "patient_data_risk": "low",
        "instructions": "",
        "is_in_renewal": True,
    }


def blank(title: str) -> Content:
    """What a new microcredential starts from: the usual rule, three criteria to describe, and the usual sentences."""
    criteria: list[dict[str, Any]] = []
    for _number in range(3):
        criteria.append(new_criterion({each["key"] for each in criteria}))
    return {
        "title": title,
        "theme": "",
        "summary": "",
        "claim": "",
        "language": "en",
        "level": "foundation",
        "learner_phase": "any",
        "setting": "extracurricular",
        "requirement": "elective",
        "delivery": "",
        "workload_hours": None,
        "workload_note": "",
        "cost": "",
        "professions_admitted": [],
        "assessment_methods": [],
        "miller_level": "",
        "supervision_and_identity": "",
        "quality_assurance": [],
        "content_informed_by": [],
        "limits": LIMITS,
        "ai_rule": AI_RULE,
        "renewal": "",
        "statement_for_letters": "",
        "is_stackable": True,
        "required_minimum_level": 3,
        "optional_minimum_level": 2,
        "attempts_max": 3,
        "attempts_wait_days": 3,
        "assessors_count": 1,
        "second_mark_percent": 10,
        "is_blind": False,
        "review_target_working_days": 5,
        "expires_after_months": None,
        "renewal_kind": "whole",
        "renewal_hours": None,
        "renewal_opens_days": 90,
        "renewal_grace_days": 90,
        "learners_expected": None,
        "assessment_minutes": 30,
        "outcomes": [""],
        "criteria": criteria,
        "evidence": [new_evidence()],
        "alignments": [],
        "prerequisites": [],
    }


def act(content: Content, action: str) -> tuple[Content, str]:
    """Do what a button says ("criteria-up-2", rows counted from 0); answer the content and the place to show after it.

    Raises Invalid (no such button, nothing there to move, too many rows).
    """
    if action in {"save", "autosave"}:
        return content, ""
    name, _dash, rest = action.partition("-")
    verb, _dash, place = rest.partition("-")
    if name not in LISTS or (verb != "add" and not place.isdigit()):
        raise Invalid(_("This page has no such button."))
    changed = copy.deepcopy(content)
    rows = changed[name]
    if verb == "add":
        return _add(changed, name)
    index = int(place)
    if index >= len(rows):
        raise Invalid(_("That row is not there any more."))
    if verb == "remove":
        removed = rows.pop(index)
        if name == "criteria":
            changed["alignments"] = [each for each in changed["alignments"] if each["criterion"] != removed["key"]]
        return changed, name
    target = {"up": index - 1, "down": index + 1}.get(verb)
    if target is None:
        raise Invalid(_("This page has no such button."))
    if 0 <= target < len(rows):
        rows[index], rows[target] = rows[target], rows[index]
        index = target
    return changed, f"{name}-{index + 1}"


def _add(content: Content, name: str) -> tuple[Content, str]:
    rows = content[name]
    if len(rows) >= ROWS_MAX[name]:
        raise Invalid(_("There are %(count)s already; that is the most.") % {"count": len(rows)})
    if name == "criteria":
        rows.append(new_criterion({each["key"] for each in rows}))
    elif name == "evidence":
        rows.append(new_evidence())
    elif name == "outcomes":
        rows.append("")
    else:
        raise Invalid(_("This page has no such button."))
    return content, f"{name}-{len(rows)}"


def align(content: Content, *, framework: str, version: str, code: str) -> tuple[Content, str]:
    """Add an alignment of the whole, unless it is there."""
    row = {"framework": framework, "version": version, "code": code, "criterion": None}
    there = [{name: each[name] for name in row} for each in content["alignments"]]
    if row in there:
        return content, f"alignments-{there.index(row) + 1}"
    if len(there) >= ROWS_MAX["alignments"]:
        raise Invalid(_("There are %(count)s already; that is the most.") % {"count": len(there)})
    changed = copy.deepcopy(content)
    changed["alignments"].append(row | {"strength": Strength.ASSESSES.value})
    return changed, f"alignments-{len(changed['alignments'])}"


def ask_for(content: Content, code: str) -> tuple[Content, str]:
    """Add a prerequisite, unless it is there. Raises Invalid (none is chosen, too many)."""
    if not code:
        raise Invalid(_("Choose a credential first."))
    changed = copy.deepcopy(content)
    rows = changed["prerequisites"]
    if code not in rows:
        if len(rows) >= ROWS_MAX["prerequisites"]:
            raise Invalid(_("There are %(count)s already; that is the most.") % {"count": len(rows)})
        rows.append(code)
    return changed, f"prerequisites-{rows.index(code) + 1}"


def assessor_hours(learners: int | None, minutes: int | None, second_mark_percent: int) -> float | None:
    """The assessing that a class asks for: learners × minutes × (1 + second-mark share), in hours; None when not known."""
    if not learners or not minutes:
        return None
    return learners * minutes * (1 + second_mark_percent / 100) / 60
