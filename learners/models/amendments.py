"""What a learner asks to have amended in their record (34 CFR 99.20 to 99.22), and the statement that stays beside it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from learners.workflow import AmendmentStatus

from .assessment import Decision
from .awards import Award
from .people import Learner, User


class AmendmentQuerySet(QuerySet["Amendment"]):
    def with_context(self) -> AmendmentQuerySet:
        return self.select_related(
            "learner__organization",
            "learner__user",
            "award__credential_version",
            "decision__enrollment__credential_version",
            "decided_by",
            "heard_by",
        )

    def visible_to(self, user: User) -> AmendmentQuerySet:
        """A learner's own; those of the schools where a person is registrar or auditor of everything."""
        schools = {
            grant.organization_id
            for grant in user.current_grants
            if grant.role in {Role.REGISTRAR, Role.AUDITOR} and grant.credential_id is None
        }
        return self.filter(Q(learner__user=user) | Q(learner__organization__in=schools))

    def stated(self) -> AmendmentQuerySet:
        """Those with a statement that stands beside the record."""
        return self.exclude(statement="")


class Amendment(models.Model):
    """One request. It is about an award, a decision, or another part of the record that the learner names."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="amendments")
    award = models.ForeignKey(Award, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="amendments")
    part = models.CharField(max_length=200, blank=True, help_text=_("The part of the record, where it is another one."))
    wrong = models.TextField(help_text=_("What is wrong, and what it should say."))
    status = models.CharField(max_length=20, choices=AmendmentStatus.choices, default=AmendmentStatus.REQUESTED)
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    reasons = models.TextField(blank=True)
    heard_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    heard_on = models.DateField(null=True, blank=True)
    hearing_note = models.TextField(blank=True)
    statement = models.TextField(blank=True)
    stated_at = models.DateTimeField(null=True, blank=True)

    objects = AmendmentQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(award__isnull=False, decision__isnull=True, part="")
                | Q(award__isnull=True, decision__isnull=False, part="")
                | (Q(award__isnull=True, decision__isnull=True) & ~Q(part="")),
                name="amendment_is_about_one_record",
            ),
            CheckConstraint(
                condition=Q(status__in=["requested", "withdrawn"])
                | (Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(reasons="")),
                name="amendment_decided_with_reasons",
            ),
            CheckConstraint(
                condition=Q(heard_by__isnull=True)
                | (Q(heard_on__isnull=False) & ~Q(hearing_note="") & ~Q(heard_by=F("decided_by"))),
                name="amendment_heard_by_another",
            ),
            CheckConstraint(
                condition=Q(statement="", stated_at__isnull=True)
                | (~Q(statement="") & Q(stated_at__isnull=False, status__in=["refused", "hearing", "upheld"])),
                name="amendment_statement_follows_refusal",
            ),
        ]
        indexes = [
            models.Index(fields=["award"], condition=~Q(statement=""), name="amendment_stated_of_award"),
            models.Index(fields=["status", "requested_at"], name="amendment_to_decide"),
        ]

    def __str__(self) -> str:
        return f"amendment {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("learners:amendment-detail", args=[self.public_id])

    @property
    def about(self) -> str:
        """What it is about, in words."""
        if self.award is not None:
            return _("The award %(title)s") % {"title": self.award.credential_version.title}
        if self.decision is not None:
            return _("The decision on %(title)s, attempt %(number)s") % {
                "title": self.decision.credential_version.title,
                "number": self.decision.attempt,
            }
        return self.part


class AmendmentEvent(models.Model):
    """Append-only: who moved a request, to what, with what words."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"
