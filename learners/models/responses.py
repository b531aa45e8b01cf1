"""What learners make of their feedback."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from .evidence import Submission


class Usefulness(TextChoices):
    YES = "yes", _("Yes")
    PARTLY = "partly", _("Partly")
    NO = "no", _("No")


class FeedbackResponse(models.Model):
    """A learner's answer to the feedback on a submission: what they will do, by when, and whether it was useful."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="feedback_response")
    plan = models.TextField(blank=True)
    plan_by = models.DateField(null=True, blank=True)
    useful = models.CharField(max_length=10, choices=Usefulness.choices, blank=True)
    given_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(plan="") | ~Q(useful=""), name="feedback_response_says_something"),
            CheckConstraint(condition=~Q(plan="") | Q(plan_by__isnull=True), name="feedback_response_date_has_plan"),
        ]

    def __str__(self) -> str:
        return f"response {self.public_id}"
