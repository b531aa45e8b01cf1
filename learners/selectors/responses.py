"""How learners found the feedback of one assessor: for that assessor alone, and counted only from a number of answers on."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest

from learners.models import Assessment, Decision, FeedbackResponse, Usefulness, User
from learners.workflow import AssessmentStatus

LEAST = 5  # below so many answers, one could tell whose they are


@dataclass(frozen=True)
class Summary:
    """How many answered yes, partly, no; None while fewer than five did. answered: of how many with a say on usefulness."""

    answered: int
    counts: list[tuple[str, int]] | None


def of_assessor(user: User) -> QuerySet[FeedbackResponse]:
    """The answers to work that a person judged and finished, never about their own."""
    judged = Assessment.objects.filter(
        submission=OuterRef("submission"), assessor=user, status=AssessmentStatus.FINISHED
    )
    return FeedbackResponse.objects.filter(Exists(judged)).exclude(submission__enrollment__learner__user=user)


def decision_panel(request: HttpRequest, decision: Decision) -> dict[str, Any] | None:
    """On the learner's own result: what they answered, or the way to answer. No query where the answer came with the submission."""
    learner = getattr(request.user, "learner", None)
    if learner is None or decision.enrollment.learner_id != learner.pk:
        return None
    if decision.submission.results_removed_at is not None:
        return None
    return {
        "submission": decision.submission,
        "response": getattr(decision.submission, "feedback_response", None),
    }


def summary(user: User) -> Summary:
    """One query."""
    counted = of_assessor(user).aggregate(**{each: Count("pk", filter=Q(useful=each)) for each in Usefulness.values})
    answered = sum(counted.values())
    shown = [(str(Usefulness(key).label), count) for key, count in counted.items()] if answered >= LEAST else None
    return Summary(answered, shown)


def plans(user: User) -> QuerySet[FeedbackResponse]:
    """What learners want to do, the newest first, to be shown without their names."""
    found = of_assessor(user).exclude(plan="")
    return found.select_related("submission__enrollment__credential_version").order_by("-changed_at", "-pk")
