"""The application season of a learner's class: its dates, and the day by which letters take in what is awarded."""

from datetime import date
from typing import Any

from django.db.models import Case, Value, When
from django.db.models.expressions import Combinable
from django.db.models.lookups import GreaterThanOrEqual

from config import seasons
from config.seasons import Season, SeasonDay
from learners.models import Learner

CLASS = "enrollment__learner__cohort__"


def season_of(learner: Learner, on: date) -> Season | None:
    """The season of a learner's class while it is open and the school has set its dates. One query.

    A class belongs to a season by the day on which it graduates (`config.seasons.year_of`); who has no class has no season.
    """
    return seasons.of_class(learner.cohort_id, on)


def days_of(season: Season, on: date) -> list[dict[str, Any]]:
    """The dates of a season as components/timeline.html reads them: what is over, what comes next, what is ahead."""
    days = season.days()
    following = next((day for day in days if day.on >= on), None)
    return [_step(day, is_next=day is following, is_ahead=day.on >= on) for day in days]


def _step(day: SeasonDay, *, is_next: bool, is_ahead: bool) -> dict[str, Any]:
    return {"title": day.title, "time": day.on, "is_now": is_next, "is_ahead": is_ahead and not is_next}


def freeze_day(on: date) -> Combinable:
    """Of a submission: when the letters of its learner's class freeze, if it can still be decided before. No query more."""
    day = seasons.freeze_day(f"{CLASS}organization", f"{CLASS}graduates_on")
    return Case(When(GreaterThanOrEqual(day, Value(on)), then=day), default=None)
