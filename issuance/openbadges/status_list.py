"""Bitstring status lists: who can tell whether a badge was revoked, without telling anybody which badge is asked for.

Source: W3C Bitstring Status List v1.0.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from .contexts import VC_V2
from .errors import StatusListError
from .model import timestamp

#: The least number of positions that keeps a holder in a crowd (16 KB), and the most that the core decodes (16 MB).
MIN_SIZE = 131_072
MAX_SIZE = 134_217_728


def encode(bits: bytes) -> str:
    """Write a bit string as `encodedList`: "u", then base64url without padding of its GZIP.

    bits: 16 KB at least; position 0 is the left-most bit of the first byte. The same bits give the same text.
    Source: section 3.3, Bitstring Generation Algorithm.
    """
    if len(bits) * 8 < MIN_SIZE:
        raise StatusListError(f"A status list has at least {MIN_SIZE:,} positions.", code="status-list-length")
    packed = gzip.compress(bits, compresslevel=9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded_list: object) -> bytes:
    """Read the bit string of a published list, never expanding more than MAX_SIZE positions.

    Raises StatusListError, also when the list is shorter than MIN_SIZE ("status-list-length").
    Source: section 3.4, Bitstring Expansion Algorithm.
    """
    if not isinstance(encoded_list, str) or not encoded_list.startswith("u") or not encoded_list.isascii():
        raise StatusListError("The status list is not multibase base64url.")
    text = encoded_list[1:].encode()
    if len(text) > MAX_SIZE // 4:
        raise StatusListError("The status list is larger than accepted here.")
    try:
        packed = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        expander = zlib.decompressobj(wbits=31)
        bits = expander.decompress(packed, MAX_SIZE // 8)
    except (binascii.Error, zlib.error, ValueError) as error:
        raise StatusListError("The status list does not decode.") from error
    if not expander.eof or expander.unconsumed_tail:
        raise StatusListError("The status list is cut off, or expands to more than is accepted here.")
    if len(bits) * 8 < MIN_SIZE:
        raise StatusListError(f"The status list has fewer than {MIN_SIZE:,} positions.", code="status-list-length")
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Tell whether one position of a decoded list is set. Raises StatusListError outside of it."""
    if not 0 <= index < len(bits) * 8:
        raise StatusListError("The position lies outside the status list.", code="status-list-range")
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def value_at(bits: bytes, index: int, size: int) -> int:
    """Give the value of one entry of a decoded list that has several bits an entry, left-most first.

    index: in entries. size: bits of an entry. Raises StatusListError outside of the list.
    """
    value = 0
    for position in range(index * size, (index + 1) * size):
        value = value << 1 | is_set(bits, position)
    return value


def with_set(bits: bytes, indexes: Iterable[int], *, value: bool = True) -> bytes:
    """Give the bit string with some positions set, or cleared. Raises StatusListError outside of it."""
    changed = bytearray(bits)
    for index in indexes:
        is_set(bits, index)
        if value:
            changed[index >> 3] |= 0x80 >> (index & 7)
        else:
            changed[index >> 3] &= 0xFF ^ (0x80 >> (index & 7))
    return bytes(changed)


def empty(size: int = MIN_SIZE) -> bytes:
    """Give a bit string with no position set. size: in positions, a multiple of 8."""
    if size < MIN_SIZE or size > MAX_SIZE or size % 8:
        raise StatusListError(f"A status list has {MIN_SIZE:,} to {MAX_SIZE:,} positions, a multiple of 8.")
    return bytes(size // 8)


def list_credential(
    *,
    url: str,
    issuer: str,
    bits: bytes,
    valid_from: datetime,
    valid_until: datetime | None = None,
    purpose: str = "revocation",
) -> dict[str, Any]:
    """Give the status list credential that is published at `url`, ready to be signed by the badges' own issuer.

    valid_until: when a reader must fetch again; sign a new one before. Source: section 2.2.
    """
    if valid_until is not None and valid_until <= valid_from:
        raise StatusListError("The status list would expire before it begins.")
    credential: dict[str, Any] = {
        "@context": [VC_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from, "valid_from"),
    }
    if valid_until is not None:
        credential["validUntil"] = timestamp(valid_until, "valid_until")
    credential["credentialSubject"] = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(bits),
    }
    return credential
