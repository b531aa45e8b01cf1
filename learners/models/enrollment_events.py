"""What happened to enrollments; rows are added, never changed (a trigger refuses it)."""

from django.db import models

from .enrollment import Enrollment
from .people import User


class EnrollmentEvent(models.Model):
    """Append-only: who moved an enrollment, to what, why and when; no actor where a free seat moved it."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class AttemptGrant(models.Model):
    """Append-only: one more attempt, which a lead gave after they had met the learner."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attempt_grants")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    met_on = models.DateField()
    note = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=~models.Q(note=""), name="attempt_grant_says_what_was_agreed")]

    def __str__(self) -> str:
        return f"granted at {self.at:%Y-%m-%d %H:%M}"
