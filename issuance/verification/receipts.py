"""The form of a receipt, and checking one that somebody brings.

A receipt is a verifiable credential with an `eddsa-rdfc-2022` proof by the issuer's key. It brings its few terms along, so
that any verifier of the standard can check it without asking us for a vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.verification.words import LIST_WORDS

KIND = "CheckReceipt"
VC = "https://www.w3.org/ns/credentials/v2"
GROUP = 200
_TERM = "urn:signet:receipt:"
_XSD = "http://www.w3.org/2001/XMLSchema#"
TERMS: dict[str, Any] = {
    KIND: f"{_TERM}CheckReceipt",
    "CheckedBadges": f"{_TERM}CheckedBadges",
    "CheckedBadge": f"{_TERM}CheckedBadge",
    "checked": {"@id": f"{_TERM}checked", "@container": "@list"},
    "position": {"@id": f"{_TERM}position", "@type": f"{_XSD}integer"},
    "state": f"{_TERM}state",
    "statement": f"{_TERM}statement",
    "checkedAt": {"@id": f"{_TERM}checkedAt", "@type": f"{_XSD}dateTime"},
    "badge": f"{_TERM}badge",
    "title": f"{_TERM}title",
    "badgeIssuer": f"{_TERM}badgeIssuer",
    "digest": f"{_TERM}digest",
    "statusList": f"{_TERM}statusList",
    "statusListDigest": f"{_TERM}statusListDigest",
    "statusListIssued": {"@id": f"{_TERM}statusListIssued", "@type": f"{_XSD}dateTime"},
}


def statement(
    *, receipt_id: str, issuer: str, issuer_name: str, name: str, entries: Sequence[dict[str, Any]], at: datetime
) -> dict[str, Any]:
    """The document that is signed."""
    return {
        "@context": [VC, TERMS],
        "id": receipt_id,
        "type": ["VerifiableCredential", KIND],
        "issuer": {"id": issuer, "name": issuer_name},
        "name": name,
        "validFrom": ob.timestamp(at, "validFrom"),
        "credentialSubject": {
            "type": "CheckedBadges",
            "checked": _grouped(receipt_id, entries),
        },
    }


def _grouped(receipt_id: str, entries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries as nodes; in groups when they are many, since a property has at most 250 values in what is signed."""
    nodes = [{"id": f"{receipt_id}#{entry['position']}", "type": "CheckedBadge", **entry} for entry in entries]
    if len(nodes) <= GROUP:
        return nodes
    return [
        {
            "id": f"{receipt_id}#group-{start // GROUP + 1}",
            "type": "CheckedBadges",
            "checked": nodes[start : start + GROUP],
        }
        for start in range(0, len(nodes), GROUP)
    ]


@dataclass(frozen=True)
class ReceiptRow:
    """One badge of a receipt, for people."""

    title: str
    badge: str
    issuer: str
    state: str
    word: str
    statement: str
    checked_at: datetime | None
    digest: str
    status_list: str
    status_list_digest: str
    status_list_at: datetime | None

    @property
    def kind(self) -> str:
        """The status component's kind."""
        kinds = {"altered": "failed", "withdrawn": "failed", "mixed": "suspended", "not-shown": "unknown"}
        return kinds.get(self.state, self.state)


def rows_of(entries: Any) -> list[ReceiptRow]:
    """What a receipt says of each badge. Takes what anybody wrote, and shows only what is text."""
    rows = []
    for entry in _entries(entries):
        text = {name: str(value)[:500] for name, value in entry.items()} if isinstance(entry, dict) else {}
        state = text.get("state", "")
        rows.append(
            ReceiptRow(
                title=text.get("title", ""),
                badge=text.get("badge", ""),
                issuer=text.get("badgeIssuer", ""),
                state=state if state in LIST_WORDS else "unknown",
                word=str(LIST_WORDS.get(state, LIST_WORDS["unknown"])),
                statement=text.get("statement", ""),
                checked_at=_moment(text.get("checkedAt", "")),
                digest=text.get("digest", ""),
                status_list=text.get("statusList", ""),
                status_list_digest=text.get("statusListDigest", ""),
                status_list_at=_moment(text.get("statusListIssued", "")),
            )
        )
    return rows


def _entries(given: Any) -> list[Any]:
    """The entries of a receipt, out of their groups."""
    found: list[Any] = []
    for each in given if isinstance(given, list) else []:
        grouped = each.get("checked") if isinstance(each, dict) else None
        found += grouped if isinstance(grouped, list) else [each]
    return found


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def is_receipt(document: dict[str, Any]) -> bool:
    types = document.get("type")
    return KIND in types if isinstance(types, list) else types == KIND


def check(document: dict[str, Any]) -> tuple[str, tuple[ob.Check, ...]]:
    """Check a receipt of this registry: "receipt", "altered", "withdrawn" or "unknown", with the lines of the check.

    Only receipts of this registry are known: what another one calls a receipt means what its own terms say.
    """
    form = ob.Check("format", "passed", "format-receipt", _("The file is a receipt of a check."))
    issuer = document.get("issuer")
    named = issuer.get("id") if isinstance(issuer, dict) else issuer
    organization = next(
        (each for each in Organization.objects.filter(is_issuer=True) if core.did_of(each) == named), None
    )
    if organization is None:
        sentence = _("It is not a receipt of this registry. Ask the one that it names.")
        return "unknown", (form, ob.Check("issuer", "unknown", "receipt-elsewhere", sentence))
    if document.get("@context") != [VC, TERMS]:
        sentence = _("It uses other words than the receipts of this registry.")
        return "altered", (form, ob.Check("context", "failed", "receipt-terms", sentence))
    state, proof = _signature(document, organization)
    return state, (form, proof)


def _signature(document: dict[str, Any], organization: Organization) -> tuple[str, ob.Check]:
    from issuance.verification.registry import did_document

    published = did_document(organization)
    try:
        proofs = ob.proofs_of(document)
        checked = ob.checked(document)
        for proof in proofs:
            method = proof.get("verificationMethod")
            known = next((each for each in published["verificationMethod"] if each["id"] == method), None)
            if known is None or proof.get("proofPurpose") != "assertionMethod":
                sentence = _("The key that signed it is not one of this registry.")
                return "altered", ob.Check("proof", "failed", "receipt-key", sentence)
            key = ob.from_multikey(known["publicKeyMultibase"])
            ob.verify_proof(checked, proof, public_key=key, contexts=core.contexts())
            if method not in published["assertionMethod"]:
                sentence = _("It was signed with a key that was withdrawn since. Check the badges again.")
                return "withdrawn", ob.Check("proof", "failed", "key-not-allowed", sentence)
    except ob.OpenBadgeError as error:
        sentence = _("The receipt was changed, or not signed here. %(cause)s") % {"cause": error}
        return "altered", ob.Check("proof", "failed", error.code, sentence)
    return "receipt", ob.Check(
        "proof", "passed", "signature-good", _("It is signed by this registry, and unchanged since.")
    )
