"""Planning when and where something is offered, and what a change means for those who have a seat or wait for one.

The commands stand here and not beside the offering's table: each decides who sits where. Offerings are locked in the order of
their keys, then enrollments; seats are given by the rules of `services.enrollment`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.text import slugify
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential, Offering, OfferingEvent, Organization
from credentials.models.catalog import CredentialKind
from credentials.models.organizations import OrganizationKind
from credentials.selectors import TAKES_NO_SEAT
from credentials.workflow import OFFERING_MOVES, OfferingStatus
from learners.models import Enrollment, EnrollmentEvent, Notice, Submission, User
from learners.services.enrollment import fill_seats, free_seats, start_attempt
from learners.services.notices import tell_all
from learners.workflow import ENROLLMENT_MOVES, OPEN_ENROLLMENTS, EnrollmentStatus, SubmissionStatus, require_move

SEATS_MAX, TIMES_MAX, WEEKS_MAX, REASON_MAX_LETTERS = 5000, 52, 26, 500
BEGUN = [SubmissionStatus.DRAFT, SubmissionStatus.WITHDRAWN, SubmissionStatus.EXPIRED]


@dataclass(frozen=True)
class Plan:
    """What an offering says. starts_at and ends_at go together, aware; seats: None for no limit."""

    name: str
    opens_on: date
    closes_on: date
    delivered_by: Organization
    place: str = ""
    contact: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    seats: int | None = None

    def changes(self, offering: Offering) -> list[str]:
        return [each.name for each in fields(self) if getattr(self, each.name) != getattr(offering, each.name)]


# Planning --------------------------------------------------------------------------------------------------------------
@transaction.atomic
def plan_offering(*, actor: User, credential: Credential, plan: Plan, at: datetime) -> Offering:
    """Plan an offering. Raises NotAllowed, Invalid (names what is wrong), Conflict (the same is planned already)."""
    credential = Credential.objects.select_for_update(of=("self",)).select_related("organization").get(pk=credential.pk)
    require(actor, Can.OFFERING_EDIT, credential)
    if credential.kind != CredentialKind.MICROCREDENTIAL:
        raise Invalid(_("A designation is reached by its pathway; only microcredentials are offered."))
    _check(plan, credential)
    if plan.closes_on < timezone.localdate(at):
        raise Invalid(_("The last day has passed; choose a later one."))
    return _create(actor, credential, plan, "planned", at)


def _create(actor: User, credential: Credential, plan: Plan, action: str, at: datetime) -> Offering:
    try:
        with transaction.atomic():
            offering = Offering.objects.create(credential=credential, **vars(plan))
    except IntegrityError as error:
        raise Conflict(_("This is planned already: the same name, place and time.")) from error
    OfferingEvent.objects.create(offering=offering, actor=actor, action=action, at=at)
    return offering


def _check(plan: Plan, credential: Credential) -> None:
    if not plan.name.strip():
        raise Invalid(_("Give it a name by which learners know it, such as “Block A”."))
    if plan.closes_on < plan.opens_on:
        raise Invalid(_("The last day lies before the first."))
    if (plan.starts_at is None) != (plan.ends_at is None):
        raise Invalid(_("Say both when it begins and when it ends, or neither."))
    if plan.starts_at is not None and plan.ends_at is not None:
        if plan.ends_at <= plan.starts_at:
            raise Invalid(_("It ends before it begins."))
        if not plan.opens_on <= timezone.localdate(plan.starts_at) <= plan.closes_on:
            raise Invalid(_("The day on which people meet lies outside the first and last day."))
    if plan.seats is not None and not 1 <= plan.seats <= SEATS_MAX:
        raise Invalid(_("Seats are a number from 1 to %(most)s; leave them empty for no limit.") % {"most": SEATS_MAX})
    units = {plan.delivered_by.pk, plan.delivered_by.parent_id}
    if credential.organization_id not in units:
        raise Invalid(_("It is delivered by the school or by one of its units."))


@transaction.atomic
def add_unit(*, actor: User, credential: Credential, name: str) -> Organization:
    """The unit of the school with this name (a skills center, a standardized-patient program, an office), made if new.

    Raises NotAllowed, Invalid (no name, or another organization has it).
    """
    credential = Credential.objects.select_related("organization").get(pk=credential.pk)
    require(actor, Can.OFFERING_EDIT, credential)
    name, school = name.strip(), credential.organization
    if not name or len(name) > 200:
        raise Invalid(_("Give the unit a name of at most 200 letters."))
    known = Organization.objects.filter(name__iexact=name).first()
    if known is None:
        slug = slugify(name)[:50] or "unit"
        taken = set(Organization.objects.filter(slug__startswith=slug).values_list("slug", flat=True))
        slug = next(each for each in [slug, *(f"{slug}-{n}" for n in range(2, len(taken) + 3))] if each not in taken)
        try:
            with transaction.atomic():
                return Organization.objects.create(
                    parent=school,
                    kind=OrganizationKind.UNIT,
                    name=name,
                    slug=slug,
                    country=school.country,
                    website=school.website,
                    is_fictional=school.is_fictional,
                )
        except IntegrityError:  # somebody added it a moment ago
            known = Organization.objects.filter(name__iexact=name).first()
    if known is None or school.pk not in {known.pk, known.parent_id}:
        raise Invalid(_("Another organization has this name."))
    return known


@transaction.atomic
def change_offering(*, actor: User, offering: Offering, plan: Plan, at: datetime) -> Offering:
    """Change what an offering says; nothing to change leaves no event. Seats that are added go to those who wait.

    Those who have a seat or wait are told of another time or place. Raises NotAllowed, Invalid (names what is wrong, or
    fewer seats than are taken), Conflict (canceled, or planned twice).
    """
    offering = _locked(actor, offering)
    require_planned(offering)
    _check(plan, offering.credential)
    changed = plan.changes(offering)
    if not changed:
        return offering
    if "seats" in changed and plan.seats is not None:
        taken = offering.enrollments.exclude(status__in=TAKES_NO_SEAT).count()
        if plan.seats < taken:
            raise Invalid(_("%(taken)s seats are taken. Move learners to another date first.") % {"taken": taken})
    for name in changed:
        setattr(offering, name, getattr(plan, name))
    try:
        with transaction.atomic():
            offering.save(update_fields=changed)
    except IntegrityError as error:
        raise Conflict(_("This is planned already: the same name, place and time.")) from error
    OfferingEvent.objects.create(
        offering=offering, actor=actor, action="changed", note=", ".join(map(_in_words, changed)), at=at
    )
    if {"opens_on", "closes_on", "starts_at", "ends_at", "place"} & set(changed):
        _tell(
            offering.enrollments.filter(status__in=OPEN_ENROLLMENTS),
            subject=_("%(title)s: another time or place"),
            text=_("%(offering)s: %(when)s.") % {"offering": offering.name, "when": when_and_where(offering)},
            at=at,
        )
    fill_seats(offering=offering, at=at)
    return offering


def _in_words(name: str) -> str:
    return {
        "name": _("name"),
        "place": _("place"),
        "contact": _("contact"),
        "opens_on": _("first day"),
        "closes_on": _("last day"),
        "starts_at": _("begin"),
        "ends_at": _("end"),
        "seats": _("seats"),
        "delivered_by": _("delivering unit"),
    }[name]


def when_and_where(offering: Offering) -> str:
    """Days, hours in the school's zone, and place."""
    days = [format_date(each, "M j, Y") for each in dict.fromkeys([offering.opens_on, offering.closes_on])]
    parts = [" – ".join(days)]
    if offering.starts_at is not None and offering.ends_at is not None:
        begin, end = timezone.localtime(offering.starts_at), timezone.localtime(offering.ends_at)
        day = "" if len(days) == 1 and begin.date() == offering.opens_on else format_date(begin, "M j") + ", "
        parts.append(f"{day}{format_date(begin, 'g:i A')} – {format_date(end, 'g:i A T')}")
    return ", ".join([*parts, *([offering.place] if offering.place else [])])


