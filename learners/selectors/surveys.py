"""Which surveys are due. None of it is a row: the dates follow from enrollments and awards."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from credentials.models import Organization
from learners import surveys
from learners.models import Award, Enrollment, Learner, SurveyMoment, SurveyResponse, User
from learners.workflow import AwardStatus, EnrollmentStatus

STARTED = ~Q(status__in=[EnrollmentStatus.WAITLISTED, EnrollmentStatus.WITHDRAWN])
EARNED = Q(status__in=[AwardStatus.ACTIVE, AwardStatus.SUPERSEDED])


@dataclass(frozen=True)
class Due:
    """One survey of a learner. It may be answered from `opens_at` until `closes_at`."""

    enrollment: Enrollment
    moment: str
    opens_at: datetime
    closes_at: datetime
    is_answered: bool

    @property
    def url(self) -> str:
        return reverse("learners:survey-answer", args=[self.enrollment.public_id, self.moment])

    @property
    def moment_in_words(self) -> str:
        return str(SurveyMoment(self.moment).label)

    def is_open(self, at: datetime) -> bool:
        return not self.is_answered and self.opens_at <= at < self.closes_at


def _with_award(enrollments: QuerySet[Enrollment]) -> QuerySet[Enrollment]:
    awards = Award.objects.filter(EARNED, decision__enrollment=OuterRef("pk")).order_by("awarded_at", "pk")
    return (
        enrollments.filter(STARTED)
        .annotate(
            earned_at=Subquery(awards.values("awarded_at")[:1]),
            had_at=had_at(),
            answered=ArraySubquery(SurveyResponse.objects.filter(enrollment=OuterRef("pk")).values("moment")),
        )
        .select_related("credential_version")
    )


def had_at() -> Subquery:
    """When the learner of an enrollment first earned its item, by whichever enrollment: from then on it has not just begun."""
    had = Award.objects.filter(EARNED, learner=OuterRef("learner"), credential=OuterRef("credential"))
    return Subquery(had.order_by("awarded_at", "pk").values("awarded_at")[:1])


def schedule(learner: Learner) -> list[Due]:
    """Every survey of a learner, past and to come, the newest last. One query."""
    found = [due for each in _with_award(learner.enrollments.all()) for due in _dues(each)]
    return sorted(found, key=lambda due: (due.opens_at, due.enrollment.pk))


def of_enrollment(enrollment: Enrollment) -> list[Due]:
    """The surveys of one enrollment. One query."""
    return [due for each in _with_award(Enrollment.objects.filter(pk=enrollment.pk)) for due in _dues(each)]


def _dues(enrollment: Any) -> list[Due]:
    began = {SurveyMoment.ENROLLMENT: enrollment.enrolled_at}
    if enrollment.earned_at is not None:
        began |= {SurveyMoment.AWARD: enrollment.earned_at, SurveyMoment.LATER: enrollment.earned_at}
    windows = {moment: surveys.window(moment, at) for moment, at in began.items()}
    if enrollment.had_at is not None:  # "when it begins" is not asked of those who have earned it
        opens, closes = windows.pop(SurveyMoment.ENROLLMENT)
        if enrollment.had_at > opens or SurveyMoment.ENROLLMENT in enrollment.answered:
            windows = {SurveyMoment.ENROLLMENT: (opens, min(closes, enrollment.had_at))} | windows
    return [
        Due(enrollment, str(moment), opens, closes, is_answered=moment in enrollment.answered)
        for moment, (opens, closes) in windows.items()
    ]


def schools_asking(user: User, at: datetime) -> list[Organization]:
    """The schools whose assessor somebody is, and whose survey of this term is open and not answered. One query at most."""
    today = timezone.localdate(at)
    term = surveys.term_of(today)
    schools = {each.organization_id: each.organization for each in user.current_grants if each.role == Role.ASSESSOR}
    if not schools or today < surveys.asked_from(term):
        return []
    answered = SurveyResponse.objects.filter(study__user=user, term=term).values_list("organization", flat=True)
    for key in answered:
        schools.pop(key, None)
    return sorted(schools.values(), key=lambda school: school.name)


def home_panel(request: HttpRequest, user: User) -> dict[str, Any] | None:
    """How many surveys somebody may answer now. One query for a learner, one for an assessor while a term ends."""
    at = timezone.now()
    learner: Learner | None = getattr(user, "learner", None)
    count = sum(each.is_open(at) for each in schedule(learner)) if learner else 0
    count += len(schools_asking(user, at))
    return {"count": count} if count else None
