"""The calibration set of an item: pieces of work with agreed levels, and how assessors judged them.

A model work is written for the purpose or brought with its author's leave, like the examples of a rubric; nothing of it
points to a learner or a submission.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, CredentialVersion, Criterion

from .evidence import StoredFile
from .people import User

HOLDS = timedelta(days=365)  # a round that was passed, and the levels that one set down
WORKS_DEFAULT, WORKS_LEAST, WORKS_MOST = 5, 3, 10


class Calibration(models.Model):
    """Whether an item asks its assessors to be calibrated; beside the frozen version. Without a row it does not."""

    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="calibration")
    is_required = models.BooleanField(default=False)
    works_max = models.PositiveSmallIntegerField(default=WORKS_DEFAULT)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(works_max__range=(WORKS_LEAST, WORKS_MOST)), name="calibration_size_in_range")
        ]

    def __str__(self) -> str:
        return f"calibration of {self.credential_id}"


class ModelWorkQuerySet(QuerySet["ModelWork"]):
    def standing(self) -> ModelWorkQuerySet:
        """Those that new rounds are made of."""
        return self.filter(ready_at__isnull=False, retired_at__isnull=True)


class ModelWork(models.Model):
    """A piece of work to calibrate by. Once ready it stays as it is; retired rather than changed or deleted."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="model_works")
    title = models.CharField(max_length=200)
    begun_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    ready_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = ModelWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["version", "title"], condition=Q(retired_at__isnull=True), name="model_work_title_once"
            )
        ]

    def __str__(self) -> str:
        return self.title


class ModelPiece(models.Model):
    """A text or a file of a model work."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(ModelWork, on_delete=models.PROTECT, related_name="pieces")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="model_pieces")
    added_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=(Q(file__isnull=True) & ~Q(text="")) | Q(file__isnull=False, text=""),
                name="model_piece_text_or_file",
            )
        ]

    def __str__(self) -> str:
        return self.title


class AgreedLevel(models.Model):
    """The level of one criterion of a model work, and why; by whoever set it down."""

    work = models.ForeignKey(ModelWork, on_delete=models.PROTECT, related_name="agreed")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()
    reason = models.TextField()
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["work", "criterion"], name="agreed_level_once"),
            CheckConstraint(condition=Q(level__range=(1, 4)), name="agreed_level_in_range"),
            CheckConstraint(condition=~Q(reason=""), name="agreed_level_has_reason"),
        ]

    def __str__(self) -> str:
        return f"level {self.level}"


class CalibrationRoundQuerySet(QuerySet["CalibrationRound"]):
    def holding(self, at: datetime) -> CalibrationRoundQuerySet:
        """Passed, and not yet due again."""
        return self.filter(is_passed=True, valid_until__gt=at)


class CalibrationRound(models.Model):
    """One assessor's judgment of a whole set: open, then passed or not."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="calibration_rounds")
    version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="calibration_rounds")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="calibration_rounds")
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    is_passed = models.BooleanField(default=False)
    near = models.PositiveSmallIntegerField(default=0, help_text=_("Criteria within one level of what was agreed."))
    criteria = models.PositiveSmallIntegerField(default=0)
    right = models.PositiveSmallIntegerField(default=0, help_text=_("Works with the same outcome."))
    works = models.PositiveSmallIntegerField(default=0)
    valid_until = models.DateTimeField(null=True, blank=True)

    objects = CalibrationRoundQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["assessor", "credential"],
                condition=Q(finished_at__isnull=True),
                name="calibration_round_open_once",
            ),
            CheckConstraint(
                condition=Q(is_passed=False, valid_until__isnull=True)
                | Q(is_passed=True, finished_at__isnull=False, valid_until__isnull=False),
                name="calibration_passed_has_times",
            ),
        ]

    def __str__(self) -> str:
        return f"round {self.public_id}"


class CalibrationJudgment(models.Model):
    """What an assessor gave one criterion of one model work; the rows are made when the round begins."""

    round = models.ForeignKey(CalibrationRound, on_delete=models.CASCADE, related_name="judgments")
    work = models.ForeignKey(ModelWork, on_delete=models.PROTECT, related_name="judgments")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    comment = models.TextField(blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["round", "work", "criterion"], name="calibration_judgment_once"),
            CheckConstraint(
                condition=Q(level__isnull=True) | Q(level__range=(1, 4)), name="calibration_level_in_range"
            ),
        ]

    def __str__(self) -> str:
        return f"calibration judgment {self.pk}"


class CalibrationEvent(models.Model):
    """Append-only: what became of a set, a model work or a round."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="calibration_events")
    work = models.ForeignKey(ModelWork, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    round = models.ForeignKey(CalibrationRound, null=True, blank=True, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class CalibrationReminder(models.Model):
    """Append-only: that an assessor was told of a calibration that is due; due_on empty: they never had one."""

    assessor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["assessor", "credential", "due_on"], nulls_distinct=False, name="calibration_reminder_once"
            )
        ]

    def __str__(self) -> str:
        return f"reminder at {self.at:%Y-%m-%d %H:%M}"
