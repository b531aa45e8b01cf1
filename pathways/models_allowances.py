"""What was done for single learners of a pathway, and taken back: waivers, capstones, moves to another version. Append-only."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, F, Q

from learners.models import User


class WaiverWithdrawal(models.Model):
    """That a waiver or substitution was taken back, by whom, when and why."""

    waiver = models.OneToOneField("pathways.Waiver", on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class CapstoneWithdrawal(models.Model):
    """That the record of a capstone was taken back, by whom, when and why."""

    record = models.OneToOneField("pathways.CapstoneRecord", on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class EnrollmentMove(models.Model):
    """That a learner was moved, with their class, to another version of a pathway."""

    enrollment = models.ForeignKey("pathways.PathwayEnrollment", on_delete=models.PROTECT, related_name="moves")
    from_version = models.ForeignKey("pathways.PathwayVersion", on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey("pathways.PathwayVersion", on_delete=models.PROTECT, related_name="moves")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(from_version=F("to_version")), name="enrollment_move_goes_somewhere")
        ]

    def __str__(self) -> str:
        return f"moved at {self.at:%Y-%m-%d %H:%M}"
