"""Reading members of a document that nobody has vouched for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from ..canonical import is_address
from ..did import as_list
from .means import Json

__all__ = ["as_list", "id_of", "is_index", "is_name", "issuer_id", "mapping", "objects", "origin", "types_of"]


def issuer_id(document: Json) -> str | None:
    """Give the address of the issuer that a document names, or None."""
    return id_of(document.get("issuer"))


def id_of(value: object) -> str | None:
    """Give the address of a thing that is written as its address or as an object with an id."""
    identity = value.get("id") if isinstance(value, Mapping) else value
    return identity if isinstance(identity, str) and is_address(identity) else None


def is_name(value: object) -> bool:
    """Tell an address from the label of a blank node, which no signature covers."""
    return is_address(value) and not str(value).startswith("_:")


def is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 12


def objects(value: object) -> list[Json]:
    return [item for item in as_list(value) if isinstance(item, Mapping)]


def mapping(value: object) -> Json:
    """Give an object, or an empty one for anything else."""
    return value if isinstance(value, Mapping) else {}


def types_of(document: Json) -> set[Any]:
    return {kind for kind in as_list(document.get("type")) if isinstance(kind, str)}


def origin(url: str) -> tuple[str, str, int | None] | None:
    """Give scheme, host and port of an HTTP address, or None."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    return parts.scheme, parts.hostname, port or (443 if parts.scheme == "https" else 80)
