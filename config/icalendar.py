"""Calendars as text (RFC 5545): all-day and timed events, escaped and folded as the standard asks. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

LINE_MAX_BYTES = 75  # section 3.1, without the line break


@dataclass(frozen=True)
class Event:
    """key: the same for the same thing whenever it is written. at: a day, or an aware moment; until: its last day or end."""

    key: str
    at: date | datetime
    title: str
    url: str = ""
    until: date | datetime | None = None
    place: str = ""
    is_canceled: bool = False
    takes_time: bool = False


def write(events: Iterable[Event], *, host: str, name: str, at: datetime) -> str:
    """A calendar of events. at: when it is written."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:-//{escape(host)}//Signet//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{escape(name)}",
        f"X-WR-CALNAME:{escape(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
    ]
    for event in events:
        lines += _event(event, host, at)
    return "".join(f"{fold(line)}\r\n" for line in [*lines, "END:VCALENDAR"])


def _event(event: Event, host: str, at: datetime) -> list[str]:
    lines = ["BEGIN:VEVENT", f"UID:{event.key}@{host}", f"DTSTAMP:{_moment(at)}"]
    if isinstance(event.at, datetime):
        lines.append(f"DTSTART:{_moment(event.at)}")
        if isinstance(event.until, datetime):
            lines.append(f"DTEND:{_moment(event.until)}")
    else:  # the end of a day is not part of it: section 3.6.1
        lines.append(f"DTSTART;VALUE=DATE:{event.at:%Y%m%d}")
        lines.append(f"DTEND;VALUE=DATE:{(event.until or event.at) + timedelta(days=1):%Y%m%d}")
    lines += [f"SUMMARY:{escape(event.title)}", f"TRANSP:{'OPAQUE' if event.takes_time else 'TRANSPARENT'}"]
    if event.place:
        lines.append(f"LOCATION:{escape(event.place)}")
    if event.is_canceled:
        lines.append("STATUS:CANCELLED")
    if event.url:
        lines.append(f"URL:{event.url}")
    return [*lines, "END:VEVENT"]


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def escape(text: str) -> str:
    """Text as a value: section 3.3.11. Signs that steer a terminal are dropped."""
    text = text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")
    return "".join(letter for letter in text if letter.isprintable() or letter == "\t")


def fold(line: str) -> str:
    """A line in pieces of at most 75 bytes, no letter divided: section 3.1."""
    pieces, piece, size = [], "", 0
    for letter in line:
        width = len(letter.encode())
        if size + width > LINE_MAX_BYTES:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + letter, size + width
    return "\r\n".join([*pieces, piece])
