"""Two assessors agree on a result, which stands beside what each of them judged."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners.models import Assessment, Decision, Judgment, SecondMarking, Submission, User
from learners.services import assessment as assessing
from learners.services import second_marking
from learners.services.assessment import JudgmentInput
from learners.services.kept import kept_judgments, write_kept
from learners.workflow import AssessmentStatus, DecisionOutcome, SecondMarkingStatus


@transaction.atomic
def agree_on_result(
    *,
    actor: User,
    submission: Submission,
    judgments: Sequence[JudgmentInput],
    reason: str,
    at: datetime,
    if_not_met: DecisionOutcome | None = None,
) -> Decision:
    """Record what two assessors agreed on, and propose the decision that follows; both originals stay as they are.

    Either of the two records it, after they have spoken. What is kept from the last attempt stays as it is. Raises NotAllowed, Conflict (nothing to agree on: not opened,
    agreed already, or with a third assessor), Invalid (no reason), Incomplete (a criterion without level or next step).
    """
    submission = assessing.locked(submission)
    require(actor, Can.SUBMISSION_ASSESS, submission)
    second = SecondMarking.objects.select_for_update().filter(submission=submission).first()
    if second is None or second.status != SecondMarkingStatus.DIFFERS:
        raise Conflict(_("There are no two judgments here that wait to be brought together."))
    if not reason.strip():
        raise Invalid(_("Say why you agreed on this; it is kept beside both judgments."))
    mine = submission.assessments.filter(assessor=actor, is_agreed=False, status=AssessmentStatus.FINISHED).first()
    if mine is None:
        raise Conflict(_("Only the two who judged this work bring their judgments together."))
    agreed = second.agreed or Assessment(submission=submission, is_agreed=True, started_at=at)
    agreed.assessor, agreed.role, agreed.overall_comment = actor, mine.role, mine.overall_comment
    agreed.status, agreed.saved_at, agreed.finished_at = AssessmentStatus.FINISHED, at, at
    agreed.save()
    known = set(submission.credential_version.criteria.values_list("pk", flat=True))
    if {each.criterion_id for each in judgments} - known:
        raise Invalid(_("A criterion does not belong to this rubric."))
    kept = kept_judgments(submission)  # what neither reopened
    agreed.judgments.all().delete()
    write_kept(agreed, kept)
    Judgment.objects.bulk_create(
        Judgment(
            assessment=agreed,
            criterion_id=each.criterion_id,
            level=each.level,
            cannot_judge=each.cannot_judge,
            comment=each.comment,
            next_step=each.next_step,
        )
        for each in judgments
        if each.criterion_id not in kept
    )
    second_marking.record_agreed(second, agreed, actor=actor, reason=reason, at=at)
    return assessing.propose(submission, agreed, actor=actor, at=at, if_not_met=if_not_met)
