"""What can be earned. A published version and all its child rows are frozen by triggers in the database."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.workflow import CredentialStatus, VersionStatus

if TYPE_CHECKING:
    from learners.models import User


class CredentialKind(TextChoices):
    MICROCREDENTIAL = "microcredential", _("microcredential")
    DESIGNATION = "designation", _("designation")


class Level(TextChoices):
    FOUNDATION = "foundation", _("foundation")
    INTERMEDIATE = "intermediate", _("intermediate")
    ADVANCED = "advanced", _("advanced")


class Setting(TextChoices):
    CURRICULAR = "curricular", _("curricular")
    EXTRACURRICULAR = "extracurricular", _("extracurricular")
    MIXED = "mixed", _("curricular and extracurricular")


class MillerLevel(TextChoices):
    KNOWS = "knows", _("knows")
    KNOWS_HOW = "knows-how", _("knows how")
    SHOWS_HOW = "shows-how", _("shows how")
    DOES = "does", _("does")


class RenewalKind(TextChoices):
    """What a badge that lapses asks of who renews it. Short: the evidence that is marked for it, nothing more."""

    WHOLE = "whole", _("everything again")
    SHORT = "short", _("a short reassessment")


class EvidenceSource(TextChoices):
    LEARNER = "learner", _("learner")
    STAFF = "staff", _("staff")
    EVENT = "event", _("event")
    IMPORT = "import", _("import")
    TEAM = "team", _("team")


# Somebody saw the learner at work: no code can stand in for the name (DOMAIN 3.5).
OBSERVED = [EvidenceSource.STAFF, EvidenceSource.EVENT]


class Requirement(TextChoices):
    REQUIRED = "required", _("required")
    ELECTIVE = "elective", _("elective")
    OPEN = "open", _("open to everybody")


class Strength(TextChoices):
    ADDRESSES = "addresses", _("addresses")
    ASSESSES = "assesses", _("assesses")


class CredentialQuerySet(QuerySet["Credential"]):
    def offered(self) -> CredentialQuerySet:
        """Those with a published version that learners may start."""
        return self.filter(status=CredentialStatus.OFFERED)

    def editable_by(self, user: User) -> CredentialQuerySet:
        """Those whose drafts this person may edit: leads and administrators, within their organizations."""
        return self.filter(user.scope_q({"lead", "administrator"}))


class Credential(models.Model):
    """Something that can be earned (OB 3.0: Achievement): a microcredential or a designation.

    Lifecycle, owner and review date live here; what it means lives in its versions.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=20, choices=CredentialKind.choices)
    organization = models.ForeignKey("credentials.Organization", on_delete=models.PROTECT, related_name="credentials")
    code = models.CharField(max_length=40)
    slug = models.SlugField(max_length=80)
    status = models.CharField(max_length=20, choices=CredentialStatus.choices, default=CredentialStatus.DRAFT)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="owned_credentials"
    )
    review_on = models.DateField(null=True, blank=True)
    allows_early_assessment = models.BooleanField(
        default=False,
        db_default=False,
        help_text=_("Whoever can do it already may be assessed without a seat in an offering."),
    )
    current_version = models.ForeignKey(
        "credentials.CredentialVersion", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    seal_parts = models.JSONField(
        default=list,
        blank=True,
        help_text=_("What a designation's seal shows around it: public id and theme of each, set once."),
    )

    objects = CredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["organization", "code"], name="credential_code_once"),
            UniqueConstraint(fields=["organization", "slug"], name="credential_slug_once"),
            CheckConstraint(
                condition=Q(status=CredentialStatus.DRAFT) | Q(current_version__isnull=False),
                name="credential_offered_has_version",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def get_absolute_url(self) -> str:
        return reverse("credentials:credential-detail", args=[self.public_id])

    @property
    def seal_components(self) -> tuple[tuple[uuid.UUID, str], ...]:
        """Public id and theme of what its seal shows around it; empty for a microcredential."""
        return tuple((uuid.UUID(public_id), theme) for public_id, theme in self.seal_parts)


class CredentialVersion(models.Model):
    """What a credential means at one time. Frozen once published."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=VersionStatus.choices, default=VersionStatus.DRAFT)
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    title = models.CharField(max_length=200)
    theme = models.CharField(max_length=80, blank=True)
    summary = models.TextField(blank=True)
    claim = models.TextField(
        blank=True, db_default="", help_text=_("What a holder has been shown to be able to do, in one sentence.")
    )
    language = models.CharField(max_length=10, default="en")
    level = models.CharField(max_length=20, choices=Level.choices, blank=True)
    learner_phase = models.CharField(max_length=30, blank=True)
    setting = models.CharField(max_length=20, choices=Setting.choices, blank=True)
    requirement = models.CharField(max_length=20, choices=Requirement.choices, blank=True)
    delivery = models.CharField(max_length=40, blank=True)
    workload_hours = models.PositiveIntegerField(null=True, blank=True)
    workload_note = models.TextField(blank=True)
    cost = models.CharField(max_length=200, blank=True, db_default="", help_text=_("What it costs the learner."))
    professions_admitted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    assessment_methods = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    miller_level = models.CharField(max_length=20, choices=MillerLevel.choices, blank=True)
    supervision_and_identity = models.CharField(max_length=100, blank=True)
    quality_assurance = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    content_informed_by = ArrayField(models.CharField(max_length=100), default=list, blank=True)
    limits = models.TextField(blank=True, help_text=_("What it does not authorize."))
    ai_rule = models.TextField(
        blank=True, db_default="", help_text=_("Which use of artificial intelligence is allowed in the evidence.")
    )
    renewal = models.TextField(blank=True)
    statement_for_letters = models.TextField(blank=True, help_text=_("At most two sentences, for designations."))
    is_stackable = models.BooleanField(default=True)

    required_minimum_level = models.PositiveSmallIntegerField(default=3)
    optional_minimum_level = models.PositiveSmallIntegerField(default=2)
    attempts_max = models.PositiveSmallIntegerField(default=3)
    attempts_wait_days = models.PositiveSmallIntegerField(default=3, help_text=_("After a decision of not met."))
    assessors_count = models.PositiveSmallIntegerField(default=1)
    second_mark_percent = models.PositiveSmallIntegerField(default=0)
    is_blind = models.BooleanField(default=False)
    review_target_working_days = models.PositiveSmallIntegerField(default=5)
    expires_after_months = models.PositiveSmallIntegerField(null=True, blank=True)
    renewal_kind = models.CharField(
        max_length=20, choices=RenewalKind.choices, default=RenewalKind.WHOLE, db_default=RenewalKind.WHOLE
    )
    renewal_hours = models.PositiveSmallIntegerField(null=True, blank=True)
    renewal_opens_days = models.PositiveSmallIntegerField(
        default=90, db_default=90, help_text=_("So many days before it expires.")
    )
    renewal_grace_days = models.PositiveSmallIntegerField(
        default=90, db_default=90, help_text=_("So many days after it has expired; then it is earned anew.")
    )

    # For planning, not for learners: how many are expected, and how long one assessment takes.
    learners_expected = models.PositiveIntegerField(null=True, blank=True)
    assessment_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    # How often the draft was saved: whoever saves says which state they saw.
    revision = models.PositiveIntegerField(default=1, db_default=1)
    edited_at = models.DateTimeField(null=True, blank=True)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            UniqueConstraint(fields=["credential", "number"], name="version_number_once"),
            UniqueConstraint(fields=["id", "credential"], name="version_with_credential"),  # composite keys point here
            UniqueConstraint(fields=["credential"], condition=Q(status=VersionStatus.DRAFT), name="version_one_draft"),
            CheckConstraint(
                condition=Q(status=VersionStatus.DRAFT) | Q(published_at__isnull=False, published_by__isnull=False),
                name="version_published_has_time_and_actor",
            ),
            CheckConstraint(
                condition=Q(required_minimum_level__range=(1, 4), optional_minimum_level__range=(1, 4)),
                name="version_minimum_levels_in_range",
            ),
            CheckConstraint(condition=Q(attempts_max__gte=1), name="version_has_an_attempt"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("credentials:version-detail", args=[self.credential.public_id, self.number])


class Outcome(models.Model):
    version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="outcomes")
    position = models.PositiveIntegerField()
    text = models.TextField()

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "position"], name="outcome_position_once")]

    def __str__(self) -> str:
        return self.text


class Criterion(models.Model):
    """A rubric row (OB 3.0: ResultDescription)."""

    version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="criteria")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    key = models.SlugField(max_length=60)
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=200)
    looks_for = models.TextField(blank=True)
    is_required = models.BooleanField(default=True)
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["version", "position"], name="criterion_position_once"),
            UniqueConstraint(fields=["version", "key"], name="criterion_key_once"),
        ]
        verbose_name_plural = "criteria"

    def __str__(self) -> str:
        return self.name


class CriterionLevel(models.Model):
    """One of a criterion's four descriptors (OB 3.0: RubricCriterionLevel)."""

    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    value = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)
    descriptor = models.TextField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["criterion", "value"], name="criterion_level_once"),
            CheckConstraint(condition=Q(value__range=(1, 4)), name="criterion_level_in_range"),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.label}"


