"""A list of learners from a file: checked first, then carried out by a worker, row by row."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models import Organization
from learners.workflow import RosterStatus

from .lists import FileList, FileListRow
from .people import Learner, User


class RosterImportQuerySet(QuerySet["RosterImport"]):
    def visible_to(self, user: User) -> RosterImportQuerySet:
        """Those of the schools where a person is registrar."""
        schools = [
            grant.organization_id
            for grant in user.current_grants
            if grant.role == Role.REGISTRAR and grant.credential_id is None
        ]
        return self.filter(organization__in=schools)


class RosterImport(FileList):
    """A list of learners."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="roster_imports")
    is_inviting = models.BooleanField(
        default=False, help_text=_("Whoever is new gets a mail that leads to a password.")
    )

    objects = RosterImportQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status__in=[RosterStatus.CHECKED, RosterStatus.DROPPED])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="roster_confirmed_by_a_person",
            ),
            CheckConstraint(
                condition=~Q(status=RosterStatus.FINISHED) | Q(finished_at__isnull=False),
                name="roster_finished_has_time",
            ),
        ]

    def get_absolute_url(self) -> str:
        return reverse("learners:roster-detail", args=[self.public_id])


class RosterRow(FileListRow):
    roster = models.ForeignKey(RosterImport, on_delete=models.CASCADE, related_name="rows")
    student_number = models.CharField(max_length=500, blank=True)
    name = models.CharField(max_length=500, blank=True)
    email = models.CharField(max_length=500, blank=True)
    profession = models.CharField(max_length=500, blank=True)
    cohort = models.CharField(max_length=500, blank=True)
    learner = models.ForeignKey(Learner, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["roster", "number"], name="roster_row_once"),
            CheckConstraint(
                condition=Q(result="", done_at__isnull=True) | (~Q(result="") & Q(done_at__isnull=False)),
                name="roster_row_done_has_result",
            ),
        ]
        indexes = [
            models.Index(fields=["roster", "number"], condition=Q(done_at__isnull=True), name="roster_row_to_do")
        ]
