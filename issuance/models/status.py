import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint

from credentials.models import Organization

from .documents import SignedDocument
from .keys import SigningKey


class StatusList(models.Model):
    """A Bitstring Status List for revocation, of one organization. `signed_bytes` is what is served.

    `reserved` counts the positions handed out; position n stands at index permute(permutation_key, n, size).
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=131_072)
    reserved = models.PositiveIntegerField(default=0)
    permutation_key = models.BinaryField()
    bits = models.BinaryField()
    signed_bytes = models.BinaryField(blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    key = models.ForeignKey(SigningKey, null=True, blank=True, on_delete=models.PROTECT, related_name="status_lists")
    signed_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "number"], name="status_list_number_once"),
            CheckConstraint(condition=Q(size__gte=131_072), name="status_list_is_long_enough"),
            CheckConstraint(condition=Q(reserved__lte=F("size")), name="status_list_is_not_overfull"),
        ]

    def __str__(self) -> str:
        return f"status list {self.number}"


class StatusEntry(models.Model):
    """The position of one document in a status list."""

    document = models.OneToOneField(SignedDocument, on_delete=models.PROTECT, related_name="status_entry")
    list = models.ForeignKey(StatusList, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["list", "index"], name="status_index_once")]
        verbose_name_plural = "status entries"

    def __str__(self) -> str:
        return f"{self.list_id}#{self.index}"
