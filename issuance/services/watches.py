"""Watching lists: begun by mail, looked at a few times a day, told of at most once a day, ended by itself.

Rows are the queue here as well: a watch whose `next_look_at` has come is due, and a mail without `sent_at` is to be sent.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff
from config.errors import Conflict, Invalid
from issuance import badges, verification
from issuance.models import BadgeList, Watch, WatchedBadge, WatchMail, WatchMailKind
from learners.services.notices import pause_after

logger = logging.getLogger("signet.mail")

LOOK_EVERY = timedelta(hours=6)
LOOK_OUTSIDE_EVERY = timedelta(hours=20)  # other issuers are asked once a day
LONGEST = timedelta(days=366)
UNCONFIRMED_FOR = timedelta(days=2)
ENDED_FOR = timedelta(days=7)
ASKED_MAX = 3  # unanswered questions to one address within a day
CLAIM = timedelta(minutes=15)
CHANGES_TOLD = 40  # in one mail; the others are counted


# Beginning and ending ------------------------------------------------------------------------------------------------
@transaction.atomic
def ask_to_watch(*, badge_list: BadgeList, email: str, ends_at: datetime, at: datetime) -> Watch:
    """Keep what is to be watched, and ask the address by mail. Nothing is looked at until it has said yes.

    Only addresses of badges are watched: files are not kept. Raises Invalid (nothing to watch, an odd date, not checked
    yet), Conflict (the address was asked too often).
    """
    rows = list(badge_list.rows.defer("content").order_by("position"))
    if any(row.checked_at is None for row in rows):
        raise Invalid(_("The list is still being checked. Ask again when it is done."))
    watched = [row for row in rows if _can_be_watched(row.given)]
    if not watched:
        raise Invalid(_("There is no address of a badge in this list. Files are not kept, so they cannot be watched."))
    if not at < ends_at <= at + LONGEST:
        raise Invalid(_("Choose a day within a year from now."))
    with connection.cursor() as cursor:  # what is asked at the same moment waits, and is counted
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"issuance.watches {email.casefold()}"])
    recent = Watch.objects.filter(email__iexact=email, confirmed_at__isnull=True, created_at__gt=at - timedelta(days=1))
    if recent.count() >= ASKED_MAX:
        raise Conflict(_("This address was asked already and has not answered. Look into its mail, or try tomorrow."))
    watch = Watch.objects.create(email=email, created_at=at, ends_at=ends_at)
    WatchedBadge.objects.bulk_create(
        WatchedBadge(
            watch=watch,
            position=row.position,
            link=_whole(row.given),
            title=row.title,
            state=row.state,
            told_state=row.state,
            looked_at=row.checked_at or at,
        )
        for row in watched
    )
    body = ngettext(
        "Somebody, most likely you, asked this registry to tell this address when a badge of a list changes: whether it "
        "is revoked, expires, is replaced or no longer shown. The list holds %(count)s badge.",
        "Somebody, most likely you, asked this registry to tell this address when a badge of a list changes: whether it "
        "is revoked, expires, is replaced or no longer shown. The list holds %(count)s badges.",
        len(watched),
    ) % {"count": len(watched)}
    _mail(
        watch,
        WatchMailKind.CONFIRM,
        subject=_("Do you want to be told when badges change?"),
        body=_("%(body)s\n\nIf you want that, open this page and say so:\n%(link)s\n\nIf not, do nothing.")
        % {"body": body, "link": _page(watch)},
        at=at,
    )
    return watch


def _whole(given: str) -> str:
    """The address as it can be opened from a mail."""
    public_id = verification.own_id(given)
    return badges.award_url(public_id) if public_id is not None else given


def _can_be_watched(given: str) -> bool:
    return verification.own_id(given) is not None or given.startswith("https://")


@transaction.atomic
def confirm_watch(*, watch: Watch, at: datetime) -> Watch:
    """Begin, as the address itself asked. A second time changes nothing. Raises Conflict once it has ended."""
    watch = Watch.objects.select_for_update().get(pk=watch.pk)
    if watch.ended_at is not None or watch.ends_at <= at:
        raise Conflict(_("This watch has ended. Check the list again to begin another."))
    if watch.confirmed_at is None:
        watch.confirmed_at = watch.next_look_at = at
        watch.save(update_fields=["confirmed_at", "next_look_at"])
        handoff.after_commit("issuance.look_at_watches")
    return watch


def stop_watch(*, watch: Watch) -> None:
    """End a watch at the wish of its address: everything about it is deleted."""
    Watch.objects.filter(pk=watch.pk).delete()


# Looking -------------------------------------------------------------------------------------------------------------
def look_at_next_watch(*, at: datetime) -> bool:
    """Look at the badges of one watch that is due; answer whether there was one. Any number of processes may call it."""
    watch = _claim(at)
    if watch is None:
        return False
    for badge in watch.badges.order_by("position"):
        if verification.own_id(badge.link) is None and badge.looked_at > at - LOOK_OUTSIDE_EVERY:
            continue
        answer = verification.check_link(badge.link, at=at)
        badge.looked_at = at
        # What could not be checked has not changed: an issuer's network may be down.
        if answer.state not in {badge.state, "unknown"}:
            badge.state, badge.changed_at = answer.state, at
        badge.title = answer.title[:200] or badge.title
        badge.save(update_fields=["looked_at", "state", "changed_at", "title"])
    tell_changes(watch=watch, at=at)
    return True


@transaction.atomic
def _claim(at: datetime) -> Watch | None:
    """Take a watch that is due and put it off, so that nobody else looks at it now."""
    due = Watch.objects.running(at).filter(next_look_at__lte=at).order_by("next_look_at", "pk")
    watch = due.select_for_update(skip_locked=True).first()
    if watch is not None:
        watch.next_look_at = at + LOOK_EVERY
        watch.save(update_fields=["next_look_at"])
    return watch


@transaction.atomic
def tell_changes(*, watch: Watch, at: datetime) -> WatchMail | None:
    """Put what has changed since the last mail into one mail, unless there was one today; the rest waits for tomorrow."""
    watch = Watch.objects.select_for_update().get(pk=watch.pk)
    changed = list(watch.badges.exclude(state=F("told_state")).order_by("position"))
    if not changed:
        return None
    last = watch.mails.filter(kind=WatchMailKind.CHANGES).order_by("-created_at").first()
    if last is not None and last.created_at > at - timedelta(days=1):
        return None
    many = len(changed)
    lines = [_line(badge) for badge in changed[:CHANGES_TOLD]]
    if many > CHANGES_TOLD:
        lines.append(_("And %(count)s more; check the list again to see them.") % {"count": many - CHANGES_TOLD})
    mail = _mail(
        watch,
        WatchMailKind.CHANGES,
        subject=ngettext("A badge on your list has changed", "%(count)s badges on your list have changed", many)
        % {"count": many},
        body="\n\n".join(lines),
        at=at,
    )
    if mail is not None:
        for badge in changed:
            badge.told_state = badge.state
        WatchedBadge.objects.bulk_update(changed, ["told_state"])
    return mail


def _line(badge: WatchedBadge) -> str:
    """What a mail says of one badge: its place, what it is and how it stands. Nobody is named."""
    return _("No. %(number)s%(title)s\n%(was)s → %(now)s\n%(link)s") % {
        "number": badge.position,
        "title": f": {badge.title}" if badge.title else "",
        "was": verification.LIST_WORDS.get(badge.told_state, badge.told_state),
        "now": verification.LIST_WORDS.get(badge.state, badge.state),
        "link": badge.link,
    }


def end_watches(*, at: datetime) -> int:
    """End the watches whose date has come, telling their addresses; delete what is over or was never confirmed."""
    count = 0
    for pk in Watch.objects.filter(ended_at__isnull=True, confirmed_at__isnull=False, ends_at__lte=at).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            watch = Watch.objects.select_for_update().filter(pk=pk, ended_at__isnull=True).first()
            if watch is None:
                continue
            watch.ended_at, watch.next_look_at = at, None
            watch.save(update_fields=["ended_at", "next_look_at"])
            _mail(
                watch,
                WatchMailKind.ENDED,
                subject=_("You are no longer told of changes to your list"),
                body=_("The date that you chose has come. The list and this address are deleted here in a week."),
                at=at,
            )
            count += 1
    Watch.objects.filter(confirmed_at__isnull=True, created_at__lte=at - UNCONFIRMED_FOR).delete()
    Watch.objects.filter(ended_at__lte=at - ENDED_FOR).delete()
    return count


# Mail ----------------------------------------------------------------------------------------------------------------
def _mail(watch: Watch, kind: WatchMailKind, *, subject: str, body: str, at: datetime) -> WatchMail | None:
    """Put a mail into the outbox; None when there was one of this kind today."""
    try:
        with transaction.atomic():
            mail = WatchMail.objects.create(
                watch=watch, kind=kind, day=timezone.localdate(at), subject=subject, body=body, created_at=at
            )
    except IntegrityError:
        return None
    handoff.after_commit("issuance.send_watch_mail")
    return mail


def send_watch_mail(*, limit: int, at: datetime) -> int:
    """Send waiting mail, oldest first; answer how many. As the mail of notices: each is claimed, sent and marked by itself."""
    connection = get_connection()
    sent = 0
    for _number in range(limit):
        mail = _claim_mail(at)
        if mail is None:
            break
        try:
            _message(mail, connection).send()
        except (SMTPException, OSError) as error:
            WatchMail.objects.filter(pk=mail.pk).update(not_before=at + pause_after(mail.tries))
            logger.warning("mail not sent", extra={"watch_mail": mail.public_id, "cause": type(error).__name__})
            if not isinstance(error, (SMTPRecipientsRefused, SMTPDataError)):
                raise
            continue
        WatchMail.objects.filter(pk=mail.pk).update(sent_at=at, not_before=None)
        sent += 1
    return sent


@transaction.atomic
def _claim_mail(at: datetime) -> WatchMail | None:
    waiting = WatchMail.objects.filter(sent_at__isnull=True).exclude(not_before__gt=at)
    mail = (
        waiting.select_for_update(skip_locked=True, of=("self",))
        .select_related("watch")
        .order_by("created_at", "pk")
        .first()
    )
    if mail is not None:
        mail.not_before, mail.tries = at + CLAIM, min(mail.tries + 1, 20)
        mail.save(update_fields=["not_before", "tries"])
    return mail


def _page(watch: Watch) -> str:
    return settings.PUBLIC_ORIGIN + watch.get_absolute_url()


def _message(mail: WatchMail, connection: BaseEmailBackend) -> EmailMessage:
    watch = mail.watch
    footer = _("This was sent by Signet, a registry of microcredentials. End it at any time: %(link)s\n") % {
        "link": _page(watch)
    }
    stop = settings.PUBLIC_ORIGIN + reverse("issuance:watch-stop", args=[watch.token])
    return EmailMessage(
        subject=mail.subject,
        body=f"{mail.body}\n\n{footer}",
        to=[watch.email],
        connection=connection,
        headers={
            "Message-ID": f"<watch-{mail.public_id}@{settings.SITE_HOST}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )
