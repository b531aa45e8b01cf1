"""What the pages about appeals show."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from learners import services
from learners.models import Appeal, Decision
from learners.selectors import assessing


def standing(appeal: Appeal, at: datetime) -> dict[str, Any]:
    """How an appeal stands: the kind of status, its word, and whether the written answer is late."""
    if appeal.decided_at is not None:
        return {"kind": "valid", "word": appeal.get_outcome_display(), "is_late": False}
    is_late = appeal.due_at is not None and at >= appeal.due_at
    word = _("With the reviewer") if appeal.reviewer_id is not None else _("Waiting for a reviewer")
    return {"kind": "waiting", "word": word, "is_late": is_late}


def judged(appeal: Appeal) -> list[dict[str, Any]]:
    """The rubric as it was judged, for the reviewer. Up to four queries."""
    version = appeal.decision.credential_version
    assessment = assessing.assessment_of(appeal.decision.submission)
    judgments = list(assessment.judgments.all()) if assessment else []
    return assessing.result_rows(version, assessing.criteria_of(version), judgments)


def decision_panel(request: HttpRequest, decision: Decision) -> dict[str, Any] | None:
    """On the learner's own result: the way to appeal while it is open, or the appeal. Two queries."""
    learner = getattr(request.user, "learner", None)
    if learner is None or decision.enrollment.learner_id != learner.pk:
        return None
    decision.enrollment.learner = learner
    appeal = Appeal.objects.filter(decision=decision).first()
    until = services.appeal_until(decision)
    if appeal is None and (until is None or timezone.now() >= until):
        return None
    return {"decision": decision, "appeal": appeal, "until": until}
