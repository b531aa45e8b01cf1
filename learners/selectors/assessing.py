"""What those who assess read: whose work it is, the evidence beside what it was before, the rubric as it was judged."""

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from credentials import rubric
from credentials.models import Credential, CredentialVersion, Criterion
from learners.models import Assessment, Decision, Enrollment, EvidenceItem, Judgment, Submission, User
from learners.models.evidence import EvidenceKind, SubmissionQuerySet

SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")

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


def load(user: User) -> Load:
    """One query."""
    found = Submission.objects.to_assess(user).aggregate(
        count=Count("pk"), oldest_submitted_at=Min("submitted_at"), first_due_at=Min("due_at")
    )
    return Load(**found)


def by_due_date(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    return submissions.order_by(F("due_at").asc(nulls_last=True), "pk")


def credentials_in_queue(user: User) -> QuerySet[Credential]:
    """The credentials of a queue, for its filter; with the title of what was published last."""
    waiting = Submission.objects.to_assess(user).values("enrollment__credential")
    return Credential.objects.filter(pk__in=waiting).select_related("current_version").order_by("code", "pk")


@dataclass(frozen=True)
class Neighbors:
    """Where a submission stands in the queue, and the addresses around it (empty at an end)."""

    position: int
    count: int
    previous: str
    following: str


def neighbors(user: User, submission: Submission) -> Neighbors:
    """One query; the queue of one person is some hundreds at most.

    A submission that is not in the queue (any more) has position 0, and the first of the queue follows it.
    """
    keys = list(by_due_date(Submission.objects.to_assess(user)).values_list("public_id", flat=True))
    here = keys.index(submission.public_id) if submission.public_id in keys else -1
    return Neighbors(
        position=here + 1,
        count=len(keys),
        previous=reverse("learners:marking", args=[keys[here - 1]]) if here > 0 else "",
        following=reverse("learners:marking", args=[keys[here + 1]]) if here + 1 < len(keys) else "",
    )


# Evidence ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class ShownEvidence:
    """One item as an assessor sees it.

    shown_as: text, frame, image, video, audio, link, hours or file. change: new, changed, same, removed, or empty on a
    first attempt. parts: the text in pieces of (kept | added | removed, words) where it was changed.
    """

    item: EvidenceItem
    title: str
    shown_as: str
    url: str = ""
    change: str = ""
    parts: list[tuple[str, str]] = field(default_factory=list)


def evidence(submission: Submission, before: Submission | None) -> list[ShownEvidence]:
    """The evidence in the order of the requirements, compared with the attempt before. One or two queries."""
    now = _items(submission)
    if before is None:
        return [_shown(item, submission) for item in now]
    former = _items(before)
    unchanged = {_content(item) for item in former} & {_content(item) for item in now}
    replaced = {_place(item): item for item in former if _content(item) not in unchanged}
    shown = []
    for item in now:
        if _content(item) in unchanged:
            shown.append(_shown(item, submission, change="same"))
        elif (old := replaced.pop(_place(item), None)) is not None:
            shown.append(_shown(item, submission, change="changed", parts=compare(old.text, item.text)))
        else:
            shown.append(_shown(item, submission, change="new"))
    return shown + [_shown(item, submission, change="removed") for item in replaced.values()]


def compare(old: str, new: str) -> list[tuple[str, str]]:
    """A text in pieces of (kept | added | removed, words), sentence by sentence."""
    if not old or not new:
        return []
    before, after = ([each for each in SENTENCES.split(text) if each] for text in (old, new))
    parts = []
    for what, low, high, from_, until in difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("kept", " ".join(before[low:high])))
            continue
        if low < high:
            parts.append(("removed", " ".join(before[low:high])))
        if from_ < until:
            parts.append(("added", " ".join(after[from_:until])))
    return parts


def _items(submission: Submission) -> list[EvidenceItem]:
    return list(
        submission.evidence_items.select_related("file", "requirement").order_by(
            F("requirement__position").asc(nulls_last=True), "pk"
        )
    )


def _content(item: EvidenceItem) -> tuple[object, ...]:
    digest = item.file.sha256 if item.file else ""
    return (item.kind, item.requirement_id, item.title, item.text, item.link, item.hours, digest)


def _place(item: EvidenceItem) -> tuple[object, ...]:
    """What an item and the one that replaces it have in common."""
    return (item.kind, item.requirement_id, item.title)


def _shown(item: EvidenceItem, submission: Submission, **more: Any) -> ShownEvidence:
    title, shown_as, url = item.title, str(item.kind), ""
    if item.kind == EvidenceKind.FILE and item.file is not None:
        group = item.file.media_type.split("/")[0]
        shown_as = SHOWN_AS.get(item.file.media_type) or SHOWN_AS.get(group, "file")
        url = reverse("learners:file-download", args=[item.file.public_id])
        if submission.credential_version.is_blind:
            # The name of a file often holds the name of its maker.
            title = capfirst(item.requirement.kind) if item.requirement else _("File")
    return ShownEvidence(item, title, shown_as, url, **more)


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


def attempt_before(submission: Submission) -> Before | None:
    """None on a first attempt. At most four queries."""
    if submission.attempt == 1:
        return None
    former = (
        Submission.objects.with_context()
        .filter(enrollment=submission.enrollment_id, attempt__lt=submission.attempt)
        .order_by("-attempt")
        .first()
    )
    if former is None:
        return None
    decision = former.decisions.filter(status="released").first()
    assessment = assessment_of(former)
    judgments = {each.criterion_id: each for each in assessment.judgments.all()} if assessment else {}
    return Before(former, decision, assessment, judgments)


def assessment_of(submission: Submission) -> Assessment | None:
    """The assessment that a decision rests on: the agreed one, else the first that is finished. One query."""
    finished = submission.assessments.filter(status="finished").prefetch_related("judgments")
    return finished.order_by("-is_agreed", "finished_at", "pk").first()
