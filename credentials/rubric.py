"""The rubric as everybody reads it: the rows of the component, and the pass rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from credentials.models import CredentialVersion, Criterion


def rule_in_words(required_minimum: str, optional_minimum: str, *, has_optional: bool) -> str:
    """The pass rule as one sentence. The minima are levels as `level_in_words` names them."""
    required = _("Every required criterion must reach %(level)s") % {"level": required_minimum}
    if not has_optional:
        return required + "."
    return required + _(", and every other criterion %(level)s.") % {"level": optional_minimum}


def level_in_words(value: int, criteria: Sequence[Criterion]) -> str:
    """A level by number and name: "level 3 (Meets the standard)"; by number alone where the criteria name it differently."""
    labels = {level.label for criterion in criteria for level in criterion.levels.all() if level.value == value}
    if len(labels) != 1:
        return _("level %(value)s") % {"value": value}
    return _("level %(value)s (%(label)s)") % {"value": value, "label": labels.pop()}


def rule_of(version: CredentialVersion, criteria: Sequence[Criterion]) -> str:
    """The pass rule as everybody reads it; empty without criteria. The levels come prefetched."""
    if not criteria:
        return ""
    return rule_in_words(
        level_in_words(version.required_minimum_level, criteria),
        level_in_words(version.optional_minimum_level, criteria),
        has_optional=any(not each.is_required for each in criteria),
    )


def minimum_of(version: CredentialVersion, criterion: Criterion) -> int:
    """The level, 1 to 4, that passing takes of a criterion."""
    return version.required_minimum_level if criterion.is_required else version.optional_minimum_level


def rows(version: CredentialVersion, criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """What the rubric component reads; the criteria come in order, with their levels prefetched."""
    return [
        {
            "title": criterion.name,
            "text": criterion.looks_for,
            "is_required": criterion.is_required,
            "minimum": minimum_of(version, criterion),
            "minimum_label": _label(criterion, minimum_of(version, criterion)),
            "levels": [
                {"value": level.value, "label": level.label, "descriptor": level.descriptor}
                for level in sorted(criterion.levels.all(), key=lambda each: each.value)
            ],
        }
        for criterion in criteria
    ]


def _label(criterion: Criterion, value: int) -> str:
    return next((level.label for level in criterion.levels.all() if level.value == value), "")
