"""The verdict on an award, from the bytes that are served.

Their digest is compared at each request; a full verification of a digest is reused, and any other digest is verified in full
on the spot, so a byte changed in the database turns every answer to failed.
"""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from config.statements import prepared_cursor
from issuance import core
from issuance import openbadges as ob
from issuance.models import SignedDocument
from issuance.verification.registry import ListVersion, read_object, verify_bytes
from learners.workflow import AwardStatus, standing

# One statement decides everything: no row means that there is nothing to show, for whatever reason (decision 0004). A badge
# under a former name is such a reason: in a moment it is there again, under the present one. The name is asked for last, of
# what may be seen alone: as one join more it was looked up before the consent, and a closed badge answered later than none.
# PostgreSQL counts the bits of a byte from the right, a status list from the left.
SHARED = """
SELECT a.id, a.status, a.valid_until, a.revoked_at, a.credential_version_id,
       d.id, d.bytes, d.sha256, d.verified_sha256, d.verified_at,
       get_bit(list.bits, (entry.index / 8) * 8 + 7 - entry.index %% 8),
       EXISTS (SELECT 1 FROM learners_awardcomponent part WHERE part.award_id = a.id OR part.component_id = a.id)
       OR EXISTS (SELECT 1 FROM learners_amendment said WHERE said.award_id = a.id AND said.statement <> ''),
       {levels},
       signer.compromised_at,
       offered.status = 'retired', offered.review_on, list.public_id, list.sha256, list.signed_at,
       CASE WHEN a.status = 'superseded' THEN (
           SELECT current.public_id FROM learners_award current
           WHERE current.learner_id = a.learner_id AND current.credential_id = a.credential_id
             AND current.status IN ('active', 'suspended')
             AND EXISTS (SELECT 1 FROM issuance_signeddocument made
                         WHERE made.award_id = current.id AND made.kind = 'credential' AND made.superseded_at IS NULL)
             AND {successor}
       ) END,
       ARRAY(
           SELECT endorsed.id FROM credentials_endorsement endorsed
           JOIN issuance_signeddocument said ON said.endorsement_id = endorsed.id AND said.superseded_at IS NULL
           JOIN issuance_signingkey own ON own.id = said.key_id AND own.state <> 'compromised'
           WHERE endorsed.version_id = a.credential_version_id
             AND endorsed.withdrawn_at IS NULL AND endorsed.lapsed_at IS NULL
             AND said.verified_sha256 = encode(sha256(said.bytes), 'hex')
           ORDER BY endorsed.confirmed_at, endorsed.id
       ),
       d.holder = (SELECT named.display_name FROM learners_learner named WHERE named.id = a.learner_id)
FROM learners_award a
JOIN credentials_credential offered ON offered.id = a.credential_id
JOIN issuance_signeddocument d ON d.award_id = a.id AND d.kind = 'credential' AND d.superseded_at IS NULL
JOIN issuance_signingkey signer ON signer.id = d.key_id
JOIN issuance_statusentry entry ON entry.document_id = d.id
JOIN issuance_statuslist list ON list.id = entry.list_id
WHERE a.public_id = %s AND a.status <> 'withdrawn' AND {permission}
"""
STANDING = """
SELECT a.id, a.public_id, a.status, a.valid_until,
       get_bit(list.bits, (entry.index / 8) * 8 + 7 - entry.index %% 8),
       signer.compromised_at,
       d.sha256 = d.verified_sha256 AND d.sha256 = encode(sha256(d.bytes), 'hex')
FROM learners_award a
LEFT JOIN issuance_signeddocument d ON d.award_id = a.id AND d.kind = 'credential' AND d.superseded_at IS NULL
LEFT JOIN issuance_signingkey signer ON signer.id = d.key_id
LEFT JOIN issuance_statusentry entry ON entry.document_id = d.id
LEFT JOIN issuance_statuslist list ON list.id = entry.list_id
WHERE a.id = ANY(%s)
"""
CONSENTED = """EXISTS (
    SELECT 1 FROM issuance_consentaward covered JOIN issuance_consent consent ON consent.id = covered.consent_id
    WHERE covered.award_id = {award}.id AND consent.recipients = 'anyone-with-link' AND consent.withdrawn_at IS NULL
      AND (consent.ends_at IS NULL OR consent.ends_at > %s)
)"""
_PERMISSION = CONSENTED.format(award="a")
# The levels reached are shown where a standing consent says so by itself; asked of what may be seen alone.
_LEVELS = _PERMISSION.replace("WHERE ", "WHERE consent.shows_levels AND ")
_SUCCESSOR = CONSENTED.format(award="current")  # a page leads to the current badge only when that one is shared too
SHARED_BY_CONSENT = SHARED.format(permission=_PERMISSION, successor=_SUCCESSOR, levels=_LEVELS)
FOR_OWNER = SHARED.format(permission="%s::timestamptz IS NOT NULL", successor=_SUCCESSOR, levels=_LEVELS)


