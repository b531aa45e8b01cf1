"""Days off, and what is promised around them, in school time."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config import tables
from config.errors import Invalid
from config.permissions import Can, require
from credentials.models import Organization
from learners import working_days
from learners.models import SchoolHoliday, User

DAYS_MAX, SPAN_MAX_DAYS = 500, 120


def holidays_of(organization_id: int) -> frozenset[date]:
    """The days off of a school. One query."""
    return frozenset(SchoolHoliday.objects.filter(organization=organization_id).values_list("on", flat=True))


def holidays_by_school() -> dict[int, frozenset[date]]:
    """The same for every school. One query."""
    found: dict[int, set[date]] = {}
    for organization_id, on in SchoolHoliday.objects.values_list("organization_id", "on"):
        found.setdefault(organization_id, set()).add(on)
    return {key: frozenset(days) for key, days in found.items()}


def working_days_after(start: datetime, days: int, *, organization_id: int) -> datetime:
    """The same time of day at the school, so many of its working days later. One query."""
    return working_days.working_days_after(timezone.localtime(start), days, holidays_of(organization_id))


@transaction.atomic
def add_holidays(*, actor: User, organization: Organization, text: str) -> int:
    """Enter days off from a pasted table: first day, last day (may be empty), name; answer how many are new.

    Days that are there already keep their name, so that the same table twice adds nothing. Raises NotAllowed, Invalid (names the
    line; nothing is kept).
    """
    require(actor, Can.CALENDAR_EDIT, organization)
    days = _read(text)
    there = holidays_of(organization.pk)
    made = SchoolHoliday.objects.bulk_create(
        [
            SchoolHoliday(organization=organization, on=on, name=name, added_by=actor)
            for on, name in days.items()
            if on not in there
        ],
        ignore_conflicts=True,
    )
    return len(made)


def remove_holiday(*, actor: User, organization: Organization, on: date) -> None:
    """Take a day off back; a second call changes nothing. Raises NotAllowed."""
    require(actor, Can.CALENDAR_EDIT, organization)
    SchoolHoliday.objects.filter(organization=organization, on=on).delete()


def _read(text: str) -> dict[date, str]:
    heading = "first,last,name\n"
    has_own = "name" in text.strip().splitlines()[0].casefold() if text.strip() else False
    columns = {"first": ("first day", "from", "date", "day"), "last": ("last day", "until", "to"), "name": ("holiday",)}
    table = text if has_own else heading + text
    days: dict[date, str] = {}
    for line in tables.read(table.encode(), columns=columns, required=["first", "name"], most=DAYS_MAX):
        number = line.line if has_own else line.line - 1
        first = _day(line.cells["first"], number)
        last = _day(line.cells.get("last", "") or line.cells["first"], number)
        name = line.cells["name"]
        if not name or len(name) > 100:
            raise Invalid(_("Line %(line)s: give the days a name of at most 100 letters.") % {"line": number})
        if not 0 <= (last - first).days <= SPAN_MAX_DAYS:
            raise Invalid(
                _("Line %(line)s: the last day lies before the first, or more than %(most)s days after it.")
                % {"line": number, "most": SPAN_MAX_DAYS}
            )
        for number_of_day in range((last - first).days + 1):
            days.setdefault(first + timedelta(days=number_of_day), name)
    if len(days) > DAYS_MAX:
        raise Invalid(_("These are more than %(most)s days. Enter them in parts.") % {"most": DAYS_MAX})
    return days


def _day(said: str, line: int) -> date:
    try:
        return date.fromisoformat(said)
    except ValueError as error:
        raise Invalid(
            _("Line %(line)s: “%(said)s” is no day. Write it as 2026-12-25.") % {"line": line, "said": said}
        ) from error
