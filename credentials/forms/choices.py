"""How choices are written in every form."""

from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.text import capfirst

if TYPE_CHECKING:
    pass


def in_capitals(choices: type[TextChoices]) -> list[tuple[str, str]]:
    """Choices as they stand in a list, each with a capital."""
    return [(value, capfirst(str(label))) for value, label in choices.choices]
