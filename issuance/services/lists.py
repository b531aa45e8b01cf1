"""Checking a list of badges in the background. The rows are the queue, as everywhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Invalid
from issuance.models import BadgeList, BadgeListRow
from issuance.verification import lists

ROWS_MAX = 500
BYTES_MAX = 40 * 1024 * 1024  # of all files together
KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Given:
    """A row as it was given: a link, or a file's name and content."""

    given: str
    expected_holder: str = ""
    content: bytes | None = None


@transaction.atomic
def start_list(*, rows: Sequence[Given], at: datetime) -> BadgeList:
    """Keep a list for checking. Raises Invalid for none, too many, or files that are too large together."""
    if not rows:
        raise Invalid(_("Paste at least one link, or choose a file."))
    if len(rows) > ROWS_MAX:
        raise Invalid(
            _("The list has %(count)s rows; at most %(most)s are checked at once. Divide it.")
            % {"count": len(rows), "most": ROWS_MAX}
        )
    if sum(len(row.content or b"") for row in rows) > BYTES_MAX:
        raise Invalid(_("The files have more than 40 MB together. Divide the list."))
    made = BadgeList.objects.create(created_at=at, keep_until=at + KEPT_FOR)
    BadgeListRow.objects.bulk_create(
        BadgeListRow(
            badge_list=made,
            position=number,
            given=row.given[:500],
            expected_holder=row.expected_holder[:200],
            content=row.content,
        )
        for number, row in enumerate(rows, start=1)
    )
    handoff.after_commit("issuance.check_lists")
    return made


@transaction.atomic
def check_next_row(*, at: datetime) -> bool:
    """Check one row that waits; answer whether there was one. May be called by any number of processes at once.

    One row a transaction: its address may be another issuer's, who takes seconds to answer.
    """
    waiting = BadgeListRow.objects.filter(checked_at__isnull=True).order_by("pk")
    row = waiting.select_for_update(skip_locked=True).first()
    if row is None:
        return False
    if row.content is not None:
        answer = lists.check_content(bytes(row.content), at=at)
    else:
        answer = lists.check_link(row.given, at=at)
    row.content, row.checked_at = None, at
    row.state, row.cause = answer.state, answer.cause[:400]
    row.holder, row.title, row.issuer = answer.holder[:200], answer.title[:200], answer.issuer[:200]
    row.issued_at, row.valid_until = answer.issued_at, answer.valid_until
    row.badge_id, row.document_sha256 = answer.badge_id[:500], answer.digest
    if (listed := answer.status_list) is not None:
        row.status_list, row.status_list_sha256, row.status_list_at = listed.url[:500], listed.digest, listed.issued_at
    row.save()
    return True


def forget_lists(*, at: datetime) -> int:
    """Delete the lists whose time is over; answer how many."""
    over = BadgeList.objects.filter(keep_until__lte=at)
    count = over.count()
    over.delete()
    return count
