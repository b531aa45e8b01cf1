"""VC-JWT: a credential as the payload of a signed token, with claims that repeat what it says.

Source: 1EdTech Open Badges 3.0, section 8.2, JSON Web Token Proof Format; for `typ` also W3C VC-JOSE-COSE, section 3.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from . import jws
from .canonical import is_address, to_dataset
from .contexts import VC_V2, Contexts
from .errors import FormatError, ProofError
from .keys import Signer
from .model import read_timestamp

#: What `typ` may say, None when it is left out.
TYPES: frozenset[str | None] = frozenset([None, "jwt", "vc+jwt", "vc+ld+jwt"])
PRESENTATION_TYPES: frozenset[str | None] = frozenset([None, "jwt", "vp+jwt", "vp+ld+jwt"])
_CLAIMS = ("iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc")


def sign_jwt(document: Mapping[str, Any], *, signer: Signer, contexts: Contexts) -> str:
    """Sign a credential as a compact JWS with EdDSA, for a file, an image or an `endorsementJwt`.

    document: with its issuer's id, its own id and `validFrom`; it may carry embedded proofs, which come first.
    Raises ProofError when one of these is missing or a member is named as a claim is, TermError, ContextError or
    FormatError when a part is defined by no context, ModelError when a date cannot be read.
    """
    for name in _CLAIMS:
        if name in document:
            raise ProofError(f"The credential has a member {name!r}, which a token needs for itself.")
    to_dataset(document, contexts)
    payload = {**document, **claims_of(document)}
    for name, what in (("iss", "issuer"), ("jti", "id"), ("nbf", "validFrom")):
        if name not in payload:
            raise ProofError(f"The credential has no {what}, which a token must repeat.")
    return jws.sign(payload, signer=signer)


def envelope(document: Mapping[str, Any], *, signer: Signer, contexts: Contexts) -> dict[str, Any]:
    """Sign a credential as a token that says nothing but what it says, in an EnvelopedVerifiableCredential.

    Raises ProofError when a member is named as a claim is, TermError, ContextError or FormatError when a part is defined
    by no context. Source: W3C VC-JOSE-COSE, section 3.1.1; W3C VC Data Model 2.0, section 4.13.
    """
    for name in _CLAIMS:
        if name in document:
            raise ProofError(f"The credential has a member {name!r}, which a token needs for itself.")
    to_dataset(document, contexts)
    token = jws.sign(document, signer=signer, kind="vc+jwt")
    return {"@context": [VC_V2], "type": "EnvelopedVerifiableCredential", "id": f"data:application/vc+jwt,{token}"}


def presentation_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give the presentation in the payload of a token: under `vp`, as in VC 1.1, or the payload without its claims.

    Raises FormatError when there is none.
    """
    inside = payload.get("vp", payload)
    if not isinstance(inside, Mapping) or "@context" not in inside:
        raise FormatError("The token holds no presentation.")
    return {key: value for key, value in inside.items() if inside is not payload or key not in (*_CLAIMS, "nonce")}


def claims_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Give the claims that repeat a credential: iss, jti, sub, nbf and exp, each when the credential has it.

    Raises ModelError when a date cannot be read.
    """
    issuer, subject = document.get("issuer"), document.get("credentialSubject")
    issuer = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    begins = document.get("validFrom", document.get("issuanceDate"))
    ends = document.get("validUntil", document.get("expirationDate"))
    claims = {
        "iss": issuer,
        "jti": document.get("id"),
        "sub": subject.get("id") if isinstance(subject, Mapping) else None,
        "nbf": None if begins is None else _seconds(read_timestamp(begins, "validFrom")),
        "exp": None if ends is None else _seconds(read_timestamp(ends, "validUntil")),
    }
    return {name: value for name, value in claims.items() if value is not None}


def credential_in(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Give the credential in the payload of a token: under `vc`, as in VC 1.1, or the payload without its claims.

    Raises FormatError when there is none.
    """
    if "vc" in payload:
        inside = payload["vc"]
        if not isinstance(inside, Mapping):
            raise FormatError("The token holds no credential.")
        return dict(inside)
    document = {key: value for key, value in payload.items() if key not in _CLAIMS}
    if "@context" not in document:
        raise FormatError("The token holds no credential.")
    return document


def require_claims(payload: Mapping[str, Any], document: Mapping[str, Any], kind: object) -> None:
    """Require that the claims of a token and the credential in it say the same.

    kind: `typ`. With "vc+jwt" claims may be left out; Open Badges wants all of them. Raises ProofError, code
    "jwt-claims", which names the claim, and ModelError when a date cannot be read.
    """
    expected = claims_of(document)
    may_lack = isinstance(kind, str) and kind.lower().removeprefix("application/") != "jwt"
    for claim, words in _WORDS.items():
        found = payload.get(claim)
        if found is None and (may_lack or claim not in expected or claim == "exp"):
            continue
        if claim == "exp" and claim not in expected and _is_seconds(found):
            continue  # the token's own end, which `end_of` gives
        if claim in ("nbf", "exp"):
            agrees = _is_seconds(found) and found == expected.get(claim)
        else:
            agrees = found == expected.get(claim) and is_address(found)
        if not agrees:
            raise ProofError(f"The token and the badge inside it disagree on {words}.", code="jwt-claims")


def end_of(payload: Mapping[str, Any]) -> float | None:
    """Give the end of a token in seconds since 1970, or None when it names none."""
    found = payload.get("exp")
    return float(found) if _is_seconds(found) else None  # type: ignore[arg-type]  # a number, then


_WORDS = {
    "iss": "who issued it",
    "jti": "its address",
    "sub": "whom it was given to",
    "nbf": "from when it holds",
    "exp": "until when it holds",
}


def _is_seconds(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 253_402_300_800


def _seconds(moment: datetime) -> float | int:
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds
