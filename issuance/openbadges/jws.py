"""Compact JSON Web Signatures: taking them apart, strictly, and making them with Ed25519.

What is not a signature with a public key is refused by name: `none`, HMAC, critical extensions, tokens made for another
purpose. Source: RFC 7515 (JWS), RFC 8725 (JWT best current practices), RFC 8037 (EdDSA).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from .canonical import MAX_BYTES, parse
from .errors import FormatError, LimitError, ProofError
from .keys import Signer

ALGORITHMS = ("EdDSA", "RS256", "ES256")
_COMPACT = re.compile(r"[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*")
#: Open Badges 3.0 allows alg, kid, jwk and typ; cty and iss come from VC-JOSE-COSE and change nothing here.
_HEADERS = {"alg", "kid", "jwk", "typ", "cty", "iss"}
_LARGEST_HEADER = 20_000


@dataclass(frozen=True)
class Jws:
    """A compact JWS taken apart, with nothing checked but its form."""

    header: dict[str, Any]
    payload: dict[str, Any]
    signed: bytes
    signature: bytes

    @property
    def algorithm(self) -> str:
        return str(self.header.get("alg"))


def is_compact(data: bytes | str) -> bool:
    """Tell whether a text looks like a compact JWS: three parts in base64url, joined by dots."""
    if len(data) > MAX_BYTES:
        return False
    text = data.decode("latin-1") if isinstance(data, bytes) else data
    return _COMPACT.fullmatch(text.strip()) is not None


def read(data: bytes | str) -> Jws:
    """Take a compact JWS apart. Raises FormatError or LimitError when it is none, with a JSON object in each part."""
    if len(data) > MAX_BYTES:
        raise LimitError(f"The token is larger than {MAX_BYTES:,} bytes.")
    if not is_compact(data):
        raise FormatError("The text is not a signed token of three parts.")
    text = (data.decode("ascii") if isinstance(data, bytes) else data).strip()
    first, second, third = text.split(".")
    if len(first) > _LARGEST_HEADER:
        raise LimitError("The head of the token is larger than accepted here.")
    header, payload = (parse(_octets(part)) for part in (first, second))
    return Jws(header, payload, f"{first}.{second}".encode(), _octets(third))


def require_acceptable(jws: Jws, types: frozenset[str | None]) -> None:
    """Refuse a token that no public key could have signed, or that was made for another purpose.

    types: values of `typ` in lower case, None when it may be absent. Raises ProofError: "jwt-unsigned" for `none` and
    HMAC, "jwt-critical" for `crit` or `b64`, "jwt-type", "jwt-header" for a header that the standard does not allow,
    "proof-unsupported" for another algorithm.
    """
    algorithm = jws.header.get("alg")
    if not isinstance(algorithm, str) or algorithm.lower() == "none" or algorithm.upper().startswith("HS"):
        raise ProofError(
            "The token is not signed with a public key, so anybody could have made it.", code="jwt-unsigned"
        )
    if "crit" in jws.header or "b64" in jws.header:
        raise ProofError("The token asks for an extension that is not understood here.", code="jwt-critical")
    kind = jws.header.get("typ")
    named = kind.lower().removeprefix("application/") if isinstance(kind, str) else None
    if named not in types or (named is None and "typ" in jws.header):
        raise ProofError("The token was made for another purpose.", code="jwt-type")
    for name in jws.header:
        if name not in _HEADERS:
            raise ProofError(f"The head of the token holds {name[:40]!r}, which is not allowed.", code="jwt-header")
    if algorithm not in ALGORITHMS:
        raise ProofError("The token is signed in a way that cannot be checked here.", code="proof-unsupported")


def sign(payload: Mapping[str, Any], *, signer: Signer, kind: str = "JWT") -> str:
    """Sign a JSON object with EdDSA and give the compact JWS; the key is named by its verification method.

    Raises ProofError when the signer does not return an Ed25519 signature.
    """
    header = {"alg": "EdDSA", "kid": signer.verification_method, "typ": kind}
    signed = b".".join(_text(orjson.dumps(part)) for part in (header, dict(payload)))
    signature = signer.sign(signed)
    if len(signature) != 64:
        raise ProofError("The signer did not return an Ed25519 signature of 64 bytes.")
    return (signed + b"." + _text(signature)).decode()


def _text(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _octets(text: str) -> bytes:
    """Read base64url without padding; a text that is not the one way of writing its bytes is refused."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise FormatError("A part of the token is not base64url.") from error
    if _text(data).decode() != text:
        raise FormatError("A part of the token is not base64url.")
    return data
