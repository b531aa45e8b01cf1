"""The JSON Canonicalization Scheme: one byte string for each JSON value.

Source: RFC 8785.
"""

from __future__ import annotations

from typing import Any

import rfc8785

from .errors import CanonicalError


def jcs(value: Any) -> bytes:
    """Give the canonical bytes of a JSON value. Raises CanonicalError for what JSON cannot hold exactly."""
    try:
        canonical: bytes = rfc8785.dumps(value)
    except (ValueError, RecursionError) as error:
        raise CanonicalError("The document holds something that has no canonical JSON.") from error
    return canonical
