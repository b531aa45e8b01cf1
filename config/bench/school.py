"""Fill a school with four classes and their work, row sets at a time, so that a list page has something to list."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from config.permissions import Role
from credentials.models import Credential, CredentialVersion, Organization
from learners.models import (
    AccessEntry,
    Appeal,
    Assessment,
    Assignment,
    Award,
    AwardEvent,
    Cohort,
    Concern,
    Decision,
    Enrollment,
    Judgment,
    Learner,
    LearnerName,
    Notice,
    RoleGrant,
    SecondMarking,
    Submission,
    User,
)
from pathways.models import DesignationCase, PathwayVersion

COHORTS = 4
PROFESSIONS = ["medicine", "nursing", "pharmacy", "physical therapy", "physician assistant", "dentistry", "social work"]
# What has become of twenty submissions, in turn.
DRAFT, WAITING, UNPLACED, PROPOSED, RETURNED = range(2), range(2, 4), range(4, 5), range(5, 6), range(6, 8)
TURN = 20


@dataclass
class School:
    """Who stands for each role, and who judges; the same at every size."""

    organization: Organization
    versions: list[CredentialVersion]
    assessors: list[User]
    people: dict[str, User]
    cohorts: list[Cohort]
    learners: list[Learner] = field(default_factory=list)


def found_school(*, organization: Organization, at: datetime, assessors: int = 60) -> School:
    """One person for each role, so many assessors, four classes; nobody has learned anything yet."""
    versions = CredentialVersion.objects.filter(
        pk__in=Credential.objects.offered().filter(kind="microcredential").values("current_version")
    )
    judges = _users("assessor", assessors)
    staff = dict(zip(Role, _users("staff", len(Role)), strict=True))
    grants = [(Role.ASSESSOR, each) for each in judges] + list(staff.items())
    RoleGrant.objects.bulk_create(
        RoleGrant(user=user, role=role, organization=organization, from_at=at - timedelta(days=900))
        for role, user in grants
    )
    cohorts = [
        Cohort.objects.create(
            organization=organization,
            name=f"Filled class {number}",
            entered_on=date(2023 + number, 8, 1),
            graduates_on=date(2027 + number, 5, 31),
        )
        for number in range(COHORTS)
    ]
    people = {str(role): user for role, user in staff.items()} | {str(Role.ASSESSOR): judges[0]}
    return School(organization, list(versions.order_by("pk")), judges, people, cohorts)


@transaction.atomic
def fill_school(school: School, *, learners: int, submissions: int, at: datetime) -> None:
    """Add so many learners with so many submissions among them, in every state."""
    added = _learners(school, learners, at)
    school.learners += added
    school.people.setdefault("learner", added[0].user or school.assessors[0])
    submitted = _submissions(school, added, submissions, at)
    decisions = _judged(school, submitted, at)
    awarded = [each for each in decisions if each.outcome == "awarded" and each.status == "released"]
    awards = Award.objects.bulk_create(
        Award(
            learner=each.enrollment.learner,
            credential_id=each.enrollment.credential_id,
            credential_version=each.enrollment.credential_version,
            decision=each,
            awarded_at=each.effective_at or at,
            sign_after=each.effective_at or at,
        )
        for each in awarded
    )
    AwardEvent.objects.bulk_create(
        AwardEvent(award=each, moved_to="active", at=each.awarded_at, actor=school.assessors[0]) for each in awards
    )
    _beside(school, added, submitted, decisions, at)


def _users(kind: str, count: int, *, after: int = 0) -> list[User]:
    return User.objects.bulk_create(
        User(
            email=f"filled.{kind}.{number}@larkmoor.example.edu",
            name=f"{kind.capitalize()} {number}",
            password="!",  # noqa: S106
        )
        for number in range(after, after + count)
    )


def _learners(school: School, count: int, at: datetime) -> list[Learner]:
    begins = len(school.learners)
    users = _users("learner", count, after=begins)
    learners = Learner.objects.bulk_create(
        Learner(
            user=user,
            organization=school.organization,
            cohort=school.cohorts[number % COHORTS],
            display_name=f"Marlpit {number}",
            profession=PROFESSIONS[number % len(PROFESSIONS)],
            student_number=f"F-{begins + number}",
        )
        for number, user in enumerate(users)
    )
    LearnerName.objects.bulk_create(
        LearnerName(learner=each, full_name=each.display_name, from_at=at - timedelta(days=900)) for each in learners
    )
    return learners


def _submissions(school: School, learners: Sequence[Learner], count: int, at: datetime) -> list[tuple[int, Submission]]:
    """Each with its number, which says what becomes of it; every learner has another item each time."""
    turns = [number % TURN for number in range(count)]
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            learner=learners[number % len(learners)],
            credential_id=version.credential_id,
            credential_version=version,
            status="completed" if turn >= RETURNED.stop else "active",
            ended_at=at - timedelta(days=1) if turn >= RETURNED.stop else None,
            enrolled_at=at - timedelta(days=60 + number % 300),
        )
        for number, turn in enumerate(turns)
        for version in [school.versions[(number // len(learners) + number % len(learners)) % len(school.versions)]]
    )
    status = {**dict.fromkeys(DRAFT, "draft"), **dict.fromkeys([*WAITING, *UNPLACED], "submitted")}
    status |= {**dict.fromkeys(PROPOSED, "in-review"), **dict.fromkeys(RETURNED, "returned")}
    rows = Submission.objects.bulk_create(
        Submission(
            enrollment=enrollment,
            attempt=1,
            status=status.get(turn, "decided"),
            started_at=enrollment.enrolled_at,
            submitted_at=None if turn in DRAFT else at - timedelta(days=1 + number % 50),
            due_at=None if turn in DRAFT else at + timedelta(days=6 - number % 50),
        )
        for number, (turn, enrollment) in enumerate(zip(turns, enrollments, strict=True))
    )
    Assignment.objects.bulk_create(
        Assignment(
            # The first of them has a full page to judge, however small the school.
            submission=row,
            assessor=school.assessors[
                0 if number < 500 and turns[number] in WAITING else number % len(school.assessors)
            ],
            assigned_at=row.submitted_at or at,
        )
        for number, row in enumerate(rows)
        if turns[number] not in [*DRAFT, *UNPLACED]
    )
    return list(enumerate(rows))


def _judged(school: School, submitted: Sequence[tuple[int, Submission]], at: datetime) -> list[Decision]:
    """A finished assessment and a decision for what is past waiting; one in ten is judged twice."""
    criteria: dict[int, list[int]] = {}
    for version in school.versions:
        criteria[version.pk] = list(version.criteria.order_by("position").values_list("pk", flat=True))
    judged = [(number, row) for number, row in submitted if number % TURN >= PROPOSED.start]
    doubled = [(number, row) for number, row in judged if number % 10 == 9]
    Assignment.objects.bulk_create(
        Assignment(submission=row, assessor=_second(school, number), role="second", assigned_at=row.submitted_at or at)
        for number, row in doubled
    )
    SecondMarking.objects.bulk_create(
        SecondMarking(submission=row, cause="sample", drawn_at=row.submitted_at or at) for _number, row in doubled
    )
    assessments = Assessment.objects.bulk_create(
        Assessment(
            submission=row,
            assessor=assessor,
            role=role,
            status="finished",
            started_at=row.submitted_at or at,
            saved_at=row.submitted_at or at,
            finished_at=row.submitted_at or at,
        )
        for role, rows in (("first", judged), ("second", doubled))
        for number, row in rows
        for assessor in [
            school.assessors[number % len(school.assessors)] if role == "first" else _second(school, number)
        ]
    )
    Judgment.objects.bulk_create(
        (
            Judgment(assessment=each, criterion_id=key, level=2 + (each.submission_id + key) % 3, comment="Named.")
            for each in assessments
            for key in criteria[each.submission.enrollment.credential_version_id]
        ),
        batch_size=5000,
    )
    return Decision.objects.bulk_create(
        Decision(
            enrollment=row.enrollment,
            submission=row,
            attempt=1,
            outcome="returned" if number % TURN in RETURNED else "awarded",
            status="proposed" if number % TURN in PROPOSED else "released",
            actor=school.assessors[number % len(school.assessors)],
            reason="Every criterion is at level 2 or above.",
            proposed_at=row.submitted_at or at,
            effective_at=None if number % TURN in PROPOSED else row.submitted_at,
        )
        for number, row in judged
    )


def _second(school: School, number: int) -> User:
    return school.assessors[(number + 1) % len(school.assessors)]


def _beside(
    school: School,
    learners: Sequence[Learner],
    submitted: Sequence[tuple[int, Submission]],
    decisions: Sequence[Decision],
    at: datetime,
) -> None:
    """What gathers beside the work: notices, appeals, concerns, the log of who looked, cases of a committee."""
    told = [each for each in decisions if each.status == "released"]
    Notice.objects.bulk_create(
        Notice(
            user=each.enrollment.learner.user,
            kind="decision",
            subject="A decision",
            text="Your result is there.",
            path="/home/",
            created_at=each.effective_at or at,
            mailed_at=at,
        )
        for each in told
    )
    Appeal.objects.bulk_create(
        Appeal(decision=each, ground="procedure", text="Nobody read it.", opened_at=at)
        for each in [each for each in told if each.outcome == "returned"][::3]
    )
    Concern.objects.bulk_create(
        Concern(submission=row, kind="misconduct", text="From a book.", raised_by=school.assessors[0], raised_at=at)
        for number, row in submitted
        if number % TURN == WAITING.start
    )
    AccessEntry.objects.bulk_create(
        AccessEntry(actor=school.people[Role.LEAD], learner=each, reason="advising", at=at) for each in learners
    )
    pathway = PathwayVersion.objects.filter(status="published").order_by("pk").first()
    if pathway is not None:
        DesignationCase.objects.bulk_create(
            DesignationCase(learner=each, pathway_version=pathway, opened_at=at) for each in learners[::4]
        )
