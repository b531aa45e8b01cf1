"""Who would gain or lose by a move of a class to another version of a pathway, and by which rules."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models import Cohort, User
from pathways import rules
from pathways.models import (
    CapstoneRecord,
    CapstoneWork,
    DesignationCase,
    EnrollmentMove,
    PathwayEnrollment,
    PathwayVersion,
    Waiver,
)
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus

from .asking import Asked, asked_by
from .holding import Known


class MoveOutcome(TextChoices):
    LOSES = "loses", gettext_lazy("loses")
    BOTH = "both", gettext_lazy("loses and gains")
    GAINS = "gains", gettext_lazy("gains")
    SAME = "same", gettext_lazy("neither")
    STAYS = "stays", gettext_lazy("stays: before the committee")
    RESTS = "rests", gettext_lazy("stays: something rests on this version")


RANKS = list(MoveOutcome)
Change = tuple[str, str]  # a rule in words, and what is missing of it
UNDO_FOR = timedelta(days=14)  # how long a class can be moved back


@dataclass(frozen=True)
class Moving:
    """What a move would mean for one learner. lost: what is missing then and is not today; gained: the other way round.

    why_lost, why_gained: the same in words, one sentence for each rule.
    """

    enrollment: PathwayEnrollment
    outcome: MoveOutcome
    before: str = ""
    after: str = ""
    lost: tuple[Change, ...] = ()
    gained: tuple[Change, ...] = ()
    why_lost: tuple[str, ...] = ()
    why_gained: tuple[str, ...] = ()


@dataclass(frozen=True)
class MoveReport:
    """What a move of a class to a version would mean, learner by learner: first who loses, by name.

    is_barred: whether the reader may not move the class, and reads nothing of some of those who would go.
    """

    version: PathwayVersion
    cohort: Cohort
    rows: list[Moving]
    is_barred: bool = False

    def count(self, outcome: MoveOutcome) -> int:
        return sum(each.outcome == outcome for each in self.rows)

    @property
    def moving(self) -> int:
        return len(self.rows) - self.count(MoveOutcome.STAYS) - self.count(MoveOutcome.RESTS)

    @cached_property
    def by_rule(self) -> list[tuple[str, int, int]]:
        """Each rule that changes something: in words, for how many to their loss, for how many to their gain."""
        found: dict[str, list[int]] = {}
        for row in self.rows:
            for place, changes in enumerate((row.lost, row.gained)):
                for words, _missing in changes:
                    found.setdefault(words, [0, 0])[place] += 1
        rows = [(words, lost, gained) for words, (lost, gained) in found.items()]
        return sorted(rows, key=lambda each: (-each[1], -each[2], each[0]))

    @property
    def fingerprint(self) -> str:
        """Tells whether a report is still what somebody has seen."""
        said = [(str(row.enrollment.public_id), row.outcome.value, row.lost, row.gained) for row in self.rows]
        return sha256(repr((self.version.pk, self.cohort.pk, sorted(said))).encode()).hexdigest()


def movable(version: PathwayVersion, cohort: Cohort) -> QuerySet[PathwayEnrollment]:
    """Those of a class who work toward the designation by an earlier version."""
    return PathwayEnrollment.objects.filter(
        pathway=version.pathway_id,
        learner__cohort=cohort,
        version__number__lt=version.number,
        status=PathwayEnrollmentStatus.ACTIVE,
    )


def barred_from(user: User, enrollments: QuerySet[PathwayEnrollment]) -> set[int]:
    """The keys of those that are one's own, or of a learner with whom one has a conflict. One query."""
    kept = PathwayEnrollment.objects.kept_by(user).values("pk")
    return set(enrollments.exclude(pk__in=kept).values_list("pk", flat=True))


def before_committee(enrollments: QuerySet[PathwayEnrollment]) -> set[int]:
    """The keys of those whose case is open: the committee decides by the version that it was asked about. One query."""
    cases = DesignationCase.objects.awarding().filter(
        learner=OuterRef("learner"), pathway_version=OuterRef("version"), status=CaseStatus.OPEN
    )
    return set(enrollments.filter(Exists(cases)).values_list("pk", flat=True))


def movable_cohorts(version: PathwayVersion) -> QuerySet[Cohort]:
    """The classes with somebody on an earlier version, with how many as `waiting`. One query."""
    earlier = Q(
        learners__pathway_enrollments__pathway=version.pathway_id,
        learners__pathway_enrollments__version__number__lt=version.number,
        learners__pathway_enrollments__status=PathwayEnrollmentStatus.ACTIVE,
    )
    school = Cohort.objects.filter(organization=version.pathway.credential.organization_id)
    counted = school.annotate(waiting=Count("learners__pathway_enrollments", filter=earlier, distinct=True))
    return counted.filter(waiting__gt=0).order_by("entered_on", "pk")


