"""Results that others give: a station score, a quiz, a rating; entered by staff, given at an event, or from a file."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models import Credential, EvidenceRequirement
from learners.workflow import RosterStatus

from .enrollment import Enrollment
from .lists import FileList, FileListRow
from .people import User


class RaterKind(TextChoices):
    FACULTY = "faculty", _("a member of the faculty")
    STAFF = "staff", _("a member of staff")
    STANDARDIZED_PATIENT = "standardized-patient", _("a standardized patient")
    COMPUTER = "computer", _("a computer")


class RecordedResult(models.Model):
    """Append-only: what somebody scored or rated, as it was recorded. It is evidence, never a level and never a decision.

    A correction is a row of its own that names the one it corrects.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="results")
    requirement = models.ForeignKey(EvidenceRequirement, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200, help_text=_("Which quiz, station or occasion."))
    score = models.DecimalField(null=True, blank=True, max_digits=8, decimal_places=2)
    out_of = models.DecimalField(null=True, blank=True, max_digits=8, decimal_places=2)
    words = models.CharField(max_length=200, blank=True)
    comment = models.TextField(blank=True)
    rater_kind = models.CharField(max_length=30, choices=RaterKind.choices)
    rater = models.CharField(max_length=200, blank=True)
    rated_on = models.DateField()
    corrects = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="corrected_by"
    )
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["enrollment", "requirement", "title", "rated_on"],
                condition=Q(corrects__isnull=True),
                name="recorded_result_once",
            ),
            CheckConstraint(
                condition=Q(score__isnull=True, out_of__isnull=True)
                | Q(score__gte=0, out_of__gt=0, score__lte=F("out_of")),
                name="recorded_result_score_in_range",
            ),
            CheckConstraint(condition=Q(score__isnull=False) | ~Q(words=""), name="recorded_result_says_something"),
        ]

    def __str__(self) -> str:
        return self.title


class ResultListQuerySet(QuerySet["ResultList"]):
    def visible_to(self, user: User) -> ResultListQuerySet:
        """Those of the credentials that a person leads or administers."""
        return self.filter(user.scope_q({Role.LEAD, Role.ADMINISTRATOR}, "credential__"))


class ResultList(FileList):
    """A list of results of one credential."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="result_lists")

    objects = ResultListQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status__in=[RosterStatus.CHECKED, RosterStatus.DROPPED])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="result_list_confirmed_by_a_person",
            ),
            CheckConstraint(
                condition=~Q(status=RosterStatus.FINISHED) | Q(finished_at__isnull=False),
                name="result_list_finished_has_time",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("learners:result-list-detail", args=[self.public_id])


class ResultRow(FileListRow):
    """Cells are kept as they stand in the file, so that the faulty ones can be sent back."""

    list = models.ForeignKey(ResultList, on_delete=models.CASCADE, related_name="rows")
    student_number = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=500, blank=True)
    evidence = models.CharField(max_length=500, blank=True)
    title = models.CharField(max_length=500, blank=True)
    score = models.CharField(max_length=500, blank=True)
    out_of = models.CharField(max_length=500, blank=True)
    words = models.CharField(max_length=500, blank=True)
    rated_on = models.CharField(max_length=500, blank=True)
    rater_kind = models.CharField(max_length=500, blank=True)
    rater = models.CharField(max_length=500, blank=True)
    comment = models.CharField(max_length=500, blank=True)
    recorded = models.ForeignKey(RecordedResult, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["list", "number"], name="result_row_once"),
            CheckConstraint(
                condition=Q(result="", done_at__isnull=True) | (~Q(result="") & Q(done_at__isnull=False)),
                name="result_row_done_has_result",
            ),
        ]
        indexes = [models.Index(fields=["list", "number"], condition=Q(done_at__isnull=True), name="result_row_to_do")]
