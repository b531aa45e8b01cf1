"""The load board: who has how much to judge, since when, until when; and what nobody has."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from config.permissions import Role
from credentials.models import Credential
from learners.models import Assignment, Leave, RoleGrant, Submission, User
from learners.models.assessment import AssessorRole
from learners.models.assigning import WEEKLY_CAP
from learners.selectors import assigning
from learners.selectors.assigning import OPEN, Pool
from learners.services.escalation import OFFER, reached

ASSIGNING = {Role.LEAD, Role.ADMINISTRATOR}
WEEKS = 4
# The accrediting body's ceiling for feedback.
CEILING = timedelta(weeks=6)


def scope(user: User) -> Q:
    """The submissions whose work this person may assign; the rows for which RULES says yes."""
    return user.scope_q(ASSIGNING, "enrollment__credential__")


def open_work(user: User) -> QuerySet[Assignment]:
    """What is being judged, or waits for it, within a lead's scope, and is not finished by whoever has it."""
    return Assignment.objects.filter(
        user.scope_q(ASSIGNING, "submission__enrollment__credential__"),
        assigning.unfinished(),
        ended_at__isnull=True,
        submission__status__in=OPEN,
    )


def assessors_for(user: User, at: datetime) -> QuerySet[User]:
    """Everybody who assesses today something that this person may assign; by name."""
    credentials = Credential.objects.filter(user.scope_q(ASSIGNING))
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential__in=credentials) | Q(credential=None, organization__in=credentials.values("organization")),
        role=Role.ASSESSOR,
    )
    found = User.objects.filter(Exists(grants.filter(user=OuterRef("pk"))), is_active=True)
    return found.select_related("assessor_profile").order_by("name", "pk")


@dataclass(frozen=True)
class Row:
    """One assessor on the board. weeks: how much is due in each of the coming weeks, what is late in the first."""

    assessor: User
    count: int
    oldest_at: datetime | None
    late: int
    taken: int
    cap: int
    leave: list[Leave]
    weeks: list[int]


def weeks_from(at: datetime) -> list[date]:
    """The Mondays of this week and of those that follow."""
    monday = assigning.week_start(at).date()
    return [monday + timedelta(weeks=number) for number in range(WEEKS)]


def board(user: User, assessors: Sequence[User], *, at: datetime) -> list[Row]:
    """The rows for some assessors. Three queries."""
    work = open_work(user).filter(assessor__in=assessors).values("assessor")
    rows: Iterable[Any] = work.annotate(
        count=Count("pk"),
        late=Count("pk", filter=Q(submission__due_at__lt=at)),
        oldest=Min("submission__submitted_at"),
        **{f"week_{number}": Count("pk", filter=due) for number, due in enumerate(_due_in_weeks(at))},
    )
    counted = {row["assessor"]: row for row in rows}
    given = Assignment.objects.filter(
        assessor__in=assessors, ended_at__isnull=True, assigned_at__gte=assigning.week_start(at)
    )
    taken = Counter(given.values_list("assessor", flat=True))
    away: dict[int, list[Leave]] = {}
    for leave in Leave.objects.filter(assessor__in=assessors, until_on__gte=timezone.localdate(at)).order_by("from_on"):
        away.setdefault(leave.assessor_id, []).append(leave)
    nothing: dict[str, Any] = {"count": 0, "late": 0, "oldest": None} | {f"week_{number}": 0 for number in range(WEEKS)}
    return [
        Row(
            assessor=each,
            count=row["count"],
            oldest_at=row["oldest"],
            late=row["late"],
            taken=taken[each.pk],
            cap=cap_of(each),
            leave=away.get(each.pk, []),
            weeks=[row[f"week_{number}"] for number in range(WEEKS)],
        )
        for each in assessors
        for row in [counted.get(each.pk, nothing)]
    ]


def _due_in_weeks(at: datetime) -> list[Q]:
    """What is due in each of the weeks: the first holds what is late or has no date, the last all that comes later."""
    ends = [assigning.week_start(at) + timedelta(weeks=number) for number in range(1, WEEKS)]
    first = Q(submission__due_at__lt=ends[0]) | Q(submission__due_at__isnull=True)
    between = [Q(submission__due_at__gte=begin, submission__due_at__lt=end) for begin, end in pairwise(ends)]
    return [first, *between, Q(submission__due_at__gte=ends[-1])]


def cap_of(user: User) -> int:
    profile = getattr(user, "assessor_profile", None)
    return profile.weekly_cap if profile else WEEKLY_CAP


@dataclass(frozen=True)
class Unassigned:
    submission: Submission
    role: str
    role_in_words: str
    why: str
    is_past_ceiling: bool


def unassigned(user: User, *, at: datetime, limit: int) -> tuple[list[Unassigned], int]:
    """What nobody has, those first that are due first, with the reason; and how many there are. Eight queries."""
    waiting = assigning.without_any().filter(scope(user)).exclude(enrollment__learner__user=user)
    # What is shown is read by its keys: all that waits is looked through once, for its order and number.
    keys = list(waiting.values_list("pk", flat=True))
    shown = assigning.with_lacking(Submission.objects.filter(pk__in=keys[:limit]))
    found = [
        (each, role) for each in shown.with_context() for role in AssessorRole.values if getattr(each, f"lacks_{role}")
    ]
    if not found:
        return [], 0
    pool = Pool([submission for submission, _role in found], at=at)
    rows = [
        Unassigned(
            submission,
            role,
            str(AssessorRole(role).label),
            pool.why_unassigned(submission),
            is_past_ceiling(submission, at),
        )
        for submission, role in found
    ]
    return rows, len(keys)


def is_past_ceiling(submission: Submission, at: datetime) -> bool:
    """Whether the learner waits longer than the accrediting body allows."""
    return submission.submitted_at is not None and at - submission.submitted_at > CEILING


def work_of(user: User, assessor: User, *, at: datetime) -> list[dict[str, Any]]:
    """What one assessor has to judge, within a lead's scope; what ought to be moved is marked. One query."""
    rows = open_work(user).filter(assessor=assessor).exclude(submission__enrollment__learner__user=user)
    found = rows.select_related(
        "submission__enrollment__learner__user",
        "submission__enrollment__credential",
        "submission__enrollment__credential_version",
    ).order_by("submission__due_at", "pk")
    return [
        {
            "assignment": each,
            "submission": each.submission,
            "is_late": bool(each.submission.due_at and each.submission.due_at < at),
            "is_offered": reached(each.submission, at) >= OFFER,
            "is_past_ceiling": is_past_ceiling(each.submission, at),
        }
        for each in found
    ]


def oldest_waiting(user: User) -> datetime | None:
    """Since when the oldest open submission in a lead's scope waits."""
    found: datetime | None = Submission.objects.filter(scope(user), status__in=OPEN).aggregate(
        oldest=Min("submitted_at")
    )["oldest"]
    return found
