"""Checking a file that somebody brings: JSON, a baked image or a PDF, from this registry or from anybody."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from issuance import core
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument
from issuance.outside import Outside
from issuance.pdf import check as pdf
from issuance.verification import receipts
from issuance.verification.awards import holder_name, shared_award, standing_check
from issuance.verification.holding import holder_check
from issuance.verification.receipts import ReceiptRow
from issuance.verification.registry import ListVersion, Registry, read_object, verify_bytes
from issuance.verification.words import FILE_WORDS
from issuance.workflow import KeyState
from learners.models import Award
from learners.workflow import AwardStatus


@dataclass(frozen=True)
class FileVerdict:
    """What the file check answers.

    state: as in Verdict, or altered, withdrawn (the key), mixed (a transcript of which not every badge stands), or unknown
    when something could not be checked. page: the address of the badge's own page, where anybody may see it. inside: the
    verdicts on the badges of a transcript. digest: SHA-256 of the signed bytes that were given, in hex. status_list: the
    first that was looked at. receipt: what a receipt of ours says, when the file is one.
    """

    state: str
    checks: tuple[ob.Check, ...]
    holder: str = ""
    title: str = ""
    issuer: str = ""
    issued_at: datetime | None = None
    valid_until: datetime | None = None
    page: str = ""
    inside: tuple["FileVerdict", ...] = ()
    badge_id: str = ""
    digest: str = ""
    status_list: ListVersion | None = None
    receipt: tuple["ReceiptRow", ...] = ()

    @property
    def kind(self) -> str:
        """The status component's kind."""
        return {"altered": "failed", "withdrawn": "failed", "mixed": "suspended"}.get(self.state, self.state)

    @property
    def word(self) -> str:
        return str(FILE_WORDS[self.state])

    @property
    def other_holder(self) -> str:
        """The sentence on a holder who is not the one that was named, or ""."""
        return next((each.sentence for each in self.checks if each.code == "holder-other"), "")


JSON_MAX_BYTES = 512 * 1024
FILE_MAX_BYTES = 4 * 1024 * 1024  # images and PDFs
# What is said of a PDF and of the record inside it together: the one that asks for more care.
CARE = ("altered", "withdrawn", "revoked", "unknown", "mixed", "suspended", "superseded", "expired", "valid", "receipt")


def check_file(content: bytes, *, at: datetime, holder: str = "") -> FileVerdict:
    """Check a file that somebody brings: JSON, a baked image or a PDF. Never raises for what is in it.

    For a badge of this registry, the registry's own word is added. holder: the name or e-mail address of whoever should hold
    it; how the file answers to that is a line of its own, and says nothing of the badge's state.
    """
    if pdf.is_pdf(content):
        return _check_pdf(content, at, holder)
    return _check_record(content, at, holder)


def _check_pdf(content: bytes, at: datetime, holder: str) -> FileVerdict:
    report = pdf.read(content, at=at)
    if report.record is None:
        state = "altered" if report.state == "altered" else "unknown"
        lines = [report.check] if report.check.outcome == "failed" else [report.check, pdf.no_record()]
        return FileVerdict(state, tuple(lines))
    record = _check_record(report.record, at, holder)
    state = record.state if report.state == "good" else min(record.state, report.state, key=CARE.index)
    return replace(record, state=state, checks=(report.check, *record.checks))


def _check_record(content: bytes, at: datetime, holder: str) -> FileVerdict:
    if ob.is_image(content):
        try:
            content = ob.unbake(content)
        except ob.BakingError as error:
            return FileVerdict("unknown", (ob.Check("format", "failed", error.code, str(error)),))
    if len(content) > JSON_MAX_BYTES:
        sentence = _("The badge is larger than 512 kB; badges are much smaller.")
        return FileVerdict("unknown", (ob.Check("format", "failed", "too-large", sentence),))
    if receipts.is_receipt(document := read_object(content)):
        return _check_receipt(document, content)
    registry = Registry(Outside() if settings.ASK_OTHER_ISSUERS else None)
    report = verify_bytes(content, at=at, registry=registry)
    if report.document is None and report.checks[0].outcome == "failed" and report.checks[0].code == "format":
        sentence = _("This is not a badge. Ask its holder for the file as it was downloaded: JSON, PNG, SVG or PDF.")
        return FileVerdict("unknown", (ob.Check("format", "failed", "format", sentence),))
    verdict = _verdict(report, at)
    if report.document is not None:
        is_vouched = all(report.check(name).outcome == "passed" for name in ("proof", "issuer"))
        line = holder_check(report.document, holder, is_vouched=is_vouched)
        verdict = replace(verdict, checks=(*verdict.checks, line))
    return replace(
        verdict,
        badge_id=str((report.document or {}).get("id", ""))[:500],
        digest=hashlib.sha256(content).hexdigest(),
        status_list=next(iter(registry.lists.values()), None),
    )


