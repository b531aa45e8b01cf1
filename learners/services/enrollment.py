"""Starting to work toward a credential: conditions, seats and the waitlist, early assessment, withdrawal.

Rows are locked in one order: learner, offering, enrollments, submissions.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, Offering
from credentials.models.catalog import CredentialKind
from credentials.selectors import TAKES_NO_SEAT, in_words, prerequisites_of
from credentials.workflow import CredentialStatus
from learners.models import (
    Assignment,
    AssignmentEvent,
    Award,
    Enrollment,
    EnrollmentEvent,
    Learner,
    RecognizedCredential,
    Submission,
    SubmissionEvent,
    User,
)
from learners.models.people import LearnerStatus
from learners.models.recognition import Credit
from learners.services.notices import tell
from learners.workflow import (
    ENROLLMENT_MOVES,
    OPEN_ENROLLMENTS,
    SUBMISSION_MOVES,
    EnrollmentStatus,
    SubmissionStatus,
    require_move,
)


def refusals(
    *,
    learner: Learner,
    credential: Credential,
    at: datetime,
    is_renewal: bool = False,
    is_enrolled: bool | None = None,
    held: dict[int, datetime | None] | None = None,
) -> list[str]:
    """Why this learner cannot enroll now, in sentences; empty when nothing stands in the way. Four queries at most.

    is_renewal: to renew the badge that is held, which otherwise stands in the way. is_enrolled: whether an enrollment is
    open, and held: until when each credential's award counts, where the caller has looked; left out, it is asked.
    """
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
    if held is None:
        held = dict(Award.objects.counting_at(at).filter(learner=learner).values_list("credential_id", "valid_until"))
    missing = [
        each.requires.current_version.title
        for each in prerequisites_of(version)
        if each.requires_id not in held and each.requires.current_version is not None
    ]
    if missing:  # what is recognized as a whole stands in for it
        recognized = (
            RecognizedCredential.objects.standing_on(timezone.localdate(at))
            .giving(Credit.WHOLE)
            .filter(learner=learner, counts_toward__required_by__version=version)
        )
        known = set(recognized.values_list("counts_toward__current_version__title", flat=True))
        missing = [title for title in missing if title not in known]
    if missing:
        reasons.append(_("Earn this first: %(missing)s.") % {"missing": ", ".join(missing)})
    if not is_renewal and credential.pk in held:
        if (until := held[credential.pk]) is not None:
            day = format_date(timezone.localtime(until), "M j, Y")
            reasons.append(_("You hold this until %(day)s; it is renewed from the page of your badge.") % {"day": day})
        elif version.expires_after_months is None:
            reasons.append(_("You hold this credential already."))
    if is_enrolled is None:
        is_enrolled = learner.enrollments.filter(credential=credential, status__in=OPEN_ENROLLMENTS).exists()
    if is_enrolled:
        reasons.append(_("You are enrolled already."))
    return reasons


@transaction.atomic
def enroll(
    *,
    actor: User,
    learner: Learner,
    credential: Credential,
    at: datetime,
    offering: Offering | None = None,
    is_early: bool = False,
) -> Enrollment:
    """Enroll a learner in the current version: with a draft of the first attempt, or on the waitlist when it is full.

    offering: the one to take part in; may be left out where there is none or only one. is_early: to be assessed
    without taking part, which needs no seat. Raises NotAllowed (somebody else's enrollment), Invalid (with every
    reason), Conflict (enrolled a moment ago).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("user").get(pk=learner.pk)
    require(actor, Can.ENROLLMENT_START, learner)
    credential = Credential.objects.select_related("current_version").get(pk=credential.pk)
    version = credential.current_version
    if (reasons := refusals(learner=learner, credential=credential, at=at)) or version is None:
        raise Invalid(" ".join(reasons))
    if is_early:
        if not credential.allows_early_assessment:
            raise Invalid(_("Its owner does not offer early assessment."))
        taken = None
    else:
        taken = choose_offering(credential, offering, at)
    is_seated = taken is None or free_seats(taken) > 0
    status = EnrollmentStatus.ACTIVE if is_seated else EnrollmentStatus.WAITLISTED
    try:
        with transaction.atomic():
            enrollment = Enrollment.objects.create(
                learner=learner,
                credential=credential,
                credential_version=version,
                offering=taken,
                is_early_assessment=is_early,
                status=status,
                enrolled_at=at,
            )
    except IntegrityError as error:
        raise Conflict(_("You are enrolled already.")) from error
    EnrollmentEvent.objects.create(enrollment=enrollment, actor=actor, moved_to=status, at=at)
    if is_seated:
        start_attempt(enrollment, 1, actor=actor, at=at)
    if learner.user is not None:
        tell(
            user=learner.user,
            kind="enrolled",
            subject=subject_of(enrollment) % {"title": version.title},
            text=_("Your workspace is open: it says what to submit, and how it is judged.")
            if is_seated
            else _("All seats are taken. When one becomes free it goes to the first in line, and you are told."),
            path=enrollment.get_absolute_url(),
            at=at,
        )
    return enrollment


