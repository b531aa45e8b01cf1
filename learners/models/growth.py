"""What a learner keeps for their own growth; private to the learner, whatever role anybody holds."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import QuerySet

from .people import Learner, User


class GoalQuerySet(QuerySet["Goal"]):
    def visible_to(self, user: User) -> GoalQuerySet:
        """A learner sees their own; nobody else sees any."""
        return self.filter(learner__user=user)


class Goal(models.Model):
    """What a learner wants to reach, in their own words."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="goals")
    text = models.CharField(max_length=300)
    due_on = models.DateField(null=True, blank=True)
    made_at = models.DateTimeField()
    reached_at = models.DateTimeField(null=True, blank=True)

    objects = GoalQuerySet.as_manager()

    def __str__(self) -> str:
        return f"goal {self.public_id}"


class HomeVisit(models.Model):
    """When a learner was last on their home page, and before that: what came since is new."""

    learner = models.OneToOneField(Learner, on_delete=models.CASCADE, related_name="home_visit")
    seen_at = models.DateTimeField()
    before_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"visit {self.pk}"
