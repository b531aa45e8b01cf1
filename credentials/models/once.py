"""Forms that make something carry a key of their own, so that one that is sent twice makes it once."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Now


class SentForm(models.Model):
    """A form that was sent, and what came of it. Written in the same transaction, and forgotten after a month."""

    kind = models.CharField(max_length=60, help_text="The name of the service that made it.")
    key = models.UUIDField()
    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    made_table = models.CharField(max_length=80, blank=True)
    made_id = models.BigIntegerField(null=True, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "key", "sender"], nulls_distinct=False, name="form_sent_once")
        ]
        indexes = [models.Index(fields=["at"], name="sent_form_by_age")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