def subject_of(enrollment: Enrollment) -> str:
    """What a notice says of a new enrollment, but for the title."""
    if enrollment.status == EnrollmentStatus.ACTIVE:
        return _("You are enrolled: %(title)s")
    return _("You are on the waitlist: %(title)s")


def choose_offering(credential: Credential, wanted: Offering | None, at: datetime) -> Offering | None:
    """The offering to take part in, locked; None where the credential is worked on at any time."""
    running = Offering.objects.running_on(timezone.localdate(at)).filter(credential=credential)
    if wanted is None:
        choices = list(running.order_by("pk")[:2])
        if not choices:
            return None
        if len(choices) > 1:
            raise Invalid(_("Choose when and where you want to take part."))
        wanted = choices[0]
    locked = Offering.objects.select_for_update().filter(pk=wanted.pk, credential=credential).first()
    if locked is None or locked.closes_on < timezone.localdate(at):
        raise Invalid(_("This offering has closed; choose another."))
    if locked.is_canceled:
        raise Invalid(_("This offering was canceled; choose another."))
    return locked


def free_seats(offering: Offering) -> int:
    """How many may sit down now, when the offering is locked: who waits comes first."""
    if offering.seats is None:
        return 1
    rows = offering.enrollments
    waiting = rows.filter(status=EnrollmentStatus.WAITLISTED, learner__status=LearnerStatus.ACTIVE).count()
    return offering.seats - rows.exclude(status__in=TAKES_NO_SEAT).count() - waiting


@transaction.atomic
def fill_seats(*, offering: Offering, at: datetime) -> list[Enrollment]:
    """Give free seats to those who wait, in their order, and tell them. A consequence; may be called at any time.

    Who is not an active student keeps the place and is passed over. Nobody moves up once the offering has closed or was
    canceled. Work that was begun with an earlier seat goes on.
    """
    offering = Offering.objects.select_for_update().get(pk=offering.pk)
    if offering.closes_on < timezone.localdate(at) or offering.is_canceled:
        return []
    waiting = (
        offering.enrollments.select_for_update(of=("self",))
        .filter(status=EnrollmentStatus.WAITLISTED, learner__status=LearnerStatus.ACTIVE)
        .select_related("learner__user", "credential_version")
        .prefetch_related("submissions")
        .order_by("pk")
    )
    if offering.seats is not None:
        free = offering.seats - offering.enrollments.exclude(status__in=TAKES_NO_SEAT).count()
        waiting = waiting[: max(0, free)]
    moved = list(waiting)
    for enrollment in moved:
        enrollment.status = EnrollmentStatus.ACTIVE
        enrollment.save(update_fields=["status"])
        EnrollmentEvent.objects.create(
            enrollment=enrollment, moved_to=enrollment.status, note="A seat became free.", at=at
        )
        if not enrollment.submissions.all():
            start_attempt(enrollment, 1, actor=None, at=at)
        if enrollment.learner.user is not None:
            tell(
                user=enrollment.learner.user,
                kind="waitlist-moved",
                subject=_("You have a seat: %(title)s") % {"title": enrollment.credential_version.title},
                text=_("A seat became free and it is yours. Your workspace is open."),
                path=enrollment.get_absolute_url(),
                at=at,
            )
    return moved


