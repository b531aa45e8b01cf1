"""Checking what was issued: one answer for page, API and file check.

An award's answer is computed from the bytes that are served. Their digest is compared at each request; a full
verification of a digest is reused, and any other digest is verified in full on the spot, so a byte changed in the
database turns every answer to failed.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from config.statements import prepared_cursor
from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument, StatusList
from issuance.pdf import check as pdf
from issuance.services import keys
from issuance.workflow import KeyState
from learners.models import Award
from learners.workflow import AwardStatus

# One statement decides everything: no row means that there is nothing to show, for whatever reason (decision 0004).
# PostgreSQL counts the bits of a byte from the right, a status list from the left.
SHARED = """
SELECT a.id, a.status, a.valid_until, a.revoked_at, a.credential_version_id,
       d.id, d.bytes, d.sha256, d.verified_sha256, d.verified_at,
       get_bit(list.bits, (entry.index / 8) * 8 + 7 - entry.index %% 8),
       EXISTS (SELECT 1 FROM learners_awardcomponent part WHERE part.award_id = a.id OR part.component_id = a.id),
       signer.compromised_at,
       (SELECT next.public_id FROM learners_award next WHERE next.supersedes_id = a.id AND next.status <> 'withdrawn' LIMIT 1)
FROM learners_award a
JOIN issuance_signeddocument d ON d.award_id = a.id AND d.kind = 'credential' AND d.superseded_at IS NULL
JOIN issuance_signingkey signer ON signer.id = d.key_id
JOIN issuance_statusentry entry ON entry.document_id = d.id
JOIN issuance_statuslist list ON list.id = entry.list_id
WHERE a.public_id = %s AND a.status <> 'withdrawn' AND {permission}
"""
CONSENTED = """EXISTS (
    SELECT 1 FROM issuance_consentaward covered JOIN issuance_consent consent ON consent.id = covered.consent_id
    WHERE covered.award_id = a.id AND consent.recipients = 'anyone-with-link' AND consent.withdrawn_at IS NULL
      AND (consent.ends_at IS NULL OR consent.ends_at > %s)
)"""
SHARED_BY_CONSENT = SHARED.format(permission=CONSENTED)
FOR_OWNER = SHARED.format(permission="%s::timestamptz IS NOT NULL")


@dataclass(frozen=True)
class Verdict:
    """What is known of an issued award now.

    state: valid, expired, superseded, suspended, revoked or failed. checks: what was looked at, in order. content: the
    signed bytes, as stored. credential: the same, read; empty when they do not read.
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
    successor: UUID | None

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


def shared_award(public_id: UUID, *, at: datetime) -> Verdict | None:
    """The verdict on an award that "anyone with the link" may see, or None. One statement."""
    return _verdict(SHARED_BY_CONSENT, public_id, at)


def own_award(public_id: UUID, *, at: datetime) -> Verdict | None:
    """The same without a consent, for pages that have decided who may look (owner, registrar)."""
    return _verdict(FOR_OWNER, public_id, at)


def _verdict(statement: str, public_id: UUID, at: datetime) -> Verdict | None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, [public_id, at])
        row = cursor.fetchone()
    if row is None:
        return None
    (award_id, status, valid_until, revoked_at, version_id, document_id, content, digest, verified_digest) = row[:9]
    verified_at, bit, has_parts, withdrawn_at, successor = row[9:]
    content = bytes(content)
    found = hashlib.sha256(content).hexdigest()
    if found == digest == verified_digest:
        checks, is_sound = _unchanged(get_language()), True
    else:
        checks, is_sound = _verify_again(document_id, content, found, digest, at)
        verified_at = at if is_sound else None
    standing = _standing(status, bool(bit), valid_until, at)
    if withdrawn_at is not None:
        # The signature no longer says anything; the workers are signing anew. A revocation stands all the same.
        checks, is_sound = (_key_withdrawn(withdrawn_at),), True
        standing = standing if standing == "revoked" else "suspended"
    checks += (_standing_check(standing, get_language()),)
    return Verdict(
        award_id=award_id,
        document_id=document_id,
        version_id=version_id,
        state=standing if is_sound else "failed",
        checks=checks,
        content=content,
        digest=found,
        credential=_read(content),
        verified_at=verified_at,
        revoked_at=revoked_at,
        valid_until=valid_until,
        has_parts=has_parts,
        successor=successor,
    )


def _read(content: bytes) -> dict[str, Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}


