"""Rules over credentials that lead to a designation. Rules are rows: a tree of requirements, frozen once published."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, CredentialVersion, Organization
from learners.models import Award, Cohort, Learner, User
from pathways import terms
from pathways.models_allowances import CapstoneWithdrawal as CapstoneWithdrawal
from pathways.models_allowances import EnrollmentMove as EnrollmentMove
from pathways.models_allowances import WaiverWithdrawal as WaiverWithdrawal
from pathways.models_committee import CaseCondition as CaseCondition
from pathways.models_committee import CaseVote as CaseVote
from pathways.models_committee import CatchUp as CatchUp
from pathways.models_committee import CatchUpMark as CatchUpMark
from pathways.models_committee import QuorumRule as QuorumRule
from pathways.models_committee import Vote as Vote
from pathways.models_planning import PlanSetting as PlanSetting
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus, PathwayVersionStatus


class Pathway(models.Model):
    """What leads to one designation; what it asks stands in its versions."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    credential = models.OneToOneField(Credential, on_delete=models.PROTECT, related_name="pathway")

    def __str__(self) -> str:
        return self.slug

    def get_absolute_url(self) -> str:
        return reverse("pathways:pathway-detail", args=[self.public_id])


class PathwayVersion(models.Model):
    """What a pathway asks, for the cohorts that it is pinned to (none: for all)."""

    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=20, choices=PathwayVersionStatus.choices, default=PathwayVersionStatus.DRAFT)
    credential_version = models.ForeignKey(
        CredentialVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="pathway_versions"
    )
    cohorts = models.ManyToManyField(Cohort, blank=True, related_name="pathway_versions")
    published_at = models.DateTimeField(null=True, blank=True)
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    title = models.CharField(max_length=200)
    summary = models.TextField(blank=True)
    professions_admitted = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    minimum_hours = models.PositiveIntegerField(default=0)
    minimum_distinct_professions = models.PositiveSmallIntegerField(default=1)
    time_limit_months = models.PositiveSmallIntegerField(null=True, blank=True)
    components_valid_at_award = models.BooleanField(default=True)
    is_double_counting_allowed = models.BooleanField(default=False)
    shared_components_max = models.PositiveSmallIntegerField(default=1)
    recognized_max = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text=_("How many credentials of other providers may stand in for badges. Empty: any."),
    )
    max_per_learner = models.PositiveSmallIntegerField(null=True, blank=True)
    committee_on = models.DateField(
        null=True, blank=True, help_text=_("When the committee meets; badges have to be in force on that day.")
    )
    capstone_form = models.CharField(max_length=200, blank=True, help_text=_("Empty: no capstone."))
    recorded_on = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["pathway", "number"], name="pathway_version_number_once"),
            CheckConstraint(
                condition=Q(status="draft")
                | Q(published_at__isnull=False, published_by__isnull=False, credential_version__isnull=False),
                name="pathway_published_has_all",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, version {self.number}"


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

    def asks_no_more_than(self, other: Requirement) -> bool:
        """Whether it is still what another was, or less of it: then what was waived of the other is waived of it."""
        is_same = (self.kind, self.credential_id) == (other.kind, other.credential_id)
        return is_same and (self.minimum or 0) <= (other.minimum or 0)

    @property
    def name(self) -> str:
        """What people call it: a badge's title, a label, the kind. Reads the badge."""
        if self.credential is not None:
            current = self.credential.current_version
            return current.title if current else self.credential.code
        return self.label or str(self.get_kind_display()).capitalize()


class PathwayEnrollmentQuerySet(QuerySet["PathwayEnrollment"]):
    def kept_by(self, user: User) -> PathwayEnrollmentQuerySet:
        """Those of the pathways that a person runs, but for one's own and those of learners one has a conflict with."""
        barred = user.conflicts.filter(withdrawn_at__isnull=True).values("learner")
        scope = user.scope_q({"pathway-admin", "administrator"}, "pathway__credential__")
        return self.filter(scope).exclude(learner__user=user).exclude(learner__in=barred)


class PathwayEnrollment(models.Model):
    """A learner who works toward a designation, pinned to the version of their entry."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="pathway_enrollments")
    pathway = models.ForeignKey(Pathway, on_delete=models.PROTECT, related_name="enrollments")
    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="enrollments")
    status = models.CharField(
        max_length=20, choices=PathwayEnrollmentStatus.choices, default=PathwayEnrollmentStatus.ACTIVE
    )
    joined_at = models.DateTimeField()

    objects = PathwayEnrollmentQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["learner", "pathway"], condition=~Q(status="left"), name="pathway_joined_once")
        ]

    def __str__(self) -> str:
        return f"pathway enrollment {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("pathways:enrollment-detail", args=[self.public_id])

    @property
    def credential(self) -> Credential:
        return self.pathway.credential


class WaiverQuerySet(QuerySet["Waiver"]):
    def standing(self) -> WaiverQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)


class Waiver(models.Model):
    """Append-only: a requirement that a learner need not meet, or that another credential meets, with the reason.

    requirement: as it stood in the version of the day; it holds for the same rule of any version, by the rule's
    key, where that asks no more.
    number: counts those for one requirement of one learner; the earlier ones were taken back.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    enrollment = models.ForeignKey(PathwayEnrollment, on_delete=models.PROTECT, related_name="waivers")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="waivers")
    substitute = models.ForeignKey(Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = WaiverQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["enrollment", "requirement", "number"], name="waiver_number_once")]

    def __str__(self) -> str:
        return self.reason


