"""What stands beside the rubric while somebody judges: words to use again, examples, hints, and who else is at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, Count, OuterRef, When
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Criterion
from learners import feedback_quality
from learners.models import (
    Concern,
    Judgment,
    LevelExample,
    MarkingLock,
    SecondMarking,
    Snippet,
    Submission,
    User,
)
from learners.models.evidence import SubmissionQuerySet
from learners.models.marking import ConcernKind
from learners.services.marking import KEY_WORDS, KEYS, SNIPPETS_MAX
from learners.workflow import SecondMarkingStatus

# The same words may serve some learners; from the next one on, they say little about each.
SAME_WORDS_FOR = 3


@dataclass(frozen=True)
class Held:
    """Who else has a submission open, and for how long."""

    who: str
    since_at: datetime
    age: str


def held_by_another(lock: MarkingLock, user: User, at: datetime) -> Held | None:
    """None when it is the reader who holds it. While two judge blind, neither learns who the other is."""
    if lock.holder_id == user.pk:
        return None
    blind = [SecondMarkingStatus.MARKING, SecondMarkingStatus.THIRD]
    is_blind = SecondMarking.objects.filter(submission=lock.submission_id, status__in=blind).exists()
    who = _("Another assessor") if is_blind else str(lock.holder)
    return Held(who, lock.since_at, timesince(lock.since_at, at))


@dataclass(frozen=True)
class Key:
    name: str
    key: str
    words: str


def keys(chosen: dict[str, str]) -> list[Key]:
    """Every action with its key and what it does, in the order of the help."""
    return [Key(name, chosen[name], str(KEY_WORDS[name])) for name in KEYS]


def snippets(user: User) -> list[Snippet]:
    """The words that a person may insert, their own first. One query."""
    found = Snippet.objects.visible_to(user).select_related("owner", "shared_in")
    own_first = Case(When(owner=user, then=0), default=1)
    return list(found.order_by(own_first, "abbreviation", "pk")[: 2 * SNIPPETS_MAX])


def examples(criteria: Sequence[Criterion]) -> dict[int, list[tuple[str, list[LevelExample]]]]:
    """By criterion: the label of each level that has examples, with them. One query."""
    found: dict[tuple[int, int], list[LevelExample]] = {}
    rows = LevelExample.objects.filter(criterion__in=criteria, retired_at__isnull=True)
    for each in rows.order_by("criterion_id", "level", "pk"):
        found.setdefault((each.criterion_id, each.level), []).append(each)
    return {
        criterion.pk: [
            (level.label, found[criterion.pk, level.value])
            for level in criterion.levels.all()
            if (criterion.pk, level.value) in found
        ]
        for criterion in criteria
    }


def with_open_concerns(submissions: SubmissionQuerySet) -> SubmissionQuerySet:
    """Each with the kinds of the concerns that wait for the lead, in the same query."""
    waiting = Concern.objects.filter(submission=OuterRef("pk"), closed_at__isnull=True)
    return submissions.annotate(open_concerns=ArraySubquery(waiting.order_by("raised_at", "pk").values("kind")))


def concerns(submission: Any) -> list[dict[str, Any]]:
    """What was told to the lead about a submission that comes from `with_open_concerns`."""
    return [{"kind": kind, "label": ConcernKind(kind).label} for kind in submission.open_concerns]


@dataclass(frozen=True)
class Said:
    """What is noticed about the words on one criterion: three hints, and a warning when they were used often."""

    hints: list[feedback_quality.Hint]
    warning: str


def said(
    user: User, submission: Submission, words: Sequence[tuple[str, str]], *, is_counted: bool = True
) -> list[Said]:
    """words: comment and next step for each criterion, in order. One query, or none when nothing is written.

    is_counted: whether to look for whom else the same words were used.
    """
    comments = {comment.strip() for comment, _step in words} - {""}
    used = _used_for(user, submission, comments) if is_counted else {}
    found = []
    for comment, next_step in words:
        count = used.get(comment.strip(), 0) + 1
        warning = ""
        if comment.strip() and count > SAME_WORDS_FOR:
            warning = ngettext(
                "You gave these same words to %(count)s learner. Say what this one did.",
                "You gave these same words to %(count)s learners. Say what this one did.",
                count,
            ) % {"count": count}
        found.append(Said(feedback_quality.hints(comment, next_step), warning))
    return found


def _used_for(user: User, submission: Submission, comments: set[str]) -> dict[str, int]:
    """For how many other learners an assessor used each of these comments."""
    if not comments:
        return {}
    rows = (
        Judgment.objects.filter(assessment__assessor=user, comment__in=comments, kept_from__isnull=True)
        .exclude(assessment__submission__enrollment__learner=submission.enrollment.learner_id)
        .values_list("comment")
        .annotate(learners=Count("assessment__submission__enrollment__learner", distinct=True))
    )
    return dict(rows)
