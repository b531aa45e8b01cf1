"""What every list from a file goes through: a person confirms or drops it, a worker takes its rows in batches."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from config import handoff
from learners.models.lists import FileList
from learners.services import notices
from learners.workflow import ROSTER_MOVES, RosterStatus, require_move

BATCH = 100


def confirm(found: FileList, *, actor: Any, at: datetime, task: str) -> None:
    """The list is locked and the actor permitted. A second call changes nothing. Raises IllegalMove."""
    if found.status in {RosterStatus.CONFIRMED, RosterStatus.FINISHED}:
        return
    require_move(ROSTER_MOVES, found.status, RosterStatus.CONFIRMED)
    found.status, found.confirmed_by, found.confirmed_at = RosterStatus.CONFIRMED, actor, at
    found.save(update_fields=["status", "confirmed_by", "confirmed_at"])
    handoff.after_commit(task)


def drop(found: Any) -> None:
    """The list is locked and the actor permitted; its rows go. A second call changes nothing. Raises IllegalMove."""
    if found.status == RosterStatus.DROPPED:
        return
    require_move(ROSTER_MOVES, found.status, RosterStatus.DROPPED)
    found.status = RosterStatus.DROPPED
    found.save(update_fields=["status"])
    found.rows.all().delete()


def finish_if_done(found: Any, *, at: datetime, subject: str) -> None:
    """Once its last row is carried out, say so to the person who confirmed it."""
    if found.rows.filter(done_at__isnull=True).exists():
        return
    found.status, found.finished_at = RosterStatus.FINISHED, at
    found.save(update_fields=["status", "finished_at"])
    notices.tell(
        user=found.confirmed_by,
        kind="roster",
        subject=subject,
        text=_("What came of each row is on its page."),
        path=found.get_absolute_url(),
        at=at,
    )