def why_not_withdraw(enrollment: Enrollment, newest: Submission | None) -> str:
    """What stands in the way of withdrawing, in a sentence; empty when nothing does. No query."""
    if enrollment.status not in OPEN_ENROLLMENTS:
        return _("This enrollment has ended.")
    if newest is not None and newest.status == SubmissionStatus.IN_REVIEW:
        return _("Your evidence is being assessed; you can withdraw once the answer is there.")
    return ""


@transaction.atomic
def withdraw(*, actor: User, enrollment: Enrollment, at: datetime, note: str = "") -> Enrollment:
    """End an enrollment at the learner's wish; a freed seat goes to the first who waits.

    What was gathered stays on record; evidence that waits for an assessor is taken back. Raises NotAllowed, Conflict
    (ended, or being assessed).
    """
    require(actor, Can.ENROLLMENT_START, enrollment.learner)
    # Asked before anything is locked too: who releases a decision on the work locks in another order.
    if reason := why_not_withdraw(enrollment, enrollment.submissions.order_by("-attempt", "-pk").first()):
        raise Conflict(reason)
    Learner.objects.select_for_update().get(pk=enrollment.learner_id)
    if enrollment.offering_id is not None:
        Offering.objects.select_for_update().get(pk=enrollment.offering_id)
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("offering", "credential_version")
        .get(pk=enrollment.pk)
    )
    newest = Submission.objects.select_for_update().filter(enrollment=enrollment).order_by("-attempt", "-pk").first()
    if reason := why_not_withdraw(enrollment, newest):
        raise Conflict(reason)
    require_move(ENROLLMENT_MOVES, enrollment.status, EnrollmentStatus.WITHDRAWN)
    if newest is not None and SubmissionStatus.WITHDRAWN in SUBMISSION_MOVES[newest.status]:
        newest.form_drafts.all().delete()
        newest.status = SubmissionStatus.WITHDRAWN
        newest.save(update_fields=["status"])
        SubmissionEvent.objects.create(submission=newest, actor=actor, moved_to=newest.status, note=note, at=at)
        _end_assignments(newest, actor=actor, at=at)
    enrollment.status, enrollment.ended_at = EnrollmentStatus.WITHDRAWN, at
    enrollment.save(update_fields=["status", "ended_at"])
    EnrollmentEvent.objects.create(enrollment=enrollment, actor=actor, moved_to=enrollment.status, note=note, at=at)
    if enrollment.offering is not None:
        fill_seats(offering=enrollment.offering, at=at)
    return enrollment


def _end_assignments(submission: Submission, *, actor: User, at: datetime) -> None:
    """Nobody is to assess what its learner took back."""
    ended = list(Assignment.objects.select_for_update().filter(submission=submission, ended_at__isnull=True))
    Assignment.objects.filter(pk__in=[each.pk for each in ended]).update(ended_at=at)
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(assignment=each, actor=actor, moved_to="ended", note="The learner withdrew.", at=at)
        for each in ended
    )


def start_attempt(enrollment: Enrollment, attempt: int, *, actor: User | None, at: datetime) -> Submission:
    """Make the draft of an attempt, inside the caller's transaction. No actor where a free seat began it."""
    submission = Submission.objects.create(enrollment=enrollment, attempt=attempt, started_at=at)
    SubmissionEvent.objects.create(submission=submission, actor=actor, moved_to=SubmissionStatus.DRAFT, at=at)
    return submission
