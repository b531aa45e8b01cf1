"""What becomes of work that is judged twice: alike, it stands; apart, the two agree, or a third assessor judges."""

from datetime import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.permissions import Role
from learners import differences
from learners.models import Assessment, SecondMarking, SecondMarkingEvent, Submission, User
from learners.models.assessment import AssessorRole
from learners.services import notices
from learners.services.holidays import working_days_after
from learners.workflow import SECOND_MARKING_MOVES, AssessmentStatus, SecondMarkingStatus, require_move

AGREE_WITHIN = 5  # working days; then a third assessor is asked


def basis(submission: Submission, assessment: Assessment, *, at: datetime) -> Assessment | None:
    """The assessment that a decision is to rest on, now that this one is finished; None while somebody is waited for.

    The caller has locked the submission. Nothing is said to anybody about what the other has judged before both have.
    """
    second = SecondMarking.objects.select_for_update().filter(submission=submission).first()
    if second is None:
        return assessment
    finished = submission.assessments.filter(status=AssessmentStatus.FINISHED).prefetch_related("judgments")
    third = finished.filter(role=AssessorRole.THIRD).first()
    if third is not None:
        return _by_third(second, third, at=at)
    originals = list(finished.filter(is_agreed=False).order_by("finished_at", "pk"))
    if len(originals) < 2:
        return None
    submission.assessments.filter(is_agreed=True).update(status=AssessmentStatus.DRAFT)  # of an earlier round
    if differences.must_be_agreed(pairs(submission, originals)):
        _move(second, SecondMarkingStatus.DIFFERS, actor=None, at=at)
        second.opened_at, second.third_after = (
            at,
            working_days_after(at, AGREE_WITHIN, organization_id=submission.credential.organization_id),
        )
        second.save(update_fields=["status", "opened_at", "third_after"])
        _ask_to_agree(submission, originals, at=at)
        return None
    _move(second, SecondMarkingStatus.SETTLED, actor=None, at=at)
    second.save(update_fields=["status"])
    return originals[0]


def pairs(submission: Submission, originals: list[Assessment]) -> list[differences.Pair]:
    """Both judgments of each criterion, in the order of the rubric. One query, and those that were prefetched."""
    version = submission.credential_version
    first, second = ({each.criterion_id: each.level for each in row.judgments.all()} for row in originals[:2])
    return [
        differences.Pair(
            criterion.name,
            criterion.is_required,
            version.required_minimum_level if criterion.is_required else version.optional_minimum_level,
            first.get(criterion.pk),
            second.get(criterion.pk),
        )
        for criterion in version.criteria.order_by("position")
    ]


def record_agreed(second: SecondMarking, agreed: Assessment, *, actor: User, reason: str, at: datetime) -> None:
    """Keep what two agreed on, with their reason; the caller has locked the row."""
    _move(second, SecondMarkingStatus.AGREED, actor=actor, note=reason, at=at)
    second.agreed, second.reason = agreed, reason
    second.save(update_fields=["status", "agreed", "reason"])


def _by_third(second: SecondMarking, third: Assessment, *, at: datetime) -> Assessment:
    if second.status != SecondMarkingStatus.AGREED:
        _move(second, SecondMarkingStatus.AGREED, actor=third.assessor, at=at)
    third.submission.assessments.filter(is_agreed=True).exclude(pk=third.pk).update(is_agreed=False)
    third.is_agreed = True
    third.save(update_fields=["is_agreed"])
    second.agreed, second.reason = third, _("Judged by a third assessor.")
    second.save(update_fields=["status", "agreed", "reason"])
    return third


def _ask_to_agree(submission: Submission, originals: list[Assessment], *, at: datetime) -> None:
    for each in originals:
        notices.tell(
            user=each.assessor,
            kind="reconcile",
            subject=_("%(title)s: two judgments to bring together") % {"title": submission.credential_version.title},
            text=_("You and another assessor judged the same work differently. Agree on a result within %(days)s days.")
            % {"days": AGREE_WITHIN},
            path=reverse("learners:reconcile", args=[submission.public_id]),
            at=at,
        )


@transaction.atomic
def ask_third_assessors(*, at: datetime) -> int:
    """Ask a third assessor wherever two have not agreed in time; answers how many. The next run of the engine finds them."""
    due = SecondMarking.objects.filter(status=SecondMarkingStatus.DIFFERS, third_after__lte=at)
    keys = list(due.values_list("submission", flat=True))
    submissions = Submission.objects.filter(pk__in=keys).order_by("pk")
    list(submissions.select_for_update().values_list("pk"))
    asked = list(due.select_for_update(of=("self",)).filter(submission__in=keys).order_by("pk"))
    by_key = {each.pk: each for each in submissions.with_context()}
    for second in asked:
        submission = by_key[second.submission_id]
        _move(second, SecondMarkingStatus.THIRD, actor=None, at=at)
        second.save(update_fields=["status"])
        notices.tell_role(
            Role.LEAD,
            credential=submission.credential,
            kind="reconcile",
            subject=_("%(title)s: a third assessor is asked") % {"title": submission.credential_version.title},
            text=_("Two assessors have not agreed in time; a third judges the work."),
            path=reverse("learners:load-board"),
            at=at,
            but=[submission.learner.user_id] if submission.learner.user_id else [],
        )
    return len(asked)


def _move(
    second: SecondMarking, target: SecondMarkingStatus, *, actor: User | None, at: datetime, note: str = ""
) -> None:
    """Set the status and keep the event; the caller saves the row with what goes with it."""
    require_move(SECOND_MARKING_MOVES, second.status, target)
    second.status = target
    SecondMarkingEvent.objects.create(second_marking=second, actor=actor, moved_to=target, note=note, at=at)
