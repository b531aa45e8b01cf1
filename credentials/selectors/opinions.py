"""What is asked about in a draft, what people outside said, and who may be named for it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Prefetch, QuerySet
from django.db.models.functions import JSONObject
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials.models import Credential, CredentialVersion, OpinionRequest, Suggestion


class Part(NamedTuple):
    """A part of a draft that can be commented on. about: what it says now."""

    key: str
    group: str
    about: str


def parts(version: CredentialVersion) -> list[Part]:
    """Outcomes, criteria, evidence, hours, and the rest. No query for a version of `with_children`."""
    found = [
        Part(f"outcome-{number}", _("Outcomes"), each.text)
        for number, each in enumerate(sorted(version.outcomes.all(), key=lambda each: each.position), 1)
    ]
    found += [
        Part(f"criterion-{each.key}", _("Rubric"), each.name)
        for each in sorted(version.criteria.all(), key=lambda each: each.position)
    ]
    found += [
        Part(f"evidence-{number}", _("Evidence"), capfirst(each.kind))
        for number, each in enumerate(sorted(version.evidence_requirements.all(), key=lambda each: each.position), 1)
    ]
    hours = version.workload_hours
    said = ngettext("%(hours)s hour", "%(hours)s hours", hours) % {"hours": hours} if hours else _("Not said yet")
    return [
        *found,
        Part("hours", _("Hours"), said),
        Part("other", _("Anything else"), _("What is missing or too much")),
    ]


def opinions(credential: Credential) -> QuerySet[OpinionRequest]:
    """Whom a credential's versions were shown to, the latest first, with what they suggest. Two queries."""
    suggestions = Suggestion.objects.select_related("answered_by").order_by("position")
    return (
        OpinionRequest.objects.filter(version__credential=credential)
        .select_related("version", "asked_by")
        .prefetch_related(Prefetch("suggestions", suggestions))
        .order_by("-asked_at", "-pk")
    )


def state_of(request: OpinionRequest, at: datetime) -> tuple[str, str, datetime]:
    """How it stands with a request: the kind of state, its word, and since or until when."""
    if request.sent_at:
        return "valid", _("Answered"), request.sent_at
    if request.revoked_at:
        return "revoked", _("Taken back"), request.revoked_at
    if at >= request.expires_at:
        return "expired", _("Ran out"), request.expires_at
    return "waiting", _("Waiting, until"), request.expires_at


def informed_by(version: CredentialVersion) -> list[OpinionRequest]:
    """Who commented on this version as a draft and agreed to be named, in the order in which they did. One query."""
    return list(_named().filter(version=version))


def informed_by_of_current() -> ArraySubquery:
    """The same within a query of credentials, for the version that each is offered in; `as_named` reads it."""
    named = _named().filter(version=OuterRef("current_version"))
    shown = JSONObject(organization_name="organization_name", kind="kind", sent_at="sent_at")
    return ArraySubquery(named.values_list(shown))


def as_named(rows: list[dict[str, str]]) -> list[OpinionRequest]:
    return [OpinionRequest(**(row | {"sent_at": datetime.fromisoformat(row["sent_at"])})) for row in rows]


def _named() -> QuerySet[OpinionRequest]:
    found = OpinionRequest.objects.filter(sent_at__isnull=False, unnamed_at__isnull=True)
    return found.exclude(naming_consent="").order_by("sent_at", "pk")
