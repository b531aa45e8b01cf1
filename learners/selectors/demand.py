"""What is asked for: each item in a period, in numbers that name nobody."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils import timezone

from config.permissions import Role
from credentials.models import Counted, Credential, ItemCount, Proposal, ProposalVote
from credentials.models.catalog import CredentialKind
from credentials.workflow import ProposalStatus
from learners.models import Enrollment, EnrollmentEvent, User
from learners.workflow import EnrollmentStatus

READERS = {Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE}
DEMAND_PAGE, BATCH, PROPOSALS = 50, 500, 20
USUAL = timedelta(days=365)


@dataclass(frozen=True)
class Demand:
    """One item in a period. Everything is of the period but `waiting`, which is now. votes: for the proposal it came from."""

    credential: Credential
    title: str
    views: int
    turned_away: int
    enrolled: int
    waited: int
    waiting: int
    completed: int
    not_met: int
    withdrawn: int
    votes: int = 0

    @property
    def ended(self) -> int:
        return self.completed + self.not_met + self.withdrawn

    @property
    def completion(self) -> int | None:
        """Percent of those that ended; None where none did."""
        return round(100 * self.completed / self.ended) if self.ended else None


def items(user: User) -> QuerySet[Credential]:
    """What a person reads the demand of: microcredentials that were ever offered, by code."""
    return (
        Credential.objects.filter(user.scope_q(READERS), kind=CredentialKind.MICROCREDENTIAL)
        .exclude(current_version=None)
        .select_related("current_version")
        .order_by("code", "pk")
    )


def demand(credentials: Sequence[Credential], *, first: date, last: date) -> list[Demand]:
    """The same items with their numbers. Four queries, whatever there is."""
    keys = [each.pk for each in credentials]
    begin, end = _moments(first, last)
    counted: dict[tuple[int, str], int] = {}
    rows = ItemCount.objects.filter(credential__in=keys, on__range=(first, last)).values_list("credential", "kind")
    for credential, kind, count in rows.annotate(sum=Sum("count")).order_by():
        counted[credential, kind] = count
    ended = Q(ended_at__gte=begin, ended_at__lt=end)
    enrollments: dict[int, dict[str, Any]] = {
        row["credential"]: dict(row)
        for row in Enrollment.objects.filter(credential__in=keys)
        .values("credential")
        .annotate(
            enrolled=Count("pk", filter=Q(enrolled_at__gte=begin, enrolled_at__lt=end)),
            waiting=Count("pk", filter=Q(status=EnrollmentStatus.WAITLISTED)),
            completed=Count("pk", filter=ended & Q(status=EnrollmentStatus.COMPLETED)),
            not_met=Count("pk", filter=ended & Q(status=EnrollmentStatus.NOT_MET)),
            withdrawn=Count("pk", filter=ended & Q(status=EnrollmentStatus.WITHDRAWN)),
        )
        .order_by()
    }
    waited = dict(
        EnrollmentEvent.objects.filter(
            enrollment__credential__in=keys, moved_to=EnrollmentStatus.WAITLISTED, at__gte=begin, at__lt=end
        )
        .values(credential=F("enrollment__credential"))
        .annotate(sum=Count("enrollment", distinct=True))
        .order_by()
        .values_list("credential", "sum")
    )
    votes = dict(
        ProposalVote.objects.filter(proposal__credential__in=keys, at__gte=begin, at__lt=end)
        .values(credential=F("proposal__credential"))
        .annotate(sum=Count("pk"))
        .order_by()
        .values_list("credential", "sum")
    )
    return [
        Demand(
            credential=each,
            title=each.current_version.title if each.current_version else each.code,
            views=counted.get((each.pk, Counted.VIEW), 0),
            turned_away=counted.get((each.pk, Counted.TURNED_AWAY), 0),
            waited=waited.get(each.pk, 0),
            votes=votes.get(each.pk, 0),
            **{
                name: enrollments.get(each.pk, {}).get(name, 0)
                for name in ("enrolled", "waiting", "completed", "not_met", "withdrawn")
            },
        )
        for each in credentials
    ]


def proposals(user: User, *, first: date, last: date) -> list[Proposal]:
    """What is proposed and not decided, the most wanted of the period first: each with `votes_then` and `votes_ever`. One query."""
    begin, end = _moments(first, last)
    grants = [grant for grant in user.current_grants if grant.role in READERS and grant.credential_id is None]
    then = Count("votes", filter=Q(votes__at__gte=begin, votes__at__lt=end))
    found = Proposal.objects.filter(
        organization__in={grant.organization_id for grant in grants}, status=ProposalStatus.OPEN
    ).annotate(votes_then=then, votes_ever=Count("votes"))
    return list(found.order_by("-votes_then", "-votes_ever", "proposed_at", "pk")[:PROPOSALS])


def _moments(first: date, last: date) -> tuple[datetime, datetime]:
    """From midnight to midnight on the school's clock."""
    begin = timezone.make_aware(datetime.combine(first, time.min))
    return begin, timezone.make_aware(datetime.combine(last + timedelta(days=1), time.min))


def everything(found: Iterable[Credential], *, first: date, last: date) -> Iterator[Demand]:
    """All of them for a table, in batches."""
    rows = list(found)
    for start in range(0, len(rows), BATCH):
        yield from demand(rows[start : start + BATCH], first=first, last=last)
