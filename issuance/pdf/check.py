"""Checking a PDF that somebody brings: its signature under our roots, and the signed record that it carries."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from issuance import openbadges as ob
from issuance.models import KeyPurpose, SigningKey
from issuance.workflow import KeyState

if TYPE_CHECKING:
    from issuance.pdf import sign

logger = logging.getLogger("signet.check")

RECORDS = ("badge.json", "clr.json", "receipt.json")


@dataclass(frozen=True)
class PdfReport:
    """What a PDF says of itself. state: good, altered or unknown. record: the signed JSON inside, if there is one."""

    state: str
    check: ob.Check
    record: bytes | None


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def read(pdf: bytes, *, at: datetime) -> PdfReport:
    """Check a stranger's PDF. Never raises: what a hostile file does to the reader is told as "does not read"."""
    from issuance.pdf import sign  # pyHanko takes half a second; few processes ever need it

    roots = (
        SigningKey.objects.filter(purpose=KeyPurpose.DOCUMENT)
        .exclude(state=KeyState.COMPROMISED)
        .values_list("root_certificate", flat=True)
    )
    try:
        verdict = sign.check(pdf, roots=list(roots), at=at)
    except Exception as error:  # noqa: BLE001  the file decides what the reader meets
        logger.info("a PDF does not read", extra={"cause": type(error).__name__})
        return PdfReport("unknown", _check("failed", "pdf-format", _("The file does not read as a PDF.")), None)
    record = next((verdict.attachments[name] for name in RECORDS if name in verdict.attachments), None)
    return PdfReport(*_judge(verdict), record)


def _judge(verdict: sign.PdfVerdict) -> tuple[str, ob.Check]:
    if verdict.is_good:
        sentence = _("The PDF is signed by this registry, and unchanged since.")
        if verdict.stamped_at is not None:
            when = date_format(timezone.localtime(verdict.stamped_at), "M j, Y, g:i A T")
            sentence = _("The PDF is signed by this registry, and unchanged since. Its time stamp says %(when)s.")
            sentence %= {"when": when}
        return "good", _check("passed", "pdf-signature", sentence)
    if not verdict.is_signed:
        sentence = _("The PDF carries no signature, so what it prints cannot be confirmed.")
        return "unknown", _check("unknown", "pdf-unsigned", sentence)
    if not (verdict.is_intact and verdict.covers_all):
        return "altered", _check("failed", "pdf-changed", _("The PDF was changed after it was signed."))
    sentence = _("The PDF is signed, but not under a certificate of this registry.")
    return "unknown", _check("unknown", "pdf-signer-unknown", sentence)


def no_record() -> ob.Check:
    return _check("unknown", "pdf-no-badge", _("The PDF carries no badge or transcript that could be checked."))


def _check(outcome: Any, code: str, sentence: str) -> ob.Check:
    return ob.Check(name="pdf", outcome=outcome, code=code, sentence=sentence)
