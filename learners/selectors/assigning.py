"""Who may take which work, and why not: one reading of everything that decides it, for any amount of work."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Case, Count, Exists, OuterRef, Q, QuerySet, Subquery, TextChoices, When
from django.db.models.lookups import IsNull
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from config.permissions import Role
from learners.matching import Judge, Work
from learners.models import Assessment, Assignment, Conflict, Leave, RoleGrant, Submission, User
from learners.models.assessment import AssessorRole
from learners.models.assigning import WEEKLY_CAP
from learners.models.evidence import SubmissionQuerySet
from learners.models.second_marking import SecondMarkingCause
from learners.selectors import calibrated
from learners.workflow import SecondMarkingStatus, SubmissionStatus

OPEN = [SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW]


class Hindrance(TextChoices):
    """Why somebody with the role cannot take a piece of work; the first that holds is told."""

    OWN = "own", gettext_lazy("it is their own work")
    TAKEN = "taken", gettext_lazy("they judge it already")
    MOVED = "moved", gettext_lazy("it was taken from them")
    CONFLICT = "conflict", gettext_lazy("a conflict is declared")
    PROFESSION = "profession", gettext_lazy("the pair would be of one profession")
    CALIBRATION = "calibration", gettext_lazy("not calibrated for this item this year")
    AWAY = "away", gettext_lazy("on leave")
    FULL = "full", gettext_lazy("at the weekly cap")


# Nobody can be told to judge it all the same; everything else a lead may override with a reason.
NEVER = {Hindrance.OWN, Hindrance.TAKEN}


@dataclass
class Candidate:
    """Somebody who holds the role of an assessor today. load: open work; taken: what was given to them this week."""

    user: User
    profession: str
    cap: int
    load: int = 0
    taken: int = 0
    last_at: datetime | None = None
    leave: list[Leave] = field(default_factory=list)

    @property
    def places(self) -> int:
        return max(0, self.cap - self.taken)

    def is_away(self, day: date) -> bool:
        return any(each.covers(day) for each in self.leave)


def week_start(at: datetime) -> datetime:
    """Monday at midnight, school time: from then on a weekly cap counts."""
    local = timezone.localtime(at)
    return (local - timedelta(days=local.weekday())).replace(hour=0, minute=0, second=0, microsecond=0)


class Pool:
    """Everybody who might judge some submissions, with what stands against it. At most ten queries, whatever the number.

    The submissions were read `with_context()`. What is placed is told by `take`, so that the next piece sees it.
    """

    def __init__(self, submissions: Sequence[Submission], *, at: datetime) -> None:
        self.at = at
        self._today = timezone.localdate(at)
        self._away_on: dict[date, set[int]] = {}
        organizations = {each.credential.organization_id for each in submissions}
        grants = (
            RoleGrant.objects.in_force(at)
            .filter(role=Role.ASSESSOR, organization__in=organizations, user__is_active=True)
            .select_related("user__assessor_profile")
        )
        self.candidates: dict[int, Candidate] = {}
        self._covers: dict[tuple[int, int | None], set[int]] = {}
        for grant in grants:
            profile = getattr(grant.user, "assessor_profile", None)
            self.candidates.setdefault(
                grant.user_id,
                Candidate(grant.user, profile.profession, profile.weekly_cap)
                if profile
                else Candidate(grant.user, "", WEEKLY_CAP),
            )
            self._covers.setdefault((grant.organization_id, grant.credential_id), set()).add(grant.user_id)
        self._read_loads()
        self._read_leave()
        asked = calibrated.asking({each.enrollment.credential_id for each in submissions})
        held = calibrated.held_until(asked, at) if asked else {}
        self._calibrated: dict[int, set[int]] = {key: set(people) for key, people in held.items()}
        learners = {each.enrollment.learner_id for each in submissions}
        self._conflicts: dict[int, set[int]] = {}
        declared = Conflict.objects.standing().filter(assessor__in=self.candidates, learner__in=learners)
        for assessor, learner in declared.values_list("assessor", "learner"):
            self._conflicts.setdefault(learner, set()).add(assessor)
        self._standing: dict[int, dict[str, int]] = {}
        self._moved: dict[int, set[int]] = {}
        for submission, role, assessor, ended_at in Assignment.objects.filter(submission__in=submissions).values_list(
            "submission", "role", "assessor", "ended_at"
        ):
            if ended_at is None:
                self._standing.setdefault(submission, {})[role] = assessor
            else:
                self._moved.setdefault(submission, set()).add(assessor)
        again = [each.enrollment_id for each in submissions if each.attempt > 1]
        self._former = {
            (enrollment, attempt, role): assessor
            for enrollment, attempt, role, assessor in Assignment.objects.filter(submission__enrollment__in=again)
            .order_by("assigned_at", "pk")
            .values_list("submission__enrollment", "submission__attempt", "role", "assessor")
        }

    def _read_loads(self) -> None:
        theirs = Assignment.objects.filter(assessor__in=self.candidates)
        standing = theirs.filter(ended_at__isnull=True, submission__status__in=OPEN)
        for key, load in standing.values("assessor").annotate(load=Count("pk")).values_list("assessor", "load"):
            self.candidates[key].load = load
        # By the index on person and time: nothing of what somebody judged in former weeks is read.
        given = Assignment.objects.filter(assessor=OuterRef("pk")).order_by("-assigned_at")
        this_week = given.filter(ended_at__isnull=True, assigned_at__gte=week_start(self.at)).order_by()
        taken = this_week.values("assessor").annotate(taken=Count("pk")).values("taken")
        people = User.objects.filter(pk__in=self.candidates).annotate(
            given_last=Subquery(given.values("assigned_at")[:1]), given_now=Subquery(taken)
        )
        for key, last_at, now in people.values_list("pk", "given_last", "given_now"):
            self.candidates[key].last_at, self.candidates[key].taken = last_at, now or 0

    def _read_leave(self) -> None:
        for leave in Leave.objects.filter(assessor__in=self.candidates, until_on__gte=self._today):
            self.candidates[leave.assessor_id].leave.append(leave)

    def qualified(self, submission: Submission) -> set[int]:
        """Who holds the role for the credential, or for everything of its organization."""
        organization, credential = submission.credential.organization_id, submission.credential.pk
        return self._covers.get((organization, None), set()) | self._covers.get((organization, credential), set())

    def _kept_from(self, submission: Submission) -> list[tuple[Hindrance, Collection[int]]]:
        """Who cannot take a submission, by what keeps them, in the order in which it is told."""
        standing = set(self._standing.get(submission.pk, {}).values())
        due_on = timezone.localdate(submission.due_at) if submission.due_at else self._today
        own = {submission.learner.user_id} if submission.learner.user_id else set()
        return [
            (Hindrance.OWN, own),
            (Hindrance.TAKEN, standing),
            (Hindrance.CONFLICT, self._conflicts.get(submission.enrollment.learner_id, ())),
            (Hindrance.MOVED, self._moved.get(submission.pk, ())),
            (Hindrance.PROFESSION, self._makes_no_pair(standing) if is_pair(submission) else ()),
            (Hindrance.CALIBRATION, self._uncalibrated(submission)),
            (Hindrance.AWAY, self._away(self._today) | self._away(max(due_on, self._today))),
            (Hindrance.FULL, {key for key, each in self.candidates.items() if each.places == 0}),
        ]

    def hindrance(self, submission: Submission, assessor: int) -> Hindrance | None:
        """What keeps a qualified person from a submission."""
        return _first(self._kept_from(submission), assessor)

    def _makes_no_pair(self, standing: Collection[int]) -> set[int]:
        """Whose profession is unknown, or the same as that of the one who has it; a third assessor may be of any."""
        if len(standing) > 1:
            return set()
        known = {self.candidates[each].profession for each in standing if each in self.candidates} | {""}
        return {key for key, each in self.candidates.items() if each.profession in known}

    def _uncalibrated(self, submission: Submission) -> set[int]:
        """Who has not passed the calibration set this year, where the item asks for it."""
        credential = submission.enrollment.credential_id
        return set(self.candidates) - self._calibrated[credential] if credential in self._calibrated else set()

    def _away(self, day: date) -> set[int]:
        if day not in self._away_on:
            self._away_on[day] = {key for key, each in self.candidates.items() if each.is_away(day)}
        return self._away_on[day]

    def judges(self) -> list[Judge]:
        """In turn: who was given nothing for the longest time comes first among equals."""
        long_ago = datetime.min.replace(tzinfo=self.at.tzinfo)
        ordered = sorted(self.candidates.items(), key=lambda pair: (pair[1].last_at or long_ago, pair[0]))
        return [Judge(key, each.places, each.load) for key, each in ordered]

    def work(self, submission: Submission, role: str) -> Work:
        former = self._former.get((submission.enrollment_id, submission.attempt - 1, role))
        eligible = self.qualified(submission).difference(*(kept for _why, kept in self._kept_from(submission)))
        return Work(submission.pk, frozenset(eligible), former)

    def take(self, submission: Submission, role: str, assessor: int) -> None:
        candidate = self.candidates[assessor]
        candidate.load, candidate.taken, candidate.last_at = candidate.load + 1, candidate.taken + 1, self.at
        self._standing.setdefault(submission.pk, {})[role] = assessor

    def why_unassigned(self, submission: Submission) -> str:
        """In words, without names: why nobody can take it."""
        qualified = self.qualified(submission)
        if not qualified:
            return _("Nobody holds the role of an assessor for this item.")
        kept_from = self._kept_from(submission)  # once for all of them: it is the same for each
        counted = Counter(_first(kept_from, key) for key in qualified)
        free = counted.pop(None, 0)
        if free:
            return _("%(count)s can take it; it is placed with the next run.") % {"count": free}
        told = [
            _("%(count)s: %(why)s") % {"count": counted[each], "why": each.label} for each in Hindrance if counted[each]
        ]
        return _("Nobody of %(count)s is free (%(reasons)s).") % {"count": len(qualified), "reasons": "; ".join(told)}


def _first(kept_from: Sequence[tuple[Hindrance, Collection[int]]], assessor: int) -> Hindrance | None:
    return next((why for why, kept in kept_from if assessor in kept), None)


def is_pair(submission: Submission) -> bool:
    """Whether the item asks for two assessors of different professions."""
    version = submission.credential_version
    return version.assessors_count > 1 and len(version.professions_admitted) > 1


def lacks(role: str) -> Q:
    """Whether a submission needs an assessor in this role and has none."""
    standing = Assignment.objects.filter(submission=OuterRef("pk"), role=role, ended_at__isnull=True)
    needed = {
        AssessorRole.FIRST: Q(),
        AssessorRole.SECOND: Q(second_marking__status=SecondMarkingStatus.MARKING),
        AssessorRole.THIRD: Q(second_marking__status=SecondMarkingStatus.THIRD),
    }
    return needed[AssessorRole(role)] & Q(~Exists(standing))


def without(role: str) -> SubmissionQuerySet:
    """Open submissions that need an assessor in this role and have none, those first that are due first."""
    return Submission.objects.filter(lacks(role), status__in=OPEN).order_by("due_at", "pk")


def without_any() -> SubmissionQuerySet:
    """The same for any role; `with_lacking` says which."""
    # Each role by itself: PostgreSQL joins where it would ask for each row in turn if one condition held them all.
    some = Q()
    for role in AssessorRole.values:
        some |= Q(pk__in=without(role).order_by().values("pk"))
    return Submission.objects.filter(some, status__in=OPEN).order_by("due_at", "pk")


def with_lacking(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """The same by when they are due; `lacks_first` and so on say which role nobody has."""
    lacking = {f"lacks_{role}": Case(When(lacks(role), then=True), default=False) for role in AssessorRole.values}
    return submissions.annotate(**lacking).order_by("due_at", "pk")


def finished() -> Exists:
    """Whether the person of an assignment has finished judging."""
    return Exists(_done())


def unfinished() -> IsNull:
    """Whether they have not. Asked of each assignment in turn: for a NOT EXISTS PostgreSQL would read every assessment."""
    return IsNull(Subquery(_done().values("pk")[:1]), True)


def _done() -> QuerySet[Assessment]:
    return Assessment.objects.filter(
        submission=OuterRef("submission"), assessor=OuterRef("assessor"), status="finished", is_agreed=False
    )


def cause_of_second(submission: Submission) -> str:
    """Why a second assessor judges a submission; empty when none does."""
    if submission.credential_version.assessors_count > 1:
        return SecondMarkingCause.PAIR
    return SecondMarkingCause.SAMPLE if is_drawn(submission) else ""


def is_drawn(submission: Submission) -> bool:
    """Whether the random sample holds it: anybody can draw it again from the submission's public id."""
    from learners.sampling import is_in_sample

    return is_in_sample(submission.public_id, percent=submission.credential_version.second_mark_percent)
