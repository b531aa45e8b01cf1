import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, F, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from learners.models import Award, Learner


class Purpose(TextChoices):
    RESIDENCY = "residency", _("residency application")
    EMPLOYMENT = "employment", _("employment")
    PROFILE = "profile", _("public profile")
    OTHER = "other", _("other")


class Recipients(TextChoices):
    ANYONE_WITH_LINK = "anyone-with-link", _("anyone with the link")
    NAMED = "named", _("the named program only")


class ConsentQuerySet(QuerySet["Consent"]):
    def standing(self, at: datetime) -> "ConsentQuerySet":
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), withdrawn_at__isnull=True)


class Consent(models.Model):
    """A learner's recorded permission to disclose (34 CFR 99.30): records, purpose, recipients, dated approval.

    Immutable but for `withdrawn_at`, which is set once; a trigger in the database holds this.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="consents")
    awards = models.ManyToManyField(Award, through="ConsentAward", related_name="consents")
    purpose = models.CharField(max_length=20, choices=Purpose.choices)
    purpose_text = models.CharField(max_length=200, blank=True)
    recipients = models.CharField(max_length=20, choices=Recipients.choices)
    recipients_text = models.CharField(max_length=200, blank=True)
    shows_levels = models.BooleanField(default=False)
    wording_version = models.CharField(max_length=20)
    wording = models.TextField()
    sign_in_method = models.CharField(max_length=40)
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("given_at")), name="consent_ends_later"
            ),
            CheckConstraint(condition=~Q(wording=""), name="consent_holds_its_wording"),
        ]

    def __str__(self) -> str:
        return f"consent {self.public_id}"


class ConsentAward(models.Model):
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="consent_awards")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="consent_awards")

    class Meta:
        constraints = [UniqueConstraint(fields=["consent", "award"], name="consent_award_once")]

    def __str__(self) -> str:
        return f"{self.consent_id}:{self.award_id}"


def new_token() -> str:
    """192 random bits, for an address."""
    return secrets.token_urlsafe(24)


class ShareLink(models.Model):
    """An address that opens a consent's awards, in the learner's order: `/s/<token>`."""

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="share_links")
    title = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("issuance:share-link", args=[self.token])


class ShareLinkItem(models.Model):
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="items")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="share_link_items")
    position = models.PositiveSmallIntegerField()
    is_highlighted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["link", "award"], name="share_link_award_once"),
            UniqueConstraint(fields=["link", "position"], name="share_link_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.position}"


class Disclosure(models.Model):
    """Append-only: a record that left the school, for whom and why; or a share link that was opened (time only)."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="disclosures")
    link = models.ForeignKey(ShareLink, null=True, blank=True, on_delete=models.PROTECT, related_name="views")
    recipient = models.CharField(max_length=200, blank=True)
    interest = models.TextField(blank=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"disclosure {self.pk}"
