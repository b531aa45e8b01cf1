"""What is planned for later, and who was reminded of what: beside the frozen versions, not in them."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models.catalog import Credential, CredentialVersion


class PlannedKind(TextChoices):
    PUBLISH = "publish", _("publish")
    RETIRE = "retire", _("retire")


class PlannedStatus(TextChoices):
    WAITING = "waiting", _("planned")
    DONE = "done", _("done")
    REFUSED = "refused", _("could not be done")
    CANCELED = "canceled", _("canceled")


class PlannedChange(models.Model):
    """A draft to be published, or a credential to be retired, at a time; carried out in the name of who planned it."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="planned_changes")
    version = models.ForeignKey(
        CredentialVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="planned_changes"
    )
    kind = models.CharField(max_length=20, choices=PlannedKind.choices)
    status = models.CharField(max_length=20, choices=PlannedStatus.choices, default=PlannedStatus.WAITING)
    due_at = models.DateTimeField()
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    planned_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    refusal = models.TextField(blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["credential", "kind"],
                condition=Q(status=PlannedStatus.WAITING),
                name="planned_change_one_waiting",
            ),
            CheckConstraint(
                condition=Q(kind=PlannedKind.PUBLISH, version__isnull=False)
                | Q(kind=PlannedKind.RETIRE, version__isnull=True),
                name="planned_publish_names_version",
            ),
            CheckConstraint(
                condition=Q(status=PlannedStatus.WAITING) | Q(ended_at__isnull=False),
                name="planned_change_ended_has_time",
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(status=PlannedStatus.WAITING), name="planned_change_due_idx")
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.due_at:%Y-%m-%d %H:%M}"


class ReviewReminder(models.Model):
    """The owner was told that a review is due: so many days before, each once for a date. Append-only."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="review_reminders")
    review_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["credential", "review_on", "days"], name="review_reminder_once")]

    def __str__(self) -> str:
        return f"{self.days} days before {self.review_on}"
