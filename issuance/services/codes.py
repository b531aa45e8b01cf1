"""Short codes for print: twelve letters and digits instead of a long address. They open what the address opens, no more."""

from datetime import datetime

from django.db import connection

from issuance.models import ShareLink, ShortCode
from issuance.models.sharing import CODE_ALPHABET, CODE_LENGTH
from issuance.verification.awards import CONSENTED
from learners.models import Award

# One statement for every cause of "nothing to show", as for a badge's page (decision 0004).
OPENED = f"""
SELECT '/v/' || a.public_id
FROM issuance_shortcode code JOIN learners_award a ON a.id = code.award_id
WHERE code.code = %s AND a.status <> 'withdrawn' AND {CONSENTED.format(award="a")}
UNION ALL
SELECT CASE link.kind WHEN 'profile' THEN '/p/' ELSE '/s/' END || link.token
FROM issuance_shortcode code
JOIN issuance_sharelink link ON link.id = code.link_id
JOIN issuance_consent consent ON consent.id = link.consent_id
WHERE code.code = %s AND (link.ends_at IS NULL OR link.ends_at > %s)
  AND consent.withdrawn_at IS NULL AND (consent.ends_at IS NULL OR consent.ends_at > %s)
"""  # noqa: S608  from our own constants


def code_of(thing: Award | ShareLink, *, at: datetime) -> ShortCode:
    """The short code of an award or a link; made when it is first asked for."""
    subject = {"award": thing} if isinstance(thing, Award) else {"link": thing}
    return ShortCode.objects.get_or_create(**subject, defaults={"created_at": at})[0]


def read_code(text: str) -> str:
    """What somebody typed from paper, as a code: without spaces and dashes, in capitals; "" when it cannot be one."""
    code = "".join(letter for letter in text.upper() if letter not in " -–\t")
    return code if len(code) == CODE_LENGTH and set(code) <= set(CODE_ALPHABET) else ""


def opened_by(code: str, *, at: datetime) -> str | None:
    """The path that a code opens now, or None. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(OPENED, [code, at, code, at, at])
        row = cursor.fetchone()
    return row[0] if row else None
