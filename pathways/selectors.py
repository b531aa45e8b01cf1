"""Reads that compute: what a pathway asks, and what a learner has and still needs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Award, Learner
from learners.workflow import AwardStatus
from pathways import rules
from pathways.models import DesignationCase, PathwayEnrollment, PathwayVersion, Requirement, RequirementKind


def tree(version: PathwayVersion) -> rules.Pathway:
    """The rules of a version as the pure evaluation wants them. Two queries."""
    rows = list(
        Requirement.objects.filter(version=version)
        .select_related("credential__current_version")
        .order_by("parent", "position", "pk")
    )
    return rules.Pathway(
        rules=tuple(_rule(row, rows) for row in sorted(rows, key=lambda each: each.position) if row.parent_id is None),
        distinct_professions=version.minimum_distinct_professions,
        time_limit_months=version.time_limit_months,
    )


def _rule(row: Requirement, rows: Iterable[Requirement]) -> rules.Rule:
    if row.kind == RequirementKind.CREDENTIAL:
        return rules.Required(row.pk, _item(row))
    if row.kind == RequirementKind.CHOOSE:
        children = sorted((each for each in rows if each.parent_id == row.pk), key=lambda each: each.position)
        return rules.Choose(row.pk, row.label, row.minimum or 1, tuple(_item(each) for each in children))
    if row.kind == RequirementKind.HOURS:
        return rules.Hours(row.pk, row.minimum or 0)
    if row.kind == RequirementKind.CAPSTONE:
        return rules.Capstone(row.pk, row.label)
    raise rules.RuleError(f"“{row}” cannot stand at the top of a pathway.")


def _item(row: Requirement) -> rules.Item:
    if row.credential is None:
        raise rules.RuleError(f"“{row}” names no credential.")
    current = row.credential.current_version
    if current is None:
        return rules.Item(row.credential.pk, row.credential.code)
    return rules.Item(row.credential.pk, current.title, current.workload_hours)


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


def standing_awards(learner: Learner) -> QuerySet[Award]:
    return Award.objects.filter(learner=learner, status=AwardStatus.ACTIVE).select_related("credential_version")


def progress(*, version: PathwayVersion, learner: Learner, on: date) -> rules.Progress:
    """What a learner has and still needs, explained. Three queries, whatever the size of the pathway."""
    waived = frozenset(
        PathwayEnrollment.objects.filter(learner=learner, version=version)
        .exclude(waivers=None)
        .values_list("waivers__requirement_id", flat=True)
    )
    return rules.evaluate(tree(version), held(standing_awards(learner)), on=on, waived=waived)


@dataclass(frozen=True)
class Standing:
    """Where a learner is with one pathway: requirements met, and, apart from that, what the committee said."""

    enrollment: PathwayEnrollment
    progress: rules.Progress
    case: DesignationCase | None


def standings(*, learner: Learner, on: date) -> list[Standing]:
    """Every pathway that a learner has joined. Four queries and two for each pathway."""
    joined = (
        PathwayEnrollment.objects.filter(learner=learner)
        .exclude(status="left")
        .select_related("version", "pathway__credential")
        .prefetch_related("waivers")
        .order_by("joined_at", "pk")
    )
    cases = {case.pathway_version_id: case for case in DesignationCase.objects.filter(learner=learner).order_by("pk")}
    own = held(standing_awards(learner))
    return [
        Standing(
            enrollment=enrollment,
            progress=rules.evaluate(
                tree(enrollment.version),
                own,
                on=on,
                waived=frozenset(waiver.requirement_id for waiver in enrollment.waivers.all()),
            ),
            case=cases.get(enrollment.version_id),
        )
        for enrollment in joined
    ]


def groups(version: PathwayVersion, progress: rules.Progress | None) -> list[dict[str, object]]:
    """The drawing of a pathway, which says the same as its sentences: required items, groups to choose from, the rest."""
    pathway = tree(version)
    lines = {line.rule_id: line for line in progress.lines} if progress else {}
    required = [rule for rule in pathway.rules if isinstance(rule, rules.Required)]
    addresses = _addresses(version)
    drawn: list[dict[str, object]] = []
    if required:
        met = sum(rule.id in lines and lines[rule.id].is_met for rule in required)
        drawn.append(
            {
                "title": _("Required"),
                "rule": _("all of these"),
                "said": _("%(met)s of %(all)s earned") % {"met": met, "all": len(required)} if progress else "",
                "is_met": bool(progress) and met == len(required),
                "nodes": [_node(rule.item, lines.get(rule.id), addresses) for rule in required],
            }
        )
    for rule in pathway.rules:
        line = lines.get(rule.id)
        if isinstance(rule, rules.Choose):
            drawn.append(
                {
                    "title": rule.label,
                    "rule": _("choose %(count)s") % {"count": rule.count},
                    "said": _("%(met)s of %(all)s earned") % {"met": len(line.used), "all": rule.count} if line else "",
                    "is_met": bool(line and line.is_met),
                    "nodes": [_node(item, line, addresses) for item in rule.items],
                }
            )
        elif isinstance(rule, rules.Hours | rules.Capstone):
            if isinstance(rule, rules.Hours):
                title, asked = _("Hours"), _("at least %(hours)s together") % {"hours": rule.minimum}
            else:
                title, asked = _("Capstone"), rule.form
            drawn.append(
                {
                    "title": title,
                    "rule": asked,
                    "said": line.sentence if line else "",
                    "is_met": bool(line and line.is_met),
                    "nodes": [],
                }
            )
    return drawn


def _addresses(version: PathwayVersion) -> dict[int, str]:
    rows = Requirement.objects.filter(version=version, credential__isnull=False).select_related("credential")
    return {row.credential.pk: row.credential.get_absolute_url() for row in rows if row.credential is not None}


def _node(item: rules.Item, line: rules.Line | None, addresses: dict[int, str]) -> dict[str, object]:
    held = next((each for each in line.used if each.credential_id == item.credential_id), None) if line else None
    return {
        "title": item.title,
        "url": addresses.get(item.credential_id, ""),
        "kind": "awarded" if held else "",
        "word": _("Earned") if held else "",
        "time": held.awarded_on if held else None,
    }
