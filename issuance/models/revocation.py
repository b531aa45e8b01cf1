import uuid

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from issuance.workflow import RevocationStatus
from learners.models import Award, User


class RevocationReason(TextChoices):
    ERROR = "error", _("issued in error")
    MISCONDUCT = "misconduct", _("misconduct")
    DUPLICATE = "duplicate", _("duplicate")
    REQUESTED = "requested", _("requested by the holder")


class RevocationRequestQuerySet(QuerySet["RevocationRequest"]):
    def visible_to(self, user: User) -> "RevocationRequestQuerySet":
        """Registrars and auditors of the credential."""
        return self.filter(user.scope_q({"registrar", "auditor"}, "award__credential__"))


class RevocationRequest(models.Model):
    """One person asks that an award be revoked, another decides. The reason is never public."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="revocation_requests")
    reason = models.CharField(max_length=20, choices=RevocationReason.choices)
    note = models.TextField()
    status = models.CharField(max_length=20, choices=RevocationStatus.choices, default=RevocationStatus.REQUESTED)
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)

    objects = RevocationRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["award"], condition=~Q(status="refused"), name="revocation_one_standing"),
            CheckConstraint(
                condition=Q(status="requested") | Q(decided_by__isnull=False, decided_at__isnull=False),
                name="revocation_decided_has_actor",
            ),
            CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("requested_by")),
                name="revocation_takes_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"revocation request {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:revocation-detail", args=[self.public_id])
