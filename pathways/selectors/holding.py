"""What learners hold, and what else is known of them, as the evaluation wants it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from credentials.models import Alignment, Credential
from credentials.models.catalog import CredentialKind, Strength
from learners.models import Award, AwardComponent, Learner, Observation, RecognizedCredential, TeamMember
from learners.models.recognition import Credit
from learners.workflow import AwardStatus
from pathways import comparing, rules
from pathways.models import CapstoneRecord, PathwayEnrollment, Requirement, Waiver

from .asking import Asked, with_substitutes

MADE_UP = -1_000_000_000  # keys of awards that nobody has; below those of what is recognized


def standing_awards(learners: Collection[Learner | int]) -> QuerySet[Award]:
    """Awards in force, and those that were earned again since: they count where repeats do."""
    return Award.objects.filter(
        learner__in=learners, status__in=[AwardStatus.ACTIVE, AwardStatus.SUPERSEDED]
    ).select_related("credential_version", "credential")


class Known:
    """What is known of some learners, for the rules that ask for it.

    Four queries, and one for each kind of rule among `asks` that looks at something of its own: observations, professions;
    however many learners there are.
    """

    def __init__(
        self,
        learners: Collection[Learner | int],
        asks: Iterable[Asked],
        enrollments: Iterable[PathwayEnrollment] = (),
    ) -> None:
        pathways = [each.rules for each in asks]
        kinds = {type(rule) for pathway in pathways for rule in rules.walk(pathway.rules)}
        self._has_coverage = rules.Coverage in kinds
        self._is_limited = any(pathway.shared_max is not None for pathway in pathways)
        self._covers: dict[int, frozenset[str]] = {}
        self.awards: dict[int, list[Award]] = defaultdict(list)
        self._shared: dict[int, set[int]] = {}
        for award in self._with_shared(self._with_covers(standing_awards(learners), "credential_version")):
            self.awards[award.learner_id].append(award)
            if self._is_limited:
                self._shared[award.pk] = set(award.counted_by)
            self._keep_covers(award.credential_version_id, award)
        self.recognized: dict[int, list[RecognizedCredential]] = defaultdict(list)
        standing = RecognizedCredential.objects.standing_on(timezone.localdate()).giving(Credit.WHOLE, Credit.PARTIAL)
        found = standing.filter(learner__in=learners).select_related("provider", "counts_toward__current_version")
        for each in self._with_covers(found, "counts_toward__current_version"):
            self.recognized[each.learner_id].append(each)
            self._keep_covers(each.counts_toward and each.counts_toward.current_version_id, each)
        self._read_allowances(list(enrollments))
        self._seen = self._read_observations(learners) if rules.Observed in kinds else {}
        self._teams = self._read_teams(learners) if rules.Professions in kinds else {}

    def _with_covers(self, found: Any, version: str) -> Any:
        """With the codes of the competencies that a version assesses, where a rule asks for competencies."""
        if not self._has_coverage:
            return found
        assessed = Alignment.objects.filter(version=OuterRef(version), strength=Strength.ASSESSES)
        return found.annotate(covered=ArraySubquery(assessed.values("competency__code")))

    def _keep_covers(self, version_id: int | None, row: Any) -> None:
        if self._has_coverage and version_id is not None:
            self._covers[version_id] = frozenset(row.covered)

    def _with_shared(self, found: Any) -> Any:
        """With the designations that count an award already, where a rule limits how many may."""
        if not self._is_limited:
            return found
        counting = AwardComponent.objects.filter(component=OuterRef("pk"), award__status=AwardStatus.ACTIVE)
        return found.annotate(counted_by=ArraySubquery(counting.values("award__credential")))

    def _read_observations(self, learners: Collection[Learner | int]) -> dict[int, list[rules.Seen]]:
        found: dict[int, list[rules.Seen]] = defaultdict(list)
        for learner_id, credential_id, setting, observer_id, email, at in Observation.objects.filter(
            enrollment__learner__in=learners
        ).values_list(
            "enrollment__learner_id",
            "enrollment__credential_id",
            "setting",
            "observer_id",
            "observer_email",
            "observed_at",
        ):
            who = str(observer_id or email.lower())
            found[learner_id].append(rules.Seen(timezone.localdate(at), setting, who, credential_id))
        return found

    def _read_teams(self, learners: Collection[Learner | int]) -> dict[int, dict[int, set[str]]]:
        """The professions of a learner's teams, by learner and credential."""
        found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
        for learner_id, credential_id, profession in TeamMember.objects.filter(
            enrollment__learner__in=learners
        ).values_list(
            "enrollment__learner_id", "enrollment__credential_id", "team__members__enrollment__learner__profession"
        ):
            found[learner_id][credential_id].add(profession)
        return found

    def _read_allowances(self, enrollments: list[PathwayEnrollment]) -> None:
        """Waivers and capstones by enrollment, also what was taken back; two queries, and none that is known to find nothing."""
        waived = [each for each in enrollments if getattr(each, "has_waivers", True)]
        worked = [each for each in enrollments if getattr(each, "has_capstones", True)]
        self.waivers: dict[int, list[Waiver]] = defaultdict(list)
        related = ("requirement__credential__current_version", "actor", "withdrawal__actor")
        waivers = Waiver.objects.filter(enrollment__in=waived).order_by("pk")
        # With every rule of the version of that day: a group that was waived is compared part by part.
        then = Requirement.objects.filter(version=OuterRef("requirement__version"))
        written = ArraySubquery(then.values(row=JSONObject(**{name: name for name in comparing.FIELDS})))
        waivers = waivers.select_related("substitute__current_version", *related).annotate(asked_then=written)
        for waiver in self._with_covers(waivers, "substitute__current_version"):
            self.waivers[waiver.enrollment_id].append(waiver)
            self._keep_covers(waiver.substitute and waiver.substitute.current_version_id, waiver)
        self.capstones: dict[int, list[CapstoneRecord]] = defaultdict(list)
        records = CapstoneRecord.objects.filter(enrollment__in=worked).order_by("pk")
        for record in records.select_related("answer__work", *related):
            self.capstones[record.enrollment_id].append(record)

    def _item(self, credential: Credential) -> rules.Item:
        current = credential.current_version
        if current is None:
            return rules.Item(credential.pk, credential.code)
        covers = self._covers.get(current.pk, frozenset())
        return rules.Item(credential.pk, current.title, current.workload_hours, covers)

    def held(self, learner_id: int, *, designation_id: int = 0) -> list[rules.Held]:
        """Everything a learner holds; what other designations than this one count is marked as shared."""
        awards = [
            rules.Held(
                award_id=award.pk,
                credential_id=award.credential_id,
                title=award.credential_version.title,
                hours=award.credential_version.workload_hours or 0,
                awarded_on=timezone.localdate(award.awarded_at),
                valid_until=timezone.localdate(award.valid_until) if award.valid_until else None,
                is_over=award.valid_until is not None and award.valid_until <= timezone.now(),
                covers=self._covers.get(award.credential_version_id, frozenset()),
                is_earlier=award.status == AwardStatus.SUPERSEDED,
                is_shared=bool(self._shared.get(award.pk, set()) - {designation_id}),
            )
            for award in self.awards[learner_id]
        ]
        # What gives only a part of the evidence is not the badge yet: the rest is still to be assessed here.
        whole = [each for each in self.recognized[learner_id] if each.counts_toward and each.credit == Credit.WHOLE]
        return awards + [_recognized(each, self._covers) for each in whole]

    def facts(self, learner_id: int, asked: Asked, enrollment: PathwayEnrollment | None) -> rules.Facts:
        held = {award.credential_id for award in self.awards[learner_id]}
        teams = self._teams.get(learner_id, {})
        professions = set[str]().union(*(few for key, few in teams.items() if key in held and key in asked.rules.items))
        return rules.Facts(
            observations=tuple(self._seen.get(learner_id, ())),
            professions=len(professions) or None,
            recorded=frozenset(
                asked.ids[each.requirement.key]
                for each in (self.capstones.get(enrollment.pk, ()) if enrollment else ())
                if each.requirement.key in asked.ids and not hasattr(each, "withdrawal")
            ),
            providers=tuple(each.provider.name for each in self.recognized[learner_id]),
            designations=sum(
                award.credential.kind == CredentialKind.DESIGNATION
                and award.status == AwardStatus.ACTIVE
                and award.credential_id != asked.designation_id
                for award in self.awards[learner_id]
            ),
        )

    def progress(
        self,
        asked: Asked,
        learner_id: int,
        *,
        on: date,
        enrollment: PathwayEnrollment | None = None,
        also: Sequence[rules.Held] = (),
        facts: rules.Facts | None = None,
    ) -> rules.Progress:
        """What a learner has and still needs, explained. No query.

        also: awards as if they were held. facts: instead of those that are known. What was allowed by the enrollment holds
        for the same rules of any version, where they ask no more.
        """
        here = [
            (place, each)
            for each in (self.waivers.get(enrollment.pk, ()) if enrollment else ())
            if not hasattr(each, "withdrawal") and (place := asked.waived_place(each)) is not None
        ]
        substitutes = {key: self._item(each.substitute) for key, each in here if each.substitute is not None}
        return rules.evaluate(
            with_substitutes(asked, substitutes),
            [*self.held(learner_id, designation_id=asked.designation_id), *also],
            on=on,
            waived=frozenset(key for key, each in here if each.substitute is None),
            facts=facts or self.facts(learner_id, asked, enrollment),
            why={key: each.reason for key, each in here},
        )


def as_if_held(asked: Asked, credential: Credential, on: date, *, number: int, is_shared: bool = False) -> rules.Held:
    """An award that nobody was given, as if it were earned on a day. number: its own among those made up together."""
    current, item = credential.current_version, asked.rules.items.get(credential.pk)
    months = current.expires_after_months if current else None
    return rules.Held(
        award_id=MADE_UP - number,
        credential_id=credential.pk,
        title=current.title if current else credential.code,
        hours=(current.workload_hours or 0) if current else 0,
        awarded_on=on,
        valid_until=rules.months_before(on, -months) if months else None,
        covers=item.covers if item else frozenset(),
        is_shared=is_shared,
    )


def _recognized(each: RecognizedCredential, covers: dict[int, frozenset[str]]) -> rules.Held:
    credential = each.counts_toward
    if credential is None:
        raise rules.RuleError(f"“{each.title}” counts toward nothing.")
    current = credential.current_version
    return rules.Held(
        award_id=-each.pk,
        credential_id=credential.pk,
        title=each.title,
        hours=(current.workload_hours or 0) if current else 0,
        awarded_on=each.earned_on,
        valid_until=each.valid_until,
        covers=covers.get(current.pk, frozenset()) if current else frozenset(),
        is_recognized=True,
    )
