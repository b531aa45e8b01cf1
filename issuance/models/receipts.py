"""Signed statements of what was checked, when, and against which version of which status list."""

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet
from django.urls import reverse

from credentials.models import Organization

from .keys import SigningKey


def new_token() -> str:
    """An address nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


class ReceiptQuerySet(QuerySet["Receipt"]):
    def kept(self, at: datetime) -> "ReceiptQuerySet":
        return self.filter(keep_until__gt=at)


class Receipt(models.Model):
    """One statement. `checked` is what was found, and is signed by a worker; a receipt without `signed_at` waits for that.

    It names badges and digests and no holder: who has the badge knows whose it is, and who has the receipt alone does not.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="receipts")
    checked = models.JSONField()
    requested_at = models.DateTimeField()
    keep_until = models.DateTimeField()
    json = models.BinaryField(null=True, blank=True)
    pdf = models.BinaryField(null=True, blank=True)
    key = models.ForeignKey(SigningKey, null=True, blank=True, on_delete=models.PROTECT, related_name="receipts")
    signed_at = models.DateTimeField(null=True, blank=True)
    signed_by_process = models.CharField(max_length=100, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | Q(json__isnull=False, pdf__isnull=False, key__isnull=False) & ~Q(signed_by_process=""),
                name="receipt_signed_is_whole",
            ),
            CheckConstraint(condition=~Q(signed_by_process__startswith="web"), name="receipt_not_signed_by_web"),
        ]
        indexes = [
            models.Index(fields=["keep_until"], name="receipt_keep_until"),
            models.Index(fields=["id"], condition=Q(signed_at__isnull=True), name="receipt_waiting"),
        ]

    def __str__(self) -> str:
        return f"receipt {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:receipt", args=[self.token])
