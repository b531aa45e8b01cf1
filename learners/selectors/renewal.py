"""What the holder of a badge that lapses sees of it: how long it counts, whether it can be renewed, what that asks."""

from dataclasses import dataclass, field
from datetime import datetime

from django.utils import timezone

from credentials.models.catalog import RenewalKind
from credentials.workflow import CredentialStatus
from learners.models import Award, Enrollment, Learner
from learners.renewal import Window, window
from learners.workflow import OPEN_ENROLLMENTS, AwardStatus


@dataclass(frozen=True)
class Renewal:
    """The way to renew one badge. running: the renewal that was begun; asks: the evidence, in words."""

    award: Award
    window: Window
    is_open: bool
    is_ahead: bool
    has_lapsed: bool
    is_short: bool
    hours: int | None
    running: Enrollment | None = None
    asks: list[str] = field(default_factory=list)


def renewal_of(award: Award, at: datetime) -> Renewal | None:
    """The way to renew a badge; None when it never lapses, no longer stands, or is no longer offered. Two queries.

    The award is read with its credential and the version that is offered now.
    """
    version = award.credential.current_version
    if award.status != AwardStatus.ACTIVE or version is None or award.credential.status != CredentialStatus.OFFERED:
        return None
    found, on = window(award, version), timezone.localdate(at)
    if found is None:
        return None
    running = Enrollment.objects.filter(
        learner=award.learner_id, credential=award.credential_id, status__in=OPEN_ENROLLMENTS
    )
    is_short = version.renewal_kind == RenewalKind.SHORT
    asked = version.evidence_requirements.order_by("position")
    if is_short:
        asked = asked.filter(is_in_renewal=True)
    return Renewal(
        award=award,
        window=found,
        is_open=found.is_open(on),
        is_ahead=on < found.opens_on,
        has_lapsed=award.valid_until is not None and award.valid_until <= at,
        is_short=is_short,
        hours=version.renewal_hours,
        running=running.select_related("credential").first(),
        asks=[each.kind for each in asked],
    )


def to_renew(learner: Learner, at: datetime) -> list[tuple[Award, Window]]:
    """The badges that can be renewed now and of which no renewal is begun, the first to expire first. One query."""
    begun = Enrollment.objects.filter(learner=learner, status__in=OPEN_ENROLLMENTS).values("credential")
    awards = (
        learner.awards.filter(
            status=AwardStatus.ACTIVE, valid_until__isnull=False, credential__status=CredentialStatus.OFFERED
        )
        .exclude(credential__in=begun)
        .select_related("credential__current_version", "credential_version")
        .order_by("valid_until", "pk")
    )
    found = [
        (each, window(each, each.credential.current_version)) for each in awards if each.credential.current_version
    ]
    on = timezone.localdate(at)
    return [(award, when) for award, when in found if when is not None and when.is_open(on)]
