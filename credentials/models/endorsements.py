"""Organizations outside that stand up for a microcredential or designation: whom a school asks, and what they confirm."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models.catalog import CredentialVersion
from credentials.models.opinions import AskedKind
from credentials.models.organizations import Organization
from credentials.models.outbox import OutsideMail
from credentials.workflow import VersionStatus


class EndorsementRequest(models.Model):
    """One person outside is asked to endorse a version for their organization; the token of their link is stored as its digest.

    Answered once: confirmed (then there is an Endorsement) or declined. The link of one that is confirmed stays, so that the
    organization can withdraw it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="endorsement_requests")
    organization_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=AskedKind.choices)
    website = models.URLField()
    country = models.CharField(max_length=2)
    email = models.EmailField()
    note = models.TextField(blank=True)
    statement = models.TextField(help_text=_("The words that the school proposes."))
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    declined_because = models.TextField(blank=True)
    # Whoever answers for the item was told of the last thing that the organization did.
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="endorsement_request_ends_after_start"),
            CheckConstraint(
                condition=Q(answered_at__isnull=True) | Q(revoked_at__isnull=True), name="endorsement_request_one_end"
            ),
            CheckConstraint(
                condition=Q(declined_because="") | Q(answered_at__isnull=False), name="endorsement_declined_has_time"
            ),
            CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="endorsement_request_country_is_iso"),
        ]
        indexes = [
            models.Index(
                fields=["answered_at"],
                condition=Q(answered_at__isnull=False, told_at__isnull=True),
                name="endorsement_to_tell",
            )
        ]

    def __str__(self) -> str:
        return f"endorsement request {self.public_id}"

    @property
    def email_domain(self) -> str:
        """Where the link went, without whom: all that anybody may see of the address."""
        return self.email.rpartition("@")[2]


class EndorsementQuerySet(QuerySet["Endorsement"]):
    def standing(self) -> EndorsementQuerySet:
        """Confirmed, of what was published unchanged, and not withdrawn."""
        return self.filter(
            confirmed_at__isnull=False,
            withdrawn_at__isnull=True,
            lapsed_at__isnull=True,
            version__status=VersionStatus.PUBLISHED,
        )


class Endorsement(models.Model):
    """What another organization says about a credential version, as it confirmed it; signed by a worker.

    agreed: the words that were ticked. content_sha256: what the version said then; a draft that was changed before it was
    published ends the endorsement (`lapsed_at`). Withdrawn by the organization (no `withdrawn_by`) or by the school.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="endorsements")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="endorsements")
    request = models.OneToOneField(
        EndorsementRequest, null=True, blank=True, on_delete=models.PROTECT, related_name="endorsement"
    )
    statement = models.TextField()
    name = models.CharField(max_length=200, blank=True, db_default="")
    role = models.CharField(max_length=200, blank=True, db_default="")
    agreed = models.TextField(blank=True, db_default="")
    content_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    lapsed_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_because = models.TextField(blank=True, db_default="")

    objects = EndorsementQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["version", "organization"],
                condition=Q(withdrawn_at__isnull=True, lapsed_at__isnull=True),
                name="endorsement_once",
            ),
            CheckConstraint(
                condition=Q(confirmed_at__isnull=True) | ~(Q(name="") | Q(role="") | Q(agreed="") | Q(statement="")),
                name="endorsement_confirmed_says_who",
            ),
            CheckConstraint(
                condition=Q(withdrawn_by__isnull=True) | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="endorsement_withdrawn_by_school_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization}: {self.statement[:60]}"

    @property
    def is_standing(self) -> bool:
        return self.confirmed_at is not None and self.withdrawn_at is None and self.lapsed_at is None


class EndorsementMailKind(TextChoices):
    ASKED = "asked", _("the link")
    CONFIRMED = "confirmed", _("what was confirmed")


class EndorsementMailQuerySet(QuerySet["EndorsementMail"]):
    def due(self, at: datetime) -> EndorsementMailQuerySet:
        """To be sent now; a link that has run out or was taken back is not."""
        is_open = Q(request__revoked_at__isnull=True, request__answered_at__isnull=True, request__expires_at__gt=at)
        return self.filter(
            Q(mail_after__isnull=True) | Q(mail_after__lte=at),
            Q(kind=EndorsementMailKind.CONFIRMED) | is_open,
            mailed_at__isnull=True,
        )


class EndorsementMail(OutsideMail):
    """A mail to somebody who was asked for an endorsement."""

    request = models.ForeignKey(EndorsementRequest, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=EndorsementMailKind.choices)

    objects = EndorsementMailQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["request", "kind"], name="endorsement_mail_once")]
        indexes = [
            models.Index(fields=["made_at"], condition=Q(mailed_at__isnull=True), name="endorsement_mail_waiting")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
