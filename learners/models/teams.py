"""What happened to teams; rows are added, never changed (a trigger refuses it)."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from .enrollment import Enrollment, Team
from .people import User


class TeamChange(TextChoices):
    FORMED = "formed", _("formed")
    MOVED = "moved", _("moved")


class TeamEvent(models.Model):
    """Append-only: who put whom into which team, and why."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="events")
    before = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="team_events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=TeamChange.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kind="formed") | (~Q(reason="") & Q(before__isnull=False)), name="team_move_says_why"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
