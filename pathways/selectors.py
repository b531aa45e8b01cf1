"""Reads that compute: what a pathway asks, and what a learner has and still needs."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from credentials.models import Credential
from learners.models import Award, AwardComponent, Learner
from learners.workflow import AwardStatus
from pathways import rules
from pathways.models import DesignationCase, PathwayEnrollment, PathwayVersion, Requirement, RequirementKind, Waiver
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus, PathwayVersionStatus


# What is asked -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Asked:
    """What a version asks: its rules, and the credentials that they name, by key."""

    rules: rules.Pathway
    credentials: dict[int, Credential]


def asked_by(versions: Iterable[PathwayVersion]) -> dict[int, Asked]:
    """What each version asks, by the version's key. One query, however many there are."""
    wanted = {version.pk: version for version in versions}
    rows: dict[int, list[Requirement]] = defaultdict(list)
    for row in (
        Requirement.objects.filter(version__in=wanted)
        .select_related("credential__current_version")
        .order_by("version", "position", "pk")
    ):
        rows[row.version_id].append(row)
    return {key: _asked(version, rows[key]) for key, version in wanted.items()}


def asked(version: PathwayVersion) -> Asked:
    """What one version asks. One query."""
    return asked_by([version])[version.pk]


def _asked(version: PathwayVersion, rows: list[Requirement]) -> Asked:
    children: dict[int | None, list[Requirement]] = defaultdict(list)
    for row in rows:
        children[row.parent_id].append(row)
    pathway = rules.Pathway(
        rules=tuple(_rule(row, children[row.pk]) for row in children[None]),
        distinct_professions=version.minimum_distinct_professions,
        time_limit_months=version.time_limit_months,
        is_valid_at_award=version.components_valid_at_award,
    )
    return Asked(pathway, {row.credential.pk: row.credential for row in rows if row.credential is not None})


def _rule(row: Requirement, children: list[Requirement]) -> rules.Rule:
    if row.kind == RequirementKind.CREDENTIAL:
        return rules.Required(row.pk, _item(row))
    if row.kind == RequirementKind.ALL_OF:
        return rules.AllOf(row.pk, row.label, tuple(_item(each) for each in children))
    if row.kind == RequirementKind.CHOOSE:
        return rules.Choose(row.pk, row.label, row.minimum or 1, tuple(_item(each) for each in children))
    if row.kind == RequirementKind.HOURS:
        return rules.Hours(row.pk, row.minimum or 0)
    return rules.Capstone(row.pk, row.label)


def _item(row: Requirement) -> rules.Item:
    if row.credential is None:
        raise rules.RuleError(f"“{row}” stands inside a group and names no credential.")
    current = row.credential.current_version
    if current is None:
        return rules.Item(row.credential.pk, row.credential.code)
    return rules.Item(row.credential.pk, current.title, current.workload_hours)


def newest_published(learner: Learner | None = None) -> QuerySet[PathwayVersion]:
    """The newest published version of each pathway; for a learner, the newest that is not for other cohorts."""
    versions = PathwayVersion.objects.filter(status=PathwayVersionStatus.PUBLISHED)
    if learner is not None:
        versions = versions.filter(Q(cohorts=None) | Q(cohorts=learner.cohort_id))
    newest = versions.order_by("pathway", "-number", "pk").distinct("pathway")
    return PathwayVersion.objects.filter(pk__in=newest.values("pk"))


# What is held --------------------------------------------------------------------------------------------------------
def held(awards: Iterable[Award]) -> list[rules.Held]:
    """Awards as the evaluation wants them; they come with their version at hand."""
    return [
        rules.Held(
            award_id=award.pk,
            credential_id=award.credential_id,
            title=award.credential_version.title,
            hours=award.credential_version.workload_hours or 0,
            awarded_on=timezone.localdate(award.awarded_at),
            valid_until=timezone.localdate(award.valid_until) if award.valid_until else None,
        )
        for award in awards
    ]


