"""What learners read about their own work: what is next, the workspace, where a submission stands, their badges."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Credential, Criterion, EvidenceRequirement
from credentials.selectors import source_in_words
from learners import identifiers
from learners.models import Award, Decision, Enrollment, Learner, RecognizedCredential, Submission, User
from learners.models.evidence import EvidenceKind
from learners.selectors import assessing, renewal
from learners.services import last_assessment, passed_before, recognition
from learners.services.evidence import FROM_LEARNER, counts_toward
from learners.workflow import (
    OPEN_ENROLLMENTS,
    AwardStatus,
    DecisionOutcome,
    DecisionStatus,
    EnrollmentStatus,
    Standing,
    SubmissionStatus,
    standing,
)

HANDED_IN = [SubmissionStatus.SUBMITTED, SubmissionStatus.IN_REVIEW]
RECENT_DAYS = 60


def learner_of(user: User) -> Learner | None:
    """The person in the role of earning, if they are in it. No query for who is signed in."""
    return getattr(user, "learner", None)


def day_in_words(at: datetime) -> str:
    return format_date(timezone.localtime(at), "M j, Y")


# Home ----------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Work:
    """One enrollment on the home page: its newest attempt, how it stands, and what the learner does next (or nothing)."""

    enrollment: Enrollment
    submission: Submission | None
    kind: str
    word: str
    text: str
    action: str
    url: str

    @property
    def is_next(self) -> bool:
        return bool(self.action)


def work(learner: Learner) -> list[Work]:
    """The open enrollments, what asks for something first. Three queries."""
    released = Decision.objects.filter(status=DecisionStatus.RELEASED)
    enrollments = (
        learner.enrollments.filter(status__in=OPEN_ENROLLMENTS)
        .select_related("credential__organization", "credential__current_version", "credential_version", "offering")
        .prefetch_related("submissions", Prefetch("decisions", queryset=released))
        .order_by("-enrolled_at", "pk")
    )
    found = [
        _work(each) for each in enrollments if each.submissions.all() or each.status == EnrollmentStatus.WAITLISTED
    ]
    return sorted(found, key=lambda each: not each.is_next)


def _work(enrollment: Enrollment) -> Work:
    if enrollment.status == EnrollmentStatus.WAITLISTED:
        text = _("When a seat becomes free it goes to the first in line, and you are told.")
        word = _("On the waitlist")
        return Work(enrollment, None, "waiting", word, text, "", enrollment.get_absolute_url())
    submission = max(enrollment.submissions.all(), key=lambda each: (each.attempt, each.pk))
    if submission.status == SubmissionStatus.DRAFT:
        return Work(
            enrollment,
            submission,
            "draft",
            _("In progress"),
            _("Gather the evidence and submit it."),
            _("Continue"),
            enrollment.get_absolute_url(),
        )
    if submission.status == SubmissionStatus.EXPIRED:
        text = _("Nobody had worked on your draft for long, and it expired. You can begin anew.")
        return Work(enrollment, submission, "draft", _("Expired"), text, _("Begin anew"), submission.get_absolute_url())
    decision = next((each for each in enrollment.decisions.all() if each.submission_id == submission.pk), None)
    if decision is not None and decision.outcome in {DecisionOutcome.RETURNED, DecisionOutcome.NOT_MET}:
        return Work(
            enrollment,
            submission,
            decision.outcome,
            "",
            _("Read the feedback and start the next attempt."),
            _("See the result"),
            submission.get_absolute_url(),
        )
    if submission.status == SubmissionStatus.QUARANTINED:
        text = _("Your evidence is set aside and looked at. You may wait, or hand it in anew.")
        return Work(
            enrollment, submission, "waiting", _("Set aside"), text, _("Read more"), submission.get_absolute_url()
        )
    due = submission.due_at
    text = _("Answer promised by %(day)s.") % {"day": day_in_words(due)} if due else ""
    word = str(SubmissionStatus(submission.status).label).capitalize()
    return Work(enrollment, submission, "waiting", word, text, "", submission.get_absolute_url())


@dataclass(frozen=True)
class Result:
    """A decision that was released lately. is_new: since the learner was last here."""

    decision: Decision
    on: date
    is_new: bool


@dataclass(frozen=True)
class Due:
    """Something with a day: what, until when, where."""

    on: date
    text: str
    url: str
    is_past: bool


def due(learner: Learner, found: Sequence[Work], at: datetime) -> list[Due]:
    """What has a day set: drafts in an offering that closes, badges to renew, own goals. The soonest first. Two queries."""
    on = timezone.localdate(at)
    drafts = [
        (each.enrollment.offering.closes_on, each.enrollment.credential_version.title, each.url)
        for each in found
        if each.kind == "draft" and each.enrollment.offering is not None and not each.enrollment.offering.is_canceled
    ]
    goals = [
        (goal.due_on, goal.text, reverse("learners:growth") + "#goals")
        for goal in learner.goals.filter(reached_at__isnull=True, due_on__isnull=False).order_by("due_on", "pk")[:5]
        if goal.due_on is not None
    ]
    lapsing = [
        (when.expires_on, _("Renew %(title)s") % {"title": award.credential_version.title}, award.get_absolute_url())
        for award, when in renewal.to_renew(learner, at)
    ]
    return [Due(day, text, url, day < on) for day, text, url in sorted([*drafts, *lapsing, *goals])]


def new_results(learner: Learner, at: datetime, *, since: datetime | None) -> list[Result]:
    """The newest decision of each enrollment, of those released lately. since: the visit before. One query.

    What was revoked since is no result any more; the badge says so.
    """
    newer = Decision.objects.filter(
        enrollment=OuterRef("enrollment"), status=DecisionStatus.RELEASED, attempt__gt=OuterRef("attempt")
    )
    revoked = Award.objects.filter(decision=OuterRef("pk"), status=AwardStatus.REVOKED)
    found = (
        Decision.objects.filter(
            ~Exists(newer),
            ~Exists(revoked),
            enrollment__learner=learner,
            status=DecisionStatus.RELEASED,
            effective_at__gte=at - timedelta(days=RECENT_DAYS),
        )
        .with_context()
        .order_by("-effective_at", "pk")[:5]
    )
    return [
        Result(
            each,
            timezone.localdate(each.effective_at),
            is_new=since is None or (each.effective_at is not None and each.effective_at > since),
        )
        for each in found
    ]


def suggestions(learner: Learner) -> list[Credential]:
    """Three short ones that the learner may start and has not. One query."""
    return list(
        Credential.objects.offered()
        .filter(
            kind="microcredential",
            current_version__professions_admitted__contains=[learner.profession],
            current_version__prerequisites=None,
        )
        .exclude(enrollments__learner=learner)
        .select_related("current_version", "organization")
        .order_by("current_version__workload_hours", "code", "pk")[:3]
    )


# The workspace -------------------------------------------------------------------------------------------------------
@dataclass
class Place:
    """One requirement of the version with what is there for it; requirement None gathers everything else."""

    requirement: EvidenceRequirement | None
    items: list[assessing.ShownEvidence] = field(default_factory=list)
    forms: list[Any] = field(default_factory=list)
    recognized: RecognizedCredential | None = None  # what stands in place of it

    @property
    def position(self) -> int | None:
        return self.requirement.position if self.requirement else None

    @property
    def is_from_learner(self) -> bool:
        return self.requirement is None or self.requirement.source in FROM_LEARNER

    @property
    def source(self) -> str:
        """Who provides it."""
        return source_in_words(self.requirement) if self.requirement else ""

    @property
    def count(self) -> int:
        """How much of it is there; hours fill nothing but a log."""
        requirement = self.requirement
        return 0 if requirement is None else sum(counts_toward(each.item, requirement) for each in self.items)

    @property
    def is_met(self) -> bool:
        if self.requirement is None:
            return False
        return self.recognized is not None or self.count >= self.requirement.items_min

    @property
    def said(self) -> str:
        """How far it is, in words."""
        if self.requirement is None:
            return ""
        if self.recognized is not None:
            return _("Recognized from %(provider)s") % {"provider": self.recognized.provider.name}
        least, count = self.requirement.items_min, self.count
        if not self.is_from_learner:
            return _("There") if count >= least else _("Not there yet")
        if count >= least:
            return ngettext("%(count)s item added", "%(count)s items added", count) % {"count": count}
        return _("%(count)s of %(least)s added") % {"count": count, "least": least}


def places(submission: Submission) -> list[Place]:
    """The checklist, in the order of the version. Three queries."""
    found = {each.pk: Place(each) for each in submission.enrollment.asked_evidence()}
    _note_recognized(submission, found)
    other = Place(None)
    for shown in assessing.evidence(submission, None):
        found.get(shown.item.requirement_id or 0, other).items.append(shown)
    return [*found.values(), other]


def _note_recognized(submission: Submission, found: dict[int, Place]) -> None:
    """What need not be submitted: as it stands today for a draft, as it stood for what is submitted. One query."""
    if submission.status == SubmissionStatus.DRAFT:
        credited = recognition.credited(submission.enrollment, on=timezone.localdate())
        for place in found.values():
            place.recognized = credited.get(place.requirement.kind) if place.requirement else None
        return
    for each in submission.credited.select_related("recognized__provider"):
        if each.requirement_id in found:
            found[each.requirement_id].recognized = each.recognized


def look_for_identifiers(checklist: Sequence[Place], *, of: User) -> int:
    """Note beside each item of the learner's what may name a patient, and answer in how many there is something.

    Titles, texts and file names are read, not what stands inside a file. Dates belong into a log of hours.
    """
    count = 0
    for shown in (each for place in checklist if place.is_from_learner for each in place.items):
        item = shown.item
        if item.is_withheld or item.added_by_id != of.pk or item.harmless_at is not None:
            continue
        found = identifiers.find(item.title, item.text, item.file.original_name if item.file else "")
        is_log = item.kind == EvidenceKind.HOURS
        shown.found.extend(each for each in found if not (is_log and each.kind == identifiers.Identifier.DATE))
        count += bool(shown.found)
    return count


def still_needed(checklist: Sequence[Place]) -> tuple[int, int]:
    """How many requirements of the learner's are met, of how many."""
    own = [each for each in checklist if each.requirement is not None and each.is_from_learner]
    return sum(each.is_met for each in own), len(own)


