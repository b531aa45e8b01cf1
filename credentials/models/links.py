"""How one item stands to another, or to a larger program: beside the frozen versions, not in them."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models.catalog import Credential


class LinkKind(TextChoices):
    SMALLER = "smaller-version", _("smaller version of")
    TOWARD = "builds-toward", _("builds toward")


class ProgramKind(TextChoices):
    DEGREE = "degree", _("degree")
    CERTIFICATE = "certificate", _("certificate")
    TRACK = "track", _("track or distinction")
    ELECTIVE = "elective", _("elective")


class CredentialLink(models.Model):
    """From an item to something larger: another item of the registry, or a program outside it, by title and address."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="links")
    kind = models.CharField(max_length=20, choices=LinkKind.choices)
    position = models.PositiveIntegerField()
    target = models.ForeignKey(Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="linked_from")
    program = models.CharField(max_length=200, blank=True)
    program_kind = models.CharField(max_length=20, choices=ProgramKind.choices, blank=True)
    program_url = models.URLField(blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(target__isnull=False, program="", program_kind="", program_url="")
                | (Q(target__isnull=True) & ~Q(program="") & ~Q(program_kind="")),
                name="credential_link_has_one_end",
            ),
            CheckConstraint(
                condition=Q(target__isnull=True) | ~Q(target=F("credential")), name="credential_link_leads_elsewhere"
            ),
            UniqueConstraint(fields=["credential", "target"], name="credential_link_once"),
            UniqueConstraint(
                fields=["credential", "program"], condition=Q(target__isnull=True), name="credential_link_program_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.target or self.program}"
