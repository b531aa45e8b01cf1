"""What has happened in the demo school before the story starts, as the services would have left it.

Rows are written set by set: a cohort of 700 through the services one by one would take minutes. Decisions are left
proposed; releasing them, and so every award, goes through the services.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.text import capfirst

from credentials.models import CredentialVersion
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
from learners.workflow import AssessmentStatus, DecisionOutcome, SubmissionStatus

TEXT = """A patient on the ward needed a discharge plan. I describe what each of five professions brought to it,
whom I would have called first, and what I learned about the limits of my own role."""
COMMENT = "You name each role with its scope and say when to call on it."


@transaction.atomic
def prepare_decisions(
    *,
    version: CredentialVersion,
    learners: Sequence[Learner],
    assessors: Sequence[User],
    at: datetime,
) -> list[Decision]:
    """Give each learner an enrollment, a submission and a finished assessment with every criterion at level 3.

    at: when the work was submitted; the decision is proposed two days later. Seven statements for any number.
    """
    proposed_at = at + timedelta(days=2)
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
            status=SubmissionStatus.IN_REVIEW,
            started_at=enrollment.enrolled_at,
            submitted_at=at,
            due_at=at + timedelta(days=7),
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
    judges = {submission.pk: assessors[number % len(assessors)] for number, submission in enumerate(submissions)}
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(submission=submission, actor=actor, moved_to=moved_to, at=moment)
        for submission in submissions
        for actor, moved_to, moment in (
            (submission.enrollment.learner.user, SubmissionStatus.SUBMITTED, at),
            (judges[submission.pk], SubmissionStatus.IN_REVIEW, proposed_at),
        )
    )
    Assignment.objects.bulk_create(
        Assignment(submission=submission, assessor=judges[submission.pk], assigned_at=at) for submission in submissions
    )
    assessments = Assessment.objects.bulk_create(
        Assessment(
            submission=submission,
            assessor=judges[submission.pk],
            status=AssessmentStatus.FINISHED,
            started_at=proposed_at,
            saved_at=proposed_at,
            finished_at=proposed_at,
        )
        for submission in submissions
    )
    criteria = list(version.criteria.order_by("position"))
    Judgment.objects.bulk_create(
        Judgment(assessment=assessment, criterion=criterion, level=3, comment=COMMENT)
        for assessment in assessments
        for criterion in criteria
    )
    decisions = Decision.objects.bulk_create(
        Decision(
            enrollment=submission.enrollment,
            submission=submission,
            attempt=1,
            outcome=DecisionOutcome.AWARDED,
            actor=judges[submission.pk],
            reason="Every required criterion is at level 3 or above, and every other at level 2 or above.",
            proposed_at=proposed_at,
        )
        for submission in submissions
    )
    DecisionEvent.objects.bulk_create(
        DecisionEvent(decision=decision, actor=decision.actor, moved_to="proposed", at=proposed_at)
        for decision in decisions
    )
    return decisions
