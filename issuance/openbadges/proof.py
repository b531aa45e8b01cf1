"""Data Integrity proofs with the cryptosuite eddsa-rdfc-2022, and Ed25519 keys as Multikeys.

Source: W3C Data Integrity EdDSA Cryptosuites v1.0, section 3.2; W3C Controlled Identifiers v1.0, section 2.2.2.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Protocol

import base58
import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .canonical import canonize
from .contexts import Contexts
from .errors import MultikeyError, ProofError
from .model import timestamp

CRYPTOSUITE = "eddsa-rdfc-2022"
_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_ED25519_PUBLIC = b"\xed\x01"


class Signer(Protocol):
    """Whoever holds a private key: a sealed key opened in memory, or a device. Signs with pure Ed25519."""

    @property
    def verification_method(self) -> str:
        """The address under which the issuer's DID document publishes the public key."""

    def sign(self, data: bytes) -> bytes:
        """Give the 64 bytes of the Ed25519 signature over `data`."""


@dataclass(frozen=True)
class Ed25519Signer:
    """A signer with its key in memory. `private_key`: the 32 bytes of the Ed25519 seed."""

    private_key: bytes
    verification_method: str

    def __post_init__(self) -> None:
        try:
            key = Ed25519PrivateKey.from_private_bytes(self.private_key)
        except ValueError as error:
            raise MultikeyError("An Ed25519 private key has 32 bytes.") from error
        object.__setattr__(self, "_key", key)

    def __repr__(self) -> str:
        return f"Ed25519Signer({self.verification_method})"

    @property
    def public_key(self) -> bytes:
        key: Ed25519PrivateKey = object.__getattribute__(self, "_key")
        return key.public_key().public_bytes_raw()

    def sign(self, data: bytes) -> bytes:
        key: Ed25519PrivateKey = object.__getattribute__(self, "_key")
        return key.sign(data)


@dataclass(frozen=True)
class Signed:
    """A document with its proof, and the 64 bytes that were signed, so that the issuer can check itself cheaply."""

    document: dict[str, Any]
    hash_data: bytes
    signature: bytes

    def holds_under(self, public_key: bytes) -> bool:
        """Tell whether the signature is that of a public key: the issuer's own check before it stores the document."""
        return signature_holds(public_key, self.signature, self.hash_data)


def to_multikey(public_key: bytes) -> str:
    """Write the 32 bytes of an Ed25519 public key as publicKeyMultibase, "z6Mk…"."""
    if len(public_key) != 32:
        raise MultikeyError("An Ed25519 public key has 32 bytes.")
    return "z" + _base58(_ED25519_PUBLIC + public_key)


def from_multikey(text: object) -> bytes:
    """Read the 32 bytes of an Ed25519 public key. Raises MultikeyError for any other kind of key."""
    key = _public_key(text) if isinstance(text, str) and len(text) <= 64 else None
    if key is None:
        raise MultikeyError("The key is not an Ed25519 Multikey.")
    return key


@lru_cache(maxsize=1024)
def _public_key(text: str) -> bytes | None:
    raw = _from_multibase(text, 64)
    return raw[2:] if raw is not None and len(raw) == 34 and raw.startswith(_ED25519_PUBLIC) else None


def signature_holds(public_key: bytes, signature: bytes, hash_data: bytes) -> bool:
    """Tell whether an Ed25519 signature over the 64 bytes of hash data is good."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, hash_data)
    except (InvalidSignature, ValueError):
        return False
    return True


def proof_options(verification_method: str, created: datetime, *, purpose: str = "assertionMethod") -> dict[str, Any]:
    """Give a proof without its value. Its members are signed as well, so their set stays fixed."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": CRYPTOSUITE,
        "created": timestamp(created, "proof.created"),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }


def hash_data(document: Mapping[str, Any], proof: Mapping[str, Any], contexts: Contexts) -> bytes:
    """Give the 64 bytes that a proof signs: SHA-256 of the canonical proof options, then of the canonical document.

    document: with or without its proofs, which are left out. proof: with or without its value, which is left out.
    Raises what `canonize` raises. Source: EdDSA Cryptosuites, sections 3.2.3 to 3.2.5.
    """
    unsigned = {key: value for key, value in document.items() if key != "proof"}
    config = {key: value for key, value in proof.items() if key != "proofValue"}
    if "@context" not in unsigned:
        raise ProofError("The document has no @context.")
    config["@context"] = unsigned["@context"]
    return b"".join(hashlib.sha256(canonize(part, contexts).encode()).digest() for part in (config, unsigned))


def sign(document: Mapping[str, Any], *, signer: Signer, created: datetime, contexts: Contexts) -> Signed:
    """Sign a document with eddsa-rdfc-2022 and give it with its proof, as an array of one.

    document: JSON-LD with `@context`, without a proof. created: aware; written in UTC with seconds.
    Raises ProofError when there is a proof already, TermError, ContextError or FormatError when a part could not be
    covered by the signature.
    """
    if "proof" in document:
        raise ProofError("The document has a proof already.")
    proof = proof_options(signer.verification_method, created)
    data = hash_data(document, proof, contexts)
    return finish(document, proof, data, signer)


def finish(document: Mapping[str, Any], proof: dict[str, Any], data: bytes, signer: Signer) -> Signed:
    """Sign hash data that is ready and put the proof on the document."""
    signature = signer.sign(data)
    if len(signature) != 64:
        raise ProofError("The signer did not return an Ed25519 signature of 64 bytes.")
    proof["proofValue"] = "z" + _base58(signature)
    return Signed({**document, "proof": [proof]}, data, signature)


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
    Raises ProofError ("proof-unsupported" for another kind of proof, "proof-malformed", "proof-mismatch" when the
    signature is not that of this document), and what `canonize` raises. Whose key it is, is not asked here.
    """
    if proof.get("type") != "DataIntegrityProof" or proof.get("cryptosuite") != CRYPTOSUITE:
        raise ProofError("The proof is not of the kind eddsa-rdfc-2022.", code="proof-unsupported")
    if "@context" in proof:
        raise ProofError("The proof brings a context of its own.", code="proof-malformed")
    signature = _from_multibase(proof.get("proofValue"), 100)
    if signature is None or len(signature) != 64:
        raise ProofError("The proof value is not a signature of 64 bytes.", code="proof-malformed")
    if data is None:
        data = hash_data(document, proof, contexts)
    if not signature_holds(public_key, signature, data):
        raise ProofError("The signature does not belong to this document.", code="proof-mismatch")


def _base58(data: bytes) -> str:
    """Write bytes in base58-btc, two digits at a time, in a quarter of the time of going one by one."""
    number, pairs = int.from_bytes(data, "big"), []
    while number:
        number, part = divmod(number, 58**10)
        for _ in range(5):
            part, pair = divmod(part, 58**2)
            pairs.append(_PAIRS[pair])
    text = "".join(reversed(pairs)).lstrip("1")
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + text


def _from_multibase(text: object, longest: int) -> bytes | None:
    """Read multibase base58-btc, "z…", no longer than `longest` characters; None when it is not."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > longest or not text.isascii():
        return None
    try:
        raw = base58.b58decode(text[1:])
    except ValueError:
        return None
    return raw if _base58(raw) == text[1:] else None  # the decoder overlooks white space
