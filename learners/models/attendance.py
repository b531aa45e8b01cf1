"""Who was there: the check-in list of an offering, and how each was rated there."""

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Criterion, Offering
from learners.workflow import AttendanceStatus

from .enrollment import Enrollment
from .people import User
from .results import RecordedResult


class CameAs(TextChoices):
    """How somebody came onto the list."""

    SEATED = "seated", _("with a seat")
    WALK_IN = "walk-in", _("walked in")


class Attendance(models.Model):
    """One learner on the check-in list of one offering, since somebody first said that they came.

    `arrived_at` is when the person at the door pressed, not when the word got through; `changed_at` the same of the last
    press, so that an older press that comes late changes nothing.
    """

    offering = models.ForeignKey(Offering, on_delete=models.PROTECT, related_name="attendance")
    enrollment = models.ForeignKey(Enrollment, on_delete=models.PROTECT, related_name="attendance")
    came_as = models.CharField(max_length=20, choices=CameAs.choices, default=CameAs.SEATED)
    status = models.CharField(max_length=20, choices=AttendanceStatus.choices)
    reason = models.CharField(max_length=200, blank=True)
    arrived_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            UniqueConstraint(fields=["offering", "enrollment"], name="attendance_once"),
            CheckConstraint(
                condition=(~Q(status=AttendanceStatus.LATE) & Q(came_as=CameAs.SEATED)) | ~Q(reason=""),
                name="attendance_late_or_walked_in_says_why",
            ),
        ]
        verbose_name_plural = "attendance"

    def __str__(self) -> str:
        return f"{self.enrollment_id} {self.status}"


class AttendanceEvent(models.Model):
    """Append-only: who said what of whose presence; pressed_at is when, at is when it got through."""

    attendance = models.ForeignKey(Attendance, on_delete=models.PROTECT, related_name="events")
    actor = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    moved_to = models.CharField(max_length=20)
    reason = models.CharField(max_length=200, blank=True)
    pressed_at = models.DateTimeField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.moved_to} at {self.at:%Y-%m-%d %H:%M}"


class RatedCriterion(models.Model):
    """Append-only: the level at which a recorded result saw one criterion. Evidence for the assessor, never a judgment."""

    result = models.ForeignKey(RecordedResult, on_delete=models.PROTECT, related_name="rated_criteria")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["result", "criterion"], name="rated_criterion_once"),
            CheckConstraint(condition=Q(level__range=(1, 4)), name="rated_criterion_level_in_range"),
        ]
        verbose_name_plural = "rated criteria"

    def __str__(self) -> str:
        return str(self.level)
