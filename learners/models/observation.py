"""Seeing a learner at work: the learner's invitation, and what the observer wrote."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.translation import gettext_lazy as _

from credentials.models import EvidenceRequirement

from .enrollment import Enrollment
from .evidence import StoredFile
from .people import User


class Setting(TextChoices):
    WARD = "ward", _("Ward")
    CLINIC = "clinic", _("Clinic")
    EMERGENCY = "emergency", _("Emergency")
    OPERATING = "operating", _("Operating room")
    COMMUNITY = "community", _("Community")
    SIMULATION = "simulation", _("Simulation")


class Complexity(TextChoices):
    LOW = "low", _("Simple")
    MEDIUM = "medium", _("Moderate")
    HIGH = "high", _("Complex")


# What the supervisor did, looking back. Ordinal words: never averaged, never compared with another scale.
OTTAWA = "ottawa-5"
DIRECTION = "more-is-more-independent"
ANCHORS = {
    1: (_("I had to do it"), _("The learner watched or helped; you did the task.")),
    2: (_("I had to talk them through"), _("The learner did it while you directed each step.")),
    3: (_("I had to prompt them"), _("You stepped in from time to time.")),
    4: (_("I needed to be there just in case"), _("You watched and did not step in.")),
    5: (_("I did not need to be there"), _("The learner was safe alone, for this case.")),
}


class InvitationQuerySet(QuerySet["ObservationInvitation"]):
    def mail_due(self, at: object) -> InvitationQuerySet:
        """Links to be mailed now."""
        return self.filter(
            Q(mail_after__isnull=True) | Q(mail_after__lte=at), ~Q(email=""), mailed_at__isnull=True, expires_at__gt=at
        )


class ObservationInvitation(models.Model):
    """A learner asks to be observed: by staff, who scan a code, or by one outside person, who gets a link by mail.

    Used once. What an observer puts off stays in it as a draft. The token of a mailed link is stored as its digest.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="observation_invitations")
    requirement = models.ForeignKey(
        EvidenceRequirement, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    code = models.CharField(max_length=10, unique=True)
    email = models.EmailField(blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True, null=True, blank=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    draft = models.JSONField(default=dict, blank=True)
    draft_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    mailed_at = models.DateTimeField(null=True, blank=True)
    mail_after = models.DateTimeField(null=True, blank=True)
    mail_tries = models.PositiveSmallIntegerField(default=0)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(expires_at__gt=models.F("made_at")), name="invitation_ends_after_start"),
            CheckConstraint(
                condition=Q(email="", token_sha256__isnull=True) | (~Q(email="") & Q(token_sha256__isnull=False)),
                name="invitation_link_has_address",
            ),
        ]
        indexes = [
            models.Index(
                fields=["made_at"], condition=Q(mailed_at__isnull=True) & ~Q(email=""), name="invitation_to_mail"
            )
        ]

    def __str__(self) -> str:
        return f"invitation {self.public_id}"


class ObservationQuerySet(QuerySet["Observation"]):
    def visible_to(self, user: User) -> ObservationQuerySet:
        """The learner's own, what one wrote, what belongs to work that one is assigned, and the credentials one leads."""
        from .assessment import Assignment

        assigned = Assignment.objects.open_to(user).filter(submission__enrollment=OuterRef("enrollment_id"))
        return self.filter(
            Q(enrollment__learner__user=user)
            | Q(observer=user)
            | Exists(assigned)
            | user.scope_q({"lead", "auditor"}, "enrollment__credential__")
        )


class Observation(models.Model):
    """A learner seen at work by staff or an outside preceptor; evidence, not a decision.

    The level is ordinal: its scale and direction stand beside it, and pages show its words.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="observations")
    invitation = models.OneToOneField(
        ObservationInvitation, null=True, blank=True, on_delete=models.PROTECT, related_name="observation"
    )
    observer = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    observer_email = models.EmailField(blank=True)
    scale = models.CharField(max_length=20, blank=True)
    scale_direction = models.CharField(max_length=40, blank=True)
    level = models.PositiveSmallIntegerField(null=True, blank=True)
    setting = models.CharField(max_length=20, choices=Setting.choices, blank=True)
    complexity = models.CharField(max_length=20, choices=Complexity.choices, blank=True)
    context = models.CharField(max_length=200, blank=True)
    comment = models.TextField()
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    observed_at = models.DateTimeField()

    objects = ObservationQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(observer__isnull=False) | ~Q(observer_email=""), name="observation_has_an_observer"
            ),
            CheckConstraint(
                condition=Q(level__isnull=True, scale="", scale_direction="")
                | (Q(level__range=(1, 5)) & ~Q(scale="") & ~Q(scale_direction="")),
                name="observation_level_has_its_scale",
            ),
        ]

    def __str__(self) -> str:
        return f"observation {self.public_id}"

    @property
    def words(self) -> str:
        """What the level says."""
        return str(ANCHORS[self.level][0]) if self.level is not None else ""
