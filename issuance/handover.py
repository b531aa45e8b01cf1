"""What a learner takes elsewhere once a badge or a link is open: LinkedIn, an e-mail signature, a piece of a web page.

Static text: no script, no picture from another place than this site, and nothing of the person who looks.
"""

import html
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext as _

from issuance import badges, core
from issuance.models import ShareLink
from learners.models import Award


def linkedin_url(award: Award) -> str:
    """The page of LinkedIn that adds a certification to one's profile, filled in."""
    issued = timezone.localtime(award.awarded_at)
    values: dict[str, Any] = {
        "startTask": "CERTIFICATION_NAME",
        "name": award.credential_version.title,
        "organizationName": award.credential.organization.name,
        "issueYear": issued.year,
        "issueMonth": issued.month,
        "certUrl": badges.award_url(award.public_id),
        "certId": str(award.public_id),
    }
    if award.valid_until is not None:
        ends = timezone.localtime(award.valid_until)
        values |= {"expirationYear": ends.year, "expirationMonth": ends.month}
    return f"https://www.linkedin.com/profile/add?{urlencode(values)}"


def signature(award: Award) -> dict[str, str]:
    """A badge for the end of an e-mail: as a piece of HTML, and as plain text."""
    title, school = award.credential_version.title, award.credential.organization.name
    return _signature(f"{title}, {school}", badges.award_url(award.public_id))


def link_signature(link: ShareLink, address: str) -> dict[str, str]:
    return _signature(link.title, address)


def _signature(said: str, address: str) -> dict[str, str]:
    words = _("Check it")
    return {
        "html": f'<p>{html.escape(said)} · <a href="{html.escape(address)}">{html.escape(words)}</a></p>',
        "text": f"{said}\n{words}: {address}",
    }


def embed(award: Award) -> str:
    """A piece of HTML for a web page: the badge's picture with a link to its page. Both end with the consent."""
    address = badges.award_url(award.public_id)
    said = _("%(title)s, issued by %(school)s. Open to check it.") % {
        "title": award.credential_version.title,
        "school": award.credential.organization.name,
    }
    return (
        f'<a href="{html.escape(address)}" rel="noopener">'
        f'<img src="{html.escape(core.url(f"/v/{award.public_id}.svg"))}" width="160" height="160" '
        f'alt="{html.escape(said)}" loading="lazy"></a>'
    )
