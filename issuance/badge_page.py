"""The verification page of a badge, and its row on a share link.

A page differs from others of the same version in a few words only: holder, dates, address, digest. So the page is
rendered once for each version, state and shape, with marks in the place of those words, kept in the process, and filled
for each request. Every word that is filled in is escaped here.
"""

from __future__ import annotations

import html
import io
import re
from datetime import date, datetime
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from credentials import rubric
from credentials.models import Alignment, CredentialVersion, Criterion, Endorsement
from credentials.models.catalog import CredentialKind
from issuance import badges
from issuance import openbadges as ob
from issuance.levels import agreed_levels, named
from issuance.models import Consent, ConsentAward, ShareLinkItem
from issuance.models.sharing import Recipients
from issuance.services.consent import NAMES_COMPONENTS
from issuance.verification.awards import standings
from learners.models import AwardComponent
from learners.selectors.amendments import statements_of
from learners.workflow import Standing

if TYPE_CHECKING:
    from issuance.verification import Verdict

WORDS = {str(each): each.label for each in Standing} | {"failed": gettext_lazy("Not confirmed")}
LEVEL_STATES = {"valid", "expired", "superseded"}  # of what does not stand no level is shown
SEAL_STATES = {"revoked": "revoked", "expired": "expired"}
# What a program director reads first: the domains of the ACGME are a framework of domains.
FRAMEWORK_KINDS = ("domains", "activities", "competencies")
MARKED = (
    "holder",
    "issued",
    "until",
    "checked",
    "signed",
    "signed_time",
    "review",
    "address",
    "path",
    "short",
    "revoked",
    "successor",
    "withdrawn",
    "once",
)


# A private-use character on each side: it passes through escaping unchanged and stands in no text of ours.
MARK = re.compile("\ue000([a-z]+)\ue001")


def _mark(name: str) -> str:
    return f"\ue000{name}\ue001"


def render(verdict: Verdict, *, public_id: UUID, at: datetime, once: str = "") -> str:
    """The page as HTML text. once: the key of its forms (see `config/once.py`)."""
    if verdict.state == "failed" or verdict.has_parts or verdict.shows_levels:
        values = _values(verdict, public_id, at) | {"once": once}
        return _render(verdict.version_id, verdict.state, values, verdict.endorsements, verdict)
    texts, names = _marked_page(verdict.version_id, verdict.state, *_shape(verdict))
    given = _values(verdict, public_id, at) | {"once": once}
    values = {name: html.escape(value) for name, value in given.items()}
    filled = [piece for text, name in zip(texts, names, strict=False) for piece in (text, values[name])]
    return "".join([*filled, texts[-1]])


def _shape(verdict: Verdict) -> tuple[bool, bool, bool, bool, bool, bool, tuple[int, ...]]:
    """What changes the page's text besides version and state."""
    return (
        verdict.valid_until is not None,
        verdict.successor is not None,
        verdict.key_withdrawn_at is not None,
        verdict.is_retired,
        _has_evidence(verdict),
        verdict.review_on is not None,
        verdict.endorsements,
    )


def _has_evidence(verdict: Verdict) -> bool:
    """Whether the signed badge names evidence by its digest: none that rests on other badges, or on what was recognized."""
    return bool(verdict.credential.get("evidence"))


def _values(verdict: Verdict, public_id: UUID, at: datetime) -> dict[str, str]:
    address = badges.award_url(public_id)
    awarded = parse_datetime(str(verdict.credential.get("awardedDate") or verdict.credential.get("validFrom") or ""))
    return {
        "holder": verdict.holder,
        "issued": day(awarded),
        "until": day(verdict.valid_until),
        "checked": clock(at),
        "signed": day(verdict.verified_at),
        "signed_time": clock(verdict.verified_at) if verdict.verified_at else "",
        "review": day_of(verdict.review_on) if verdict.review_on else "",
        "address": address,
        "path": f"/v/{public_id}",
        "short": str(public_id)[:8],
        "revoked": day(verdict.revoked_at),
        "successor": f"/v/{verdict.successor}" if verdict.successor else "",
        "withdrawn": day(verdict.key_withdrawn_at),
        "is_retired": "yes" if verdict.is_retired else "",
        "has_evidence": "yes" if _has_evidence(verdict) else "",
    }


def day(moment: datetime | None) -> str:
    return _day(timezone.localdate(moment), get_language()) if moment else ""


def day_of(on: date) -> str:
    return _day(on, get_language())


@lru_cache(maxsize=4096)
def _day(local: date, language: str | None) -> str:
    return date_format(local, "M j, Y")


def clock(moment: datetime) -> str:
    return _clock(timezone.localtime(moment).replace(second=0, microsecond=0), get_language())


