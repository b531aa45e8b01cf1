"""The verdict on an endorsement, from the bytes that are served."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from credentials.models import Endorsement
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument
from issuance.verification.registry import verify_bytes


@dataclass(frozen=True)
class EndorsementVerdict:
    """How an endorsement stands now. state: valid, revoked (withdrawn) or failed. content: the signed bytes, as stored."""

    endorsement: Endorsement
    state: str
    checks: tuple[ob.Check, ...]
    content: bytes
    signed_at: datetime


def endorsement_verdict(public_id: UUID, *, at: datetime) -> EndorsementVerdict | None:
    """The verdict on an endorsement that was signed, from the bytes that are served; None for any other."""
    document = (
        SignedDocument.objects.filter(endorsement__public_id=public_id, kind=DocumentKind.ENDORSEMENT)
        .select_related(
            "endorsement__organization", "endorsement__request", "endorsement__version__credential__organization"
        )
        .order_by("-sequence")
        .first()
    )
    if document is None or document.endorsement is None:
        return None
    endorsement, content = document.endorsement, bytes(document.bytes)
    report = verify_bytes(content, at=at)
    checks, state = report.checks, str(report.state)
    if hashlib.sha256(content).hexdigest() != document.sha256:
        changed = _("The stored endorsement was changed after it was signed.")
        checks, state = (ob.Check("document", "failed", "document-changed", changed), *checks), "failed"
    elif not endorsement.is_standing and state in {"valid", "revoked"}:
        state = "revoked"  # the bit follows in a moment
        withdrawn = _("It is genuine, and it was withdrawn.")
        kept = tuple(each for each in checks if each.name != "status")
        checks = (*kept, ob.Check("status", "failed", "withdrawn", withdrawn))
    elif state != "valid":
        state = "failed"
    return EndorsementVerdict(endorsement, state, checks, content, document.signed_at)