@dataclass(frozen=True)
class Again:
    """What the last attempt leaves to do: the rows of its result that are open, and those that keep their level."""

    number: int
    opened: list[dict[str, Any]]
    kept: list[dict[str, Any]]
    kept_criteria: list[Criterion]


def again(submission: Submission, criteria: Sequence[Criterion]) -> Again | None:
    """None on a first attempt, and where nothing was assessed before. At most three queries."""
    before = last_assessment(submission)
    if before is None:
        return None
    passed = passed_before(submission, before)
    rows = assessing.result_rows(submission.credential_version, criteria, before.judgments.all())
    pairs = list(zip(rows, criteria, strict=True))
    return Again(
        number=before.submission.attempt,
        opened=[row for row, criterion in pairs if criterion.pk not in passed],
        kept=[row for row, criterion in pairs if criterion.pk in passed],
        kept_criteria=[criterion for criterion in criteria if criterion.pk in passed],
    )


# A submission --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Next:
    """What comes after a result. opens_at: when the next attempt opens, if that lies ahead."""

    may_start: bool = False
    opens_at: datetime | None = None
    is_over: bool = False
    following: Submission | None = None


def after(submission: Submission, decision: Decision, at: datetime) -> Next:
    """Whether there is a next attempt, and when; the rule itself is `services.start_resubmission`. One query."""
    following = submission.enrollment.submissions.filter(attempt=submission.attempt + 1).first()
    if following is not None or decision.outcome == DecisionOutcome.AWARDED:
        return Next(following=following)
    version = submission.credential_version
    if (
        submission.enrollment.status != EnrollmentStatus.ACTIVE
        or submission.attempt >= submission.enrollment.attempts_most
    ):
        return Next(is_over=True)
    opens_at = None
    if decision.outcome == DecisionOutcome.NOT_MET and decision.effective_at is not None:
        opens_at = decision.effective_at + timedelta(days=version.attempts_wait_days)
    return Next(may_start=opens_at is None or opens_at <= at, opens_at=opens_at)


