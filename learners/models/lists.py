"""What every list from a file has in common: it is checked, a person confirms it, a worker carries it out row by row."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from learners.workflow import RosterStatus

from .people import User


class RowResult(TextChoices):
    """What is planned for a row, and what came of it."""

    CREATE = "create", _("new")
    CHANGE = "change", _("changed")
    SAME = "same", _("unchanged")
    FAULTY = "faulty", _("faulty")


class FileList(models.Model):
    """One file. Its rows are the queue: those of a confirmed list without `done_at` are still to be carried out."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    file_name = models.CharField(max_length=200)
    status = models.CharField(max_length=20, choices=RosterStatus.choices, default=RosterStatus.CHECKED)
    confirmed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.file_name


class FileListRow(models.Model):
    """A row as the file has it, what was planned when it was checked, and what came of it."""

    number = models.PositiveIntegerField()
    line = models.PositiveIntegerField()
    plan = models.CharField(max_length=10, choices=RowResult.choices)
    said = models.TextField(blank=True, help_text=_("What changes, or what is wrong."))
    result = models.CharField(max_length=10, blank=True, choices=RowResult.choices)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"row {self.number}"
