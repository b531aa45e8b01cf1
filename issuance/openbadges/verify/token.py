"""Whether a signed token (VC-JWT) is good, made with a key of the issuer, and says what the credential in it says."""

from __future__ import annotations

from typing import Any

from ..canonical import is_address
from ..errors import DidError, FormatError, LimitError, ModelError, MultikeyError, ProofError, UnreachableError
from ..jws import Jws, require_acceptable
from ..public_key import PublicKey, from_jwk
from ..vc_jwt import PRESENTATION_TYPES, TYPES, require_claims
from .keys import Found, find_key, issuer_check, not_found, published_check
from .means import Json, Means
from .parts import issuer_id
from .report import Check, Outcome
from .signature import Pair


def token_and_issuer(token: Jws, document: Json, means: Means) -> Pair:
    """Check the signature of a token, its claims, and whether its key is the issuer's."""
    issuer = issuer_id(document)
    try:
        require_acceptable(token, TYPES)
        found = _key(token.header, issuer, means)
    except ProofError as error:
        outcome: Outcome = "unknown" if error.code == "proof-unsupported" else "failed"
        return Check("proof", outcome, error.code, str(error)), Check("issuer", "unknown", error.code, _UNTOLD)
    except (UnreachableError, DidError, MultikeyError, FormatError, LimitError) as error:
        return not_found(error)
    proof = signature_check(token, found.key)
    if proof.outcome == "passed":
        proof = _claims(token, document, proof)
    if found.address:
        return proof, issuer_check(issuer, found, means)
    if issuer is None:
        return proof, Check("issuer", "failed", "issuer-mismatch", "It names no issuer that a key could belong to.")
    return proof, published_check(issuer, found.key, None, means)


def presenter_checks(token: Jws, holder: str | None, means: Means) -> Pair:
    """Check the signature of a presentation's token, and whether its key is that of the holder that it names."""
    try:
        require_acceptable(token, PRESENTATION_TYPES)
        found = _key(token.header, holder, means)
    except ProofError as error:
        outcome: Outcome = "unknown" if error.code == "proof-unsupported" else "failed"
        return Check("proof", outcome, error.code, str(error)), Check("issuer", "unknown", error.code, _UNTOLD)
    except (UnreachableError, DidError, MultikeyError, FormatError, LimitError) as error:
        return not_found(error)
    if not found.address:
        untold = "The token does not say whose key signed it."
        return signature_check(token, found.key), Check("issuer", "failed", "issuer-mismatch", untold)
    return signature_check(token, found.key), issuer_check(holder, found, means)


def signature_check(token: Jws, key: PublicKey) -> Check:
    """Tell whether a token was signed with a key, in the way that this kind of key signs."""
    if token.algorithm != key.algorithm:
        wrong = "The token names another kind of signature than its key makes."
        return Check("proof", "failed", "jwt-algorithm", wrong)
    if not key.holds(token.signature, token.signed):
        return Check("proof", "failed", "proof-mismatch", "Something was changed after it was signed.")
    return Check("proof", "passed", "proof", "It is exactly as it was signed.")


def _key(header: dict[str, Any], issuer: str | None, means: Means) -> Found:
    """Find the key that the head of a token names. `address` is empty when the key travels with the token."""
    named, carried = header.get("kid"), header.get("jwk")
    if named is None and carried is None:
        raise ProofError("The token does not say which key signed it.", code="jwt-header")
    own = None if carried is None else from_jwk(carried)
    if named is None and own is not None:
        return Found(own, "", None)
    if not isinstance(named, str) or (not is_address(named) and issuer is None):
        raise ProofError("The token does not say which key signed it.", code="jwt-header")
    if not is_address(named):
        named = f"{issuer}#{named.removeprefix('#')}"
    elif named.startswith("did:key:") and "#" not in named:
        named = f"{named}#{named.removeprefix('did:key:')}"
    if not is_address(named):
        raise ProofError("The token does not say which key signed it.", code="jwt-header")
    found = find_key(named, means)
    if own is not None and own != found.key:
        raise ProofError("The token carries another key than the one that it names.", code="jwt-two-keys")
    return found


def _claims(token: Jws, document: Json, proof: Check) -> Check:
    try:
        require_claims(token.payload, document, token.header.get("typ"))
    except ProofError as error:
        return Check("proof", "failed", error.code, str(error))
    except ModelError:
        return proof  # a date that does not read has a line of its own
    return proof


_UNTOLD = "Without a signature that can be checked, the issuer cannot be told."
