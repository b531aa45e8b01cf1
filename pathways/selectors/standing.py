"""Where learners stand, and what a case rests on."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from learners.models import Award, AwardComponent, Learner, RecognizedCredential
from pathways import rules
from pathways.models import CapstoneRecord, DesignationCase, PathwayEnrollment, PathwayVersion, Waiver
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus

from .asking import Asked, asked, asked_by
from .holding import Known


def progress(
    *,
    version: PathwayVersion,
    learner: Learner,
    on: date,
    ask: Asked | None = None,
    enrollment: PathwayEnrollment | None = None,
) -> rules.Progress:
    """What a learner has and still needs, explained. At most twelve queries, whatever the size of the pathway.

    ask: what the version asks, when it is at hand. enrollment: the learner's, when it is at hand.
    """
    ask = ask or asked(version)
    if enrollment is None:
        enrollment = joined(version, learner)
    return known_of(learner, ask, enrollment).progress(ask, learner.pk, on=on, enrollment=enrollment)


def joined(version: PathwayVersion, learner: Learner) -> PathwayEnrollment | None:
    """The enrollment of a learner who follows a version. One query."""
    found = PathwayEnrollment.objects.filter(learner=learner, version=version)
    return found.exclude(status=PathwayEnrollmentStatus.LEFT).first()


def known_of(learner: Learner, ask: Asked, enrollment: PathwayEnrollment | None) -> Known:
    """What is known of one learner, for one version."""
    return Known([learner], [ask], [enrollment] if enrollment else [])


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
    """Every pathway that a learner has joined. At most twelve queries, however many there are; two fewer for most."""
    enrollments = list(
        PathwayEnrollment.objects.filter(learner=learner)
        .exclude(status=PathwayEnrollmentStatus.LEFT)
        .select_related("version__pathway", "pathway")
        .annotate(
            has_waivers=Exists(Waiver.objects.filter(enrollment=OuterRef("pk"))),
            has_capstones=Exists(CapstoneRecord.objects.filter(enrollment=OuterRef("pk"))),
        )
        .order_by("joined_at", "pk")
    )
    if not enrollments:
        return []
    asked_for = DesignationCase.objects.awarding().filter(learner=learner)
    cases = {case.pathway_version_id: case for case in asked_for.order_by("pk")}
    asks = asked_by(enrollment.version for enrollment in enrollments)
    known = Known([learner], asks.values(), enrollments)
    return [
        Standing(
            enrollment=enrollment,
            progress=known.progress(asks[enrollment.version_id], learner.pk, on=on, enrollment=enrollment),
            case=cases.get(enrollment.version_id),
        )
        for enrollment in enrollments
    ]


def met(enrollments: Iterable[PathwayEnrollment], *, on: date) -> list[PathwayEnrollment]:
    """Those of the enrollments whose pathway is met on the day. A fixed number of queries, however many there are."""
    wanted = list(enrollments)
    asks = asked_by(PathwayVersion.objects.filter(pk__in={each.version_id for each in wanted}))
    known = Known({each.learner_id for each in wanted}, asks.values(), wanted)
    return [
        each for each in wanted if known.progress(asks[each.version_id], each.learner_id, on=on, enrollment=each).is_met
    ]


def qualified(version: PathwayVersion, learners: Iterable[Learner], *, on: date) -> list[Learner]:
    """Those of the learners, none of whom has joined, who meet a version. A fixed number of queries, however many."""
    wanted = list(learners)
    if not wanted:
        return []
    ask = asked(version)
    known = Known([each.pk for each in wanted], [ask])
    return [each for each in wanted if known.progress(ask, each.pk, on=on).is_met]


def unsettled(progress: rules.Progress, at: datetime) -> Award | None:
    """An award that counts and can still be taken back by who released it, the one that settles last. One query."""
    counted = [each.award_id for each, _label in progress.counted]
    waiting = Award.objects.filter(pk__in=counted, sign_after__gt=at).select_related("credential_version")
    return waiting.order_by("-sign_after", "pk").first()


# What a committee reads ----------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Evidence:
    """One award that a case rests on, or what was recognized instead, and the requirement that it counts for."""

    requirement: str
    award: Award | None
    recognized: RecognizedCredential | None = None


def evidence(case: DesignationCase, progress: rules.Progress, known: Known) -> list[Evidence]:
    """The awards that a case rests on: those that were recorded when it was confirmed, else those that count now.

    At most one query.
    """
    counted_by = case.award_id or case.reviews_id
    if counted_by is not None:
        components = AwardComponent.objects.filter(award=counted_by).select_related(
            "component__credential", "component__credential_version"
        )
        return [Evidence(each.requirement, each.component) for each in components.order_by("position", "pk")]
    awards = {each.pk: each for each in known.awards[case.learner_id]}
    elsewhere = {each.pk: each for each in known.recognized[case.learner_id]}
    return [
        Evidence(label, None, elsewhere[-each.award_id])
        if each.is_recognized
        else Evidence(label, awards[each.award_id])
        for each, label in progress.counted
    ]
