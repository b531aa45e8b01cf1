"""Rules are rows: a tree of requirements for each version, frozen once it is published."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, Organization

from .pathways import PathwayVersion


class RequirementKind(TextChoices):
    ALL_OF = "all-of", _("all of")
    ANY_OF = "any-of", _("any of")
    CHOOSE = "choose", _("choose n")
    IN_ORDER = "in-order", _("in this order")
    CREDENTIAL = "credential", _("a badge")
    HOURS = "hours", _("at least n hours")
    POINTS = "points", _("at least n points")
    COVERAGE = "coverage", _("competencies to cover")
    OBSERVATIONS = "observations", _("observations")
    PROFESSIONS = "professions", _("professions in team evidence")
    OUTSIDE = "outside", _("credentials of other providers")
    CAPSTONE = "capstone", _("a capstone")
    CONFIRMATION = "confirmation", _("the committee’s confirmation")


GROUPS = frozenset({RequirementKind.ALL_OF, RequirementKind.ANY_OF, RequirementKind.CHOOSE})
SUMS = frozenset({RequirementKind.HOURS, RequirementKind.POINTS, RequirementKind.COVERAGE})
# Below these stand badges and nothing else.
OF_BADGES = SUMS | {RequirementKind.IN_ORDER, RequirementKind.OBSERVATIONS}
COUNTED = frozenset(
    {
        RequirementKind.CHOOSE,
        RequirementKind.HOURS,
        RequirementKind.POINTS,
        RequirementKind.COVERAGE,
        RequirementKind.OBSERVATIONS,
        RequirementKind.PROFESSIONS,
        RequirementKind.OUTSIDE,
    }
)


class Requirement(models.Model):
    """One node of the tree: a group with children, a credential, a sum over its children or over the whole, a fact."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.UUIDField(
        default=uuid.uuid4,
        db_default=RandomUUID(),
        editable=False,
        help_text=_("The same for one rule in every version that has it."),
    )
    version = models.ForeignKey(PathwayVersion, on_delete=models.CASCADE, related_name="requirements")
    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.CASCADE, related_name="children")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=20, choices=RequirementKind.choices)
    label = models.CharField(max_length=200, blank=True)
    credential = models.ForeignKey(
        Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="requirements"
    )
    minimum = models.PositiveIntegerField(null=True, blank=True, help_text=_("How many, for what is counted."))
    points = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text=_("What a badge brings to a rule on points.")
    )
    repeats_max = models.PositiveSmallIntegerField(
        default=1, db_default=1, help_text=_("How often the same badge counts, for sums over badges.")
    )
    contexts_min = models.PositiveSmallIntegerField(default=1, db_default=1)
    assessors_min = models.PositiveSmallIntegerField(default=1, db_default=1)
    window_days = models.PositiveSmallIntegerField(null=True, blank=True)
    provider = models.ForeignKey(
        Organization, null=True, blank=True, on_delete=models.PROTECT, related_name="pathway_requirements"
    )
    codes = ArrayField(
        models.CharField(max_length=40),
        default=list,
        blank=True,
        db_default=[],
        help_text=_("Of the competencies to cover, in whichever version of their framework."),
    )

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["version", "parent", "position"], nulls_distinct=False, name="requirement_position_once"
            ),
            UniqueConstraint(fields=["version", "key"], name="requirement_key_once"),
            CheckConstraint(
                condition=Q(kind="credential", credential__isnull=False)
                | (~Q(kind="credential") & Q(credential__isnull=True)),
                name="requirement_credential_matches_kind",
            ),
            CheckConstraint(
                condition=~Q(
                    kind__in=["choose", "hours", "points", "coverage", "observations", "professions", "outside"]
                )
                | Q(minimum__gte=1),
                name="requirement_counts_something",
            ),
            CheckConstraint(
                condition=Q(repeats_max__gte=1, contexts_min__gte=1, assessors_min__gte=1),
                name="requirement_at_least_one",
            ),
            CheckConstraint(
                condition=Q(window_days__isnull=True) | Q(window_days__gte=1), name="requirement_window_has_a_day"
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.get_kind_display()

    @property
    def name(self) -> str:
        """What people call it: a badge's title, a label, the kind. Reads the badge."""
        if self.credential is not None:
            current = self.credential.current_version
            return current.title if current else self.credential.code
        return self.label or str(self.get_kind_display()).capitalize()