@lru_cache(maxsize=4096)
def _clock(local: datetime, language: str | None) -> str:
    return f"{date_format(local, 'g:i A')} {local:%Z}"


def qr(address: str) -> str:
    """The address as a QR code, drawn as one path; an SVG that stands on a page as well as in a file."""
    buffer = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer,
        kind="svg",
        xmldecl=False,
        nl=False,
        border=2,
        omitsize=True,
        svgclass=None,
        lineclass=None,
        dark="#10202e",
        light="#ffffff",
    )
    return buffer.getvalue().decode()


@lru_cache(maxsize=512)
def _marked_page(
    version_id: int,
    state: str,
    has_end: bool,
    has_successor: bool,
    is_key_withdrawn: bool,
    is_retired: bool,
    has_evidence: bool,
    has_review: bool,
    endorsements: tuple[int, ...],
) -> tuple[list[str], list[str]]:
    """The page cut at its marks: the texts between them, one more than the names of the marks."""
    values = {name: SafeString(_mark(name)) for name in MARKED}
    given = {"until": has_end, "successor": has_successor, "withdrawn": is_key_withdrawn, "review": has_review}
    for name, has_value in given.items():
        if not has_value:
            values[name] = SafeString("")
    values["is_retired"] = SafeString("yes" if is_retired else "")
    values["has_evidence"] = SafeString("yes" if has_evidence else "")
    pieces = MARK.split(_render(version_id, state, values, endorsements, None))
    return pieces[::2], pieces[1::2]


def _render(
    version_id: int, state: str, values: dict[str, Any], endorsements: tuple[int, ...], verdict: Verdict | None
) -> str:
    version = _version(version_id)
    context: dict[str, Any] = {
        **values,
        "state": state,
        "word": WORDS[state],
        "version": version,
        "organization": version.credential.organization,
        "is_designation": version.credential.kind == CredentialKind.DESIGNATION,
        "seal": seal(version, SEAL_STATES.get(state, "issued")),
        "facts": facts(version),
        "passing": passing(version),
        "rule": rubric.rule_of(version, list(version.criteria.all())),
        "alignments": competencies(version),
        "second_mark": second_mark(version),
        "version_url": badges.version_url(version.credential.public_id, version.number),
        "checks": verdict.checks if verdict else (),
        "endorsements": endorsed_by(endorsements),
    }
    if verdict is not None and verdict.has_parts:
        at = timezone.now()
        context["components"] = parts(AwardComponent.objects.filter(award=verdict.award_id), "component", at=at)
        designations = parts(AwardComponent.objects.filter(component=verdict.award_id), "award", at=at)
        context["part_of"] = [part for part in designations if part["is_shared"]]
        context["statements"] = statements_of([verdict.award_id]).get(verdict.award_id, [])
    if verdict is not None and verdict.shows_levels and verdict.state in LEVEL_STATES:
        standing = Consent.objects.standing(timezone.now()).filter(recipients=Recipients.ANYONE_WITH_LINK)
        reached = named(agreed_levels(standing, [verdict.award_id]).get(verdict.award_id, []))
        for criterion, row in zip(_criteria(version), context["passing"], strict=True):
            row["reached"] = reached.get(criterion.key, "")
        context["has_levels"] = bool(reached)
    return render_to_string("issuance/verify_page.html", context)


def endorsed_by(keys: tuple[int, ...]) -> list[dict[str, Any]]:
    """Who stands up for a version, each with the address of what was signed. One query, none without."""
    if not keys:
        return []
    found = Endorsement.objects.filter(pk__in=keys).select_related("organization", "request")
    return [
        {
            "organization": each.organization.name,
            "kind": each.request.get_kind_display() if each.request is not None else "",
            "statement": each.statement,
            "at": day(each.confirmed_at),
            "url": reverse("issuance:endorsement-page", args=[each.public_id]),
        }
        for each in found.order_by("confirmed_at", "pk")
    ]


