"""Badges that lapse: telling their holders in time, and the way to renew them.

A renewal is an enrollment that names the award it renews. It needs no seat and may ask for less evidence than the first
time; the award that it leads to supersedes the old one, as `grant_award` always does.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import CredentialVersion
from learners.models import Award, Enrollment, EnrollmentEvent, ExpiryReminder, Learner, Notice, User
from learners.renewal import window
from learners.services.enrollment import refusals, start_attempt
from learners.services.notices import tell_all
from learners.workflow import AwardStatus, EnrollmentStatus

AHEAD = (90, 30, 7)  # days before it expires
EXPIRED = 0
TOLD_LATE = timedelta(days=7)  # a badge that lapsed longer ago is not told any more


@transaction.atomic
def renew_award(*, actor: User, award: Award, at: datetime) -> Enrollment:
    """Begin to renew a badge: an enrollment in the version that is offered now, with a draft of its first attempt.

    Raises NotAllowed (somebody else's badge), Conflict (replaced, revoked or suspended; begun already), Invalid (with
    every reason: too early, too late, not a student any more, a prerequisite that lapsed).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("user").get(pk=award.learner_id)
    require(actor, Can.ENROLLMENT_START, learner)
    award = Award.objects.select_for_update(of=("self",)).select_related("credential__current_version").get(pk=award.pk)
    if award.status != AwardStatus.ACTIVE:
        raise Conflict(_("Only a badge that stands can be renewed; this one is %(status)s.") % {"status": award.status})
    version = award.credential.current_version
    reasons = refusals(learner=learner, credential=award.credential, at=at, is_renewal=True)
    if version is not None and (reason := _wrong_time(award, version, at)):
        reasons.insert(0, reason)
    if reasons or version is None:
        raise Invalid(" ".join(reasons))
    try:
        with transaction.atomic():
            enrollment = Enrollment.objects.create(
                learner=learner,
                credential=award.credential,
                credential_version=version,
                renews=award,
                status=EnrollmentStatus.ACTIVE,
                enrolled_at=at,
            )
    except IntegrityError as error:
        raise Conflict(_("You are enrolled already.")) from error
    EnrollmentEvent.objects.create(
        enrollment=enrollment, actor=actor, moved_to=enrollment.status, note="A renewal.", at=at
    )
    start_attempt(enrollment, 1, actor=actor, at=at)
    return enrollment


def _wrong_time(award: Award, version: CredentialVersion, at: datetime) -> str:
    """Why it cannot be renewed on this day, in a sentence; empty when it can."""
    found, on = window(award, version), timezone.localdate(at)
    if found is None:
        return _("This badge does not expire; there is nothing to renew.")
    if on < found.opens_on:
        return _("It can be renewed from %(day)s on.") % {"day": format_date(found.opens_on, "M j, Y")}
    if on > found.closes_on:
        return _("It could be renewed until %(day)s; earn it anew from its page in the catalog.") % {
            "day": format_date(found.closes_on, "M j, Y")
        }
    return ""


@transaction.atomic
def remind_of_expiry(*, limit: int, at: datetime) -> int:
    """Tell holders that a badge expires in 90, 30 or 7 days, or has expired; answers how many were told.

    Once for each step: a step that was missed while nobody looked is not told afterwards, only the nearest one. Two runs
    at once tell nobody twice: they lock the awards, and read what was told when they have them.
    """
    told: list[Notice] = []
    bounds = [(EXPIRED, at - TOLD_LATE, at)]
    nearest = at
    for days in sorted(AHEAD):
        bounds.append((days, nearest, at + timedelta(days=days)))
        nearest = at + timedelta(days=days)
    for days, after, until in bounds:
        told += _remind(days, after=after, until=until, limit=limit - len(told), at=at)
    tell_all(told)
    return len(told)


def _remind(days: int, *, after: datetime, until: datetime, limit: int, at: datetime) -> list[Notice]:
    """The notices of one step, with a row each that keeps it from being told again."""
    already = ExpiryReminder.objects.filter(award=OuterRef("pk"), days_ahead__lte=days)
    due = (
        Award.objects.select_for_update(of=("self",))
        .filter(
            ~Exists(already),
            status=AwardStatus.ACTIVE,
            valid_until__gt=after,
            valid_until__lte=until,
            learner__user__isnull=False,
        )
        .select_related("learner__user", "credential_version")
        .order_by("pk")[: max(0, limit)]
    )
    awards = list(due)
    done = set(ExpiryReminder.objects.filter(award__in=awards, days_ahead__lte=days).values_list("award_id", flat=True))
    awards = [each for each in awards if each.pk not in done]
    ExpiryReminder.objects.bulk_create(ExpiryReminder(award=each, days_ahead=days, at=at) for each in awards)
    return [_notice(each, each.learner.user, days, at) for each in awards if each.learner.user is not None]


def _notice(award: Award, user: User, days: int, at: datetime) -> Notice:
    title = award.credential_version.title
    day = format_date(timezone.localtime(award.valid_until or at), "M j, Y")
    if days == EXPIRED:
        subject = _("%(title)s has expired") % {"title": title}
        text = _("Your badge expired on %(day)s. Its page says how to renew it.") % {"day": day}
    else:
        subject = _("%(title)s expires on %(day)s") % {"title": title, "day": day}
        text = _("Your badge counts until %(day)s. Its page says what a renewal asks and when it can be begun.") % {
            "day": day
        }
    kind = "expired" if days == EXPIRED else "expiring"
    return Notice(user=user, kind=kind, subject=subject, text=text, path=award.get_absolute_url(), created_at=at)
