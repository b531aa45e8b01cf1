"""Checking one row of a list: the address of a badge, here or elsewhere, or a file."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from issuance import badges
from issuance import openbadges as ob
from issuance.models import BadgeList, BadgeListRow, Consent, ConsentAward, DocumentKind
from issuance.models.sharing import Recipients
from issuance.outside import Outside
from issuance.verification.awards import shared_award
from issuance.verification.files import FileVerdict, check_file, moment
from issuance.verification.registry import ListVersion
from learners.workflow import AwardStatus

OURS = re.compile(
    r"(?:https?://[^/\s]+)?/v/(?P<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})"
    r"(?:/|\.(?:json|png|svg|pdf))?(?:[?#].*)?",
    re.IGNORECASE,
)
_NOT_SHOWN = gettext_lazy("The address may be mistyped, or what was here is not shared, or no longer.")


@dataclass(frozen=True)
class Answer:
    """What is said of a row: a key of LIST_WORDS with its cause in words, what the badge says of itself, and what a receipt
    needs: its id, the digest of its signed bytes, and the status list that it was looked up in."""

    state: str
    cause: str = ""
    holder: str = ""
    title: str = ""
    issuer: str = ""
    issued_at: datetime | None = None
    valid_until: datetime | None = None
    badge_id: str = ""
    digest: str = ""
    status_list: ListVersion | None = None


def check_link(link: str, *, at: datetime) -> Answer:
    """Check the badge at an address. Never raises for what is found there."""
    if (public_id := own_id(link)) is not None:
        return _own(public_id, at)
    if not link.startswith("https://"):
        return Answer("unknown", _("This is neither the address of a badge nor a file. Addresses start with https://."))
    if not settings.ASK_OTHER_ISSUERS:
        return Answer("unknown", _("Other issuers are not asked here. Download the badge and give the file."))
    try:
        content = Outside().fetch(link)
    except ob.UnreachableError as error:
        return Answer("unknown", str(error))
    return check_content(content, at=at)


def own_id(link: str) -> UUID | None:
    """The id in an address of this registry, with or without its origin; None for every other address."""
    found = OURS.fullmatch(link.strip())
    if found is None:
        return None
    start = link.strip().split("/v/", 1)[0]
    return UUID(found["id"]) if start.lower() in {"", settings.PUBLIC_ORIGIN.lower()} else None


def check_content(content: bytes, *, at: datetime) -> Answer:
    """Check a file. Never raises for what is in it."""
    return answer_of(check_file(content, at=at))


def answer_of(verdict: FileVerdict) -> Answer:
    """What a row says of a file."""
    return Answer(
        verdict.state,
        _cause(verdict.checks) if verdict.state != "valid" else "",
        verdict.holder,
        verdict.title,
        verdict.issuer,
        verdict.issued_at,
        verdict.valid_until,
        verdict.badge_id,
        verdict.digest,
        verdict.status_list,
    )


def rows_now(badge_list: BadgeList, at: datetime) -> list[BadgeListRow]:
    """The rows of a list in their order, as far as they are checked, without what is no longer anybody's to see. Two queries.

    A list is kept for days. What was found at an address of this registry is said while that address shows the same
    document: not once the learner withdrew it, nor under a name that they had before. A file came from whoever asked.
    """
    rows = list(badge_list.rows.defer("content").order_by("position"))
    ours = {row.pk: own_id(row.given) for row in rows if row.badge_id}
    is_current = ExpressionWrapper(
        Q(award__documents__superseded_at=None, award__documents__holder=F("award__learner__display_name")),
        output_field=BooleanField(),
    )
    documents = (
        ConsentAward.objects.filter(
            consent__in=Consent.objects.standing(at).filter(recipients=Recipients.ANYONE_WITH_LINK),
            award__public_id__in={each for each in ours.values() if each},
            award__documents__kind=DocumentKind.CREDENTIAL,
        )
        .exclude(award__status=AwardStatus.WITHDRAWN)
        .values_list("award__public_id", "award__documents__sha256", is_current)
    )
    shown = {public_id for public_id, _digest, is_now in documents if is_now}
    replaced = {(public_id, digest) for public_id, digest, is_now in documents if not is_now}
    for row in rows:
        public_id = ours.get(row.pk)
        if public_id is None or (public_id in shown and (public_id, row.document_sha256) not in replaced):
            continue
        row.holder = row.title = row.issuer = row.badge_id = row.document_sha256 = row.status_list = ""
        row.issued_at = row.valid_until = None
        row.state, row.cause = "not-shown", str(_NOT_SHOWN)
        if public_id in shown:
            row.cause = _("It was issued anew after it was checked. Check the list again.")
    return rows


def _own(public_id: UUID, at: datetime) -> Answer:
    verdict = shared_award(public_id, at=at)
    if verdict is None:
        return Answer("not-shown", str(_NOT_SHOWN))
    subject = verdict.credential.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    issuer = verdict.credential.get("issuer")
    return Answer(
        verdict.state,
        _cause(verdict.checks) if verdict.state != "valid" else "",
        verdict.holder,
        _name(achievement),
        _name(issuer),
        moment(verdict.credential.get("awardedDate") or verdict.credential.get("validFrom")),
        verdict.valid_until,
        badges.award_url(public_id),
        verdict.digest,
        verdict.status_list,
    )


def _cause(checks: tuple[ob.Check, ...]) -> str:
    """The first line that did not pass."""
    for outcome in ("failed", "unknown"):
        for check in checks:
            if check.outcome == outcome:
                return check.sentence
    return ""


def _name(value: Any) -> str:
    return str(value.get("name", "")) if isinstance(value, dict) else ""
