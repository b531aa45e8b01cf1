"""The check-in list of an offering, and what an assessor at the event records of those who came."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, allowed, require
from credentials.models import Criterion, CriterionLevel, EvidenceRequirement, Offering
from credentials.models.catalog import EvidenceSource
from credentials.workflow import OfferingStatus
from learners.models import Attendance, AttendanceEvent, CameAs, Enrollment, RatedCriterion, RecordedResult, User
from learners.services.assessment import ChangedElsewhere
from learners.services.enrollment import start_attempt
from learners.services.results import Said, in_words, record_result
from learners.workflow import (
    ATTENDANCE_MOVES,
    ENROLLMENT_MOVES,
    OPEN_ENROLLMENTS,
    AttendanceStatus,
    EnrollmentStatus,
    require_move,
)

REASON_MAX_LETTERS, REMARK_MAX_LETTERS, STATION_MAX_LETTERS = 200, 1000, 80
# A press that was kept on a phone is believed when it is not older.
KEPT_FOR = timedelta(days=2)
HERE = [AttendanceStatus.PRESENT, AttendanceStatus.LATE]
SITS = [EnrollmentStatus.ACTIVE, EnrollmentStatus.COMPLETED, EnrollmentStatus.NOT_MET]


# Who came --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def check_in(
    *,
    actor: User,
    offering: Offering,
    enrollment: Enrollment,
    status: AttendanceStatus,
    at: datetime,
    reason: str = "",
    pressed_at: datetime | None = None,
) -> Attendance | None:
    """Say that somebody on the list is there, came late, or is not there after all (undo). The same twice is once.

    pressed_at: when it was pressed, where the word comes later because there was no network; one that is older than what the
    list says by now changes nothing. Answers None for an undo of what nobody has said. Raises NotAllowed, Conflict (not on
    the list, canceled), Invalid (late without a reason).
    """
    enrollment = _on_list(actor, offering, enrollment)
    pressed_at = _believed(pressed_at, at)
    reason = _reason(reason)
    if status == AttendanceStatus.LATE and not reason:
        raise Invalid(_("Say why they came late; a few words are enough."))
    standing = Attendance.objects.select_for_update().filter(offering=offering, enrollment=enrollment).first()
    if standing is None:
        if enrollment.offering_id != offering.pk or enrollment.status not in SITS:
            raise Conflict(_("This learner has no seat here. Add them as a walk-in."))
        if status == AttendanceStatus.EXPECTED:
            return None
        standing = Attendance(
            offering=offering,
            enrollment=enrollment,
            status=status,
            reason=reason,
            arrived_at=pressed_at,
            changed_at=pressed_at,
            recorded_by=actor,
        )
        standing.save()
        return _told(standing, actor, pressed_at, at)
    if pressed_at <= standing.changed_at or (status == standing.status and reason in {"", standing.reason}):
        return standing
    if status != standing.status:
        require_move(ATTENDANCE_MOVES, standing.status, status)
    if standing.status == AttendanceStatus.EXPECTED:
        standing.arrived_at = pressed_at
    if standing.came_as == CameAs.SEATED or reason:
        standing.reason = reason
    standing.status, standing.changed_at, standing.recorded_by = status, pressed_at, actor
    standing.save(update_fields=["status", "reason", "arrived_at", "changed_at", "recorded_by"])
    return _told(standing, actor, pressed_at, at)


def _told(standing: Attendance, actor: User, pressed_at: datetime, at: datetime) -> Attendance:
    AttendanceEvent.objects.create(
        attendance=standing,
        actor=actor,
        moved_to=standing.status,
        reason=standing.reason,
        pressed_at=pressed_at,
        at=at,
    )
    return standing


def _believed(pressed_at: datetime | None, at: datetime) -> datetime:
    if pressed_at is None or pressed_at > at or pressed_at < at - KEPT_FOR:
        return at
    return pressed_at


def _reason(reason: str) -> str:
    reason = " ".join(reason.split())
    if len(reason) > REASON_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": REASON_MAX_LETTERS})
    return reason


def _on_list(actor: User, offering: Offering, enrollment: Enrollment) -> Enrollment:
    """The enrollment, locked, of somebody else, for an offering that takes place."""
    enrollment = (
        Enrollment.objects.select_for_update(of=("self",))
        .select_related("learner__user", "credential__organization", "credential_version")
        .get(pk=enrollment.pk)
    )
    require(actor, Can.ATTENDANCE_RECORD, enrollment)
    if enrollment.credential_id != offering.credential_id:
        raise Conflict(_("This learner works on another item."))
    if Offering.objects.filter(pk=offering.pk, status=OfferingStatus.CANCELED).exists():
        raise Conflict(_("This offering was canceled."))
    return enrollment


@transaction.atomic
def admit_walk_in(*, actor: User, offering: Offering, said: str, reason: str, at: datetime) -> Attendance:
    """Put somebody on the list who works on the item and has no seat here: a walk-in, with a reason.

    said: student number or e-mail address, in full. Who is on a waitlist of the item takes a seat by it, as long as fewer
    people came than there are seats: the chair of somebody who stays away. The same once more changes nothing. Raises
    Invalid (nobody, no reason), NotAllowed (oneself), Conflict (the room is full, on the list already, canceled).
    """
    said, reason = said.strip(), _reason(reason)
    offering = Offering.objects.select_for_update(of=("self",)).select_related("credential").get(pk=offering.pk)
    exact = Q(learner__user__email__iexact=said) | (Q(learner__student_number=said) & ~Q(learner__student_number=""))
    found = list(
        Enrollment.objects.filter(
            exact,
            credential=offering.credential_id,
            learner__organization=offering.credential.organization_id,
            status__in=OPEN_ENROLLMENTS,
        ).select_related("learner", "credential")[:2]
    )
    if len(found) != 1 or not said or not allowed(actor, Can.ATTENDANCE_RECORD, found[0]):
        raise Invalid(
            _(
                "Nobody who works on this has this student number or e-mail address. Give it in full; who is not enrolled yet "
                "enrolls on the item’s page first."
            )
        )
    if not reason:
        raise Invalid(_("Say why they take part; a few words are enough."))
    enrollment = _on_list(actor, offering, found[0])
    standing = Attendance.objects.select_for_update().filter(offering=offering, enrollment=enrollment).first()
    if standing is not None and standing.status in HERE:
        return standing
    if standing is None and enrollment.offering_id == offering.pk and enrollment.status == EnrollmentStatus.ACTIVE:
        raise Conflict(_("%(name)s has a seat here. Look for the name in the list.") % {"name": enrollment.learner})
    here = Attendance.objects.filter(offering=offering, status__in=HERE).count()
    if offering.seats is not None and here >= offering.seats:
        raise Conflict(_("The room is full: %(count)s people are here.") % {"count": here})
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        _seat(enrollment, offering, actor, reason, at)
    if standing is None:
        standing = Attendance(offering=offering, enrollment=enrollment, arrived_at=at)
        standing.came_as = CameAs.WALK_IN
    elif standing.status == AttendanceStatus.EXPECTED:
        standing.arrived_at = at
    standing.status, standing.reason = AttendanceStatus.PRESENT, reason
    standing.changed_at, standing.recorded_by = at, actor
    standing.save()
    return _told(standing, actor, at, at)


def _seat(enrollment: Enrollment, offering: Offering, actor: User, reason: str, at: datetime) -> None:
    require_move(ENROLLMENT_MOVES, enrollment.status, EnrollmentStatus.ACTIVE)
    enrollment.offering, enrollment.status = offering, EnrollmentStatus.ACTIVE
    enrollment.save(update_fields=["offering", "status"])
    enrollment.events.create(
        actor=actor, moved_to=enrollment.status, note=f"Walked in at {offering.name}: {reason}", at=at
    )
    if not enrollment.submissions.exists():
        start_attempt(enrollment, 1, actor=actor, at=at)


# What was seen of them -------------------------------------------------------------------------------------------------
def event_requirements(version_id: int) -> list[EvidenceRequirement]:
    """The evidence of a version that comes from an event, in order. One query."""
    asked = EvidenceRequirement.objects.filter(version=version_id, source=EvidenceSource.EVENT)
    return list(asked.order_by("position"))


def title_of(offering: Offering, station: str) -> str:
    """Which occasion a result is of: the offering, and the station where there are several."""
    return f"{offering.name[:110]}: {station}" if station else offering.name


def standing_result(came: Attendance, requirement: EvidenceRequirement, station: str) -> RecordedResult | None:
    """What is recorded by now of somebody who came, at a station. One query where the offering is at hand."""
    found = RecordedResult.objects.filter(
        enrollment=came.enrollment_id,
        requirement=requirement,
        title=title_of(came.offering, station),
        rated_on=timezone.localdate(came.arrived_at),
        corrected_by__isnull=True,
    )
    return found.select_related("recorded_by").first()


@transaction.atomic
def record_at_event(
    *,
    actor: User,
    offering: Offering,
    enrollment: Enrollment,
    requirement: EvidenceRequirement,
    levels: Mapping[int, int],
    at: datetime,
    seen: str = "",
    station: str = "",
    remark: str = "",
    rater_kind: str = "faculty",
    rater: str = "",
) -> RecordedResult:
    """Record how somebody who was checked in did, criterion by criterion; it becomes evidence of the open attempt.

    levels: by the criterion's key, for those that were seen. seen: public id of the result that the caller looked at, empty
    when there was none; another that was recorded meanwhile is not written over. The same once more changes nothing. Raises
    NotAllowed, Invalid (names what is wrong), Conflict (not checked in, no attempt is open), ChangedElsewhere.
    """
    came = (
        Attendance.objects.select_for_update(of=("self",))
        .filter(offering=offering, enrollment=enrollment, status__in=HERE)
        .select_related("offering")
        .first()
    )
    enrollment = Enrollment.objects.select_related("learner__user", "credential__organization").get(pk=enrollment.pk)
    require(actor, Can.RESULT_RECORD, enrollment)
    if came is None:
        raise Conflict(_("Check this learner in first."))
    if requirement.source != EvidenceSource.EVENT:
        raise Invalid(_("This kind of evidence does not come from an event."))
    station, remark = " ".join(station.split())[:STATION_MAX_LETTERS], remark.strip()
    if len(remark) > REMARK_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": REMARK_MAX_LETTERS})
    criteria = _criteria(enrollment, levels)
    said = Said(
        title=title_of(offering, station),
        rated_on=timezone.localdate(came.arrived_at),
        rater_kind=rater_kind,
        rater=rater or actor.name,
        words=_("levels by criterion: %(levels)s")
        % {"levels": ", ".join(str(levels.get(each.pk, "–")) for each in criteria)},
        comment="\n".join(
            [
                *(f"{each.name[:60]}: {levels[each.pk]}" for each in criteria if each.pk in levels),
                *(["", remark] if remark else []),
            ]
        ),
    )
    standing = standing_result(came, requirement, station)
    if standing is not None:
        if said.is_that_of(standing):
            return standing
        if str(standing.public_id) != seen:
            raise ChangedElsewhere(
                _("%(name)s has recorded this learner meanwhile: %(result)s. Look at it; saving again corrects it.")
                % {"name": standing.recorded_by.name, "result": in_words(standing)}
            )
    result = record_result(actor=actor, enrollment=enrollment, requirement=requirement, said=said, at=at)
    RatedCriterion.objects.bulk_create(
        [
            RatedCriterion(result=result, criterion=each, level=levels[each.pk])
            for each in criteria
            if each.pk in levels
        ],
        ignore_conflicts=True,
    )
    return result


def _criteria(enrollment: Enrollment, levels: Mapping[int, int]) -> list[Criterion]:
    """The rubric of the version that the learner works on, when the levels are of it."""
    criteria = list(Criterion.objects.filter(version=enrollment.credential_version_id).order_by("position"))
    known = set(
        CriterionLevel.objects.filter(criterion__version=enrollment.credential_version_id).values_list(
            "criterion", "value"
        )
    )
    if not levels:
        raise Invalid(_("Give a level for at least one criterion."))
    if not set(levels.items()) <= known:
        raise Invalid(_("Choose a level of the rubric."))
    return criteria
