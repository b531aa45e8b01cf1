"""Who would gain or lose by a move of a class to another version of a pathway, and by which rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, TextChoices
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from learners.models import Cohort, User
from pathways import rules
from pathways.models import DesignationCase, PathwayEnrollment, PathwayVersion
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus

from .asking import Asked, asked_by
from .holding import Known


class MoveOutcome(TextChoices):
    LOSES = "loses", gettext_lazy("loses")
    BOTH = "both", gettext_lazy("loses and gains")
    GAINS = "gains", gettext_lazy("gains")
    SAME = "same", gettext_lazy("neither")
    STAYS = "stays", gettext_lazy("stays: before the committee")


RANKS = list(MoveOutcome)
Change = tuple[str, str]  # a rule in words, and what is missing of it


@dataclass(frozen=True)
class Moving:
    """What a move would mean for one learner. lost: what is missing then and is not today; gained: the other way round."""

    enrollment: PathwayEnrollment
    outcome: MoveOutcome
    before: str = ""
    after: str = ""
    lost: tuple[Change, ...] = ()
    gained: tuple[Change, ...] = ()


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
        return len(self.rows) - self.count(MoveOutcome.STAYS)

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


def move_report(version: PathwayVersion, cohort: Cohort, *, on: date, by: User | None = None) -> MoveReport:
    """Work out every learner of the class by both versions in one pass. A fixed number of queries, however many.

    by: who reads it; it says nothing of themselves, nor of those with whom they have a conflict.
    """
    found = movable(version, cohort)
    staying = before_committee(found)
    barred = barred_from(by, found) if by is not None else set[int]()
    found = found.exclude(pk__in=barred)
    joined = list(found.select_related("learner", "version").order_by("learner__display_name", "pk"))
    asks = asked_by({each.version_id: each.version for each in joined}.values())
    target = asked_by([version])[version.pk]
    known = Known([each.learner_id for each in joined], [*asks.values(), target], joined)
    rows = []
    for each in joined:
        if each.pk in staying:
            rows.append(Moving(each, MoveOutcome.STAYS))
            continue
        before = _Stand(
            asks[each.version_id], known.progress(asks[each.version_id], each.learner_id, on=on, enrollment=each)
        )
        after = _Stand(target, known.progress(target, each.learner_id, on=on, enrollment=each))
        rows.append(_compared(each, version, before, after))
    rows.sort(key=lambda row: RANKS.index(row.outcome))
    return MoveReport(version, cohort, rows, bool(barred - staying))


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
    lost = [after.change(key) for key, _line in after.unmet() if _is_more(key, before, after)]
    gained = [before.change(key) for key, _line in before.unmet() if _is_more(key, after, before)]
    profession = enrollment.learner.profession
    if version.professions_admitted and profession not in version.professions_admitted:
        said = _("The version does not admit the profession.")
        lost.append((said, said))
    outcome = {
        (True, True): MoveOutcome.BOTH,
        (True, False): MoveOutcome.LOSES,
        (False, True): MoveOutcome.GAINS,
        (False, False): MoveOutcome.SAME,
    }[bool(lost), bool(gained)]
    return Moving(enrollment, outcome, before.words, after.words, tuple(lost), tuple(gained))


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
