"""Whether a rule of one version asks no more than the same rule of another, with all that stands below it. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

ALL_NEEDED = frozenset({"all-of", "in-order"})
CHOICES = frozenset({"choose", "any-of"})
FIELDS = (
    "id",
    "parent_id",
    "key",
    "kind",
    "credential_id",
    "minimum",
    "points",
    "repeats_max",
    "contexts_min",
    "assessors_min",
    "window_days",
    "provider_id",
    "codes",
    "position",
)


@dataclass(frozen=True)
class Written:
    """A rule as it is written in a version; `key` is the same in every version that has it."""

    id: int
    parent_id: int | None
    key: UUID
    kind: str
    credential_id: int | None
    minimum: int | None
    points: int
    repeats_max: int
    contexts_min: int
    assessors_min: int
    window_days: int | None
    provider_id: int | None
    codes: frozenset[str]
    position: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Written":
        """From the FIELDS of a row; the key may be text."""
        values = {name: row[name] for name in FIELDS}
        return cls(**values | {"key": UUID(str(row["key"])), "codes": frozenset(row["codes"])})


class Tree:
    """The rules of one version."""

    def __init__(self, rows: Iterable[Written]) -> None:
        self.by_key: dict[UUID, Written] = {}
        self.below: dict[int | None, list[Written]] = defaultdict(list)
        for row in sorted(rows, key=lambda each: (each.position, each.id)):
            self.by_key[row.key] = row
            self.below[row.parent_id].append(row)


def asks_no_more(now: Tree, before: Tree, key: UUID) -> bool:
    """Whether whoever met a rule as it was before has met it as it is now; then what was waived of it stays waived."""
    mine, theirs = now.by_key.get(key), before.by_key.get(key)
    return mine is not None and theirs is not None and _no_more(now, before, mine, theirs)


def _no_more(now: Tree, before: Tree, mine: Written, theirs: Written) -> bool:
    return (
        (mine.kind, mine.credential_id) == (theirs.kind, theirs.credential_id)
        and (mine.minimum or 0) <= (theirs.minimum or 0)
        and mine.contexts_min <= theirs.contexts_min
        and mine.assessors_min <= theirs.assessors_min
        and mine.repeats_max >= theirs.repeats_max
        and _is_as_long(mine.window_days, theirs.window_days)
        and mine.provider_id in (None, theirs.provider_id)
        and mine.codes >= theirs.codes
        and _parts_no_more(now, before, mine, theirs)
    )


def _is_as_long(mine: int | None, theirs: int | None) -> bool:
    return mine is None or (theirs is not None and mine >= theirs)


def _parts_no_more(now: Tree, before: Tree, mine: Written, theirs: Written) -> bool:
    """Where all parts are needed, none may be new; where some are enough, none may be gone that could be needed."""
    here, there = now.below[mine.id], before.below[theirs.id]
    if mine.kind in ALL_NEEDED:
        found = [_counterpart(each, there) for each in here]
        if not all(
            other is not None and _no_more(now, before, part, other) for part, other in zip(here, found, strict=True)
        ):
            return False
        places = [there.index(other) for other in found if other is not None]
        return mine.kind != "in-order" or places == sorted(places)
    if there and not here:
        return mine.kind not in CHOICES  # a sum counts everything then
    if here and not there:
        return False
    gone = sum(not _stays(now, before, part, here, mine.kind) for part in there)
    if mine.kind in CHOICES:
        return (mine.minimum or 1) <= (theirs.minimum or 1) - gone
    return gone == 0


def _stays(now: Tree, before: Tree, part: Written, here: list[Written], kind: str) -> bool:
    """Whether a part of before can be met as easily now, and brings as many points where those are summed."""
    other = _counterpart(part, here)
    if other is None or not _no_more(now, before, other, part):
        return False
    return kind != "points" or other.points >= part.points


def _counterpart(part: Written, among: list[Written]) -> Written | None:
    """The same rule, or the same badge where it was taken out and put in again."""
    same = next((each for each in among if each.key == part.key), None)
    if same is not None or part.credential_id is None:
        return same
    return next((each for each in among if each.credential_id == part.credential_id), None)
