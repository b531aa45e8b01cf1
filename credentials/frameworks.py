"""Competency frameworks as files: CASE 1.0 and 1.1 packages and CSV. Pure: text in, data out, faults by place.

CASE: 1EdTech Competencies and Academic Standards Exchange; a package is CFDocument, CFItems, CFAssociations.
"""

from __future__ import annotations

import csv
import io
import json
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext as _

ITEMS_MAX = 5000
TEXT_MAX_LETTERS = 5000
DEPTH_MAX = 20
FAULTS_MAX = 500  # more are not named
COLUMNS = ("code", "name", "statement", "parent", "verification")
CASE_NAMES = {"v1p0": "1.0", "v1p1": "1.1"}
# How CASE says what stands in a crosswalk; "replacedBy" leads from the older item to the newer.
ASSOCIATIONS = {"same": "exactMatchOf", "replaced": "replacedBy", "related": "isRelatedTo"}
RELATIONS = {name: relation for relation, name in ASSOCIATIONS.items()}


@dataclass(frozen=True)
class Item:
    """One competency. parent: a code of the same framework, or nothing."""

    code: str
    name: str
    statement: str = ""
    parent: str = ""
    verification: str = "imported"
    identifier: uuid.UUID | None = None


@dataclass(frozen=True)
class Link:
    """A crosswalk: from an item of another version to one of this one, each by its CASE identifier."""

    source: uuid.UUID
    target: uuid.UUID
    relation: str


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: a line of a CSV, a path in JSON."""

    place: str
    text: str


@dataclass
class Loaded:
    """What a file says. With faults it is not loaded."""

    slug: str = ""
    version: str = ""
    title: str = ""
    publisher: str = ""
    kind: str = "competencies"
    source_url: str = ""
    note: str = ""
    identifier: uuid.UUID | None = None
    items: list[Item] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    professions: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)


def read(text: str, **given: str) -> Loaded:
    """Read a file, JSON or CSV; given (slug, version, title, publisher, source_url) is said beside it and comes first."""
    found = read_case(text) if text.lstrip("\ufeff \r\n\t").startswith("{") else read_csv(text)
    for name, value in given.items():
        if value:
            setattr(found, name, value)
    found.slug = slugify(found.slug or found.title)[:60]
    for name, maximum in (("slug", 60), ("version", 30), ("title", 200), ("publisher", 200)):
        value = getattr(found, name)
        if not value:
            found.faults.append(Fault(name, _("It must be given.")))
        elif len(value) > maximum:
            found.faults.append(Fault(name, _("At most %(count)s letters.") % {"count": maximum}))
    if found.source_url and not found.source_url.startswith(("https://", "http://")):
        found.faults.append(Fault("source_url", _("It must be an address that begins with https://.")))
    found.source_url = found.source_url[:200]
    _refuse_odd_signs(found)
    found.faults = [Fault(printable(each.place), printable(each.text)) for each in found.faults[:FAULTS_MAX]]
    if not found.items and not found.faults:
        found.faults.append(Fault("", _("It holds no items.")))
    return found


def _refuse_odd_signs(found: Loaded) -> None:
    """Name what no column takes, and put a sign for it that the page which says so can show."""
    said = ("slug", "version", "title", "publisher", "source_url", "note", "kind")
    for name in said:
        if not is_text(getattr(found, name)):
            found.faults.append(Fault(name, _("It holds a sign that is no text.")))
            setattr(found, name, printable(getattr(found, name)))
    for number, each in enumerate(found.items):
        if not is_text(f"{each.code}{each.name}{each.statement}{each.parent}"):
            found.faults.append(Fault(each.code, _("It holds a sign that is no text.")))
            found.items[number] = replace(
                each,
                code=printable(each.code),
                name=printable(each.name),
                statement=printable(each.statement),
                parent=printable(each.parent),
            )


def is_text(value: str) -> bool:
    """Whether a column of the database takes it: JSON may say a zero sign, or half of a sign."""
    return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)


def printable(value: str) -> str:
    return value.replace("\0", "\ufffd").encode("utf-8", "replace").decode()


# CSV -----------------------------------------------------------------------------------------------------------------
def read_csv(text: str) -> Loaded:
    """A row for each item: code, name, statement, parent, verification; the last three may be missing."""
    found = Loaded()
    try:
        rows = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
        names = [(name or "").strip().lower() for name in rows.fieldnames or []]
        rows.fieldnames = names
        if "code" not in names or "name" not in names:
            found.faults.append(
                Fault(
                    _("line 1"), _("The first line must name the columns: %(names)s.") % {"names": ", ".join(COLUMNS)}
                )
            )
            return found
        for row in rows:
            if len(found.faults) >= FAULTS_MAX:
                break
            place = _("line %(number)s") % {"number": rows.line_num}
            values = {name: (row.get(name) or "").strip() for name in COLUMNS}
            if None in row:
                found.faults.append(Fault(place, _("It has more cells than the first line.")))
            elif any(values.values()):
                item = Item(
                    values["code"],
                    values["name"],
                    values["statement"],
                    values["parent"],
                    values["verification"] or "imported",
                )
                _add(found, item, place)
    except csv.Error as error:
        found.faults.append(Fault("", _("This is not a CSV file: %(cause)s") % {"cause": error}))
    _check_parents(found)
    return found


def write_csv(items: Iterable[Item]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows((each.code, each.name, each.statement, each.parent, each.verification) for each in items)
    return out.getvalue()


def _add(found: Loaded, item: Item, place: str) -> None:
    """Take an item over, or say what is wrong with it."""
    wrong = ""
    if len(found.items) >= ITEMS_MAX:
        wrong = _("A framework has at most %(count)s items.") % {"count": ITEMS_MAX}
    elif not item.code:
        wrong = _("It has no code.")
    elif len(item.code) > 40:
        wrong = _("A code has at most %(count)s letters.") % {"count": 40}
    elif any(each.code == item.code for each in found.items):
        wrong = _("The code %(code)s stands there twice.") % {"code": item.code}
    elif not item.name:
        wrong = _("It has no name.")
    elif len(item.name) > 200:
        wrong = _("A name has at most %(count)s letters.") % {"count": 200}
    elif len(item.statement) > TEXT_MAX_LETTERS:
        wrong = _("A statement has at most %(count)s letters.") % {"count": TEXT_MAX_LETTERS}
    elif len(item.verification) > 20:
        wrong = _("A verification has at most %(count)s letters.") % {"count": 20}
    if wrong:
        found.faults.append(Fault(place, wrong))
    else:
        found.items.append(item)


def _check_parents(found: Loaded) -> None:
    parents = {each.code: each.parent for each in found.items}
    for item in found.items:
        if item.parent and item.parent not in parents:
            found.faults.append(Fault(item.code, _("Its parent %(code)s is not in the file.") % {"code": item.parent}))
            continue
        seen, above = {item.code}, item.parent
        while above and above not in seen:
            seen.add(above)
            above = parents.get(above, "")
        if not above and len(seen) > DEPTH_MAX:
            text = _("It stands more than %(count)s levels deep.") % {"count": DEPTH_MAX}
            found.faults.append(Fault(item.code, text))
            return
        if above == item.code:
            found.faults.append(Fault(item.code, _("It is its own parent, over others or directly.")))


# CASE ----------------------------------------------------------------------------------------------------------------
def read_case(text: str) -> Loaded:
    """A CFPackage, as it is or under that name."""
    found = Loaded()
    try:
        package = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        found.faults.append(Fault("", _("This is not JSON: %(cause)s") % {"cause": error}))
        return found
    package = package.get("CFPackage", package)
    document = package.get("CFDocument") if isinstance(package, dict) else None
    if not isinstance(document, dict):
        found.faults.append(Fault("CFDocument", _("It must be there: a CASE package describes its document.")))
        return found
    found.identifier = _identifier(found, document, "CFDocument")
    found.title = _said(document, "title")
    found.publisher = _said(document, "publisher") or _said(document, "creator")
    found.version = _said(document, "version")
    found.source_url = _said(document, "officialSourceURL")
    found.note = _said(document, "description")[:TEXT_MAX_LETTERS]
    found.kind = _said(document, "frameworkType")[:30] or "competencies"
    associations = list(_list(found, package, "CFAssociations"))
    codes: dict[str, str] = {}
    rows = []
    for number, row in enumerate(_list(found, package, "CFItems")):
        place = f"CFItems[{number}]"
        if not isinstance(row, dict):
            found.faults.append(Fault(place, _("It must be an object.")))
            continue
        identifier = _identifier(found, row, place)
        if identifier is None:
            continue
        code = _said(row, "humanCodingScheme") or _said(row, "listEnumeration")
        codes[str(identifier)] = code
        rows.append((place, identifier, code, row))
    parents: dict[str, str] = {}
    for number, each in enumerate(associations):
        _associate(found, each, f"CFAssociations[{number}]", codes, parents)
    for place, identifier, code, row in rows:
        statement = _said(row, "fullStatement")
        name = _said(row, "abbreviatedStatement") or _said(row, "alternativeLabel") or statement[:200]
        _add(
            found,
            Item(
                code,
                name,
                "" if statement == name else statement,
                codes.get(parents.get(str(identifier), ""), ""),
                identifier=identifier,
            ),
            place,
        )
    _check_parents(found)
    return found


def _associate(found: Loaded, row: Any, place: str, codes: dict[str, str], parents: dict[str, str]) -> None:
    """Take one association over: a parent, or a step of the crosswalk; others are left out and named."""
    if not isinstance(row, dict):
        found.faults.append(Fault(place, _("It must be an object.")))
        return
    kind = _said(row, "associationType")
    ends = []
    for name in ("originNodeURI", "destinationNodeURI"):
        node = row.get(name)
        try:
            ends.append(str(uuid.UUID(str(node["identifier"] if isinstance(node, dict) else node))))
        except (ValueError, KeyError, TypeError):
            found.faults.append(Fault(f"{place}.{name}", _("It must name an item by its identifier.")))
            return
    origin, destination = ends
    if kind == "isChildOf":
        if origin in codes:
            parents[origin] = destination  # of the document itself for those at the top: no code, so no parent
    elif kind in RELATIONS:
        if destination in codes and origin not in codes:
            found.links.append(Link(uuid.UUID(origin), uuid.UUID(destination), RELATIONS[kind]))
        elif origin in codes and destination not in codes and kind != "replacedBy":
            found.links.append(Link(uuid.UUID(destination), uuid.UUID(origin), RELATIONS[kind]))
        else:
            found.left_out.append(Fault(place, _("“%(kind)s” within one framework is not kept.") % {"kind": kind}))
    else:
        found.left_out.append(Fault(place, _("“%(kind)s” is not kept.") % {"kind": kind}))


def _list(found: Loaded, package: dict[str, Any], name: str) -> list[Any]:
    rows = package.get(name) or []
    if not isinstance(rows, list):
        found.faults.append(Fault(name, _("It must be a list.")))
        return []
    return rows


def _said(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    return value.strip() if isinstance(value, str) else ""


def _identifier(found: Loaded, row: dict[str, Any], place: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(str(row.get("identifier")))
    except ValueError:
        found.faults.append(Fault(f"{place}.identifier", _("It must be a UUID.")))
        return None


def write_case(framework: Loaded, *, origin: str, changed_at: datetime, edition: str) -> dict[str, Any]:
    """The CASE package of a framework; each item and the document carry their identifiers.

    edition: "v1p0" or "v1p1". origin: the site's own, under which the addresses of the service stand.
    """
    base = f"{origin}/ims/case/{edition}"
    at = changed_at.isoformat(timespec="seconds")
    document = document_of(framework, origin=origin, changed_at=changed_at, edition=edition)
    here = _node(framework.title, str(framework.identifier), document["uri"])
    nodes = {
        each.code: _node(each.name, str(each.identifier), f"{base}/CFItems/{each.identifier}")
        for each in framework.items
    }
    associations = []
    for position, each in enumerate(framework.items, 1):
        above = nodes[each.parent] if each.parent else here
        associations.append(_association(base, "isChildOf", nodes[each.code], above, here, at, position))
    known = {str(each.identifier): each.code for each in framework.items}
    for link in framework.links:
        older = _node(str(link.source), str(link.source), f"{base}/CFItems/{link.source}")
        newer = nodes[known[str(link.target)]]
        associations.append(_association(base, ASSOCIATIONS[link.relation], older, newer, here, at))
    return {
        "CFDocument": document,
        "CFItems": [
            {
                "identifier": str(each.identifier),
                "uri": nodes[each.code]["uri"],
                "fullStatement": each.statement or each.name,
                "abbreviatedStatement": each.name,
                "humanCodingScheme": each.code,
                "lastChangeDateTime": at,
                "CFDocumentURI": here,
            }
            for each in framework.items
        ],
        "CFAssociations": associations,
    }


def document_of(framework: Loaded, *, origin: str, changed_at: datetime, edition: str) -> dict[str, Any]:
    base = f"{origin}/ims/case/{edition}"
    document = {
        "identifier": str(framework.identifier),
        "uri": f"{base}/CFDocuments/{framework.identifier}",
        "creator": framework.publisher,
        "publisher": framework.publisher,
        "title": framework.title,
        "version": framework.version,
        "lastChangeDateTime": changed_at.isoformat(timespec="seconds"),
        "CFPackageURI": _node(framework.title, str(framework.identifier), f"{base}/CFPackages/{framework.identifier}"),
    }
    if framework.source_url:
        document["officialSourceURL"] = framework.source_url
    if framework.note:
        document["description"] = framework.note
    if edition == "v1p1":
        document |= {"caseVersion": "1.1", "frameworkType": framework.kind}
    return document


def _node(title: str, identifier: str, uri: str) -> dict[str, str]:
    return {"title": title, "identifier": identifier, "uri": uri}


def _association(
    base: str,
    kind: str,
    origin: dict[str, str],
    destination: dict[str, str],
    document: dict[str, str],
    at: str,
    position: int | None = None,
) -> dict[str, Any]:
    name = f"{kind} {origin['identifier']} {destination['identifier']}"
    identifier = str(uuid.uuid5(uuid.UUID(document["identifier"]), name))
    found = {
        "identifier": identifier,
        "uri": f"{base}/CFAssociations/{identifier}",
        "associationType": kind,
        "originNodeURI": origin,
        "destinationNodeURI": destination,
        "lastChangeDateTime": at,
        "CFDocumentURI": document,
    }
    return found | ({"sequenceNumber": position} if position is not None else {})


# Crosswalks ----------------------------------------------------------------------------------------------------------
def read_crosswalk(text: str, older: set[str], newer: set[str]) -> tuple[list[tuple[str, str, str]], list[Fault]]:
    """Lines of "older code, newer code, relation" (same when left out); what is right, and what is not by its line."""
    found: list[tuple[str, str, str]] = []
    faults = []
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        return [], [Fault("", _("This is not a CSV file: %(cause)s") % {"cause": error})]
    for number, row in enumerate(rows, 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or (number == 1 and cells[0].lower() in {"older", "from"}):
            continue
        source, target, relation = ([*cells, "", "", ""])[:3]
        relation = relation or "same"
        if source not in older:
            wrong = _("The older version has no code %(code)s.") % {"code": source or "–"}
        elif target not in newer:
            wrong = _("The newer version has no code %(code)s.") % {"code": target or "–"}
        elif relation not in ASSOCIATIONS:
            wrong = _("“%(word)s” is none of: same, replaced, related.") % {"word": relation}
        elif any((source, target) == each[:2] for each in found):
            wrong = _("The two stand there twice.")
        else:
            found.append((source, target, relation))
            continue
        faults.append(Fault(_("line %(number)s") % {"number": number}, wrong))
    return found, faults
