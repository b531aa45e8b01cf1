"""The level that a learner reached in each criterion of an award: a part of the record that leaves the school only by consent."""

from collections.abc import Iterable
from typing import NamedTuple

from django.db.models import Prefetch

from credentials.models import CriterionLevel
from learners.models import Assessment, Award, Judgment
from learners.workflow import AssessmentStatus


class Reached(NamedTuple):
    """criterion: its key; name: what it is called; level: the word of the rubric for it."""

    criterion: str
    name: str
    level: str


def levels_of(awards: Iterable[int]) -> dict[int, list[Reached]]:
    """By the key of the award, in the order of the criteria; an award that rests on no assessment has none.

    Of several judgments the one that was agreed on counts, as in the learner's own result. Four queries, whatever the number.
    """
    by_submission = dict(
        Award.objects.filter(pk__in=awards, decision__isnull=False).values_list("decision__submission", "pk")
    )
    judged = Judgment.objects.filter(level__isnull=False).select_related("criterion").order_by("criterion__position")
    found: dict[int, list[Reached]] = {}
    assessments = list(
        Assessment.objects.filter(submission__in=by_submission, status=AssessmentStatus.FINISHED)
        .order_by("-is_agreed", "finished_at", "pk")
        .prefetch_related(Prefetch("judgments", judged))
    )
    criteria = {row.criterion_id for each in assessments for row in each.judgments.all()}
    labels = CriterionLevel.objects.filter(criterion__in=criteria).values_list("criterion", "value", "label")
    words: dict[tuple[int, int | None], str] = {(criterion, value): label for criterion, value, label in labels}
    for assessment in assessments:
        award = by_submission[assessment.submission_id]
        if award not in found:
            found[award] = [
                Reached(row.criterion.key, row.criterion.name, words[row.criterion_id, row.level])
                for row in assessment.judgments.all()
                if (row.criterion_id, row.level) in words
            ]
    return {award: levels for award, levels in found.items() if levels}
