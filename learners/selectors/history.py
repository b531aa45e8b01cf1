"""What staff see of one learner: the earlier feedback for those who assess them, the record for those who said why."""

from typing import Any

from django.db.models import Prefetch
from django.utils import timezone

from learners.models import Assessment, Award, Decision, Learner, Submission, User
from learners.selectors import assessing
from learners.selectors.amendments import statements_of
from learners.workflow import AssessmentStatus, DecisionStatus, standing

SHOWN = 20


def feedback(user: User, learner: Learner, *, but: Submission) -> list[dict[str, Any]]:
    """The released results of one learner that a person may read, the newest first, with what was said by criterion.

    Work that is judged blind is left out: it would give away whose it is. Five queries.
    """
    readable = Submission.objects.visible_to(user).filter(enrollment__learner=learner).exclude(pk=but.pk)
    decisions = (
        Decision.objects.filter(
            submission__in=readable,
            status=DecisionStatus.RELEASED,
            enrollment__credential_version__is_blind=False,
        )
        .with_context()
        .prefetch_related(
            Prefetch(
                "submission__assessments",
                queryset=Assessment.objects.filter(status=AssessmentStatus.FINISHED)
                .order_by("-is_agreed", "finished_at", "pk")
                .prefetch_related("judgments"),
            ),
            "enrollment__credential_version__criteria__levels",
        )
        .order_by("-effective_at", "pk")[:SHOWN]
    )
    found = []
    for decision in decisions:
        version = decision.credential_version
        criteria = sorted(version.criteria.all(), key=lambda each: each.position)
        assessment = next(iter(decision.submission.assessments.all()), None)
        judgments = list(assessment.judgments.all()) if assessment else []
        rows = assessing.result_rows(version, criteria, judgments)
        found.append({"decision": decision, "version": version, "rows": rows})
    return found


def record(user: User, learner: Learner) -> dict[str, Any]:
    """The work and the awards of one learner that a person may read, with what the learner said beside them. Three queries."""
    submissions = Submission.objects.visible_to(user).filter(enrollment__learner=learner).with_context()
    awards = Award.objects.visible_to(user).filter(learner=learner).select_related("credential_version")
    shown = list(awards.order_by("-awarded_at", "pk")[:50])
    statements = statements_of(award.pk for award in shown)
    for award in shown:
        award.statements = statements.get(award.pk, [])  # type: ignore[attr-defined]
        award.stands = standing(award.status, award.valid_until, timezone.now()).label  # type: ignore[attr-defined]
    return {
        "submissions": list(submissions.order_by("-started_at", "pk")[:50]),
        "awards": shown,
    }
