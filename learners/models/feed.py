"""The private address of a person's deadlines."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .people import User


class CalendarFeed(models.Model):
    """One for each person. The address is known to them alone: only a digest of its token is kept."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="calendar_feed")
    token_digest = models.CharField(max_length=64, unique=True)
    is_discreet = models.BooleanField(default=False, help_text=_("Events say “Registry deadline” and nothing else."))
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"feed of {self.made_at:%Y-%m-%d}"
