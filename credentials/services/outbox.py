"""Links and mail for people outside: tokens that need not be kept, and outboxes that lose nothing and hold up nobody."""

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _

from config.errors import Conflict
from credentials.models import EndorsementRequest, OpinionRequest
from credentials.models.outbox import OutsideMail

if TYPE_CHECKING:
    from learners.models import User

logger = logging.getLogger("signet.mail")

CLAIM, FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(minutes=1), timedelta(hours=6)
# Invitations in a day, of both kinds and over all credentials and schools: by one person, and to one address.
MOST_BY_ONE, MOST_TO_ONE = 30, 3
_LOCK = "credentials.invitations"


def token_for(salt: str, public_id: UUID) -> str:
    """The secret of a mailed link. Made from the site's secret key, so that it need not be kept until the mail is sent."""
    digest = salted_hmac(salt, public_id.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def require_room(*, actor: "User", email: str, at: datetime) -> None:
    """See that one more invitation may go out: from this person today, and to this address. Raises Conflict.

    Within a transaction, of which one at a time gets past here, so that the limits hold for what is asked at once.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
    today = [
        model._default_manager.filter(asked_at__gt=at - timedelta(days=1))
        for model in (OpinionRequest, EndorsementRequest)
    ]
    if sum(asked.filter(asked_by=actor).count() for asked in today) >= MOST_BY_ONE:
        raise Conflict(_("You have asked %(count)s times today, which is the most.") % {"count": MOST_BY_ONE})
    if sum(asked.filter(email__iexact=email).count() for asked in today) >= MOST_TO_ONE:
        raise Conflict(_("This address has been asked often enough today. Ask again tomorrow."))


def letter(*, name: str, mail: OutsideMail, to: str, subject: str, body: str) -> EmailMessage:
    """A mail whose Message-ID stays the same when it goes out twice. name: what the outbox is called in it."""
    return EmailMessage(
        subject=" ".join(subject.split()),
        body=body,
        to=[to],
        headers={
            "Message-ID": f"<{name}-{mail.public_id}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
        },
    )


def send(
    due: Callable[[datetime], "QuerySet[Any]"], message: Callable[[Any], EmailMessage], *, limit: int, at: datetime
) -> int:
    """Send what waits for people outside, oldest first; answer how many were sent.

    An address that is refused waits longer and longer and holds up nobody; when the server itself fails, SMTPException or
    OSError is raised, and all rows keep waiting.
    """
    connection = get_connection()
    sent = 0
    for _number in range(limit):
        mail = _claim(due, at)
        if mail is None:
            break
        own = type(mail)._default_manager.filter(pk=mail.pk)
        try:
            ready = message(mail)
            ready.connection = connection
            ready.send()
        except (SMTPException, OSError) as error:
            pause = min(FIRST_PAUSE * 2 ** (mail.mail_tries - 1), LONGEST_PAUSE)
            own.update(mail_after=at + pause)
            logger.warning("mail not sent", extra={"mail": mail.public_id, "cause": type(error).__name__})
            if not isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
                raise
            continue
        own.update(mailed_at=at, mail_after=None)
        sent += 1
    return sent


@transaction.atomic
def _claim(due: Callable[[datetime], "QuerySet[Any]"], at: datetime) -> OutsideMail | None:
    mail: OutsideMail | None = (
        due(at).select_for_update(skip_locked=True, of=("self",)).order_by("made_at", "pk").first()
    )
    if mail is not None:
        mail.mail_after, mail.mail_tries = at + CLAIM, min(mail.mail_tries + 1, 20)
        mail.save(update_fields=["mail_after", "mail_tries"])
    return mail
