"""What Student Affairs says of learners: class, profession, leave of absence, graduation. Every change leaves an event."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Organization
from learners.models import Cohort, Learner, LearnerChange, LearnerEvent, LearnerLeave, Notice, SchoolHoliday, User
from learners.models.people import LearnerStatus
from learners.professions import PROFESSIONS
from learners.services import notices

LEAVE_MAX_DAYS = 3 * 366


def _locked(actor: User, learner: Learner) -> Learner:
    found = Learner.objects.select_for_update(of=("self",)).select_related("organization", "cohort", "user")
    learner = found.get(pk=learner.pk)
    require(actor, Can.LEARNER_MANAGE, learner)
    return learner


@transaction.atomic
def set_facts(
    *, actor: User, learner: Learner, cohort: Cohort | None, profession: str, student_number: str, at: datetime
) -> list[LearnerEvent]:
    """Set class, profession and student number; what is so already leaves no event.

    Raises NotAllowed, Invalid (another school's class, no profession of ours), Conflict (the number is taken).
    """
    learner = _locked(actor, learner)
    if cohort is not None and cohort.organization_id != learner.organization_id:
        raise Invalid(_("This class belongs to another school."))
    if profession not in PROFESSIONS and profession != learner.profession:
        raise Invalid(_("“%(said)s” is no profession of the school.") % {"said": profession})
    student_number = student_number.strip()
    events = []
    if (cohort.pk if cohort else None) != learner.cohort_id:
        before, after = str(learner.cohort or _("none")), str(cohort or _("none"))
        events.append((LearnerChange.COHORT, f"{before} → {after}"))
    if profession != learner.profession:
        events.append((LearnerChange.PROFESSION, f"{learner.profession} → {profession}"))
    if student_number != learner.student_number:
        events.append((LearnerChange.NUMBER, f"{learner.student_number or _('none')} → {student_number or _('none')}"))
    if not events:
        return []
    learner.cohort, learner.profession, learner.student_number = cohort, profession, student_number
    try:
        with transaction.atomic():
            learner.save(update_fields=["cohort", "profession", "student_number"])
    except IntegrityError as error:
        raise Conflict(_("This student number belongs to another learner.")) from error
    _tell([learner], [kind for kind, _note in events], at=at)
    return LearnerEvent.objects.bulk_create(
        LearnerEvent(learner=learner, actor=actor, kind=kind, note=note, at=at) for kind, note in events
    )


def _tell(learners: Sequence[Learner], changes: Sequence[LearnerChange], *, at: datetime) -> None:
    """Tell those with an account what kind of thing was changed; their record says to what."""
    notices.tell_all(
        Notice(
            user_id=learner.user_id,
            kind="record",
            subject=_("Your record was changed"),
            text=_("Your school changed your record: %(what)s. If it is wrong, tell the registrar.")
            % {"what": ", ".join(str(each.label) for each in changes)},
            path=reverse("learners:record-part", args=["person"]),
            created_at=at,
        )
        for learner in learners
        if learner.user_id is not None
    )


@transaction.atomic
def keep_cohort(
    *,
    actor: User,
    organization: Organization,
    cohort: Cohort | None,
    name: str,
    entered_on: date,
    graduates_on: date,
) -> Cohort:
    """Make a class, or change one. Raises NotAllowed, Invalid (no name, dates the wrong way round), Conflict (the name is taken)."""
    require(actor, Can.PEOPLE_MANAGE, organization)
    name = " ".join(name.split())
    if not name:
        raise Invalid(_("Give the class a name."))
    if graduates_on <= entered_on:
        raise Invalid(_("A class graduates after it enters."))
    if cohort is not None and cohort.organization_id != organization.pk:
        raise Invalid(_("This class belongs to another school."))
    kept = Cohort.objects.select_for_update().get(pk=cohort.pk) if cohort else Cohort(organization=organization)
    kept.name, kept.entered_on, kept.graduates_on = name, entered_on, graduates_on
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError as error:
        raise Conflict(_("There is a class “%(name)s” already.") % {"name": name}) from error
    return kept


# Leave of absence ----------------------------------------------------------------------------------------------------
@transaction.atomic
def set_leave(*, actor: User, learner: Learner, from_on: date, until_on: date, at: datetime) -> LearnerLeave:
    """Say when a learner is away; the same days twice are kept once, and days that overlap are refused.

    While it lasts nothing new is begun, nobody is reminded, and a time within which to appeal does not run.
    Raises NotAllowed, Invalid (backward, over already, too long), Conflict (overlaps, or the learner has gone).
    """
    learner = _locked(actor, learner)
    today = timezone.localdate(at)
    if until_on < from_on:
        raise Invalid(_("The last day lies before the first."))
    if until_on < today:
        raise Invalid(_("These days are over already."))
    if (until_on - from_on).days > LEAVE_MAX_DAYS:
        raise Invalid(_("A leave lasts three years at most."))
    if learner.status in {LearnerStatus.GRADUATED, LearnerStatus.LEFT}:
        raise Conflict(_("This learner has graduated or left."))
    standing = learner.leaves.filter(from_on__lte=until_on, until_on__gte=from_on).first()
    if standing is not None:
        if (standing.from_on, standing.until_on) == (from_on, until_on):
            return standing
        raise Conflict(_("There is a leave from %(first)s to %(last)s. End it first.") % _days(standing))
    leave = LearnerLeave.objects.create(learner=learner, from_on=from_on, until_on=until_on, set_by=actor, set_at=at)
    _note(learner, actor, LearnerChange.LEAVE_SET, str(leave), at)
    _tell([learner], [LearnerChange.LEAVE_SET], at=at)
    _turn(learner, today, at)
    return leave


@transaction.atomic
def end_leave(*, actor: User, leave: LearnerLeave, last_on: date, at: datetime) -> None:
    """End a leave early, or take it back when it has not begun by `last_on`. Raises NotAllowed, Invalid (it ends before that)."""
    learner = _locked(actor, leave.learner)
    standing = learner.leaves.filter(pk=leave.pk).first()
    if standing is None:
        return
    if standing.until_on < last_on:
        raise Invalid(_("This leave is over already."))
    if last_on < standing.from_on:
        standing.delete()
    else:
        standing.until_on = last_on
        standing.save(update_fields=["until_on"])
    _note(learner, actor, LearnerChange.LEAVE_ENDED, str(last_on), at)
    _tell([learner], [LearnerChange.LEAVE_ENDED], at=at)
    _turn(learner, timezone.localdate(at), at)


@transaction.atomic
def turn_leaves(*, at: datetime) -> int:
    """Let learners go on leave and come back as the days come; answer how many. A second call finds none."""
    today = timezone.localdate(at)
    away = LearnerLeave.objects.filter(from_on__lte=today, until_on__gte=today).values("learner")
    going = Learner.objects.filter(status=LearnerStatus.ACTIVE, pk__in=away)
    back = Learner.objects.filter(status=LearnerStatus.LEAVE).exclude(pk__in=away).filter(leaves__isnull=False)
    turned = sorted({*going.values_list("pk", flat=True), *back.values_list("pk", flat=True)})
    for learner in Learner.objects.select_for_update(of=("self",)).filter(pk__in=turned).order_by("pk"):
        _turn(learner, today, at)
    return len(turned)


def _turn(learner: Learner, today: date, at: datetime) -> None:
    """Bring the status of a locked learner in line with their leaves."""
    is_away = learner.leaves.filter(from_on__lte=today, until_on__gte=today).exists()
    if is_away and learner.status == LearnerStatus.ACTIVE:
        learner.status = LearnerStatus.LEAVE
        _note(learner, None, LearnerChange.AWAY, "", at)
    elif not is_away and learner.status == LearnerStatus.LEAVE:
        learner.status = LearnerStatus.ACTIVE
        _note(learner, None, LearnerChange.BACK, "", at)
    else:
        return
    learner.save(update_fields=["status"])


def days_off(learner: Learner, *, since: date) -> set[date]:
    """The days on which a time does not run for a learner: those off of the school, and those of leave. One query."""
    school = SchoolHoliday.objects.filter(organization=learner.organization_id, on__gte=since)
    spans = school.values_list("on", F("on")).union(
        learner.leaves.filter(until_on__gte=since).values_list("from_on", "until_on")
    )
    return {first + timedelta(days=number) for first, last in spans for number in range((last - first).days + 1)}


def _days(leave: LearnerLeave) -> dict[str, date]:
    return {"first": leave.from_on, "last": leave.until_on}


def _note(learner: Learner, actor: User | None, kind: LearnerChange, note: str, at: datetime) -> None:
    LearnerEvent.objects.create(learner=learner, actor=actor, kind=kind, note=note, at=at)


# The end of a course -------------------------------------------------------------------------------------------------
@transaction.atomic
def graduate_cohort(*, actor: User, cohort: Cohort, at: datetime) -> int:
    """Let everybody of a class graduate who is active; answer how many. They keep sign-in, badges and consents.

    Who is on leave or has left stays as they are. A second call changes nobody. Raises NotAllowed.
    """
    cohort = Cohort.objects.select_related("organization").get(pk=cohort.pk)
    require(actor, Can.PEOPLE_MANAGE, cohort.organization)
    active = Learner.objects.select_for_update(of=("self",)).filter(cohort=cohort, status=LearnerStatus.ACTIVE)
    return _move(list(active.exclude(user=actor).order_by("pk")), actor, LearnerStatus.GRADUATED, cohort.name, at)


@transaction.atomic
def end_course(*, actor: User, learner: Learner, status: LearnerStatus, at: datetime) -> Learner:
    """Let one learner graduate or leave. Raises NotAllowed, Invalid (no end of a course), Conflict (ended already)."""
    learner = _locked(actor, learner)
    if status not in {LearnerStatus.GRADUATED, LearnerStatus.LEFT}:
        raise Invalid(_("Choose whether the learner graduated or left."))
    if learner.status in {LearnerStatus.GRADUATED, LearnerStatus.LEFT}:
        raise Conflict(_("This learner has graduated or left already."))
    _move([learner], actor, status, "", at)
    return learner


def _move(learners: Sequence[Learner], actor: User, status: LearnerStatus, note: str, at: datetime) -> int:
    kind = LearnerChange.GRADUATED if status == LearnerStatus.GRADUATED else LearnerChange.LEFT
    for learner in learners:
        learner.status = status
    Learner.objects.bulk_update(learners, ["status"], batch_size=500)
    LearnerEvent.objects.bulk_create(
        LearnerEvent(learner=learner, actor=actor, kind=kind, note=note, at=at) for learner in learners
    )
    _tell(learners, [kind], at=at)
    return len(learners)
