"""Keys: who signs, and how a public Ed25519 key is written as a Multikey.

Source: W3C Controlled Identifiers v1.0, section 2.2.2, Multikey.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import MultikeyError

_DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_PAIRS = [one + other for one in _DIGITS for other in _DIGITS]
_VALUES = {digit: value for value, digit in enumerate(_DIGITS)}
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


def to_multikey(public_key: bytes) -> str:
    """Write the 32 bytes of an Ed25519 public key as publicKeyMultibase, "z6Mk…"."""
    if len(public_key) != 32:
        raise MultikeyError("An Ed25519 public key has 32 bytes.")
    return "z" + to_base58(_ED25519_PUBLIC + public_key)


def from_multikey(text: object) -> bytes:
    """Read the 32 bytes of an Ed25519 public key. Raises MultikeyError for any other kind of key."""
    key = _public_key(text) if isinstance(text, str) and len(text) <= 64 else None
    if key is None:
        raise MultikeyError("The key is not an Ed25519 Multikey.")
    return key


@lru_cache(maxsize=1024)
def _public_key(text: str) -> bytes | None:
    raw = from_multibase(text, 64)
    return raw[2:] if raw is not None and len(raw) == 34 and raw.startswith(_ED25519_PUBLIC) else None


def signature_holds(public_key: bytes, signature: bytes, hash_data: bytes) -> bool:
    """Tell whether an Ed25519 signature over the 64 bytes of hash data is good."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, hash_data)
    except (InvalidSignature, ValueError):
        return False
    return True


def to_base58(data: bytes) -> str:
    """Write bytes in base58-btc, two digits at a time, in a quarter of the time of going one by one."""
    number, pairs = int.from_bytes(data, "big"), []
    while number:
        number, part = divmod(number, 58**10)
        for _ in range(5):
            part, pair = divmod(part, 58**2)
            pairs.append(_PAIRS[pair])
    text = "".join(reversed(pairs)).lstrip("1")
    return "1" * (len(data) - len(data.lstrip(b"\x00"))) + text


def from_multibase(text: object, longest: int) -> bytes | None:
    """Read multibase base58-btc, "z…", no longer than `longest` characters; None when it is not."""
    if not isinstance(text, str) or not text.startswith("z") or len(text) > longest:
        return None
    number = 0
    try:
        for digit in text[1:]:
            number = number * 58 + _VALUES[digit]
    except KeyError:
        return None
    zeros = len(text) - 1 - len(text[1:].lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")
