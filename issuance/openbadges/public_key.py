"""Public keys of any issuer: as a JWK, a Multikey or a PEM, for EdDSA, RS256 and ES256.

Source: RFC 7517 and 7518 (JWK, JWA); RFC 8037 (EdDSA); W3C Controlled Identifiers v1.0, section 2.2.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
    load_pem_public_key,
)

from .errors import MultikeyError
from .keys import from_multibase

Algorithm = Literal["EdDSA", "RS256", "ES256"]
_P256_PUBLIC = b"\x80\x24"
_ED25519_PUBLIC = b"\xed\x01"
#: What `alg` of a JWK may say for each; RFC 9864 gives EdDSA with Ed25519 a name of its own.
_NAMES = {"EdDSA": ("EdDSA", "Ed25519"), "RS256": ("RS256",), "ES256": ("ES256",)}
#: RFC 7518 asks for 2048 bits at least; more than 8192 would only keep a verifier busy.
_RSA_BITS = range(2048, 8193)
_LARGEST_EXPONENT = 2**32


@dataclass(frozen=True)
class PublicKey:
    """A public key and the one algorithm that it is used with. Equal when it is the same key.

    material: 32 bytes for EdDSA, otherwise DER (SubjectPublicKeyInfo).
    """

    algorithm: Algorithm
    material: bytes

    def holds(self, signature: bytes, data: bytes) -> bool:
        """Tell whether a signature over `data`, in the form that JWS gives it, is this key's."""
        try:
            if self.algorithm == "EdDSA":
                Ed25519PublicKey.from_public_bytes(self.material).verify(signature, data)
                return True
            key = load_der_public_key(self.material)
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, data, padding.PKCS1v15(), SHA256())
                return True
            if not isinstance(key, ec.EllipticCurvePublicKey) or len(signature) != 64:
                return False
            numbers = (int.from_bytes(half, "big") for half in (signature[:32], signature[32:]))
            key.verify(encode_dss_signature(*numbers), data, ec.ECDSA(SHA256()))
        except (InvalidSignature, ValueError):
            return False
        return True


def from_jwk(jwk: object) -> PublicKey:
    """Read a public key from a JWK.

    Raises MultikeyError: "key-private" for one that gives away its secret, "key-weak" for RSA of less than 2048 bits,
    "key" for any other kind, or one that is not meant for signatures.
    """
    if not isinstance(jwk, Mapping):
        raise MultikeyError("The key is not a JSON Web Key.")
    if "d" in jwk or jwk.get("kty") == "oct":
        given_away = "The key that is published is a secret one; nothing signed with it can be trusted."
        raise MultikeyError(given_away, code="key-private")
    uses = jwk.get("key_ops", ["verify"])
    if jwk.get("use", "sig") != "sig" or not isinstance(uses, list) or "verify" not in uses:
        raise MultikeyError("The key is not meant for signatures.")
    key = _from_jwk(jwk)
    if jwk.get("alg", key.algorithm) not in _NAMES[key.algorithm]:
        raise MultikeyError("The key is meant for another algorithm.")
    return key


def _from_jwk(jwk: Mapping[str, Any]) -> PublicKey:
    kind, curve = jwk.get("kty"), jwk.get("crv")
    try:
        if kind == "OKP" and curve == "Ed25519":
            return from_ed25519(_octets(jwk.get("x")))
        if kind == "EC" and curve == "P-256":
            x, y = _octets(jwk.get("x")), _octets(jwk.get("y"))
            if len(x) == len(y) == 32:
                return _from_object(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), b"\x04" + x + y))
        if kind == "RSA":
            exponent, modulus = (int.from_bytes(_octets(jwk.get(name)), "big") for name in ("e", "n"))
            if modulus.bit_length() in _RSA_BITS and exponent < _LARGEST_EXPONENT:
                return _from_object(rsa.RSAPublicNumbers(exponent, modulus).public_key())
            raise MultikeyError("The RSA key is shorter or longer than is accepted.", code="key-weak")
    except MultikeyError:
        raise
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MultikeyError("The key does not read as a JSON Web Key.") from error
    raise MultikeyError("The key is of a kind that is not read here.")


def from_pem(pem: object) -> PublicKey:
    """Read a public key from PEM, as Open Badges 2.0 publishes it (publicKeyPem). Raises MultikeyError."""
    if not isinstance(pem, str) or len(pem) > 10_000 or "PRIVATE" in pem:
        raise MultikeyError("The key is not a public key in PEM.")
    try:
        return _from_object(load_pem_public_key(pem.encode()))
    except MultikeyError:
        raise
    except (ValueError, UnsupportedAlgorithm) as error:
        raise MultikeyError("The key does not read as a public key in PEM.") from error


def from_multikey_text(text: object) -> PublicKey:
    """Read publicKeyMultibase: an Ed25519 or P-256 Multikey. Raises MultikeyError."""
    key = _multikey(text) if isinstance(text, str) and len(text) <= 64 else None
    if key is None:
        raise MultikeyError("The key is not a Multikey of a kind that is read here.")
    return key


def from_ed25519(raw: bytes) -> PublicKey:
    """Take the 32 bytes of an Ed25519 public key."""
    if len(raw) != 32:
        raise MultikeyError("An Ed25519 public key has 32 bytes.")
    return PublicKey("EdDSA", raw)


@lru_cache(maxsize=1024)
def _multikey(text: str) -> PublicKey | None:
    raw = from_multibase(text, 64)
    if raw is None:
        return None
    if len(raw) == 34 and raw.startswith(_ED25519_PUBLIC):
        return from_ed25519(raw[2:])
    if len(raw) == 35 and raw.startswith(_P256_PUBLIC):
        try:
            return _from_object(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw[2:]))
        except ValueError:
            return None
    return None


def _from_object(key: object) -> PublicKey:
    if isinstance(key, Ed25519PublicKey):
        return PublicKey("EdDSA", key.public_bytes_raw())
    if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1):
        return PublicKey("ES256", key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    if isinstance(key, rsa.RSAPublicKey):
        if key.key_size not in _RSA_BITS or key.public_numbers().e >= _LARGEST_EXPONENT:
            raise MultikeyError("The RSA key is shorter or longer than is accepted.", code="key-weak")
        return PublicKey("RS256", key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))
    raise MultikeyError("The key is of a kind that is not read here.")


def _octets(text: object) -> bytes:
    if not isinstance(text, str) or len(text) > 2000 or not text.isascii():
        raise MultikeyError("The key does not read as a JSON Web Key.")
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise MultikeyError("The key does not read as a JSON Web Key.") from error
