"""Telling people. Notices are the outbox: a row without `mailed_at` is a mail that is still to be sent."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _

from config import handoff
from learners.models import Notice, User


def tell(*, user: User, kind: str, subject: str, text: str, path: str, at: datetime) -> Notice:
    """Put a notice on the person's page and into the outbox. Say no level and no comment; `path` leads to them."""
    return tell_all(
        [Notice(user=user, kind=kind, subject=subject, text=text, path=path, created_at=at)],
    )[0]


def tell_all(notices: Iterable[Notice]) -> list[Notice]:
    """The same for many at once: one statement and one hint."""
    made = Notice.objects.bulk_create(notices)
    if made:
        handoff.after_commit("learners.send_mail")
    return made


def mark_read(*, user: User, at: datetime) -> int:
    """Mark all of a person's notices as read."""
    return Notice.objects.filter(user=user, read_at__isnull=True).update(read_at=at)


def send_mail(*, limit: int, at: datetime) -> int:
    """Send waiting mail, oldest first; answer how many were sent.

    Each is claimed, sent and marked in a transaction of its own: a crash repeats at most one, with the same Message-ID. A
    mail of a decision waits until it can no longer be undone. Raises OSError or SMTPException when the mail server fails;
    the rows keep waiting.
    """
    sent = 0
    for _number in range(limit):
        with transaction.atomic():
            notice = (
                Notice.objects.select_for_update(skip_locked=True, of=("self",))
                .filter(mailed_at__isnull=True, created_at__lte=at)
                .select_related("user")
                .order_by("created_at", "pk")
                .first()
            )
            if notice is None:
                break
            if notice.user.is_active:
                _message(notice).send()
            notice.mailed_at = at
            notice.save(update_fields=["mailed_at"])
            sent += 1
    return sent


def _message(notice: Notice) -> EmailMessage:
    link = f"{settings.PUBLIC_ORIGIN}{notice.path}"
    body = _(
        "%(name)s,\n\n%(text)s\n\n%(link)s\n\nSignet sends this because you take part in a school that uses it.\n"
    ) % {
        "name": notice.user.name,
        "text": notice.text,
        "link": link,
    }
    return EmailMessage(
        subject=notice.subject,
        body=body,
        to=[notice.user.email],
        headers={"Message-ID": f"<notice-{notice.public_id}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"},
    )
