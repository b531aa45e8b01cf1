"""Reading members of a document that nobody has vouched for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..canonical import is_address
from .means import Json


def issuer_id(document: Json) -> str | None:
    issuer = document.get("issuer")
    identity = issuer.get("id") if isinstance(issuer, Mapping) else issuer
    return identity if isinstance(identity, str) and is_address(identity) else None


def is_name(value: object) -> bool:
    """Tell an address from the label of a blank node, which no signature covers."""
    return is_address(value) and not str(value).startswith("_:")


def is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def objects(value: object) -> list[Json]:
    return [item for item in as_list(value) if isinstance(item, Mapping)]
