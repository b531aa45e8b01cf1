"""Whether the proofs in a document are good, and one of them made with a key of the issuer that it names."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..canonical import is_address
from ..errors import (
    ContextError,
    DidError,
    FormatError,
    LimitError,
    ModelError,
    MultikeyError,
    OpenBadgeError,
    ProofError,
    TermError,
    UnreachableError,
)
from ..model import read_timestamp
from ..proof import names_before, proofs_of, suite_of
from ..public_key import PublicKey
from .keys import find_key, issuer_check, not_found
from .means import Json, Means
from .parts import issuer_id
from .report import Check

MAX_PROOFS = 4
Pair = tuple[Check, Check]


def proof_and_issuer(document: Json, means: Means) -> Pair:
    """Check every proof of a document. One must be the issuer's own, and none that can be checked may be bad.

    Proofs of other kinds, and those whose keys cannot be had, count only when there is none beside them that can be
    checked. Source: W3C Data Integrity v1.0, section 4.5; 1EdTech Open Badges 3.0, section 8.
    """
    try:
        proofs = proofs_of(document)
    except ProofError as error:
        return (
            Check("proof", "failed", error.code, "It carries no signature, so nothing shows who wrote it."),
            Check("issuer", "unknown", error.code, "Without a signature, the issuer cannot be told."),
        )
    if len(proofs) > MAX_PROOFS:
        many = "It carries more signatures than are looked at here."
        return Check("proof", "unknown", "proof-many", many), Check("issuer", "unknown", "proof-many", many)
    answers = _in_chain(proofs, [_one_proof(document, proof, means) for proof in proofs])
    bad = [pair for pair in answers if pair[0].outcome == "failed"]
    return min(bad or answers, key=_care)


def _in_chain(proofs: list[dict[str, Any]], answers: list[Pair]) -> list[Pair]:
    """Take a good proof that builds on others for no better than they are."""
    outcomes = {str(proof.get("id")): pair[0].outcome for proof, pair in zip(proofs, answers, strict=True)}
    return [
        (replace(pair[0], outcome="unknown", code="proof-previous", sentence=_UNTOLD_BEFORE), pair[1])
        if pair[0].outcome == "passed" and any(outcomes.get(str(name)) != "passed" for name in names_before(proof))
        else pair
        for proof, pair in zip(proofs, answers, strict=True)
    ]


def _care(pair: Pair) -> int:
    """Rank an answer: the issuer's good proof first, then what could not be told, then what is another's."""
    outcomes = {check.outcome for check in pair}
    return 0 if outcomes == {"passed"} else 1 if "unknown" in outcomes else 2


def _one_proof(document: Json, proof: Json, means: Means) -> Pair:
    """Check one proof: the signature, and whether its key is the issuer's to sign with."""
    method = proof.get("verificationMethod")
    if not isinstance(method, str) or not is_address(method):
        broken = "The signature does not say which key made it."
        return Check("proof", "failed", "proof-malformed", broken), Check(
            "issuer", "unknown", "proof-malformed", broken
        )
    if suite_of(proof) is None:
        unsupported = Check("proof", "unknown", "proof-unsupported", _UNSUPPORTED)
        return unsupported, replace(unsupported, name="issuer")
    try:
        found = find_key(method, means)
    except (UnreachableError, DidError, MultikeyError, FormatError, LimitError) as error:
        return not_found(error)
    return _signature(document, proof, found.key, means), issuer_check(issuer_id(document), found, means)


def _signature(document: Json, proof: Json, key: PublicKey, means: Means) -> Check:
    if proof.get("proofPurpose") != "assertionMethod":
        return Check("proof", "failed", "proof-purpose", "The signature was made for another purpose.")
    if key.algorithm != "EdDSA":
        return Check("proof", "unknown", "proof-unsupported", _UNSUPPORTED)
    try:
        means.verify_proof(document, proof, key.material)
        if "expires" in proof and read_timestamp(proof["expires"], "proof.expires") <= means.now:
            return Check("proof", "failed", "proof-expired", "The signature was good until a time that has passed.")
    except ProofError as error:
        if error.code == "proof-mismatch":
            return Check("proof", "failed", error.code, "Something was changed after it was signed.")
        if error.code == "proof-unsupported":
            return Check("proof", "unknown", error.code, _UNSUPPORTED)
        return Check("proof", "failed", error.code, str(error))
    except ModelError as error:
        return Check("proof", "failed", error.code, "The signature names an end that is no date and time.")
    except TermError as error:
        return Check("proof", "failed", error.code, f"It holds something that no signature covers. {error}")
    except ContextError as error:
        return Check("proof", "unknown", error.code, str(error))
    except OpenBadgeError as error:
        return Check("proof", "failed", error.code, str(error))
    return Check("proof", "passed", "proof", "It is exactly as it was signed.")


_UNTOLD_BEFORE = "It builds on another signature, which cannot be checked here."
_UNSUPPORTED = "Its kind of signature cannot be checked here."