def require_planned(offering: Offering) -> None:
    if offering.is_canceled:
        raise Conflict(_("This offering was canceled. Plan another one."))


def _locked(actor: User, offering: Offering) -> Offering:
    rows = Offering.objects.select_for_update(of=("self",)).select_related("credential__organization", "delivered_by")
    offering = rows.get(pk=offering.pk)
    require(actor, Can.OFFERING_EDIT, offering.credential)
    return offering


@transaction.atomic
def repeat_offering(*, actor: User, offering: Offering, weeks: int, times: int, at: datetime) -> list[Offering]:
    """Plan copies of an offering, each so many weeks after the one before; answer those that are new.

    Hours stay what they are on the clock of the school when its summer time begins or ends. What is planned already is
    passed over, so that a second call adds nothing. Raises NotAllowed, Conflict (canceled), Invalid (numbers).
    """
    offering = _locked(actor, offering)
    require_planned(offering)
    if not 1 <= times <= TIMES_MAX or not 1 <= weeks <= WEEKS_MAX:
        raise Invalid(
            _("Repeat it every 1 to %(weeks)s weeks, 1 to %(times)s times.") % {"weeks": WEEKS_MAX, "times": TIMES_MAX}
        )
    Credential.objects.select_for_update().get(pk=offering.credential_id)
    known = set(
        Offering.objects.filter(
            credential=offering.credential_id, name=offering.name, place=offering.place, status=OfferingStatus.PLANNED
        ).values_list("opens_on", "starts_at")
    )
    made = []
    for number in range(1, times + 1):
        shift = timedelta(weeks=weeks * number)
        plan = Plan(
            **{each.name: getattr(offering, each.name) for each in fields(Plan)}
            | {
                "opens_on": offering.opens_on + shift,
                "closes_on": offering.closes_on + shift,
                "starts_at": _later(offering.starts_at, shift),
                "ends_at": _later(offering.ends_at, shift),
            }
        )
        if (plan.opens_on, plan.starts_at) not in known and plan.closes_on >= timezone.localdate(at):
            made.append(_create(actor, offering.credential, plan, "planned as a copy", at))
    return made


