"""Reports of patient data in evidence: what was set aside, when, and how it ended."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from learners.workflow import PatientDataStatus

from .evidence import Submission
from .people import User


class PatientDataReportQuerySet(QuerySet["PatientDataReport"]):
    def visible_to(self, user: User) -> PatientDataReportQuerySet:
        """Those of the schools where a person is privacy officer, never about oneself."""
        covered = user.scope_q({"privacy"}, "submission__enrollment__credential__")
        return self.filter(covered).exclude(submission__enrollment__learner__user=user)

    def standing(self) -> PatientDataReportQuerySet:
        """Those that keep something from being read: open ones, and purged ones."""
        return self.exclude(status=PatientDataStatus.RELEASED)

    def to_close(self) -> PatientDataReportQuerySet:
        """Purged ones whose files are all gone from storage, which the log does not say yet."""
        from .evidence import EvidenceItem

        files = EvidenceItem.objects.filter(set_aside_by=OuterRef("pk"), file__isnull=False)
        said = PatientDataEvent.objects.filter(report=OuterRef("pk"), moved_to=IncidentStep.BYTES_REMOVED)
        left = files.filter(file__bytes_removed_at__isnull=True)
        return self.filter(Exists(files), ~Exists(left), ~Exists(said), status=PatientDataStatus.PURGED).order_by("pk")


class PatientDataReport(models.Model):
    """Somebody saw patient data in a submission. Nobody but the privacy officer reads it until that is settled.

    It says nothing of what was seen: no text is asked for, so that none can repeat it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="patient_data_reports")
    status = models.CharField(max_length=20, choices=PatientDataStatus.choices, default=PatientDataStatus.OPEN)
    submission_status = models.CharField(max_length=20, help_text=_("What the submission was when it was reported."))
    reported_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()
    quarantined_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True, blank=True)

    objects = PatientDataReportQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["submission"], condition=~Q(status="released"), name="patient_data_report_one_standing"
            ),
            CheckConstraint(
                condition=Q(status="open", settled_at__isnull=True, settled_by__isnull=True)
                | Q(status__in=["released", "purged"], settled_at__isnull=False, settled_by__isnull=False),
                name="patient_data_report_settled_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "reported_at"], name="patient_data_reports")]

    def __str__(self) -> str:
        return f"patient data report {self.public_id}"


class IncidentStep(TextChoices):
    REPORTED = "reported", _("reported")
    QUARANTINED = "quarantined", _("set aside")
    RELEASED = "released", _("released as a false alarm")
    PURGED = "purged", _("purged")
    BYTES_REMOVED = "bytes-removed", _("files removed from storage")


class PatientDataEvent(models.Model):
    """Append-only. No actor where the registry did it by itself."""

    report = models.ForeignKey(PatientDataReport, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20, choices=IncidentStep.choices)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
