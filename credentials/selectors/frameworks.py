"""The competency browser: what is loaded, what teaches it, what assesses it; and what a newer version would change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, Q

from credentials.models import Alignment, Competency, Credential, CredentialVersion, Crosswalk, Framework
from credentials.models.catalog import Strength
from credentials.workflow import CredentialStatus, VersionStatus

if TYPE_CHECKING:
    from learners.models import User

# What counts: alignments of the version that is on offer now.
ON_OFFER = Q(version=F("version__credential__current_version"), version__credential__status=CredentialStatus.OFFERED)


def frameworks() -> list[Framework]:
    """Every loaded framework with `items_count`; those of the same slug beside each other, the newest first. One query."""
    rows: list[Any] = list(
        Framework.objects.annotate(items_count=Count("competencies")).order_by("title", "slug", "-pk")
    )
    newest: dict[str, int] = {}
    for each in rows:
        newest.setdefault(each.slug, each.pk)
    for each in rows:
        each.is_newest = newest[each.slug] == each.pk
    return rows


@dataclass
class Row:
    """A competency in the browser, with how many items on offer teach and assess it."""

    competency: Competency
    depth: int
    teaches: int
    assesses: int


def browse(framework: Framework) -> list[Row]:
    """The items of a framework as a tree, each with its counts. Two queries."""
    counts: dict[int, dict[str, set[int]]] = {}
    aligned = Alignment.objects.filter(ON_OFFER, competency__framework=framework)
    for pk, strength, credential in aligned.values_list("competency_id", "strength", "version__credential_id"):
        counts.setdefault(pk, {}).setdefault(strength, set()).add(credential)
    children: dict[int | None, list[Competency]] = {}
    for each in framework.competencies.order_by("position", "pk"):
        children.setdefault(each.parent_id, []).append(each)
    found: list[Row] = []
    waiting = [(each, 0) for each in reversed(children.get(None, []))]
    while waiting:
        competency, depth = waiting.pop()
        count = counts.get(competency.pk, {})
        found.append(
            Row(
                competency,
                min(depth, 3),
                len(count.get(Strength.ADDRESSES, ())),
                len(count.get(Strength.ASSESSES, ())),
            )
        )
        waiting += [(each, depth + 1) for each in reversed(children.get(competency.pk, []))]
    return found


@dataclass
class Aligned:
    """An item on offer that is aligned to a competency; criteria: which of its criteria are, by name."""

    version: CredentialVersion
    criteria: list[str] = field(default_factory=list)


def aligned_to(competency: Competency) -> dict[str, list[Aligned]]:
    """What teaches ("addresses") and what assesses it, by title. One query."""
    rows = (
        Alignment.objects.filter(ON_OFFER, competency=competency)
        .select_related("version__credential__organization", "criterion")
        .order_by("version__title", "version_id", "criterion__position", "pk")
    )
    found: dict[str, dict[int, Aligned]] = {Strength.ADDRESSES: {}, Strength.ASSESSES: {}}
    for row in rows:
        each = found[row.strength].setdefault(row.version.pk, Aligned(row.version))
        if row.criterion is not None:
            each.criteria.append(row.criterion.name)
    return {strength: list(each.values()) for strength, each in found.items()}


def crosswalk_of(competency: Competency) -> dict[str, list[Crosswalk]]:
    """Where it comes from and leads to in other versions. One query."""
    rows = (
        Crosswalk.objects.filter(Q(source=competency) | Q(target=competency))
        .select_related("source__framework", "target__framework")
        .order_by("pk")
    )
    found: dict[str, list[Crosswalk]] = {"from": [], "to": []}
    for row in rows:
        found["to" if row.source.pk == competency.pk else "from"].append(row)
    return found


@dataclass
class Change:
    """One alignment to an older version: what it is aligned to, and where the crosswalk leads."""

    competency: Competency
    criterion: str
    targets: list[Crosswalk]

    @property
    def is_certain(self) -> bool:
        return any(each.relation != "related" for each in self.targets)


@dataclass
class Review:
    """A credential whose alignments would change."""

    credential: Credential
    version: CredentialVersion
    changes: list[Change] = field(default_factory=list)

    @property
    def can_move(self) -> bool:
        return any(each.is_certain for each in self.changes)


def alignment_review(newer: Framework, user: User) -> list[Review]:
    """What is aligned to an older version of a framework, among what this person edits. Two queries.

    For each credential its draft where it has one, else the version on offer.
    """
    older = Framework.objects.filter(slug=newer.slug, pk__lt=newer.pk)
    rows = list(
        Alignment.objects.filter(
            Q(version__status=VersionStatus.DRAFT) | Q(version=F("version__credential__current_version")),
            user.scope_q({"lead", "administrator"}, "version__credential__"),
            competency__framework__in=older,
        )
        .select_related("version__credential", "competency__framework", "criterion")
        .order_by(
            "version__credential__code", "version__credential_id", "-version__number", "competency__position", "pk"
        )
    )
    targets: dict[int, list[Crosswalk]] = {}
    for step in (
        Crosswalk.objects.filter(target__framework=newer)
        .select_related("target")
        .order_by("source_id", "target__position", "pk")
    ):
        targets.setdefault(step.source_id, []).append(step)
    drafted = {row.version.credential.pk for row in rows if row.version.status == VersionStatus.DRAFT}
    drafted |= set(
        CredentialVersion.objects.filter(
            status=VersionStatus.DRAFT, credential__in={row.version.credential.pk for row in rows}
        ).values_list("credential_id", flat=True)
    )
    found: dict[int, Review] = {}
    for row in rows:
        credential = row.version.credential
        if credential.pk in drafted and row.version.status != VersionStatus.DRAFT:
            continue  # the draft is what would change
        review = found.setdefault(credential.pk, Review(credential, row.version))
        name = row.criterion.name if row.criterion is not None else ""
        review.changes.append(Change(row.competency, name, targets.get(row.competency.pk, [])))
    return list(found.values())


def older_versions(framework: Framework) -> list[Framework]:
    return list(Framework.objects.filter(slug=framework.slug, pk__lt=framework.pk).order_by("-pk"))


def crosswalk_lines(older: Framework, newer: Framework) -> str:
    """A crosswalk as it is written: a line for each step. One query."""
    steps: Any = Crosswalk.objects.filter(source__framework=older, target__framework=newer).order_by(
        "source__position", "target__position", "pk"
    )
    rows = steps.values_list("source__code", "target__code", "relation")
    return "\n".join(f"{source}, {target}, {relation}" for source, target, relation in rows)
