"""The publish gate: what a version must have before anybody can earn it (DOMAIN A9), each missing thing by name."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from credentials.committee import lacking_decision
from credentials.models import CredentialVersion, Criterion, Prerequisite
from credentials.models.catalog import CredentialKind

CRITERIA_MIN = 3
LEVELS = [1, 2, 3, 4]
LETTER_SENTENCES_MAX = 2


@dataclass(frozen=True)
class Missing:
    """One thing that stands in the way.

    place: the part of the page where it belongs; at: the id of the field or row of the editor where it is filled in, empty
    for what is given beside the version (its owner, its review date). url: the page where it is given, where that is another.
    """

    place: str
    text: str
    at: str = ""
    url: str = ""


_more: list[Callable[[CredentialVersion], list[Missing]]] = []


def also(check: Callable[[CredentialVersion], list[Missing]]) -> None:
    """Have a higher app look at a version, too: said in `AppConfig.ready()`, the same one once."""
    if check not in _more:
        _more.append(check)


def missing(version: CredentialVersion, *, on: date | None = None) -> list[Missing]:
    """What the gate still asks for, in the order of the page; empty means that it may be published.

    on: the day of publishing, today where nobody says; a review date before it is none.

    Six queries, one when the children are prefetched; one more where it has prerequisites, and a few where a committee
    decides on content. What higher apps look at comes on top; for designations two.
    """
    found = missing_in(version, on=on or timezone.localdate())
    for check in _more:
        found += check(version)
    return found


def missing_in(version: CredentialVersion, *, on: date | None = None) -> list[Missing]:
    """The same without what higher apps look at: for a catalog from a file, whose pathways come after it.

    Without a day, a review date may be over: what a catalog offers stays offered when it is late, and is reported as late.
    """
    found = _stewardship(version, on)
    if not version.title.strip():
        found.append(Missing("description", _("A title."), "id_title"))
    if version.credential.kind == CredentialKind.DESIGNATION:
        found += _designation(version)
    else:
        found += _description(version) + _assessment(version)
    if lacking := lacking_decision(version):
        found.append(Missing("committee", lacking))
    return found


def _stewardship(version: CredentialVersion, on: date | None) -> list[Missing]:
    found = []
    if version.credential.owner_id is None:
        found.append(Missing("stewardship", _("An owner: the person who answers for it.")))
    if version.credential.review_on is None:
        found.append(Missing("stewardship", _("A review date.")))
    elif on is not None and version.credential.review_on < on:
        day = format_date(version.credential.review_on, "F j, Y")
        found.append(Missing("stewardship", _("A review date that lies ahead: %(day)s is over.") % {"day": day}))
    return found


def _designation(version: CredentialVersion) -> list[Missing]:
    found = []
    if not version.summary.strip():
        found.append(Missing("description", _("A summary."), "id_summary"))
    statement = version.statement_for_letters.strip()
    sentences = sum(statement.count(mark) for mark in (". ", "? ", "! ")) + 1
    if not statement:
        found.append(Missing("description", _("A statement for performance letters."), "id_statement_for_letters"))
    elif sentences > LETTER_SENTENCES_MAX:
        found.append(
            Missing(
                "description",
                _("A shorter statement for performance letters: at most two sentences; it has %(count)s.")
                % {"count": sentences},
                "id_statement_for_letters",
            )
        )
    return found


def _description(version: CredentialVersion) -> list[Missing]:
    wanted = [
        ("summary", version.summary.strip(), _("A summary.")),
        ("level", version.level, _("A level.")),
        ("professions_admitted", version.professions_admitted, _("The professions that are admitted.")),
        ("setting", version.setting, _("A setting: curricular or extracurricular.")),
        ("delivery", version.delivery.strip(), _("A form of participation.")),
        ("workload_hours", version.workload_hours, _("A workload in hours.")),
        ("assessment_methods", version.assessment_methods, _("A type of assessment.")),
        (
            "supervision_and_identity",
            version.supervision_and_identity,
            _("How assessment is supervised and identity checked."),
        ),
        ("quality_assurance", version.quality_assurance, _("A quality-assurance statement.")),
    ]
    return [Missing("description", text, f"id_{name}") for name, value, text in wanted if not value]


def _criteria(version: CredentialVersion) -> Iterable[Criterion]:
    prefetched = getattr(version, "_prefetched_objects_cache", {})
    return version.criteria.all() if "criteria" in prefetched else version.criteria.prefetch_related("levels")


def _assessment(version: CredentialVersion) -> list[Missing]:
    found = []
    outcomes = sorted(version.outcomes.all(), key=lambda each: each.position)
    if not any(outcome.text.strip() for outcome in outcomes):
        found.append(Missing("outcomes", _("At least one assessed outcome."), "outcomes"))
    else:
        found += [
            Missing("outcomes", _("Words for outcome %(number)s, or its removal.") % {"number": n}, f"outcomes-{n}")
            for n, outcome in enumerate(outcomes, 1)
            if not outcome.text.strip()
        ]
    if not any(alignment.criterion_id is None for alignment in version.alignments.all()):
        found.append(Missing("alignments", _("At least one competency that it is aligned to."), "alignments"))
    found += _rubric(version)
    requirements = sorted(version.evidence_requirements.all(), key=lambda each: each.position)
    if not requirements:
        found.append(Missing("evidence", _("What evidence is asked for."), "evidence"))
    found += [
        Missing("evidence", _("The kind of evidence %(number)s.") % {"number": number}, f"evidence-{number}")
        for number, each in enumerate(requirements, 1)
        if not each.kind.strip()
    ]
    if circle := _circle(version):
        text = _("Prerequisites that do not lead back to it: %(codes)s.") % {"codes": " → ".join(circle)}
        found.append(Missing("prerequisites", text, "prerequisites"))
    return found


def _rubric(version: CredentialVersion) -> list[Missing]:
    found = []
    criteria = sorted(_criteria(version), key=lambda each: each.position)
    if len(criteria) < CRITERIA_MIN:
        words = _("A rubric with at least %(least)s criteria; it has %(count)s.")
        found.append(Missing("rubric", words % {"least": CRITERIA_MIN, "count": len(criteria)}, "criteria"))
    if criteria and not any(criterion.is_required for criterion in criteria):
        words = _("A required criterion: without one nothing could be awarded.")
        found.append(Missing("rubric", words, "criteria"))
    for number, criterion in enumerate(criteria, 1):
        if not criterion.name.strip():
            words = _("A name for criterion %(number)s.") % {"number": number}
            found.append(Missing("rubric", words, f"criteria-{number}"))
        described = sorted(level.value for level in criterion.levels.all() if level.descriptor.strip())
        if described != LEVELS:
            name = criterion.name or _("criterion %(number)s") % {"number": number}
            words = _("Four described levels for “%(name)s”.") % {"name": name}
            found.append(Missing("rubric", words, f"criteria-{number}"))
    return found


def _circle(version: CredentialVersion) -> list[str]:
    """The codes along a way by prerequisites that leads back to this credential; empty when there is none. One query."""
    first = [each.requires_id for each in version.prerequisites.all()]
    if not first:
        return []
    leads: dict[int, list[int]] = {}
    codes: dict[int, str] = {version.credential_id: version.credential.code}
    rows = Prerequisite.objects.filter(version=F("version__credential__current_version")).values_list(
        "version__credential_id", "version__credential__code", "requires_id", "requires__code"
    )
    for source, source_code, target, target_code in rows:
        leads.setdefault(source, []).append(target)
        codes |= {source: source_code, target: target_code}
    ways, seen = [[each] for each in first], set(first)
    while ways:
        way = ways.pop()
        for target in leads.get(way[-1], []):
            if target == version.credential_id:
                return [codes[each] for each in (target, *way, target)]
            if target not in seen:
                seen.add(target)
                ways.append([*way, target])
    return []
