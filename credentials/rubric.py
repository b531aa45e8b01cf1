"""The rubric as everybody reads it: the rows of the component, and the pass rule in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from credentials.models import CredentialVersion, Criterion


def rule_in_words(required_minimum: int, optional_minimum: int, *, has_optional: bool) -> str:
    """The pass rule as one sentence."""
    required = _("Every required criterion must reach level %(level)s") % {"level": required_minimum}
    if not has_optional:
        return required + "."
    return required + _(", and every other criterion level %(level)s.") % {"level": optional_minimum}


def rule_of(version: CredentialVersion, criteria: Sequence[Criterion]) -> str:
    return rule_in_words(
        version.required_minimum_level,
        version.optional_minimum_level,
        has_optional=any(not each.is_required for each in criteria),
    )


def rows(version: CredentialVersion, criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """What the rubric component reads; the criteria come in order, with their levels prefetched."""
    return [
        {
            "title": criterion.name,
            "text": criterion.looks_for,
            "is_required": criterion.is_required,
            "minimum": version.required_minimum_level if criterion.is_required else version.optional_minimum_level,
            "levels": [
                {"value": level.value, "label": level.label, "descriptor": level.descriptor}
                for level in sorted(criterion.levels.all(), key=lambda each: each.value)
            ],
        }
        for criterion in criteria
    ]
