"""The way to where results of others are recorded."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from config.permissions import Can, Role, allowed
from credentials.models import Credential, EvidenceRequirement
from learners.models import Submission, User
from learners.services.evidence import FROM_LEARNER


def results_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """The panel on the page where a credential is managed. No query of its own."""
    if credential.current_version_id is None or not allowed(request.user, Can.RESULTS_IMPORT, credential):
        return None
    return {"url": reverse("learners:results", args=[credential.public_id])}


def credentials_with_results(user: User) -> QuerySet[Credential]:
    """What is offered, of which others provide something that this person may record. One query."""
    asked = EvidenceRequirement.objects.filter(version=OuterRef("current_version")).exclude(source__in=FROM_LEARNER)
    return (
        Credential.objects.filter(user.scope_q({Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR}), Exists(asked))
        .select_related("current_version")
        .order_by("current_version__title", "pk")
    )


def record_address(user: User, submission: Submission) -> str:
    """Where somebody who reads a submission records a result of that item; empty when there is none. At most one query."""
    credential = submission.credential
    if credential.current_version_id is None or not allowed(user, Can.RESULT_RECORD, submission.enrollment):
        return ""
    asked = EvidenceRequirement.objects.filter(version=credential.current_version_id).exclude(source__in=FROM_LEARNER)
    return reverse("learners:results", args=[credential.public_id]) if asked.exists() else ""
