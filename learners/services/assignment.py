"""Giving work to assessors: by the engine as it comes in, by a lead by hand, and taking it back."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from learners import matching
from learners.models import Assignment, AssignmentEvent, Notice, SecondMarking, Submission, User
from learners.models.assessment import AssessorRole
from learners.selectors import assigning
from learners.selectors.assigning import NEVER, OPEN, Hindrance, Pool
from learners.services import notices

LOCK = 70_412_004  # any number, the same for all who assign
RUN = 1000  # submissions in one run; the next run takes the next


@dataclass(frozen=True)
class Placed:
    """What a run did: assignments made, and how many submissions are left without somebody in a role."""

    assignments: list[Assignment]
    left: int


@dataclass
class Moved:
    """What was moved, and what stays where it is, with the reason."""

    assignments: list[Assignment] = field(default_factory=list)
    kept: list[tuple[Assignment, str]] = field(default_factory=list)


@transaction.atomic
def assign_submission(*, submission: Submission, at: datetime) -> Assignment | None:
    """Give a submitted submission to an assessor; a consequence of submitting, harmless when repeated.

    Answers the standing first assignment, a new one, or None when nobody can take it (leads see it as unassigned).
    """
    submission = Submission.objects.select_for_update(of=("self",)).with_context().get(pk=submission.pk)
    standing = submission.assignments.filter(role=AssessorRole.FIRST, ended_at__isnull=True).first()
    if standing is not None or submission.status not in OPEN:
        return standing
    if not Submission.objects.scanned().filter(pk=submission.pk).exists():
        return None  # given to somebody once its files are known to be clean
    _one_at_a_time()
    _draw_second([submission], at=at)
    made = _place([submission], at=at)
    return next((each for each in made if each.role == AssessorRole.FIRST), None)


@transaction.atomic
def assign_waiting(*, at: datetime) -> Placed:
    """Place everything that waits for somebody in some role, as evenly as possible; may be called at any time.

    Two runs at once wait for each other. A row that somebody else holds is left for the next run.
    """
    _one_at_a_time()
    keys: set[int] = set()
    for role in AssessorRole:
        keys |= set(assigning.without(role).values_list("pk", flat=True)[:RUN])
    locked = (
        Submission.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=keys, status__in=OPEN)
        .scanned()
    )
    submissions = list(locked.with_context().order_by("due_at", "pk")[:RUN])
    for submission in submissions:
        _draw_second([submission], at=at)
    made = _place(submissions, at=at)
    return Placed(made, left=sum(assigning.without(role).count() for role in AssessorRole))


def _draw_second(submissions: Sequence[Submission], *, at: datetime) -> None:
    """Note which of them a second assessor judges, because the item or the sample says so; harmless when repeated."""
    causes = {each: assigning.cause_of_second(each) for each in submissions}
    SecondMarking.objects.bulk_create(
        [SecondMarking(submission=each, cause=cause, drawn_at=at) for each, cause in causes.items() if cause],
        ignore_conflicts=True,
    )


def _one_at_a_time() -> None:
    """Wait until nobody else is assigning: loads that are read stay true until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _place(submissions: Sequence[Submission], *, at: datetime) -> list[Assignment]:
    """Match role by role, so that a second assessor is another person than the first; write and tell."""
    pool = Pool(submissions, at=at)
    by_key = {each.pk: each for each in submissions}
    rows: list[Assignment] = []
    for role in AssessorRole:
        waiting = [by_key[key] for key in assigning.without(role).filter(pk__in=by_key).values_list("pk", flat=True)]
        found = matching.match([pool.work(each, role) for each in waiting], pool.judges())
        for submission in waiting:
            if (assessor := found.get(submission.pk)) is not None:
                pool.take(submission, role, assessor)
                rows.append(
                    Assignment(
                        submission=submission, assessor=pool.candidates[assessor].user, role=role, assigned_at=at
                    )
                )
    return _write(rows, actor=None, moved_to="assigned", note="", at=at)


def _write(
    rows: Sequence[Assignment], *, actor: User | None, moved_to: str, note: str, at: datetime
) -> list[Assignment]:
    made = Assignment.objects.bulk_create(rows)
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(assignment=each, actor=actor, moved_to=moved_to, note=note, at=at) for each in made
    )
    _tell(made, at=at)
    return made


def _tell(made: Sequence[Assignment], *, at: datetime) -> None:
    """One notice for each person, however much they were given."""
    counts = Counter(each.assessor_id for each in made)
    last = {each.assessor_id: each for each in made}
    found = []
    for key, assignment in last.items():
        if counts[key] == 1:
            submission = assignment.submission
            subject = _("%(title)s: a submission to assess") % {"title": submission.credential_version.title}
            text, path = (
                _("A submission waits for your judgment."),
                reverse("learners:marking", args=[submission.public_id]),
            )
        else:
            subject = _("%(count)s submissions to assess") % {"count": counts[key]}
            text, path = _("They wait in your queue, those first that are due first."), reverse("learners:queue")
        found.append(
            Notice(user=assignment.assessor, kind="assigned", subject=subject, text=text, path=path, created_at=at)
        )
    notices.tell_all(found)


