"""Checking a badge that somebody brings from elsewhere: asked by the pages of learners, answered by the app that knows badges.

In `AppConfig.ready()` that app says `outside_badges.register(checker)`. While nobody does, a badge is a file like any other.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol


@dataclass(frozen=True)
class Holder:
    """Whom a badge should belong to: every name and every confirmed e-mail address by which the school knows the person."""

    names: tuple[str, ...]
    emails: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """One check: its name, outcome (passed, failed, unknown, not-applicable), a code, and a sentence for people."""

    name: str
    outcome: str
    code: str
    sentence: str


@dataclass(frozen=True)
class Answer:
    """What is known of a badge, and what it says of itself.

    state: valid, expired, revoked, altered, or unknown when something could not be checked.
    """

    state: str
    lines: tuple[Line, ...]
    issuer_id: str = ""
    issuer: str = ""
    title: str = ""
    holder: str = ""
    issued_on: date | None = None
    valid_until: date | None = None


class Checker(Protocol):
    """None of them raises for what a stranger wrote. Only the checks ask other issuers, for at most some seconds."""

    def media_type(self, content: bytes) -> str:
        """What kind of file a badge is (JSON, PNG, SVG, or plain text for a token); empty when it holds none."""

    def check(self, content: bytes, *, holder: Holder, at: datetime) -> Answer: ...

    def check_address(self, address: str, *, holder: Holder, at: datetime) -> Answer: ...


_checkers: list[Checker] = []


def register(checker: Checker) -> None:
    """Say who checks; the last one to say so does."""
    _checkers[:] = [checker]


def checker() -> Checker | None:
    return _checkers[0] if _checkers else None
