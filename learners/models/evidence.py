from __future__ import annotations

import hashlib
import uuid

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from config.permissions import Role
from credentials.models import Credential, CredentialVersion, EvidenceRequirement
from learners.workflow import SubmissionStatus

from .enrollment import Enrollment
from .people import Learner, User


class SubmissionQuerySet(QuerySet["Submission"]):
    def with_context(self) -> SubmissionQuerySet:
        """With learner, credential and version at hand, for a page about one or many."""
        return self.select_related(
            "enrollment__learner__user", "enrollment__credential__organization", "enrollment__credential_version"
        )

    def visible_to(self, user: User) -> SubmissionQuerySet:
        """The learner's own; the assessor's assigned ones once submitted; leads and auditors of the credential.

        And whoever reviews an appeal of it, until it is answered.
        """
        from .appeals import Appeal
        from .assessment import Assignment

        reviewed = Appeal.objects.to_decide(user).filter(decision__submission=OuterRef("pk"))
        assigned = Assignment.objects.open_to(user).filter(submission=OuterRef("pk"))
        handed_in = ~Q(status__in=[SubmissionStatus.DRAFT, SubmissionStatus.EXPIRED])
        return self.filter(
            Q(enrollment__learner__user=user)
            | (handed_in & Exists(assigned))
            | Exists(reviewed)
            | (handed_in & user.scope_q({"lead", "auditor"}, "enrollment__credential__"))
        )

    def scanned(self) -> SubmissionQuerySet:
        """Those of which no file waits for the virus scanner; the others are not given to anybody yet."""
        waiting = EvidenceItem.objects.filter(submission=OuterRef("pk"), file__scan_state=ScanState.WAITING)
        return self.exclude(Exists(waiting))

    def assigned_to(self, user: User) -> SubmissionQuerySet:
        from .assessment import Assignment

        # As Assignment.held_by; the role is asked of the submission's own credential, not once more of each assignment.
        held = Assignment.objects.filter(assessor=user, ended_at__isnull=True, submission=OuterRef("pk"))
        return self.filter(user.scope_q({Role.ASSESSOR}, "enrollment__credential__"), Exists(held))

    def to_assess(self, user: User) -> SubmissionQuerySet:
        """The queue of an assessor: assigned, open, not finished by this person, and never their own work."""
        from .assessment import Assessment

        finished = Assessment.objects.filter(submission=OuterRef("pk"), assessor=user, status="finished")
        waiting = self.assigned_to(user).filter(status__in=[SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW])
        return waiting.filter(~Exists(finished)).exclude(enrollment__learner__user=user)


class Submission(models.Model):
    """One attempt: evidence items plus declarations."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="submissions")
    attempt = models.PositiveSmallIntegerField()
    status = models.CharField(max_length=20, choices=SubmissionStatus.choices, default=SubmissionStatus.DRAFT)
    started_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True, help_text=_("When the assessor's answer is promised."))
    results_removed_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the school's retention rule took its feedback away.")
    )

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        constraints = [
            # What was set aside because of patient data may be submitted anew, and a draft that expired be begun anew,
            # as the same attempt.
            UniqueConstraint(
                fields=["enrollment", "attempt"],
                condition=~Q(status__in=["quarantined", "expired"]),
                name="submission_attempt_once",
            ),
            UniqueConstraint(
                fields=["enrollment"],
                condition=Q(status__in=["draft", "submitted", "in-review"]),
                name="submission_one_open",
            ),
            CheckConstraint(condition=Q(attempt__gte=1), name="submission_attempt_from_one"),
            CheckConstraint(
                condition=Q(status__in=["draft", "withdrawn", "expired"]) | Q(submitted_at__isnull=False),
                name="submission_submitted_has_time",
            ),
        ]
        indexes = [models.Index(fields=["status", "due_at"], name="submission_queue")]

    def __str__(self) -> str:
        return f"submission {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("learners:submission-detail", args=[self.public_id])

    @property
    def number(self) -> str:
        """What it is called on pages: "1A2B3C4D"."""
        return self.public_id.hex[:8].upper()

    @property
    def learner(self) -> Learner:
        return self.enrollment.learner

    @property
    def credential(self) -> Credential:
        return self.enrollment.credential

    @property
    def credential_version(self) -> CredentialVersion:
        return self.enrollment.credential_version

    def is_assigned_to(self, user: User) -> bool:
        """Whether this person is to assess it, and is an assessor today. No query when assignments were prefetched."""
        is_named = any(each.assessor_id == user.pk and each.ended_at is None for each in self.assignments.all())
        return is_named and user.has_role(Role.ASSESSOR, self.credential)

    def is_open_to(self, user: User) -> bool:
        """The same, until some time after the decision. One query more."""
        from .assessment import Decision

        return self.is_assigned_to(user) and not Decision.objects.long_released().filter(submission=self).exists()

    def is_reviewed_by(self, user: User) -> bool:
        """Whether this person is to answer an appeal of it. One query."""
        from .appeals import Appeal

        return Appeal.objects.to_decide(user).filter(decision__submission=self).exists()


class SubmissionEvent(models.Model):
    """Append-only."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class ScanState(TextChoices):
    NOT_CONFIGURED = "not-configured", _("no scanner configured")
    WAITING = "waiting", _("waiting for the scanner")
    CLEAN = "clean", _("clean")
    INFECTED = "infected", _("refused by the scanner")


class TombstoneCause(TextChoices):
    """Why the bytes are gone; empty where it was written down before causes were."""

    PATIENT_DATA = "patient-data", _("patient data")
    SCANNER = "scanner", _("refused by the scanner")
    RETENTION = "retention", _("the school's retention rule")