@dataclass(frozen=True)
class Verdict:
    """What is known of an issued award now.

    state: valid, expired, superseded, suspended, revoked or failed. checks: what was looked at, in order. content: the
    signed bytes, as stored. credential: the same, read; empty when they do not read. successor: the current badge that
    replaces a superseded one, when anyone with the link may see it. has_parts: whether the page says more than its version
    does: what it is made of, or a statement that its holder placed beside it. shows_levels: its holder shows the levels that they
    reached to anyone with the link. key_withdrawn_at: when the key that signed it
    was withdrawn, until it is issued anew. is_retired: what it is an award of is no longer offered.
    review_on: when its content is to be reviewed. status_list: the list as
    it was in the moment of the verdict. endorsements: the keys of those of its version that stand.
    """

    award_id: int
    document_id: int
    version_id: int
    state: str
    checks: tuple[ob.Check, ...]
    content: bytes
    digest: str
    credential: dict[str, Any]
    verified_at: datetime | None
    revoked_at: datetime | None
    valid_until: datetime | None
    has_parts: bool
    shows_levels: bool
    successor: UUID | None
    key_withdrawn_at: datetime | None = None
    is_retired: bool = False
    review_on: date | None = None
    status_list: ListVersion | None = None
    endorsements: tuple[int, ...] = ()

    @property
    def holder(self) -> str:
        """The name in the signed bytes."""
        return holder_name(self.credential)


def holder_name(document: dict[str, Any]) -> str:
    """The holder's name as a credential says it, or ""."""
    subject = document.get("credentialSubject")
    identities = subject.get("identifier") if isinstance(subject, dict) else None
    for identity in identities if isinstance(identities, list) else [identities]:
        if isinstance(identity, dict) and identity.get("identityType") == "name" and not identity.get("hashed"):
            return str(identity.get("identityHash", ""))
    return ""


def title_of(document: dict[str, Any]) -> str:
    """The title of what a credential says was achieved, or ""."""
    subject = document.get("credentialSubject")
    achievement = subject.get("achievement") if isinstance(subject, dict) else None
    return str(achievement.get("name", "")) if isinstance(achievement, dict) else ""


def shared_award(public_id: UUID, *, at: datetime) -> Verdict | None:
    """The verdict on an award that "anyone with the link" may see, or None. One statement."""
    return _verdict(SHARED_BY_CONSENT, public_id, at)


def own_award(public_id: UUID, *, at: datetime) -> Verdict | None:
    """The same without a consent, for pages that have decided who may look (owner, registrar)."""
    return _verdict(FOR_OWNER, public_id, at)


def _verdict(statement: str, public_id: UUID, at: datetime) -> Verdict | None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, [at, at, public_id, at])
        row = cursor.fetchone()
    if row is None or not row[-1]:
        return None
    (award_id, status, valid_until, revoked_at, version_id, document_id, content, digest, verified_digest) = row[:9]
    verified_at, bit, has_parts, shows_levels, withdrawn_at, is_retired, review_on, *listed, successor, endorsements = (
        row[9:-1]
    )
    content = bytes(content)
    found = hashlib.sha256(content).hexdigest()
    if found == digest == verified_digest:
        checks, is_sound = _unchanged(get_language()), True
    else:
        checks, is_sound = _verify_again(document_id, content, found, digest, at)
        verified_at = at if is_sound else None
    state = _standing(status, bool(bit), valid_until, withdrawn_at, at)
    if withdrawn_at is not None:
        checks, is_sound = (_key_withdrawn(withdrawn_at),), True
    checks += (standing_check(state, get_language()),)
    return Verdict(
        award_id=award_id,
        document_id=document_id,
        version_id=version_id,
        state=state if is_sound else "failed",
        checks=checks,
        content=content,
        digest=found,
        credential=read_object(content),
        verified_at=verified_at,
        revoked_at=revoked_at,
        valid_until=valid_until,
        has_parts=has_parts,
        shows_levels=shows_levels,
        successor=successor,
        key_withdrawn_at=withdrawn_at,
        is_retired=is_retired,
        review_on=review_on,
        status_list=ListVersion(core.url(f"/status/{listed[0]}"), listed[1], listed[2]),
        endorsements=tuple(endorsements),
    )


