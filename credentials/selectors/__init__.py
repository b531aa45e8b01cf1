"""Reads of what can be earned: the catalog as searched and filtered, a version, and what its leads see."""

from .catalog import Catalog, Found, card, cards, catalog
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
    "card",
    "cards",
    "catalog",
    "fill_children",
    "in_words",
    "machine_readable",
    "manage_rows",
    "newest_first",
    "open_offerings",
    "prerequisites_of",
    "running",
    "sheet",
    "shown_in_words",
    "source_in_words",
    "with_children",
]