def movable_back(version: PathwayVersion, cohort: Cohort, *, at: datetime) -> QuerySet[PathwayEnrollment]:
    """Those of a class whom the last move brought to a version from an earlier one, lately, with the key of that as `came_from`."""
    last = EnrollmentMove.objects.filter(enrollment=OuterRef("pk")).order_by("-pk")
    found = PathwayEnrollment.objects.filter(
        version=version, learner__cohort=cohort, status=PathwayEnrollmentStatus.ACTIVE
    ).annotate(
        came_from=Subquery(last.values("from_version")[:1]),
        came_from_number=Subquery(last.values("from_version__number")[:1]),
        came_to=Subquery(last.values("to_version")[:1]),
        came_at=Subquery(last.values("at")[:1]),
    )
    return found.filter(came_to=version.pk, came_from_number__lt=version.number, came_at__gt=at - UNDO_FOR)


def resting(enrollments: QuerySet[PathwayEnrollment]) -> set[int]:
    """The keys of those for whom something was decided by the version that they follow: a case, a waiver, a capstone. One query."""
    here = {"enrollment": OuterRef("pk"), "requirement__version": OuterRef("version")}
    cases = DesignationCase.objects.awarding().filter(learner=OuterRef("learner"), pathway_version=OuterRef("version"))
    something = Q(Exists(cases))
    for model in (Waiver, CapstoneRecord, CapstoneWork):
        something |= Q(Exists(model._default_manager.filter(**here)))
    return set(enrollments.filter(something).values_list("pk", flat=True))


def moved_lately(version: PathwayVersion, *, at: datetime) -> list[EnrollmentMove]:
    """The moves to a version that can still be undone: one for each class and act, the newest first, with `moved`. One query."""
    moves = (
        EnrollmentMove.objects.filter(
            to_version=version,
            from_version__number__lt=version.number,
            at__gt=at - UNDO_FOR,
            at__lte=at,
            enrollment__version=version,
            enrollment__status=PathwayEnrollmentStatus.ACTIVE,
        )
        .select_related("enrollment__learner__cohort", "actor")
        .order_by("-at", "enrollment__learner__cohort", "pk")
    )
    found: dict[tuple[datetime, int | None], EnrollmentMove] = {}
    counts: dict[tuple[datetime, int | None], int] = defaultdict(int)
    for each in moves:
        key = (each.at, each.enrollment.learner.cohort_id)
        counts[key] += 1
        found.setdefault(key, each)
    for key, each in found.items():
        each.moved, each.until = counts[key], each.at + UNDO_FOR  # type: ignore[attr-defined]
    return [each for each in found.values() if each.enrollment.learner.cohort_id is not None]


def move_report(version: PathwayVersion, cohort: Cohort, *, on: date, by: User | None = None) -> MoveReport:
    """Work out every learner of the class by both versions in one pass. A fixed number of queries, however many.

    by: who reads it; it says nothing of themselves, nor of those with whom they have a conflict.
    """
    found = movable(version, cohort)
    return _report(version, cohort, found, dict.fromkeys(before_committee(found), MoveOutcome.STAYS), on, by)


def back_report(
    version: PathwayVersion, cohort: Cohort, *, at: datetime, on: date, by: User | None = None
) -> MoveReport:
    """The same of moving a class back to where it came from, each learner to the version of before."""
    found = movable_back(version, cohort, at=at)
    staying = dict.fromkeys(resting(found), MoveOutcome.RESTS) | dict.fromkeys(
        before_committee(found), MoveOutcome.STAYS
    )
    return _report(version, cohort, found, staying, on, by)


def _report(
    version: PathwayVersion,
    cohort: Cohort,
    found: QuerySet[PathwayEnrollment],
    staying: dict[int, MoveOutcome],
    on: date,
    by: User | None,
) -> MoveReport:
    """By the version of today and by the other: where they came from, for a move back, else the one of the report."""
    barred = barred_from(by, found) if by is not None else set[int]()
    found = found.exclude(pk__in=barred)
    joined = list(found.select_related("learner", "version").order_by("learner__display_name", "pk"))
    others = PathwayVersion.objects.in_bulk({getattr(each, "came_from", version.pk) for each in joined} - {version.pk})
    others[version.pk] = version
    asks = asked_by(({each.version_id: each.version for each in joined} | others).values())
    known = Known([each.learner_id for each in joined], asks.values(), joined)
    rows = []
    for each in joined:
        if each.pk in staying:
            rows.append(Moving(each, staying[each.pk]))
            continue
        then = others[getattr(each, "came_from", version.pk)]
        before, after = (
            _Stand(asks[key], known.progress(asks[key], each.learner_id, on=on, enrollment=each))
            for key in (each.version_id, then.pk)
        )
        rows.append(_compared(each, then, before, after))
    rows.sort(key=lambda row: RANKS.index(row.outcome))
    return MoveReport(version, cohort, rows, bool(barred - staying.keys()))


