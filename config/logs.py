"""Logs as JSON lines: ids and times, never names, e-mail addresses, documents or keys."""

import json
import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime

request_id: ContextVar[str] = ContextVar("request_id", default="")

_STANDARD = set(logging.makeLogRecord({}).__dict__) | {
    "message",
    "asctime",
    "taskName",
    "request",
    "server_time",
    "status_code",
}


# PostgreSQL repeats the values of the row that it refused.
_VALUES = re.compile(r"DETAIL: .*?(?=\n[A-Z]+: |\n\nThe above exception|\n\nDuring handling|\Z)", re.DOTALL)


def without_values(text: str) -> str:
    """A message or traceback without the values that the database quotes in it."""
    return _VALUES.sub("DETAIL: (left out)", text)


def _message(record: logging.LogRecord) -> str:
    """What is logged; Django names the path of a request, which may hold a share link's token: the pattern instead."""
    message = record.getMessage()
    path = getattr(getattr(record, "request", None), "path", "")
    if path:
        match = record.request.resolver_match  # type: ignore[attr-defined]
        route = match.route if match else "(unknown)"
        for spelling in (path, path.encode("unicode_escape").decode("ascii")):
            message = message.replace(spelling, route)
    return without_values(message)


class JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line |= {name: str(value) for name, value in record.__dict__.items() if name not in _STANDARD}
        if record.exc_info:
            line["traceback"] = without_values(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False)