def standing_awards(learners: Collection[Learner | int]) -> QuerySet[Award]:
    return Award.objects.filter(learner__in=learners, status=AwardStatus.ACTIVE).select_related("credential_version")


def waived(learner: Learner, version: PathwayVersion) -> frozenset[int]:
    """The requirements that a learner need not meet."""
    waivers = Waiver.objects.filter(enrollment__learner=learner, enrollment__version=version)
    standing = waivers.exclude(enrollment__status=PathwayEnrollmentStatus.LEFT)
    return frozenset(standing.values_list("requirement_id", flat=True))


def progress(
    *, version: PathwayVersion, learner: Learner, on: date, pathway: rules.Pathway | None = None
) -> rules.Progress:
    """What a learner has and still needs, explained. Three queries, whatever the size of the pathway.

    pathway: the rules of the version, when they are at hand; then two.
    """
    return rules.evaluate(
        pathway or asked(version).rules, held(standing_awards([learner])), on=on, waived=waived(learner, version)
    )


@dataclass(frozen=True)
class Standing:
    """Where a learner is with one pathway: requirements met, and, apart from that, what the committee said."""

    enrollment: PathwayEnrollment
    progress: rules.Progress
    case: DesignationCase | None

    @property
    def is_decided(self) -> bool:
        return self.case is not None and self.case.status == CaseStatus.CONFIRMED


def standings(*, learner: Learner, on: date) -> list[Standing]:
    """Every pathway that a learner has joined. Five queries, however many there are."""
    joined = list(
        PathwayEnrollment.objects.filter(learner=learner)
        .exclude(status=PathwayEnrollmentStatus.LEFT)
        .select_related("version", "pathway")
        .prefetch_related("waivers")
        .order_by("joined_at", "pk")
    )
    if not joined:
        return []
    cases = {case.pathway_version_id: case for case in DesignationCase.objects.filter(learner=learner).order_by("pk")}
    asks = asked_by(enrollment.version for enrollment in joined)
    own = held(standing_awards([learner]))
    return [
        Standing(
            enrollment=enrollment,
            progress=rules.evaluate(
                asks[enrollment.version_id].rules,
                own,
                on=on,
                waived=frozenset(waiver.requirement_id for waiver in enrollment.waivers.all()),
            ),
            case=cases.get(enrollment.version_id),
        )
        for enrollment in joined
    ]


def met(enrollments: Iterable[PathwayEnrollment], *, on: date) -> list[PathwayEnrollment]:
    """Those of the enrollments whose pathway is met on the day. Four queries, however many there are."""
    wanted = list(enrollments)
    asks = asked_by(PathwayVersion.objects.filter(pk__in={each.version_id for each in wanted}))
    awards: dict[int, list[Award]] = defaultdict(list)
    for award in standing_awards({each.learner_id for each in wanted}):
        awards[award.learner_id].append(award)
    waivers: dict[int, set[int]] = defaultdict(set)
    for enrollment_id, requirement_id in Waiver.objects.filter(enrollment__in=wanted).values_list(
        "enrollment_id", "requirement_id"
    ):
        waivers[enrollment_id].add(requirement_id)
    return [
        each
        for each in wanted
        if rules.evaluate(
            asks[each.version_id].rules, held(awards[each.learner_id]), on=on, waived=frozenset(waivers[each.pk])
        ).is_met
    ]


def unsettled(progress: rules.Progress, at: datetime) -> Award | None:
    """An award that counts and can still be taken back by who released it, the one that settles last. One query."""
    counted = [each.award_id for each, _label in progress.counted]
    waiting = Award.objects.filter(pk__in=counted, sign_after__gt=at).select_related("credential_version")
    return waiting.order_by("-sign_after", "pk").first()


# What a committee reads ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Evidence:
    """One award that a case rests on, and the requirement that it counts for."""

    requirement: str
    award: Award


