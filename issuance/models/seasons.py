"""The calendar of an application season: dates move each year and differ between services, so the school keeps them."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Organization
from learners.models import Learner, User


class SeasonDates(models.Model):
    """Append-only: the dates of a season as somebody set them; the newest row of a year holds."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="season_dates")
    year = models.PositiveSmallIntegerField(help_text=_("In which the positions start."))
    opens_on = models.DateField(null=True, blank=True, help_text=_("Applications can be begun."))
    programs_read_on = models.DateField(null=True, blank=True, help_text=_("Programs read applications and letters."))
    letters_freeze_on = models.DateField(null=True, blank=True, help_text=_("The last day that letters take in."))
    ends_on = models.DateField(help_text=_("The last day of the season."))
    set_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=(Q(opens_on__isnull=True) | Q(opens_on__lt=F("ends_on")))
                & (Q(programs_read_on__isnull=True) | Q(programs_read_on__lte=F("ends_on")))
                & (Q(letters_freeze_on__isnull=True) | Q(letters_freeze_on__lte=F("ends_on"))),
                name="season_ends_last",
            ),
            CheckConstraint(
                condition=Q(opens_on__isnull=True)
                | Q(programs_read_on__isnull=True)
                | Q(programs_read_on__gte=F("opens_on")),
                name="season_is_read_after_it_opens",
            ),
        ]
        indexes = [models.Index(fields=["organization", "year", "-at", "-id"], name="season_newest")]
        verbose_name_plural = "season dates"

    def __str__(self) -> str:
        return f"season {self.year}"


class SeasonReminder(models.Model):
    """Append-only: a learner was told of a date of their season. A date that is moved is told anew."""

    learner = models.ForeignKey(Learner, on_delete=models.PROTECT, related_name="season_reminders")
    year = models.PositiveSmallIntegerField()
    day = models.CharField(max_length=20, help_text=_("What happens on it, as config.seasons names it."))
    on = models.DateField()
    at = models.DateTimeField()

    class Meta:
        constraints = [UniqueConstraint(fields=["learner", "year", "day", "on"], name="season_reminder_once")]

    def __str__(self) -> str:
        return f"{self.day} of {self.year}"
