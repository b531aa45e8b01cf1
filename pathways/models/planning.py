"""A learner's own plan over terms; nobody else reads it."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from credentials.models import Credential
from learners.models import Learner
from pathways import terms


class Plan(models.Model):
    """A learner's own order of credentials over terms; term: see `terms.py`. Nobody else reads it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="plan_items")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    term = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["learner", "credential"], name="plan_item_once")]

    def __str__(self) -> str:
        return f"{self.term}: {self.credential}"

    @property
    def term_name(self) -> str:
        found = terms.term(self.term)
        return found.name if found else self.term


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
