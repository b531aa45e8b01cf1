"""Everything that a page says about one version of a credential (DOMAIN 6)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from credentials import rubric
from credentials.models import (
    Alignment,
    CredentialVersion,
    Criterion,
    EvidenceRequirement,
    OpinionRequest,
    Outcome,
    Prerequisite,
)
from credentials.models.catalog import OBSERVED, CredentialKind, EvidenceSource, MillerLevel

# Words that are not their code with spaces.
WORDS = {
    "pre-clerkship": gettext_lazy("pre-clerkship"),
    "post-clerkship": gettext_lazy("post-clerkship"),
}


def in_words(code: str) -> str:
    """A word of the catalog's vocabulary ("physical-therapy") as people write it."""
    return str(WORDS.get(code, code.replace("-", " ")))


# One version ---------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Sheet:
    """Everything that a page says about a version, ready to print. The children are lists in their order."""

    version: CredentialVersion
    what: str
    audience: str
    facts: list[tuple[str, str]]
    assessed: list[tuple[str, str]]
    outcomes: list[Outcome]
    criteria: list[dict[str, Any]]
    rule: str
    requirements: list[dict[str, str]]
    prerequisites: list[dict[str, str]]
    frameworks: list[dict[str, Any]]
    expiry: str


_PREREQUISITES = Prefetch("prerequisites", Prerequisite.objects.select_related("requires__current_version"))
_CHILDREN = (
    "outcomes",
    "criteria__levels",
    "evidence_requirements",
    Prefetch("alignments", Alignment.objects.select_related("competency__framework")),
    _PREREQUISITES,
)


def with_children(versions: QuerySet[CredentialVersion]) -> QuerySet[CredentialVersion]:
    """The same with all that `sheet` and the gate read: six more queries, whatever the size."""
    return versions.prefetch_related(*_CHILDREN)


def fill_children(version: CredentialVersion) -> CredentialVersion:
    """The same for one version that is at hand."""
    prefetch_related_objects([version], *_CHILDREN)
    return version


def prerequisites_of(version: CredentialVersion) -> list[Prerequisite]:
    """What it asks for first, each with its current version. One query, or none when its children were filled."""
    prefetch_related_objects([version], _PREREQUISITES)
    return sorted(version.prerequisites.all(), key=lambda each: each.pk)


def sheet(version: CredentialVersion) -> Sheet:
    """No query for a version of `with_children` whose credential and organization are at hand."""
    criteria = sorted(version.criteria.all(), key=_position)
    requirements = sorted(version.evidence_requirements.all(), key=_position)
    prerequisites = prerequisites_of(version)
    return Sheet(
        version=version,
        what=_what(version),
        audience=", ".join(in_words(each) for each in version.professions_admitted),
        facts=_facts(version),
        assessed=_assessed(version),
        outcomes=sorted(version.outcomes.all(), key=_position),
        criteria=rubric.rows(version, criteria),
        rule=rubric.rule_of(version, criteria),
        requirements=[
            {
                "kind": capfirst(each.kind),
                "count": str(each.items_min) if each.items_min > 1 else "",
                "source": source_in_words(each),
                "instructions": each.instructions,
            }
            for each in requirements
        ],
        prerequisites=[
            {
                "title": each.requires.current_version.title if each.requires.current_version else each.requires.code,
                "url": each.requires.get_absolute_url() if each.requires.current_version else "",
            }
            for each in prerequisites
        ],
        frameworks=_frameworks(version, criteria),
        expiry=_expiry(version),
    )


def _position(row: Any) -> int:
    return row.position


def _what(version: CredentialVersion) -> str:
    if version.credential.kind == CredentialKind.DESIGNATION:
        return _("A designation: several credentials that belong together, confirmed by a committee.")
    return _("A microcredential: a short piece of learning whose result is assessed against a published rubric.")


def source_in_words(requirement: EvidenceRequirement) -> str:
    """Who provides this evidence."""
    return {
        EvidenceSource.LEARNER: _("You hand it in."),
        EvidenceSource.TEAM: _("Your team makes it, and you hand it in."),
        EvidenceSource.STAFF: _("A member of staff enters it after seeing you at work."),
        EvidenceSource.EVENT: _("It comes from an event that you take part in; staff enter it."),
        EvidenceSource.IMPORT: _("It is taken over from another system."),
    }[EvidenceSource(requirement.source)]


def _facts(version: CredentialVersion) -> list[tuple[str, str]]:
    organization = version.credential.organization
    hours = ngettext("%(hours)s hour in all", "%(hours)s hours in all", version.workload_hours or 0)
    facts = [
        (_("Level"), version.get_level_display()),
        (_("Phase"), in_words(version.learner_phase)),
        (_("Workload"), hours % {"hours": version.workload_hours} if version.workload_hours else ""),
        (
            _("Setting"),
            ", ".join(each for each in (version.get_setting_display(), version.get_requirement_display()) if each),
        ),
        (_("Form"), version.delivery),
        (_("Cost"), version.cost),
        (_("Validity"), _expiry(version)),
        (_("Awarding body"), f"{organization.name} ({organization.country})"),
    ]
    return [(term, capfirst(value)) for term, value in facts]


