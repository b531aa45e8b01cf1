"""What those who assess read: whose work it is, the evidence beside what it was before, the rubric as it was judged."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, QuerySet, Subquery, When
from django.db.models.functions import TruncDate
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from credentials import rubric
from credentials.models import Credential, CredentialVersion, Criterion
from credentials.models.catalog import OBSERVED
from learners.identifiers import Found
from learners.models import (
    Assessment,
    Assignment,
    Cohort,
    Decision,
    Enrollment,
    EvidenceItem,
    Judgment,
    Submission,
    User,
)
from learners.models.assessment import AssessorRole
from learners.models.evidence import EvidenceKind, SubmissionQuerySet
from learners.selectors import seasons
from learners.services import last_assessment
from learners.text_changes import Paragraph, changes

# How a file is shown beside the rubric, by its type; anything else is downloaded.
SHOWN_AS = {"application/pdf": "frame", "text/plain": "frame", "image": "image", "video": "video", "audio": "audio"}


def shown_name(enrollment: Enrollment) -> str:
    """Whose work it is: the learner's name, or a code where the rubric is judged blind."""
    if enrollment.credential_version.is_blind:
        return _("Learner %(code)s") % {"code": enrollment.public_id.hex[:6].upper()}
    return enrollment.learner.display_name


# The queue -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Load:
    """How much waits for an assessor, since when, and when the first answer is promised."""

    count: int
    oldest_submitted_at: datetime | None
    first_due_at: datetime | None


def own(user: User) -> SubmissionQuerySet:
    """The whole queue of an assessor by its keys, so that whatever is read of it touches nobody else's. One query."""
    return Submission.objects.filter(pk__in=list(Submission.objects.to_assess(user).values_list("pk", flat=True)))


def load(user: User, mine: SubmissionQuerySet | None = None) -> Load:
    """One query. mine: as `own` gives it, where that was read already; so below."""
    found = (Submission.objects.to_assess(user) if mine is None else mine).aggregate(
        count=Count("pk"), oldest_submitted_at=Min("submitted_at"), first_due_at=Min("due_at")
    )
    return Load(**found)


