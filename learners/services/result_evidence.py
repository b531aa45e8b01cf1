"""How a result that others gave becomes evidence of an attempt; services call it inside their transactions."""

from datetime import datetime
from decimal import Decimal
from typing import Protocol

from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from learners.models import EvidenceItem, RecordedResult, Submission
from learners.models.evidence import EvidenceKind
from learners.models.results import RaterKind


class Sayable(Protocol):
    """A result, recorded or still to be."""

    @property
    def score(self) -> Decimal | None: ...
    @property
    def out_of(self) -> Decimal | None: ...
    @property
    def words(self) -> str: ...


def in_words(result: Sayable) -> str:
    """The result itself: “17 of 20, passed”."""
    parts = []
    if result.score is not None and result.out_of is not None:
        parts.append(_("%(score)s of %(most)s") % {"score": plain(result.score), "most": plain(result.out_of)})
    return ", ".join([*parts, *([result.words] if result.words else [])])


def plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def count(result: RecordedResult, submission: Submission, *, before: RecordedResult | None, at: datetime) -> None:
    """Count it for an attempt; a correction takes the place of what it corrects."""
    kind = RaterKind(result.rater_kind).label
    rater = _("%(kind)s: %(name)s") % {"kind": kind, "name": result.rater} if result.rater else str(kind)
    told = [
        f"{in_words(result)}.",
        result.comment,
        _("Rated on %(day)s by %(rater)s.") % {"day": format_date(result.rated_on, "F j, Y"), "rater": rater},
        _("Corrected; before: %(words)s.") % {"words": in_words(before)} if before else "",
    ]
    content = {
        "title": result.title,
        "text": "\n\n".join(filter(None, told)),
        "result": result,
        "added_by_id": result.recorded_by_id,
    }
    replaced = before and EvidenceItem.objects.filter(
        submission=submission, result=before, set_aside_by__isnull=True
    ).update(**content, added_at=at)
    if not replaced:
        EvidenceItem.objects.create(
            submission=submission, requirement=result.requirement, kind=EvidenceKind.TEXT, added_at=at, **content
        )


def count_kept(draft: Submission) -> int:
    """Put into a new draft what was recorded while no attempt was open; answer how many.

    What an earlier attempt has held came along with its other evidence, or was set aside with it. Two queries, and one or
    two for each result.
    """
    results = {
        each.pk: each
        for each in RecordedResult.objects.filter(
            enrollment=draft.enrollment_id, requirement__version=draft.enrollment.credential_version_id
        )
        .select_related("requirement")
        .order_by("pk")
    }
    held = set(
        EvidenceItem.objects.filter(submission__enrollment=draft.enrollment_id, result__isnull=False).values_list(
            "result_id", flat=True
        )
    )
    corrected = {each.corrects_id for each in results.values()}
    kept = [each for each in results.values() if each.pk not in corrected and each.pk not in held]
    for result in kept:
        before = result.corrects_id
        while before is not None and before not in held and results[before].corrects_id is not None:
            before = results[before].corrects_id
        count(result, draft, before=results[before] if before is not None else None, at=result.recorded_at)
    return len(kept)
