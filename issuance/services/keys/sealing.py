"""The seal of a private key: AES-256-GCM under the master key.

Its first byte is the seal's version, then a nonce of 12 bytes, then the ciphertext; the associated data binds it to
organization, purpose and number, so that a row cannot stand in for another.
"""

import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from config.errors import RegistryError
from credentials.models import Organization

SEAL_VERSION = 1
NONCE_BYTES = 12


class KeyUnavailable(RegistryError):
    """There is no active key, or its seal does not open under this master key."""

    code = "key-unavailable"
    http_status = 503


def seal(private: bytes, binding: bytes) -> bytes:
    """Close a private key under the master key."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([SEAL_VERSION]) + nonce + _cipher().encrypt(nonce, private, binding)


@lru_cache(maxsize=64)
def opened(sealed: bytes, binding: bytes) -> bytes:
    if not sealed or sealed[0] != SEAL_VERSION:
        raise KeyUnavailable(_("A signing key has a seal of an unknown version."))
    try:
        return _cipher().decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], binding)
    except InvalidTag as error:
        raise KeyUnavailable(_("A signing key does not open under this MASTER_KEY.")) from error


def _cipher() -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"signet signing keys, seal 1")
    return AESGCM(derived.derive(settings.MASTER_KEY))


def binding(organization: Organization, purpose: str, number: int) -> bytes:
    return f"{organization.public_id}:{purpose}:{number}".encode()