def parts(rows: Any, side: str, *, at: datetime) -> list[dict[str, Any]]:
    """Components of a designation, or designations that an award is part of. Three queries.

    The title says what a component is. When it was awarded, and how it stands at the moment in the words of its own page, is
    told where anybody may see it by itself, or the consent that opens the designation's page names it.
    """
    found = list(rows.select_related(f"{side}__credential_version").order_by("award", "position"))
    standing = Consent.objects.standing(at).filter(recipients=Recipients.ANYONE_WITH_LINK)
    shared = ConsentAward.objects.filter(
        award__in={key for row in found for key in (row.award_id, row.component_id)}, consent__in=standing
    ).values_list("award", "consent__wording_version")
    open_to_all = {award for award, _version in shared}
    naming = {award for award, version in shared if version in NAMES_COMPONENTS}
    states = standings({getattr(row, side).pk for row in found}, at=at)
    told = []
    for row in found:
        award = getattr(row, side)
        is_shared = award.pk in open_to_all
        is_told = is_shared or (side == "component" and row.award_id in naming)
        told.append(
            {
                "title": award.credential_version.title,
                "requirement": row.requirement,
                "is_shared": is_shared,
                "issued": day(award.awarded_at),
                "state": states[award.pk] if is_told else "",
                "word": WORDS[states[award.pk]] if is_told else "",
                "url": badges.award_url(award.public_id) if is_shared else "",
            }
        )
    return told


@lru_cache(maxsize=512)
def _version(version_id: int) -> CredentialVersion:
    return (
        CredentialVersion.objects.select_related("credential__organization")
        .prefetch_related("criteria__levels", "alignments__competency__framework")
        .get(pk=version_id)
    )


def seal(version: CredentialVersion, state: Any, *, size: int = 180) -> SafeString:
    drawing = ob.seal(
        version.credential.public_id,
        ink=version.credential.organization.ink,
        theme=version.theme,
        components=version.credential.seal_components,
        state=state,
        size=size,
    )
    return mark_safe(drawing)  # noqa: S308  drawn by the core from an id


def facts(version: CredentialVersion) -> list[tuple[str, str]]:
    found = [
        (_("Hours"), str(version.workload_hours or "")),
        (_("Level"), version.get_level_display() if version.level else ""),
        (_("How assessed"), _how(version)),
        (_("Assessors"), str(version.assessors_count) if version.criteria.all() else ""),
        (_("Supervision"), version.supervision_and_identity),
        (_("Setting"), version.get_setting_display() if version.setting else ""),
    ]
    return [(term, capfirst(value)) for term, value in found]


def _how(version: CredentialVersion) -> str:
    """The methods of assessment and what they show (Miller's level), such as "Case analysis (knows how)"."""
    methods = ", ".join(version.assessment_methods)
    level = version.get_miller_level_display() if version.miller_level else ""
    return f"{methods} ({level})" if methods and level else methods or level


def competencies(version: CredentialVersion) -> list[Alignment]:
    """What it assesses as a whole: first the domains that residency programs speak of, then activities and competencies."""
    found = [row for row in version.alignments.all() if row.criterion_id is None]
    return sorted(found, key=_place_of_competency)


def _place_of_competency(row: Alignment) -> tuple[int, str, str, int, int]:
    framework = row.competency.framework
    kind = FRAMEWORK_KINDS.index(framework.kind) if framework.kind in FRAMEWORK_KINDS else len(FRAMEWORK_KINDS)
    return kind, framework.slug, framework.version, row.competency.position, row.pk


def second_mark(version: CredentialVersion) -> str:
    """Which share of the work a second assessor judges, in whole numbers; a public page says no percentage."""
    if not version.second_mark_percent:
        return ""
    share = Fraction(version.second_mark_percent, 100)
    if share >= 1:
        return _("All work is judged by a second assessor too.")
    return ngettext(
        "Of every %(all)s pieces of work, %(count)s is judged by a second assessor too.",
        "Of every %(all)s pieces of work, %(count)s are judged by a second assessor too.",
        share.numerator,
    ) % {"all": share.denominator, "count": share.numerator}


def passing(version: CredentialVersion) -> list[dict[str, str]]:
    """Each criterion with the standard that it was judged by. The rule says which of them passing takes."""
    standard = version.required_minimum_level
    return [
        {
            "name": criterion.name,
            "descriptor": next((level.descriptor for level in criterion.levels.all() if level.value == standard), ""),
        }
        for criterion in _criteria(version)
    ]


def _criteria(version: CredentialVersion) -> list[Criterion]:
    return sorted(version.criteria.all(), key=lambda each: each.position)


def row(item: ShareLinkItem, verdict: Verdict, *, at: datetime) -> dict[str, Any]:
    """One badge on a share link."""
    version = _version(verdict.version_id)
    return {
        "title": version.title,
        "state": verdict.state,
        "word": WORDS[verdict.state],
        "holder": verdict.holder,
        "issued": day(item.award.awarded_at),
        "until": day(verdict.valid_until),
        "facts": facts(version),
        "summary": version.summary,
        "organization": version.credential.organization,
        "seal": seal(version, SEAL_STATES.get(verdict.state, "issued"), size=96),
        "is_highlighted": item.is_highlighted,
        "public_id": item.award.public_id,
        "checks": verdict.checks if verdict.state == "failed" else (),
    }
