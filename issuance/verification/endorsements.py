"""The verdict on an endorsement, from the bytes that are served."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from credentials.models import Endorsement
from issuance import badges
from issuance import openbadges as ob
from issuance.models import DocumentKind, SignedDocument
from issuance.verification.registry import read_object, verify_bytes


@dataclass(frozen=True)
class EndorsementVerdict:
    """How an endorsement stands now. state: valid, revoked (withdrawn) or failed. content: the signed bytes, as stored.

    credential: the same, read; empty when they do not read.
    """

    endorsement: Endorsement
    state: str
    checks: tuple[ob.Check, ...]
    content: bytes
    credential: dict[str, Any]
    signed_at: datetime

    @property
    def statement(self) -> str:
        """What the organization says, in the signed bytes."""
        return str(_part(self.credential, "credentialSubject").get("endorsementComment", ""))

    @property
    def organization(self) -> str:
        """Who says it, in the signed bytes."""
        return str(_part(self.credential, "issuer").get("name", ""))

    @property
    def website(self) -> str:
        return str(_part(self.credential, "issuer").get("url", ""))


def _part(credential: dict[str, Any], name: str) -> dict[str, Any]:
    part = credential.get(name)
    return part if isinstance(part, dict) else {}


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
    elif not _says(read_object(content), endorsement, at):
        changed = _("The record of the registry no longer says what was signed.")
        checks, state = (ob.Check("document", "failed", "record-changed", changed), *checks), "failed"
    elif not endorsement.is_standing and state in {"valid", "revoked"}:
        state = "revoked"  # the bit follows in a moment
        withdrawn = _("It is genuine, and it was withdrawn.")
        kept = tuple(each for each in checks if each.name != "status")
        checks = (*kept, ob.Check("status", "failed", "withdrawn", withdrawn))
    elif state != "valid":
        state = "failed"
    return EndorsementVerdict(endorsement, state, checks, content, read_object(content), document.signed_at)


def _says(credential: dict[str, Any], endorsement: Endorsement, at: datetime) -> bool:
    """Tell whether a record still is the one that was signed. The organization may have another name and website since."""
    try:
        built = badges.endorsement(endorsement, status=badges.NOWHERE, valid_from=at).to_dict()
    except ob.ModelError:
        return False
    issuer = _part(credential, "issuer")
    begins = badges.confirmed_by(endorsement, str(issuer.get("name", "")))
    return (
        all(credential.get(part) == built.get(part) for part in ("id", "name", "awardedDate", "credentialSubject"))
        and issuer.get("id") == built["issuer"]["id"]
        and str(issuer.get("description", "")).startswith(begins)
    )
