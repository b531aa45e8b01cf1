"""Telling people. Notices are the outbox: a row without `mailed_at` is a mail that is still to be sent."""

import logging
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config import handoff
from config.permissions import Role
from credentials.models import Credential
from learners import notice_kinds
from learners.models import Notice, RoleGrant, User
from learners.notice_kinds import About
from learners.services import preferences

logger = logging.getLogger("signet.mail")

CLAIM = timedelta(minutes=15)  # longer than a batch takes to send
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=6)


def tell(*, user: User, kind: str, subject: str, text: str, path: str, at: datetime) -> Notice:
    """Put a notice on the person's page and into the outbox. Say no level and no comment; `path` leads to them."""
    return tell_all(
        [Notice(user=user, kind=kind, subject=subject, text=text, path=path, created_at=at)],
    )[0]


def tell_all(notices: Iterable[Notice]) -> list[Notice]:
    """The same for many at once: one statement and one hint."""
    planned = list(notices)
    if planned:
        preferences.plan_mail(planned)
    made = Notice.objects.bulk_create(planned)
    if made:
        handoff.after_commit("learners.send_mail")
    return made


def tell_role(
    role: Role,
    *,
    credential: Credential,
    kind: str,
    subject: str,
    text: str,
    path: str,
    at: datetime,
    but: Collection[int],
) -> list[Notice]:
    """Tell everybody whose grant of a role is in force and covers a credential, but for the users with these keys."""
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential), role=role, organization=credential.organization_id
    )
    members = User.objects.filter(pk__in=grants.values("user"), is_active=True).exclude(pk__in=but).order_by("pk")
    return tell_all(
        Notice(user=member, kind=kind, subject=subject, text=text, path=path, created_at=at) for member in members
    )


def mark_read(*, user: User, at: datetime) -> int:
    """Mark all notices that a person sees as read; answer how many were new."""
    return Notice.objects.shown_to(user, at).filter(read_at__isnull=True).update(read_at=at)


def send_mail(*, limit: int, at: datetime) -> int:
    """Send waiting mail, oldest first; answer how many were sent.

    Each is claimed, sent and marked by itself, and no row is locked while the mail server is asked. A crash repeats at most
    the one that was being sent, with the same Message-ID. An address that is refused waits longer and longer and holds up
    nobody; when the server itself fails, SMTPException or OSError is raised, and all rows keep waiting.
    """
    connection = get_connection()
    sent = 0
    for _number in range(limit):
        notice = _claim(at)
        if notice is None:
            break
        if notice.user.is_active:
            try:
                _message(notice, connection).send()
            except (SMTPException, OSError) as error:
                Notice.objects.filter(pk=notice.pk).update(mail_after=at + pause_after(notice.mail_tries))
                logger.warning("mail not sent", extra={"notice": notice.public_id, "cause": type(error).__name__})
                if not isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
                    raise
                continue
        Notice.objects.filter(pk=notice.pk).update(mailed_at=at, mail_after=None)
        sent += 1
    return sent


def pause_after(tries: int) -> timedelta:
    """How long to wait after so many tries."""
    return min(FIRST_PAUSE * 2 ** (tries - 1), LONGEST_PAUSE)


@transaction.atomic
def _claim(at: datetime) -> Notice | None:
    """Take the oldest notice that is due, and keep others from it until it ought to be sent."""
    due = Notice.objects.select_for_update(skip_locked=True, of=("self",)).mail_due(at).select_related("user")
    notice = due.order_by("created_at", "pk").first()
    if notice is not None:
        notice.mail_after, notice.mail_tries = at + CLAIM, min(notice.mail_tries + 1, 20)
        notice.save(update_fields=["mail_after", "mail_tries"])
    return notice


def preferences_url() -> str:
    return settings.PUBLIC_ORIGIN + reverse("learners:notice-preferences")


def footer() -> str:
    return _(
        "This was sent by Signet, your school’s registry of microcredentials.\nHow you are told is your choice: %(link)s\n"
    ) % {"link": preferences_url()}


def headers(key: str, *, is_optional: bool = True) -> dict[str, str]:
    """The headers of a mail: the same id when it is sent again, and where to choose other ways where there is a choice."""
    found = {"Message-ID": f"<{key}@{settings.SITE_HOST}>", "Auto-Submitted": "auto-generated"}
    return found | ({"List-Unsubscribe": f"<{preferences_url()}>"} if is_optional else {})


def _message(notice: Notice, connection: BaseEmailBackend) -> EmailMessage:
    link = f"{settings.PUBLIC_ORIGIN}{notice.path}"
    body = _("Dear %(name)s,\n\n%(text)s\n\n%(link)s\n\n%(footer)s") % {
        "name": notice.user.name,
        "text": notice.text,
        "link": link,
        "footer": footer(),
    }
    return EmailMessage(
        subject=notice.subject,
        body=body,
        to=[notice.user.email],
        connection=connection,
        headers=headers(f"notice-{notice.public_id}", is_optional=notice_kinds.about(notice.kind) != About.SECURITY),
    )
