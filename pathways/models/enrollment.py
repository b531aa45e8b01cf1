"""Learners on the way to a designation, each pinned to a version; a move of a class to another version is kept."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, UniqueConstraint
from django.urls import reverse

from credentials.models import Credential
from learners.models import Learner, User
from pathways.workflow import PathwayEnrollmentStatus

from .pathways import Pathway, PathwayVersion


class PathwayEnrollmentQuerySet(QuerySet["PathwayEnrollment"]):
    def kept_by(self, user: User) -> PathwayEnrollmentQuerySet:
        """Those of the pathways that a person runs, but for one's own and those of learners one has a conflict with."""
        barred = user.conflicts.filter(withdrawn_at__isnull=True).values("learner")
        scope = user.scope_q({"pathway-admin", "administrator"}, "pathway__credential__")
        return self.filter(scope).exclude(learner__user=user).exclude(learner__in=barred)


class PathwayEnrollment(models.Model):
    """A learner who works toward a designation, pinned to the version of their entry."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="pathway_enrollments")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(
        max_length=20, choices=PathwayEnrollmentStatus.choices, default=PathwayEnrollmentStatus.ACTIVE
    )
    joined_at = models.DateTimeField()

    objects = PathwayEnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["learner", "pathway"], condition=~Q(status="left"), name="pathway_joined_once")
        ]

    def __str__(self) -> str:
        return f"pathway enrollment {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("pathways:enrollment-detail", args=[self.public_id])

    @property
    def credential(self) -> Credential:
        return self.pathway.credential


class EnrollmentMove(models.Model):
    """That a learner was moved, with their class, to another version of a pathway."""

    enrollment = models.ForeignKey("pathways.PathwayEnrollment", on_delete=models.PROTECT, related_name="moves")
    from_version = models.ForeignKey("pathways.PathwayVersion", on_delete=models.PROTECT, related_name="+")
    to_version = models.ForeignKey("pathways.PathwayVersion", on_delete=models.PROTECT, related_name="moves")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(condition=~Q(from_version=F("to_version")), name="enrollment_move_goes_somewhere")
        ]

    def __str__(self) -> str:
        return f"moved at {self.at:%Y-%m-%d %H:%M}"
