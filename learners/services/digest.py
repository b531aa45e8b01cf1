"""One mail a day with what is new, for those who want it so; never a level, never a comment."""

import logging
from datetime import datetime
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from learners.models import Notice
from learners.notice_kinds import Way
from learners.services import notices

logger = logging.getLogger("signet.mail")
SHOWN = 50  # the rest is on the site


def send_digests(*, limit: int, at: datetime) -> int:
    """Send the digests that are due, one mail for each person; answer how many. As `send_mail` does notices.

    What a person has read on the site since is left out; when nothing is left, no mail goes.
    """
    connection = get_connection()
    sent = 0
    for _number in range(limit):
        claimed = _claim(at)
        if not claimed:
            break
        keys = [each.pk for each in claimed]
        user = claimed[0].user
        new = [each for each in claimed if each.read_at is None]
        if not user.is_active or not new:
            Notice.objects.filter(pk__in=keys).update(way=Way.SITE, mail_after=None)
            continue
        try:
            message = _message(new)
            message.connection = connection
            message.send()
        except (SMTPException, OSError) as error:
            Notice.objects.filter(pk__in=keys).update(mail_after=at + notices.pause_after(claimed[0].mail_tries))
            logger.warning("digest not sent", extra={"notice": claimed[0].public_id, "cause": type(error).__name__})
            if not isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
                raise
            continue
        Notice.objects.filter(pk__in=[each.pk for each in new]).update(mailed_at=at, mail_after=None)
        Notice.objects.filter(pk__in=keys, mailed_at__isnull=True).update(way=Way.SITE, mail_after=None)
        sent += 1
    return sent


@transaction.atomic
def _claim(at: datetime) -> list[Notice]:
    """Everything that is due of the person whose digest waits longest, kept from others until it ought to be sent.

    The person is locked, not the first notice: two workers would else each take some of one person's notices.
    """
    due = Notice.objects.filter(way=Way.DIGEST, mailed_at__isnull=True, mail_after__lte=at).select_related("user")
    of_nobody_else = due.select_for_update(skip_locked=True, no_key=True, of=("user",))
    first = of_nobody_else.order_by("mail_after", "pk").first()
    if first is None:
        return []
    rows = due.filter(user=first.user_id).select_for_update(of=("self",))
    found = list(rows.order_by("created_at", "pk"))
    for each in found:
        each.mail_after, each.mail_tries = at + notices.CLAIM, min(each.mail_tries + 1, 20)
    Notice.objects.bulk_update(found, ["mail_after", "mail_tries"])
    return found


def _message(new: list[Notice]) -> EmailMessage:
    user = new[0].user
    lines = [f"{each.subject}\n{settings.PUBLIC_ORIGIN}{each.path}" for each in new[:SHOWN]]
    if len(new) > SHOWN:
        lines.append(_("and %(count)s more on your page of notices") % {"count": len(new) - SHOWN})
    body = _("Dear %(name)s,\n\nthis is new since the last mail:\n\n%(lines)s\n\n%(footer)s") % {
        "name": user.name,
        "lines": "\n\n".join(lines),
        "footer": notices.footer(),
    }
    subject = ngettext("Signet: %(count)s new notice", "Signet: %(count)s new notices", len(new))
    return EmailMessage(
        subject=subject % {"count": len(new)},
        body=body,
        to=[user.email],
        headers=notices.headers(f"digest-{new[0].public_id}"),
    )
