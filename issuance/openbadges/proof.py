"""Data Integrity proofs with the cryptosuites eddsa-rdfc-2022 and eddsa-jcs-2022.

The older Ed25519Signature2020, which signs as eddsa-rdfc-2022 does, is verified and never made. Source: W3C Data Integrity EdDSA Cryptosuites v1.0, sections 3.2 and 3.3; W3C Data Integrity v1.0, section 4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import orjson

from .canonical import canonize, to_dataset
from .contexts import Contexts
from .errors import ProofError
from .jcs import jcs
from .keys import Signer, from_multibase, signature_holds, to_base58
from .model import timestamp

CRYPTOSUITE: Final = "eddsa-rdfc-2022"
JCS_CRYPTOSUITE: Final = "eddsa-jcs-2022"
OLDER_TYPE: Final = "Ed25519Signature2020"
#: The most proofs that one may name as made before it.
MAX_EARLIER = 8
Suite = Literal["eddsa-rdfc-2022", "eddsa-jcs-2022"]


@dataclass(frozen=True)
class Signed:
    """A document with its proof, and the 64 bytes that were signed, so that the issuer can check itself cheaply."""

    document: dict[str, Any]
    hash_data: bytes
    signature: bytes

    def holds_under(self, public_key: bytes) -> bool:
        """Tell whether the signature is that of a public key: the issuer's own check before it stores the document."""
        return signature_holds(public_key, self.signature, self.hash_data)


def proof_options(
    verification_method: str, created: datetime, *, purpose: str = "assertionMethod", suite: Suite = CRYPTOSUITE
) -> dict[str, Any]:
    """Give a proof without its value. Its members are signed as well, so their set stays fixed."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": timestamp(created, "proof.created"),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }


def hash_data(document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Contexts) -> bytes:
    """Give the 64 bytes that a proof signs: SHA-256 of the canonical proof options, then of the canonical document.

    document: with or without its proofs, which are left out, but for those that the proof names as made before it
    (`previousProof`): they are signed as well. proof: with or without its value, which is left out; its `cryptosuite` says
    which canonical form is meant. Raises ProofError, code "proof-context", when a JCS proof was made under other contexts,
    what `earlier_proofs` raises, and what `canonize` raises.
    Source: EdDSA Cryptosuites, sections 3.2.3 to 3.2.5, 3.3.3 to 3.3.5; W3C Data Integrity, section 4.5.
    """
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    if "previousProof" in proof:
        unsigned["proof"] = earlier_proofs(document, proof)
    config = {key: value for key, value in proof.items() if key != "proofValue"}
    if "@context" not in unsigned:
        raise ProofError("The document has no @context.")
    if proof.get("cryptosuite") == JCS_CRYPTOSUITE:
        if "@context" in config:
            _require_first(config["@context"], unsigned["@context"])
            unsigned["@context"] = config["@context"]
        return b"".join(hashlib.sha256(jcs(part)).digest() for part in (config, unsigned))
    config["@context"] = unsigned["@context"]
    return b"".join(hashlib.sha256(canonize(part, contexts).encode()).digest() for part in (config, unsigned))


def sign(
    document: Mapping[str, Any], *, signer: Signer, created: datetime, contexts: Contexts, suite: Suite = CRYPTOSUITE
) -> Signed:
    """Sign a document and give it with its proof, as an array of one.

    document: JSON-LD with `@context`, without a proof. created: aware; written in UTC with seconds.
    Raises ProofError when there is a proof already, TermError, ContextError or FormatError when a part could not be
    covered by the signature or is defined by no context.
    """
    if "proof" in document:
        raise ProofError("The document has a proof already.")
    return add_proof(document, signer=signer, created=created, contexts=contexts, suite=suite)


def add_proof(
    document: Mapping[str, Any], *, signer: Signer, created: datetime, contexts: Contexts, suite: Suite = CRYPTOSUITE
) -> Signed:
    """Sign a document beside those who signed it before (a proof set); each proof stands for itself.

    Takes and raises what `sign` does, and ProofError when the proofs that it has are malformed.
    """
    proof = proof_options(signer.verification_method, created, suite=suite)
    if suite == JCS_CRYPTOSUITE:
        if "@context" in document:
            proof["@context"] = document["@context"]
        _require_defined(document, proof, contexts)
    return finish(document, proof, hash_data(document, proof, contexts), signer)


def finish(document: Mapping[str, Any], proof: dict[str, Any], data: bytes, signer: Signer) -> Signed:
    """Sign hash data that is ready and put the proof on the document, after those that it has."""
    before = proofs_of(document) if "proof" in document else []
    signature = signer.sign(data)
    if len(signature) != 64:
        raise ProofError("The signer did not return an Ed25519 signature of 64 bytes.")
    proof["proofValue"] = "z" + to_base58(signature)
    return Signed({**document, "proof": [*before, proof]}, data, signature)


def to_bytes(document: Mapping[str, Any]) -> bytes:
    """Write a signed document as the bytes that are stored and served: compact JSON in UTF-8, keys in their order."""
    return orjson.dumps(document)


def proofs_of(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the proofs of a document, which may be one object or an array. Raises ProofError when there is none."""
    proofs = document.get("proof")
    if isinstance(proofs, Mapping):
        proofs = [proofs]
    if not isinstance(proofs, list) or not proofs or not all(isinstance(proof, Mapping) for proof in proofs):
        raise ProofError("The document carries no proof.", code="proof-missing")
    return [dict(proof) for proof in proofs]


