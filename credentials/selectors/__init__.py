"""Reads of what can be earned: the catalog as searched and filtered, a version, and what its leads see."""

from .catalog import Catalog, Found, card, cards, catalog
from .editing import (
    administered_by,
    askable,
    comparable,
    find_competencies,
    is_overdue,
    names_of,
    newest_frameworks,
    reviews,
    startable_in,
    suggestions,
    templates,
)
from .manage import manage_rows, newest_first
from .seats import TAKES_NO_SEAT, OpenOffering, open_offerings, running
from .version import (
    Sheet,
    fill_children,
    in_words,
    machine_readable,
    prerequisites_of,
    sheet,
    shown_in_words,
    source_in_words,
    with_children,
)

__all__ = [
    "TAKES_NO_SEAT",
    "Catalog",
    "Found",
    "OpenOffering",
    "Sheet",
    "administered_by",
    "askable",
    "card",
    "cards",
    "catalog",
    "comparable",
    "fill_children",
    "find_competencies",
    "in_words",
    "is_overdue",
    "machine_readable",
    "manage_rows",
    "names_of",
    "newest_first",
    "newest_frameworks",
    "open_offerings",
    "prerequisites_of",
    "reviews",
    "running",
    "sheet",
    "shown_in_words",
    "source_in_words",
    "startable_in",
    "suggestions",
    "templates",
    "with_children",
]