def _later(moment: datetime | None, shift: timedelta) -> datetime | None:
    """The same hour on the school's clock."""
    if moment is None:
        return None
    local = timezone.localtime(moment)
    return timezone.make_aware((local + shift).replace(tzinfo=None, fold=0), local.tzinfo)


# Who sits where --------------------------------------------------------------------------------------------------------
def movable(offering: Offering) -> QuerySet[Enrollment]:
    """Those of an offering who need another date when it is canceled: not yet submitted, still at it or waiting."""
    handed_in = Submission.objects.filter(enrollment=OuterRef("pk")).exclude(status__in=BEGUN)
    return offering.enrollments.filter(~Exists(handed_in), status__in=OPEN_ENROLLMENTS)


@transaction.atomic
def cancel_offering(
    *, actor: User, offering: Offering, reason: str, at: datetime, to: Offering | None = None
) -> Offering:
    """Cancel an offering and tell those who are enrolled. A second call changes nothing.

    to: another offering of the same item: they are seated there in the order in which they enrolled, and wait there once it
    is full. Without it each chooses another date. Work that was begun is kept, and what is submitted goes on. Raises
    NotAllowed, Invalid (no reason, an offering that does not fit).
    """
    offerings = _lock_both(offering, to)
    offering = offerings[offering.pk]
    require(actor, Can.OFFERING_EDIT, offering.credential)
    if offering.is_canceled:
        return offering
    reason = reason.strip()
    if not reason or len(reason) > REASON_MAX_LETTERS:
        raise Invalid(
            _("Say why, in at most %(limit)s letters; those who are enrolled read it.") % {"limit": REASON_MAX_LETTERS}
        )
    target = None if to is None else _target(offerings, offering, to, at)
    require_move(OFFERING_MOVES, offering.status, OfferingStatus.CANCELED)
    offering.status = OfferingStatus.CANCELED
    offering.save(update_fields=["status"])
    OfferingEvent.objects.create(offering=offering, actor=actor, action="canceled", note=reason, at=at)
    moved = _rows(movable(offering))
    if target is None:
        _tell(
            moved,
            subject=_("%(title)s: your date is canceled"),
            text=_("%(offering)s does not take place. %(reason)s Choose another date; your work is kept.")
            % {"offering": offering.name, "reason": _sentence(reason)},
            at=at,
        )
    else:
        _tell_moved(_place(moved, target, actor=actor, note=f"Canceled: {offering.name}.", at=at), target, reason, at)
    return offering


