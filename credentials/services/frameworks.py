"""Loading frameworks in versions, and bringing alignments to a newer one: never in place, never silently."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, require
from credentials import content as contents
from credentials.frameworks import Item, Link, Loaded
from credentials.models import (
    Competency,
    Credential,
    CredentialVersion,
    Crosswalk,
    CrosswalkEvent,
    CrosswalkRelation,
    Framework,
    Organization,
)
from credentials.services import editing
from credentials.workflow import VersionStatus

if TYPE_CHECKING:
    from learners.models import User

_LOCK = "credentials.frameworks"


@transaction.atomic
def load_framework(
    *, actor: "User", organization: Organization, loaded: Loaded, at: datetime
) -> tuple[Framework, bool]:
    """Load one version of a framework; answer it, and whether it is new. The same file a second time changes nothing.

    Its versions belong to who loaded the first: others rely on them, so that another school loads a framework of its own.
    Raises NotAllowed, Incomplete (the file has faults), Conflict (this version is loaded and says something else, or another
    organization keeps the framework).
    """
    require(actor, Can.FRAMEWORK_LOAD, organization)
    if loaded.faults:
        raise Incomplete(
            _("The file has faults; nothing was loaded."), [f"{each.place}: {each.text}" for each in loaded.faults]
        )
    with connection.cursor() as cursor:  # two loads of the same version wait for each other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [_LOCK])
    known = Framework.objects.filter(slug=loaded.slug, version=loaded.version).first()
    if known is not None:
        if same(as_loaded(known), loaded):
            return known, False
        raise Conflict(
            _(
                "Version “%(version)s” of this framework is loaded already and says something else. What is loaded is never "
                "changed: give the file a version of its own."
            )
            % {"version": loaded.version}
        )
    if Framework.objects.filter(slug=loaded.slug).exclude(organization=organization).exists():
        raise Conflict(
            _(
                "Another organization keeps the framework “%(slug)s”, and other schools rely on it. Load yours under a short "
                "name of its own."
            )
            % {"slug": loaded.slug}
        )
    identifier = loaded.identifier
    if identifier is None or Framework.objects.filter(public_id=identifier).exists():
        identifier = uuid.uuid4()  # publishers keep the identifier of a document over its versions
    framework = Framework.objects.create(
        public_id=identifier,
        organization=organization,
        slug=loaded.slug,
        version=loaded.version,
        title=loaded.title,
        publisher=loaded.publisher,
        kind=loaded.kind,
        professions=loaded.professions,
        source_url=loaded.source_url,
        note=loaded.note,
        loaded_at=at,
        loaded_by=actor,
    )
    rows: dict[str, Competency] = {}
    waiting = list(enumerate(loaded.items, 1))
    while waiting:  # parents first; the file has no circle
        ready = [(n, each) for n, each in waiting if not each.parent or each.parent in rows]
        waiting = [(n, each) for n, each in waiting if each.parent and each.parent not in rows]
        made = Competency.objects.bulk_create(
            Competency(
                framework=framework,
                public_id=each.identifier or uuid.uuid4(),
                parent=rows.get(each.parent),
                code=each.code,
                short_name=each.name,
                paraphrase=each.statement,
                verification=each.verification,
                position=number,
            )
            for number, each in ready
        )
        rows |= {each.code: each for each in made}
    _link(loaded.links, rows)
    return framework, True


def _link(links: list[Link], rows: dict[str, Competency]) -> None:
    """The steps of the crosswalk whose older item is loaded; the others lead nowhere here."""
    newer = {each.public_id: each for each in rows.values()}
    pks = [each.pk for each in rows.values()]
    older: dict[uuid.UUID, Competency] = {}
    for each in (
        Competency.objects.filter(public_id__in={link.source for link in links}).exclude(pk__in=pks).order_by("pk")
    ):
        older[each.public_id] = each  # of several versions that kept the identifier, the latest
    Crosswalk.objects.bulk_create(
        [
            Crosswalk(source=older[link.source], target=newer[link.target], relation=link.relation)
            for link in links
            if link.source in older and link.target in newer
        ],
        ignore_conflicts=True,
    )


def as_loaded(framework: Framework) -> Loaded:
    """A framework as its file would say it. Two queries."""
    rows = list(framework.competencies.order_by("position", "pk"))
    codes = {each.pk: each.code for each in rows}
    links = Crosswalk.objects.filter(target__framework=framework).order_by("source__position", "pk")
    return Loaded(
        slug=framework.slug,
        version=framework.version,
        title=framework.title,
        publisher=framework.publisher,
        kind=framework.kind,
        source_url=framework.source_url,
        note=framework.note,
        identifier=framework.public_id,
        professions=framework.professions,
        items=[
            Item(
                each.code,
                each.short_name,
                each.paraphrase,
                codes.get(each.parent_id, "") if each.parent_id else "",
                each.verification,
                each.public_id,
            )
            for each in rows
        ],
        links=[
            Link(source, target, relation)
            for source, target, relation in links.values_list("source__public_id", "target__public_id", "relation")
        ],
    )


def same(known: Loaded, other: Loaded) -> bool:
    """Whether two say the same: how a code was compared with the publication is not part of it."""
    head = ("title", "publisher", "source_url", "note")
    if any(getattr(known, name) != getattr(other, name) for name in head):
        return False
    return [_row(each) for each in known.items] == [_row(each) for each in other.items]


def _row(item: Item) -> tuple[str, ...]:
    return (item.code, item.name, item.statement or item.name, item.parent)


@transaction.atomic
def set_crosswalk(
    *,
    actor: "User",
    older: Framework,
    newer: Framework,
    rows: list[tuple[str, str, str]],
    at: datetime,
) -> int:
    """Say how the codes of an older version lead to those of a newer: (older code, newer code, relation).

    What was said before of the two is replaced, with an event; the same once more changes nothing. Alignments stay as they
    are. Raises NotAllowed, Invalid.
    """
    require(actor, Can.FRAMEWORK_KEEP, newer)
    if older.slug != newer.slug or older.pk == newer.pk:
        raise Invalid(_("A crosswalk leads from one version of a framework to another."))
    sources = {each.code: each for each in older.competencies.all()}
    targets = {each.code: each for each in newer.competencies.all()}
    for source, target, relation in rows:
        if source not in sources or target not in targets or relation not in CrosswalkRelation.values:
            raise Invalid(_("No such step: %(source)s to %(target)s.") % {"source": source, "target": target})
    Framework.objects.select_for_update().get(pk=newer.pk)  # two who save at once wait for each other
    standing = Crosswalk.objects.filter(source__framework=older, target__framework=newer)
    before = set(standing.values_list("source__code", "target__code", "relation"))
    if before == set(rows):
        return len(rows)
    standing.delete()
    made = Crosswalk.objects.bulk_create(
        Crosswalk(source=sources[source], target=targets[target], relation=relation)
        for source, target, relation in rows
    )
    CrosswalkEvent.objects.create(
        older=older,
        newer=newer,
        actor=actor,
        added=len(set(rows) - before),
        removed=len(before - set(rows)),
        steps=[list(each) for each in rows],
        at=at,
    )
    return len(made)


@transaction.atomic
def take_over_alignments(*, actor: "User", credential: Credential, newer: Framework, at: datetime) -> CredentialVersion:
    """Bring the alignments of a credential to a newer version of a framework, in its draft (begun when there is none).

    Only codes that the crosswalk leads on from as same or replaced are changed; the rest stay. What is published stays as
    it is. Raises NotAllowed, Conflict (nothing would change).
    """
    require(actor, Can.CREDENTIAL_EDIT, credential)
    leads: dict[tuple[str, str], list[str]] = {}
    steps = Crosswalk.objects.filter(
        target__framework=newer, relation__in=[CrosswalkRelation.SAME, CrosswalkRelation.REPLACED]
    ).order_by("source__position", "target__position", "pk")
    for version, code, target in steps.values_list("source__framework__version", "source__code", "target__code"):
        leads.setdefault((version, code), []).append(target)
    draft = credential.versions.filter(status=VersionStatus.DRAFT).first()
    if draft is None:
        draft = editing.start_version(actor=actor, credential=credential, at=at)
    draft.credential = Credential.objects.select_related("organization").get(pk=credential.pk)
    text = contents.read(draft)
    rows: list[dict[str, object]] = []
    for row in text["alignments"]:
        codes = leads.get((row["version"], row["code"])) if row["framework"] == newer.slug else None
        moved = [row | {"version": newer.version, "code": code} for code in codes] if codes else [row]
        for each in moved:
            place = ("framework", "version", "code", "criterion")
            if not any(all(each[name] == one[name] for name in place) for one in rows):
                rows.append(each)
    if rows == text["alignments"]:
        raise Conflict(_("No alignment of it has a counterpart in the crosswalk."))
    return editing.save_draft(
        actor=actor, version=draft, seen=draft.revision, content=text | {"alignments": rows}, at=at
    )
