"""How a person wants to be told."""

from __future__ import annotations

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint

from learners.notice_kinds import DIGEST_HOUR, About, Way

from .enrollment import Enrollment
from .people import User


class NoticePreference(models.Model):
    """A way that differs from the usual one. What cannot be turned off is refused by the table."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notice_preferences")
    about = models.CharField(max_length=20, choices=About.choices)
    way = models.CharField(max_length=10, choices=Way.choices)

    class Meta:
        constraints = [
            UniqueConstraint(fields=["user", "about"], name="notice_preference_once"),
            CheckConstraint(condition=~Q(about="security") | Q(way="at-once"), name="notice_security_at_once"),
            CheckConstraint(condition=~Q(about="results") | ~Q(way="site"), name="notice_results_by_mail"),
        ]

    def __str__(self) -> str:
        return f"{self.about} {self.way}"


class NoticeTimes(models.Model):
    """When a person wants mail, in full hours of the school's time. Both quiet hours or none."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="notice_times")
    digest_hour = models.PositiveSmallIntegerField(default=DIGEST_HOUR)
    quiet_from = models.PositiveSmallIntegerField(null=True, blank=True)
    quiet_until = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            CheckConstraint(condition=Q(digest_hour__lte=23), name="notice_digest_hour"),
            CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__lte=23, quiet_until__lte=23, quiet_from__isnull=False, quiet_until__isnull=False),
                name="notice_quiet_hours",
            ),
        ]

    def __str__(self) -> str:
        return f"digest at {self.digest_hour}"


class DueReminder(models.Model):
    """A learner was reminded of a day, so many days before it."""

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="due_reminders")
    due_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["enrollment", "due_on", "days"], name="due_reminder_once")]

    def __str__(self) -> str:
        return f"{self.days} days before {self.due_on}"
