"""What a version asks, read from its rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from credentials.models import Alignment, Credential, Prerequisite
from credentials.models.catalog import Strength
from learners.models import Learner
from pathways import comparing, rules
from pathways.models import PathwayVersion, Requirement, RequirementKind, Waiver
from pathways.workflow import PathwayVersionStatus

Kind = RequirementKind


@dataclass(frozen=True)
class Asked:
    """What a version asks: its rules, and the credentials that they name, by key.

    ids: the rule's id in this version, by the key that it has in every version. rows: those
    rules as they are written, by the same key. reader: knows what has to be held before what may stand in.
    """

    rules: rules.Pathway
    credentials: dict[int, Credential]
    designation_id: int = 0
    ids: dict[UUID, int] = field(default_factory=dict)
    rows: dict[UUID, Requirement] = field(default_factory=dict)
    reader: "_Reader | None" = None

    @cached_property
    def tree(self) -> comparing.Tree:
        return comparing.Tree(
            comparing.Written.of({name: getattr(row, name) for name in comparing.FIELDS}) for row in self.rows.values()
        )

    def waived_place(self, waiver: Waiver) -> int | None:
        """The id in this version of a rule that was waived or substituted, maybe by another version.

        None where this one does not have it, or asks something else or more by it or by a part of it. waiver: with what its
        own version asked, as `Known` reads it.
        """
        waived = waiver.requirement
        now = self.rows.get(waived.key)
        if now is None or now.version_id == waived.version_id:
            return now.pk if now is not None else None
        then = comparing.Tree(map(comparing.Written.of, waiver.asked_then))  # type: ignore[attr-defined]
        return now.pk if comparing.asks_no_more(self.tree, then, waived.key) else None


def with_substitutes(asked: Asked, substitutes: Mapping[int, rules.Item]) -> rules.Pathway:
    """The rules with other credentials allowed, by the id of the rule, and with what has to be held before those."""
    if not substitutes or asked.reader is None:
        return asked.rules.with_substitutes(substitutes)
    needs = asked.reader.needs
    items = {
        key: replace(item, needs=frozenset(needs.get(item.credential_id, ()))) for key, item in substitutes.items()
    }
    made = asked.rules.with_substitutes(items)
    return replace(made, outside=asked.reader.outside(made.items))


def asked_by(versions: Iterable[PathwayVersion]) -> dict[int, Asked]:
    """What each version asks, by the version's key. Three queries, four where competencies count, however many there are.

    One fewer where the versions come with their pathways.

    Raises RuleError for rows that make no sense together.
    """
    wanted = {version.pk: version for version in versions}
    rows: dict[int, list[Requirement]] = defaultdict(list)
    for row in (
        Requirement.objects.filter(version__in=wanted)
        .select_related("credential__current_version", "provider")
        .order_by("version", "position", "pk")
    ):
        rows[row.version_id].append(row)
    reader = _Reader([row for few in rows.values() for row in few])
    at_hand = {
        key: version.pathway.credential_id
        for key, version in wanted.items()
        if "pathway" in version._state.fields_cache
    }
    others = PathwayVersion.objects.filter(pk__in=wanted.keys() - at_hand.keys())
    owners = at_hand | dict(others.values_list("pk", "pathway__credential_id") if len(at_hand) < len(wanted) else ())
    return {key: reader.asked(version, rows[key], owners[key]) for key, version in wanted.items()}


def asked(version: PathwayVersion) -> Asked:
    """What one version asks. Three queries, or four."""
    return asked_by([version])[version.pk]


def asked_with(version: PathwayVersion, sketch: Requirement) -> Asked:
    """What a draft would ask with one rule more, or one changed, that is not written. Three queries, or four."""
    stored = version.requirements.select_related("credential__current_version", "provider").order_by("position", "pk")
    rows = [sketch if row.pk == sketch.pk else row for row in stored]
    if not sketch.pk:
        rows.append(sketch)
    return _Reader(rows).asked(version, rows, version.pathway.credential_id)


class _Reader:
    """Rows as rules, with what has to be held before each credential and what it assesses."""

    def __init__(self, rows: list[Requirement]) -> None:
        self.needs: dict[int, set[int]] = defaultdict(set)
        self.others: dict[int, tuple[str, int | None]] = {}
        current = Credential.objects.filter(current_version__isnull=False).values("current_version")
        for owner, needed, code, title, hours in Prerequisite.objects.filter(version__in=current).values_list(
            "version__credential_id",
            "requires_id",
            "requires__code",
            "requires__current_version__title",
            "requires__current_version__workload_hours",
        ):
            self.needs[owner].add(needed)
            self.others[needed] = (title or code, hours)
        self.covers: dict[int, set[str]] = defaultdict(set)
        if any(row.kind == Kind.COVERAGE for row in rows):
            versions = {row.credential.current_version_id for row in rows if row.credential is not None}
            for version_id, code in Alignment.objects.filter(
                version__in=versions - {None}, strength=Strength.ASSESSES
            ).values_list("version_id", "competency__code"):
                self.covers[version_id].add(code)

    def asked(self, version: PathwayVersion, rows: list[Requirement], designation_id: int) -> Asked:
        children: dict[int | None, list[Requirement]] = defaultdict(list)
        for row in rows:
            children[row.parent_id].append(row)
        made = [self._rule(row, children) for row in children[None]]
        least = version.minimum_distinct_professions
        if least > 1 and not any(isinstance(rule, rules.Professions) for rule in made):
            made.append(rules.Professions(0, least))
        named = {row.credential.pk: row.credential for row in rows if row.credential is not None}
        shared_max = None if version.is_double_counting_allowed else version.shared_components_max
        pathway = rules.Pathway(
            rules=tuple(made),
            time_limit_months=version.time_limit_months,
            is_valid_at_award=version.components_valid_at_award,
            shared_max=shared_max,
            recognized_max=version.recognized_max,
            designations_max=version.max_per_learner,
            outside=self.outside(named),
        )
        keys = {row.key: row for row in rows}
        return Asked(pathway, named, designation_id, {key: row.pk for key, row in keys.items()}, keys, self)

    def outside(self, named: Iterable[int]) -> tuple[rules.Item, ...]:
        """Everything that has to be held before what is named, and before that, and so on."""
        reached, waiting = set(named), list(named)
        found = []
        while waiting:
            for needed in sorted(self.needs.get(waiting.pop(), ())):
                if needed not in reached:
                    reached.add(needed)
                    waiting.append(needed)
                    title, hours = self.others[needed]
                    found.append(rules.Item(needed, title, hours, needs=frozenset(self.needs.get(needed, ()))))
        return tuple(found)

    def _rule(self, row: Requirement, children: dict[int | None, list[Requirement]]) -> rules.Rule:
        below = children[row.pk]
        if row.kind == Kind.CREDENTIAL:
            return rules.Required(row.pk, self.item(row), row.points)
        if row.kind == Kind.OBSERVATIONS:
            return rules.Observed(
                row.pk,
                row.label,
                row.minimum or 1,
                row.contexts_min,
                row.assessors_min,
                row.window_days,
                frozenset(each.credential_id for each in below if each.credential_id is not None),
            )
        parts = tuple(self._rule(each, children) for each in below)
        if row.kind == Kind.ALL_OF:
            return rules.AllOf(row.pk, row.label, parts)
        if row.kind in {Kind.CHOOSE, Kind.ANY_OF}:
            return rules.Choose(row.pk, row.label, 1 if row.kind == Kind.ANY_OF else row.minimum or 1, parts)
        if row.kind == Kind.IN_ORDER:
            return rules.InOrder(row.pk, row.label, parts)
        if row.kind == Kind.HOURS:
            return rules.Hours(row.pk, row.minimum or 0, row.label, parts, row.repeats_max)
        if row.kind == Kind.POINTS:
            return rules.Points(row.pk, row.minimum or 0, row.label, parts, row.repeats_max)
        if row.kind == Kind.COVERAGE:
            codes = tuple(rules.Competency(code, code) for code in row.codes)
            return rules.Coverage(row.pk, row.minimum or 0, row.label, codes, parts)
        if row.kind == Kind.PROFESSIONS:
            return rules.Professions(row.pk, row.minimum or 1)
        if row.kind == Kind.OUTSIDE:
            provider = row.provider.name if row.provider else ""
            return rules.Outside(row.pk, row.label, row.minimum or 1, provider)
        if row.kind == Kind.CONFIRMATION:
            return rules.Confirmation(row.pk, row.label)
        return rules.Capstone(row.pk, row.label)

    def item(self, row: Requirement) -> rules.Item:
        if row.credential is None:
            raise rules.RuleError(_("“%(row)s” names no badge.") % {"row": row})
        key, current = row.credential.pk, row.credential.current_version
        needs = frozenset(self.needs.get(key, ()))
        if current is None:
            return rules.Item(key, row.credential.code, needs=needs)
        return rules.Item(key, current.title, current.workload_hours, frozenset(self.covers.get(current.pk, ())), needs)


def newest_published(learner: Learner | None = None) -> QuerySet[PathwayVersion]:
    """The newest published version of each pathway; for a learner, the newest that is not for other cohorts."""
    versions = PathwayVersion.objects.filter(status=PathwayVersionStatus.PUBLISHED)
    if learner is not None:
        versions = versions.filter(Q(cohorts=None) | Q(cohorts=learner.cohort_id))
    newest = versions.order_by("pathway", "-number", "pk").distinct("pathway")
    return PathwayVersion.objects.filter(pk__in=newest.values("pk"))
