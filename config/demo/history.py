"""What has happened in the demo school before the story starts, as the services would have left it.

Rows are written set by set: a cohort of 700 through the services one by one would take minutes. Decisions are left
proposed; releasing them, and so every award, goes through the services.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import capfirst

from credentials import rubric
from credentials.models import CredentialVersion, Criterion
from learners.models import (
    Assessment,
    Assignment,
    Decision,
    DecisionEvent,
    Declaration,
    Enrollment,
    EvidenceItem,
    Judgment,
    Learner,
    Submission,
    SubmissionEvent,
    User,
)
from learners.services.holidays import working_days_after
from learners.workflow import AssessmentStatus, DecisionOutcome, SubmissionStatus

TEXT = (
    "I describe what I did and with whom, what went as planned and what did not, and what I would do differently the next "
    "time. Where I asked for help, I say why."
)
STANDARD = 3


@transaction.atomic
def prepare_submissions(
    *, version: CredentialVersion, learners: Sequence[Learner], assessors: Sequence[User], at: datetime
) -> dict[Submission, User]:
    """Give each learner an enrollment and a submission that one of the assessors, in turn, is to judge.

    at: when the work was submitted. Seven statements for any number.
    """
    due_at = working_days_after(
        at, version.review_target_working_days, organization_id=version.credential.organization_id
    )
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            learner=learner,
            credential_id=version.credential_id,
            credential_version=version,
            enrolled_at=at - timedelta(days=30),
        )
        for learner in learners
    )
    submissions = Submission.objects.bulk_create(
        Submission(
            enrollment=enrollment,
            attempt=1,
            status=SubmissionStatus.SUBMITTED,
            started_at=enrollment.enrolled_at,
            submitted_at=at,
            due_at=due_at,
        )
        for enrollment in enrollments
    )
    requirement = version.evidence_requirements.order_by("position").first()
    EvidenceItem.objects.bulk_create(
        EvidenceItem(
            submission=submission,
            requirement=requirement,
            kind="text",
            title=capfirst(requirement.kind) if requirement else "Text",
            text=TEXT,
            added_by=submission.enrollment.learner.user,
            added_at=at,
        )
        for submission in submissions
    )
    Declaration.objects.bulk_create(
        Declaration(
            submission=submission,
            kind=kind,
            wording_version="demo",
            wording=wording,
            made_by=submission.enrollment.learner.user,
            made_at=at,
        )
        for submission in submissions
        for kind, wording in (
            ("no-patient-data", "Nothing in this evidence identifies a patient."),
            ("own-work", "This is my own work."),
        )
    )
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(
            submission=submission,
            actor=submission.enrollment.learner.user,
            moved_to=SubmissionStatus.SUBMITTED,
            at=at,
        )
        for submission in submissions
    )
    judges = {submission: assessors[number % len(assessors)] for number, submission in enumerate(submissions)}
    Assignment.objects.bulk_create(
        Assignment(submission=submission, assessor=judge, assigned_at=at) for submission, judge in judges.items()
    )
    return judges


@transaction.atomic
def prepare_decisions(
    *,
    version: CredentialVersion,
    learners: Sequence[Learner],
    assessors: Sequence[User],
    at: datetime,
    level: int = STANDARD,
) -> list[Decision]:
    """The same with a finished assessment, every criterion at one level, and what follows proposed two days later."""
    proposed_at = at + timedelta(days=2)
    judges = prepare_submissions(version=version, learners=learners, assessors=assessors, at=at)
    Submission.objects.filter(pk__in=[submission.pk for submission in judges]).update(status=SubmissionStatus.IN_REVIEW)
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(submission=submission, actor=judge, moved_to=SubmissionStatus.IN_REVIEW, at=proposed_at)
        for submission, judge in judges.items()
    )
    assessments = Assessment.objects.bulk_create(
        Assessment(
            submission=submission,
            assessor=judge,
            status=AssessmentStatus.FINISHED,
            started_at=proposed_at - timedelta(minutes=12),
            saved_at=proposed_at,
            finished_at=proposed_at,
        )
        for submission, judge in judges.items()
    )
    criteria = list(version.criteria.prefetch_related("levels").order_by("position"))
    is_met = level >= STANDARD
    comments = {criterion: _seen(criterion, level) for criterion in criteria}
    Judgment.objects.bulk_create(
        Judgment(
            assessment=assessment,
            criterion=criterion,
            level=level,
            comment=comments[criterion],
            next_step="" if is_met else "Show it once more, with what you would do differently.",
        )
        for assessment in assessments
        for criterion in criteria
    )
    reason = f"{rubric.rule_of(version, criteria)} {'All of them do' if is_met else 'None of them does yet'}."
    decisions = Decision.objects.bulk_create(
        Decision(
            enrollment=submission.enrollment,
            submission=submission,
            attempt=1,
            outcome=DecisionOutcome.AWARDED if is_met else DecisionOutcome.RETURNED,
            actor=judge,
            reason=reason,
            proposed_at=proposed_at,
        )
        for submission, judge in judges.items()
    )
    DecisionEvent.objects.bulk_create(
        DecisionEvent(decision=decision, actor=decision.actor, moved_to="proposed", at=proposed_at)
        for decision in decisions
    )
    return decisions


def _seen(criterion: Criterion, level: int) -> str:
    """A comment that says what the rubric says of the level."""
    said = next(each.descriptor for each in criterion.levels.all() if each.value == level)
    return f"I saw this in what you submitted: {said}"
