"""Working days: Saturdays, Sundays and the holidays that the caller names do not count. Pure: no database, no clock.

Which day a moment lies on is read from the time as it is given; services/holidays.py gives it in school time, so that a clock that
is changed in between moves nothing.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta

SATURDAY = 5
# More days than any list of holidays closes; a promise is never sought further ahead.
SEARCH_MAX_DAYS = 3660


def is_working(day: date, holidays: Collection[date] = ()) -> bool:
    return day.weekday() < SATURDAY and day not in holidays


def working_days_after(start: datetime, days: int, holidays: Collection[date] = ()) -> datetime:
    """The same time, so many working days later."""
    moment, last = start, start + timedelta(days=SEARCH_MAX_DAYS)
    while days and moment < last:
        moment += timedelta(days=1)
        if is_working(moment.date(), holidays):
            days -= 1
    return moment


def share_gone(start: datetime, due: datetime, now: datetime, holidays: Collection[date] = ()) -> float:
    """The part of the working time from start to due that is over: 0 at the start, 1 when it is due, more afterwards."""
    whole = working_seconds(start, due, holidays)
    return working_seconds(start, now, holidays) / whole if whole else (1.0 if now >= due else 0.0)


def working_seconds(start: datetime, end: datetime, holidays: Collection[date] = ()) -> float:
    """The seconds between two moments that lie on working days; 0 when the end comes first."""
    seconds, moment = 0.0, start
    while moment < end:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until = min(midnight, end)
        if is_working(moment.date(), holidays):
            seconds += (until - moment).total_seconds()
        moment = until
    return seconds
