"""How choices are written in every form."""

from django.db.models import TextChoices
from django.utils.text import capfirst


def in_capitals(choices: type[TextChoices]) -> list[tuple[str, str]]:
    """Choices as they stand in a list, each with a capital."""
    return [(value, capfirst(str(label))) for value, label in choices.choices]
