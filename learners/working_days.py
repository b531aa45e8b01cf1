"""How much of a promised time is over, Saturdays and Sundays not counted. Pure: no database, no clock."""

from datetime import datetime, timedelta

SATURDAY = 5


def share_gone(start: datetime, due: datetime, now: datetime) -> float:
    """The part of the working time from start to due that is over: 0 at the start, 1 when it is due, more afterwards."""
    whole = working_seconds(start, due)
    return working_seconds(start, now) / whole if whole else (1.0 if now >= due else 0.0)


def working_seconds(start: datetime, end: datetime) -> float:
    """The seconds between two moments that lie on Mondays to Fridays; 0 when the end comes first."""
    seconds, moment = 0.0, start
    while moment < end:
        midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        until = min(midnight, end)
        if moment.weekday() < SATURDAY:
            seconds += (until - moment).total_seconds()
        moment = until
    return seconds