class _Stand:
    """A learner's answers by one version, by the keys that rules have in every version."""

    def __init__(self, asked: Asked, progress: rules.Progress) -> None:
        keys = {number: key for key, number in asked.ids.items()}
        by_id = {rule.id: rule for rule in asked.rules.rules}
        self.lines: dict[UUID | str, rules.Line] = {}
        self.rules: dict[UUID | str, rules.Rule | None] = {}
        for line in progress.lines:
            key = keys.get(line.rule_id, line.label)
            self.lines[key], self.rules[key] = line, by_id.get(line.rule_id)
        self.is_met = progress.is_met
        self.words = (
            _("every requirement met")
            if progress.is_met
            else _("%(done)s of %(total)s met") % {"done": progress.done, "total": progress.total}
        )

    def unmet(self) -> Iterator[tuple[UUID | str, rules.Line]]:
        return ((key, line) for key, line in self.lines.items() if not line.is_met)

    def change(self, key: UUID | str) -> Change:
        rule = self.rules[key]
        return (rules.sentence(rule) if rule else self.lines[key].label, self.lines[key].sentence)


def _compared(enrollment: PathwayEnrollment, version: PathwayVersion, before: _Stand, after: _Stand) -> Moving:
    less = [key for key, _line in after.unmet() if _is_more(key, before, after)]
    more = [key for key, _line in before.unmet() if _is_more(key, after, before)]
    lost, why_lost = [after.change(key) for key in less], [_why_lost(key, before, after) for key in less]
    gained = [before.change(key) for key in more]
    profession = enrollment.learner.profession
    if version.professions_admitted and profession not in version.professions_admitted:
        said = _("The version does not admit the profession.")
        lost.append((said, said))
        why_lost.append(said)
    outcome = {
        (True, True): MoveOutcome.BOTH,
        (True, False): MoveOutcome.LOSES,
        (False, True): MoveOutcome.GAINS,
        (False, False): MoveOutcome.SAME,
    }[bool(lost), bool(gained)]
    return Moving(
        enrollment,
        outcome,
        before.words,
        after.words,
        tuple(lost),
        tuple(gained),
        tuple(why_lost),
        tuple(_why_gained(key, before, after) for key in more),
    )


def _why_lost(key: UUID | str, before: _Stand, after: _Stand) -> str:
    """Why a rule is to somebody's loss: it is new, asks for more, or is met by less."""
    words, missing = after.change(key)
    if key not in before.lines:
        return _("Asked anew: %(rule)s %(missing)s") % {"rule": words, "missing": missing}
    if _size(after.rules[key]) > _size(before.rules[key]):
        return _("Asks for more: %(rule)s %(missing)s") % {"rule": words, "missing": missing}
    return _("Met no more, or less nearly: %(missing)s") % {"missing": missing}


def _why_gained(key: UUID | str, before: _Stand, after: _Stand) -> str:
    """Why a rule that is missing now is to somebody's gain: it is gone, asks for less, or is met by more."""
    if key not in after.lines:
        return _("No longer asked: %(rule)s") % {"rule": before.change(key)[0]}
    words, sentence = after.change(key)
    if _size(after.rules[key]) < _size(before.rules[key]):
        return _("Asks for less: %(rule)s %(missing)s") % {"rule": words, "missing": sentence}
    return _("Met then, or more nearly: %(missing)s") % {"missing": sentence}


def _is_more(key: UUID | str, before: _Stand, after: _Stand) -> bool:
    """Whether a rule that is not met by one version is met, not asked, or nearer by the other."""
    if key not in before.lines or before.lines[key].is_met:
        return True
    asks = _size(before.rules[key]), _size(after.rules[key])
    if asks[0] != asks[1]:
        return asks[1] > asks[0]
    return len(after.lines[key].missing) > len(before.lines[key].missing)


def _size(rule: rules.Rule | None) -> int:
    """How much a rule asks for, to compare it with itself in another version."""
    if isinstance(rule, rules.Hours | rules.Points | rules.Coverage | rules.Professions):
        return rule.minimum
    if isinstance(rule, rules.Choose | rules.Observed | rules.Outside):
        return rule.count
    return len(rules.parts_of(rule)) if rule is not None else 0
