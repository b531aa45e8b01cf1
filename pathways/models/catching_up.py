"""Who was qualified already when a version was published, or became so without joining."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _


class CatchUp(models.Model):
    """A walk over all learners after a version was published: whoever is qualified already gets a case.

    reached: the key of the last learner who was looked at; a walk that was cut off goes on from there.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("pathways.PathwayVersion", on_delete=models.PROTECT, related_name="catch_ups")
    reached = models.BigIntegerField(default=0)
    total = models.PositiveIntegerField(help_text=_("Learners to look at, counted as it began."))
    looked_at = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["version"], condition=Q(finished_at__isnull=True), name="catch_up_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"catch-up {self.public_id}"

    @property
    def is_finished(self) -> bool:
        return self.finished_at is not None


class CatchUpMark(models.Model):
    """Up to when awards have been looked at for learners who have not joined a pathway that they meet. One row."""

    looked_until = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(pk=1), name="catch_up_mark_is_one")]

    def __str__(self) -> str:
        return f"until {self.looked_until:%Y-%m-%d %H:%M}"
