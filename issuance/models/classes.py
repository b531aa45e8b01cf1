"""The transcripts of a class in one file: who asked for it and why, what is in it, and what became of it."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from learners.models import Cohort, Learner, User

from .documents import Transcript


class ClassExportQuerySet(QuerySet["ClassExport"]):
    def visible_to(self, user: User) -> "ClassExportQuerySet":
        """Those of the schools whose registrar somebody is."""
        grants = [grant for grant in user.current_grants if grant.role == Role.REGISTRAR]
        schools = [grant.organization_id for grant in grants if grant.credential_id is None]
        return self.filter(cohort__organization__in=schools)

    def to_make(self) -> "ClassExportQuerySet":
        return self.filter(made_at__isnull=True, ended_at__isnull=True)

    def kept(self, at: datetime) -> "ClassExportQuerySet":
        """Those whose file is there."""
        return self.filter(made_at__isnull=False, ended_at__isnull=True, keep_until__gt=at)


class ClassExport(models.Model):
    """The transcripts of a graduating class. Without `made_at` and `ended_at` it is work to do; the file goes after a week."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="exports")
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    recipient = models.CharField(max_length=200, help_text=_("Who gets the file."))
    reason = models.TextField(help_text=_("What it is for."))
    made_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True, help_text=_("Called off, or its file deleted."))
    path = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ClassExportQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(recipient="") & ~Q(reason=""), name="class_export_says_for_whom_and_why"),
            CheckConstraint(
                condition=Q(made_at__isnull=True, keep_until__isnull=True, path="")
                | (Q(made_at__isnull=False, keep_until__isnull=False) & ~Q(path="")),
                name="class_export_made_has_file_and_end",
            ),
            UniqueConstraint(
                fields=["cohort"],
                condition=Q(made_at__isnull=True, ended_at__isnull=True),
                name="class_export_one_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"class export {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:class-export", args=[self.public_id])


class ClassExportEntry(models.Model):
    """A learner of an export. `done_at`: the transcript is made, or there is nothing to list, and then there is none."""

    export = models.ForeignKey(ClassExport, on_delete=models.PROTECT, related_name="entries")
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="class_entries")
    transcript = models.OneToOneField(
        Transcript, null=True, blank=True, on_delete=models.PROTECT, related_name="class_entry"
    )
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["export", "learner"], name="class_export_learner_once")]
        verbose_name_plural = "class export entries"

    def __str__(self) -> str:
        return f"{self.export_id}:{self.learner_id}"


class ClassExportChange(TextChoices):
    REQUESTED = "requested", _("Asked for")
    MADE = "made", _("Made")
    DOWNLOADED = "downloaded", _("Downloaded")
    CALLED_OFF = "called-off", _("Called off")
    DELETED = "deleted", _("File deleted")


class ClassExportEvent(models.Model):
    """Append-only: what happened to an export, by whom (none for a consequence) and when."""

    export = models.ForeignKey(ClassExport, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ClassExportChange.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%Y-%m-%d %H:%M}"
