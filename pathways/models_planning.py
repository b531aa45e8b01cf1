"""What a learner sets for their own plan; its items are `models.Plan`."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q


class PlanSetting(models.Model):
    """How many hours a learner wants to spend in a term, as their plan goes."""

    learner = models.OneToOneField("learners.Learner", on_delete=models.CASCADE, related_name="plan_setting")
    hours_per_term = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(hours_per_term__gte=1, hours_per_term__lte=600), name="plan_hours_1_to_600")
        ]

    def __str__(self) -> str:
        return f"{self.hours_per_term} hours"
