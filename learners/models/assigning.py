"""What decides who may be given which work: how much an assessor takes on, when they are away, whom they may not judge."""

from __future__ import annotations

import uuid
from datetime import date

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from .assessment import Assignment
from .evidence import Submission
from .people import Learner, User

WEEKLY_CAP = 20  # for whoever has set none


class AssessorProfile(models.Model):
    """An assessor's profession, and how many submissions they take on in a week."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="assessor_profile")
    profession = models.CharField(max_length=40, blank=True)
    weekly_cap = models.PositiveSmallIntegerField(default=WEEKLY_CAP)

    class Meta:
        constraints = [CheckConstraint(condition=Q(weekly_cap__lte=200), name="assessor_weekly_cap_at_most_200")]

    def __str__(self) -> str:
        return f"at most {self.weekly_cap} a week"


class Leave(models.Model):
    """Days on which an assessor is away, the first and the last included."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessor = models.ForeignKey(User, on_delete=models.CASCADE, related_name="leave")
    from_on = models.DateField()
    until_on = models.DateField()

    class Meta:
        constraints = [CheckConstraint(condition=Q(until_on__gte=F("from_on")), name="leave_ends_after_it_begins")]

    def __str__(self) -> str:
        return f"{self.from_on} to {self.until_on}"

    def covers(self, day: date) -> bool:
        return self.from_on <= day <= self.until_on


class ConflictKind(TextChoices):
    ADVISER = "adviser", _("adviser or mentor")
    CO_AUTHOR = "co-author", _("research co-author")
    FAMILY = "family", _("family or close relation")
    CLERKSHIP = "clerkship-grader", _("current clerkship grader")
    # Also for providers of health care, which is told to nobody.
    UNDISCLOSED = "undisclosed", _("another conflict, which I keep to myself")


class ConflictQuerySet(QuerySet["Conflict"]):
    def standing(self) -> ConflictQuerySet:
        return self.filter(withdrawn_at__isnull=True)

    def visible_to(self, user: User) -> ConflictQuerySet:
        """One's own declarations; nobody else reads them, whatever their role."""
        return self.filter(assessor=user)


class Conflict(models.Model):
    """An assessor may not judge this learner. Private to the assessor; withdrawn rather than deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conflicts")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ConflictKind.choices)
    declared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["assessor", "learner"], condition=Q(withdrawn_at__isnull=True), name="conflict_stands_once"
            )
        ]

    def __str__(self) -> str:
        return f"conflict {self.public_id}"


class AssignmentEvent(models.Model):
    """Append-only: how an assignment came about and ended, by whom (nobody: the engine) and why."""

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(
        max_length=20,
        choices=[
            ("assigned", _("assigned")),
            ("overridden", _("assigned against the rules")),
            ("ended", _("ended")),
        ],
    )
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class Escalation(models.Model):
    """Append-only: that so many percent of the promised time went by without an answer, and somebody was told."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="escalations")
    percent = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["submission", "percent"], name="escalation_once")]

    def __str__(self) -> str:
        return f"{self.percent} % at {self.at:%Y-%m-%d %H:%M}"
