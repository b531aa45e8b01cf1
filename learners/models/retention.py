"""What a school keeps how long, what stops deletion, who was warned, and what went."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization
from learners.retention import Kept

from .evidence import StoredFile, Submission
from .people import Learner, User


class RetentionRule(models.Model):
    """Append-only: how many months a school keeps something from now on, and why. The newest one counts."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="retention_rules")
    kind = models.CharField(max_length=20, choices=Kept.choices)
    months = models.PositiveSmallIntegerField()
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(reason=""), name="retention_rule_says_why"),
            CheckConstraint(condition=Q(months__gte=1), name="retention_rule_keeps_a_while"),
        ]
        indexes = [models.Index(fields=["organization", "kind", "-at"], name="retention_newest_rule")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.months} months"


class HoldCause(TextChoices):
    LITIGATION = "litigation", _("litigation or an official inquiry")
    MISCONDUCT = "misconduct", _("possible misconduct")
    OTHER = "other", _("another reason")


class RetentionHoldQuerySet(QuerySet["RetentionHold"]):
    def standing(self) -> RetentionHoldQuerySet:
        return self.filter(end__isnull=True)


class RetentionHold(models.Model):
    """Append-only: nothing of a learner is deleted from now on, until a row of RetentionHoldEnd says otherwise."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="retention_holds")
    cause = models.CharField(max_length=20, choices=HoldCause.choices)
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = RetentionHoldQuerySet.as_manager()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="retention_hold_says_why")]

    def __str__(self) -> str:
        return f"hold {self.public_id}"


class RetentionHoldEnd(models.Model):
    """Append-only: a hold was lifted, once."""

    hold = models.OneToOneField(RetentionHold, on_delete=models.PROTECT, related_name="end")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(reason=""), name="retention_hold_end_says_why")]

    def __str__(self) -> str:
        return f"end of hold {self.hold_id}"


class RetentionWarning(models.Model):
    """Append-only: a learner was told that a file, or a draft, goes from a day on. Without an account, nobody to tell."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="retention_warnings")
    file = models.ForeignKey(
        StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="retention_warnings"
    )
    draft = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="retention_warnings"
    )
    goes_on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(file__isnull=False, draft__isnull=True) | Q(file__isnull=True, draft__isnull=False),
                name="retention_warning_is_about_one_thing",
            ),
            UniqueConstraint(
                fields=["learner", "file", "draft", "goes_on"], nulls_distinct=False, name="retention_warned_once"
            ),
        ]

    def __str__(self) -> str:
        return f"goes on {self.goes_on}"


class RetentionRun(models.Model):
    """What went on one day at a school: counts, no names. `finished_at` empty: the day's work is not done."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="retention_runs")
    on = models.DateField()
    begun_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    warned = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["organization", "on"], name="retention_run_once_a_day")]

    def __str__(self) -> str:
        return f"run of {self.on}"

    @property
    def has_removed(self) -> bool:
        """No query when the counts were prefetched."""
        return any(each.removed for each in self.counts.all())


class RetentionCount(models.Model):
    """How many of one kind went in a run, and until when what went had begun to count."""

    run = models.ForeignKey(RetentionRun, on_delete=models.CASCADE, related_name="counts")
    kind = models.CharField(max_length=20, choices=Kept.choices)
    months = models.PositiveSmallIntegerField(help_text=_("The school's rule on that day."))
    until = models.DateTimeField()
    removed = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["run", "kind"], name="retention_count_once")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.removed}"