@transaction.atomic
def move_learners(
    *, actor: User, offering: Offering, enrollments: Iterable[UUID], to: Offering, reason: str, at: datetime
) -> list[Enrollment]:
    """Move learners to another offering of the same item; seats that they leave go to those who wait.

    Who has a seat gets one there, or nobody is moved; who waits goes on waiting when it is full. Whoever is there already is
    passed over, so that a second call changes nothing. Raises NotAllowed, Invalid (nobody chosen, no reason, an offering
    that does not fit), Conflict (too few seats).
    """
    offerings = _lock_both(offering, to)
    offering = offerings[offering.pk]
    require(actor, Can.OFFERING_EDIT, offering.credential)
    reason, wanted = reason.strip(), set(enrollments)
    if not wanted:
        raise Invalid(_("Choose whom to move."))
    if not reason or len(reason) > REASON_MAX_LETTERS:
        raise Invalid(_("Say why, in at most %(limit)s letters.") % {"limit": REASON_MAX_LETTERS})
    target = _target(offerings, offering, to, at)
    moved = _rows(offering.enrollments.filter(public_id__in=wanted, status__in=OPEN_ENROLLMENTS))
    seated = sum(each.status == EnrollmentStatus.ACTIVE for each in moved)
    if target.seats is not None and seated > max(0, free_seats(target)):
        raise Conflict(
            _("%(name)s has %(free)s free seats for %(count)s learners. Nobody was moved.")
            % {"name": target.name, "free": max(0, free_seats(target)), "count": seated}
        )
    # Whoever has a seat keeps one: they come before those who only waited.
    moved.sort(key=lambda each: (each.status != EnrollmentStatus.ACTIVE, each.pk))
    placed = _place(moved, target, actor=actor, note=f"Moved from {offering.name}: {reason}", at=at)
    _tell_moved(placed, target, reason, at)
    fill_seats(offering=offering, at=at)
    return placed


@transaction.atomic
def choose_date(*, actor: User, enrollment: Enrollment, to: Offering, at: datetime) -> Enrollment:
    """Take another date of an item that one is enrolled in: with a seat there, or at the end of its waitlist.

    The same date once more changes nothing. Raises NotAllowed, Invalid (a date that does not fit), Conflict (ended, handed
    in, or a seat would be given up for the waitlist).
    """
    enrollment = Enrollment.objects.select_related("learner", "offering").get(pk=enrollment.pk)
    require(actor, Can.ENROLLMENT_START, enrollment.learner)
    if enrollment.offering is None:
        raise Conflict(_("You work on this without a date; there is none to change."))
    offerings = _lock_both(enrollment.offering, to)
    enrollment = _rows(Enrollment.objects.filter(pk=enrollment.pk))[0]
    offering = offerings.get(enrollment.offering_id or 0)
    if offering is None:
        raise Conflict(_("Your date was changed a moment ago. Look at it again."))
    if offering.pk == to.pk:
        return enrollment
    if not movable(offering).filter(pk=enrollment.pk).exists():
        raise Conflict(_("You have submitted your evidence, or this enrollment has ended; the date stays."))
    target = _target(offerings, offering, to, at)
    keeps_seat = enrollment.status == EnrollmentStatus.ACTIVE and not offering.is_canceled
    if keeps_seat and target.seats is not None and free_seats(target) < 1:
        raise Conflict(_("%(name)s is full. You keep the seat that you have.") % {"name": target.name})
    [placed] = _place([enrollment], target, actor=actor, note=f"Chosen instead of {offering.name}", at=at)
    fill_seats(offering=offering, at=at)
    return placed