def timeline(submission: Submission, decision: Decision | None) -> list[dict[str, Any]]:
    """What happened to a submission and what is still to come. No query when its events are at hand."""
    passed = [{"title": _("Started"), "time": submission.started_at}]
    if submission.submitted_at is not None:
        passed.append({"title": _("Evidence submitted"), "time": submission.submitted_at})
    elif submission.status == SubmissionStatus.EXPIRED:
        return [*passed, {"title": _("Expired before it was submitted"), "is_now": True}]
    else:
        return [*passed, {"title": _("Submit the evidence"), "is_now": True}]
    if decision is not None:
        title = _("Decision: %(outcome)s") % {"outcome": decision.get_outcome_display()}
        return [*passed, {"title": title, "time": decision.effective_at, "kind": decision.outcome, "is_now": True}]
    status = SubmissionStatus(submission.status)
    if status not in HANDED_IN:
        return [*passed, {"title": str(status.label).capitalize(), "is_now": True}]
    due = _("promised by %(day)s") % {"day": day_in_words(submission.due_at)} if submission.due_at else ""
    return [
        *passed,
        {"title": str(status.label).capitalize(), "is_now": True},
        {"title": _("Decision"), "time": due, "is_ahead": True},
    ]


def growth(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The criteria of a result that fell short or that come with a next step, those that fell short first."""
    short = [each for each in rows if (each.get("reached") or 0) < each["minimum"]]
    further = [each for each in rows if each not in short and each.get("next_step")]
    return [*short, *further]


# Badges --------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Badge:
    """An award as its holder sees it. kind, word, on, prefix: as components/status.html reads them; seal: its state."""

    award: Award
    kind: str
    seal: str = "issued"
    word: str = ""
    on: date | None = None
    prefix: str = ""


def badge(award: Award, at: datetime) -> Badge:
    """No query when the award was read `with_context`."""
    until = timezone.localdate(award.valid_until) if award.valid_until else None
    state = standing(award.status, award.valid_until, at)
    if state == Standing.VALID:
        if award.sign_after > at:
            return Badge(award, "waiting", word=_("Awarded, being prepared"))
        return Badge(award, "valid", on=until, prefix=_("until") if until else "")
    if state == Standing.EXPIRED:
        return Badge(award, "expired", "expired", on=until)
    if state == Standing.REVOKED:
        return Badge(award, "revoked", "revoked", word=str(state.label), on=timezone.localdate(award.revoked_at))
    if state == Standing.WITHDRAWN:
        return Badge(award, "revoked", "revoked", word=_("Withdrawn"))
    return Badge(award, str(state), word=str(state.label))


def badges(learner: Learner, at: datetime) -> list[Badge]:
    """Every award of a learner, the newest first; those withdrawn before they were signed never were. One query."""
    awards = (
        learner.awards.exclude(status=AwardStatus.WITHDRAWN)
        .with_context()
        .select_related("credential__current_version")
        .order_by("-awarded_at", "-pk")
    )
    return [badge(award, at) for award in awards]