def _verify_again(
    document_id: int, content: bytes, found: str, recorded: str, at: datetime
) -> tuple[tuple[ob.Check, ...], bool]:
    """Verify bytes whose digest nobody has vouched for; remember it when they hold."""
    report = verify_bytes(content, at=at, templates=core.templates())
    is_sound = all(
        check.outcome == "passed" for check in report.checks if check.name in {"format", "context", "proof", "issuer"}
    )
    if found != recorded:
        changed = ob.Check(
            "document", "failed", "document-changed", _("The stored badge was changed after it was signed.")
        )
        return (changed, *report.checks), False
    if is_sound:
        SignedDocument.objects.filter(pk=document_id, sha256=found).update(verified_sha256=found, verified_at=at)
    return report.checks, is_sound


def _standing(
    status: str, is_bit_set: bool, valid_until: datetime | None, withdrawn_at: datetime | None, at: datetime
) -> str:
    """The award's state; the status list and the registry must say the same of a revocation.

    withdrawn_at: when the key that signed it was withdrawn. The signature no longer says anything then, and the workers are
    signing anew; a revocation stands all the same.
    """
    found = str(standing(status, valid_until, at))
    if is_bit_set != (status == AwardStatus.REVOKED):
        found = "superseded" if is_bit_set and status == AwardStatus.SUPERSEDED else "failed"
    return found if withdrawn_at is None or found == "revoked" else "suspended"


def standings(awards: Collection[int], *, at: datetime) -> dict[int, str]:
    """How each of these stands, by its key, as its own page says it; what has no signed badge, as the registry does.

    One query, and one more for each whose stored bytes nobody has vouched for.
    """
    found = {}
    with prepared_cursor() as cursor:
        cursor.execute(STANDING, [list(awards)])
        rows = cursor.fetchall()
    for award_id, public_id, status, valid_until, bit, withdrawn_at, is_vouched in rows:
        if bit is None:
            found[award_id] = str(standing(status, valid_until, at))
        elif is_vouched or withdrawn_at is not None:
            found[award_id] = _standing(status, bool(bit), valid_until, withdrawn_at, at)
        else:
            verdict = own_award(public_id, at=at)
            found[award_id] = verdict.state if verdict is not None else str(standing(status, valid_until, at))
    return found


def _key_withdrawn(at: datetime) -> ob.Check:
    sentence = _("It was signed with a key that the issuer withdrew on %(day)s. It is being issued anew.")
    return ob.Check("proof", "failed", "key-withdrawn", sentence % {"day": f"{timezone.localdate(at):%B %-d, %Y}"})


@lru_cache
def _unchanged(language: str | None) -> tuple[ob.Check, ...]:
    """The checks of bytes that were verified before, in the language that is active."""
    same = _("The stored badge is byte for byte the one that was signed.")
    good = _("The signature is good, and the key is the issuer’s.")
    return (
        ob.Check("document", "passed", "document-unchanged", same),
        ob.Check("proof", "passed", "signature-good", good),
    )


@lru_cache
def standing_check(state: str, language: str | None) -> ob.Check:
    return _STANDING_CHECKS[state]()


_STANDING_CHECKS = {
    "valid": lambda: ob.Check("status", "passed", "status-current", _("It is not revoked, and it has not expired.")),
    "expired": lambda: ob.Check("status", "failed", "expired", _("It is genuine, and it has expired.")),
    "superseded": lambda: ob.Check(
        "status", "failed", "superseded", _("It is genuine, and a newer award replaces it.")
    ),
    "suspended": lambda: ob.Check(
        "status", "failed", "suspended", _("The issuer has suspended it for the time being.")
    ),
    "revoked": lambda: ob.Check("status", "failed", "revoked", _("It is genuine, and the issuer has revoked it.")),
    "failed": lambda: ob.Check(
        "status", "failed", "status-disagrees", _("The status list and the registry disagree. Ask the issuer.")
    ),
}
