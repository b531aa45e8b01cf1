"""How assessors stand with the sets of items, how a round compares with what was agreed, and who has drifted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Avg, Exists, F, OuterRef, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from config.permissions import Can, Role, allowed
from credentials.models import Credential, Criterion
from credentials.models.catalog import CredentialKind
from learners import calibrating
from learners.drifting import MARKS, Drift, drift
from learners.models import (
    AgreedLevel,
    Assessment,
    CalibrationRound,
    EvidenceItem,
    ModelPiece,
    ModelWork,
    RoleGrant,
    User,
)
from learners.models.evidence import EvidenceKind
from learners.selectors.assessing import SHOWN_AS, ShownEvidence
from learners.selectors.calibrated import held_until
from learners.services.calibration import compared, why_not_start
from learners.workflow import AssessmentStatus


# For an assessor -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Standing:
    """Where an assessor stands with an item."""

    credential: Credential
    title: str
    is_required: bool
    until: datetime | None
    open_round: CalibrationRound | None
    last: CalibrationRound | None
    refusal: str

    @property
    def word(self) -> str:
        if self.until is not None:
            return _("Calibrated")
        return _("Due") if self.is_required else _("Not asked for")


def standings(user: User, at: datetime) -> list[Standing]:
    """The items with a set, or that ask for calibration, of which a person is an assessor; what is due comes first.

    Five queries, and up to four for each item that could be begun; a person assesses some few such items.
    """
    sets = ModelWork.objects.standing().filter(version=OuterRef("current_version"))
    items = list(
        Credential.objects.filter(user.scope_q({Role.ASSESSOR}))
        .filter(Q(Exists(sets)) | Q(calibration__is_required=True), current_version__isnull=False)
        .select_related("current_version", "calibration")
        .order_by("code", "pk")
    )
    until = held_until(items, at)
    rounds: dict[int, list[CalibrationRound]] = {}
    for each in CalibrationRound.objects.filter(assessor=user, credential__in=items).order_by("-started_at", "-pk"):
        rounds.setdefault(each.credential_id, []).append(each)
    found = []
    for item in items:
        own = rounds.get(item.pk, [])
        open_round = next((each for each in own if each.finished_at is None), None)
        found.append(
            Standing(
                credential=item,
                title=item.current_version.title if item.current_version else item.code,
                is_required=hasattr(item, "calibration") and item.calibration.is_required,
                until=until[item.pk].get(user.pk),
                open_round=open_round,
                last=next((each for each in own if each.finished_at is not None), None),
                refusal="" if open_round else why_not_start(assessor=user, credential=item, at=at),
            )
        )
    return sorted(found, key=lambda each: (not each.is_required, each.until is not None))


def works_of(calibration_round: CalibrationRound) -> list[ModelWork]:
    """The works of a round in the order in which they are judged, each with whether all of it is judged. One query."""
    lacking = calibration_round.judgments.filter(work=OuterRef("pk"), level__isnull=True)
    works = ModelWork.objects.filter(judgments__round=calibration_round).distinct()
    return list(works.annotate(is_judged=~Exists(lacking)).order_by("pk"))


def pieces(work: ModelWork) -> list[ShownEvidence]:
    """What there is to judge, as evidence is shown. One query."""
    return [_shown(each) for each in work.pieces.select_related("file").order_by("pk")]


def _shown(piece: ModelPiece) -> ShownEvidence:
    if piece.file is None:
        return ShownEvidence(
            EvidenceItem(kind=EvidenceKind.TEXT, title=piece.title, text=piece.text), piece.title, "text"
        )
    kind = piece.file.media_type
    shown_as = SHOWN_AS.get(kind) or SHOWN_AS.get(kind.split("/")[0], "file")
    item = EvidenceItem(kind=EvidenceKind.FILE, title=piece.title, file=piece.file)
    return ShownEvidence(item, piece.title, shown_as, reverse("learners:model-file", args=[piece.public_id]))


def visible_pieces(user: User) -> QuerySet[ModelPiece]:
    """Those of the sets that a person keeps, and of the rounds that they judge or have judged."""
    kept = user.scope_q({Role.LEAD}, "work__version__credential__")
    judged = CalibrationRound.objects.filter(assessor=user, judgments__work=OuterRef("work"))
    return ModelPiece.objects.filter(kept | Q(Exists(judged))).select_related("file")


def explained(calibration_round: CalibrationRound, criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """A finished round, work by work and criterion by criterion, with what was agreed and why. Three queries."""
    judgments = list(
        calibration_round.judgments.select_related("criterion", "work").order_by("work", "criterion__position", "pk")
    )
    agreed = {
        (each.work_id, each.criterion_id): each
        for each in AgreedLevel.objects.filter(work__in={each.work_id for each in judgments})
    }
    labels = {(each.pk, level.value): level.label for each in criteria for level in each.levels.all()}
    works: dict[int, dict[str, Any]] = {}
    pairs = compared(calibration_round, judgments)
    for judgment in judgments:
        told = agreed[judgment.work_id, judgment.criterion_id]
        work = works.setdefault(judgment.work_id, {"title": judgment.work.title, "rows": []})
        apart = abs((judgment.level or 0) - told.level)
        work["rows"].append(
            {
                "name": judgment.criterion.name,
                "given": judgment.level,
                "given_label": labels.get((judgment.criterion_id, judgment.level or 0), ""),
                "agreed": told.level,
                "agreed_label": labels.get((judgment.criterion_id, told.level), ""),
                "reason": told.reason,
                "comment": judgment.comment,
                "apart": apart,
                "is_near": apart <= calibrating.NEAR,
            }
        )
    for work, pair in zip(works.values(), pairs, strict=True):
        work["is_right"] = calibrating.is_right(pair)
        work["passes"] = calibrating.passes([(each.agreed, each.minimum) for each in pair])
        work["given_passes"] = calibrating.passes([(each.given, each.minimum) for each in pair])
    return list(works.values())


def set_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """For leads, where something is published that can be assessed. No query."""
    if credential.current_version_id is None or credential.kind != CredentialKind.MICROCREDENTIAL:
        return None
    if not allowed(request.user, Can.CALIBRATION_KEEP, credential):
        return None
    return {"url": reverse("learners:calibration-manage", args=[credential.public_id])}


# For a lead ----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """An assessor of an item: their calibration and their drift."""

    user: User
    until: datetime | None
    last: CalibrationRound | None
    count: int
    drift: Drift


def lines(credential: Credential, at: datetime) -> list[Line]:
    """Everybody who may assess an item now, by name. Six queries."""
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential), role=Role.ASSESSOR, organization=credential.organization_id
    )
    users = list(User.objects.filter(pk__in=grants.values("user"), is_active=True).order_by("name", "pk"))
    until = held_until([credential], at)[credential.pk]
    rounds: dict[int, list[CalibrationRound]] = {}
    finished = CalibrationRound.objects.filter(credential=credential, finished_at__isnull=False, assessor__in=users)
    for each in finished.order_by("-finished_at", "-pk"):
        rounds.setdefault(each.assessor_id, []).append(each)
    drifts = drifts_of(credential)
    return [
        Line(
            each,
            until.get(each.pk),
            rounds.get(each.pk, [None])[0],
            len(rounds.get(each.pk, [])),
            drifts.get(each.pk, Drift(0, 0)),
        )
        for each in users
    ]


def drifts_of(credential: Credential) -> dict[int, Drift]:
    """The last marks of everybody who judges an item beside the last marks of the others. One query.

    A mark is the mean level of one finished assessment. What was agreed by two, and works that could not be judged, are left
    out.
    """
    marks: dict[int, list[float]] = {}
    for assessor, mean in _last_marks(credential):
        marks.setdefault(assessor, []).append(float(mean))
    return {
        assessor: drift(own, [each for other, rest in marks.items() if other != assessor for each in rest])
        for assessor, own in marks.items()
    }


def _last_marks(credential: Credential) -> list[tuple[int, float]]:
    rows = (
        Assessment.objects.filter(
            submission__enrollment__credential=credential, status=AssessmentStatus.FINISHED, finished_at__isnull=False
        )
        .exclude(is_agreed=True, role__in=["first", "second"])
        .annotate(mean=Avg("judgments__level"))
        .filter(mean__isnull=False)
        .annotate(
            place=Window(RowNumber(), partition_by=[F("assessor")], order_by=[F("finished_at").desc(), F("pk").desc()])
        )
        .filter(place__lte=MARKS)
    )
    return list(rows.values_list("assessor", "mean"))