def earlier_proofs(document: Mapping[str, Any], proof: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the proofs that a proof says were made before it, in the order in which it names them (a proof chain).

    Raises ProofError, code "proof-previous", when it names one that is not there, or names none rightly.
    Source: W3C Data Integrity v1.0, section 4.5, Verify Proof Sets and Chains.
    """
    names = names_before(proof)
    if not names or len(names) > MAX_EARLIER or not all(isinstance(name, str) for name in names):
        raise ProofError("The proof does not name the proofs before it by their ids.", code="proof-previous")
    earlier = []
    for name in names:
        found = [other for other in proofs_of(document) if other.get("id") == name]
        if len(found) != 1:
            raise ProofError("The proof names one before it that is not there.", code="proof-previous")
        earlier += found
    return earlier


def names_before(proof: Mapping[str, Any]) -> list[Any]:
    """Give what a proof names as made before it, unchecked; empty when it stands alone."""
    named = proof.get("previousProof", [])
    return named if isinstance(named, list) else [named]


def suite_of(proof: Mapping[str, Any]) -> str | None:
    """Give the name of the suite that a proof was made with, or None when it is not read here."""
    kind, suite = proof.get("type"), proof.get("cryptosuite")
    if kind == OLDER_TYPE and "cryptosuite" not in proof:
        return OLDER_TYPE
    return suite if kind == "DataIntegrityProof" and suite in (CRYPTOSUITE, JCS_CRYPTOSUITE) else None


def verify_proof(
    document: Mapping[str, Any],
    proof: Mapping[str, Any],
    *,
    public_key: bytes,
    contexts: Contexts,
    data: bytes | None = None,
) -> None:
    """Check one proof of a document against a public key; answer by returning.

    data: the hash data of this document and proof, when the caller has worked it out already.
    Raises ProofError ("proof-unsupported" for another kind of proof, "proof-malformed", "proof-context", "proof-previous",
    and "proof-mismatch" when the signature is not that of this document), TermError for a term that no context defines,
    and what else `canonize` raises. Whose key it is, is not asked here.
    """
    suite = suite_of(proof)
    if suite is None:
        raise ProofError("The proof is of a kind that is not read here.", code="proof-unsupported")
    if suite != JCS_CRYPTOSUITE and "@context" in proof:
        raise ProofError("The proof brings a context of its own.", code="proof-malformed")
    signature = from_multibase(proof.get("proofValue"), 100)
    if signature is None or len(signature) != 64:
        raise ProofError("The proof value is not a signature of 64 bytes.", code="proof-malformed")
    if data is None:
        data = hash_data(document, proof, contexts)
    if not signature_holds(public_key, signature, data):
        raise ProofError("The signature does not belong to this document.", code="proof-mismatch")
    if suite == JCS_CRYPTOSUITE:
        _require_defined(document, proof, contexts)


def _require_first(signed: object, found: object) -> None:
    """Require that a document's contexts begin with those that were signed. Source: section 3.3.2, step 4."""
    signed, found = (value if isinstance(value, list) else [value] for value in (signed, found))
    if found[: len(signed)] != signed:
        raise ProofError("The document's contexts are not those that were signed.", code="proof-context")


def _require_defined(document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Contexts) -> None:
    """Refuse terms without a definition: the JSON is covered by the signature, but it would mean nothing."""
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    if "@context" not in unsigned:
        raise ProofError("The document has no @context.")
    if "@context" in proof:
        unsigned["@context"] = proof["@context"]
    to_dataset(unsigned, contexts)
    config = {key: value for key, value in proof.items() if key != "proofValue"}
    to_dataset({**config, "@context": unsigned["@context"]}, contexts)