class StoredFile(models.Model):
    """Bytes kept in private storage, apart from what they are evidence of.

    `media_type` was decided from the content. `quarantined_at` stops every reading; a purge removes the bytes and
    leaves the row as a tombstone.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    sha256 = models.CharField(max_length=64)
    media_type = models.CharField(max_length=100)
    size_bytes = models.PositiveBigIntegerField()
    original_name = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    scan_state = models.CharField(max_length=20, choices=ScanState.choices, default=ScanState.NOT_CONFIGURED)
    scan_after = models.DateTimeField(
        null=True, blank=True, help_text=_("Set while a worker asks the scanner, and after a try that failed.")
    )
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()
    quarantined_at = models.DateTimeField(null=True, blank=True)
    tombstoned_at = models.DateTimeField(null=True, blank=True)
    tombstone_cause = models.CharField(
        max_length=20, choices=TombstoneCause.choices, blank=True, default="", db_default=""
    )
    bytes_removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(bytes_removed_at__isnull=True) | Q(tombstoned_at__isnull=False),
                name="stored_file_bytes_go_after_the_tombstone",
            ),
            CheckConstraint(
                condition=Q(tombstone_cause="") | Q(tombstoned_at__isnull=False),
                name="stored_file_cause_is_of_a_tombstone",
            ),
            CheckConstraint(
                condition=~Q(scan_state="infected") | Q(tombstoned_at__isnull=False),
                name="stored_file_infected_is_removed",
            ),
            CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="stored_file_digest_is_hex"),
            CheckConstraint(condition=Q(size_bytes__gt=0), name="stored_file_is_not_empty"),
        ]
        indexes = [
            models.Index(fields=["scan_after", "id"], condition=Q(scan_state="waiting"), name="stored_file_to_scan"),
            models.Index(
                fields=["tombstoned_at"],
                condition=Q(tombstoned_at__isnull=False, bytes_removed_at__isnull=True),
                name="stored_file_to_remove",
            ),
        ]

    def __str__(self) -> str:
        return f"file {self.public_id}"

    @property
    def is_past_retention(self) -> bool:
        """Whether the school's retention rule removed it."""
        return self.tombstone_cause == TombstoneCause.RETENTION

    @property
    def kind_in_words(self) -> str:
        """What people call this kind of file."""
        group, _slash, name = self.media_type.partition("/")
        known = {"image": _("%(name)s picture"), "video": _("%(name)s video"), "audio": _("%(name)s sound")}
        if group in known:
            return known[group] % {"name": name.removeprefix("x-").upper()}
        return str({"application/pdf": _("PDF"), "text/plain": _("Plain text")}.get(self.media_type, _("File")))


class EvidenceKind(TextChoices):
    TEXT = "text", _("text")
    FILE = "file", _("file")
    LINK = "link", _("link")
    HOURS = "hours", _("hours")


class EvidenceItem(models.Model):
    """One piece of evidence (OB 3.0: Evidence), for one requirement of the version."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="evidence_items")
    requirement = models.ForeignKey(
        EvidenceRequirement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(max_length=20, choices=EvidenceKind.choices)
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True)
    link = models.URLField(blank=True, max_length=500)
    hours = models.DecimalField(null=True, blank=True, max_digits=6, decimal_places=2)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="evidence_items")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()
    set_aside_by = models.ForeignKey(
        "learners.PatientDataReport", null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    harmless_at = models.DateTimeField(
        null=True, blank=True, help_text=_("When the learner said that what looks like it names no patient.")
    )
    result = models.ForeignKey(
        "learners.RecordedResult", null=True, blank=True, on_delete=models.PROTECT, related_name="items"
    )
    shared_from = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="shared",
        help_text=_("What a member of the team handed in for all."),
    )
    purged_sha256 = models.CharField(max_length=64, blank=True, help_text=_("The digest of what stood here."))

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(purged_sha256="") | Q(set_aside_by__isnull=False, text="", link=""),
                name="evidence_purged_is_empty",
            ),
            CheckConstraint(
                condition=~Q(purged_sha256="")
                | (Q(kind="text") & ~Q(text=""))
                | Q(kind="file", file__isnull=False)
                | (Q(kind="link") & ~Q(link=""))
                | Q(kind="hours", hours__gt=0),
                name="evidence_has_its_content",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def sha256(self) -> str:
        """The digest of the content, which stays the same after the content was purged."""
        if self.purged_sha256:
            return self.purged_sha256
        if self.file is not None:
            return self.file.sha256
        return hashlib.sha256((self.text or self.link or str(self.hours)).encode()).hexdigest()

    @property
    def is_withheld(self) -> bool:
        """Whether it may hold patient data (or did, before it was purged), so that no page shows it."""
        return self.set_aside_by_id is not None

    @property
    def is_shared(self) -> bool:
        """Whether another member of the team handed it in for all."""
        return self.shared_from_id is not None

    @property
    def is_from_others(self) -> bool:
        """Whether staff, an event or an import gave it, so that the learner can neither change nor remove it."""
        requirement = self.requirement
        is_asked_of_others = requirement is not None and requirement.source not in {"learner", "team"}
        return is_asked_of_others or self.is_shared or self.added_by_id != self.submission.learner.user_id


class DeclarationKind(TextChoices):
    NO_PATIENT_DATA = "no-patient-data", _("free of patient data")
    OWN_WORK = "own-work", _("own work")
    AI_USE = "ai-use", _("use of AI")


class Declaration(models.Model):
    """What a learner declared on a submission, in the wording that was shown. Append-only."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="declarations")
    kind = models.CharField(max_length=20, choices=DeclarationKind.choices)
    wording_version = models.CharField(max_length=20)
    wording = models.TextField()
    answer = models.TextField(blank=True)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["submission", "kind"], name="declaration_once")]

    def __str__(self) -> str:
        return self.get_kind_display()
