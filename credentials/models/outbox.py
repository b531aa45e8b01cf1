"""Mail to people outside, who have no account: what is still to be sent is a row without `mailed_at`."""

import uuid

from django.db import models


class OutsideMail(models.Model):
    """One mail of an outbox. A subclass says whom it is about, and with `due` on its manager which are to be sent."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    made_at = models.DateTimeField()
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_after = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True
