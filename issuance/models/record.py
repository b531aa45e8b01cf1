"""What goes out without a consent, and what a learner takes along: releases, the directory, archives."""

import uuid
from datetime import date, datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization
from learners.models import Learner, User


class ReleaseBasis(TextChoices):
    """Why a record may go out without consent (34 CFR 99.31); those that 99.32 d exempts from the log are not here."""

    COURT = "court", _("court order or subpoena")
    ACCREDITOR = "accreditor", _("accrediting body")
    AUDIT = "audit", _("audit or evaluation by an authority")
    SCHOOL = "school", _("another school where the learner enrolls")
    AID = "aid", _("financial aid")
    STUDY = "study", _("study for the school")
    EMERGENCY = "emergency", _("health or safety emergency")
    OTHER = "other", _("other")


class RecordReleaseQuerySet(QuerySet["RecordRelease"]):
    def told_to_learner(self, on: date) -> "RecordReleaseQuerySet":
        """Those that stand in the learner's own file: all but those that a court or the law has the school keep silent about."""
        return self.filter(Q(is_barred=False) | Q(barred_until__lte=on))


class RecordRelease(models.Model):
    """Append-only: a record that the school gave to somebody outside, to whom, for what interest (34 CFR 99.32)."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="releases")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    released_on = models.DateField()
    recipient = models.CharField(max_length=200)
    basis = models.CharField(max_length=20, choices=ReleaseBasis.choices)
    interest = models.TextField(help_text=_("The legitimate interest of the recipient."))
    records = models.TextField(help_text=_("What was given."))
    is_barred = models.BooleanField(default=False, help_text=_("The law forbids telling the learner."))
    barred_until = models.DateField(null=True, blank=True, help_text=_("Without a date, for good."))
    bar = models.TextField(blank=True, help_text=_("Which order or law forbids it."))

    objects = RecordReleaseQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=~Q(recipient="") & ~Q(interest="") & ~Q(records=""), name="release_says_what_to_whom_and_why"
            ),
            CheckConstraint(
                condition=Q(is_barred=False, barred_until__isnull=True, bar="") | (Q(is_barred=True) & ~Q(bar="")),
                name="release_bar_has_its_cause",
            ),
        ]
        indexes = [models.Index(fields=["learner", "recorded_at"], name="release_by_learner")]

    def __str__(self) -> str:
        return f"release {self.public_id}"


class DirectoryDecision(models.Model):
    """Append-only: whether a school's titles and dates are directory information from now on. The newest one counts.

    A school without a decision publishes nothing.
    """

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="directory_decisions")
    is_on = models.BooleanField()
    notice = models.TextField(help_text=_("Where and when learners were told, and how they can opt out."))
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [CheckConstraint(condition=~Q(notice=""), name="directory_decision_names_its_notice")]
        indexes = [models.Index(fields=["organization", "-at"], name="directory_newest_decision")]

    def __str__(self) -> str:
        return f"{'on' if self.is_on else 'off'} since {self.at:%Y-%m-%d}"


class ArchiveQuerySet(QuerySet["Archive"]):
    def kept(self, at: datetime) -> "ArchiveQuerySet":
        return self.filter(Q(keep_until__isnull=True) | Q(keep_until__gt=at))


class Archive(models.Model):
    """All of a learner's credentials and data in one file. A row without `made_at` is work to do; the file goes after a week."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="archives")
    requested_at = models.DateTimeField()
    parts_done = models.PositiveIntegerField(default=0)
    parts_total = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)
    keep_until = models.DateTimeField(null=True, blank=True)
    path = models.CharField(max_length=200, blank=True)
    size_bytes = models.BigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    objects = ArchiveQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(made_at__isnull=True, keep_until__isnull=True)
                | Q(made_at__isnull=False, keep_until__isnull=False),
                name="archive_made_has_an_end",
            ),
            UniqueConstraint(fields=["learner"], condition=Q(made_at__isnull=True), name="archive_one_waiting"),
        ]

    def __str__(self) -> str:
        return f"archive {self.public_id}"


class SharingEndReason(TextChoices):
    DECEASED = "deceased", _("the learner has died")
    WITHDRAWN = "withdrawn", _("the learner has withdrawn from the school")
    OTHER = "other", _("another reason")


class SharingEnd(models.Model):
    """Append-only: a registrar ended everything that a learner shared, with the reason."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="sharing_ends")
    reason = models.CharField(max_length=20, choices=SharingEndReason.choices)
    note = models.CharField(max_length=500, blank=True)
    consents = models.PositiveIntegerField(help_text=_("How many consents stood, and were ended."))
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(reason="other") | ~Q(note=""), name="sharing_end_other_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} at {self.at:%Y-%m-%d %H:%M}"
