"""Rules over credentials that lead to a designation: pathways, their versions, what happened to these."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, CredentialVersion
from learners.models import Cohort, User
from pathways.workflow import PathwayVersionStatus


class Pathway(models.Model):
    """What leads to one designation; what it asks stands in its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="pathway")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("pathways:pathway-detail", args=[self.public_id])


class PathwayVersion(models.Model):
    """What a pathway asks, for the cohorts that it is pinned to (none: for all)."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=PathwayVersionStatus.choices, default=PathwayVersionStatus.DRAFT)
    credential_version = models.ForeignKey(
        CredentialVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="pathway_versions"
    )
    cohorts = models.ManyToManyField(Cohort, blank=True, related_name="pathway_versions")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    professions_admitted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    minimum_hours = models.PositiveIntegerField(default=0)
    minimum_distinct_professions = models.PositiveSmallIntegerField(default=1)
    time_limit_months = models.PositiveSmallIntegerField(null=True, blank=True)
    components_valid_at_award = models.BooleanField(default=True)
    is_double_counting_allowed = models.BooleanField(default=False)
    shared_components_max = models.PositiveSmallIntegerField(default=1)
    recognized_max = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How many credentials of other providers may stand in for badges. Empty: any."),
    )
    max_per_learner = models.PositiveSmallIntegerField(null=True, blank=True)
    committee_on = models.DateField(
        null=True, blank=True, help_text=_("When the committee meets; badges have to be in force on that day.")
    )
    capstone_form = models.CharField(max_length=200, blank=True, help_text=_("Empty: no capstone."))
    recorded_on = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pathway", "number"], name="pathway_version_number_once"),
            CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False, published_by__isnull=False, credential_version__isnull=False),
                name="pathway_published_has_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


class PathwayEvent(models.Model):
    """Append-only: who moved a pathway version, to what, why and when."""

    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