def evidence(case: DesignationCase, progress: rules.Progress) -> list[Evidence]:
    """The awards that a case rests on: those that were recorded when it was confirmed, else those that count now.

    One query.
    """
    if case.award_id is not None:
        components = AwardComponent.objects.filter(award=case.award_id).select_related(
            "component__credential", "component__credential_version"
        )
        return [Evidence(each.requirement, each.component) for each in components.order_by("position", "pk")]
    awards = Award.objects.select_related("credential", "credential_version").in_bulk(
        [each.award_id for each, _label in progress.counted]
    )
    return [Evidence(label, awards[each.award_id]) for each, label in progress.counted]


# The drawing ---------------------------------------------------------------------------------------------------------
def groups(asked: Asked, progress: rules.Progress | None) -> list[dict[str, object]]:
    """The drawing of a pathway, which says the same as its sentences: required items, groups to choose from, the rest."""
    lines = {line.rule_id: line for line in progress.lines} if progress else {}
    required = [rule for rule in asked.rules.rules if isinstance(rule, rules.Required)]
    drawn: list[dict[str, object]] = []
    if required:
        met = sum(rule.id in lines and lines[rule.id].is_met for rule in required)
        drawn.append(
            _group(
                _("Required"),
                _("all of these"),
                _earned(met, len(required)) if progress else "",
                [_node(rule.item, lines.get(rule.id), asked) for rule in required],
                is_met=bool(progress) and met == len(required),
            )
        )
    for rule in asked.rules.rules:
        if isinstance(rule, rules.Required):
            continue
        line = lines.get(rule.id)
        title, words, count = _in_words(rule)
        drawn.append(
            _group(
                title,
                words,
                _said(line, count) if line else "",
                [_node(item, line, asked) for item in rules.items_of(rule)],
                is_met=bool(line and line.is_met),
            )
        )
    if asked.rules.distinct_professions > 1:
        line = lines.get(0)
        words = _("at least %(count)s in team evidence") % {"count": asked.rules.distinct_professions}
        drawn.append(
            _group(_("Professions"), words, line.sentence if line else "", [], is_met=bool(line and line.is_met))
        )
    return drawn


def _group(title: str, words: str, said: str, nodes: list[dict[str, object]], *, is_met: bool) -> dict[str, object]:
    return {"title": title, "rule": words, "said": said, "is_met": is_met, "nodes": nodes}


def _in_words(rule: rules.Rule) -> tuple[str, str, int]:
    """A rule's title, what it asks, and how many badges (none: it counts something else)."""
    if isinstance(rule, rules.Choose):
        return rule.label, _("choose %(count)s") % {"count": rule.count}, rule.count
    if isinstance(rule, rules.AllOf):
        return rule.label, _("all of these"), len(rule.items)
    if isinstance(rule, rules.Hours):
        return _("Hours"), _("at least %(hours)s together") % {"hours": rule.minimum}, 0
    if isinstance(rule, rules.Capstone):
        return _("Capstone"), rule.form, 0
    return _("Required"), rule.item.title, 1


def _said(line: rules.Line, count: int) -> str:
    is_waived = line.is_met and len(line.used) < count
    return _earned(len(line.used), count) if count and not is_waived else line.sentence


def _earned(met: int, count: int) -> str:
    return _("%(met)s of %(all)s earned") % {"met": met, "all": count}


def _node(item: rules.Item, line: rules.Line | None, asked: Asked) -> dict[str, object]:
    node: dict[str, object] = {"title": item.title, "url": asked.credentials[item.credential_id].get_absolute_url()}
    used = next((each for each in line.used if each.credential_id == item.credential_id), None) if line else None
    if used is not None:
        node |= {"kind": "awarded", "word": _("Earned"), "time": used.awarded_on}
    elif line is not None and item.title in line.lapsed:
        node |= {"kind": "expired", "word": _("Lapsed")}
    return node