def _check_receipt(document: dict[str, Any], content: bytes) -> FileVerdict:
    state, checks = receipts.check(document)
    title, issuer = str(document.get("name", ""))[:200], document.get("issuer")
    name = str(issuer.get("name", ""))[:200] if isinstance(issuer, dict) else ""
    subject = document.get("credentialSubject")
    rows = receipts.rows_of(subject.get("checked") if isinstance(subject, dict) else None)
    return FileVerdict(
        state,
        checks,
        title=title,
        issuer=name,
        issued_at=moment(document.get("validFrom")),
        digest=hashlib.sha256(content).hexdigest(),
        receipt=tuple(rows) if state in {"receipt", "withdrawn"} else (),
    )


def _verdict(report: ob.Report, at: datetime) -> FileVerdict:
    """A report with what the registry knows besides, for a badge or a transcript of its own."""
    document = report.document or {}
    inside = tuple(_verdict(each, at) for each in report.inside)
    state, checks = str(report.state), report.checks
    award = _award_of(document)
    if any(check.code == "key-not-allowed" for check in checks):
        state, checks = "withdrawn", (*checks, *_issued_anew(document, at))
    elif (state == "unknown" and _only_its_contents_fail(checks)) or (
        state == "valid" and any(each.state != "valid" for each in inside)
    ):
        state = "mixed"
    elif state == "revoked" and award is not None and award.status not in {AwardStatus.REVOKED, AwardStatus.SUPERSEDED}:
        # The bit is set because another file took its place; the award itself stands.
        state = "superseded"
        kept = [check for check in checks if check.name != "status"]
        checks = (*kept, _replaced(), *_issued_anew(document, at))
    elif state in {"valid", "expired", "revoked"} and award is not None and (word := _registry_word(award)):
        state, checks = word[0], (*checks, word[1])
    is_open = state not in {"altered", "unknown"} and award is not None and shared_award(award.public_id, at=at)
    page = core.url(f"/v/{award.public_id}") if award is not None and is_open else ""
    return FileVerdict(state, checks, *_about(document), page=page, inside=inside)


def _replaced() -> ob.Check:
    return ob.Check(
        "status", "failed", "superseded", _("It is genuine, and a newer file of the same badge replaces it.")
    )


def _only_its_contents_fail(checks: tuple[ob.Check, ...]) -> bool:
    """Whether a transcript is sound in itself, and some badge in it is known not to stand."""
    doubts = [check for check in checks if check.outcome in {"failed", "unknown"}]
    return [(check.name, check.outcome) for check in doubts] == [("contents", "failed")]


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


def _about(document: dict[str, Any]) -> tuple[str, str, str, datetime | None, datetime | None]:
    """Holder, title, issuer's name and dates as the file says them; only shown together with the checks."""
    subject = document.get("credentialSubject")
    subject = subject if isinstance(subject, dict) else {}
    achievement, issuer = subject.get("achievement"), document.get("issuer")
    title = str(achievement.get("name", "")) if isinstance(achievement, dict) else str(document.get("name", ""))
    name = str(issuer.get("name", "")) if isinstance(issuer, dict) else str(issuer or "")
    issued = document.get("awardedDate") or document.get("validFrom") or document.get("issuanceDate")
    until = document.get("validUntil") or document.get("expirationDate")
    return holder_name(document)[:200], title[:200], name[:200], moment(issued), moment(until)


def moment(value: Any) -> datetime | None:
    """A date and time that somebody wrote, as far as it is one."""
    try:
        return ob.read_timestamp(value, "date").astimezone(UTC)
    except (ob.OpenBadgeError, ValueError, OverflowError):
        return None
