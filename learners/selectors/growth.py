"""How a learner grows: criteria and competencies over time, across badges, and confidence beside what was assessed."""

from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from credentials.models import Alignment
from learners.models import Assessment, ConfidenceRating, Enrollment, Judgment, Learner
from learners.workflow import DecisionStatus, EnrollmentStatus

POINTS_SHOWN = 12


@dataclass(frozen=True)
class Point:
    """One judgment of one criterion, as the learner was told. minimum: the level that the rule asks for."""

    on: date
    title: str
    criterion: str
    level: int | None
    minimum: int
    comment: str
    next_step: str
    url: str

    @property
    def is_short(self) -> bool:
        return self.level is None or self.level < self.minimum


@dataclass
class Line:
    """What is told of one criterion or competency, the oldest first."""

    name: str
    about: str
    points: list[Point] = field(default_factory=list)

    @property
    def newest(self) -> Point:
        return self.points[-1]

    @property
    def latest(self) -> list[Point]:
        """The last of them, for a page; `earlier` counts the others."""
        return self.points[-POINTS_SHOWN:]

    @property
    def earlier(self) -> int:
        return max(0, len(self.points) - POINTS_SHOWN)

    @property
    def is_open(self) -> bool:
        """Still to work on: short of the level, or passed with a next step."""
        return self.newest.is_short or bool(self.newest.next_step)


@dataclass(frozen=True)
class Growth:
    criteria: list[Line]
    competencies: list[Line]

    @property
    def still(self) -> list[Line]:
        """Those still to work on, even after passing; what fell short comes first."""
        return sorted((each for each in self.criteria if each.is_open), key=lambda each: not each.newest.is_short)


def growth(learner: Learner) -> Growth:
    """Every judgment that was released to a learner. Three queries, whatever their number."""
    told = _told(learner)
    versions = {each.criterion.version_id for each, _on in told}
    alignments: dict[int, list[Alignment]] = {}
    for row in (
        Alignment.objects.filter(version__in=versions, criterion__isnull=False)
        .select_related("competency")
        .order_by("competency__framework_id", "competency__position", "pk")
    ):
        alignments.setdefault(row.criterion_id or 0, []).append(row)
    criteria: dict[tuple[int, str], Line] = {}
    competencies: dict[int, Line] = {}
    for judgment, on in told:
        point = _point(judgment, on)
        version = judgment.criterion.version
        key = (version.credential_id, judgment.criterion.key)
        criteria.setdefault(key, Line(point.criterion, point.title)).points.append(point)
        for row in alignments.get(judgment.criterion_id, []):
            competency = row.competency
            line = competencies.setdefault(competency.pk, Line(competency.short_name, competency.code))
            line.points.append(point)
    return Growth(list(criteria.values()), list(competencies.values()))


def _told(learner: Learner) -> list[tuple[Judgment, date]]:
    """The judgments of the result that each released decision tells, the oldest first. Two queries."""
    assessments = (
        Assessment.objects.filter(
            submission__enrollment__learner=learner,
            submission__decisions__status=DecisionStatus.RELEASED,
            status="finished",
        )
        .order_by("submission", "-is_agreed", "finished_at", "pk")
        .distinct("submission")
        .values_list("pk", "submission__decisions__effective_at")
    )
    when = dict(assessments)
    judged = Judgment.objects.filter(assessment__in=when, kept_from__isnull=True)  # what was kept is told once
    rows = judged.select_related("criterion__version", "assessment__submission")
    told = [(row, timezone.localdate(when[row.assessment_id])) for row in rows]
    return sorted(told, key=lambda pair: (pair[1], pair[0].assessment_id, pair[0].criterion.position))


def _point(judgment: Judgment, on: date) -> Point:
    criterion = judgment.criterion
    version = criterion.version
    return Point(
        on=on,
        title=version.title,
        criterion=criterion.name,
        level=judgment.level,
        minimum=version.required_minimum_level if criterion.is_required else version.optional_minimum_level,
        comment=judgment.comment,
        next_step=judgment.next_step,
        url=judgment.assessment.submission.get_absolute_url(),
    )


@dataclass
class Confidence:
    """The ratings of one enrollment: by outcome and moment."""

    enrollment: Enrollment
    rows: dict[str, dict[str, int]] = field(default_factory=dict)
    assessed: list[Point] = field(default_factory=list)

    @property
    def table(self) -> list[tuple[str, list[int | None]]]:
        moments = ("before", "submission", "retrospective")
        return [(outcome, [values.get(each) for each in moments]) for outcome, values in self.rows.items()]


def confidence(learner: Learner, shown: Growth) -> list[Confidence]:
    """Each enrollment that is or was worked on, with its ratings and the newest levels told. Two queries."""
    enrollments = (
        learner.enrollments.exclude(status__in=[EnrollmentStatus.WITHDRAWN, EnrollmentStatus.WAITLISTED])
        .select_related("credential_version")
        .order_by("-enrolled_at", "-pk")
    )
    found = {each.pk: Confidence(each) for each in enrollments}
    ratings = (
        ConfidenceRating.objects.filter(enrollment__in=found)
        .select_related("outcome")
        .order_by("outcome__position", "outcome")
    )
    for row in ratings:
        found[row.enrollment_id].rows.setdefault(row.outcome.text, {})[row.moment] = row.value
    for each in found.values():
        title = each.enrollment.credential_version.title
        each.assessed = [line.newest for line in shown.criteria if line.newest.title == title]
    return list(found.values())
