"""What the school keeps of a learner's standing: every change with who made it, and the time away."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices
from django.utils.translation import gettext_lazy as _

from .people import Learner, User


class LearnerChange(TextChoices):
    ADDED = "added", _("added")
    NAME = "name", _("name changed")
    COHORT = "cohort", _("class changed")
    PROFESSION = "profession", _("profession changed")
    NUMBER = "number", _("student number changed")
    LEAVE_SET = "leave-set", _("leave of absence set")
    LEAVE_ENDED = "leave-ended", _("leave of absence ended")
    AWAY = "away", _("went on leave")
    BACK = "back", _("came back from leave")
    GRADUATED = "graduated", _("graduated")
    LEFT = "left", _("left")
    DIRECTORY = "directory", _("directory information")
    SIGN_IN = "sign-in", _("sign-in moved to the personal address")
    CLOSED = "closed", _("sign-in closed")


class LearnerEvent(models.Model):
    """Append-only: a change of what the school says of a learner. Without an actor where a date has come."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=LearnerChange.choices)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["learner", "at"], name="learner_event_by_learner")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"


class LearnerLeave(models.Model):
    """Days, both included, in which a learner is away. No reason is kept here."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="leaves")
    from_on = models.DateField()
    until_on = models.DateField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="learner_leave_ends_after_it_starts")
        ]
        indexes = [models.Index(fields=["learner", "until_on"], name="learner_leave_by_learner")]

    def __str__(self) -> str:
        return f"{self.from_on} – {self.until_on}"
