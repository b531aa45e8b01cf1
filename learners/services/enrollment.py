"""Starting to work toward a credential."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from credentials.selectors import in_words
from credentials.workflow import CredentialStatus
from learners.models import Award, Enrollment, Learner, Submission, SubmissionEvent, User
from learners.models.people import LearnerStatus
from learners.workflow import OPEN_ENROLLMENTS, SubmissionStatus


def refusals(*, learner: Learner, credential: Credential, at: datetime) -> list[str]:
    """Why this learner cannot enroll now, in sentences; empty when nothing stands in the way. Four queries."""
    version = credential.current_version
    if credential.kind != CredentialKind.MICROCREDENTIAL:
        return [_("A designation is reached by its pathway; join the pathway instead.")]
    if credential.status != CredentialStatus.OFFERED or version is None:
        return [_("This credential is not offered at present.")]
    reasons = []
    if learner.status != LearnerStatus.ACTIVE:
        reasons.append(_("You are not an active student, so you cannot start new work."))
    if version.professions_admitted and learner.profession not in version.professions_admitted:
        admitted = ", ".join(in_words(each) for each in version.professions_admitted)
        reasons.append(_("It is open to %(admitted)s.") % {"admitted": admitted})
    held = set(
        Award.objects.counting_on(timezone.localdate(at))
        .filter(learner=learner)
        .values_list("credential_id", flat=True)
    )
    missing = [
        each.requires.current_version.title
        for each in version.prerequisites.select_related("requires__current_version").order_by("pk")
        if each.requires_id not in held and each.requires.current_version is not None
    ]
    if missing:
        reasons.append(_("Earn this first: %(missing)s.") % {"missing": ", ".join(missing)})
    if credential.pk in held and version.expires_after_months is None:
        reasons.append(_("You hold this credential already."))
    if learner.enrollments.filter(credential=credential, status__in=OPEN_ENROLLMENTS).exists():
        reasons.append(_("You are enrolled already."))
    return reasons


@transaction.atomic
def enroll(*, actor: User, learner: Learner, credential: Credential, at: datetime) -> Enrollment:
    """Enroll a learner in the current version, with a draft of the first attempt to work in.

    Raises NotAllowed (somebody else's enrollment), Invalid (with every reason), Conflict (enrolled a moment ago).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("user").get(pk=learner.pk)
    require(actor, Can.ENROLLMENT_START, learner)
    credential = Credential.objects.select_related("current_version").get(pk=credential.pk)
    version = credential.current_version
    if (reasons := refusals(learner=learner, credential=credential, at=at)) or version is None:
        raise Invalid(" ".join(reasons))
    try:
        with transaction.atomic():
            enrollment = Enrollment.objects.create(
                learner=learner,
                credential=credential,
                credential_version=version,
                enrolled_at=at,
            )
    except IntegrityError as error:
        raise Conflict(_("You are enrolled already.")) from error
    start_attempt(enrollment, 1, actor=actor, at=at)
    return enrollment


def start_attempt(enrollment: Enrollment, attempt: int, *, actor: User, at: datetime) -> Submission:
    """Make the draft of an attempt, inside the caller's transaction."""
    submission = Submission.objects.create(enrollment=enrollment, attempt=attempt, started_at=at)
    SubmissionEvent.objects.create(submission=submission, actor=actor, moved_to=SubmissionStatus.DRAFT, at=at)
    return submission
