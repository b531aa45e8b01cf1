"""What keeps an assessor from judging: telling the leads, passing the work on, and the leads' answer."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, Role, require
from learners.models import Assignment, AssignmentEvent, Concern, Submission, User
from learners.models.marking import ConcernKind
from learners.services import assignment, marking, notices
from learners.workflow import SubmissionStatus

OPEN = {SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW}


@transaction.atomic
def raise_concern(*, actor: User, submission: Submission, kind: ConcernKind, text: str, at: datetime) -> Concern:
    """Tell the leads of a credential what keeps the actor from judging a submission.

    Misconduct holds the submission: it is not finished before a lead has answered. "Not my field" ends the actor's
    assignment, and the engine finds somebody else, or a lead does. A second call answers the concern that is open. Raises NotAllowed, Invalid
    (no words), Conflict (decided already).
    """
    submission = (
        Submission.objects.select_for_update(of=("self",))
        .with_context()
        .prefetch_related("assignments")
        .get(pk=submission.pk)
    )
    require(actor, Can.SUBMISSION_ASSESS, submission)
    text = text.strip()
    if not text:
        raise Invalid(_("Say what it is about, so that the lead can act on it."))
    if submission.status not in OPEN:
        raise Conflict(_("This submission is decided. Speak with the lead of the credential."))
    standing = Concern.objects.filter(submission=submission, kind=kind, closed_at__isnull=True).first()
    concern = standing or Concern.objects.create(
        submission=submission, kind=kind, text=text, raised_by=actor, raised_at=at
    )
    if kind == ConcernKind.NOT_MY_FIELD:
        _pass_on(actor, submission, note=_("Not my field: %(text)s") % {"text": text}, at=at)
    if standing is None:
        notices.tell_role(
            Role.LEAD,
            credential=submission.credential,
            kind="concern",
            subject=_("%(title)s: an assessor needs you") % {"title": submission.credential_version.title},
            text=_("An assessor cannot judge a submission and says why."),
            path=reverse("learners:concern-list"),
            at=at,
            but=[key for key in (actor.pk, submission.learner.user_id) if key is not None],
        )
    return concern


def _pass_on(actor: User, submission: Submission, *, note: str, at: datetime) -> None:
    """End the actor's assignment; the engine gives the work to nobody from whom it was taken."""
    mine = Assignment.objects.get(submission=submission, assessor=actor, ended_at__isnull=True)
    mine.ended_at = at
    mine.save(update_fields=["ended_at"])
    AssignmentEvent.objects.create(assignment=mine, actor=actor, moved_to="ended", note=note, at=at)
    marking.let_go(actor=actor, submission=submission)
    assignment.assign_submission(submission=submission, at=at)


@transaction.atomic
def close_concern(*, actor: User, concern: Concern, answer: str, at: datetime) -> Concern:
    """Answer a concern, which lets the submission go on; whoever raised it is told.

    Raises NotAllowed, Invalid (no words), Conflict (answered already).
    """
    concern = (
        Concern.objects.select_for_update(of=("self",))
        .select_related(
            "submission__enrollment__learner",
            "submission__enrollment__credential__organization",
            "submission__enrollment__credential_version",
            "raised_by",
        )
        .get(pk=concern.pk)
    )
    require(actor, Can.CONCERN_CLOSE, concern)
    answer = answer.strip()
    if not answer:
        raise Invalid(_("Write what was decided; it is kept with the concern."))
    if concern.closed_at is not None:
        raise Conflict(_("This was answered already."))
    concern.closed_by, concern.closed_at, concern.answer = actor, at, answer
    concern.save(update_fields=["closed_by", "closed_at", "answer"])
    if concern.raised_by_id != actor.pk:
        notices.tell(
            user=concern.raised_by,
            kind="concern",
            subject=_("%(title)s: the lead has answered") % {"title": concern.submission.credential_version.title},
            text=_("There is an answer to the concern that you raised."),
            path=reverse("learners:concern-list"),
            at=at,
        )
    return concern
