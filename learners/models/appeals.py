"""A learner contests how a decision came about."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from learners.workflow import DecisionOutcome

from .assessment import Decision
from .people import User


class AppealGround(TextChoices):
    PROCEDURE = "procedure", _("The procedure was not kept")
    EVIDENCE = "evidence-overlooked", _("Evidence was overlooked")
    CONFLICT = "conflict-of-interest", _("An assessor had a conflict of interest")


class AppealOutcome(TextChoices):
    UPHELD = "upheld", _("The decision stands")
    RE_MARK = "re-mark", _("The work is marked again")
    CORRECTED = "corrected", _("The decision is corrected")


class AppealQuerySet(QuerySet["Appeal"]):
    def with_context(self) -> AppealQuerySet:
        return self.select_related(
            "reviewer",
            "decision__submission",
            "decision__enrollment__learner__user",
            "decision__enrollment__credential__organization",
            "decision__enrollment__credential_version",
        )

    def visible_to(self, user: User) -> AppealQuerySet:
        """The learner's own; the reviewer's; leads and auditors of the credential, but for their own through a role."""
        own = Q(decision__enrollment__learner__user=user)
        by_role = user.scope_q({"lead", "auditor"}, "decision__enrollment__credential__")
        return self.filter(own | Q(reviewer=user) | by_role)

    def to_decide(self, user: User) -> AppealQuerySet:
        """Those that wait for this reviewer."""
        return self.filter(reviewer=user, decided_at__isnull=True).exclude(decision__enrollment__learner__user=user)


class Appeal(models.Model):
    """One for each decision; an independent reviewer answers in writing."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="appeal")
    ground = models.CharField(max_length=30, choices=AppealGround.choices)
    text = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("When the written answer is promised."))
    is_award_paused = models.BooleanField(default=False)
    reviewer = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=20, blank=True, choices=AppealOutcome.choices)
    corrected_to = models.CharField(max_length=20, blank=True, choices=DecisionOutcome.choices)
    reasons = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    objects = AppealQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(outcome="") | Q(reviewer__isnull=False, decided_at__isnull=False),
                name="appeal_decided_has_reviewer",
            ),
            CheckConstraint(condition=Q(outcome="") | ~Q(reasons=""), name="appeal_decided_has_reasons"),
            CheckConstraint(
                condition=Q(corrected_to="") | Q(outcome="corrected"), name="appeal_corrected_says_to_what"
            ),
        ]
        indexes = [models.Index(F("decided_at").desc(nulls_first=True), F("due_at"), F("id"), name="appeal_open_first")]

    def __str__(self) -> str:
        return f"appeal {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("learners:appeal-detail", args=[self.public_id])


class AppealEvent(models.Model):
    """Append-only: opened, given to a reviewer, decided."""

    appeal = models.ForeignKey(Appeal, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
