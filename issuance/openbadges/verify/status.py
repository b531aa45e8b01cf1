"""Whether the issuer has revoked or suspended the credential since.

Source: W3C Bitstring Status List v1.0, section 3.2; 1EdTech Revocation List 1.0 (VCRL).
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from .. import jws
from ..canonical import bounded, parse
from ..errors import OpenBadgeError, StatusListError, UnreachableError
from ..status_list import decode, value_at
from ..vc_jwt import credential_in, end_of
from .dates import dates_check
from .means import Fetched, Json, Means, is_http
from .parts import as_list, id_of, is_index, issuer_id, mapping, objects, types_of
from .report import Check
from .shape import context_check
from .signature import proof_and_issuer
from .token import token_and_issuer

MAX_STATUSES = 4
#: The most bits that one entry of a list has here; the standard gives no limit.
MAX_STATUS_BITS = 8


def status_check(document: Json, means: Means) -> Check:
    """Tell whether a credential is revoked or suspended, by every list that it names; the worst answer counts."""
    entries = as_list(document.get("credentialStatus"))
    if not entries:
        return Check("status", "not-applicable", "status-none", "The issuer did not say where a revocation would show.")
    if len(entries) > MAX_STATUSES:
        return Check("status", "unknown", "status-many", "It names more status lists than are looked at here.")
    answers = [_one_status(entry, document, means) for entry in entries]
    order = ("failed", "unknown", "passed")
    return min(answers, key=lambda check: order.index(check.outcome))


def _one_status(entry: object, document: Json, means: Means) -> Check:
    kinds = types_of(mapping(entry))
    read = _in_bits if "BitstringStatusListEntry" in kinds else _in_names if "1EdTechRevocationList" in kinds else None
    if not isinstance(entry, Mapping) or read is None:
        return Check("status", "unknown", "status-unsupported", "Its kind of status cannot be checked here.")
    try:
        return read(entry, document, means)
    except UnreachableError as error:
        return Check("status", "unknown", error.code, "The issuer's status list could not be fetched.")
    except OpenBadgeError as error:
        return Check("status", "unknown", error.code, str(error))


def _in_bits(entry: Json, document: Json, means: Means) -> Check:
    url, purpose, index = (entry.get(name) for name in ("statusListCredential", "statusPurpose", "statusListIndex"))
    size = entry.get("statusSize", 1)
    if not is_http(url) or not isinstance(index, str) or not is_index(index):
        return _MALFORMED
    if not isinstance(size, int) or isinstance(size, bool) or not 1 <= size <= MAX_STATUS_BITS:
        return _MALFORMED
    if purpose not in ("revocation", "suspension"):
        return Check(
            "status", "passed", "status-note", "The issuer keeps a note on it that does not touch its validity."
        )
    issuer = issuer_id(document)
    bits = means.once("bits", (url, purpose, issuer), lambda: _trusted_bits(str(url), str(purpose), issuer, means))
    if not value_at(bits, int(index), size):
        return Check("status", "passed", "status", "The issuer has not revoked it.")
    if purpose == "revocation":
        return Check("status", "failed", "revoked", "The issuer has revoked it.")
    return Check("status", "failed", "suspended", "The issuer has suspended it for now.")


def _trusted_bits(url: str, purpose: str, issuer: str | None, means: Means) -> bytes:
    """Give the bits of a status list that is about this address and purpose, signed by the same issuer, and in date."""
    fetched = means.status_list(url)
    token = jws.read(fetched) if isinstance(fetched, str | bytes) and jws.is_compact(fetched) else None
    listed = means.checked(_object(fetched) if token is None else credential_in(token.payload))
    subject = listed.get("credentialSubject")
    if "BitstringStatusListCredential" not in types_of(listed) or not isinstance(subject, Mapping):
        raise StatusListError("What was fetched is not a status list.", code="status-list-format")
    if listed.get("id", url) != url:
        raise StatusListError("The status list is about another address.", code="status-list-address")
    if issuer_id(listed) != issuer:
        raise StatusListError("The status list is by another issuer.", code="status-list-issuer")
    if purpose not in as_list(subject.get("statusPurpose")):
        raise StatusListError(f"The status list is about something else than {purpose}.", code="status-list-purpose")
    if context_check(listed, means.contexts).outcome != "passed":
        raise StatusListError("The status list uses vocabularies that are not known here.", code="status-list-context")
    pair = proof_and_issuer(listed, means) if token is None else token_and_issuer(token, listed, means)
    for check in pair:
        if check.outcome != "passed":
            raise StatusListError(f"The status list cannot be trusted. {check.sentence}", code="status-list-proof")
    dates = dates_check(listed, means.now, end=None if token is None else end_of(token.payload))
    if dates.outcome != "passed":
        raise StatusListError(
            "The status list is out of date; its issuer should publish a new one.", code="status-list-stale"
        )
    return decode(subject.get("encodedList"))


def _in_names(entry: Json, document: Json, means: Means) -> Check:
    """Look for a credential among the revoked ones that a 1EdTech revocation list names.

    Such a list is not signed: that it came from the address that the signed credential gives is all there is.
    """
    url = entry.get("id")
    if not is_http(url):
        return _MALFORMED
    listed = bounded(_object(means.status_list(str(url))))
    if id_of(listed.get("id")) != url or not isinstance(listed.get("revokedCredential", []), list):
        raise StatusListError("What was fetched is not a list of revoked badges.", code="status-list-format")
    if id_of(listed.get("issuer")) != issuer_id(document):
        raise StatusListError("The status list is by another issuer.", code="status-list-issuer")
    wanted = _name(document.get("id"))
    for revoked in objects(listed.get("revokedCredential")):
        if _name(revoked.get("id")) == wanted and revoked.get("revoked", True) is not False:
            return Check("status", "failed", "revoked", "The issuer has revoked it.")
    return Check("status", "passed", "status", "The issuer has not revoked it.")


def _object(fetched: Fetched) -> Json:
    return parse(fetched) if isinstance(fetched, str | bytes) else fetched


def _name(identifier: object) -> str:
    """Give an id as the standard compares it: percent-decoded and trimmed."""
    return unquote(identifier).strip() if isinstance(identifier, str) else ""


_MALFORMED = Check("status", "unknown", "status-malformed", "Its place in the status list is malformed.")
