from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class OrganizationKind(TextChoices):
    SCHOOL = "school", _("school")
    UNIT = "unit", _("unit of a school")
    SOCIETY = "society", _("specialty society")
    PROGRAM = "program", _("residency program")
    PROVIDER = "provider", _("provider of outside credentials")
    EMPLOYER = "employer", _("employer")
    OTHER = "other", _("other organization")


#: How the `did_path` of an organization begins that signs nothing but its endorsements, by a key that the registry keeps.
ENDORSERS = "endorsers:"


class OrganizationQuerySet(QuerySet["Organization"]):
    def with_keys(self) -> OrganizationQuerySet:
        """Those that sign: issuers, and organizations outside that have endorsed something here."""
        return self.filter(Q(is_issuer=True) | Q(did_path__startswith=ENDORSERS))


class Organization(models.Model):
    """A body that issues, owns, delivers, endorses or recognizes (OB 3.0: Profile).

    `did_path` is empty for the organization at the root of PUBLIC_ORIGIN, "orgs:<slug>" for another that issues, and
    "endorsers:<id>" for one outside that has endorsed something; it is fixed once something is signed.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="units")
    kind = models.CharField(max_length=20, choices=OrganizationKind.choices, default=OrganizationKind.SCHOOL)
    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    slug = models.SlugField(max_length=60, unique=True)
    country = models.CharField(max_length=2, help_text=_("Two letters, ISO 3166-1."))
    website = models.URLField()
    contact_email = models.EmailField(blank=True)
    accredited_by = models.TextField(blank=True)
    ink = models.CharField(max_length=7, default="#1f3a5f", help_text=_("The color of the seal's lines, as #rrggbb."))
    did_path = models.CharField(max_length=100, blank=True)
    is_issuer = models.BooleanField(default=False)
    is_fictional = models.BooleanField(default=False)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(ink__regex=r"^#[0-9a-f]{6}$"), name="organization_ink_is_hex"),
            CheckConstraint(condition=Q(country__regex=r"^[A-Z]{2}$"), name="organization_country_is_iso"),
            models.UniqueConstraint(Lower("name"), name="organization_name_once"),
            models.UniqueConstraint(
                fields=["did_path"], condition=Q(is_issuer=True), name="organization_did_path_once"
            ),
            models.UniqueConstraint(
                fields=["did_path"], condition=Q(did_path__startswith=ENDORSERS), name="organization_endorser_path_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_endorser(self) -> bool:
        return self.did_path.startswith(ENDORSERS)