def _verify_again(
    document_id: int, content: bytes, found: str, recorded: str, at: datetime
) -> tuple[tuple[ob.Check, ...], bool]:
    """Verify bytes whose digest nobody has vouched for; remember it when they hold."""
    report = verify_bytes(content, at=at, templates=core.templates())
    is_sound = all(
        check.outcome == "passed" for check in report.checks if check.name in {"format", "context", "proof", "issuer"}
    )
    if found != recorded:
        changed = _check(
            "document", "failed", "document-changed", _("The stored badge was changed after it was signed.")
        )
        return (changed, *report.checks), False
    if is_sound:
        SignedDocument.objects.filter(pk=document_id, sha256=found).update(verified_sha256=found, verified_at=at)
    return report.checks, is_sound


def _standing(status: str, is_bit_set: bool, valid_until: datetime | None, at: datetime) -> str:
    """The award's state; the status list and the registry must say the same of a revocation."""
    if is_bit_set != (status == AwardStatus.REVOKED):
        return "superseded" if is_bit_set and status == AwardStatus.SUPERSEDED else "failed"
    if status == AwardStatus.REVOKED:
        return "revoked"
    if status == AwardStatus.SUSPENDED:
        return "suspended"
    if status == AwardStatus.SUPERSEDED:
        return "superseded"
    if valid_until is not None and valid_until <= at:
        return "expired"
    return "valid"


def _key_withdrawn(at: datetime) -> ob.Check:
    sentence = _("It was signed with a key that the issuer withdrew on %(day)s. It is being issued anew.")
    return _check("proof", "failed", "key-withdrawn", sentence % {"day": f"{timezone.localdate(at):%B %-d, %Y}"})


def _check(name: str, outcome: Any, code: str, sentence: str) -> ob.Check:
    return ob.Check(name=name, outcome=outcome, code=code, sentence=sentence)


@lru_cache
def _unchanged(language: str | None) -> tuple[ob.Check, ...]:
    """The checks of bytes that were verified before, in the language that is active."""
    same = _("The stored badge is byte for byte the one that was signed.")
    good = _("The signature is good, and the key is the issuer's.")
    return (
        _check("document", "passed", "document-unchanged", same),
        _check("proof", "passed", "signature-good", good),
    )


@lru_cache
def _standing_check(standing: str, language: str | None) -> ob.Check:
    return _STANDING_CHECKS[standing]()


_STANDING_CHECKS = {
    "valid": lambda: _check("status", "passed", "status-current", _("It is not revoked, and it has not expired.")),
    "expired": lambda: _check("status", "failed", "expired", _("It is genuine, and it has expired.")),
    "superseded": lambda: _check("status", "failed", "superseded", _("It is genuine, and a newer award replaces it.")),
    "suspended": lambda: _check("status", "failed", "suspended", _("The issuer has suspended it for the time being.")),
    "revoked": lambda: _check("status", "failed", "revoked", _("It is genuine, and the issuer has revoked it.")),
    "failed": lambda: _check(
        "status", "failed", "status-disagrees", _("The status list and the registry disagree. Ask the issuer.")
    ),
}


class Registry:
    """The core's resolver over what this registry publishes itself; nothing is fetched from anywhere."""

    def did(self, document_id: str) -> dict[str, Any]:
        for organization in Organization.objects.filter(is_issuer=True):
            if core.did_of(organization) == document_id:
                return did_document(organization)
        raise ob.UnreachableError(_("The issuer is not this registry, and other issuers are not asked here."))

    def status_list(self, url: str) -> dict[str, Any]:
        start = core.url("/status/")
        try:
            public_id = UUID(url.removeprefix(start)) if url.startswith(start) else None
        except ValueError:
            public_id = None
        found = StatusList.objects.filter(public_id=public_id).first() if public_id else None
        if found is None:
            raise ob.UnreachableError(_("The status list is not one of this registry."))
        return _read(bytes(found.signed_bytes))

    def document(self, url: str) -> dict[str, Any]:
        raise ob.UnreachableError(_("Other issuers are not asked here."))


def did_document(organization: Organization) -> dict[str, Any]:
    """What did:web publishes for an organization, with the history of its keys."""
    return ob.did_document(core.did_of(organization), keys.published_keys(organization))


def verify_bytes(content: bytes | str, *, at: datetime, templates: ob.Templates | None = None) -> ob.Report:
    """Verify a credential in any form that the core reads, by what this registry publishes.

    templates: the signer's own, for stored documents only; a stranger's file must not fill them.
    """
    return ob.verify(content, resolver=Registry(), contexts=core.contexts(), now=at, templates=templates)


@dataclass(frozen=True)
class FileVerdict:
    """What the file check answers.

    state: as in Verdict, or altered, withdrawn (the key), or unknown when something could not be checked.
    """

    state: str
    checks: tuple[ob.Check, ...]
    holder: str
    title: str
    issuer: str

    @property
    def kind(self) -> str:
        """The status component's kind."""
        return "failed" if self.state in {"altered", "withdrawn"} else self.state

    @property
    def word(self) -> str:
        return str(FILE_WORDS[self.state])


