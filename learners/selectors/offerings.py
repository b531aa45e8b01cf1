"""What those who plan and run offerings read: the list of dates, who has a seat, who came, what is recorded."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Can, Role, allowed
from credentials.models import Credential, Offering, Organization
from credentials.models.catalog import CredentialKind
from credentials.selectors import OpenOffering, running, with_seats
from credentials.workflow import OfferingStatus
from learners.models import Attendance, CameAs, Enrollment, RatedCriterion, RecordedResult, User
from learners.services.attendance import HERE, SITS, title_of
from learners.services.offerings import is_without_date, when_and_where
from learners.workflow import OPEN_ENROLLMENTS, AttendanceStatus, EnrollmentStatus

OFFERINGS_PAGE, PEOPLE_PAGE, CHECK_PAGE = 50, 100, 150
RUNNERS = {Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR}
EDITORS = {Role.LEAD, Role.ADMINISTRATOR}


def listed(user: User, *, state: str, q: str, on: date, credential: Credential | None = None) -> QuerySet[Offering]:
    """The offerings that a person runs, with seats counted. state: coming, over or canceled. One query a page."""
    found = Offering.objects.run_by(user)
    if credential is not None:
        found = found.filter(credential=credential)
    if state == "canceled":
        found = found.filter(status=OfferingStatus.CANCELED)
    elif state == "over":
        found = found.filter(status=OfferingStatus.PLANNED, closes_on__lt=on)
    else:
        found = found.running_on(on)
    for word in q.split()[:6]:
        found = found.filter(
            Q(name__icontains=word)
            | Q(place__icontains=word)
            | Q(credential__current_version__title__icontains=word)
            | Q(delivered_by__name__icontains=word)
        )
    order = ("opens_on", "starts_at", "pk") if state not in {"canceled", "over"} else ("-opens_on", "-starts_at", "-pk")
    return with_seats(found).select_related("credential__current_version", "delivered_by").order_by(*order)


def seated(offerings: Page[Offering]) -> list[OpenOffering]:
    return [OpenOffering(each, each.taken, each.waiting) for each in offerings]  # type: ignore[attr-defined]


def find(user: User, public_id: Any) -> Offering | None:
    """One that a person runs, with what its pages print. One query."""
    found = Offering.objects.run_by(user).select_related(
        "credential__organization", "credential__current_version", "delivered_by"
    )
    return found.filter(public_id=public_id).first()


def units(credential: Credential) -> QuerySet[Organization]:
    """The school that owns an item, and its units. One query."""
    school = credential.organization_id
    return Organization.objects.filter(Q(pk=school) | Q(parent=school)).order_by("parent_id", "name", "pk")


def people(offering: Offering) -> QuerySet[Enrollment]:
    """Everybody with a seat, then those who wait, in their order."""
    return (
        offering.enrollments.exclude(status=EnrollmentStatus.WITHDRAWN)
        .select_related("learner__user")
        .annotate(waits=Q(status=EnrollmentStatus.WAITLISTED))
        .order_by("waits", "pk")
    )


def others(offering: Offering, on: date) -> list[OpenOffering]:
    """The other dates of the same item that are still to come. One query."""
    return [each for each in running(offering.credential, on) if each.offering.pk != offering.pk]


# The check-in list -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """Somebody on the check-in list."""

    enrollment: Enrollment
    attendance: Attendance | None

    @property
    def status(self) -> str:
        return self.attendance.status if self.attendance else AttendanceStatus.EXPECTED

    @property
    def is_here(self) -> bool:
        return self.status in HERE

    @property
    def is_walk_in(self) -> bool:
        return self.attendance is not None and self.attendance.came_as == CameAs.WALK_IN


@dataclass(frozen=True)
class CheckList:
    page: Page[Enrollment]
    lines: list[Line]
    expected: int
    present: int
    late: int

    @property
    def here(self) -> int:
        return self.present + self.late

    @property
    def everybody(self) -> int:
        return self.expected + self.here


def on_list(offering: Offering) -> QuerySet[Enrollment]:
    """Who has a seat, and who walked in, by name."""
    came = Attendance.objects.filter(offering=offering, enrollment=OuterRef("pk"))
    return (
        Enrollment.objects.filter(
            Q(Exists(came)) | Q(offering=offering, status__in=SITS), credential=offering.credential_id
        )
        .select_related("learner")
        .order_by("learner__display_name", "pk")
    )


def check_list(offering: Offering, *, q: str = "", number: Any = None, is_whole: bool = False) -> CheckList:
    """The list by name, with counts of everybody. Four queries. is_whole: for the sheet that is printed."""
    found = on_list(offering)
    counts = Attendance.objects.filter(offering=offering).aggregate(
        present=Count("pk", filter=Q(status=AttendanceStatus.PRESENT)),
        late=Count("pk", filter=Q(status=AttendanceStatus.LATE)),
    )
    everybody = found.count()
    for word in q.split()[:6]:
        found = found.filter(Q(learner__display_name__icontains=word) | Q(learner__student_number__icontains=word))
    page = Paginator(found, max(everybody, 1) if is_whole else CHECK_PAGE).get_page(number)
    rows = list(page.object_list)
    came = {
        each.enrollment_id: each
        for each in Attendance.objects.filter(offering=offering, enrollment__in=[row.pk for row in rows])
    }
    return CheckList(
        page=page,
        lines=[Line(row, came.get(row.pk)) for row in rows],
        expected=everybody - counts["present"] - counts["late"],
        present=counts["present"],
        late=counts["late"],
    )


# Results at the event --------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Rated:
    """Somebody who came, with what is recorded of them at a station."""

    attendance: Attendance
    results: list[RecordedResult]
    is_own: bool

    @property
    def enrollment(self) -> Enrollment:
        return self.attendance.enrollment


def came(offering: Offering) -> QuerySet[Attendance]:
    return (
        Attendance.objects.filter(offering=offering, status__in=HERE)
        .select_related("enrollment__learner", "enrollment__credential__organization")
        .order_by("enrollment__learner__display_name", "pk")
    )


def rated(offering: Offering, user: User, *, station: str, number: Any = None) -> tuple[Page[Attendance], list[Rated]]:
    """Those who came, by name, a page of them, each with what is recorded at this station. Three queries."""
    page = Paginator(came(offering), PEOPLE_PAGE).get_page(number)
    rows = list(page.object_list)
    found: dict[tuple[int, date], list[RecordedResult]] = {}
    results = RecordedResult.objects.filter(
        enrollment__in=[each.enrollment_id for each in rows],
        title=title_of(offering, station),
        corrected_by__isnull=True,
    )
    for result in results.select_related("recorded_by", "requirement").order_by("pk"):
        found.setdefault((result.enrollment_id, result.rated_on), []).append(result)
    return page, [
        Rated(
            each,
            found.get((each.enrollment_id, timezone.localdate(each.arrived_at)), []),
            each.enrollment.learner.user_id == user.pk,
        )
        for each in rows
    ]


def next_to_rate(offering: Offering, user: User, *, station: str, after: Enrollment | None = None) -> Enrollment | None:
    """The next by name of those who came and have nothing recorded at this station; from the top once the end is reached."""
    done = RecordedResult.objects.filter(
        enrollment=OuterRef("enrollment"),
        title=title_of(offering, station),
        rated_on=OuterRef("arrived_on"),
        corrected_by__isnull=True,
    )
    rows = (
        came(offering)
        .annotate(arrived_on=TruncDate("arrived_at"))
        .filter(~Exists(done))
        .exclude(enrollment__learner__user=user)
    )
    rows = rows.filter(enrollment__status__in=OPEN_ENROLLMENTS)
    if after is not None:
        name = after.learner.display_name
        following = rows.filter(
            Q(enrollment__learner__display_name__gt=name)
            | Q(enrollment__learner__display_name=name, enrollment__pk__gt=after.pk)
        ).first()
        if following is not None:
            return following.enrollment
    first = rows.exclude(enrollment=after).first() if after else rows.first()
    return first.enrollment if first else None


def rated_levels(result: RecordedResult | None) -> dict[int, int]:
    """The levels of a result that was recorded at an event, by criterion. One query, none without a result."""
    if result is None:
        return {}
    return dict(RatedCriterion.objects.filter(result=result).values_list("criterion", "level"))


# Panels ----------------------------------------------------------------------------------------------------------------
def offerings_panel(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """The dates of an item, where it is managed. One query."""
    if credential.kind != CredentialKind.MICROCREDENTIAL or not allowed(request.user, Can.OFFERING_EDIT, credential):
        return None
    return {
        "offerings": running(credential, timezone.localdate())[:5],
        "add_url": reverse("learners:offering-add", args=[credential.public_id]),
        "list_url": f"{reverse('learners:offering-list')}?item={credential.public_id}",
    }


def workspace_panel(request: HttpRequest, enrollment: Enrollment) -> dict[str, Any] | None:
    """For a learner: when and where, whom to ask, and the way to another date. At most one query."""
    if enrollment.offering is None:
        return None
    return {
        "offering": enrollment.offering,
        "when": when_and_where(enrollment.offering),
        "is_without_date": is_without_date(enrollment),
        "url": reverse("learners:enrollment-date", args=[enrollment.public_id]),
    }
