"""The publish gate: what a version must have before anybody can earn it (DOMAIN A9), each missing thing by name."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from credentials.models import CredentialVersion, Criterion
from credentials.models.catalog import CredentialKind

CRITERIA_MIN = 3
LEVELS = [1, 2, 3, 4]
LETTER_SENTENCES_MAX = 2


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way. place: the part of the page where it is filled in."""

    place: str
    text: str


def missing(version: CredentialVersion) -> list[Missing]:
    """What the gate still asks for, in the order of the page; empty means that it may be published.

    Five queries, none when the children are prefetched.
    """
    found = _stewardship(version)
    if not version.title.strip():
        found.append(Missing("description", _("A title.")))
    if version.credential.kind == CredentialKind.DESIGNATION:
        return found + _designation(version)
    return found + _description(version) + _assessment(version)


def _stewardship(version: CredentialVersion) -> list[Missing]:
    found = []
    if version.credential.owner_id is None:
        found.append(Missing("stewardship", _("An owner: the person who answers for it.")))
    if version.credential.review_on is None:
        found.append(Missing("stewardship", _("A review date.")))
    return found


def _designation(version: CredentialVersion) -> list[Missing]:
    found = []
    if not version.summary.strip():
        found.append(Missing("description", _("A summary.")))
    statement = version.statement_for_letters.strip()
    sentences = sum(statement.count(mark) for mark in (". ", "? ", "! ")) + 1
    if not statement:
        found.append(Missing("description", _("A statement for performance letters.")))
    elif sentences > LETTER_SENTENCES_MAX:
        found.append(
            Missing(
                "description",
                _("A shorter statement for performance letters: at most two sentences; it has %(count)s.")
                % {"count": sentences},
            )
        )
    return found


def _description(version: CredentialVersion) -> list[Missing]:
    wanted = [
        (version.summary.strip(), _("A summary.")),
        (version.level, _("A level.")),
        (version.setting, _("A setting: curricular or extracurricular.")),
        (version.workload_hours, _("A workload in hours.")),
        (version.professions_admitted, _("The professions that are admitted.")),
        (version.assessment_methods, _("A type of assessment.")),
        (version.supervision_and_identity, _("How assessment is supervised and identity checked.")),
        (version.quality_assurance, _("A quality-assurance statement.")),
    ]
    return [Missing("description", text) for value, text in wanted if not value]


def _criteria(version: CredentialVersion) -> Iterable[Criterion]:
    prefetched = getattr(version, "_prefetched_objects_cache", {})
    return version.criteria.all() if "criteria" in prefetched else version.criteria.prefetch_related("levels")


def _assessment(version: CredentialVersion) -> list[Missing]:
    found = []
    if not any(outcome.text.strip() for outcome in version.outcomes.all()):
        found.append(Missing("outcomes", _("At least one assessed outcome.")))
    if not any(alignment.criterion_id is None for alignment in version.alignments.all()):
        found.append(Missing("alignments", _("At least one competency that it is aligned to.")))
    criteria = sorted(_criteria(version), key=lambda each: each.position)
    if len(criteria) < CRITERIA_MIN:
        found.append(
            Missing(
                "rubric",
                _("A rubric with at least %(least)s criteria; it has %(count)s.")
                % {"least": CRITERIA_MIN, "count": len(criteria)},
            )
        )
    if criteria and not any(criterion.is_required for criterion in criteria):
        found.append(Missing("rubric", _("A required criterion: without one nothing could be awarded.")))
    for criterion in criteria:
        described = sorted(level.value for level in criterion.levels.all() if level.descriptor.strip())
        if described != LEVELS:
            found.append(Missing("rubric", _("Four described levels for “%(name)s”.") % {"name": criterion.name}))
    if not version.evidence_requirements.all():
        found.append(Missing("evidence", _("What evidence is asked for.")))
    return found
