"""Work that is judged twice, and what the two judgments came to."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from learners.workflow import SecondMarkingStatus

from .assessment import Assessment
from .evidence import Submission
from .people import User


class SecondMarkingCause(TextChoices):
    SAMPLE = "sample", _("drawn at random")
    PAIR = "pair", _("judged by two")


class SecondMarking(models.Model):
    """One for each submission that a second assessor judges, blind to the first.

    Both judgments stay as they are; where they lie too far apart, `agreed` is the result beside them, with its reason.
    """

    submission = models.OneToOneField(Submission, on_delete=models.PROTECT, related_name="second_marking")
    cause = models.CharField(max_length=10, choices=SecondMarkingCause.choices)
    status = models.CharField(max_length=20, choices=SecondMarkingStatus.choices, default=SecondMarkingStatus.MARKING)
    drawn_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True, help_text=_("When the two were found to differ."))
    third_after = models.DateTimeField(null=True, blank=True, help_text=_("When a third assessor is asked."))
    agreed = models.OneToOneField(Assessment, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(status="agreed") | (Q(agreed__isnull=False) & ~Q(reason="")),
                name="second_marking_agreed_has_reason",
            )
        ]

    def __str__(self) -> str:
        return f"second marking of {self.submission_id}"


class SecondMarkingEvent(models.Model):
    """Append-only."""

    second_marking = models.ForeignKey(SecondMarking, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
