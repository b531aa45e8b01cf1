"""What learners submit as their capstone, attempt by attempt, and what came of each. Append-only."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from learners.models import StoredFile, User

from .allowances import CapstoneRecord
from .cases import DesignationCase
from .enrollment import PathwayEnrollment
from .requirements import Requirement


class CapstoneWorkQuerySet(QuerySet["CapstoneWork"]):
    def waiting(self) -> CapstoneWorkQuerySet:
        """Those that nobody has answered or taken back."""
        return self.filter(answer__isnull=True)

    def kept_by(self, user: User) -> CapstoneWorkQuerySet:
        """Those of the learners whom one keeps (see `PathwayEnrollmentQuerySet.kept_by`)."""
        return self.filter(enrollment__in=PathwayEnrollment.objects.kept_by(user).values("pk"))

    def visible_to(self, user: User) -> CapstoneWorkQuerySet:
        """One's own; those of learners whom one keeps; those of learners whose case is before one's committee."""
        cases = DesignationCase.objects.before(user).filter(
            learner=OuterRef("enrollment__learner"), pathway_version__pathway=OuterRef("enrollment__pathway")
        )
        return self.filter(
            Q(enrollment__learner__user=user)
            | Q(enrollment__in=PathwayEnrollment.objects.kept_by(user).values("pk"))
            | Exists(cases)
        )

    def with_context(self) -> CapstoneWorkQuerySet:
        """With everything that a page about one or many says."""
        return self.select_related(
            "enrollment__learner__user",
            "enrollment__version",
            "enrollment__pathway__credential__organization",
            "requirement",
            "file",
            "answer__actor",
        )


class CapstoneWork(models.Model):
    """One attempt at the capstone of a pathway: a text, an address or a file, or several of them, with what was declared.

    attempt: counts those for one rule of one learner. wording: of the declarations, as it was shown. ai_use: the learner's
    own words, empty for none.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(PathwayEnrollment, on_delete=models.PROTECT, related_name="works")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="works")
    attempt = models.PositiveSmallIntegerField()
    text = models.TextField(blank=True)
    link = models.URLField(blank=True, max_length=500)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="capstone_works")
    wording = models.TextField()
    wording_version = models.CharField(max_length=20)
    ai_use = models.TextField(blank=True)
    at = models.DateTimeField()

    objects = CapstoneWorkQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["enrollment", "requirement", "attempt"], name="capstone_attempt_once"),
            CheckConstraint(
                condition=~Q(text="") | ~Q(link="") | Q(file__isnull=False), name="capstone_work_holds_something"
            ),
        ]

    def __str__(self) -> str:
        return f"capstone {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("pathways:capstone-work", args=[self.public_id])


class CapstoneOutcome(TextChoices):
    ACCEPTED = "accepted", _("accepted")
    RETURNED = "returned", _("returned")
    TAKEN_BACK = "taken-back", _("taken back")


class CapstoneAnswer(models.Model):
    """What came of an attempt: accepted, which made a record; returned with a reason; or taken back by its learner."""

    work = models.OneToOneField("pathways.CapstoneWork", on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(max_length=20, choices=CapstoneOutcome.choices)
    reason = models.TextField(blank=True)
    record = models.OneToOneField(
        CapstoneRecord, null=True, blank=True, on_delete=models.PROTECT, related_name="answer"
    )
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(outcome="accepted", record__isnull=False)
                | (Q(outcome="returned", record__isnull=True) & ~Q(reason=""))
                | Q(outcome="taken-back", record__isnull=True),
                name="capstone_answer_says_why",
            )
        ]

    def __str__(self) -> str:
        return f"{self.outcome} at {self.at:%Y-%m-%d %H:%M}"