class CapstoneRecordQuerySet(QuerySet["CapstoneRecord"]):
    def standing(self) -> CapstoneRecordQuerySet:
        """Those that were not taken back."""
        return self.filter(withdrawal__isnull=True)


class CapstoneRecord(models.Model):
    """Append-only: that a learner did the capstone that a requirement asks for, recorded by staff.

    It holds for the same rule of any version. number: counts those for one requirement of one learner.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=RandomUUID(), unique=True, editable=False)
    number = models.PositiveSmallIntegerField(default=1, db_default=1)
    enrollment = models.ForeignKey(PathwayEnrollment, on_delete=models.PROTECT, related_name="capstones")
    requirement = models.ForeignKey(Requirement, on_delete=models.PROTECT, related_name="records")
    done_on = models.DateField()
    note = models.TextField()
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = CapstoneRecordQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["enrollment", "requirement", "number"], name="capstone_number_once")]

    def __str__(self) -> str:
        return self.note


class DesignationCaseQuerySet(QuerySet["DesignationCase"]):
    def visible_to(self, user: User) -> DesignationCaseQuerySet:
        """Those before committees that one sits on or audits, but for learners whom one may not judge; one's own."""
        return self.filter(Q(learner__user=user) | Q(pk__in=DesignationCase.objects.before(user).values("pk")))

    def before(self, user: User) -> DesignationCaseQuerySet:
        """Those of the committees that one sits on or audits, but for learners with whom one has a conflict."""
        barred = user.conflicts.filter(withdrawn_at__isnull=True).values("learner")
        scope = user.scope_q({"committee", "auditor"}, "pathway_version__pathway__credential__")
        return self.filter(scope).exclude(learner__in=barred)

    def awarding(self) -> DesignationCaseQuerySet:
        """Those that ask for a designation, not those that look again at one that was awarded."""
        return self.filter(reviews__isnull=True)


class DesignationCase(models.Model):
    """A met pathway before the committee; confirming it grants the designation's award.

    reviews: the designation at which the committee looks again, because something that it counts was revoked; then it
    stays, or the registrars are asked to revoke it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="designation_cases")
    pathway_version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="cases")
    status = models.CharField(max_length=20, choices=CaseStatus.choices, default=CaseStatus.OPEN)
    opened_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    award = models.OneToOneField(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="designation_case"
    )
    reviews = models.ForeignKey(
        Award, null=True, blank=True, on_delete=models.PROTECT, related_name="designation_reviews"
    )

    objects = DesignationCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["learner", "pathway_version"],
                condition=~Q(status="declined") & Q(reviews__isnull=True),
                name="case_one_standing",
            ),
            UniqueConstraint(
                fields=["reviews"],
                condition=Q(status="open", reviews__isnull=False),
                name="case_one_open_review",
            ),
            CheckConstraint(
                condition=Q(status="open")
                | Q(status__in=["confirmed", "declined"], reviews__isnull=True)
                | Q(status__in=["kept", "to-revoke"], reviews__isnull=False),
                name="case_ends_as_it_was_asked",
            ),
            CheckConstraint(
                condition=Q(status="confirmed", award__isnull=False) | (~Q(status="confirmed") & Q(award__isnull=True)),
                name="case_confirmed_has_award",
            ),
            CheckConstraint(condition=Q(status="open") | Q(decided_at__isnull=False), name="case_decided_has_time"),
        ]

    def __str__(self) -> str:
        return f"case {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("pathways:case-detail", args=[self.public_id])

    @property
    def credential(self) -> Credential:
        return self.pathway_version.pathway.credential

    @property
    def acts(self) -> tuple[WaiverQuerySet, CapstoneRecordQuerySet]:
        """What stands of the waivers and capstones that staff granted and recorded for the learner. No query by itself."""
        of = Q(enrollment__learner=self.learner_id, enrollment__pathway=self.pathway_version.pathway_id)
        return Waiver.objects.filter(of).standing(), CapstoneRecord.objects.filter(of).standing()

    @property
    def involved(self) -> set[int]:
        """Who granted or recorded these: they do not decide on the case, too. One query."""
        waived, recorded = (acts.values_list("actor", flat=True) for acts in self.acts)
        return set(waived.union(recorded))

    @property
    def is_review(self) -> bool:
        return self.reviews_id is not None


class CaseEvent(models.Model):
    """Append-only."""

    case = models.ForeignKey(DesignationCase, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class PathwayEvent(models.Model):
    """Append-only: who moved a pathway version, to what, why and when."""

    version = models.ForeignKey(PathwayVersion, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class Plan(models.Model):
    """A learner's own order of credentials over terms; term: see `terms.py`. Nobody else reads it."""

    learner = models.ForeignKey(Learner, on_delete=models.CASCADE, related_name="plan_items")
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="+")
    term = models.CharField(max_length=40)
    position = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [UniqueConstraint(fields=["learner", "credential"], name="plan_item_once")]

    def __str__(self) -> str:
        return f"{self.term}: {self.credential}"

    @property
    def term_name(self) -> str:
        found = terms.term(self.term)
        return found.name if found else self.term
