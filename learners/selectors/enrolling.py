"""What the page of an item says to the person who reads it: what they can do, seats, how soon an answer comes."""

from datetime import datetime
from statistics import median
from typing import Any

from django.db.models import Count, OuterRef, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.permissions import Can, allowed
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from credentials.selectors import running
from credentials.workflow import CredentialStatus
from learners import services
from learners.models import Decision, Enrollment
from learners.selectors.learning import learner_of
from learners.services.class_enrollment import REQUIRED
from learners.services.offerings import is_without_date, when_and_where
from learners.workflow import OPEN_ENROLLMENTS, AwardStatus, DecisionStatus, EnrollmentStatus

# From how many answers on the usual time is told, and how many of the latest are looked at.
ANSWERS_LEAST, ANSWERS_MOST = 5, 100


def item_action(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """What the reader of an item's page can do there. At most five queries; one for a stranger, two for who is enrolled."""
    is_offered = credential.kind == CredentialKind.MICROCREDENTIAL and credential.status == CredentialStatus.OFFERED
    offerings = running(credential, timezone.localdate()) if is_offered else []
    shown = {"offerings": offerings}
    if not request.user.is_authenticated:
        return shown | {"is_stranger": True}
    learner = learner_of(request.user)
    if learner is None or credential.kind != CredentialKind.MICROCREDENTIAL:
        return shown
    newest = (
        learner.enrollments.filter(credential=credential)
        .select_related("offering")
        .annotate(line=_line())
        .order_by("-enrolled_at", "-pk")
        .first()
    )
    if newest is not None and newest.status in OPEN_ENROLLMENTS:
        return shown | {
            "enrollment": newest,
            "place": newest.line if newest.status == EnrollmentStatus.WAITLISTED else None,
            "is_without_date": is_without_date(newest),
            "has_other_dates": any(each.offering.pk != newest.offering_id for each in offerings),
        }
    every = list(
        learner.awards.filter(status__in=[AwardStatus.ACTIVE, AwardStatus.REVOKED])
        .with_counting(timezone.now())
        .order_by("pk")
    )
    awards = [each for each in every if each.credential_id == credential.pk]
    standing = next((each for each in awards if each.status == AwardStatus.ACTIVE), None)
    has_lapsed = standing is not None and standing.valid_until is not None and standing.valid_until <= timezone.now()
    award = None if has_lapsed else standing
    held = {each.credential_id: each.valid_until for each in every if each.is_counting}  # type: ignore[attr-defined]
    reasons = services.refusals(learner=learner, credential=credential, at=timezone.now(), is_enrolled=False, held=held)
    return shown | {
        "award": award,
        "lapsed": standing if has_lapsed else None,
        "reasons": [] if award else reasons,
        "may_enroll": not reasons,
        "may_test_out": not reasons and credential.allows_early_assessment,
        "was_revoked": any(each.status == AwardStatus.REVOKED for each in awards),
    }


def _line() -> Subquery:
    """Within a query of enrollments: how many wait for the same offering up to this one; see `waiting_place`."""
    ahead = Enrollment.objects.filter(
        offering=OuterRef("offering"), status=EnrollmentStatus.WAITLISTED, pk__lte=OuterRef("pk")
    )
    return Subquery(ahead.order_by().values("offering").annotate(count=Count("pk")).values("count"))


def waiting_place(enrollment: Enrollment) -> int | None:
    """How many stand before this one on the waitlist, itself included; None when it does not wait. One query."""
    if enrollment.status != EnrollmentStatus.WAITLISTED:
        return None
    return Enrollment.objects.filter(
        offering=enrollment.offering_id, status=EnrollmentStatus.WAITLISTED, pk__lte=enrollment.pk
    ).count()


def item_facts(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """Dates and seats of the offerings, in words, and how soon an answer usually comes. Two queries."""
    if credential.kind != CredentialKind.MICROCREDENTIAL:
        return None
    return {
        "offerings": [(each, when_and_where(each.offering)) for each in running(credential, timezone.localdate())],
        "turnaround": turnaround(credential),
        "is_early": credential.allows_early_assessment,
    }


def turnaround(credential: Credential) -> str:
    """How long learners usually waited for an answer, in words; empty while too few were answered. One query."""
    rows = (
        Decision.objects.filter(
            enrollment__credential=credential,
            status=DecisionStatus.RELEASED,
            effective_at__isnull=False,
            submission__submitted_at__isnull=False,
        )
        .order_by("-effective_at", "-pk")
        .values_list("submission__submitted_at", "effective_at")[:ANSWERS_MOST]
    )
    days = [_days(submitted, released) for submitted, released in rows if submitted and released]
    if len(days) < ANSWERS_LEAST:
        return ""
    usual = round(median(days))
    if usual < 1:
        return _("Usually answered within a day (the latest %(count)s answers).") % {"count": len(days)}
    said = ngettext("Usually answered in %(days)s day", "Usually answered in %(days)s days", usual) % {"days": usual}
    return said + " " + _("(the latest %(count)s answers).") % {"count": len(days)}


def _days(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start).total_seconds() / 86400)


def class_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """For administrators, where something that is required can be begun for a class. No query."""
    version = credential.current_version
    if version is None or version.requirement != REQUIRED or credential.status != CredentialStatus.OFFERED:
        return None
    if not allowed(request.user, Can.CLASS_ENROLL, credential):
        return None
    return {"url": reverse("learners:class-enroll", args=[credential.public_id])}
