"""Whether the signature belongs to the document, and its key to the issuer that it names."""

from __future__ import annotations

from ..canonical import checked, is_address
from ..did import assertion_key, key_did_document
from ..errors import (
    CanonicalError,
    ContextError,
    DidError,
    FormatError,
    LimitError,
    ModelError,
    MultikeyError,
    ProofError,
    TermError,
    UnreachableError,
)
from ..model import read_timestamp
from ..proof import CRYPTOSUITE, proofs_of
from .means import Json, Means
from .parts import as_list, issuer_id
from .report import Check

MAX_PROOFS = 4


def proof_and_issuer(document: Json, means: Means) -> list[Check]:
    try:
        proofs = [proof for proof in proofs_of(document) if proof.get("cryptosuite") == CRYPTOSUITE]
    except ProofError as error:
        return [
            Check("proof", "failed", error.code, "It carries no signature, so nothing shows who wrote it."),
            Check("issuer", "unknown", error.code, "Without a signature, the issuer cannot be told."),
        ]
    if not proofs:
        return [
            Check("proof", "unknown", "proof-unsupported", "Its kind of signature cannot be checked here."),
            Check("issuer", "unknown", "proof-unsupported", "Its kind of signature cannot be checked here."),
        ]
    answers = [_one_proof(document, proof, means) for proof in proofs[:MAX_PROOFS]]
    answers.sort(key=lambda pair: [check.outcome == "passed" for check in pair], reverse=True)
    return list(answers[0])


def _one_proof(document: Json, proof: Json, means: Means) -> tuple[Check, Check]:
    """Check one proof: the signature, and whether its key is the issuer's to sign with."""
    method = proof.get("verificationMethod")
    issuer = issuer_id(document)
    if not isinstance(method, str) or not is_address(method) or "#" not in method:
        broken = "The signature does not say which key made it."
        return Check("proof", "failed", "proof-malformed", broken), Check(
            "issuer", "unknown", "proof-malformed", broken
        )
    controller = method.partition("#")[0]
    try:
        published = (
            key_did_document(controller) if controller.startswith("did:key:") else means.resolver.did(controller)
        )
        published = checked(published)
        if published.get("id") != controller:
            raise DidError("The key's document is not about the address that it was fetched from.", code="did-mismatch")
        every = [*as_list(published.get("verificationMethod")), *as_list(published.get("assertionMethod"))]
        key = assertion_key({**published, "assertionMethod": every}, method)
    except UnreachableError as error:
        sentence = "The issuer's keys could not be fetched, so the signature could not be checked."
        return Check("proof", "unknown", error.code, sentence), Check("issuer", "unknown", error.code, sentence)
    except (DidError, MultikeyError, FormatError, LimitError) as error:
        return (
            Check("proof", "unknown", error.code, "The key of the signature was not found where it should be."),
            Check("issuer", "failed", error.code, str(error)),
        )
    return (
        _signature(document, proof, key, means),
        _binding(published, method, controller, issuer),
    )


def _signature(document: Json, proof: Json, key: bytes, means: Means) -> Check:
    if proof.get("proofPurpose") != "assertionMethod":
        return Check("proof", "failed", "proof-purpose", "The signature was made for another purpose.")
    try:
        means.verify_proof(document, proof, key)
        if "expires" in proof and read_timestamp(proof["expires"], "proof.expires") <= means.now:
            return Check("proof", "failed", "proof-expired", "The signature was good until a time that has passed.")
    except ProofError as error:
        if error.code == "proof-mismatch":
            return Check("proof", "failed", error.code, "Something was changed after it was signed.")
        return Check("proof", "failed", error.code, str(error))
    except TermError as error:
        return Check("proof", "failed", error.code, f"It holds something that no signature covers. {error}")
    except ContextError as error:
        return Check("proof", "unknown", error.code, str(error))
    except (CanonicalError, FormatError, LimitError, ModelError) as error:
        return Check("proof", "failed", error.code, str(error))
    return Check("proof", "passed", "proof", "It is exactly as it was signed.")


def _binding(published: Json, method: str, controller: str, issuer: str | None) -> Check:
    if issuer != controller:
        return Check("issuer", "failed", "issuer-mismatch", "It was signed by somebody else than the issuer it names.")
    try:
        assertion_key(published, method)
    except (DidError, MultikeyError) as error:
        return Check("issuer", "failed", error.code, str(error))
    return Check("issuer", "passed", "issuer", "The key belongs to the issuer named in it.")
