"""The seal of a private key: AES-256-GCM under the master key.

Seal 2: one byte with the version, 8 bytes that name the master key, a nonce of 12 bytes, the ciphertext. Seal 1 had no
name of the master key. The associated data binds a seal to organization, purpose and number, so that a row cannot stand in
for another.
"""

import os
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.translation import gettext as _

from config.errors import RegistryError
from credentials.models import Organization

SEAL_VERSION = 2
NAME_BYTES = 8
NONCE_BYTES = 12


class KeyUnavailable(RegistryError):
    """There is no active key, or it does not open: another master key, or a device that does not answer."""

    code = "key-unavailable"
    http_status = 503


def binding(organization: Organization, purpose: str, number: int) -> bytes:
    return f"{organization.public_id}:{purpose}:{number}".encode()


def seal(private: bytes, bound_to: bytes) -> bytes:
    """Close a private key under MASTER_KEY."""
    head = _head(settings.MASTER_KEY)
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + _cipher(settings.MASTER_KEY, SEAL_VERSION).encrypt(nonce, private, head + bound_to)


def is_current(sealed: bytes) -> bool:
    """Whether a seal is of the newest version and under MASTER_KEY itself."""
    return sealed.startswith(_head(settings.MASTER_KEY))


def opened(sealed: bytes, bound_to: bytes) -> bytes:
    """What was sealed, under MASTER_KEY or MASTER_KEY_BEFORE. Kept in this process. Raises KeyUnavailable."""
    before = [settings.MASTER_KEY_BEFORE] if settings.MASTER_KEY_BEFORE else []
    return _opened(sealed, bound_to, (settings.MASTER_KEY, *before))


@lru_cache(maxsize=64)
def _opened(sealed: bytes, bound_to: bytes, masters: Sequence[bytes]) -> bytes:
    if not sealed or sealed[0] not in (1, SEAL_VERSION):
        raise KeyUnavailable(_("A signing key has a seal of an unknown version."))
    for master in masters:
        head = sealed[:1] if sealed[0] == 1 else _head(master)
        if not sealed.startswith(head):
            continue
        nonce, content = sealed[len(head) : len(head) + NONCE_BYTES], sealed[len(head) + NONCE_BYTES :]
        try:
            return _cipher(master, sealed[0]).decrypt(nonce, content, bound_to if sealed[0] == 1 else head + bound_to)
        except (InvalidTag, ValueError):  # ValueError: too short to be a seal
            continue
    raise KeyUnavailable(_("A signing key does not open under this MASTER_KEY."))


def _head(master: bytes) -> bytes:
    return bytes([SEAL_VERSION]) + _derived(master, b"signet master key, name", NAME_BYTES)


def _cipher(master: bytes, version: int) -> AESGCM:
    return AESGCM(_derived(master, f"signet signing keys, seal {version}".encode(), 32))


def _derived(master: bytes, purpose: bytes, length: int) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=purpose).derive(master)