def _assessed(version: CredentialVersion) -> list[tuple[str, str]]:
    assessors = ngettext("%(count)s assessor", "%(count)s assessors", version.assessors_count) % {
        "count": version.assessors_count
    }
    if version.second_mark_percent:
        assessors += _("; %(percent)s%% of the work is judged by a second one") % {
            "percent": version.second_mark_percent
        }
    if version.is_blind:
        assessors += _("; they do not see your name")
        if any(each.source in OBSERVED for each in version.evidence_requirements.all()):
            assessors += _(", but what is observed cannot be blinded")
    attempts = ngettext("%(count)s attempt", "%(count)s attempts", version.attempts_max) % {
        "count": version.attempts_max
    }
    answer = ngettext(
        "within %(count)s working day", "within %(count)s working days", version.review_target_working_days
    )
    facts = [
        (_("Type of assessment"), ", ".join(version.assessment_methods)),
        (_("What it shows"), shown_in_words(version)),
        (_("Supervision and identity"), version.supervision_and_identity),
        (_("Who assesses"), assessors),
        (_("Attempts"), attempts),
        (_("Answer"), answer % {"count": version.review_target_working_days}),
        (_("Artificial intelligence"), version.ai_rule),
    ]
    return [(term, capfirst(value)) for term, value in facts]


def shown_in_words(version: CredentialVersion) -> str:
    """Miller's level in words."""
    if not version.miller_level:
        return ""
    return {
        MillerLevel.KNOWS: _("That the learner knows it"),
        MillerLevel.KNOWS_HOW: _("That the learner knows how to do it"),
        MillerLevel.SHOWS_HOW: _("That the learner has shown how, under observation"),
        MillerLevel.DOES: _("That the learner does it in practice"),
    }[MillerLevel(version.miller_level)]


def _expiry(version: CredentialVersion) -> str:
    if version.expires_after_months is None:
        return _("does not expire")
    months = ngettext("expires after %(count)s month", "expires after %(count)s months", version.expires_after_months)
    return months % {"count": version.expires_after_months}


def _frameworks(version: CredentialVersion, criteria: list[Criterion]) -> list[dict[str, Any]]:
    """The competencies by framework: each once, with the criteria that assess it."""
    names = {criterion.pk: criterion.name for criterion in criteria}
    found: dict[int, dict[str, Any]] = {}
    alignments = sorted(version.alignments.all(), key=_place)
    for alignment in alignments:
        competency = alignment.competency
        framework = found.setdefault(competency.framework_id, {"framework": competency.framework, "competencies": {}})
        row = framework["competencies"].setdefault(
            competency.pk,
            {"competency": competency, "strength": alignment.get_strength_display(), "criteria": []},
        )
        if alignment.criterion_id:
            row["criteria"].append(names[alignment.criterion_id])
    for each in found.values():
        each["competencies"] = list(each["competencies"].values())
        # A framework that its publisher keeps in one place without editions is loaded as "current".
        each["edition"] = "" if each["framework"].version == "current" else each["framework"].version
        for row in each["competencies"]:
            row["criteria"] = row["criteria"] or [_("the credential as a whole")]
    return list(found.values())


def _place(alignment: Alignment) -> tuple[str, str, int, int, int]:
    competency = alignment.competency
    framework = competency.framework
    return (framework.title, framework.version, competency.position, competency.pk, alignment.pk)


# The elements of the EU recommendation -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Element:
    """One element of Annex I of the Council Recommendation 2022/C 243/02, as the page and the file say it."""

    key: str
    label: str
    is_mandatory: bool
    value: list[str]

    @property
    def said(self) -> str:
        return "; ".join(self.value)


