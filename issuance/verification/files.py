"""Checking a file that somebody brings: JSON, a baked image or a PDF, from this registry or from anybody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from issuance import core
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument
from issuance.outside import Outside
from issuance.pdf import check as pdf
from issuance.verification.awards import holder_name, shared_award, standing_check
from issuance.verification.registry import verify_bytes
from issuance.workflow import KeyState
from learners.models import Award
from learners.workflow import AwardStatus


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
            return "unknown", (ob.Check("format", "failed", error.code, str(error)),), "", "", ""
    if len(content) > JSON_MAX_BYTES:
        sentence = _("The badge is larger than 512 kB; badges are much smaller.")
        return "unknown", (ob.Check("format", "failed", "too-large", sentence),), "", "", ""
    report = verify_bytes(content, at=at, outside=Outside() if settings.ASK_OTHER_ISSUERS else None)
    document = report.document or {}
    if report.document is None and report.checks[0].outcome == "failed" and report.checks[0].code == "format":
        sentence = _("This is not a badge. Ask its holder for the file as it was downloaded: JSON, PNG, SVG or PDF.")
        return "unknown", (ob.Check("format", "failed", "format", sentence),), "", "", ""
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
        return [ob.Check("status", "unknown", "being-reissued", _("The issuer is issuing this badge anew."))]
    if shared_award(award.public_id, at=at) is None:
        sentence = _("The issuer has issued this badge anew. Ask its holder for the new file.")
    else:
        sentence = _("The issuer has issued this badge anew: %(address)s") % {
            "address": core.url(f"/v/{award.public_id}")
        }
    return [ob.Check("status", "unknown", "reissued", sentence)]


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
        return award.status, standing_check(award.status, get_language())
    return None


def _about(document: dict[str, Any]) -> tuple[str, str, str]:
    """Holder, title and issuer's name as the file says them; only shown together with the checks."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement, issuer = subject.get("achievement"), document.get("issuer")
    title = str(achievement.get("name", "")) if isinstance(achievement, dict) else str(document.get("name", ""))
    name = str(issuer.get("name", "")) if isinstance(issuer, dict) else str(issuer or "")
    return holder_name(document)[:200], title[:200], name[:200]
