"""The committee's decision that a designation rests on: asked by pages and tables about awards, answered by the app that knows it.

In `AppConfig.ready()` that app says `committees.register(reader)`. While nobody does, no decision is known of any award.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class CommitteeDecision:
    """case: its public id. recorded_on: where the pathway says that the designation is noted."""

    case: UUID
    decided_at: datetime
    recorded_on: tuple[str, ...] = ()


Reader = Callable[[Collection[int]], Mapping[int, CommitteeDecision]]
_readers: list[Reader] = []


def register(reader: Reader) -> None:
    """Say who knows; the last one to say so does."""
    _readers[:] = [reader]


def decisions_on(awards: Collection[int]) -> Mapping[int, CommitteeDecision]:
    """By the key of the award, for those that a committee granted. One query, whatever their number."""
    return _readers[0](awards) if _readers and awards else {}
