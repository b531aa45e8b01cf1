from __future__ import annotations

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.urls import reverse

from credentials.models import Credential, CredentialVersion
from learners.workflow import AwardStatus

from .assessment import Decision
from .people import Learner, User


class AwardQuerySet(QuerySet["Award"]):
    def with_context(self) -> AwardQuerySet:
        return self.select_related("learner__user", "credential__organization", "credential_version")

    def visible_to(self, user: User) -> AwardQuerySet:
        """The learner's own; registrars and auditors of the credential."""
        return self.filter(
            Q(learner__user=user) & ~Q(status=AwardStatus.WITHDRAWN)
            | user.scope_q({"registrar", "auditor"}, "credential__")
        )

    def counting_at(self, at: datetime) -> AwardQuerySet:
        """Those that count at a moment: active, and not yet ended. The moment is that of the signed badge, for every award."""
        return self.filter(self._counts(at))

    def with_counting(self, at: datetime) -> AwardQuerySet:
        """The same with `is_counting`: whether they count at a moment."""
        return self.annotate(is_counting=self._counts(at))

    @staticmethod
    def _counts(at: datetime) -> Q:
        return Q(Q(valid_until__isnull=True) | Q(valid_until__gt=at), status=AwardStatus.ACTIVE)

    def due(self, at: datetime) -> AwardQuerySet:
        """Those whose time to be signed has come."""
        return self.filter(status=AwardStatus.ACTIVE, sign_after__lte=at)


class Award(models.Model):
    """The fact that a learner earned a credential version. `services.grant_award` is the only writer of new ones.

    valid_until: the moment at which it ends, which the signed badge names; from then on nobody counts it. It is the last
    second of a day in the school's time; awards granted before this was so end at the time of day at which they were given.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="awards")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="awards")
    credential_version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="awards")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="awards")
    status = models.CharField(max_length=20, choices=AwardStatus.choices, default=AwardStatus.ACTIVE)
    awarded_at = models.DateTimeField()
    sign_after = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    supersedes = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="superseded_by"
    )
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = AwardQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["learner", "credential"],
                condition=Q(status__in=[AwardStatus.ACTIVE, AwardStatus.SUSPENDED]),
                name="award_one_active",
            ),
            UniqueConstraint(
                fields=["decision"],
                condition=~Q(status=AwardStatus.WITHDRAWN),
                name="award_once_per_decision",
            ),
            UniqueConstraint(
                fields=["supersedes"],
                condition=~Q(status=AwardStatus.WITHDRAWN),
                name="award_superseded_once",
            ),
            CheckConstraint(
                condition=Q(status=AwardStatus.REVOKED, revoked_at__isnull=False)
                | (~Q(status=AwardStatus.REVOKED) & Q(revoked_at__isnull=True)),
                name="award_revoked_has_time",
            ),
            CheckConstraint(condition=Q(sign_after__gte=models.F("awarded_at")), name="award_signed_after_awarded"),
        ]
        indexes = [
            models.Index(fields=["sign_after"], condition=Q(status="active"), name="award_due"),
            models.Index(fields=["learner", "awarded_at"], name="award_by_learner"),
            models.Index(fields=["-awarded_at", "-id"], name="award_newest"),
            models.Index(fields=["valid_until"], condition=Q(status="active"), name="award_lapses"),
        ]

    def __str__(self) -> str:
        return f"award {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("learners:award-detail", args=[self.public_id])


class AwardComponent(models.Model):
    """Which award a designation's award counted, and for which requirement."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="components")
    component = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="part_of")
    requirement = models.CharField(max_length=200)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["award", "component"], name="award_component_once"),
            CheckConstraint(condition=~Q(award=models.F("component")), name="award_is_not_its_own_component"),
        ]

    def __str__(self) -> str:
        return self.requirement


class AwardEvent(models.Model):
    """Append-only: what happened to an award, by whom (none for a consequence), why and when."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class ExpiryReminder(models.Model):
    """That the holder of an award was told, so many days ahead, that it expires; 0: that it has expired. Once each."""

    award = models.ForeignKey(Award, on_delete=models.CASCADE, related_name="reminders")
    days_ahead = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["award", "days_ahead"], name="expiry_reminder_once")]

    def __str__(self) -> str:
        return f"{self.days_ahead} days ahead"
