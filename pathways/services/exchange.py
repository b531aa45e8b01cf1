"""The pathways of a school as a part of its catalog file: the newest version of each, its rules as a tree."""

from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from config.errors import RegistryError
from config.permissions import Can, require
from credentials.models import Credential, Organization
from credentials.models.catalog import CredentialKind
from credentials.services.exchange import Import
from learners.models import User
from pathways.models import (
    GROUPS,
    OF_BADGES,
    Pathway,
    PathwayEvent,
    PathwayVersion,
    Requirement,
    RequirementKind,
)
from pathways.services import building
from pathways.services.settings import Settings, save_settings
from pathways.workflow import PathwayVersionStatus

SETTINGS = (
    "professions_admitted",
    "time_limit_months",
    "components_valid_at_award",
    "is_double_counting_allowed",
    "shared_components_max",
    "recognized_max",
    "max_per_learner",
    "committee_on",
    "recorded_on",
)
NUMBERS = ("minimum", "points", "repeats_max", "contexts_min", "assessors_min", "window_days")
ROW = {"slug", "designation", "rules", *SETTINGS}
RULE = {"key", "kind", "label", "credential", "provider", "codes", "parts", *NUMBERS}
LISTS = ("professions_admitted", "recorded_on")


# Out -----------------------------------------------------------------------------------------------------------------
def read_pathways(organization: Organization) -> list[dict[str, Any]]:
    """The newest version of every pathway of a school. Two queries."""
    newest = (
        PathwayVersion.objects.filter(pathway__credential__organization=organization)
        .select_related("pathway__credential")
        .order_by("pathway__credential__code", "pathway", "-number")
        .distinct("pathway__credential__code", "pathway")
    )
    rows: dict[int, list[Requirement]] = defaultdict(list)
    found = Requirement.objects.filter(version__in=[each.pk for each in newest]).select_related(
        "credential", "provider"
    )
    for row in found.order_by("position", "pk"):
        rows[row.version_id].append(row)
    return [_said(each, rows[each.pk]) for each in newest]


def _said(version: PathwayVersion, rows: list[Requirement]) -> dict[str, Any]:
    below: dict[int | None, list[Requirement]] = defaultdict(list)
    for row in rows:
        below[row.parent_id].append(row)

    def tree(parent: int | None) -> list[dict[str, Any]]:
        return [
            {
                "key": str(row.key),
                "kind": row.kind,
                "label": row.label or _name(row),
                "credential": row.credential.code if row.credential else None,
                "provider": row.provider.slug if row.provider else None,
                "codes": list(row.codes),
                "parts": tree(row.pk),
            }
            | {name: getattr(row, name) for name in NUMBERS}
            for row in below[parent]
        ]

    said = {name: getattr(version, name) for name in SETTINGS}
    said["committee_on"] = version.committee_on.isoformat() if version.committee_on else None
    said |= {name: list(said[name]) for name in LISTS}
    named = {"slug": version.pathway.slug, "designation": version.pathway.credential.code}
    return named | said | {"rules": tree(None)}


def _name(row: Requirement) -> str:
    """The builder asks for a name where others stand below a rule, or are summed; rules of before may have none."""
    return row.kind.capitalize() if row.kind in GROUPS | OF_BADGES else ""


# In ------------------------------------------------------------------------------------------------------------------
def take_pathways(taking: Import, rows: Any) -> None:
    """Take the pathways of a file over, each as a draft; what says the same is passed over. Faults are named by their path."""
    seen: set[str] = set()
    for number, row in enumerate(taking.items(rows, "pathways")):
        path = f"pathways[{number}]"
        if not _check(taking, row, path):
            continue
        if row["designation"] in seen:
            taking.report.fault(f"{path}.designation", _("It stands there twice."))
            continue
        seen.add(row["designation"])
        designation = Credential.objects.filter(
            organization=taking.organization, code=row["designation"], kind=CredentialKind.DESIGNATION
        ).first()
        if designation is None:
            taking.report.fault(f"{path}.designation", _("No designation has this code."))
            continue
        try:
            _take(taking, row, path, designation)
        except RegistryError as error:
            taking.report.fault(path, str(error))


def _check(taking: Import, row: Any, path: str) -> bool:
    count = len(taking.report.faults)
    if not taking.shape(row, ROW, path):
        return False
    taking.field(Pathway, "slug", row["slug"], f"{path}.slug")
    if not isinstance(row["designation"], str):
        taking.report.fault(f"{path}.designation", _("It must be the code of a designation."))
    for name in SETTINGS:
        if name in LISTS:
            if not all(isinstance(each, str) for each in taking.items(row[name], f"{path}.{name}")):
                taking.report.fault(f"{path}.{name}", _("It must be text."))
        elif name == "committee_on":
            if row[name] is not None and taking.day(row[name]) is None:
                taking.report.fault(f"{path}.{name}", _("It must be a date."))
        else:
            taking.field(PathwayVersion, name, row[name], f"{path}.{name}")
    _check_rules(taking, row["rules"], f"{path}.rules", building.DEPTH_MAX)
    return len(taking.report.faults) == count


