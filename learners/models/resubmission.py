"""What is judged anew on the next attempt although it had met the standard. Rows are added, never changed."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from credentials.models import Criterion

from .evidence import Submission
from .people import User


class ReopenedCriterion(models.Model):
    """Append-only: a kept level is set aside, for every assessor when the learner asked, else for the one who did it."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="reopened_criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["submission", "criterion", "by"], name="reopened_criterion_once"),
            CheckConstraint(condition=~Q(reason=""), name="reopened_criterion_says_why"),
        ]

    def __str__(self) -> str:
        return f"criterion {self.criterion_id} of submission {self.submission_id}"
