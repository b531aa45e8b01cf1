"""A keyed permutation of 0 … size-1, so that neighbors in a status list say nothing about who was awarded together.

A Feistel network over the next even power of two, walked until the value falls inside (cycle walking), so that counting
up gives each index exactly once, in an order that nobody without the key can tell.
"""

from __future__ import annotations

import hmac

_ROUNDS = 8


def permute(key: bytes, n: int, size: int) -> int:
    """Give the n-th index of the keyed order. Bijective on 0 … size-1 for each key and size.

    key: at least 16 secret bytes. n: from 0 to size-1.
    """
    half, mask = _shape(key, n, size)
    value = n
    while True:
        left, right = value >> half, value & mask
        for number in range(_ROUNDS):
            left, right = right, left ^ _round(key, number, right, size, mask)
        value = left << half | right
        if value < size:
            return value


def unpermute(key: bytes, index: int, size: int) -> int:
    """Give the n for which `permute` answers `index`: for audits of the counter."""
    half, mask = _shape(key, index, size)
    value = index
    while True:
        left, right = value >> half, value & mask
        for number in reversed(range(_ROUNDS)):
            left, right = right ^ _round(key, number, left, size, mask), left
        value = left << half | right
        if value < size:
            return value


def _shape(key: bytes, value: int, size: int) -> tuple[int, int]:
    if len(key) < 16:
        raise ValueError("The key of a permutation has at least 16 bytes.")
    if not 0 <= value < size:
        raise ValueError("The value lies outside the permutation.")
    half = max(1, ((size - 1).bit_length() + 1) // 2)
    return half, (1 << half) - 1


def _round(key: bytes, number: int, value: int, size: int, mask: int) -> int:
    message = number.to_bytes(1, "big") + size.to_bytes(8, "big") + value.to_bytes(8, "big")
    return int.from_bytes(hmac.digest(key, message, "sha256")[:8], "big") & mask
