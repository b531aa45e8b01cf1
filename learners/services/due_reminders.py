"""Reminders of what a learner has to submit: a week and two days before, each once, none while away."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials.workflow import OfferingStatus
from learners.models import DueReminder, Enrollment, Notice, Submission
from learners.models.people import LearnerStatus
from learners.services.notices import tell_all
from learners.workflow import EnrollmentStatus, SubmissionStatus

STEPS = (7, 2)
BATCH = 500


@transaction.atomic
def remind_of_due(*, at: datetime) -> int:
    """Remind of drafts in offerings that close soon; answer how many were told. A second call tells nobody.

    A step that was missed while nobody looked is told late, and only the nearest one. Whoever is on leave is told nothing.
    """
    today = timezone.localdate(at)
    told = 0
    for days, after in ((STEPS[1], -1), (STEPS[0], STEPS[1])):  # the nearest first; the farther only outside of it
        draft = Submission.objects.filter(enrollment=OuterRef("pk"), status=SubmissionStatus.DRAFT)
        reminded = DueReminder.objects.filter(
            enrollment=OuterRef("pk"), due_on=OuterRef("offering__closes_on"), days__lte=days
        )
        due = (
            Enrollment.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(
                Exists(draft),
                ~Exists(reminded),
                status=EnrollmentStatus.ACTIVE,
                learner__status=LearnerStatus.ACTIVE,
                learner__user__isnull=False,
                offering__status=OfferingStatus.PLANNED,
                offering__closes_on__gt=today + timedelta(days=after),
                offering__closes_on__lte=today + timedelta(days=days),
            )
            .select_related("learner__user", "credential_version", "offering")
            .order_by("pk")[:BATCH]
        )
        found = list(due)
        # Another worker may have told them between the reading and the locking; what it told is seen now.
        done = set(
            DueReminder.objects.filter(enrollment__in=found, days__lte=days).values_list("enrollment_id", "due_on")
        )
        found = [each for each in found if each.offering and (each.pk, each.offering.closes_on) not in done]
        DueReminder.objects.bulk_create(
            DueReminder(enrollment=each, due_on=each.offering.closes_on, days=days, at=at)
            for each in found
            if each.offering is not None
        )
        tell_all(_notice(each, days, at) for each in found)
        told += len(found)
    return told


def _notice(enrollment: Enrollment, days: int, at: datetime) -> Notice:
    if enrollment.offering is None or enrollment.learner.user is None:
        raise ValueError("Only enrollments in an offering, of somebody with an account, are due.")
    closes = enrollment.offering.closes_on.strftime("%B %-d, %Y")
    return Notice(
        user=enrollment.learner.user,
        kind="due",
        subject=_("%(title)s: submit by %(day)s") % {"title": enrollment.credential_version.title, "day": closes},
        text=_("Your evidence is still a draft. Hand it in by the end of that day, or tell your school."),
        path=enrollment.get_absolute_url(),
        created_at=at,
    )
