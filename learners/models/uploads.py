from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from .evidence import Submission
from .people import User


class Upload(models.Model):
    """A file on its way, in parts, so that a lost connection costs one part. Gone once it is evidence, or after a day.

    What the browser knows of a file before it is sent (name, size, when it was changed) says whether it is the same.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="uploads")
    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    size_bytes = models.PositiveBigIntegerField()
    changed_ms = models.BigIntegerField()  # milliseconds since 1970, by the clock of the learner's machine
    received_bytes = models.PositiveBigIntegerField(default=0)
    seen_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["submission", "owner", "name", "size_bytes", "changed_ms"], name="upload_once"),
            CheckConstraint(condition=Q(received_bytes__lte=models.F("size_bytes")), name="upload_not_more_than_all"),
        ]

    def __str__(self) -> str:
        return f"upload {self.public_id}"

    @property
    def percent(self) -> int:
        return 100 * self.received_bytes // self.size_bytes


class UploadPart(models.Model):
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="parts")
    offset = models.PositiveBigIntegerField()
    path = models.CharField(max_length=200)

    class Meta:
        constraints = [UniqueConstraint(fields=["upload", "offset"], name="upload_part_once")]

    def __str__(self) -> str:
        return f"part of {self.upload_id} from {self.offset}"