def _lock_both(offering: Offering, to: Offering | None) -> dict[int, Offering]:
    keys = {offering.pk, *([to.pk] if to is not None else [])}
    rows = Offering.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    return {each.pk: each for each in rows.select_related("credential__organization")}


def _target(offerings: dict[int, Offering], offering: Offering, to: Offering, at: datetime) -> Offering:
    target = offerings[to.pk]
    if target.pk == offering.pk or target.credential_id != offering.credential_id:
        raise Invalid(_("Choose another offering of the same item."))
    if target.is_canceled or target.closes_on < timezone.localdate(at):
        raise Invalid(_("That offering was canceled or is over; choose another."))
    return target


def _rows(enrollments: QuerySet[Enrollment]) -> list[Enrollment]:
    """Locked, in the order in which they enrolled, with what placing and telling ask for."""
    found = enrollments.select_for_update(of=("self",)).select_related(
        "learner__user", "credential_version", "credential"
    )
    return list(found.prefetch_related("submissions").order_by("pk"))


def _place(
    enrollments: Sequence[Enrollment], to: Offering, *, actor: User, note: str, at: datetime
) -> list[Enrollment]:
    """Put enrollments into another offering: seated while seats are free, then waiting. Everything is locked."""
    free = None if to.seats is None else max(0, free_seats(to))
    for number, enrollment in enumerate(enrollments):
        is_seated = free is None or number < free
        status = EnrollmentStatus.ACTIVE if is_seated else EnrollmentStatus.WAITLISTED
        if status != enrollment.status:
            require_move(ENROLLMENT_MOVES, enrollment.status, status)
        enrollment.offering, enrollment.status = to, status
        enrollment.save(update_fields=["offering", "status"])
        if is_seated and not enrollment.submissions.all():
            start_attempt(enrollment, 1, actor=actor, at=at)
    EnrollmentEvent.objects.bulk_create(
        EnrollmentEvent(enrollment=each, actor=actor, moved_to=each.status, note=f"{to.name}. {note}", at=at)
        for each in enrollments
    )
    return list(enrollments)


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


def _tell(enrollments: Iterable[Enrollment] | QuerySet[Enrollment], *, subject: str, text: str, at: datetime) -> None:
    if isinstance(enrollments, QuerySet):
        enrollments = enrollments.select_related("learner__user", "credential_version", "credential")
    tell_all(
        Notice(
            user=each.learner.user,
            kind="offering",
            subject=subject % {"title": each.credential_version.title},
            text=text,
            path=each.get_absolute_url(),
            created_at=at,
        )
        for each in enrollments
        if each.learner.user is not None
    )


def _tell_moved(enrollments: Sequence[Enrollment], to: Offering, reason: str, at: datetime) -> None:
    said = {"offering": to.name, "when": when_and_where(to), "reason": _sentence(reason)}
    for status, text in (
        (EnrollmentStatus.ACTIVE, _("%(reason)s Your seat is in %(offering)s now: %(when)s. Your work is kept.")),
        (
            EnrollmentStatus.WAITLISTED,
            _(
                "%(reason)s You wait for a seat in %(offering)s: %(when)s. Your work is kept; you can choose another date."
            ),
        ),
    ):
        _tell(
            [each for each in enrollments if each.status == status],
            subject=_("%(title)s: another date"),
            text=text % said,
            at=at,
        )


def is_without_date(enrollment: Enrollment) -> bool:
    """Whether its offering, which is at hand, was canceled and another is to be chosen. No query."""
    return enrollment.status in OPEN_ENROLLMENTS and enrollment.offering is not None and enrollment.offering.is_canceled