def elements(shown: Sheet, url: str) -> list[Element]:
    """The eleven mandatory elements and the five optional ones, in the order of the annex. No query.

    What only a badge can say (whose it is, when it was given) is said to stand there.
    """
    version = shown.version
    organization = version.credential.organization
    is_designation = version.credential.kind == CredentialKind.DESIGNATION
    components = _("As the credentials say that it is made of") if is_designation else ""
    level = [capfirst(each) for each in (version.get_level_display(), in_words(version.learner_phase)) if each]
    assessment = [*map(capfirst, version.assessment_methods), shown_in_words(version)]
    if is_designation:
        assessment.append(_("A committee confirms that its pathway is completed"))
    form = [version.delivery, str(version.get_setting_display()), str(version.get_requirement_display())]
    stacks = _("Stands alone, and may count toward a designation") if version.is_stackable else _("Stands alone")
    return [
        _element("learner", _("Identification of the learner"), True, [_("In each badge: the name of its holder")]),
        _element("title", _("Title"), True, [version.title]),
        _element("country", _("Country of the issuer"), True, [organization.country]),
        _element("awarding_body", _("Awarding body"), True, [organization.name]),
        _element("date", _("Date of issuing"), True, [_("In each badge: the day on which it was awarded")]),
        _element(
            "learning_outcomes",
            _("Learning outcomes"),
            True,
            [each.text for each in shown.outcomes] or [version.summary if is_designation else ""],
        ),
        _element("workload", _("Notional workload"), True, [_workload(version) or components]),
        _element("level", _("Level"), True, level or [components]),
        _element("assessment", _("Type of assessment"), True, assessment),
        _element(
            "participation", _("Form of participation"), True, [*map(capfirst, form)] if any(form) else [components]
        ),
        _element(
            "quality_assurance",
            _("Quality assurance"),
            True,
            [capfirst(each) for each in version.quality_assurance] or [components],
        ),
        _element(
            "prerequisites", _("Prerequisites"), False, [each["title"] for each in shown.prerequisites] or [_("None")]
        ),
        _element(
            "supervision_and_identity",
            _("Supervision and identity"),
            False,
            [capfirst(version.supervision_and_identity)],
        ),
        _element("grade", _("Grade achieved"), False, [_("None is reported: a badge is awarded or not")]),
        _element("integration", _("Integration and stackability"), False, [stacks]),
        _element("further_information", _("Further information"), False, [url]),
    ]


def _element(key: str, label: str, is_mandatory: bool, value: list[str]) -> Element:
    return Element(key, label, is_mandatory, [each for each in value if each])


def _workload(version: CredentialVersion) -> str:
    """The hours, and what they make in ECTS at 25 to 30 hours a point. They are no credit hours."""
    hours = version.workload_hours
    if not hours:
        return ""
    words = ngettext("%(hours)s hour in all", "%(hours)s hours in all", hours) % {"hours": hours}
    points = {"least": f"{hours / 30:.2g}", "most": f"{hours / 25:.2g}"}
    return words + _(" (about %(least)s to %(most)s ECTS points, at 25 to 30 hours each)") % points


def machine_readable(shown: Sheet, url: str, informed_by: Sequence[OpinionRequest] = ()) -> dict[str, Any]:
    """The same for a machine: the elements of the EU recommendation on microcredentials, Annex I, by plain names."""
    version = shown.version
    organization = version.credential.organization
    return {
        "id": url,
        "type": version.credential.kind,
        "title": version.title,
        "version": version.number,
        "published_on": version.published_at.date().isoformat() if version.published_at else None,
        "language": version.language,
        "description": version.summary,
        "claim": version.claim,
        "elements": [
            {"key": each.key, "label": each.label, "mandatory": each.is_mandatory, "value": each.value}
            for each in elements(shown, url)
        ],
        "awarding_body": {"name": organization.name, "country": organization.country, "url": organization.website},
        "learning_outcomes": [each.text for each in shown.outcomes],
        "workload_hours": version.workload_hours,
        "level": version.level or None,
        "learner_phase": version.learner_phase or None,
        "assessment_methods": version.assessment_methods,
        "miller_level": version.miller_level or None,
        "participation": {"delivery": version.delivery, "setting": version.setting, "requirement": version.requirement},
        "supervision_and_identity": version.supervision_and_identity,
        "quality_assurance": version.quality_assurance,
        "professions_admitted": version.professions_admitted,
        "prerequisites": shown.prerequisites,
        "pass_rule": shown.rule,
        "criteria": shown.criteria,
        "evidence_required": [{"kind": each["kind"], "source": each["source"]} for each in shown.requirements],
        "assessors": {
            "count": version.assessors_count,
            "second_mark_percent": version.second_mark_percent,
            "blind": version.is_blind,
        },
        "attempts": {"most": version.attempts_max, "wait_days": version.attempts_wait_days},
        "ai_rule": version.ai_rule,
        "cost": version.cost,
        "informed_by": version.content_informed_by,
        "informed_by_organizations": [
            {"name": each.organization_name, "kind": each.kind, "on": timezone.localdate(each.sent_at).isoformat()}
            for each in informed_by
        ],
        "expires_after_months": version.expires_after_months,
        "renewal": {"kind": version.renewal_kind, "hours": version.renewal_hours, "text": version.renewal}
        if version.expires_after_months
        else None,
        "review_on": version.credential.review_on.isoformat() if version.credential.review_on else None,
        "stackable": version.is_stackable,
        "limits": version.limits,
        "alignments": [
            {
                "framework": each["framework"].title,
                "framework_version": each["framework"].version,
                "framework_url": each["framework"].source_url,
                "code": row["competency"].code,
                "name": row["competency"].short_name,
                "strength": row["strength"],
            }
            for each in shown.frameworks
            for row in each["competencies"]
        ],
    }
