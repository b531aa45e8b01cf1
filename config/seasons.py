"""The dates of application seasons: asked by pages, calendars and queues, answered by the app that keeps them.

In `AppConfig.ready()` that app says `seasons.register(calendar)`. While nobody does, no season has dates.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from django.db.models import DateField, Value
from django.db.models.expressions import Combinable
from django.utils.translation import gettext as _

POSITIONS_START = (7, 1)  # the month and day on which those who were matched begin


@dataclass(frozen=True)
class Season:
    """year: in which the positions start. is_set: by the school; else only the usual end is known."""

    year: int
    ends_on: date
    opens_on: date | None = None
    programs_read_on: date | None = None
    letters_freeze_on: date | None = None
    is_set: bool = False

    def days(self) -> list["SeasonDay"]:
        """What the school has set, the earliest first."""
        named = [
            ("opens", self.opens_on, _("Applications open")),
            ("letters-freeze", self.letters_freeze_on, _("Performance letters freeze")),
            ("programs-read", self.programs_read_on, _("Programs read applications")),
            ("ends", self.ends_on if self.is_set else None, _("The season ends")),
        ]
        found = [SeasonDay(self.year, key, on, title) for key, on, title in named if on is not None]
        return sorted(found, key=lambda each: each.on)


@dataclass(frozen=True)
class SeasonDay:
    """One date of a season. key: what happens on it, the same in every season."""

    year: int
    key: str
    on: date
    title: str


class Calendar(Protocol):
    """What the app that keeps the dates answers."""

    def of_class(self, cohort: int, on: date) -> Season | None:
        """The season of a class, by its key, while it is open and the school has set its dates. One query."""

    def freeze_day(self, school: str, graduates_on: str) -> Combinable:
        """For a queryset: the day on which the letters of a class freeze. school, graduates_on: where it has these."""


_calendars: list[Calendar] = []


def register(calendar: Calendar) -> None:
    """Say who knows; the last one to say so does."""
    _calendars[:] = [calendar]


def of_class(cohort: int | None, on: date) -> Season | None:
    return _calendars[0].of_class(cohort, on) if _calendars and cohort is not None else None


def freeze_day(school: str, graduates_on: str) -> Combinable:
    return _calendars[0].freeze_day(school, graduates_on) if _calendars else Value(None, output_field=DateField())


def year_of(graduates_on: date) -> int:
    """The season of a class: positions start on July 1 for those who have graduated by then, so a class belongs to the
    first season whose July comes after its graduation. Who repeats a year belongs to the class that they joined.
    """
    return graduates_on.year + ((graduates_on.month, graduates_on.day) >= POSITIONS_START)


def graduating(year: int) -> tuple[date, date]:
    """The first and the last day on which a class of that season graduates: `year_of`, turned around."""
    return date(year - 1, *POSITIONS_START), date(year, *POSITIONS_START) - timedelta(days=1)
