"""What learners answer to their feedback."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners.models import FeedbackResponse, Submission, Usefulness, User
from learners.workflow import DecisionStatus

PLAN_MAX_LETTERS = 2000


@transaction.atomic
def answer_feedback(
    *, actor: User, submission: Submission, plan: str, plan_by: date | None, useful: str, at: datetime
) -> FeedbackResponse:
    """Keep what a learner will do, by when, and whether the feedback was useful; said again, it replaces what was said.

    useful: yes, partly, no or empty. Raises NotAllowed, Conflict (no released decision, or its feedback is gone), Invalid (nothing is said, a date
    without a plan).
    """
    require(actor, Can.FEEDBACK_ANSWER, submission)
    submission = Submission.objects.select_for_update(of=("self",)).get(pk=submission.pk)
    if not submission.decisions.filter(status=DecisionStatus.RELEASED).exists():
        raise Conflict(_("There is no feedback to answer yet."))
    if submission.results_removed_at is not None:
        raise Conflict(_("The feedback is no longer kept, so there is none to answer."))
    plan = plan.replace("\r\n", "\n").strip()
    if len(plan) > PLAN_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": PLAN_MAX_LETTERS})
    if useful not in {"", *Usefulness.values}:
        raise Invalid(_("Choose yes, partly or no."))
    if not plan and not useful:
        raise Invalid(_("Say what you will do, or whether the feedback was useful."))
    if plan_by is not None and not plan:
        raise Invalid(_("Say what you will do by that day."))
    said = {"plan": plan, "plan_by": plan_by, "useful": useful}
    standing = FeedbackResponse.objects.filter(submission=submission).first()
    if standing is None:
        return FeedbackResponse.objects.create(submission=submission, given_at=at, changed_at=at, **said)
    if {name: getattr(standing, name) for name in said} != said:
        standing.plan, standing.plan_by, standing.useful, standing.changed_at = plan, plan_by, useful, at
        standing.save(update_fields=["plan", "plan_by", "useful", "changed_at"])
    return standing
