"""Watching a checked list: who is told when one of its badges changes, and the mail that tells them."""

import secrets
import uuid
from datetime import datetime

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet, TextChoices, UniqueConstraint
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


def new_token() -> str:
    """An address nobody can guess, known only from mail: 256 bits."""
    return secrets.token_urlsafe(32)


class WatchQuerySet(QuerySet["Watch"]):
    def running(self, at: datetime) -> "WatchQuerySet":
        return self.filter(confirmed_at__isnull=False, ended_at__isnull=True, ends_at__gt=at)


class Watch(models.Model):
    """An address that is told of changes until a date. It begins once the address has said so itself, and ends by itself."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    token = models.CharField(max_length=64, unique=True, default=new_token, editable=False)
    email = models.EmailField()
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    next_look_at = models.DateTimeField(null=True, blank=True)

    objects = WatchQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(ends_at__gt=models.F("created_at")), name="watch_ends_later"),
            CheckConstraint(
                condition=Q(next_look_at__isnull=True) | Q(confirmed_at__isnull=False),
                name="watch_looks_once_confirmed",
            ),
        ]
        indexes = [
            models.Index(fields=["next_look_at"], name="watch_next_look"),
            models.Index(fields=["email", "created_at"], name="watch_email"),
        ]

    def __str__(self) -> str:
        return f"watch {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:watch", args=[self.token])


class WatchedBadge(models.Model):
    """One badge of a watch: the state that was seen last, and the one that was told last."""

    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="badges")
    position = models.PositiveSmallIntegerField()
    link = models.CharField(max_length=500)
    title = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=20)
    told_state = models.CharField(max_length=20)
    looked_at = models.DateTimeField()
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [UniqueConstraint(fields=["watch", "position"], name="watched_badge_once")]

    def __str__(self) -> str:
        return f"badge {self.position} of watch {self.watch_id}"


class WatchMailKind(TextChoices):
    CONFIRM = "confirm", _("asks whether it is wanted")
    CHANGES = "changes", _("tells of changes")
    ENDED = "ended", _("tells that it has ended")


class WatchMail(models.Model):
    """The outbox of watches: a row without `sent_at` is a mail that is still to be sent. One of a kind a day for each."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    watch = models.ForeignKey(Watch, on_delete=models.CASCADE, related_name="mails")
    kind = models.CharField(max_length=20, choices=WatchMailKind.choices)
    day = models.DateField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [UniqueConstraint(fields=["watch", "kind", "day"], name="watch_mail_once_a_day")]
        indexes = [models.Index(fields=["id"], condition=Q(sent_at__isnull=True), name="watch_mail_waiting")]

    def __str__(self) -> str:
        return f"{self.kind} mail of watch {self.watch_id}"
