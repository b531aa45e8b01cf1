from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import CredentialVersion, Endorsement
from learners.models import Award, Learner, User

from .keys import SigningKey


class DocumentKind(TextChoices):
    CREDENTIAL = "credential", _("credential (JSON)")
    CREDENTIAL_JWT = "credential-jwt", _("credential (VC-JWT)")
    CERTIFICATE = "certificate", _("certificate (PDF)")
    TRANSCRIPT = "transcript", _("transcript (PDF)")
    CLR = "clr", _("transcript (JSON)")
    ENDORSEMENT = "endorsement", _("endorsement (JSON)")


class Transcript(models.Model):
    """A learner's transcript as of a moment; its documents are the signed PDF and the CLR inside it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="transcripts")
    requested_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"transcript {self.public_id}"


class SignedDocumentQuerySet(models.QuerySet["SignedDocument"]):
    def current(self, kind: DocumentKind) -> SignedDocumentQuerySet:
        """Those of a kind that nothing has taken the place of."""
        return self.filter(kind=kind, superseded_at__isnull=True)


class SignedDocument(models.Model):
    """A signed form of an award, transcript or endorsement: the bytes, served as stored and never rebuilt.

    One current document of each kind for each award. `signed_by_process` is the name of the process that signed it:
    "worker:<host>:<pid>".
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, null=True, blank=True, on_delete=models.PROTECT, related_name="documents")
    transcript = models.ForeignKey(
        Transcript, null=True, blank=True, on_delete=models.PROTECT, related_name="documents"
    )
    endorsement = models.ForeignKey(
        Endorsement, null=True, blank=True, on_delete=models.PROTECT, related_name="documents", db_index=False
    )
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    sequence = models.PositiveIntegerField(default=1)
    bytes = models.BinaryField()
    sha256 = models.CharField(max_length=64)
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="documents")
    holder = models.CharField(
        max_length=200,
        blank=True,
        help_text=_("The name that it carries; with another name than the learner's it is made anew, and not shown."),
    )
    valid_from = models.DateTimeField()
    signed_at = models.DateTimeField()
    signed_by_process = models.CharField(max_length=100)
    superseded_at = models.DateTimeField(null=True, blank=True)
    # The last full verification of the bytes with this digest; another digest asks for another verification.
    verified_sha256 = models.CharField(max_length=64, blank=True)
    verified_at = models.DateTimeField(null=True, blank=True)

    objects = SignedDocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(award__isnull=False, transcript__isnull=True, endorsement__isnull=True)
                | Q(award__isnull=True, transcript__isnull=False, endorsement__isnull=True)
                | Q(award__isnull=True, transcript__isnull=True, endorsement__isnull=False),
                name="document_has_one_subject",
            ),
            UniqueConstraint(fields=["award", "kind", "sequence"], name="document_sequence_once"),
            UniqueConstraint(
                fields=["award", "kind"],
                condition=Q(superseded_at__isnull=True),
                name="document_one_current",
            ),
            UniqueConstraint(fields=["transcript", "kind", "sequence"], name="transcript_document_once"),
            # Partial: the many documents of awards take no place in these indexes.
            UniqueConstraint(
                fields=["endorsement", "sequence"],
                condition=Q(endorsement__isnull=False),
                name="endorsement_document_once",
            ),
            UniqueConstraint(
                fields=["endorsement"],
                condition=Q(endorsement__isnull=False, superseded_at__isnull=True),
                name="endorsement_one_current_document",
            ),
            CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="document_digest_is_hex"),
            CheckConstraint(condition=~Q(signed_by_process__startswith="web"), name="document_not_signed_by_web"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"


class SealImage(models.Model):
    """The badge image of a credential version, rasterized once for each size and baked for each award."""

    credential_version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="seal_images")
    size_px = models.PositiveIntegerField()
    png = models.BinaryField()
    svg = models.TextField()

    class Meta:
        constraints = [UniqueConstraint(fields=["credential_version", "size_px"], name="seal_image_once")]

    def __str__(self) -> str:
        return f"{self.credential_version_id} at {self.size_px} px"


class Batch(models.Model):
    """Many decisions released in one act; its progress is read from the documents of its awards."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=200)
    awards = models.ManyToManyField(Award, related_name="batches")
    started_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.label
