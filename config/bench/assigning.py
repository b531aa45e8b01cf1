"""A cohort submits its work at once: 700 submissions, 40 assessors with caps of 20, one run of the engine."""

import statistics
import time
from datetime import timedelta

from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone

from config.bench.table import Table
from config.permissions import Role
from credentials.models import CredentialVersion
from learners import services
from learners.matching import Judge, Work, match, spread
from learners.models import AssessorProfile, Assignment, Conflict, Enrollment, Learner, RoleGrant, Submission, User

ITEM = "safe-handover"
COUNT, ASSESSORS, CAP, CONFLICTS, RUNS = 700, 40, 20, 5, 3


class _Undo(Exception):
    """Takes back what a measured run has written."""


def measure_assigning(table: Table) -> None:
    """Place 700 submissions from reading to the last row written, three times, each taken back; and match them alone."""
    times = [_run() for _number in range(RUNS)]
    table.add(
        "assign_700_seconds",
        statistics.median(times),
        "s",
        f"{COUNT} submissions, {ASSESSORS} assessors, caps of {CAP}, {CONFLICTS} conflicts each; rows written",
    )
    judges = [Judge(key, CAP) for key in range(ASSESSORS)]
    works = [Work(key, frozenset(range(ASSESSORS))) for key in range(COUNT)]
    began = time.perf_counter()
    match(works, judges)
    table.add("assign_700_floor_seconds", time.perf_counter() - began, "s", "the exact matching alone, no database")


def _run() -> float:
    spent = 0.0
    try:
        with transaction.atomic():
            assessors, submissions = _prepare()
            began = time.perf_counter()
            services.assign_waiting(at=timezone.now())
            spent = time.perf_counter() - began
            _check(assessors, submissions)
            raise _Undo
    except _Undo:
        return spent


def _prepare() -> tuple[list[User], list[Submission]]:
    """The only assessors of one item, and work of learners who have not begun it; each assessor has some conflicts."""
    at = timezone.now()
    version = CredentialVersion.objects.select_related("credential").get(credential__slug=ITEM, status="published")
    RoleGrant.objects.filter(role=Role.ASSESSOR).update(until_at=at)
    # Nothing else waits, and nobody is loaded: what is measured is this cohort.
    Submission.objects.filter(status__in=["submitted", "in-review"]).update(status="withdrawn")
    assessors = User.objects.bulk_create(
        User(email=f"bench.assessor.{number}@larkmoor.example.edu", name=f"Assessor {number}", password="!")  # noqa: S106
        for number in range(ASSESSORS)
    )
    AssessorProfile.objects.bulk_create(
        AssessorProfile(user=each, profession="medicine", weekly_cap=CAP) for each in assessors
    )
    RoleGrant.objects.bulk_create(
        RoleGrant(user=each, role=Role.ASSESSOR, organization=version.credential.organization, from_at=at)
        for each in assessors
    )
    learners = list(Learner.objects.exclude(enrollments__credential=version.credential).order_by("pk")[:COUNT])
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(learner=each, credential=version.credential, credential_version=version, enrolled_at=at)
        for each in learners
    )
    submissions = Submission.objects.bulk_create(
        Submission(
            enrollment=each,
            attempt=1,
            status="submitted",
            started_at=at,
            submitted_at=at,
            due_at=at + timedelta(days=7),
        )
        for each in enrollments
    )
    Conflict.objects.bulk_create(
        Conflict(
            assessor=assessor,
            learner=learners[(number * CONFLICTS + step) % len(learners)],
            kind="undisclosed",
            declared_at=at,
        )
        for number, assessor in enumerate(assessors)
        for step in range(CONFLICTS)
    )
    return assessors, submissions


def _check(assessors: list[User], submissions: list[Submission]) -> None:
    """What is fast and wrong is no figure."""
    first = Assignment.objects.filter(submission__in=submissions, role="first")
    loads = [Assignment.objects.filter(assessor=each, ended_at__isnull=True).count() for each in assessors]
    broken = set(first.values_list("assessor", "submission__enrollment__learner")) & set(
        Conflict.objects.values_list("assessor", "learner")
    )
    if first.count() != len(submissions) or max(loads) > CAP or spread(loads) > 1 or broken:
        raise CommandError(f"The engine placed {first.count()} with loads {loads} and {len(broken)} conflicts.")
