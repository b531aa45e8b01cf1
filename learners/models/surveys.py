"""What learners and assessors answer about their learning and judging: for evaluation, never for a judgment of anybody."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, TextChoices, UniqueConstraint
from django.utils.translation import gettext_lazy as _

from credentials.models import Credential, Criterion, Organization

from .enrollment import Enrollment
from .people import User


class SurveyMoment(TextChoices):
    ENROLLMENT = "enrollment", _("when it begins")
    AWARD = "award", _("once it is earned")
    LATER = "later", _("six months after")
    TERM = "term", _("at the end of a term")


class StudyCode(models.Model):
    """Under which ID a person's answers are given out. Never shown beside a name; without a user, nobody knows whose it is."""

    user = models.OneToOneField(User, null=True, blank=True, on_delete=models.CASCADE, related_name="study_code")
    code = models.CharField(max_length=12, unique=True, editable=False)

    def __str__(self) -> str:
        return self.code


class SurveyResponse(models.Model):
    """One survey, answered: of a learner about an enrollment, or of an assessor about a term at a school.

    `unlinked_at`: the retention rule took away whose it is; the item that it is about, or the term, stays.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    study = models.ForeignKey(StudyCode, on_delete=models.CASCADE, related_name="responses")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    moment = models.CharField(max_length=20, choices=SurveyMoment.choices)
    enrollment = models.ForeignKey(
        Enrollment, null=True, blank=True, on_delete=models.CASCADE, related_name="survey_responses"
    )
    credential = models.ForeignKey(Credential, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    term = models.CharField(max_length=20, blank=True, help_text=_("Such as 2026-fall."))
    unlinked_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField()

    class Meta:
        constraints = [
            UniqueConstraint(fields=["enrollment", "moment"], name="survey_once_for_each_moment"),
            UniqueConstraint(
                fields=["organization", "term", "study"], condition=~Q(term=""), name="survey_once_a_term"
            ),
            CheckConstraint(
                condition=Q(moment=SurveyMoment.TERM, credential__isnull=True) & ~Q(term="")
                | ~Q(moment=SurveyMoment.TERM) & Q(credential__isnull=False, term=""),
                name="survey_of_an_item_or_a_term",
            ),
            CheckConstraint(
                condition=Q(moment=SurveyMoment.TERM, enrollment__isnull=True)
                | ~Q(moment=SurveyMoment.TERM)
                & (
                    Q(enrollment__isnull=False, unlinked_at__isnull=True)
                    | Q(enrollment__isnull=True, unlinked_at__isnull=False)
                ),
                name="survey_unlinked_names_no_enrollment",
            ),
        ]
        indexes = [
            models.Index(
                fields=["organization", "answered_at"],
                condition=Q(unlinked_at__isnull=True),
                name="survey_still_linked",
            ),
        ]

    def __str__(self) -> str:
        return f"survey {self.public_id}"


class SurveyAnswer(models.Model):
    """One question, answered on a scale; what was skipped has no row."""

    response = models.ForeignKey(SurveyResponse, on_delete=models.CASCADE, related_name="answers")
    question = models.CharField(max_length=20)
    criterion = models.ForeignKey(Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    value = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            UniqueConstraint(
                fields=["response", "question", "criterion"], nulls_distinct=False, name="survey_answer_once"
            ),
            CheckConstraint(condition=Q(value__range=(1, 5)), name="survey_answer_on_its_scale"),
        ]

    def __str__(self) -> str:
        return f"{self.question}: {self.value}"