def _check_rules(taking: Import, rows: Any, path: str, depth: int) -> None:
    for number, row in enumerate(taking.items(rows, path)):
        place = f"{path}[{number}]"
        if depth == 0:
            taking.report.fault(place, _("Groups stand at most %(count)s deep.") % {"count": building.DEPTH_MAX})
            return
        if not taking.shape(row, RULE, place):
            continue
        taking.uuid_of(row["key"], f"{place}.key")
        for name in ("kind", "label", *NUMBERS):
            taking.field(Requirement, name, row[name], f"{place}.{name}")
        for name in ("credential", "provider"):
            if row[name] is not None and not isinstance(row[name], str):
                taking.report.fault(f"{place}.{name}", _("It must be text, or nothing."))
        if not all(isinstance(each, str) for each in taking.items(row["codes"], f"{place}.codes")):
            taking.report.fault(f"{place}.codes", _("It must be text."))
        _check_rules(taking, row["parts"], f"{place}.parts", depth - 1)


def _take(taking: Import, row: dict[str, Any], path: str, designation: Credential) -> None:
    pathway = Pathway.objects.filter(credential=designation).first()
    if pathway is None:
        version = _begin(taking, row, path, designation)
    else:
        newest = pathway.versions.order_by("-number").select_related("pathway__credential")[0]
        rules = newest.requirements.select_related("credential", "provider").order_by("position", "pk")
        if _said(newest, list(rules)) | {"slug": row["slug"]} == row:
            return
        version = newest
        if newest.status != PathwayVersionStatus.DRAFT:
            version = building.start_version(actor=taking.actor, pathway=pathway, at=taking.at)
    _settle(taking, row, version)
    for rule in list(version.requirements.filter(parent=None)):
        building.remove_rule(actor=taking.actor, rule=rule)
    _add(taking, row["rules"], f"{path}.rules", version, None)
    taking.report.pathways.append(version.title)


def _begin(taking: Import, row: dict[str, Any], path: str, designation: Credential) -> PathwayVersion:
    """The first draft of a pathway to a designation that is here already."""
    slug = row["slug"]
    if Pathway.objects.filter(slug=slug).exists():
        slug = f"{slug[:60]}-{designation.public_id.hex[:8]}"
        taking.report.notes.append((f"{path}.slug", _("It is in use here; it gets a new one.")))
    return begin_pathway_to(actor=taking.actor, designation=designation, slug=slug, at=taking.at)


def begin_pathway_to(*, actor: User, designation: Credential, slug: str, at: datetime) -> PathwayVersion:
    """Make the draft of a pathway to a designation that has none, without a rule. Raises NotAllowed."""
    require(actor, Can.PATHWAY_START, designation.organization)
    words = designation.current_version or designation.versions.order_by("-number").first()
    pathway = Pathway.objects.create(slug=slug, credential=designation)
    version = PathwayVersion.objects.create(
        pathway=pathway,
        number=1,
        credential_version=words,
        title=words.title if words else designation.code,
        summary=words.summary if words else "",
    )
    PathwayEvent.objects.create(version=version, actor=actor, moved_to=version.status, at=at)
    return version


def _settle(taking: Import, row: dict[str, Any], version: PathwayVersion) -> None:
    """The settings of the file; title and words are those of the designation, owner and review date stay."""
    designation = version.credential_version
    credential = version.pathway.credential
    committee = version.requirements.filter(kind=RequirementKind.CONFIRMATION, parent=None).first()
    save_settings(
        actor=taking.actor,
        version=version,
        settings=Settings(
            title=designation.title if designation else version.title,
            summary=designation.summary if designation else version.summary,
            statement_for_letters=designation.statement_for_letters if designation else "",
            setting=designation.setting if designation else "",
            owner=credential.owner,
            review_on=credential.review_on,
            professions=row["professions_admitted"],
            cohorts=list(version.cohorts.all()),
            time_limit_months=row["time_limit_months"],
            components_valid_at_award=row["components_valid_at_award"],
            is_double_counting_allowed=row["is_double_counting_allowed"],
            shared_components_max=row["shared_components_max"],
            recognized_max=row["recognized_max"],
            max_per_learner=row["max_per_learner"],
            committee=committee.label if committee else "",
            committee_on=taking.day(row["committee_on"]),
            recorded_on=row["recorded_on"],
        ),
        at=taking.at,
    )


def _add(taking: Import, rows: list[dict[str, Any]], path: str, version: PathwayVersion, parent: Any) -> None:
    """The rules by the builder's service; they keep their keys, so that what was waived of them stays waived."""
    for number, row in enumerate(rows):
        place = f"{path}[{number}]"
        badge = Credential.objects.filter(organization=taking.organization, code=row["credential"] or "").first()
        if row["credential"] is not None and badge is None:
            taking.report.fault(f"{place}.credential", _("No credential has this code."))
            continue
        provider = Organization.objects.filter(slug=row["provider"] or "").first()
        if row["provider"] is not None and provider is None:
            words = _("No organization here is called %(slug)s; the rule then takes any provider.")
            taking.report.notes.append((f"{place}.provider", words % {"slug": row["provider"]}))
        asks = building.Asks(
            label=row["label"],
            credential=badge,
            provider=provider,
            codes=row["codes"],
            **{name: row[name] for name in NUMBERS},
        )
        try:
            made = building.add_rule(actor=taking.actor, version=version, kind=row["kind"], asks=asks, parent=parent)
        except RegistryError as error:
            taking.report.fault(place, str(error))
            continue
        key = UUID(row["key"])
        if version.requirements.filter(key=key).exists():
            taking.report.fault(f"{place}.key", _("It stands there twice."))
            continue
        Requirement.objects.filter(pk=made.pk).update(key=key)
        _add(taking, row["parts"], f"{place}.parts", version, made)
