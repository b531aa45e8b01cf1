"""How content comes about: proposals and the committee's decisions, offerings."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Count, Exists, F, OuterRef, Q, QuerySet, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.workflow import OfferingStatus, ProposalStatus

if TYPE_CHECKING:
    from learners.models import User


class ProposalQuerySet(QuerySet["Proposal"]):
    def visible_to(self, user: User) -> ProposalQuerySet:
        """What was proposed to the schools that a person belongs to, as a learner or by a role."""
        return self.filter(organization__in=user.belongs_to)

    def with_demand(self, user: User) -> ProposalQuerySet:
        """Each with `demand`, how many want it besides who proposed it, and whether this person is among them."""
        own = ProposalVote.objects.filter(proposal=OuterRef("pk"), voter=user)
        return self.annotate(demand=Count("votes"), is_wanted=Exists(own))


class Proposal(models.Model):
    """A microcredential that somebody asks for, before a draft exists: what, why and for whom.

    Its end is a draft, or a reason why there is none.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=200)
    need = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()
    audience = models.TextField(blank=True, db_default="")
    mission = models.TextField(blank=True, db_default="")
    demand_shown = models.TextField(blank=True, db_default="")
    resources = models.TextField(blank=True, db_default="")
    status = models.CharField(
        max_length=20, choices=ProposalStatus.choices, default=ProposalStatus.OPEN, db_default=ProposalStatus.OPEN
    )
    reason = models.TextField(blank=True, db_default="")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    ended_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    credential = models.OneToOneField(
        "credentials.Credential", null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    objects = ProposalQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status=ProposalStatus.OPEN, ended_at__isnull=True, ended_by__isnull=True)
                | (~Q(status=ProposalStatus.OPEN) & Q(ended_at__isnull=False, ended_by__isnull=False)),
                name="proposal_ended_has_time_and_actor",
            ),
            CheckConstraint(
                condition=~Q(status=ProposalStatus.TAKEN) | Q(credential__isnull=False), name="proposal_taken_has_draft"
            ),
            CheckConstraint(
                condition=~Q(status=ProposalStatus.DECLINED) | ~Q(reason=""), name="proposal_declined_has_reason"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ended_at"], condition=Q(ended_at__isnull=False, told_at__isnull=True), name="proposal_to_tell"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("credentials:proposal-detail", args=[self.public_id])


class ProposalVote(models.Model):
    """Somebody else wants what was proposed, too. Taking it back removes the row: a wish is no record."""

    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="votes")
    voter = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="proposal_votes")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["proposal", "voter"], name="proposal_vote_once")]

    def __str__(self) -> str:
        return f"vote for {self.proposal_id}"


class ContentDecision(models.Model):
    """Append-only: what a committee decided on a proposal or a credential, with vote and conditions."""

    proposal = models.ForeignKey(Proposal, null=True, blank=True, on_delete=models.PROTECT, related_name="decisions")
    credential = models.ForeignKey(
        "credentials.Credential", null=True, blank=True, on_delete=models.PROTECT, related_name="content_decisions"
    )
    outcome = models.CharField(
        max_length=20, choices=[("accepted", _("accepted")), ("refused", _("refused")), ("deferred", _("deferred"))]
    )
    votes_for = models.PositiveIntegerField()
    votes_against = models.PositiveIntegerField()
    conditions = models.TextField(blank=True)
    votes_abstained = models.PositiveIntegerField(default=0, db_default=0)
    reason = models.TextField(blank=True, db_default="")
    case = models.OneToOneField(
        "credentials.ContentCase", null=True, blank=True, on_delete=models.PROTECT, related_name="decision"
    )
    decided_on = models.DateField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(proposal__isnull=False, credential__isnull=True)
                | Q(proposal__isnull=True, credential__isnull=False),
                name="content_decision_has_one_subject",
            )
        ]

    def __str__(self) -> str:
        return self.outcome


class OfferingQuerySet(QuerySet["Offering"]):
    def running_on(self, day: date) -> OfferingQuerySet:
        """Those that somebody can still take part in: planned, and not over."""
        return self.filter(status=OfferingStatus.PLANNED, closes_on__gte=day)

    def run_by(self, user: User) -> OfferingQuerySet:
        """Those at which a person checks people in: assessors, leads and administrators, within their roles."""
        return self.filter(user.scope_q({"assessor", "lead", "administrator"}, "credential__"))


class Offering(models.Model):
    """A time and place at which a credential can be worked on, with seats.

    It opens and closes by days; where people meet once, `starts_at` and `ends_at` say when.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey("credentials.Credential", on_delete=models.PROTECT, related_name="offerings")
    delivered_by = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="offerings")
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    contact = models.CharField(max_length=200, blank=True, db_default="", default="")
    opens_on = models.DateField()
    closes_on = models.DateField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Empty: no limit."))
    status = models.CharField(
        max_length=20,
        choices=OfferingStatus.choices,
        default=OfferingStatus.PLANNED,
        db_default=OfferingStatus.PLANNED,
    )

    objects = OfferingQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="offering_closes_after_it_opens"),
            CheckConstraint(
                condition=Q(starts_at__isnull=True, ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="offering_ends_after_it_starts",
            ),
            UniqueConstraint(
                fields=["credential", "name", "place", "opens_on", "starts_at"],
                condition=Q(status=OfferingStatus.PLANNED, starts_at__isnull=False),
                name="offering_meets_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Where it is kept, by whoever runs it."""
        return reverse("learners:offering-detail", args=[self.public_id])

    @property
    def is_canceled(self) -> bool:
        return self.status == OfferingStatus.CANCELED


class OfferingEvent(models.Model):
    """Append-only: who planned, changed or canceled an offering, why and when."""

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.action
