from __future__ import annotations

import uuid
from datetime import timedelta

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models import Credential, CredentialVersion, Criterion
from learners.workflow import AssessmentStatus, DecisionOutcome, DecisionStatus

from .enrollment import Enrollment
from .evidence import Submission
from .people import Learner, User


class AssessorRole(TextChoices):
    FIRST = "first", _("first")
    SECOND = "second", _("second")
    THIRD = "third", _("third")


ACCESS_AFTER_DECISION = timedelta(days=30)  # DOMAIN 4.1: school officials see a record while they have a task with it


class AssignmentQuerySet(QuerySet["Assignment"]):
    def held_by(self, user: User) -> AssignmentQuerySet:
        """The person's assignments that have not ended, where they are an assessor today."""
        as_assessor = user.scope_q({Role.ASSESSOR}, "submission__enrollment__credential__")
        return self.filter(as_assessor, assessor=user, ended_at__isnull=True)

    def open_to(self, user: User) -> AssignmentQuerySet:
        """Those of them whose work may still be read: it is not decided, or not long ago."""
        closed = Decision.objects.long_released().filter(submission=OuterRef("submission"))
        return self.held_by(user).filter(~Exists(closed))


class Assignment(models.Model):
    """Who is to assess a submission, in which role; ended rather than deleted."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="assignments")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(max_length=10, choices=AssessorRole.choices, default=AssessorRole.FIRST)
    assigned_at = models.DateTimeField()
    assigned_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["submission", "role"], condition=Q(ended_at__isnull=True), name="assignment_one_per_role"
            ),
            UniqueConstraint(
                fields=["submission", "assessor"], condition=Q(ended_at__isnull=True), name="assignment_once"
            ),
        ]
        indexes = [
            models.Index(fields=["assessor"], condition=Q(ended_at__isnull=True), name="assignment_open_by_assessor"),
            models.Index(fields=["assessor", "assigned_at"], name="assignment_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.role} assessor of {self.submission_id}"


class Assessment(models.Model):
    """One assessor's judgment of a submission: a level and feedback for each criterion."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="assessments")
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="assessments")
    role = models.CharField(max_length=10, choices=AssessorRole.choices, default=AssessorRole.FIRST)
    status = models.CharField(max_length=20, choices=AssessmentStatus.choices, default=AssessmentStatus.DRAFT)
    overall_comment = models.TextField(blank=True)
    is_agreed = models.BooleanField(default=False, help_text=_("The result that several assessors agreed on."))
    started_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            # What was agreed is recorded by one of those who judged, beside their own judgment.
            UniqueConstraint(
                fields=["submission", "assessor"], condition=Q(is_agreed=False), name="assessment_once_per_assessor"
            ),
            UniqueConstraint(fields=["submission"], condition=Q(is_agreed=True), name="assessment_one_agreed"),
            CheckConstraint(
                condition=~Q(status="finished") | Q(finished_at__isnull=False), name="assessment_finished_has_time"
            ),
        ]

    def __str__(self) -> str:
        return f"assessment {self.pk}"


class Judgment(models.Model):
    """A criterion's level (1 to 4) with comment and next step; or "cannot judge from this evidence", which has no level."""

    assessment = models.ForeignKey(Assessment, on_delete=models.CASCADE, related_name="judgments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="judgments")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    cannot_judge = models.BooleanField(default=False)
    comment = models.TextField(blank=True)
    next_step = models.TextField(blank=True)
    kept_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text=_("What met the standard at the last attempt and was not judged anew."),
    )

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kept_from__isnull=True) | Q(level__isnull=False), name="judgment_kept_has_level"
            ),
            UniqueConstraint(fields=["assessment", "criterion"], name="judgment_once_per_criterion"),
            CheckConstraint(condition=Q(level__isnull=True) | Q(level__range=(1, 4)), name="judgment_level_in_range"),
            CheckConstraint(
                condition=Q(cannot_judge=False) | Q(level__isnull=True), name="judgment_cannot_judge_has_no_level"
            ),
        ]

    def __str__(self) -> str:
        return f"judgment {self.pk}"


class DecisionQuerySet(QuerySet["Decision"]):
    def long_released(self) -> DecisionQuerySet:
        """Those that close the work to its assessors: released, and the time in which they may still read it is over."""
        long_ago = timezone.now() - ACCESS_AFTER_DECISION
        return self.filter(status=DecisionStatus.RELEASED, effective_at__lt=long_ago)

    def with_context(self) -> DecisionQuerySet:
        return self.select_related(
            "enrollment__learner__user",
            "enrollment__credential__organization",
            "enrollment__credential_version",
            "submission",
        )

    def with_holds(self) -> DecisionQuerySet:
        """Each with `is_held`: possible misconduct was reported, and no lead has answered yet."""
        concerns = self.model._meta.apps.get_model("learners", "Concern").objects
        return self.annotate(is_held=Exists(concerns.holding().filter(submission=OuterRef("submission_id"))))

    def visible_to(self, user: User) -> DecisionQuerySet:
        """The learner's own once released; the assessor's; leads, registrars and auditors of the credential.

        Nobody sees a decision about themselves before it is released, whatever their role.
        """
        assigned = Assignment.objects.open_to(user).filter(submission=OuterRef("submission_id"))
        by_role = Q(Exists(assigned)) | user.scope_q({"lead", "registrar", "auditor"}, "enrollment__credential__")
        own = Q(enrollment__learner__user=user)
        return self.filter((own & Q(status=DecisionStatus.RELEASED)) | (~own & by_role))

    def releasable_by(self, user: User) -> DecisionQuerySet:
        """Those that this person may release or undo, whatever their status: the rows for which RULES says yes."""
        held = Assignment.objects.filter(assessor=user, ended_at__isnull=True, submission=OuterRef("submission_id"))
        assigned = Q(Exists(held)) & user.scope_q({Role.ASSESSOR}, "enrollment__credential__")
        mine = assigned | user.scope_q({Role.LEAD}, "enrollment__credential__")
        return self.filter(mine).exclude(enrollment__learner__user=user)


class Decision(models.Model):
    """The outcome of a submission, proposed by the pass rule and released by a person.

    One that stands (proposed or released) for each submission; an undone one stays as history.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="decisions")
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="decisions")
    attempt = models.PositiveSmallIntegerField()
    outcome = models.CharField(max_length=20, choices=DecisionOutcome.choices)
    status = models.CharField(max_length=20, choices=DecisionStatus.choices, default=DecisionStatus.PROPOSED)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(help_text=_("The pass rule, applied, in words."))
    note = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["enrollment", "attempt"], condition=~Q(status="undone"), name="decision_attempt_once"
            ),
            UniqueConstraint(fields=["submission"], condition=~Q(status="undone"), name="decision_one_standing"),
            CheckConstraint(
                condition=~Q(status="released") | Q(effective_at__isnull=False), name="decision_released_has_time"
            ),
        ]
        indexes = [models.Index(fields=["status", "proposed_at"], name="decision_to_release")]

    def __str__(self) -> str:
        return f"decision {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("learners:decision-detail", args=[self.public_id])

    @property
    def learner(self) -> Learner:
        return self.enrollment.learner

    @property
    def credential(self) -> Credential:
        return self.enrollment.credential

    @property
    def credential_version(self) -> CredentialVersion:
        return self.enrollment.credential_version


class DecisionEvent(models.Model):
    """Append-only."""

    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
