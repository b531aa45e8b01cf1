import uuid

from django.db import models
from django.db.models import Q

from .people import User


class Notice(models.Model):
    """Something a person is told, on the site and by mail. The rows are the outbox: `mailed_at` empty is work to do.

    No level and no comment ever stands in a notice; it links to the page that shows them.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    path = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    mailed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["created_at"], condition=Q(mailed_at__isnull=True), name="notice_to_mail"),
            models.Index(fields=["user", "created_at"], name="notice_by_user"),
        ]

    def __str__(self) -> str:
        return self.subject