# By hand ----------------------------------------------------------------------------------------------------------------
@transaction.atomic
def assign_by_hand(
    *,
    actor: User,
    submission: Submission,
    assessor: User,
    at: datetime,
    reason: str,
    role: AssessorRole = AssessorRole.FIRST,
) -> Assignment:
    """Give a submission to a chosen assessor, in place of whoever has it now in that role.

    Against the rules (a conflict, leave, the weekly cap, one profession) only with a reason, which is kept with the
    assignment. Nobody is told to judge their own work or one they judge already. A second call changes nothing. Raises
    NotAllowed, Conflict (the work is decided, or finished by whoever has it), Invalid (not an assessor of the item, or a
    rule stands against it and no reason is given).
    """
    [submission] = _locked([submission.pk])
    require(actor, Can.SUBMISSION_ASSIGN, submission)
    if submission.status not in OPEN:
        raise Conflict(_("This submission does not wait for an assessor."))
    _one_at_a_time()
    standing = submission.assignments.filter(role=role, ended_at__isnull=True).first()
    if standing is not None and standing.assessor_id == assessor.pk:
        return standing
    pool = Pool([submission], at=at)
    hindrance = _hindrance(pool, submission, assessor)
    if hindrance is not None and not reason.strip():
        raise Invalid(
            _("%(name)s cannot take this: %(why)s. Choose somebody else, or give a reason that is kept with it.")
            % {"name": assessor, "why": hindrance.label}
        )
    if standing is not None:
        if _is_finished(standing):
            raise Conflict(_("%(name)s has finished judging this.") % {"name": standing.assessor})
        _end([standing], actor=actor, note=reason, at=at)
    row = Assignment(
        submission=submission, assessor=assessor, role=role, assigned_at=at, assigned_by=actor, reason=reason
    )
    return _write([row], actor=actor, moved_to="overridden" if hindrance else "assigned", note=reason, at=at)[0]


def _hindrance(pool: Pool, submission: Submission, assessor: User) -> Hindrance | None:
    if assessor.pk not in pool.qualified(submission):
        raise Invalid(_("%(name)s is not an assessor of this item.") % {"name": assessor})
    hindrance = pool.hindrance(submission, assessor.pk)
    if hindrance in NEVER:
        raise Invalid(_("%(name)s cannot take this: %(why)s.") % {"name": assessor, "why": hindrance.label})
    return hindrance


@transaction.atomic
def move_assignments(
    *, actor: User, assignments: Sequence[Assignment], to: User | None, reason: str, at: datetime
) -> Moved:
    """Take many pieces of work from whoever has them, and give them to one person, or to whom the engine finds.

    Work that is finished, and work that the rules keep from the chosen person, stays where it is and is named. reason: kept
    with each. Raises NotAllowed (and moves nothing), Invalid (no reason).
    """
    if not reason.strip():
        raise Invalid(_("Say why the work is moved; it is kept with each assignment."))
    keys = [each.pk for each in assignments]
    submissions = _locked([each.submission_id for each in assignments])
    for submission in submissions:
        require(actor, Can.SUBMISSION_ASSIGN, submission)
    _one_at_a_time()
    by_key = {each.pk: each for each in submissions if each.status in OPEN}
    standing = Assignment.objects.filter(pk__in=keys, ended_at__isnull=True).select_related("assessor").order_by("pk")
    moved = Moved()
    pool = Pool(submissions, at=at)
    going: list[Assignment] = []
    for each in standing.annotate(is_finished=assigning.finished()):
        if each.submission_id not in by_key or each.is_finished:
            moved.kept.append((each, _("it is judged already")))
        elif to is None:
            going.append(each)
        elif (why := _why_not(pool, by_key[each.submission_id], to)) is not None:
            moved.kept.append((each, why))
        else:
            pool.take(by_key[each.submission_id], each.role, to.pk)
            going.append(each)
    _end(going, actor=actor, note=reason, at=at)
    if to is None:
        moved.assignments = _place([by_key[each.submission_id] for each in going], at=at)
        return moved
    rows = [
        Assignment(
            submission=by_key[each.submission_id],
            assessor=to,
            role=each.role,
            assigned_at=at,
            assigned_by=actor,
            reason=reason,
        )
        for each in going
    ]
    moved.assignments = _write(rows, actor=actor, moved_to="assigned", note=reason, at=at)
    return moved


def _why_not(pool: Pool, submission: Submission, assessor: User) -> str | None:
    try:
        hindrance = _hindrance(pool, submission, assessor)
    except Invalid as refused:
        return str(refused)
    return str(hindrance.label) if hindrance else None


@transaction.atomic
def take_back(*, assessor: User, learner_id: int, at: datetime) -> int:
    """End what an assessor still has to judge of one learner, and give it to others; says no reason. Answers how many."""
    mine = Assignment.objects.filter(
        assessor=assessor,
        ended_at__isnull=True,
        submission__enrollment__learner=learner_id,
        submission__status__in=OPEN,
    )
    submissions = _locked(list(mine.values_list("submission", flat=True)))
    _one_at_a_time()
    standing = list(mine.filter(submission__in=submissions))
    _end(standing, actor=None, note="", at=at)
    _place(submissions, at=at)
    return len(standing)


def _end(assignments: Sequence[Assignment], *, actor: User | None, note: str, at: datetime) -> None:
    Assignment.objects.filter(pk__in=[each.pk for each in assignments]).update(ended_at=at)
    AssignmentEvent.objects.bulk_create(
        AssignmentEvent(assignment=each, actor=actor, moved_to="ended", note=note, at=at) for each in assignments
    )


def _is_finished(assignment: Assignment) -> bool:
    return assignment.submission.assessments.filter(
        assessor=assignment.assessor_id, status="finished", is_agreed=False
    ).exists()


def _locked(keys: Sequence[int]) -> list[Submission]:
    """Submissions in the order of their keys, as every command locks them; read again after the wait."""
    found = Submission.objects.filter(pk__in=keys).order_by("pk")
    list(found.select_for_update().values_list("pk"))
    return list(found.with_context().prefetch_related("assignments"))
