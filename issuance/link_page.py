"""What a link shows: its badges with their live state, a page to print, and lines of plain text to paste."""

import re
from datetime import datetime
from typing import Any

from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from credentials.models.catalog import CredentialKind
from issuance import badge_page, core, services, verification
from issuance.levels import agreed_levels
from issuance.models import Consent, ConsentAward, LinkKind, ShareLink
from issuance.models.sharing import Recipients
from learners.models import Award
from learners.selectors.amendments import statements_of


def find(token: str, *, profile: bool, at: datetime) -> ShareLink | None:
    """An open link by its token, or None. One statement decides, whatever the cause; a second gets the badges."""
    links = ShareLink.objects.open(at).filter(token=token)
    links = links.filter(kind=LinkKind.PROFILE) if profile else links.exclude(kind=LinkKind.PROFILE)
    return links.select_related("consent__learner__organization").first()


def context(link: ShareLink, *, at: datetime) -> dict[str, Any]:
    """What the page of a link prints.

    Five queries, ten where levels are shown, and one for each of its badges, of which there are ten at most.
    """
    items = list(
        link.items.select_related("award__credential_version", "award__credential__organization").order_by("position")
    )
    covered = set(link.consent.consent_awards.values_list("award_id", flat=True))
    open_to_all = set(
        ConsentAward.objects.filter(
            award__in=covered,
            consent__in=Consent.objects.standing(at).filter(recipients=Recipients.ANYONE_WITH_LINK),
        ).values_list("award_id", flat=True)
    )
    statements = statements_of(item.award_id for item in items)
    own = Consent.objects.filter(pk=link.consent_id)
    levels = agreed_levels(own, covered) if link.consent.shows_levels else {}
    rows = []
    for item in items:
        verdict = verification.own_award(item.award.public_id, at=at) if item.award_id in covered else None
        if verdict is not None:
            row = badge_page.row(item, verdict, at=at) | {"has_page": item.award_id in open_to_all, "award": item.award}
            row["statements"] = statements.get(item.award_id, [])
            row["levels"] = levels.get(item.award_id, []) if row["state"] in badge_page.LEVEL_STATES else []
            rows.append(row | {"checks": verdict.checks if link.is_packet or verdict.state == "failed" else ()})
    groups = _groups(link, rows)
    return {
        "link": link,
        "groups": groups,
        "rows": [row for group in groups for row in group["rows"]],
        "holder": link.consent.learner,
        "at": at,
        "checked": badge_page.clock(at),
        "as_of": link.as_of,
        "purpose": link.consent.purpose_text or link.consent.get_purpose_display(),
        "recipients": _recipients(link),
    }


def _groups(link: ShareLink, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The badges as the learner wants them to stand: in one list, or by theme, and then in their order within each.

    The theme of the learner's first badge comes first. Designations span themes and stand together, as do badges without one.
    """
    if not link.is_by_theme:
        return [{"theme": "", "rows": rows}] if rows else []
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(_theme(row["award"]), []).append(row)
    return [{"theme": theme, "rows": members} for theme, members in found.items()]


def _theme(award: Award) -> str:
    if award.credential.kind == CredentialKind.DESIGNATION:
        return _("Designations")
    return award.credential_version.theme.strip() or _("Without a theme")


def _recipients(link: ShareLink) -> str:
    """Whom it is for, as others read it; the learner's own statement says "I"."""
    text = link.consent.recipients_text or str(link.consent.get_recipients_display())
    return _("the residency programs that the holder applies to") if text == services.PROGRAMS else text


def summary(link: ShareLink, *, at: datetime) -> dict[str, Any]:
    """The same on one sheet of paper, with the code and the address that lead to the live page."""
    code = services.code_of(link, at=at)
    address = core.url(link.get_absolute_url())
    return context(link, at=at) | {
        "address": address,
        "code": str(code),
        "code_address": core.url("/c/"),
        "qr": mark_safe(badge_page.qr(address)),  # noqa: S308  drawn by segno from our own address
        "on": badge_page.day(at),
    }


def lines(link: ShareLink, *, at: datetime) -> str:
    """A line of plain text for each badge, to paste into an application: no markup, and of use even if nobody opens it.

    By theme, each theme has a line of its own above its badges.
    """
    shown = context(link, at=at)
    short = core.url(f"/c/{services.code_of(link, at=at)}")
    said = []
    heads = {id(group["rows"][0]): group["theme"] for group in shown["groups"] if group["theme"]}
    for row in shown["rows"]:
        if id(row) in heads:
            said.append(_plain(heads[id(row)]) + ":")
        version, organization = row["award"].credential_version, row["organization"]
        parts = [
            f"{row['title']} ({row['award'].credential.get_kind_display()})",
            organization.name,
            _("awarded %(day)s") % {"day": row["issued"]},
            _("valid until %(day)s") % {"day": row["until"]} if row["until"] else "",
            _("%(hours)s hours") % {"hours": version.workload_hours} if version.workload_hours else "",
            _("assessed by %(how)s") % {"how": ", ".join(version.assessment_methods)}
            if version.assessment_methods
            else "",
            "" if row["state"] == "valid" else str(row["word"]).lower(),
        ]
        mark = _("Most meaningful: ") if row["is_highlighted"] else ""
        said.append(mark + _plain(", ".join(part for part in parts if part)) + ".")
    if link.as_of is not None:
        said.append(_("All awarded before the end of %(day)s.") % {"day": badge_page.day(link.as_of)})
    said.append(_("Check them all: %(address)s") % {"address": short})
    return "\n".join(said) + "\n"


def _plain(text: str) -> str:
    """One line without what a form may take for markup."""
    return re.sub(r"\s+", " ", text.translate(str.maketrans("", "", "<>*_`#"))).strip()
