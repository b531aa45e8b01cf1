"""Who assesses a submission: qualified, not the learner, least open load; the same person on a resubmission."""

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from config.permissions import Role
from learners.models import Assignment, Submission, User
from learners.services import notices
from learners.workflow import SubmissionStatus

OPEN = [SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW]


@transaction.atomic
def assign_submission(*, submission: Submission, at: datetime) -> Assignment | None:
    """Give a submitted submission to an assessor; a consequence of submitting, harmless when repeated.

    Answers the standing assignment, a new one, or None when nobody is qualified (leads see it as unassigned).
    """
    submission = Submission.objects.select_for_update(of=("self",)).with_context().get(pk=submission.pk)
    standing = submission.assignments.filter(role="first", ended_at__isnull=True).first()
    if standing is not None or submission.status not in OPEN:
        return standing
    assessor = _former_assessor(submission, at) or _qualified(submission, at).first()
    if assessor is None:
        return None
    assignment = Assignment.objects.create(submission=submission, assessor=assessor, assigned_at=at)
    notices.tell(
        user=assessor,
        kind="assigned",
        subject=_("%(title)s: a submission to assess") % {"title": submission.credential_version.title},
        text=_("A submission waits for your judgment."),
        path=reverse("learners:marking", args=[submission.public_id]),
        at=at,
    )
    return assignment


def _qualified(submission: Submission, at: datetime) -> QuerySet[User]:
    """Active assessors of the credential or its organization, least open load first; never the learner."""
    credential = submission.credential
    in_force = Q(role_grants__until_at__isnull=True) | Q(role_grants__until_at__gt=at)
    scope = Q(role_grants__credential__isnull=True) | Q(role_grants__credential=credential)
    return (
        User.objects.filter(
            in_force,
            scope,
            is_active=True,
            role_grants__role=Role.ASSESSOR,
            role_grants__organization=credential.organization,
            role_grants__from_at__lte=at,
        )
        .exclude(learner=submission.learner)
        .annotate(
            load=Count(
                "assignments",
                filter=Q(assignments__ended_at__isnull=True, assignments__submission__status__in=OPEN),
                distinct=True,
            )
        )
        .order_by("load", "pk")
    )


def _former_assessor(submission: Submission, at: datetime) -> User | None:
    """Who assessed the attempt before this one, if still qualified."""
    former = (
        Assignment.objects.filter(
            submission__enrollment=submission.enrollment, submission__attempt=submission.attempt - 1, role="first"
        )
        .order_by("-assigned_at")
        .values_list("assessor", flat=True)
        .first()
    )
    return _qualified(submission, at).filter(pk=former).first() if former is not None else None
