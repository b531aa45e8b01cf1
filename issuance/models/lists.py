"""A list of badges that somebody without an account has checked: links or files, a row each."""

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, UniqueConstraint
from django.urls import reverse


def new_token() -> str:
    """An address nobody can guess: 256 bits."""
    return secrets.token_urlsafe(32)


class BadgeListQuerySet(QuerySet["BadgeList"]):
    def kept(self, at: datetime) -> "BadgeListQuerySet":
        return self.filter(keep_until__gt=at)


class BadgeList(models.Model):
    """One list. Whoever knows its address reads it; it is deleted after `keep_until`."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    created_at = models.DateTimeField()
    keep_until = models.DateTimeField()

    objects = BadgeListQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["keep_until"], name="badge_list_keep_until")]

    def __str__(self) -> str:
        return f"list {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:list-result", args=[self.token])


class BadgeListRow(models.Model):
    """One badge of a list: what was given, and, once it is checked, the answer. The file itself goes then."""

    badge_list = models.ForeignKey(BadgeList, on_delete=models.CASCADE, related_name="rows")
    position = models.PositiveSmallIntegerField()
    given = models.CharField(max_length=500, help_text="The link, or the file's name.")
    expected_holder = models.CharField(max_length=200, blank=True)
    content = models.BinaryField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    state = models.CharField(max_length=20, blank=True)
    cause = models.CharField(max_length=400, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    valid_until = models.DateTimeField(null=True, blank=True)
    # What a receipt says of it: the badge's own id, the digest of its signed bytes, and the list it was looked up in.
    badge_id = models.CharField(max_length=500, blank=True, db_default="")
    document_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    status_list = models.CharField(max_length=500, blank=True, db_default="")
    status_list_sha256 = models.CharField(max_length=64, blank=True, db_default="")
    status_list_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["badge_list", "position"], name="badge_list_row_once"),
            CheckConstraint(condition=Q(checked_at__isnull=True) | ~Q(state=""), name="badge_list_row_has_its_state"),
            CheckConstraint(
                condition=Q(checked_at__isnull=True) | Q(content__isnull=True), name="badge_list_row_keeps_no_file"
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(checked_at__isnull=True), name="badge_list_row_waiting"),
        ]

    def __str__(self) -> str:
        return f"row {self.position} of list {self.badge_list_id}"
