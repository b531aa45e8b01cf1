"""Whether the issuer has revoked or suspended the credential since. Source: W3C Bitstring Status List, section 3.2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..canonical import checked, is_address
from ..errors import OpenBadgeError, StatusListError, UnreachableError
from ..status_list import decode, is_set
from .dates import dates_check
from .means import Json, Means
from .parts import as_list, is_index, issuer_id
from .report import Check
from .shape import context_check
from .signature import proof_and_issuer

MAX_STATUSES = 4


def status_check(document: Json, means: Means) -> Check:
    entries = as_list(document.get("credentialStatus"))
    if not entries:
        return Check("status", "not-applicable", "status-none", "The issuer did not say where a revocation would show.")
    if len(entries) > MAX_STATUSES:
        return Check("status", "unknown", "status-many", "It names more status lists than are looked at here.")
    answers = [_one_status(entry, document, means) for entry in entries]
    order = ("failed", "unknown", "passed")
    return min(answers, key=lambda check: order.index(check.outcome))


def _one_status(entry: object, document: Json, means: Means) -> Check:
    if not isinstance(entry, Mapping) or entry.get("type") not in (
        "BitstringStatusListEntry",
        ["BitstringStatusListEntry"],
    ):
        return Check("status", "unknown", "status-unsupported", "Its kind of status cannot be checked here.")
    url, purpose, index = (entry.get(name) for name in ("statusListCredential", "statusPurpose", "statusListIndex"))
    if not isinstance(url, str) or not is_address(url) or not isinstance(index, str) or not is_index(index):
        return Check("status", "unknown", "status-malformed", "Its place in the status list is malformed.")
    if purpose not in ("revocation", "suspension"):
        return Check("status", "passed", "status", "The issuer keeps a note on it that does not touch its validity.")
    try:
        listed = checked(means.resolver.status_list(url))
        bits = _trusted_bits(listed, url, str(purpose), issuer_id(document), means)
        held = is_set(bits, int(index))
    except UnreachableError as error:
        return Check("status", "unknown", error.code, "The issuer's status list could not be fetched.")
    except OpenBadgeError as error:
        return Check("status", "unknown", error.code, str(error))
    if held and purpose == "revocation":
        return Check("status", "failed", "revoked", "The issuer has revoked it.")
    if held:
        return Check("status", "failed", "suspended", "The issuer has suspended it for now.")
    return Check("status", "passed", "status", "The issuer has not revoked it.")


def _trusted_bits(
    listed: dict[str, Any],
    url: str,
    purpose: str,
    issuer: str | None,
    means: Means,
) -> bytes:
    """Give the bits of a status list that is about this address and purpose, signed by the same issuer, and in date."""
    subject = listed.get("credentialSubject")
    if "BitstringStatusListCredential" not in as_list(listed.get("type")) or not isinstance(subject, Mapping):
        raise StatusListError("What was fetched is not a status list.", code="status-list-format")
    if listed.get("id", url) != url:
        raise StatusListError("The status list is about another address.", code="status-list-address")
    if issuer_id(listed) != issuer:
        raise StatusListError("The status list is by another issuer.", code="status-list-issuer")
    if purpose not in as_list(subject.get("statusPurpose")):
        raise StatusListError("The status list is about something else than revocation.", code="status-list-purpose")
    if context_check(listed, means.contexts).outcome != "passed":
        raise StatusListError("The status list uses vocabularies that are not known here.", code="status-list-context")
    proof, key = proof_and_issuer(listed, means)
    for check in (proof, key):
        if check.outcome != "passed":
            raise StatusListError(f"The status list cannot be trusted. {check.sentence}", code="status-list-proof")
    dates = dates_check(listed, means.now)
    if dates.outcome == "failed":
        raise StatusListError(
            "The status list is out of date; its issuer should publish a new one.", code="status-list-stale"
        )
    return decode(subject.get("encodedList"))
