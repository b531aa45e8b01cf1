import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization
from issuance.workflow import KeyState


class KeyPurpose(TextChoices):
    BADGE = "badge", _("badges and status lists")
    DOCUMENT = "document", _("PDF documents")


class SigningKey(models.Model):
    """A key of an issuing organization. The private part is sealed (AES-GCM) under the master key, or in a device.

    `number` names it in the DID document: "#key-<number>". `certificate` and `root_certificate` are PEM, for document
    keys only; the latter holds all that stand above the certificate, the root last.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="signing_keys")
    purpose = models.CharField(max_length=20, choices=KeyPurpose.choices)
    number = models.PositiveIntegerField()
    algorithm = models.CharField(max_length=20, choices=[("Ed25519", "Ed25519"), ("P-256", "P-256")])
    backend = models.CharField(max_length=20, choices=[("sealed", _("sealed")), ("pkcs11", _("PKCS#11"))])
    seal_version = models.PositiveSmallIntegerField(default=1)
    sealed_private = models.BinaryField(blank=True)
    public_multibase = models.CharField(max_length=100)
    certificate = models.TextField(blank=True)
    root_certificate = models.TextField(blank=True)
    state = models.CharField(max_length=20, choices=KeyState.choices, default=KeyState.ACTIVE)
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)
    compromised_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "purpose", "number"], name="signing_key_number_once"),
            UniqueConstraint(
                fields=["organization", "purpose"], condition=Q(state="active"), name="signing_key_one_active"
            ),
            CheckConstraint(
                condition=~Q(state="retired") | Q(retired_at__isnull=False), name="signing_key_retired_has_time"
            ),
            CheckConstraint(
                condition=~Q(state="compromised") | Q(compromised_at__isnull=False),
                name="signing_key_compromised_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} key {self.number}"
