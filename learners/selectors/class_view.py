"""How a class does on each criterion of an item, for teaching: shares of many, never figures about a few."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.lookups import IsNull

from config.permissions import Role
from credentials.models import Credential, Criterion
from learners.models import Assessment, Cohort, Decision, Judgment, Submission, User
from learners.models.evidence import SubmissionQuerySet
from learners.workflow import AssessmentStatus, DecisionStatus

READING = {Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE, Role.AUDITOR}
# A figure about fewer learners could be laid at the door of one of them.
FEWEST = 5


@dataclass(frozen=True)
class Cell:
    """Of the learners of a class who were judged on a criterion at their first attempt, how many fell short.

    share is None where fewer than `FEWEST` were judged; below is then not told either.
    """

    cohort: Cohort | None
    judged: int
    below: int | None
    share: float | None


@dataclass(frozen=True)
class Line:
    """One criterion, by its key over the versions of an item, with a cell for each class."""

    key: str
    name: str
    is_required: bool
    cells: list[Cell]
    share: float | None


def items(user: User) -> QuerySet[Credential]:
    """The credentials whose classes somebody may look at: those of which a first attempt was decided; by code."""
    covered = Credential.objects.filter(user.scope_q(READING)).select_related("current_version")
    # Each credential by itself, up to the first that is found: PostgreSQL would join all decisions for an EXISTS.
    some = Subquery(_first_decisions(OuterRef("pk")).values("pk")[:1])
    return covered.exclude(IsNull(some, True)).order_by("code", "pk")


def count_decided(credential: Credential) -> int:
    """How many first attempts were decided. One query."""
    return _first_decisions(credential.pk).count()


def _first_decisions(credential: Any) -> QuerySet[Decision]:
    return Decision.objects.filter(enrollment__credential=credential, status=DecisionStatus.RELEASED, attempt=1)


def heat_map(credential: Credential) -> tuple[list[Cohort | None], list[Line]]:
    """The classes, oldest first and those without one last; the criteria, the most often missed first. Three queries."""
    rows = list(
        _first_judgments(credential)
        .values("criterion__key", cohort=F("assessment__submission__enrollment__learner__cohort"))
        .annotate(judged=Count("pk"), below=Count("pk", filter=BELOW))
    )
    keys = {row["cohort"] for row in rows}
    cohorts: list[Cohort | None] = list(Cohort.objects.filter(pk__in=keys).order_by("entered_on", "name", "pk"))
    if None in keys:
        cohorts.append(None)
    counted = {(row["criterion__key"], row["cohort"]): (row["judged"], row["below"]) for row in rows}
    lines = [
        _line(criterion, cohorts, counted) for criterion in _newest_criteria(credential, {key for key, _ in counted})
    ]
    return cohorts, sorted(lines, key=lambda line: -1.0 if line.share is None else line.share, reverse=True)


def below(user: User, credential: Credential, *, key: str, cohort: int | None) -> SubmissionQuerySet | None:
    """The first attempts behind a cell that fell short, as far as somebody may read them; None where the cell is masked."""
    behind = _first_judgments(credential).filter(
        criterion__key=key, assessment__submission__enrollment__learner__cohort=cohort
    )
    if behind.count() < FEWEST:
        return None
    short = behind.filter(BELOW).values("assessment__submission")
    return Submission.objects.visible_to(user).filter(pk__in=short).exclude(enrollment__learner__user=user)


# Below the least level that the pass rule asks of it.
BELOW = Q(criterion__is_required=True, level__lt=F("criterion__version__required_minimum_level")) | Q(
    criterion__is_required=False, level__lt=F("criterion__version__optional_minimum_level")
)


def _first_judgments(credential: Credential) -> QuerySet[Judgment]:
    """The judgments that the released decisions on first attempts rest on (as `assessing.assessment_of`)."""
    released = Decision.objects.filter(submission=OuterRef("submission"), status=DecisionStatus.RELEASED)
    first = Assessment.objects.filter(
        Exists(released),
        status=AssessmentStatus.FINISHED,
        submission__enrollment__credential=credential,
        submission__attempt=1,
    )
    decisive = first.order_by("submission", "-is_agreed", "finished_at", "pk").distinct("submission")
    return Judgment.objects.filter(assessment__in=decisive.values("pk"), level__isnull=False)


def _newest_criteria(credential: Credential, keys: set[str]) -> list[Criterion]:
    """One criterion for each key, as the newest version has it, in the order of the rubric."""
    found = Criterion.objects.filter(version__credential=credential, key__in=keys)
    newest = found.order_by("key", "-version__number").distinct("key")
    return sorted(newest, key=lambda criterion: (criterion.position, criterion.key))


def _line(
    criterion: Criterion, cohorts: Sequence[Cohort | None], counted: dict[tuple[str, int | None], tuple[int, int]]
) -> Line:
    cells = []
    for cohort in cohorts:
        judged, short = counted.get((criterion.key, cohort.pk if cohort else None), (0, 0))
        is_told = judged >= FEWEST
        cells.append(Cell(cohort, judged, short if is_told else None, short / judged if is_told else None))
    told = [cell for cell in cells if cell.below is not None]
    judged = sum(cell.judged for cell in told)
    share = sum(cell.below or 0 for cell in told) / judged if judged else None
    return Line(criterion.key, criterion.name, criterion.is_required, cells, share)
