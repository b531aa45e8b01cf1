"""Verifying a credential of anybody's: a list of checks, each with its own outcome, and one state for all.

Whatever could not be checked is `unknown`, never `failed`. Source: 1EdTech Open Badges 3.0, section 9, Verification and
Validation; W3C VC Data Integrity, section 4; W3C Bitstring Status List, section 3.2.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from .. import jws
from ..baking import is_image, unbake
from ..canonical import bounded, parse
from ..contexts import Contexts
from ..errors import BakingError, FormatError, LimitError, OpenBadgeError, UnreachableError
from ..template import Templates
from ..vc_jwt import credential_in, end_of, presentation_in
from .assertion import assertion_checks, is_assertion
from .contents import endorsements_check, members_check
from .dates import dates_check, instant
from .means import Json, Means, Resolver, is_http
from .parts import id_of, types_of
from .report import Check, Presented, Report, VerdictState
from .shape import context_check, shape_check, terms_check
from .signature import proof_and_issuer
from .status import status_check
from .token import presenter_checks, token_and_issuer

__all__ = ["Check", "Presented", "Report", "Resolver", "instant", "open_presentation", "verify"]


def verify(
    data: bytes | str | Json,
    *,
    resolver: Resolver,
    contexts: Contexts,
    now: datetime,
    templates: Templates | None = None,
) -> Report:
    """Verify a credential given as JSON, as a dict, as a compact JWS, or as a baked PNG or SVG of one of these.

    Open Badges 3.0, transcripts (CLR 2.0) and endorsements; also Open Badges 2.0, signed or hosted, or only the address
    of a hosted one.

    now: the moment to judge by, aware. templates: those of the issuer itself, which make its own documents quick.
    Never raises for untrusted input: everything is told in the report. The checks, in order: format, context, shape,
    proof, issuer, status, dates, contents, endorsements.
    """
    return _verify_given(data, Means(resolver, contexts, now, templates), depth=0)


def open_presentation(data: bytes | str, *, resolver: Resolver, contexts: Contexts, now: datetime) -> Presented:
    """Take a presentation out of a signed token, with what is told of the signature and of whose it is.

    What is in the presentation is not looked at. Raises FormatError or LimitError when there is none in it.
    Source: W3C VC-JOSE-COSE, section 3.1.2.
    """
    token, means = jws.read(data), Means(resolver, contexts, now)
    document = means.checked(presentation_in(token.payload))
    holder, named = token.payload.get("iss"), id_of(document.get("holder"))
    if holder is not None and named is not None and holder != named:
        twice = Check("holder", "failed", "holder-mismatch", "The token and the presentation in it name two holders.")
        return Presented(document, token.payload, (twice,), None)
    who = named or (holder if isinstance(holder, str) else None)
    proof, issuer = presenter_checks(token, who, means)
    is_told = proof.outcome == issuer.outcome == "passed"
    return Presented(document, token.payload, (proof, issuer), who if is_told else None)


def _verify_given(data: bytes | str | Json, means: Means, depth: int) -> Report:
    try:
        if isinstance(data, bytes) and is_image(data):
            data = unbake(data)
        if isinstance(data, bytes | str) and jws.is_compact(data):
            return _verify_token(jws.read(data), means, depth)
        if isinstance(data, bytes | str) and (address := _address(data)) is not None:
            return _verify_hosted(address, means)
        document = parse(data) if isinstance(data, bytes | str) else data
        if isinstance(document, Mapping) and is_assertion(document):
            return _verify_assertion(bounded(document), None, means)
        document = means.checked(document)
        if (enveloped := _enveloped(document)) is not None:
            return _verify_token(jws.read(enveloped), means, depth)
    except (BakingError, FormatError, LimitError) as error:
        return Report("unknown", (Check("format", "failed", error.code, str(error)),))
    return _verify_document(document, means, depth)


def _verify_document(document: dict[str, Any], means: Means, depth: int) -> Report:
    if "VerifiableCredential" in types_of(document):
        checks = [Check("format", "passed", "format", "The file is a credential in JSON.")]
    else:
        checks = [Check("format", "failed", "shape", "The file is JSON, but not a credential.")]
    checks.append(context_check(document, means.contexts))
    checks.append(shape_check(document))
    if checks[1].outcome == "passed":
        checks += proof_and_issuer(document, means)
    else:
        unread = "Without its contexts, the signature cannot be checked."
        checks += [Check(name, "unknown", "context-unknown", unread) for name in ("proof", "issuer")]
    dates = dates_check(document, means.now)
    if checks[0].outcome != "passed":
        dates = Check(
            "dates", "not-applicable", "dates-of-nothing", "It is not a credential, so no dates were looked at."
        )
    return _finished(document, checks, dates, means, depth)


def _verify_token(token: jws.Jws, means: Means, depth: int) -> Report:
    """Verify a credential in a signed token. Raises FormatError or LimitError when there is none in it."""
    if is_assertion(token.payload):
        return _verify_assertion(bounded(token.payload), token, means)
    document = means.checked(credential_in(token.payload))
    checks = [Check("format", "passed", "format-token", "The file is a credential in a signed token.")]
    checks.append(terms_check(document, means.contexts))
    checks.append(shape_check(document))
    checks += token_and_issuer(token, document, means)
    dates = dates_check(document, means.now, end=end_of(token.payload))
    return _finished(document, checks, dates, means, depth)


def _finished(document: dict[str, Any], checks: list[Check], dates: Check, means: Means, depth: int) -> Report:
    """Add what follows once the signature is told, and the state of all.

    An address in a document that nobody vouches for is not followed, nor is what others are said to say of it.
    """
    is_vouched = all(check.outcome == "passed" for check in checks if check.name in ("proof", "issuer"))
    if is_vouched:
        checks.append(status_check(document, means))
    else:
        unasked = "Without a good signature, what it says of its status means nothing."
        checks.append(Check("status", "unknown", "status-unasked", unasked))
    checks.append(dates)
    look = None if depth else lambda given: _verify_given(given, means, 1)
    contents, inside = members_check(document, means, look)
    checks.append(contents)
    endorsements: tuple[Report, ...] = ()
    if is_vouched and depth <= 1 and "EndorsementCredential" not in types_of(document):
        endorsed, endorsements = endorsements_check(document, means, lambda given: _verify_given(given, means, 2))
        checks.append(endorsed)
    return Report(_state(checks), tuple(checks), document, inside, endorsements)


def _verify_assertion(document: dict[str, Any], token: jws.Jws | None, means: Means) -> Report:
    kind = "The file is an Open Badge of version 2.0."
    checks = [Check("format", "passed", "format-2", kind), *assertion_checks(document, token, means)]
    return Report(_state(checks), tuple(checks), document)


def _verify_hosted(address: str, means: Means) -> Report:
    """Verify the Open Badge 2.0 at an address, which is all that some images hold."""
    try:
        document = means.document(address)
    except UnreachableError as error:
        sentence = "The file holds only the address of a badge, which could not be fetched."
        return Report("unknown", (Check("format", "unknown", error.code, sentence),))
    except OpenBadgeError as error:
        return Report("unknown", (Check("format", "failed", error.code, str(error)),))
    if not is_assertion(document):
        sentence = "The file holds only an address, and there is no badge under it."
        return Report("unknown", (Check("format", "failed", "format", sentence),))
    return _verify_assertion(document, None, means)


def _address(data: bytes | str) -> str | None:
    """Give the HTTP address that a text is, or None."""
    text = (data[:3000].decode("latin-1") if isinstance(data, bytes) else data[:3000]).strip()
    return text if len(data) <= 2000 and is_http(text) else None


def _enveloped(document: Json) -> str | None:
    """Give the token of an EnvelopedVerifiableCredential. Source: W3C VC Data Model 2.0, section 4.13."""
    if "EnvelopedVerifiableCredential" not in types_of(document):
        return None
    kind, _, token = str(document.get("id")).partition(",")
    return token if kind in ("data:application/vc+jwt", "data:application/jwt") else None


def _state(checks: Sequence[Check]) -> VerdictState:
    by_name = {check.name: check for check in checks}
    if any(by_name[name].outcome == "failed" for name in ("proof", "issuer")):
        return "altered"
    if any(by_name[name].outcome != "passed" for name in ("context", "shape", "proof", "issuer")):
        return "unknown"
    if by_name["status"].outcome == "failed":
        return "revoked"
    if by_name["dates"].outcome == "failed":
        return "expired" if by_name["dates"].code == "expired" else "unknown"
    doubts = [check for check in checks if check.outcome in ("failed", "unknown")]
    if any(check.name != "endorsements" or check.code == "endorsements-altered" for check in doubts):
        return "unknown"  # what others say of it neither makes nor unmakes a badge, unless it was forged
    return "valid"
