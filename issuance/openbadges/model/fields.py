"""How single fields are checked and written: texts, addresses, numbers, times."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from ..canonical import is_address, is_unsafe
from ..errors import ModelError

MAX_TEXT = 20_000
_TIMESTAMP = re.compile(r"(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)

Json = dict[str, Any]


def timestamp(moment: datetime, name: str) -> str:
    """Write an aware datetime in UTC to the second, "2026-11-22T09:30:00Z". Raises ModelError for a naive one."""
    if moment.tzinfo is None:
        raise ModelError(name, "the time has no time zone.")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_timestamp(text: object, name: str) -> datetime:
    """Read an XSD dateTime that has a time zone. Raises ModelError for anything else."""
    if not isinstance(text, str) or not _TIMESTAMP.fullmatch(text):
        raise ModelError(name, "this is not a date and time with a time zone.")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise ModelError(name, "there is no such date and time.") from error


def written(**members: Any) -> Json:
    """Write members in order, parts through their own `to_dict`, leaving out None, empty text and empty arrays."""
    written = {}
    for name, value in members.items():
        if value is None or value == "" or value == [] or value == {}:
            continue
        written[name] = _part(value)
    return written


def _part(value: Any) -> Any:
    if isinstance(value, list):
        return [_part(item) for item in value]
    return value.to_dict() if hasattr(value, "to_dict") else value


def require_endorsements(given: Sequence[Mapping[str, Any]], name: str) -> None:
    if not all("proof" in each and "EndorsementCredential" in each.get("type", ()) for each in given):
        raise ModelError(name, "each is an EndorsementCredential that is signed on its own.")


def require_text(value: object, name: str, *, empty: bool = True) -> None:
    if not isinstance(value, str):
        raise ModelError(name, "this is not text.")
    if not empty and not value.strip():
        raise ModelError(name, "it must not be empty.")
    if len(value) > MAX_TEXT:
        raise ModelError(name, f"it is longer than {MAX_TEXT:,} characters.")
    if is_unsafe(value):
        raise ModelError(name, "it holds a control character, which no signature can cover; remove it.")


def require_url(value: object, name: str, *, schemes: tuple[str, ...] = ("http", "https", "did", "urn")) -> None:
    """Check for an absolute address of a scheme that no context expands to something else."""
    if not is_address(value) or not str(value).isprintable():
        raise ModelError(name, "this is not an absolute address.")
    scheme, rest = str(value).split(":", 1)
    if scheme not in schemes or not rest:
        raise ModelError(name, f"an address here begins with {', '.join(schemes)}.")
    if scheme in ("http", "https"):
        try:
            host = urlsplit(str(value)).hostname
        except ValueError:
            host = None
        if not host:
            raise ModelError(name, "this address has no host.")


def require_number(value: float | None, name: str) -> None:
    if value is None:
        return
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1_000_000:
        raise ModelError(name, "this is not a number from 0 to a million.")


def whole(value: float | None) -> float | int | None:
    """Write whole numbers without a fraction, as every implementation canonicalizes them."""
    return int(value) if value is not None and float(value).is_integer() else value


def require_distinct(values: list[str], name: str) -> None:
    if len(set(values)) != len(values):
        raise ModelError(name, "the same id occurs twice.")
