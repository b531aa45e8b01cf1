"""What people outside say of a draft: whom a school asked, what they suggest, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models.catalog import CredentialVersion
from credentials.models.outbox import OutsideMail


class AskedKind(TextChoices):
    SOCIETY = "society", _("specialty society")
    PROGRAM = "program", _("residency program")
    SCHOOL = "school", _("peer school")
    EMPLOYER = "employer", _("employer")
    OTHER = "other", _("other organization")


class Recommendation(TextChoices):
    PUBLISH = "publish", _("Publish it as it is")
    CHANGE = "change", _("Publish it with changes")
    RETHINK = "rethink", _("Think it over again")


class Answer(TextChoices):
    TAKEN = "taken", _("Taken up")
    PARTLY = "partly", _("Taken up in part")
    NOT_TAKEN = "not-taken", _("Not taken up")


class OpinionRequest(models.Model):
    """One person outside is asked what they think of a draft; the token of their link is stored as its digest.

    What they put off stays in `kept`. Sent once; from then on it says what they said.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(CredentialVersion, on_delete=models.PROTECT, related_name="opinion_requests")
    organization_name = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=AskedKind.choices)
    email = models.EmailField()
    note = models.TextField(blank=True)
    token_sha256 = models.CharField(max_length=64, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    kept = models.JSONField(default=dict, blank=True)

    sent_at = models.DateTimeField(null=True, blank=True)
    recommendation = models.CharField(max_length=20, choices=Recommendation.choices, blank=True)
    general = models.TextField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    role = models.CharField(max_length=200, blank=True)
    # The organization's word that it may be named, as it was asked; and when that was taken back.
    naming_consent = models.TextField(blank=True)
    unnamed_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(expires_at__gt=F("asked_at")), name="opinion_ends_after_start"),
            CheckConstraint(
                condition=Q(sent_at__isnull=True) | ~(Q(recommendation="") | Q(name="") | Q(role="")),
                name="opinion_sent_says_who",
            ),
            CheckConstraint(condition=Q(sent_at__isnull=True) | Q(revoked_at__isnull=True), name="opinion_one_end"),
        ]
        indexes = [
            models.Index(
                fields=["sent_at"], condition=Q(sent_at__isnull=False, told_at__isnull=True), name="opinion_to_tell"
            )
        ]

    def __str__(self) -> str:
        return f"opinion {self.public_id}"

    @property
    def is_named(self) -> bool:
        """Whether the organization may be named to everybody."""
        return bool(self.sent_at and self.naming_consent and self.unnamed_at is None)


class Suggestion(models.Model):
    """What somebody outside suggests for one part of a draft, in the words that the part had then; answered once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(OpinionRequest, on_delete=models.PROTECT, related_name="suggestions")
    position = models.PositiveIntegerField()
    part = models.CharField(max_length=80)
    about = models.TextField()
    text = models.TextField()
    answer = models.CharField(max_length=20, choices=Answer.choices, blank=True)
    answer_text = models.TextField(blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["request", "position"], name="suggestion_position_once"),
            CheckConstraint(
                condition=Q(answer="", answer_text="", answered_by__isnull=True, answered_at__isnull=True)
                | (~Q(answer="") & ~Q(answer_text="") & Q(answered_by__isnull=False, answered_at__isnull=False)),
                name="suggestion_answer_is_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"suggestion {self.public_id}"


class MailKind(TextChoices):
    ASKED = "asked", _("the link")
    ANSWERED = "answered", _("what came of it")


class OpinionMailQuerySet(QuerySet["OpinionMail"]):
    def due(self, at: datetime) -> OpinionMailQuerySet:
        """To be sent now; a link that has run out or was taken back is not."""
        is_open = Q(request__revoked_at__isnull=True, request__sent_at__isnull=True, request__expires_at__gt=at)
        return self.filter(
            Q(mail_after__isnull=True) | Q(mail_after__lte=at),
            Q(kind=MailKind.ANSWERED) | is_open,
            mailed_at__isnull=True,
        )


class OpinionMail(OutsideMail):
    """A mail to somebody who was asked for an opinion."""

    request = models.ForeignKey(OpinionRequest, on_delete=models.PROTECT, related_name="mails")
    kind = models.CharField(max_length=20, choices=MailKind.choices)

    objects = OpinionMailQuerySet.as_manager()

    class Meta:
        constraints = [UniqueConstraint(fields=["request", "kind"], name="opinion_mail_once")]
        indexes = [models.Index(fields=["made_at"], condition=Q(mailed_at__isnull=True), name="opinion_mail_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