class Alignment(models.Model):
    """What a version, or one of its criteria, says about a competency."""

    version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="alignments")
    criterion = models.ForeignKey(Criterion, null=True, blank=True, on_delete=models.CASCADE, related_name="alignments")
    competency = models.ForeignKey("credentials.Competency", on_delete=models.PROTECT, related_name="alignments")
    strength = models.CharField(max_length=20, choices=Strength.choices, default=Strength.ASSESSES)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["version", "criterion", "competency"], nulls_distinct=False, name="alignment_once")
        ]

    def __str__(self) -> str:
        return str(self.competency)


class EvidenceRequirement(models.Model):
    version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="evidence_requirements")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=80)
    source = models.CharField(max_length=20, choices=EvidenceSource.choices, default=EvidenceSource.LEARNER)
    items_min = models.PositiveSmallIntegerField(default=1)
    patient_data_risk = models.CharField(max_length=20, default="low")
    instructions = models.TextField(blank=True)
    is_in_renewal = models.BooleanField(
        default=True, db_default=True, help_text=_("Asked for again when a badge is renewed by a short reassessment.")
    )

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "position"], name="evidence_position_once")]

    def __str__(self) -> str:
        return self.kind


class Prerequisite(models.Model):
    version = models.ForeignKey(CredentialVersion, on_delete=models.CASCADE, related_name="prerequisites")
    requires = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="required_by")

    class Meta:
        constraints = [UniqueConstraint(fields=["version", "requires"], name="prerequisite_once")]

    def __str__(self) -> str:
        return str(self.requires)


#: The events of those who wrote on a version.
WRITTEN = ("begun", "version started", "edited")


class CredentialEvent(models.Model):
    """Append-only: who moved a credential or a version, to what, why and when."""

    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="events")
    version = models.ForeignKey(
        CredentialVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="events"
    )
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    action = models.CharField(max_length=40)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.action} at {self.at:%Y-%m-%d %H:%M}"
