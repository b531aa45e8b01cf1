"""The school's calendar: days on which nobody is expected to answer."""

from __future__ import annotations

from django.db import models
from django.db.models import UniqueConstraint

from credentials.models import Organization

from .people import User


class SchoolHoliday(models.Model):
    """One day off of a school. What was promised before it was entered stays promised."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="holidays")
    on = models.DateField()
    name = models.CharField(max_length=100)
    added_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [UniqueConstraint(fields=["organization", "on"], name="holiday_once")]

    def __str__(self) -> str:
        return f"{self.on} {self.name}"
