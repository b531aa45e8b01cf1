"""Lists from files: how many rows of which kind, and how far a list is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from learners.models import ResultList, RosterImport, RowResult
from learners.workflow import RosterStatus

FileLists = RosterImport | ResultList


@dataclass(frozen=True)
class Counted:
    """A kind of rows, and how many there are."""

    kind: str
    word: str
    count: int


@dataclass(frozen=True)
class Progress:
    done: int
    total: int
    said: str


def counted(roster: FileLists) -> list[Counted]:
    """How many rows of each kind: as planned while it is only checked, else as they came out. One query."""
    words = (
        {
            RowResult.CREATE: _("will be created"),
            RowResult.CHANGE: _("will change"),
            RowResult.SAME: _("stay as they are"),
            RowResult.FAULTY: _("faulty, left out"),
        }
        if roster.status == RosterStatus.CHECKED
        else {
            RowResult.CREATE: _("created"),
            RowResult.CHANGE: _("changed"),
            RowResult.SAME: _("stayed as they were"),
            RowResult.FAULTY: _("faulty, left out"),
        }
    )
    field = "plan" if roster.status == RosterStatus.CHECKED else "result"
    found = dict(roster.rows.values_list(field).annotate(Count("pk")).order_by(field))
    return [Counted(str(kind), word, found.get(kind, 0)) for kind, word in words.items()]


def progress(roster: FileLists) -> Progress:
    """One query."""
    found = roster.rows.aggregate(total=Count("pk"), done=Count("pk", filter=Q(done_at__isnull=False)))
    said = _("%(done)s of %(total)s rows") % {"done": f"{found['done']:,}", "total": f"{found['total']:,}"}
    return Progress(found["done"], found["total"], said)


def rows_of(roster: FileLists, kind: str) -> QuerySet[Any]:
    """The rows of one kind, in the order of the file."""
    field = "plan" if roster.status == RosterStatus.CHECKED else "result"
    return roster.rows.filter(**{field: kind}).order_by("number")


def kind_shown(asked: str, kinds: Sequence[Counted]) -> str:
    """The kind that is asked for, else the one that most wants looking at."""
    if asked in RowResult.values:
        return asked
    some = {each.kind for each in kinds if each.count}
    wanted = [RowResult.FAULTY, RowResult.CHANGE, RowResult.CREATE, RowResult.SAME]
    return str(next((each for each in wanted if each in some), RowResult.FAULTY))
