"""What trusted systems may do here, and what was issued for them."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization

from .keys import SigningKey
from .status import StatusList


class Scope(TextChoices):
    CREDENTIALS_ISSUE = "credentials:issue", _("issue credentials")
    CREDENTIALS_REVOKE = "credentials:revoke", _("revoke credentials that were issued")
    AWARDS_READ = "awards:read", _("read which awards the organization has made")


class ApiToken(models.Model):
    """What a trusted system shows to act for one organization. Only its digest is here; the token was shown once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="api_tokens")
    name = models.CharField(max_length=100)
    digest = models.CharField(max_length=64, unique=True)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["organization", "name"], condition=Q(revoked_at__isnull=True), name="api_token_name_once"
            ),
            CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="api_token_digest_is_hex"),
            CheckConstraint(condition=Q(scopes__len__gt=0), name="api_token_has_scope"),
            CheckConstraint(condition=Q(expires_at__gt=models.F("created_at")), name="api_token_expires_later"),
        ]

    def __str__(self) -> str:
        return self.name


class IssuedCredential(models.Model):
    """A credential that was signed for a trusted system: the bytes, as they were answered.

    A row is never changed or removed, but for `revoked_at`, which is set once; a trigger holds this. token: none in a
    conformance run. list, index: its place in a status list, unless it brought a status of its own.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="issued_credentials")
    token = models.ForeignKey(
        ApiToken, null=True, blank=True, on_delete=models.PROTECT, related_name="issued_credentials"
    )
    credential_id = models.TextField(blank=True)
    bytes = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="issued_credentials")
    list = models.ForeignKey(
        StatusList, null=True, blank=True, on_delete=models.PROTECT, related_name="issued_credentials"
    )
    index = models.PositiveIntegerField(null=True, blank=True)
    issued_at = models.DateTimeField()
    issued_by_process = models.CharField(max_length=100)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["organization", "credential_id"], name="issued_credential_id")]
        constraints = [
            UniqueConstraint(fields=["list", "index"], name="issued_status_index_once"),
            CheckConstraint(
                condition=Q(list__isnull=True, index__isnull=True) | Q(list__isnull=False, index__isnull=False),
                name="issued_status_is_whole",
            ),
            CheckConstraint(
                condition=Q(revoked_at__isnull=True) | Q(list__isnull=False), name="issued_revoked_has_status"
            ),
            CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="issued_digest_is_hex"),
        ]

    def __str__(self) -> str:
        return f"issued credential {self.public_id}"
