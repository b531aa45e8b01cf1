"""The way to where results of others are recorded."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from config.permissions import Can, Role, allowed
from credentials.models import Credential, EvidenceRequirement
from learners.models import Enrollment, EvidenceItem, RecordedResult, Submission, User
from learners.services.evidence import FROM_LEARNER
from learners.services.result_evidence import in_words
from learners.workflow import EnrollmentStatus


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


def kept_results(enrollment: Enrollment) -> list[tuple[RecordedResult, str]]:
    """What was recorded while no attempt was open and stands in none yet, each with its words. At most one query."""
    if enrollment.status != EnrollmentStatus.ACTIVE:
        return []
    held = EvidenceItem.objects.filter(result=OuterRef("pk"))
    found = RecordedResult.objects.filter(~Exists(held), enrollment=enrollment, corrected_by__isnull=True)
    return [(each, in_words(each)) for each in found.select_related("requirement").order_by("rated_on", "pk")]
