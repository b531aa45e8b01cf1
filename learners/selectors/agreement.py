"""How far two assessors of the same work agreed, by item: only figures, never who or whose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet

from config.permissions import Role
from credentials.models import Credential
from learners.agreement import ENOUGH as ENOUGH
from learners.agreement import Agreement, Estimate, agreement, icc
from learners.models import Judgment, User
from learners.models.assessment import AssessorRole
from learners.workflow import SecondMarkingStatus

READING = {Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE, Role.AUDITOR}
COMPARED = [
    SecondMarkingStatus.SETTLED,
    SecondMarkingStatus.DIFFERS,
    SecondMarkingStatus.THIRD,
    SecondMarkingStatus.AGREED,
]


@dataclass(frozen=True)
class Line:
    name: str
    is_required: bool
    found: Agreement


@dataclass(frozen=True)
class Report:
    """Each criterion, the totals, and how many pieces of work were judged twice."""

    lines: list[Line]
    totals: Estimate
    count: int


def items(user: User) -> QuerySet[Credential]:
    """The credentials of which somebody may read how assessors agree, with how much was judged twice; most first."""
    twice = Count("enrollments__submissions__second_marking", distinct=True)
    found = Credential.objects.filter(
        user.scope_q(READING), enrollments__submissions__second_marking__status__in=COMPARED
    )
    return found.select_related("current_version").annotate(twice=twice).order_by("-twice", "code", "pk")


def report(credential: Credential) -> Report:
    """Compare first and second judgments of one item, over its versions (criteria by their key). One query.

    What was agreed on, and a third judgment, are left out: they were not blind to the others.
    """
    levels: dict[str, dict[int, dict[str, int]]] = {}
    named: dict[str, tuple[int, str, bool]] = {}
    for row in _judgments(credential):
        key = row["criterion__key"]
        named[key] = (row["criterion__position"], row["criterion__name"], row["criterion__is_required"])
        if row["level"] is not None:
            of_work = levels.setdefault(key, {}).setdefault(row["assessment__submission"], {})
            of_work[row["assessment__role"]] = row["level"]
    both = {key: {work: pair for work, pair in rows.items() if len(pair) == 2} for key, rows in levels.items()}
    lines = [
        Line(
            name,
            is_required,
            agreement(
                [pair[AssessorRole.FIRST] for pair in both.get(key, {}).values()],
                [pair[AssessorRole.SECOND] for pair in both.get(key, {}).values()],
            ),
        )
        for key, (_position, name, is_required) in sorted(named.items(), key=lambda each: each[1])
    ]
    whole = set.intersection(*(set(rows) for rows in both.values())) if both else set()
    totals = [
        [sum(rows[work][role] for rows in both.values()) for role in (AssessorRole.FIRST, AssessorRole.SECOND)]
        for work in sorted(whole)
    ]
    return Report(lines, icc(totals), len({work for rows in levels.values() for work in rows}))


def _judgments(credential: Credential) -> Iterator[Any]:
    rows = Judgment.objects.filter(
        assessment__submission__enrollment__credential=credential,
        assessment__submission__second_marking__status__in=COMPARED,
        assessment__status="finished",
        assessment__is_agreed=False,
        kept_from__isnull=True,  # neither judged it
        assessment__role__in=[AssessorRole.FIRST, AssessorRole.SECOND],
    )
    return (
        rows.order_by("criterion__version", "pk")
        .values(
            "assessment__submission",
            "assessment__role",
            "criterion__key",
            "criterion__name",
            "criterion__position",
            "criterion__is_required",
            "level",
        )
        .iterator()
    )
