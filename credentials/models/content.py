"""How content comes about: proposals and the committee's decisions, offerings, endorsements."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _


class Proposal(models.Model):
    """A microcredential that somebody asks for, before a draft exists."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="proposals")
    title = models.CharField(max_length=200)
    need = models.TextField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="proposals")
    proposed_at = models.DateTimeField()
    credential = models.OneToOneField(
        "credentials.Credential", null=True, blank=True, on_delete=models.PROTECT, related_name="proposal"
    )

    def __str__(self) -> str:
        return self.title


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


class Offering(models.Model):
    """A time and place at which a credential can be worked on, with seats."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey("credentials.Credential", on_delete=models.PROTECT, related_name="offerings")
    delivered_by = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="offerings")
    name = models.CharField(max_length=200)
    place = models.CharField(max_length=200, blank=True)
    opens_on = models.DateField()
    closes_on = models.DateField()
    seats = models.PositiveIntegerField(null=True, blank=True, help_text=_("Empty: no limit."))

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(closes_on__gte=F("opens_on")), name="offering_closes_after_it_opens")
        ]

    def __str__(self) -> str:
        return self.name


class Endorsement(models.Model):
    """What another organization says about a credential version; confirmed by that organization."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey("credentials.CredentialVersion", on_delete=models.PROTECT, related_name="endorsements")
    organization = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="endorsements")
    statement = models.TextField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "organization"], name="endorsement_once")]

    def __str__(self) -> str:
        return f"{self.organization}: {self.statement[:60]}"
