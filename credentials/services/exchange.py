"""The whole catalog of a school as one JSON: out, and in again. A second import of the same file changes nothing."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Set
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from config.errors import Incomplete, Invalid, RegistryError
from config.permissions import Can, require
from credentials import content as contents
from credentials.frameworks import Item, Link, Loaded, is_text
from credentials.gate import missing_in
from credentials.models import (
    Credential,
    CredentialEvent,
    CredentialLink,
    CredentialVersion,
    Criterion,
    CriterionLevel,
    EvidenceRequirement,
    Framework,
    Organization,
    SpecialtyClaim,
)
from credentials.models.catalog import Strength
from credentials.services import frameworks, links
from credentials.services.endorsements import settle_endorsements_of
from credentials.services.publishing import may_own
from credentials.workflow import CredentialStatus, VersionStatus

if TYPE_CHECKING:
    from learners.models import User

FORMAT, FORMAT_VERSION = "signet-catalog", 1
FRAMEWORK = ("slug", "version", "title", "publisher", "kind", "professions", "source_url", "note")
CREDENTIAL = ("code", "slug", "kind", "status", "allows_early_assessment")
_KEYS = {
    "": {"format", "format_version", "organization", "frameworks", "credentials"},
    "framework": {*FRAMEWORK, "identifier", "items", "crosswalk"},
    "item": {"code", "name", "statement", "parent", "verification", "identifier"},
    "step": {"source", "target", "relation"},
    "credential": {
        *CREDENTIAL,
        "public_id",
        "owner",
        "review_on",
        "current_version",
        "useful_for",
        "links",
        "versions",
    },
    "link": {"kind", "target", "program", "program_kind", "program_url"},
    "claim": {"specialty", "source", "stated_on"},
    "version": {*contents.FIELDS, *contents.LISTS, "number", "status", "published_at"},
    "criterion": {"key", *contents.CRITERION, "levels", "public_id"},
    "level": {"value", "label", "descriptor"},
    "evidence": {*contents.EVIDENCE},
    "alignment": {"framework", "version", "code", "criterion", "strength"},
}


class Part(NamedTuple):
    """What a higher app adds to a catalog, under a name of its own; a file without it leaves what is here as it is.

    read: the rows of a school. take: takes rows over, through the services of that app, and names faults by their path.
    """

    name: str
    read: Callable[[Organization], list[dict[str, Any]]]
    take: Callable[[Import, Any], None]


_parts: dict[str, Part] = {}


def also(part: Part) -> None:
    """Have a higher app add its own to the catalog: said in `AppConfig.ready()`, the same one once."""
    _parts[part.name] = part


# Out -----------------------------------------------------------------------------------------------------------------
def export_catalog(*, actor: User, organization: Organization) -> dict[str, Any]:
    """Everything that can be earned at a school, in all versions, with the frameworks it is aligned to. Raises NotAllowed."""
    require(actor, Can.CATALOG_EXCHANGE, organization)
    return catalog_of(organization)


def catalog_of(organization: Organization) -> dict[str, Any]:
    """The same without asking who wants it. Two queries for each framework, twelve for all else."""
    from credentials.selectors import with_children

    versions: dict[int, list[CredentialVersion]] = {}
    rows = with_children(
        CredentialVersion.objects.filter(credential__organization=organization).select_related(
            "credential__organization"
        )
    )
    for row in rows.order_by("number"):
        versions.setdefault(row.credential_id, []).append(row)
    credentials = (
        Credential.objects.filter(organization=organization)
        .select_related("owner", "current_version")
        .prefetch_related("specialty_claims", "links__target")
        .order_by("code", "pk")
    )
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "organization": {"slug": organization.slug, "name": organization.name},
        "frameworks": [_framework(frameworks.as_loaded(each)) for each in Framework.objects.order_by("pk")],
        "credentials": [_credential(each, versions.get(each.pk, [])) for each in credentials],
    } | {part.name: part.read(organization) for part in _parts.values()}


def _framework(loaded: Loaded) -> dict[str, Any]:
    return {name: getattr(loaded, name) for name in FRAMEWORK} | {
        "identifier": str(loaded.identifier),
        "items": [
            {
                "code": each.code,
                "name": each.name,
                "statement": each.statement,
                "parent": each.parent,
                "verification": each.verification,
                "identifier": str(each.identifier),
            }
            for each in loaded.items
        ],
        "crosswalk": [
            {"source": str(each.source), "target": str(each.target), "relation": each.relation} for each in loaded.links
        ],
    }


def _credential(credential: Credential, versions: list[CredentialVersion]) -> dict[str, Any]:
    return {name: getattr(credential, name) for name in CREDENTIAL} | {
        "public_id": str(credential.public_id),
        "owner": credential.owner.email if credential.owner else None,
        "review_on": credential.review_on.isoformat() if credential.review_on else None,
        "current_version": credential.current_version.number if credential.current_version else None,
        "useful_for": [
            {"specialty": each.specialty, "source": each.source, "stated_on": each.stated_on.isoformat()}
            for each in sorted(credential.specialty_claims.all(), key=lambda each: each.specialty)
        ],
        "links": [
            {
                "kind": each.kind,
                "target": each.target.code if each.target else None,
                "program": each.program,
                "program_kind": each.program_kind,
                "program_url": each.program_url,
            }
            for each in sorted(credential.links.all(), key=lambda each: each.position)
        ],
        "versions": [_version(each) for each in versions],
    }


def _version(version: CredentialVersion) -> dict[str, Any]:
    text = contents.read(version)
    ids = {each.key: str(each.public_id) for each in version.criteria.all()}
    text["criteria"] = [each | {"public_id": ids[each["key"]]} for each in text["criteria"]]
    at = version.published_at
    return {"number": version.number, "status": version.status, "published_at": at.isoformat() if at else None} | text


# In ------------------------------------------------------------------------------------------------------------------
@dataclass
class Report:
    """What an import did, or (with faults) would have stumbled over: each fault by its path."""

    faults: list[tuple[str, str]] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    created: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    frameworks: list[str] = field(default_factory=list)
    pathways: list[str] = field(default_factory=list)

    def fault(self, path: str, words: str) -> None:
        if len(self.faults) < 500:
            self.faults.append((path, words))


class _Undo(Exception):
    """Takes back a dry run, or an import with faults."""


def import_catalog(
    *, actor: User, organization: Organization, data: Any, at: datetime, is_dry_run: bool = False
) -> Report:
    """Take a catalog over, whole or not at all; a dry run does the same and takes it back.

    Published versions that are here stay as they are: the same is passed over, another text is a fault. Drafts, owners, review
    dates and states become those of the file. Raises NotAllowed; Incomplete (names each fault by its path) unless dry.
    """
    require(actor, Can.CATALOG_EXCHANGE, organization)
    report = Report()
    try:
        with transaction.atomic():
            Import(actor, organization, at, report).run(data)
            if report.faults or is_dry_run:
                raise _Undo
    except _Undo:
        pass
    if report.faults and not is_dry_run:
        lines = [f"{path}: {words}" for path, words in report.faults]
        raise Incomplete(_("The file has faults; nothing was imported. %(first)s") % {"first": lines[0]}, lines)
    return report


class Import:
    """One import under way; parts of higher apps look at their rows by its methods."""

    def __init__(self, actor: User, organization: Organization, at: datetime, report: Report) -> None:
        self.actor, self.organization, self.at, self.report = actor, organization, at, report
        self.relinked: set[int] = set()
        self.looked_at: set[int] = set()  # versions that the gate has looked at

    def run(self, data: Any) -> None:
        if not self._text(data):
            return
        # A file from before a part was there says nothing of it.
        rest = {name: data[name] for name in _parts if name in data} if isinstance(data, dict) else {}
        if isinstance(data, dict):
            data = {name: value for name, value in data.items() if name not in rest}
        if not self._shape(data, "", ""):
            return
        if (data["format"], data["format_version"]) != (FORMAT, FORMAT_VERSION):
            self.report.fault("format", _("This is not a catalog of version %(number)s.") % {"number": FORMAT_VERSION})
            return
        for number, row in enumerate(self.items(data["frameworks"], "frameworks")):
            self._framework(row, f"frameworks[{number}]")
        rows: list[tuple[str, Any]] = [
            # A file from before there were links says nothing of them; those that are here stay.
            (f"credentials[{number}]", {"links": None} | row if isinstance(row, dict) else row)
            for number, row in enumerate(self.items(data["credentials"], "credentials"))
        ]
        sound = [(path, row) for path, row in rows if self._check_credential(row, path)]
        codes: set[str] = set()
        for path, row in sound:
            if row["code"] in codes:
                self.report.fault(f"{path}.code", _("It stands there twice."))
            codes.add(row["code"])
        if self.report.faults:
            return
        known = [(path, row, *self._begin(row, path)) for path, row in sound]
        self._clear_links([(row, credential) for _path, row, credential, _is_new in known if credential is not None])
        for path, row, credential, is_new in known:
            if credential is not None:
                self._fill(row, path, credential, is_new)
        for name, rows_of_part in rest.items():
            if not self.report.faults:
                _parts[name].take(self, rows_of_part)

    # Shape -----------------------------------------------------------------------------------------------------------
    def _shape(self, row: Any, kind: str, path: str) -> bool:
        """Whether a row is an object with the keys of its kind."""
        return self.shape(row, _KEYS[kind], path)

    def shape(self, row: Any, wanted: Set[str], path: str) -> bool:
        """Whether a row is an object with these keys and no other."""
        if not isinstance(row, dict):
            self.report.fault(path, _("It must be an object."))
            return False
        before = f"{path}." if path else ""
        for name in sorted(wanted - row.keys()):
            self.report.fault(f"{before}{name}", _("It must be given."))
        for name in sorted(map(str, row.keys() - wanted)):
            self.report.fault(f"{before}{name}", _("Nothing of this name is known."))
        return wanted == row.keys()

    def _text(self, data: Any) -> bool:
        """Whether every text in it is one that a column takes; the first that is not is named by its path."""
        waiting: list[tuple[str, Any]] = [("", data)]
        while waiting:
            path, value = waiting.pop()
            if isinstance(value, dict):
                waiting += [(f"{path}.{name}".lstrip("."), each) for name, each in value.items() if is_text(name)]
                if not all(map(is_text, value)):
                    self.report.fault(path, _("It holds a sign that is no text."))
                    return False
            elif isinstance(value, list):
                waiting += [(f"{path}[{number}]", each) for number, each in enumerate(value)]
            elif isinstance(value, str) and not is_text(value):
                self.report.fault(path, _("It holds a sign that is no text."))
                return False
        return True

    def items(self, value: Any, path: str) -> list[Any]:
        if isinstance(value, list):
            return value
        self.report.fault(path, _("It must be a list."))
        return []

    def field(self, model: type[models.Model], name: str, value: Any, path: str) -> bool:
        """Whether a value fits a column: type, length, range and choices."""
        column: Any = model._meta.get_field(name)
        wrong = ""
        if value is None:
            wrong = "" if column.null else _("It must not be empty.")
        elif value != "" or not isinstance(column, (models.CharField, models.TextField)):
            try:
                cleaned = column.clean(value, None)
                if type(cleaned) is not type(value) or cleaned != value:
                    wrong = _("It is not of the right kind.")
            except ValidationError as error:
                wrong = " ".join(error.messages)
            except (TypeError, ValueError, AttributeError):
                wrong = _("It is not of the right kind.")
        if wrong:
            self.report.fault(path, wrong)
        return not wrong

    def uuid_of(self, value: Any, path: str) -> uuid.UUID | None:
        try:
            return uuid.UUID(value)
        except (ValueError, TypeError, AttributeError):
            self.report.fault(path, _("It must be a UUID."))
            return None

    def day(self, value: Any) -> date | None:
        """A date of the file; None for what is none."""
        return _date(value)

    def _check_credential(self, row: Any, path: str) -> bool:
        count = len(self.report.faults)
        if not self._shape(row, "credential", path):
            return False
        for name in CREDENTIAL:
            self.field(Credential, name, row[name], f"{path}.{name}")
        for name in ("code", "slug"):
            if row[name] == "":
                self.report.fault(f"{path}.{name}", _("It must not be empty."))
        self.uuid_of(row["public_id"], f"{path}.public_id")
        if row["owner"] is not None and not isinstance(row["owner"], str):
            self.report.fault(f"{path}.owner", _("It must be an e-mail address, or nothing."))
        if row["review_on"] is not None and _date(row["review_on"]) is None:
            self.report.fault(f"{path}.review_on", _("It must be a date."))
        for number, each in enumerate(self.items(row["useful_for"], f"{path}.useful_for")):
            place = f"{path}.useful_for[{number}]"
            if self._shape(each, "claim", place):
                for name in ("specialty", "source"):
                    self.field(SpecialtyClaim, name, each[name], f"{place}.{name}")
                if _date(each["stated_on"]) is None:
                    self.report.fault(f"{place}.stated_on", _("It must be a date."))
        for number, each in enumerate(self.items(row["links"] or [], f"{path}.links")):
            place = f"{path}.links[{number}]"
            if self._shape(each, "link", place):
                for name in ("kind", "program", "program_kind", "program_url"):
                    if not isinstance(each[name], str):
                        self.report.fault(f"{place}.{name}", _("It must be text."))
                if each["target"] is not None and not isinstance(each["target"], str):
                    self.report.fault(f"{place}.target", _("It must be the code of a credential, or nothing."))
        published = set()
        drafts, numbers = 0, set()
        for number, each in enumerate(self.items(row["versions"], f"{path}.versions")):
            place = f"{path}.versions[{number}]"
            if not self._check_version(each, place):
                continue
            if each["number"] in numbers:
                self.report.fault(f"{place}.number", _("It stands there twice."))
            numbers.add(each["number"])
            if each["status"] == VersionStatus.PUBLISHED:
                published.add(each["number"])
            else:
                drafts += 1
        if drafts > 1:
            self.report.fault(f"{path}.versions", _("There is one draft at most."))
        current = row["current_version"]
        if isinstance(current, bool) or not (current is None or (isinstance(current, int) and current in published)):
            self.report.fault(f"{path}.current_version", _("It must be the number of a published version, or nothing."))
        elif (current is None) != (row["status"] == CredentialStatus.DRAFT):
            self.report.fault(f"{path}.status", _("What was ever offered has a current version, and only that."))
        return len(self.report.faults) == count

    def _check_version(self, row: Any, path: str) -> bool:
        count = len(self.report.faults)
        if not self._shape(row, "version", path):
            return False
        for name in (*contents.FIELDS, "number", "status"):
            self.field(CredentialVersion, name, row[name], f"{path}.{name}")
        if row["title"] == "":
            self.report.fault(f"{path}.title", _("It must not be empty."))
        if row["status"] == VersionStatus.PUBLISHED and _moment(row["published_at"]) is None:
            self.report.fault(f"{path}.published_at", _("It must be a time with its zone."))
        for name in ("outcomes", "prerequisites"):
            for number, each in enumerate(self.items(row[name], f"{path}.{name}")):
                if not isinstance(each, str):
                    self.report.fault(f"{path}.{name}[{number}]", _("It must be text."))
        keys = set()
        for number, each in enumerate(self.items(row["criteria"], f"{path}.criteria")):
            place = f"{path}.criteria[{number}]"
            if not self._shape(each, "criterion", place):
                continue
            for name in ("key", *contents.CRITERION):
                self.field(Criterion, name, each[name], f"{place}.{name}")
            self.uuid_of(each["public_id"], f"{place}.public_id")
            key = each["key"] if isinstance(each["key"], str) else ""
            if not key or key in keys:
                self.report.fault(f"{place}.key", _("It must be given, and once."))
            keys.add(key)
            values = set()
            for level_number, level in enumerate(self.items(each["levels"], f"{place}.levels")):
                level_place = f"{place}.levels[{level_number}]"
                if not self._shape(level, "level", level_place):
                    continue
                for name in ("value", "label", "descriptor"):
                    self.field(CriterionLevel, name, level[name], f"{level_place}.{name}")
                if level["value"] not in (1, 2, 3, 4) or level["value"] in values:
                    self.report.fault(f"{level_place}.value", _("It must be one of 1 to 4, each once."))
                else:
                    values.add(level["value"])
        for number, each in enumerate(self.items(row["evidence"], f"{path}.evidence")):
            place = f"{path}.evidence[{number}]"
            if self._shape(each, "evidence", place):
                for name in contents.EVIDENCE:
                    self.field(EvidenceRequirement, name, each[name], f"{place}.{name}")
        for number, each in enumerate(self.items(row["alignments"], f"{path}.alignments")):
            place = f"{path}.alignments[{number}]"
            if self._shape(each, "alignment", place):
                for name in ("framework", "version", "code"):
                    if not isinstance(each[name], str):
                        self.report.fault(f"{place}.{name}", _("It must be text."))
                if each["criterion"] is not None and not (
                    isinstance(each["criterion"], str) and each["criterion"] in keys
                ):
                    self.report.fault(f"{place}.criterion", _("No criterion has this key."))
                if each["strength"] not in Strength.values:
                    self.report.fault(f"{place}.strength", _("It must be “addresses” or “assesses”."))
        return len(self.report.faults) == count

    # Rows ------------------------------------------------------------------------------------------------------------
    def _framework(self, row: Any, path: str) -> None:
        count = len(self.report.faults)
        if not self._shape(row, "framework", path):
            return
        for name in FRAMEWORK:
            self.field(Framework, name, row[name], f"{path}.{name}") if name != "professions" else None
        if not all(isinstance(each, str) for each in self.items(row["professions"], f"{path}.professions")):
            self.report.fault(f"{path}.professions", _("It must be text."))
        loaded = Loaded(
            **{name: row[name] for name in FRAMEWORK}, identifier=self.uuid_of(row["identifier"], f"{path}.identifier")
        )
        codes: set[str] = set()
        for number, each in enumerate(self.items(row["items"], f"{path}.items")):
            place = f"{path}.items[{number}]"
            if not self._shape(each, "item", place):
                continue
            wrong = [name for name in _KEYS["item"] if not isinstance(each[name], str)]
            for name in wrong:
                self.report.fault(f"{place}.{name}", _("It must be text."))
            if wrong:
                continue
            identifier = self.uuid_of(each["identifier"], f"{place}.identifier")
            if not each["code"] or each["code"] in codes or len(each["code"]) > 40 or len(each["name"]) > 200:
                self.report.fault(f"{place}.code", _("It must be given, once, and not too long."))
            if each["parent"] and each["parent"] not in codes:
                self.report.fault(f"{place}.parent", _("It must be a code that stands before it."))
            codes.add(each["code"])
            loaded.items.append(
                Item(
                    each["code"], each["name"], each["statement"], each["parent"], each["verification"][:20], identifier
                )
            )
        for number, each in enumerate(self.items(row["crosswalk"], f"{path}.crosswalk")):
            place = f"{path}.crosswalk[{number}]"
            if not self._shape(each, "step", place):
                continue
            source, target = (
                self.uuid_of(each["source"], f"{place}.source"),
                self.uuid_of(each["target"], f"{place}.target"),
            )
            if each["relation"] not in ("same", "replaced", "related"):
                self.report.fault(f"{place}.relation", _("It must be same, replaced or related."))
            elif source and target:
                loaded.links.append(Link(source, target, each["relation"]))
        if len(self.report.faults) > count:
            return
        try:
            framework, is_new = frameworks.load_framework(
                actor=self.actor, organization=self.organization, loaded=loaded, at=self.at
            )
        except RegistryError as error:
            self.report.fault(path, str(error))
        else:
            if is_new:
                self.report.frameworks.append(str(framework))

    def _begin(self, row: dict[str, Any], path: str) -> tuple[Credential | None, bool]:
        """The credential of a row, made when it is not here; what it says comes later, as rows name each other."""
        found = Credential.objects.select_for_update().filter(organization=self.organization, code=row["code"]).first()
        if found is not None:
            if found.kind != row["kind"]:
                self.report.fault(
                    f"{path}.kind", _("Here this code is a %(kind)s.") % {"kind": found.get_kind_display()}
                )
                return None, False
            return found, False
        if Credential.objects.filter(organization=self.organization, slug=row["slug"]).exists():
            self.report.fault(f"{path}.slug", _("Another credential has it."))
            return None, False
        public_id = uuid.UUID(row["public_id"])
        if Credential.objects.filter(public_id=public_id).exists():
            public_id = uuid.uuid4()
            self.report.notes.append((f"{path}.public_id", _("It is in use here; it gets a new one.")))
        made = Credential.objects.create(
            public_id=public_id,
            organization=self.organization,
            kind=row["kind"],
            code=row["code"],
            slug=row["slug"],
        )
        return made, True

    def _fill(self, row: dict[str, Any], path: str, credential: Credential, is_new: bool) -> None:
        credential.organization = self.organization
        is_changed = False
        for number, each in enumerate(row["versions"]):
            try:
                with transaction.atomic():
                    is_changed |= self._version(each, f"{path}.versions[{number}]", credential)
            except Invalid as error:
                self.report.fault(f"{path}.versions[{number}]", str(error))
        is_changed |= self._life(row, path, credential)
        is_changed |= self._claims(row, credential)
        is_changed |= self._links(row, path, credential)
        if is_new or is_changed:
            CredentialEvent.objects.create(credential=credential, actor=self.actor, action="imported", at=self.at)
        name = credential.code
        (self.report.created if is_new else self.report.changed if is_changed else self.report.unchanged).append(name)

    def _version(self, row: dict[str, Any], path: str, credential: Credential) -> bool:
        text = {name: row[name] for name in (*contents.FIELDS, *contents.LISTS)}
        text["criteria"] = [
            {name: value for name, value in each.items() if name != "public_id"} for each in row["criteria"]
        ]
        is_published = row["status"] == VersionStatus.PUBLISHED
        version = credential.versions.filter(number=row["number"]).first()
        if version is not None:
            version.credential = credential
            is_same = contents.read(version) == text
            if version.status == VersionStatus.PUBLISHED:
                if not is_published:
                    self.report.fault(f"{path}.status", _("This version is published here."))
                elif not is_same:
                    self.report.fault(path, _("This version is published here and says something else; it is frozen."))
                return False
            if is_same and not is_published:
                return False
        else:
            other = credential.versions.filter(status=VersionStatus.DRAFT).first()
            if other is not None:
                self.report.fault(
                    path, _("Version %(number)s is a draft here; publish it first.") % {"number": other.number}
                )
                return False
            version = CredentialVersion.objects.create(
                credential=credential, number=row["number"], title=row["title"], edited_at=self.at, edited_by=self.actor
            )
        contents.write(version, text)
        self._keep_ids(version, row)
        version = CredentialVersion.objects.get(pk=version.pk)
        version.credential = credential
        if is_published:
            self._gate(version, path)
            settle_endorsements_of(version, at=self.at)
            version.status, version.published_by = VersionStatus.PUBLISHED, self.actor
            version.published_at = _moment(row["published_at"])
            version.save(update_fields=["status", "published_by", "published_at"])
        else:
            CredentialEvent.objects.create(
                credential=credential, version=version, actor=self.actor, action="edited", at=self.at
            )
            version.revision += 1
            version.edited_at, version.edited_by = self.at, self.actor
            version.save(update_fields=["revision", "edited_at", "edited_by"])
        return True

    def _gate(self, version: CredentialVersion, path: str) -> None:
        """Name what a version lacks before it is published or put on offer; once for each version."""
        if version.pk in self.looked_at:
            return
        self.looked_at.add(version.pk)
        for each in missing_in(version):
            if each.place != "stewardship":
                self.report.fault(path, _("Before it can be published: %(missing)s") % {"missing": each.text})

    def _keep_ids(self, version: CredentialVersion, row: dict[str, Any]) -> None:
        """Criteria keep the ids that badges name them by, unless another has them here."""
        wanted = {each["key"]: uuid.UUID(each["public_id"]) for each in row["criteria"]}
        taken = set(
            Criterion.objects.filter(public_id__in=wanted.values())
            .exclude(version=version)
            .values_list("public_id", flat=True)
        )
        for criterion in version.criteria.all():
            identifier = wanted[criterion.key]
            if identifier not in taken and criterion.public_id != identifier:
                criterion.public_id = identifier
                criterion.save(update_fields=["public_id"])

    def _life(self, row: dict[str, Any], path: str, credential: Credential) -> bool:
        """Owner, dates and state; a version that is newer here is never taken back."""
        current = credential.versions.filter(number=row["current_version"], status=VersionStatus.PUBLISHED).first()
        if credential.current_version and (current is None or current.number < credential.current_version.number):
            self.report.fault(
                f"{path}.current_version",
                _("Version %(number)s is on offer here and newer.") % {"number": credential.current_version.number},
            )
            return False
        if current is not None and current != credential.current_version:
            current.credential = credential
            self._gate(current, f"{path}.current_version")
        owner = get_user_model().objects.filter(email__iexact=row["owner"]).first() if row["owner"] else None
        if row["owner"] and owner is None:
            words = _("%(title)s: nobody here has the address of its owner; name one.") % {"title": _title(row)}
            self.report.notes.append((f"{path}.owner", words))
            owner = credential.owner
        elif owner is not None and owner != credential.owner and not may_own(owner, credential):
            words = _("%(title)s: whoever has the address of its owner is no lead or administrator here; name one.") % {
                "title": _title(row)
            }
            self.report.notes.append((f"{path}.owner", words))
            owner = credential.owner
        wanted = {
            "slug": row["slug"],
            "status": row["status"],
            "allows_early_assessment": row["allows_early_assessment"],
            "review_on": _date(row["review_on"]),
            "owner": owner,
            "current_version": current,
        }
        if current is None and row["status"] != CredentialStatus.DRAFT:
            return False  # its version had a fault, which is named
        changed = [name for name, value in wanted.items() if getattr(credential, name) != value]
        if "slug" in changed and Credential.objects.filter(organization=self.organization, slug=row["slug"]).exists():
            self.report.fault(f"{path}.slug", _("Another credential has it."))
            return False
        for name in changed:
            setattr(credential, name, wanted[name])
        if changed:
            credential.save(update_fields=changed)
        return bool(changed)

    def _clear_links(self, known: list[tuple[dict[str, Any], Credential]]) -> None:
        """Take away what the file says otherwise, so that no step of before makes a circle with one of the file."""
        for row, credential in known:
            if row["links"] is not None and self._wanted(row, "", credential) != links.links_of(credential):
                self.relinked.add(credential.pk)
        CredentialLink.objects.filter(credential__in=self.relinked).delete()

    def _wanted(self, row: dict[str, Any], path: str, credential: Credential) -> list[links.Link]:
        """The links of the file. path: where faults are named; empty to pass them over."""
        codes = [each["target"] for each in row["links"] if each["target"] is not None]
        items = {each.code: each for each in Credential.objects.filter(organization=self.organization, code__in=codes)}
        for number, each in enumerate(row["links"]):
            if path and each["target"] is not None and each["target"] not in items:
                self.report.fault(f"{path}.links[{number}].target", _("No credential has this code."))
        return [
            links.Link(
                each["kind"],
                items.get(each["target"]),
                each["program"],
                each["program_kind"],
                each["program_url"],
            )
            for each in row["links"]
        ]

    def _links(self, row: dict[str, Any], path: str, credential: Credential) -> bool:
        if row["links"] is None or credential.pk not in self.relinked:
            return False
        count = len(self.report.faults)
        wanted = self._wanted(row, path, credential)
        if len(self.report.faults) > count:
            return False
        try:
            links.set_links(actor=self.actor, credential=credential, links=wanted, at=self.at)
        except RegistryError as error:
            self.report.fault(f"{path}.links", str(error))
        return True

    def _claims(self, row: dict[str, Any], credential: Credential) -> bool:
        wanted = {(each["specialty"], each["source"], _date(each["stated_on"])) for each in row["useful_for"]}
        if wanted == set(credential.specialty_claims.values_list("specialty", "source", "stated_on")):
            return False
        credential.specialty_claims.all().delete()
        SpecialtyClaim.objects.bulk_create(
            SpecialtyClaim(credential=credential, specialty=specialty, source=source, stated_on=on)
            for specialty, source, on in sorted(wanted, key=str)
            if on is not None
        )
        return True


def _title(row: dict[str, Any]) -> str:
    """What people call the credential of a row: by its newest version, else its code."""
    newest = max(row["versions"], key=lambda each: each["number"], default=None)
    return str(newest["title"] if newest else row["code"])


def _date(value: Any) -> date | None:
    try:
        return parse_date(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _moment(value: Any) -> datetime | None:
    """A time with its zone, in UTC: at the edges of the calendar the two are not the same day, and one may not exist."""
    try:
        found = parse_datetime(value) if isinstance(value, str) else None
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None
