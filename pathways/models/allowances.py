"""What staff allow or record for single learners, and take back: waivers, substitutions, capstones. Append-only."""

from __future__ import annotations

import uuid

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import QuerySet, UniqueConstraint

from credentials.models import Credential
from learners.models import User

from .enrollment import PathwayEnrollment
from .requirements import Requirement


class WaiverQuerySet(QuerySet["Waiver"]):
    def standing(self) -> WaiverQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)


class Waiver(models.Model):
    """Append-only: a requirement that a learner need not meet, or that another credential meets, with the reason.

    requirement: as it stood in the version of the day; it holds for the same rule of any version, by the rule's
    key, where that and its parts ask no more (see comparing).
    number: counts those for one requirement of one learner; the earlier ones were taken back.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    enrollment = models.ForeignKey(PathwayEnrollment, on_delete=models.PROTECT, related_name="waivers")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="waivers")
    substitute = models.ForeignKey(Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["enrollment", "requirement", "number"], name="waiver_number_once")]

    def __str__(self) -> str:
        return self.reason


class WaiverWithdrawal(models.Model):
    """That a waiver or substitution was taken back, by whom, when and why."""

    waiver = models.OneToOneField("pathways.Waiver", on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason


class CapstoneRecordQuerySet(QuerySet["CapstoneRecord"]):
    def standing(self) -> CapstoneRecordQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)


class CapstoneRecord(models.Model):
    """Append-only: that a learner did the capstone that a requirement asks for, recorded by staff.

    It holds for the same rule of any version. number: counts those for one requirement of one learner.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    enrollment = models.ForeignKey(PathwayEnrollment, on_delete=models.PROTECT, related_name="capstones")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="records")
    done_on = models.DateField()
    note = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CapstoneRecordQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["enrollment", "requirement", "number"], name="capstone_number_once")]

    def __str__(self) -> str:
        return self.note


class CapstoneWithdrawal(models.Model):
    """That the record of a capstone was taken back, by whom, when and why."""

    record = models.OneToOneField("pathways.CapstoneRecord", on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.reason
