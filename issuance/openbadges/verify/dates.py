"""Whether the credential holds at the moment that is asked for."""

from __future__ import annotations

from datetime import UTC, datetime

from ..errors import ModelError
from ..model import read_timestamp
from .means import Json
from .report import Check


def dates_check(document: Json, now: datetime, end: float | None = None) -> Check:
    """Tell whether a credential holds at a moment.

    end: until when the token around it holds, in seconds since 1970; it counts when the credential names no end.
    """
    begins = document.get("validFrom", document.get("issuanceDate"))
    ends = document.get("validUntil", document.get("expirationDate"))
    return between_check(begins, ends, now, end)


def between_check(begins: object, ends: object, now: datetime, end: float | None = None) -> Check:
    """Tell whether a moment lies between two dates as they are written, either of which may be None."""
    try:
        start = None if begins is None else read_timestamp(begins, "its beginning")
        until = None if end is None else datetime.fromtimestamp(end, UTC)
        until = until if ends is None else read_timestamp(ends, "its end")
    except ModelError:
        malformed = "One of its dates cannot be read as a date and time with a time zone."
        return Check("dates", "unknown", "dates-malformed", malformed)
    if start is not None and start > now:
        return Check("dates", "failed", "not-yet-valid", f"It holds only from {instant(start)} on.", start)
    if until is not None and until <= now:
        return Check("dates", "failed", "expired", f"It expired on {instant(until)}.", until)
    if until is not None:
        return Check("dates", "passed", "dates", f"It holds until {instant(until)}.", until)
    return Check("dates", "passed", "dates", "It has no end date.")


def instant(moment: datetime) -> str:
    """Say a moment so that nobody takes it for another, such as "May 29, 2027, 3:59:59 AM UTC".

    The core knows no zone but UTC; whoever shows the line says the check's `moment` in the time of its readers.
    """
    try:
        return f"{moment.astimezone(UTC):%B %-d, %Y, %-I:%M:%S %p} UTC"
    except OverflowError:  # at the very edge of the calendar, where "never" is written so
        return moment.isoformat()
