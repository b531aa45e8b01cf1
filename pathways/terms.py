"""The terms of the academic year that a plan is laid over. Pure: no database, no clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

# Kind, first and last day; a year's terms follow each other in this order and leave no gap that matters to a plan.
_KINDS = {"spring": ((1, 1), (5, 31)), "summer": ((6, 1), (7, 31)), "fall": ((8, 1), (12, 31))}
TERMS_MIN, TERMS_MAX = 3, 18


@dataclass(frozen=True)
class Term:
    """code: "2026-fall", as it is stored."""

    code: str
    starts_on: date
    ends_on: date

    @property
    def name(self) -> str:
        names = {"spring": _("Spring"), "summer": _("Summer"), "fall": _("Fall")}
        return f"{names[self.code[5:]]} {self.starts_on.year}"


def term(code: str) -> Term | None:
    """The term with this code, or None for what is no code."""
    year, _dash, kind = code.partition("-")
    if kind not in _KINDS or len(year) != 4 or not (year.isascii() and year.isdigit()) or int(year) < 2000:
        return None
    first, last = _KINDS[kind]
    return Term(code, date(int(year), *first), date(int(year), *last))


def terms_from(on: date, until: date | None) -> list[Term]:
    """The term of a day and those after it, up to the one in which `until` lies; at least three, at most eighteen."""
    found: list[Term] = []
    for year in range(on.year, on.year + 8):
        for kind in _KINDS:
            each = term(f"{year}-{kind}")
            if each is None or each.ends_on < on:
                continue
            is_late = until is not None and each.starts_on > until
            if len(found) == TERMS_MAX or (len(found) >= TERMS_MIN and is_late):
                return found
            found.append(each)
    return found
