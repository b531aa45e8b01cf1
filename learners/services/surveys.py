"""What learners and assessors answer in surveys."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Organization
from learners import surveys
from learners.models import Enrollment, StudyCode, SurveyAnswer, SurveyMoment, SurveyResponse, User
from learners.selectors import surveys as selectors


@transaction.atomic
def answer_survey(
    *, actor: User, enrollment: Enrollment, moment: str, answers: Mapping[tuple[str, int | None], int], at: datetime
) -> SurveyResponse:
    """Keep a learner's answers about an enrollment. Each survey is answered once; every question may be skipped, not all.

    answers: by question and the key of a criterion (None for most). Raises NotAllowed, Conflict (not due, over, answered
    already), Invalid (nothing is said, no such question, not on its scale).
    """
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("learner", "credential__organization")
        .get(pk=enrollment.pk)
    )
    require(actor, Can.SURVEY_ANSWER, enrollment)
    due = next((each for each in selectors.of_enrollment(enrollment) if each.moment == moment), None)
    if due is None or at < due.opens_at:
        raise Conflict(_("This survey is not due yet."))
    if due.is_answered:
        raise Conflict(_("You have answered this survey already."))
    if at >= due.closes_at:
        raise Conflict(_("The time to answer this survey is over."))
    criteria = set(enrollment.credential_version.criteria.values_list("pk", flat=True))
    return _keep(
        actor=actor,
        organization=enrollment.credential.organization,
        moment=moment,
        enrollment=enrollment,
        answers=answers,
        criteria=criteria if moment == SurveyMoment.LATER else set(),
        at=at,
    )


@transaction.atomic
def answer_term_survey(
    *, actor: User, organization: Organization, answers: Mapping[tuple[str, int | None], int], at: datetime
) -> SurveyResponse:
    """Keep what an assessor says of the term that ends. Raises NotAllowed, Conflict (not asked now, answered), Invalid."""
    require(actor, Can.TERM_SURVEY_ANSWER, organization)
    list(User.objects.select_for_update().filter(pk=actor.pk).values("pk"))  # two windows are one answer
    today = timezone.localdate(at)
    term = surveys.term_of(today)
    if today < surveys.asked_from(term):
        raise Conflict(_("This survey is not due yet."))
    if SurveyResponse.objects.filter(study__user=actor, organization=organization, term=term).exists():
        raise Conflict(_("You have answered this survey already."))
    return _keep(
        actor=actor,
        organization=organization,
        moment=SurveyMoment.TERM,
        term=term,
        answers=answers,
        criteria=set(),
        at=at,
    )


def _keep(
    *,
    actor: User,
    organization: Organization,
    moment: str,
    answers: Mapping[tuple[str, int | None], int],
    criteria: set[int],
    at: datetime,
    enrollment: Enrollment | None = None,
    term: str = "",
) -> SurveyResponse:
    scales = {(each.key, None): 5 for each in surveys.QUESTIONS[moment]} | {
        (surveys.RETENTION, key): 4 for key in criteria
    }
    if not answers:
        raise Invalid(_("Answer at least one question, or leave the survey alone."))
    if not all(key in scales and 1 <= value <= scales[key] for key, value in answers.items()):
        raise Invalid(_("Choose one of the answers."))
    # Random, so that nothing of the person can be worked out from it.
    code = f"S{secrets.randbelow(10**11):011}"
    study, _is_new = StudyCode.objects.get_or_create(user=actor, defaults={"code": code})
    made = SurveyResponse.objects.create(
        study=study,
        organization=organization,
        moment=moment,
        enrollment=enrollment,
        credential=enrollment.credential if enrollment else None,
        term=term,
        answered_at=at,
    )
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(response=made, question=question, criterion_id=criterion, value=value)
        for (question, criterion), value in answers.items()
    )
    return made
