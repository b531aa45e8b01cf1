"""Work that waits too long: the assessor is reminded, then the lead is told, then moving it is offered."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.permissions import Role
from learners.models import Assessment, Assignment, Escalation, Notice, Submission
from learners.selectors.assigning import OPEN
from learners.services import notices
from learners.services.holidays import holidays_by_school
from learners.working_days import share_gone

REMIND, ALERT, OFFER = 60, 100, 120  # percent of the promised working time


@transaction.atomic
def escalate(*, at: datetime) -> int:
    """Tell whoever ought to know what is late, once for each step; answers how many steps were taken.

    A step that was missed while nobody looked is not told afterwards: only the highest one that is reached. Two runs at
    once tell nobody twice: whoever adds the row of the step tells.
    """
    waiting = Submission.objects.filter(status__in=OPEN, due_at__isnull=False).with_context().order_by("pk")
    told = dict(
        Escalation.objects.filter(submission__in=waiting).order_by("percent").values_list("submission", "percent")
    )
    days_off = holidays_by_school()
    taken = 0
    for submission in waiting.iterator(chunk_size=500):
        percent = reached(submission, at, days_off.get(submission.credential.organization_id, ()))
        if percent > told.get(submission.pk, 0) and _is_first(submission, percent, at):
            _tell(submission, percent, at=at)
            taken += 1
    return taken


def reached(submission: Submission, at: datetime, holidays: Collection[date] = ()) -> int:
    """The highest step that a submission has come to; 0 before the first. Days are those of the school."""
    if submission.submitted_at is None or submission.due_at is None:
        return 0
    start, due, now = map(timezone.localtime, (submission.submitted_at, submission.due_at, at))
    gone = 100 * share_gone(start, due, now, holidays)
    return max((step for step in (REMIND, ALERT, OFFER) if gone >= step), default=0)


def _is_first(submission: Submission, percent: int, at: datetime) -> bool:
    return Escalation.objects.get_or_create(submission=submission, percent=percent, defaults={"at": at})[1]


def _tell(submission: Submission, percent: int, *, at: datetime) -> None:
    title = submission.credential_version.title
    if percent == REMIND:
        finished = Assessment.objects.filter(submission=submission, status="finished", is_agreed=False)
        standing = Assignment.objects.filter(submission=submission, ended_at__isnull=True).select_related("assessor")
        notices.tell_all(
            Notice(
                user=each.assessor,
                kind="reminder",
                subject=_("%(title)s: an answer is due soon") % {"title": title},
                text=_("A submission in your queue is due soon. If you cannot judge it in time, tell the lead."),
                path=reverse("learners:marking", args=[submission.public_id]),
                created_at=at,
            )
            for each in standing.exclude(assessor__in=finished.values("assessor"))
        )
        return
    text = (
        _("The promised time is over, and the learner waits.")
        if percent == ALERT
        else _("The promised time was over a while ago. Somebody else can be given the work.")
    )
    notices.tell_role(
        Role.LEAD,
        credential=submission.credential,
        kind="late",
        subject=_("%(title)s: an answer is late") % {"title": title},
        text=text,
        path=reverse("learners:load-board"),
        at=at,
        but=[submission.learner.user_id] if submission.learner.user_id else [],
    )
