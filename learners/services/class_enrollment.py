"""Enrolling a whole class in what it is required to do."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Invalid
from config.permissions import Can, require
from credentials.models import Credential, CredentialVersion, Offering
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus
from learners.models import (
    Award,
    Cohort,
    Enrollment,
    EnrollmentEvent,
    Learner,
    Notice,
    Submission,
    SubmissionEvent,
    User,
)
from learners.models.people import LearnerStatus
from learners.services.enrollment import choose_offering, free_seats, subject_of
from learners.services.notices import tell_all
from learners.workflow import OPEN_ENROLLMENTS, EnrollmentStatus, SubmissionStatus

REQUIRED = "required"


@dataclass
class ClassEnrollment:
    """Who of a class is enrolled or waits for a seat, and who is left out, by reason."""

    enrolled: list[Learner] = field(default_factory=list)
    waitlisted: list[Learner] = field(default_factory=list)
    already: list[Learner] = field(default_factory=list)
    holding: list[Learner] = field(default_factory=list)
    not_admitted: list[Learner] = field(default_factory=list)
    not_active: list[Learner] = field(default_factory=list)
    lacking: list[Learner] = field(default_factory=list)


@transaction.atomic
def count_class(
    *, actor: User, credential: Credential, cohort: Cohort, at: datetime, offering: Offering | None = None
) -> ClassEnrollment:
    """What `enroll_class` would do now; nothing is written. At most eleven queries. Raises as it does."""
    version = _required_version(actor, credential, cohort)
    taken = choose_offering(credential, offering, at)
    learners = list(Learner.objects.filter(cohort=cohort).order_by("display_name", "pk"))
    return _seat(_sort_out(learners, version, at), taken)


@transaction.atomic
def enroll_class(
    *, actor: User, credential: Credential, cohort: Cohort, at: datetime, offering: Offering | None = None
) -> ClassEnrollment:
    """Enroll every learner of a class who may start and has not; a second call enrolls nobody.

    offering: the one to take part in; may be left out where there is none or only one. Its seats hold: they are given by
    lot, behind those who wait already, and the rest of the class is put on the waitlist. Raises NotAllowed, Invalid (not
    offered, not required, another school's class, no offering chosen among several).
    """
    list(Learner.objects.select_for_update().filter(cohort=cohort).order_by("pk").values_list("pk"))
    version = _required_version(actor, credential, cohort)
    learners = Learner.objects.filter(cohort=cohort).select_related("user").order_by("display_name", "pk")
    taken = choose_offering(credential, offering, at)
    result = _seat(_sort_out(list(learners), version, at), taken)
    planned = [(learner, EnrollmentStatus.ACTIVE) for learner in result.enrolled]
    # Places on the waitlist go by the order of the rows, so they are drawn like the seats.
    planned += [(learner, EnrollmentStatus.WAITLISTED) for learner in _by_lot(result.waitlisted, taken)]
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(
            learner=learner,
            credential_id=version.credential_id,
            credential_version=version,
            offering=taken,
            status=status,
            enrolled_at=at,
        )
        for learner, status in planned
    )
    note = f"Class enrollment: {cohort.name}"
    EnrollmentEvent.objects.bulk_create(
        EnrollmentEvent(enrollment=each, actor=actor, moved_to=each.status, note=note, at=at) for each in enrollments
    )
    submissions = Submission.objects.bulk_create(
        Submission(enrollment=each, attempt=1, started_at=at)
        for each in enrollments
        if each.status == EnrollmentStatus.ACTIVE
    )
    SubmissionEvent.objects.bulk_create(
        SubmissionEvent(submission=each, actor=actor, moved_to=SubmissionStatus.DRAFT, at=at) for each in submissions
    )
    tell_all(
        Notice(
            user=each.learner.user,
            kind="enrolled",
            subject=subject_of(each) % {"title": version.title},
            text=_("Your school requires it of your class. Your workspace is open.")
            if each.status == EnrollmentStatus.ACTIVE
            else _("Your school requires it of your class. All seats are taken; you move up as seats become free."),
            path=each.get_absolute_url(),
            created_at=at,
        )
        for each in enrollments
        if each.learner.user is not None
    )
    return result


def _seat(result: ClassEnrollment, offering: Offering | None) -> ClassEnrollment:
    """Give the free seats of an offering by lot; whoever of the class gets none waits. The offering is locked."""
    if offering is None or offering.seats is None:
        return result
    drawn = {each.pk for each in _by_lot(result.enrolled, offering)[: max(0, free_seats(offering))]}
    result.waitlisted = [each for each in result.enrolled if each.pk not in drawn]
    result.enrolled = [each for each in result.enrolled if each.pk in drawn]
    return result


def _by_lot(learners: list[Learner], offering: Offering | None) -> list[Learner]:
    """A draw that anybody can repeat, and nobody chooses: by a digest of the offering and the learner."""
    seed = offering.public_id.bytes if offering else b""
    return sorted(learners, key=lambda each: (hashlib.sha256(seed + each.public_id.bytes).digest(), each.pk))


def _required_version(actor: User, credential: Credential, cohort: Cohort) -> CredentialVersion:
    credential = Credential.objects.select_related("current_version", "organization").get(pk=credential.pk)
    require(actor, Can.CLASS_ENROLL, credential)
    version = credential.current_version
    if (
        credential.status != CredentialStatus.OFFERED
        or credential.kind != CredentialKind.MICROCREDENTIAL
        or version is None
    ):
        raise Invalid(_("This credential is not offered at present."))
    if version.requirement != REQUIRED:
        raise Invalid(_("Only what is required is begun for a whole class; here each learner decides."))
    if cohort.organization_id != credential.organization_id:
        raise Invalid(_("This class belongs to another school."))
    return version


def _sort_out(learners: list[Learner], version: CredentialVersion, at: datetime) -> ClassEnrollment:
    """Each learner into one group: the rules of `refusals`, for many at once. Three queries."""
    enrolled = set(
        Enrollment.objects.filter(
            learner__in=learners, credential=version.credential_id, status__in=OPEN_ENROLLMENTS
        ).values_list("learner_id", flat=True)
    )
    needed = set(version.prerequisites.values_list("requires_id", flat=True))
    held: dict[int, set[int]] = {}
    awards = Award.objects.counting_at(at).filter(learner__in=learners, credential__in={*needed, version.credential_id})
    for learner_id, credential_id in awards.values_list("learner_id", "credential_id"):
        held.setdefault(learner_id, set()).add(credential_id)
    result = ClassEnrollment()
    for learner in learners:
        has = held.get(learner.pk, set())
        if learner.pk in enrolled:
            result.already.append(learner)
        elif version.credential_id in has:
            result.holding.append(learner)
        elif learner.status != LearnerStatus.ACTIVE:
            result.not_active.append(learner)
        elif version.professions_admitted and learner.profession not in version.professions_admitted:
            result.not_admitted.append(learner)
        elif not needed <= has:
            result.lacking.append(learner)
        else:
            result.enrolled.append(learner)
    return result
