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
            CheckConstraint(condition=~Q(sign_in_method=""), name="consent_says_who_gave_it"),
            CheckConstraint(
                condition=Q(purpose__in=["residency", "employment", "profile"])
                | (Q(purpose="other") & ~Q(purpose_text="")),
                name="consent_says_its_purpose",
            ),
            CheckConstraint(
                condition=Q(recipients="anyone-with-link") | (Q(recipients="named") & ~Q(recipients_text="")),
                name="consent_says_its_recipients",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.public_id}"


class ConsentAward(models.Model):
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="consent_awards")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="consent_awards")
    # What the consent named of it: the key of each criterion with the word of the level. Only these may be shown.
    levels = models.JSONField(default=dict, db_default={}, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["consent", "award"], name="consent_award_once")]

    def __str__(self) -> str:
        return f"{self.consent_id}:{self.award_id}"


def new_token() -> str:
    """192 random bits, for an address."""
    return secrets.token_urlsafe(24)


class LinkKind(TextChoices):
    LINK = "link", _("link")
    PACKET = "packet", _("application packet")
    PROFILE = "profile", _("public profile")


class ShareLinkQuerySet(QuerySet["ShareLink"]):
    def open(self, at: datetime) -> "ShareLinkQuerySet":
        """Those that show something: neither they nor their consent have ended. One statement decides, whatever the cause."""
        return self.filter(Q(ends_at__isnull=True) | Q(ends_at__gt=at), consent__in=Consent.objects.standing(at))


class ShareLink(models.Model):
    """An address that opens a consent's awards, in the learner's order: `/s/<token>`, or `/p/<token>` for a profile.

    A packet's `as_of` and badges are frozen when it is made; a trigger in the database holds this.
    """

    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    kind = models.CharField(max_length=10, choices=LinkKind.choices, default=LinkKind.LINK, db_default=LinkKind.LINK)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="share_links")
    title = models.CharField(max_length=200)
    season = models.PositiveSmallIntegerField(
        null=True, blank=True, help_text=_("The year in which the positions start that a packet is for.")
    )
    as_of = models.DateTimeField(null=True, blank=True, help_text=_("A packet holds what was awarded before."))
    is_discoverable = models.BooleanField(
        default=False, db_default=False, help_text=_("Search engines may list this profile.")
    )
    is_by_theme = models.BooleanField(
        default=False, db_default=False, help_text=_("The badges stand by theme, not in one list.")
    )
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)

    objects = ShareLinkQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(kind="packet", as_of__isnull=False, season__isnull=False)
                | (~Q(kind="packet") & Q(as_of__isnull=True, season__isnull=True)),
                name="share_link_packet_has_its_date",
            ),
            CheckConstraint(
                condition=Q(is_discoverable=False) | Q(kind="profile"), name="share_link_only_profiles_are_found"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        name = "profile-page" if self.kind == LinkKind.PROFILE else "share-link"
        return reverse(f"issuance:{name}", args=[self.token])

    @property
    def is_packet(self) -> bool:
        return self.kind == LinkKind.PACKET


class ShareLinkItem(models.Model):
    link = models.ForeignKey(ShareLink, on_delete=models.CASCADE, related_name="items")
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="share_link_items")
    position = models.PositiveSmallIntegerField()
    is_highlighted = models.BooleanField(default=False)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["link", "award"], name="share_link_award_once"),
            UniqueConstraint(
                fields=["link", "position"],
                name="share_link_place_once",
                deferrable=models.Deferrable.DEFERRED,  # two change places in one transaction
            ),
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


CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that looks like another in print
CODE_LENGTH = 12  # 58 bits; guessing is also limited by RATE_LIMITS["code"]


def new_code() -> str:
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


class ShortCode(models.Model):
    """What stands on paper instead of a long address. It opens nothing that the address itself would not open."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    award = models.OneToOneField(Award, null=True, blank=True, on_delete=models.PROTECT, related_name="short_code")
    link = models.OneToOneField(ShareLink, null=True, blank=True, on_delete=models.PROTECT, related_name="short_code")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(award__isnull=False, link__isnull=True) | Q(award__isnull=True, link__isnull=False),
                name="short_code_opens_one_thing",
            )
        ]

    def __str__(self) -> str:
        return "-".join(self.code[at : at + 4] for at in range(0, CODE_LENGTH, 4))
