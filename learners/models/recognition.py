"""What was learned elsewhere: the rules of providers, what learners bring, how it was checked and decided."""

from __future__ import annotations

import uuid
from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import CheckConstraint, Exists, F, OuterRef, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, EvidenceRequirement, Organization
from learners.workflow import OPEN_RECOGNITIONS, RecognitionStatus

from .evidence import StoredFile, Submission
from .people import Learner, User


class RecognitionRuleQuerySet(QuerySet["RecognitionRule"]):
    def with_context(self) -> RecognitionRuleQuerySet:
        return self.select_related("provider", "credential__organization", "credential__current_version")

    def in_force(self, on: date) -> RecognitionRuleQuerySet:
        """Those by which something can be brought in on a day."""
        replaced = RecognitionRule.objects.filter(replaces=OuterRef("pk"), valid_from__lte=on)
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), ~Exists(replaced), valid_from__lte=on)

    def visible_to(self, user: User) -> RecognitionRuleQuerySet:
        """Those of the credentials that somebody leads, keeps or looks over."""
        return self.filter(user.scope_q({"lead", "administrator", "registrar", "auditor"}, "credential__"))


class RecognitionRule(models.Model):
    """What a provider's credential stands for here. Never edited: a change is a rule that replaces this one from a day on.

    `satisfies` names kinds of evidence of the credential, so that a rule outlives its versions. A series has `parts`, of
    which `parts_needed` together give the credit, as the provider's certificate of the whole does.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    family = models.UUIDField(default=uuid.uuid4, editable=False, help_text=_("The same for all that replace another."))
    credential = models.ForeignKey(Credential, on_delete=models.PROTECT, related_name="recognition_rules")
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="recognition_rules")
    title = models.CharField(max_length=200, help_text=_("What the provider calls it."))
    is_whole = models.BooleanField(default=False)
    satisfies = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    parts = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    parts_needed = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age_months = models.PositiveSmallIntegerField(null=True, blank=True)
    issuer_ids = ArrayField(models.CharField(max_length=500), default=list, blank=True)
    badge_passes = models.BooleanField(
        default=False, help_text=_("A badge of a named issuer that passes every check needs no look by staff.")
    )
    note = models.TextField(blank=True, help_text=_("For learners: what to bring."))
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    replaces = models.OneToOneField("self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by")
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    objects = RecognitionRuleQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(is_whole=True, satisfies=[]) | (Q(is_whole=False) & ~Q(satisfies=[])),
                name="recognition_rule_whole_or_some",
            ),
            CheckConstraint(
                condition=Q(parts=[], parts_needed__isnull=True) | (~Q(parts=[]) & Q(parts_needed__gte=1)),
                name="recognition_rule_series_says_how_many",
            ),
            CheckConstraint(
                condition=Q(badge_passes=False) | ~Q(issuer_ids=[]), name="recognition_rule_passes_by_named_issuer"
            ),
            CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="recognition_rule_ends_after_start",
            ),
            CheckConstraint(
                condition=Q(max_age_months__isnull=True) | Q(max_age_months__gte=1),
                name="recognition_rule_age_in_months",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("learners:recognition-rule", args=[self.public_id])


class RecognitionRuleEvent(models.Model):
    """Append-only: a rule was added, replaced or ended."""

    rule = models.ForeignKey(RecognitionRule, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class Credit(TextChoices):
    """What was accepted gives. A part of a series gives nothing before the others are there."""

    PART = "part", _("a part of a series")
    PARTIAL = "partial", _("a part of the evidence")
    WHOLE = "whole", _("the whole credential")


class RecognizedCredentialQuerySet(QuerySet["RecognizedCredential"]):
    def with_context(self) -> RecognizedCredentialQuerySet:
        return self.select_related(
            "learner__user",
            "provider",
            "rule",
            "file",
            "badge",
            "decided_by",
            "counts_toward__organization",
            "counts_toward__current_version",
        )

    def visible_to(self, user: User) -> RecognizedCredentialQuerySet:
        """A learner's own; leads, registrars and auditors of the credential that it counts toward."""
        return self.filter(Q(learner__user=user) | user.scope_q({"lead", "registrar", "auditor"}, "counts_toward__"))

    def to_decide(self, user: User) -> RecognizedCredentialQuerySet:
        """What waits for this person; never what is their own."""
        covered = user.scope_q({"lead", "registrar"}, "counts_toward__")
        return self.filter(covered, status=RecognitionStatus.SUBMITTED).exclude(learner__user=user)

    def standing_on(self, on: date) -> RecognizedCredentialQuerySet:
        """Those that are recognized on a day: accepted, not ended, not lapsed."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=on), status=RecognitionStatus.ACCEPTED)

    def giving(self, *credits: Credit) -> RecognizedCredentialQuerySet:
        """Those that give so much; Credit.WHOLE are those that stand for a credential."""
        return self.filter(credit__in=credits)


class RecognizedCredential(models.Model):
    """Learning that another provider credentialed, recognized here after a check; never "assessed here".

    Brought by a learner under a rule, with an address or a file. `is_badge`: the file is an Open Badge, kept byte for byte.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="recognized_credentials")
    provider = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="recognized_credentials")
    rule = models.ForeignKey(
        RecognitionRule, null=True, blank=True, on_delete=models.PROTECT, related_name="recognized_credentials"
    )
    title = models.CharField(max_length=200)
    part = models.CharField(max_length=200, blank=True, help_text=_("Of a series; empty for the whole."))
    earned_on = models.DateField()
    counts_toward = models.ForeignKey(
        Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="recognized_credentials"
    )
    link = models.URLField(blank=True, max_length=500)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="recognized")
    is_badge = models.BooleanField(default=False)
    status = models.CharField(max_length=20, choices=RecognitionStatus.choices, default=RecognitionStatus.SUBMITTED)
    submitted_at = models.DateTimeField(null=True, blank=True)
    check_after = models.DateTimeField(
        null=True, blank=True, help_text=_("Set while a worker asks the issuer, so that no other does.")
    )
    check_tries = models.PositiveSmallIntegerField(default=0)
    credit = models.CharField(max_length=20, blank=True, choices=Credit.choices)
    satisfies = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    is_passed_by_rule = models.BooleanField(default=False)
    reason = models.TextField(blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.TextField(blank=True)

    objects = RecognizedCredentialQuerySet.as_manager()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["learner", "rule", "part"],
                condition=Q(status__in=[*OPEN_RECOGNITIONS, RecognitionStatus.ACCEPTED]),
                name="recognized_brought_once",
            ),
            CheckConstraint(
                condition=Q(status__in=[*OPEN_RECOGNITIONS, RecognitionStatus.WITHDRAWN])
                | (Q(decided_at__isnull=False) & (Q(decided_by__isnull=False) | Q(is_passed_by_rule=True))),
                name="recognized_decided_by_person_or_rule",
            ),
            CheckConstraint(
                condition=~Q(status=RecognitionStatus.REFUSED) | ~Q(reason=""), name="recognized_refused_has_reason"
            ),
            CheckConstraint(
                condition=~Q(status__in=[RecognitionStatus.ACCEPTED, RecognitionStatus.ENDED]) | ~Q(credit=""),
                name="recognized_accepted_has_credit",
            ),
            CheckConstraint(
                condition=~Q(credit=Credit.PARTIAL) | ~Q(satisfies=[]), name="recognized_partial_says_for_what"
            ),
            CheckConstraint(
                condition=~Q(status=RecognitionStatus.ENDED) | (Q(ended_at__isnull=False) & ~Q(end_reason="")),
                name="recognized_ended_has_reason",
            ),
            CheckConstraint(
                condition=Q(rule__isnull=True)
                | Q(status=RecognitionStatus.WITHDRAWN)
                | ~Q(link="")
                | Q(file__isnull=False),
                name="recognized_has_something_to_check",
            ),
        ]
        indexes = [
            models.Index(fields=["id"], condition=Q(status=RecognitionStatus.CHECKING), name="recognized_to_check"),
            models.Index(fields=["counts_toward", "status", "submitted_at"], name="recognized_queue"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("learners:recognition-detail", args=[self.public_id])


class RecognizedBadge(models.Model):
    """What the checks of a badge answered last, and what the badge says of itself. state: as in Answer, or doubt."""

    recognized = models.OneToOneField(RecognizedCredential, on_delete=models.CASCADE, related_name="badge")
    state = models.CharField(max_length=20)
    issuer_id = models.CharField(max_length=500, blank=True)
    issuer = models.CharField(max_length=200, blank=True)
    title = models.CharField(max_length=200, blank=True)
    holder = models.CharField(max_length=200, blank=True)
    issued_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.state} at {self.checked_at:%Y-%m-%d %H:%M}"


class RecognitionCheck(models.Model):
    """One line of the last check."""

    badge = models.ForeignKey(RecognizedBadge, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=40)
    outcome = models.CharField(max_length=20)
    code = models.CharField(max_length=60)
    sentence = models.TextField()

    class Meta:
        constraints = [UniqueConstraint(fields=["badge", "position"], name="recognition_check_once")]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class RecognitionEvent(models.Model):
    """Append-only: brought in, checked, accepted, declined, withdrawn, ended. No actor: by the rule, or a worker."""

    recognized = models.ForeignKey(RecognizedCredential, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    note = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class CreditedRequirement(models.Model):
    """Append-only: what was recognized in place of a kind of evidence when it was submitted."""

    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="credited")
    requirement = models.ForeignKey(EvidenceRequirement, on_delete=models.PROTECT, related_name="+")
    recognized = models.ForeignKey(RecognizedCredential, on_delete=models.PROTECT, related_name="credited")
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["submission", "requirement"], name="credited_requirement_once")]

    def __str__(self) -> str:
        return f"requirement {self.requirement_id} of submission {self.submission_id}"
