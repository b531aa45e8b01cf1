"""What stands in a person's calendar: what is due, when the next attempt opens, what expires, which answers are promised, and
the dates of the application season of a learner's class.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.icalendar import Event
from credentials.workflow import OfferingStatus
from learners.models import Award, CalendarFeed, Decision, Learner, Submission
from learners.selectors.learning import learner_of
from learners.selectors.seasons import season_of
from learners.services.feed import digest
from learners.workflow import (
    AwardStatus,
    DecisionOutcome,
    DecisionStatus,
    EnrollmentStatus,
    SubmissionStatus,
)

MOST = 500
KEPT = timedelta(days=60)  # what is over stands for so long


def find_feed(token: str) -> CalendarFeed | None:
    """The feed of a token, while its person may sign in. One query."""
    found = CalendarFeed.objects.select_related("user").filter(token_digest=digest(token), user__is_active=True)
    return found.first()


def events(feed: CalendarFeed, at: datetime) -> list[Event]:
    """Everything with a day, for the person in each of their roles. Eight queries at most."""
    learner = learner_of(feed.user)
    found = [*_promised(feed, at)]
    if learner is not None:
        found += [*_taught(learner, at), *_due(learner, at), *_waits(learner, at), *_expiring(learner, at)]
        found += _season(learner, at)
    found.sort(key=lambda each: (_day(each), each.key))
    if feed.is_discreet:
        home = settings.PUBLIC_ORIGIN + reverse("learners:home")
        return [
            Event(
                each.key,
                each.at,
                _("Registry deadline"),
                home,
                until=each.until,
                is_canceled=each.is_canceled,
                takes_time=each.takes_time,
            )
            for each in found
        ]
    return found


def _day(event: Event) -> str:
    return (timezone.localdate(event.at) if isinstance(event.at, datetime) else event.at).isoformat()


def _taught(learner: Learner, at: datetime) -> list[Event]:
    """When and where people meet, of what the learner has a seat in; canceled ones say so until another date is taken."""
    rows = learner.enrollments.filter(
        status__in=[EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_MET],
        offering__starts_at__gte=at - KEPT,
    ).select_related("credential_version", "offering")
    return [
        Event(
            f"offering-{each.public_id}",
            each.offering.starts_at,
            _("%(offering)s: %(title)s") % {"offering": each.offering.name, "title": each.credential_version.title},
            settings.PUBLIC_ORIGIN + each.get_absolute_url(),
            until=each.offering.ends_at,
            place=each.offering.place,
            is_canceled=each.offering.is_canceled,
            takes_time=not each.offering.is_canceled,
        )
        for each in rows.order_by("offering__starts_at", "pk")[:MOST]
        if each.offering is not None and each.offering.starts_at is not None
    ]


def _due(learner: Learner, at: datetime) -> list[Event]:
    draft = Submission.objects.filter(enrollment=OuterRef("pk"), status=SubmissionStatus.DRAFT)
    rows = learner.enrollments.filter(
        Exists(draft),
        status=EnrollmentStatus.ACTIVE,
        offering__status=OfferingStatus.PLANNED,
        offering__closes_on__gte=timezone.localdate(at - KEPT),
    ).select_related("credential_version", "offering")
    return [
        Event(
            f"due-{each.public_id}",
            each.offering.closes_on,
            _("Submit: %(title)s") % {"title": each.credential_version.title},
            settings.PUBLIC_ORIGIN + each.get_absolute_url(),
        )
        for each in rows[:MOST]
        if each.offering is not None
    ]


def _waits(learner: Learner, at: datetime) -> list[Event]:
    """When the next attempt opens, after one that did not meet the standard and while one is left."""
    following = Submission.objects.filter(enrollment=OuterRef("enrollment"), attempt__gt=OuterRef("attempt"))
    rows = Decision.objects.filter(
        ~Exists(following),
        enrollment__learner=learner,
        enrollment__status=EnrollmentStatus.ACTIVE,
        status=DecisionStatus.RELEASED,
        outcome=DecisionOutcome.NOT_MET,
        effective_at__gte=at - KEPT,
    ).select_related("submission", "enrollment__credential_version")
    found = []
    for each in rows[:MOST]:
        version = each.enrollment.credential_version
        if each.attempt < each.enrollment.attempts_most and each.effective_at is not None:
            opens_at = each.effective_at + timedelta(days=version.attempts_wait_days)
            title = _("Next attempt opens: %(title)s") % {"title": version.title}
            url = settings.PUBLIC_ORIGIN + each.submission.get_absolute_url()
            found.append(Event(f"wait-{each.submission.public_id}", opens_at, title, url))
    return found


def _expiring(learner: Learner, at: datetime) -> list[Event]:
    rows = Award.objects.filter(
        learner=learner, status=AwardStatus.ACTIVE, valid_until__isnull=False, valid_until__gte=at - KEPT
    ).select_related("credential_version")
    return [
        Event(
            f"expiry-{each.public_id}",
            timezone.localdate(each.valid_until),
            _("Badge expires: %(title)s") % {"title": each.credential_version.title},
            settings.PUBLIC_ORIGIN + reverse("learners:award-detail", args=[each.public_id]),
        )
        for each in rows[:MOST]
    ]


def _season(learner: Learner, at: datetime) -> list[Event]:
    """The dates of the season of the learner's class, until it ends."""
    season = season_of(learner, timezone.localdate(at))
    return [
        Event(
            f"season-{day.year}-{day.key}",
            day.on,
            _("%(what)s (season %(year)s)") % {"what": day.title, "year": day.year},
            settings.PUBLIC_ORIGIN + reverse("learners:home"),
        )
        for day in (season.days() if season is not None else [])
    ]


def _promised(feed: CalendarFeed, at: datetime) -> list[Event]:
    """Answers that this assessor owes; no name of a learner."""
    rows = (
        Submission.objects.to_assess(feed.user)
        .filter(due_at__isnull=False, due_at__gte=at - KEPT)
        .select_related("enrollment__credential_version")
        .order_by("due_at", "pk")
    )
    return [
        Event(
            f"answer-{each.public_id}",
            each.due_at,
            _("Answer promised: %(title)s") % {"title": each.enrollment.credential_version.title},
            settings.PUBLIC_ORIGIN + reverse("learners:marking", args=[each.public_id]),
        )
        for each in rows[:MOST]
        if each.due_at is not None
    ]
