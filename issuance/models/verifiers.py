"""What verifiers give back: whether a page told them enough, and what they ask the registrar."""

import uuid

from django.db import models
from django.db.models import CheckConstraint, Q, QuerySet
from django.urls import reverse

from issuance.workflow import QuestionStatus
from learners.models import Award, User


class PageVote(models.Model):
    """Append-only: whether the page of a badge was enough for somebody. Nothing is kept of who said so."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="page_votes")
    is_helpful = models.BooleanField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return "helpful" if self.is_helpful else "not enough"


class VerifierQuestionQuerySet(QuerySet["VerifierQuestion"]):
    def visible_to(self, user: User) -> "VerifierQuestionQuerySet":
        """Registrars and auditors of the credential."""
        return self.filter(user.scope_q({"registrar", "auditor"}, "award__credential__"))


class VerifierQuestion(models.Model):
    """What somebody asks about a badge that they see. It goes to the registrar; neither side is given the learner's address."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="verifier_questions")
    asker = models.CharField(max_length=200)
    email = models.EmailField()
    text = models.TextField()
    asked_at = models.DateTimeField()
    status = models.CharField(max_length=20, choices=QuestionStatus.choices, default=QuestionStatus.OPEN)
    closed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    closing_note = models.TextField(blank=True)

    objects = VerifierQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            CheckConstraint(
                condition=Q(status="open") | Q(closed_by__isnull=False, closed_at__isnull=False) & ~Q(closing_note=""),
                name="verifier_question_closed_has_actor",
            ),
            CheckConstraint(condition=~Q(text=""), name="verifier_question_has_text"),
        ]
        indexes = [models.Index(fields=["status", "-asked_at"], name="verifier_question_inbox")]

    def __str__(self) -> str:
        return f"question {self.public_id}"

    def get_absolute_url(self) -> str:
        return reverse("issuance:question-detail", args=[self.public_id])
