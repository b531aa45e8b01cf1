from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, CredentialVersion, EvidenceRequirement, Offering, Outcome
from credentials.models.catalog import RenewalKind
from learners.workflow import OPEN_ENROLLMENTS, EnrollmentStatus

from .people import Learner, User


class EnrollmentQuerySet(QuerySet["Enrollment"]):
    def visible_to(self, user: User) -> EnrollmentQuerySet:
        """A learner sees their own."""
        return self.filter(learner__user=user)


class Enrollment(models.Model):
    """A learner working toward one credential version.

    `credential` repeats the version's, held equal by a composite foreign key, so that the table can refuse a second
    open enrollment in any version of it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="enrollments")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="enrollments")
    credential_version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="enrollments")
    offering = models.ForeignKey(Offering, null=True, blank=True, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(max_length=20, choices=EnrollmentStatus.choices, default=EnrollmentStatus.ACTIVE)
    renews = models.ForeignKey(
        "learners.Award",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="renewals",
        help_text=_("The award that this enrollment renews."),
    )
    is_early_assessment = models.BooleanField(
        default=False, db_default=False, help_text=_("Assessed without taking part in an offering.")
    )
    attempts_granted = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text=_("Attempts beyond those of the version, after a meeting with the lead.")
    )
    enrolled_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = EnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["learner", "credential"],
                condition=Q(status__in=OPEN_ENROLLMENTS),
                name="enrollment_one_open",
            ),
            CheckConstraint(
                condition=Q(status__in=OPEN_ENROLLMENTS, ended_at__isnull=True)
                | (~Q(status__in=OPEN_ENROLLMENTS) & Q(ended_at__isnull=False)),
                name="enrollment_ended_has_time",
            ),
            CheckConstraint(
                condition=~Q(status=EnrollmentStatus.WAITLISTED) | Q(offering__isnull=False),
                name="enrollment_waits_for_an_offering",
            ),
            CheckConstraint(
                condition=Q(is_early_assessment=False) | Q(offering__isnull=True), name="enrollment_early_needs_no_seat"
            ),
        ]

    def __str__(self) -> str:
        return f"enrollment {self.public_id}"

    def get_absolute_url(self) -> str:
        """The workspace; on the waitlist there is none yet, and the item's page says the place."""
        if self.status == EnrollmentStatus.WAITLISTED:
            return self.credential.get_absolute_url()
        return reverse("learners:enrollment-detail", args=[self.public_id])

    @property
    def attempts_most(self) -> int:
        """How many attempts there are in all."""
        return self.credential_version.attempts_max + self.attempts_granted

    def asked_evidence(self) -> QuerySet[EvidenceRequirement]:
        """What evidence it asks for, in order; a renewal by short reassessment leaves some out."""
        asked = self.credential_version.evidence_requirements.order_by("position")
        if self.renews_id is not None and self.credential_version.renewal_kind == RenewalKind.SHORT:
            asked = asked.filter(is_in_renewal=True)
        return asked


class Team(models.Model):
    """Learners who gather evidence together, for an interprofessional item."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential_version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [UniqueConstraint(fields=["credential_version", "name"], name="team_name_once")]

    def __str__(self) -> str:
        return self.name


class TeamMember(models.Model):
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="members")
    enrollment = models.OneToOneField(Enrollment, on_delete=models.CASCADE, related_name="team_member")

    def __str__(self) -> str:
        return f"member {self.pk}"


class ConfidenceRating(models.Model):
    """How sure a learner is of an outcome, 1 to 5; private to the learner."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="confidence_ratings")
    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(
        max_length=20,
        choices=[("before", "before"), ("submission", "at submission"), ("retrospective", "in retrospect")],
    )
    value = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["enrollment", "outcome", "moment"], name="confidence_once"),
            CheckConstraint(condition=Q(value__range=(1, 5)), name="confidence_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.moment}"
