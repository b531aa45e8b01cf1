"""Whom a school asked for an endorsement, and how it stands with each."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from credentials.models import Credential, Endorsement, EndorsementRequest
from credentials.workflow import VersionStatus


def endorsement_requests(credential: Credential) -> QuerySet[EndorsementRequest]:
    """Who was asked to endorse versions of a credential, the latest first. One query."""
    return (
        EndorsementRequest.objects.filter(version__credential=credential)
        .select_related("version", "asked_by", "endorsement__withdrawn_by")
        .order_by("-asked_at", "-pk")
    )


def endorsement_of(request: EndorsementRequest) -> Endorsement | None:
    """What was confirmed by a request, if it was."""
    return getattr(request, "endorsement", None)


def endorsement_state(request: EndorsementRequest, at: datetime) -> tuple[str, str, datetime]:
    """How it stands with a request: the kind of state, its word, and since or until when."""
    found = endorsement_of(request)
    if found is not None and found.confirmed_at is not None:
        if found.withdrawn_at:
            return "revoked", _("Withdrawn"), found.withdrawn_at
        if found.lapsed_at:
            return "expired", _("Ended: the draft was changed before it was published"), found.lapsed_at
        if request.version.status != VersionStatus.PUBLISHED:
            return "valid", _("Confirmed; signed once the draft is published as it was read"), found.confirmed_at
        return "valid", _("Confirmed"), found.confirmed_at
    if request.answered_at:
        return "not-met", _("Declined"), request.answered_at
    if request.revoked_at:
        return "revoked", _("Taken back"), request.revoked_at
    if at >= request.expires_at:
        return "expired", _("Ran out"), request.expires_at
    return "waiting", _("Waiting, until"), request.expires_at
