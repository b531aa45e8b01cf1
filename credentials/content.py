"""The meaning of a version as plain data: what the editor saves, a copy takes over, two versions differ in, and files carry.

Rows of other records are named by what they are called everywhere: a competency by framework, version and code, a
prerequisite by its code.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

from django.utils.translation import gettext as _

from config.errors import Invalid
from credentials.models import (
    Alignment,
    Competency,
    Credential,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Outcome,
    Prerequisite,
)

Content = dict[str, Any]

FIELDS = (
    "title",
    "theme",
    "summary",
    "claim",
    "language",
    "level",
    "learner_phase",
    "setting",
    "requirement",
    "delivery",
    "workload_hours",
    "workload_note",
    "cost",
    "professions_admitted",
    "assessment_methods",
    "miller_level",
    "supervision_and_identity",
    "quality_assurance",
    "content_informed_by",
    "limits",
    "ai_rule",
    "renewal",
    "statement_for_letters",
    "is_stackable",
    "required_minimum_level",
    "optional_minimum_level",
    "attempts_max",
    "attempts_wait_days",
    "assessors_count",
    "second_mark_percent",
    "is_blind",
    "review_target_working_days",
    "expires_after_months",
    "renewal_kind",
    "renewal_hours",
    "renewal_opens_days",
    "renewal_grace_days",
    "learners_expected",
    "assessment_minutes",
)
LISTS = ("outcomes", "criteria", "evidence", "alignments", "prerequisites")
EVIDENCE = ("kind", "source", "items_min", "patient_data_risk", "instructions", "is_in_renewal")
CRITERION = ("name", "looks_for", "is_required", "weight")
_FAR = 10_000  # where rows stand while they change places


def digest(version: CredentialVersion) -> str:
    """What a version says, as SHA-256 in hex: another after any change of it. Queries as `read`."""
    said = json.dumps(read(version), sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(said.encode()).hexdigest()


def read(version: CredentialVersion) -> Content:
    """What a version says. Seven queries; none for a version of `selectors.with_children`, but for prerequisites."""
    criteria = sorted(version.criteria.all(), key=lambda each: each.position)
    keys = {criterion.pk: criterion.key for criterion in criteria}
    own = version.credential.organization_id
    found: Content = {name: getattr(version, name) for name in FIELDS}
    found["outcomes"] = [each.text for each in sorted(version.outcomes.all(), key=lambda each: each.position)]
    found["criteria"] = [
        {"key": each.key}
        | {name: getattr(each, name) for name in CRITERION}
        | {
            "levels": [
                {"value": level.value, "label": level.label, "descriptor": level.descriptor}
                for level in sorted(each.levels.all(), key=lambda level: level.value)
            ]
        }
        for each in criteria
    ]
    found["evidence"] = [
        {name: getattr(each, name) for name in EVIDENCE}
        for each in sorted(version.evidence_requirements.all(), key=lambda each: each.position)
    ]
    alignments = sorted(version.alignments.all(), key=lambda each: each.pk)
    found["alignments"] = [
        {
            "framework": each.competency.framework.slug,
            "version": each.competency.framework.version,
            "code": each.competency.code,
            "criterion": keys[each.criterion_id] if each.criterion_id else None,
            "strength": each.strength,
        }
        for each in alignments
    ]
    found["prerequisites"] = [
        each.requires.code
        if each.requires.organization_id == own
        else f"{each.requires.organization.slug}/{each.requires.code}"
        for each in sorted(version.prerequisites.all(), key=lambda each: each.pk)
    ]
    return found


def write(version: CredentialVersion, content: Content) -> None:
    """Let a draft say this. Criteria of the same key stay the same rows. Raises Invalid (names what is not known)."""
    for name in FIELDS:
        setattr(version, name, content[name])
    version.save(update_fields=list(FIELDS))
    write_lists(version, content)


def write_lists(version: CredentialVersion, content: Content) -> None:
    """The same for what stands in lists; the fields stay as they are."""
    competencies = competencies_of(content["alignments"])
    required = credentials_of(version.credential, content["prerequisites"])

    version.alignments.all().delete()
    version.outcomes.all().delete()
    version.evidence_requirements.all().delete()
    version.prerequisites.all().delete()
    Outcome.objects.bulk_create(
        Outcome(version=version, position=position, text=text) for position, text in enumerate(content["outcomes"], 1)
    )
    EvidenceRequirement.objects.bulk_create(
        EvidenceRequirement(version=version, position=position, **{name: each[name] for name in EVIDENCE})
        for position, each in enumerate(content["evidence"], 1)
    )
    Prerequisite.objects.bulk_create(Prerequisite(version=version, requires=each) for each in required)
    criteria = _write_criteria(version, content["criteria"])
    Alignment.objects.bulk_create(
        Alignment(
            version=version,
            criterion=criteria[each["criterion"]] if each["criterion"] else None,
            competency=competency,
            strength=each["strength"],
        )
        for each, competency in zip(content["alignments"], competencies, strict=True)
    )


def _write_criteria(version: CredentialVersion, rows: list[dict[str, Any]]) -> dict[str, Criterion]:
    kept = {each.key: each for each in version.criteria.all()}
    wanted = {row["key"] for row in rows}
    version.criteria.exclude(key__in=wanted).delete()
    for position, each in enumerate(kept[key] for key in kept if key in wanted):
        each.position = _FAR + position
        each.save(update_fields=["position"])
    CriterionLevel.objects.filter(criterion__version=version).delete()
    found = {}
    for position, row in enumerate(rows, 1):
        values = {name: row[name] for name in CRITERION} | {"position": position}
        criterion = kept.get(row["key"])
        if criterion is None:
            criterion = Criterion.objects.create(version=version, key=row["key"], **values)
        else:
            for name, value in values.items():
                setattr(criterion, name, value)
            criterion.save(update_fields=list(values))
        found[row["key"]] = criterion
    CriterionLevel.objects.bulk_create(
        CriterionLevel(criterion=found[row["key"]], **level) for row in rows for level in row["levels"]
    )
    return found


def competencies_of(rows: list[dict[str, Any]]) -> list[Competency]:
    """The competency of each alignment, in order. One query. Raises Invalid."""
    if not rows:
        return []
    asked = {(row["framework"], row["version"], row["code"]) for row in rows}
    found = {
        (each.framework.slug, each.framework.version, each.code): each
        for each in Competency.objects.filter(
            framework__slug__in={each[0] for each in asked}, code__in={each[2] for each in asked}
        ).select_related("framework")
    }
    for slug, version, code in sorted(asked):
        if (slug, version, code) not in found:
            raise Invalid(
                _("No loaded framework “%(framework)s” of version “%(version)s” has the code %(code)s.")
                % {"framework": slug, "version": version, "code": code}
            )
    return [found[row["framework"], row["version"], row["code"]] for row in rows]


def credentials_of(credential: Credential, codes: list[str]) -> list[Credential]:
    """The credentials that these codes name, in order. One query. Raises Invalid."""
    if not codes:
        return []
    own = credential.organization.slug
    pairs = [(slug, rest) if slash else (own, code) for code in codes for slug, slash, rest in [code.partition("/")]]
    found = {
        (each.organization.slug, each.code): each
        for each in Credential.objects.filter(code__in={code for _slug, code in pairs}).select_related("organization")
    }
    for pair, code in zip(pairs, codes, strict=True):
        if pair not in found:
            raise Invalid(_("No credential has the code %(code)s.") % {"code": code})
        if found[pair].pk == credential.pk:
            raise Invalid(_("It cannot be its own prerequisite."))
    return [found[pair] for pair in pairs]