def by_due_date(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """The earliest first; of those due on one day, first what letters can still take in before they freeze (`freeze_on`)."""
    can_wait = Case(When(freeze_on__isnull=False, then=0), default=1)
    return submissions.annotate(freeze_on=seasons.freeze_day(timezone.localdate())).order_by(
        TruncDate("due_at").asc(nulls_last=True), can_wait, "due_at", "pk"
    )


def credentials_in_queue(mine: SubmissionQuerySet) -> QuerySet[Credential]:
    """The credentials of a queue, for its filter; with the title of what was published last."""
    waiting = mine.values("enrollment__credential")
    return Credential.objects.filter(pk__in=waiting).select_related("current_version").order_by("code", "pk")


def cohorts_in_queue(mine: SubmissionQuerySet) -> QuerySet[Cohort]:
    """The cohorts of a queue, for its filter."""
    waiting = mine.values("enrollment__learner__cohort")
    return Cohort.objects.filter(pk__in=waiting).order_by("entered_on", "name", "pk")


def queue(user: User, chosen: Mapping[str, str], mine: SubmissionQuerySet | None = None) -> SubmissionQuerySet:
    """The queue of an assessor, by the day on which an answer is due; chosen: item, cohort, kind, mark (see QueueFilter)."""
    waiting = Submission.objects.to_assess(user) if mine is None else mine
    if item := chosen.get("item"):
        waiting = waiting.filter(enrollment__credential__public_id=item)
    if cohort := chosen.get("cohort"):
        waiting = waiting.filter(enrollment__learner__cohort=int(cohort))
    if kind := chosen.get("kind"):
        waiting = waiting.filter(attempt=1) if kind == "first" else waiting.filter(attempt__gt=1)
    held = Assignment.objects.filter(submission=OuterRef("pk"), assessor=user, ended_at__isnull=True)
    if mark := chosen.get("mark"):
        is_first = Exists(held.filter(role=AssessorRole.FIRST))
        waiting = waiting.filter(is_first if mark == "first" else ~is_first)
    return by_due_date(waiting.annotate(my_role=Subquery(held.values("role")[:1])))


@dataclass(frozen=True)
class Neighbors:
    """Where a submission stands in the queue, and the addresses around it (empty at an end)."""

    position: int
    count: int
    previous: str
    following: str


def neighbors(user: User, submission: Submission, chosen: Mapping[str, str] | None = None) -> Neighbors:
    """One query; the queue of one person is some hundreds at most. What was chosen in the queue stays chosen.

    A submission that is not in the queue (any more) has position 0, and the first of the queue follows it.
    """
    keys = list(queue(user, chosen or {}).values_list("public_id", flat=True))
    here = keys.index(submission.public_id) if submission.public_id in keys else -1
    return Neighbors(
        position=here + 1,
        count=len(keys),
        previous=marking_address(keys[here - 1], chosen) if here > 0 else "",
        following=marking_address(keys[here + 1], chosen) if here + 1 < len(keys) else "",
    )


def marking_address(public_id: UUID, chosen: Mapping[str, str] | None = None) -> str:
    """The marking screen of a submission, within the queue as it was filtered."""
    address = reverse("learners:marking", args=[public_id])
    return f"{address}?{urlencode(chosen)}" if chosen else address


# Evidence ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownEvidence:
    """One item as an assessor sees it.

    shown_as: text, frame, image, video, audio, link, hours, file, or withheld (may hold patient data). change: new, changed, same, removed, or empty on a
    first attempt. paragraphs: the text in parts of (kept | added | removed, words) where it was changed; was: what a title,
    an address or hours were before. found: for the learner alone, what may name a patient. cannot_be_blinded: somebody saw
    the learner at work, where work is judged by a code else.
    """

    item: EvidenceItem
    title: str
    shown_as: str
    url: str = ""
    change: str = ""
    paragraphs: list[Paragraph] = field(default_factory=list)
    was: list[str] = field(default_factory=list)
    found: list[Found] = field(default_factory=list)
    cannot_be_blinded: bool = False


def evidence(submission: Submission, before: Submission | None) -> list[ShownEvidence]:
    """The evidence in the order of the requirements, compared with the attempt before. One query."""
    items = _items([submission, before] if before else [submission])
    now = [item for item in items if item.submission_id == submission.pk]
    if before is None:
        return [_shown(item, submission) for item in now]
    former = [item for item in items if item.submission_id == before.pk]
    unchanged = {_content(item) for item in former} & {_content(item) for item in now}
    left = [item for item in former if _content(item) not in unchanged and not item.is_withheld]
    changed = [item for item in now if _content(item) not in unchanged and not item.is_withheld]
    replaced = _replaced(left, changed)
    shown = []
    for item in now:
        if item.is_withheld:
            shown.append(_shown(item, submission))
        elif _content(item) in unchanged:
            shown.append(_shown(item, submission, change="same"))
        elif (old := replaced.get(item.pk)) is not None:
            told = changes(old.text, item.text) if old.text != item.text else []
            was = [] if submission.credential_version.is_blind and item.file else _was(old, item)
            shown.append(_shown(item, submission, change="changed", paragraphs=told, was=was))
        else:
            shown.append(_shown(item, submission, change="new"))
    gone = {item.pk for item in replaced.values()}
    return shown + [_shown(item, submission, change="removed") for item in left if item.pk not in gone]


def _replaced(left: Sequence[EvidenceItem], changed: Sequence[EvidenceItem]) -> dict[int, EvidenceItem]:
    """What an item stands in the place of: one of the same title, else the next of its kind for the same requirement."""
    found: dict[int, EvidenceItem] = {}
    free = list(left)
    for alike in (_place, _kind):
        for item in changed:
            old = next((each for each in free if item.pk not in found and alike(each) == alike(item)), None)
            if old is not None:
                found[item.pk] = old
                free.remove(old)
    return found


def _was(old: EvidenceItem, item: EvidenceItem) -> list[str]:
    """In words, what else was different."""
    pairs = [(old.title, item.title), (old.link, item.link)]
    told = [before for before, now in pairs if before != now and before]
    if old.hours is not None and old.hours != item.hours:
        told.append(_("%(hours)s hours") % {"hours": old.hours.normalize()})
    return told


def _items(submissions: Sequence[Submission]) -> list[EvidenceItem]:
    return list(
        EvidenceItem.objects.filter(submission__in=submissions)
        .select_related("file", "requirement", "set_aside_by")
        .order_by(F("requirement__position").asc(nulls_last=True), "pk")
    )


def _content(item: EvidenceItem) -> tuple[object, ...]:
    digest = item.file.sha256 if item.file else ""
    return (item.kind, item.requirement_id, item.title, item.text, item.link, item.hours, digest)


def _place(item: EvidenceItem) -> tuple[object, ...]:
    """What an item and the one that replaces it have in common."""
    return (item.kind, item.requirement_id, item.title)


def _kind(item: EvidenceItem) -> tuple[object, ...]:
    return (item.kind, item.requirement_id)


def _shown(item: EvidenceItem, submission: Submission, **more: Any) -> ShownEvidence:
    if item.is_withheld:
        return _withheld(item)
    title, shown_as, url = item.title, str(item.kind), ""
    if item.kind == EvidenceKind.FILE and item.file is not None:
        group = item.file.media_type.split("/")[0]
        shown_as = SHOWN_AS.get(item.file.media_type) or SHOWN_AS.get(group, "file")
        url = reverse("learners:file-download", args=[item.file.public_id])
        if submission.credential_version.is_blind:
            # The name of a file often holds the name of its maker.
            title = capfirst(item.requirement.kind) if item.requirement else _("File")
    is_blind = submission.credential_version.is_blind
    return ShownEvidence(
        item, title, shown_as, url, cannot_be_blinded=is_blind and _is_observed(item, submission), **more
    )


def _is_observed(item: EvidenceItem, submission: Submission) -> bool:
    """Whether it rests on somebody who saw the learner: by its requirement, or because somebody else wrote it down."""
    if item.requirement is not None:
        return item.requirement.source in OBSERVED
    return item.added_by_id != submission.learner.user_id


def _withheld(item: EvidenceItem) -> ShownEvidence:
    """That something was here, and nothing of it: neither its words nor its title are at hand for a template."""
    item.title = item.text = item.link = ""
    said = _("Set aside because of patient data")
    if item.purged_sha256:
        said = _("Removed because of patient data")
    title = capfirst(item.requirement.kind) if item.requirement else item.get_kind_display()
    return ShownEvidence(item, f"{capfirst(title)}: {said}", "withheld")


# The rubric ----------------------------------------------------------------------------------------------------------
def criteria_of(version: CredentialVersion) -> list[Criterion]:
    """Two queries."""
    return list(version.criteria.prefetch_related("levels").order_by("position"))


def result_rows(
    version: CredentialVersion, criteria: Sequence[Criterion], judgments: Iterable[Judgment]
) -> list[dict[str, Any]]:
    """The same with what was judged: the level reached, feedback and next step."""
    rows = rubric.rows(version, criteria)
    given = {each.criterion_id: each for each in judgments}
    for row, criterion in zip(rows, criteria, strict=True):
        if (judgment := given.get(criterion.pk)) is not None:
            row |= {
                "reached": judgment.level,
                "feedback": judgment.comment,
                "next_step": judgment.next_step,
                "cannot_judge": judgment.cannot_judge,
                "is_kept": judgment.kept_from_id is not None,
                "reached_label": _("Cannot be judged from this evidence")
                if judgment.cannot_judge
                else next((level["label"] for level in row["levels"] if level["value"] == judgment.level), ""),
            }
    return rows


@dataclass(frozen=True)
class Before:
    """The attempt before this one: its submission, its released decision, and what was judged by criterion."""

    submission: Submission
    decision: Decision | None
    assessment: Assessment | None
    judgments: dict[int, Judgment]


def attempt_before(submission: Submission, *, assessor: User | None = None) -> Before | None:
    """None on a first attempt. At most three queries where the attempt before was assessed here.

    assessor: as in `services.last_assessment`.
    """
    if submission.attempt == 1:
        return None
    assessed = last_assessment(submission, assessor=assessor)
    if assessed is not None:
        decision = assessed.submission.decisions.filter(status="released").first()
        judgments = {each.criterion_id: each for each in assessed.judgments.all()}
        return Before(assessed.submission, decision, assessed, judgments)
    former = (
        Submission.objects.with_context()
        .filter(enrollment=submission.enrollment_id, attempt__lt=submission.attempt)
        .order_by("-attempt")
        .first()
    )
    if former is None:
        return None
    return Before(former, former.decisions.filter(status="released").first(), None, {})


def assessment_of(submission: Submission) -> Assessment | None:
    """The assessment that a decision rests on: the agreed one, else the first that is finished. One query."""
    finished = submission.assessments.filter(status="finished").prefetch_related("judgments")
    return finished.order_by("-is_agreed", "finished_at", "pk").first()


def assessed_by(submission: Submission) -> str:
    """The names of those who judged a submission, for schools that tell them after the decision. One query."""
    finished = submission.assessments.filter(status="finished").select_related("assessor")
    return ", ".join(dict.fromkeys(str(each.assessor) for each in finished.order_by("finished_at", "pk")))
