"""How a person wants to be told, and what that means for a notice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Invalid
from learners import notice_kinds
from learners.models import Notice, NoticePreference, NoticeTimes, User
from learners.notice_kinds import DEFAULTS, DIGEST_HOUR, WAYS, About, Way


@dataclass
class Wishes:
    """What one person wants. quiet: the hours from and until, or neither."""

    ways: dict[About, Way] = field(default_factory=lambda: dict(DEFAULTS))
    digest_hour: int = DIGEST_HOUR
    quiet_from: int | None = None
    quiet_until: int | None = None


def wishes_of(users: Sequence[int]) -> dict[int, Wishes]:
    """What each of these people wants. Two queries."""
    found: dict[int, Wishes] = {key: Wishes() for key in users}
    for each in NoticePreference.objects.filter(user__in=users):
        found[each.user_id].ways[About(each.about)] = Way(each.way)
    for times in NoticeTimes.objects.filter(user__in=users):
        wishes = found[times.user_id]
        wishes.digest_hour, wishes.quiet_from = times.digest_hour, times.quiet_from
        wishes.quiet_until = times.quiet_until
    return found


def own_wishes(user: User) -> Wishes:
    return wishes_of([user.pk])[user.pk]


def plan_mail(notices: Sequence[Notice]) -> None:
    """Set on notices that are not saved yet how and when they are mailed. Two queries."""
    wishes = wishes_of(list({each.user_id for each in notices}))
    for notice in notices:
        _plan(notice, wishes[notice.user_id])


def _plan(notice: Notice, wishes: Wishes) -> None:
    about = notice_kinds.about(notice.kind)
    notice.way = wishes.ways[about]
    moment = timezone.localtime(notice.created_at)
    if notice.way == Way.DIGEST:
        notice.mail_after = notice_kinds.next_digest(moment, wishes.digest_hour)
    elif notice.way == Way.AT_ONCE and about != About.SECURITY:
        later = notice_kinds.after_quiet(moment, wishes.quiet_from, wishes.quiet_until)
        notice.mail_after = later if later != moment else None


@transaction.atomic
def set_wishes(
    *,
    actor: User,
    ways: Mapping[About, Way],
    digest_hour: int,
    quiet_from: int | None,
    quiet_until: int | None,
    at: datetime,
) -> Wishes:
    """Say how one wants to be told; what still waits for a digest comes at the new hour. For oneself alone.

    Raises Invalid (a way that this cannot come by, an hour that is none, one quiet hour without the other).
    """
    for about, way in ways.items():
        if way not in WAYS[about]:
            raise Invalid(_("“%(what)s” cannot be turned off.") % {"what": about.label})
    hours = [digest_hour, *(each for each in (quiet_from, quiet_until) if each is not None)]
    if not all(0 <= each <= 23 for each in hours):
        raise Invalid(_("An hour is between 0 and 23."))
    if (quiet_from is None) != (quiet_until is None):
        raise Invalid(_("Give both the beginning and the end of the quiet hours, or neither."))
    for about, way in ways.items():
        NoticePreference.objects.update_or_create(user=actor, about=about, defaults={"way": way})
    NoticeTimes.objects.update_or_create(
        user=actor, defaults={"digest_hour": digest_hour, "quiet_from": quiet_from, "quiet_until": quiet_until}
    )
    Notice.objects.filter(user=actor, way=Way.DIGEST, mailed_at__isnull=True, mail_tries=0, created_at__lte=at).update(
        mail_after=notice_kinds.next_digest(timezone.localtime(at), digest_hour)
    )
    return own_wishes(actor)
