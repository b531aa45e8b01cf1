"""What verifying answers: checks, each with its own outcome, and one state for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Outcome = Literal["passed", "failed", "unknown", "not-applicable"]
VerdictState = Literal["valid", "expired", "revoked", "altered", "unknown"]


@dataclass(frozen=True)
class Check:
    """One line of a report: what was looked at, how it came out, a stable code, and a sentence for people.

    moment: the one that the sentence speaks of, for whoever says it in a zone of their own.
    """

    name: str
    outcome: Outcome
    code: str
    sentence: str
    moment: datetime | None = None


@dataclass(frozen=True)
class Report:
    """What is known of a credential.

    inside: reports on the members of a transcript. endorsements: reports on what others say of it. Both in their order.
    """

    state: VerdictState
    checks: tuple[Check, ...]
    document: dict[str, Any] | None = None
    inside: tuple[Report, ...] = field(default=(), repr=False)
    endorsements: tuple[Report, ...] = field(default=(), repr=False)

    @property
    def is_valid(self) -> bool:
        return self.state == "valid"

    def check(self, name: str) -> Check:
        """Give the line of a check by its name."""
        return next(check for check in self.checks if check.name == name)


@dataclass(frozen=True)
class Presented:
    """A presentation from a token. claims: those of the token. holder: who signed it, when that is told for good."""

    document: dict[str, Any]
    claims: Mapping[str, Any]
    checks: tuple[Check, ...]
    holder: str | None