# withdrawn: good in form, but signed with a key that may have been in other hands.
FILE_WORDS = {
    "withdrawn": gettext_lazy("Signed with a key that is no longer trusted"),
    "valid": gettext_lazy("Valid"),
    "expired": gettext_lazy("Genuine, and expired"),
    "superseded": gettext_lazy("Genuine, and replaced by a newer award"),
    "suspended": gettext_lazy("Genuine, and suspended"),
    "revoked": gettext_lazy("Genuine, and revoked"),
    "altered": gettext_lazy("Changed, or not issued by whom it names"),
    "unknown": gettext_lazy("Could not be confirmed"),
}


JSON_MAX_BYTES = 512 * 1024
FILE_MAX_BYTES = 4 * 1024 * 1024  # images and PDFs
# What is said of a PDF and of the record inside it together: the one that asks for more care.
CARE = ("altered", "withdrawn", "revoked", "unknown", "suspended", "superseded", "expired", "valid")


def check_file(content: bytes, *, at: datetime) -> FileVerdict:
    """Check a file that somebody brings: JSON, a baked image or a PDF. Never raises for what is in it.

    For a badge of this registry, the registry's own word is added.
    """
    if pdf.is_pdf(content):
        return _check_pdf(content, at)
    return FileVerdict(*_check_record(content, at))


def _check_pdf(content: bytes, at: datetime) -> FileVerdict:
    report = pdf.read(content, at=at)
    if report.record is None:
        state = "altered" if report.state == "altered" else "unknown"
        lines = [report.check] if report.check.outcome == "failed" else [report.check, pdf.no_record()]
        return FileVerdict(state, tuple(lines), "", "", "")
    state, checks, *about = _check_record(report.record, at)
    if report.state != "good":
        state = min(state, report.state, key=CARE.index)
    return FileVerdict(state, (report.check, *checks), *about)


def _check_record(content: bytes, at: datetime) -> tuple[str, tuple[ob.Check, ...], str, str, str]:
    if ob.is_image(content):
        try:
            content = ob.unbake(content)
        except ob.BakingError as error:
            return "unknown", (_check("format", "failed", error.code, str(error)),), "", "", ""
    if len(content) > JSON_MAX_BYTES:
        sentence = _("The badge is larger than 512 kB; badges are much smaller.")
        return "unknown", (_check("format", "failed", "too-large", sentence),), "", "", ""
    report = verify_bytes(content, at=at)
    document = report.document or {}
    state, checks = str(report.state), report.checks
    if any(check.code == "key-not-allowed" for check in checks):
        state, checks = "withdrawn", (*checks, *_issued_anew(document, at))
    if state in {"valid", "expired", "revoked"} and (award := _award_of(document)) is not None:
        word = _registry_word(award)
        if word is not None:
            state, checks = word[0], (*checks, word[1])
    return state, checks, *_about(document)


def _issued_anew(document: dict[str, Any], at: datetime) -> list[ob.Check]:
    """What took the place of a badge of ours whose key was withdrawn; its address only where anybody may see it."""
    award = _award_of(document)
    current = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award=award).select_related("key").first()
    if award is None or current is None:
        return []
    if current.key.state == KeyState.COMPROMISED:
        return [_check("status", "unknown", "being-reissued", _("The issuer is issuing this badge anew."))]
    if shared_award(award.public_id, at=at) is None:
        sentence = _("The issuer has issued this badge anew. Ask its holder for the new file.")
    else:
        sentence = _("The issuer has issued this badge anew: %(address)s") % {
            "address": core.url(f"/v/{award.public_id}")
        }
    return [_check("status", "unknown", "reissued", sentence)]


def _award_of(document: dict[str, Any]) -> Award | None:
    address = str(document.get("id", ""))
    start = core.url("/v/")
    try:
        return (
            Award.objects.filter(public_id=UUID(address.removeprefix(start))).first()
            if address.startswith(start)
            else None
        )
    except ValueError:
        return None


def _registry_word(award: Award) -> tuple[str, ob.Check] | None:
    """What the registry knows beyond the status list."""
    if award.status in {AwardStatus.SUSPENDED, AwardStatus.SUPERSEDED}:
        return award.status, _standing_check(award.status, get_language())
    return None


def _about(document: dict[str, Any]) -> tuple[str, str, str]:
    """Holder, title and issuer's name as the file says them; only shown together with the checks."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement, issuer = subject.get("achievement"), document.get("issuer")
    title = str(achievement.get("name", "")) if isinstance(achievement, dict) else str(document.get("name", ""))
    name = str(issuer.get("name", "")) if isinstance(issuer, dict) else str(issuer or "")
    return holder_name(document)[:200], title[:200], name[:200]
