"""did:web and did:key: where an issuer's keys are published, and what the document there says.

Source: W3C CCG did:web Method Specification; did:key Method; W3C Controlled Identifiers v1.0.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote, unquote, urlsplit

from .contexts import DID_CONTEXTS
from .errors import DidError, MultikeyError
from .keys import to_multikey
from .public_key import PublicKey, from_jwk, from_multikey_text, from_pem

_HOST = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*"
)
_SEGMENT = re.compile(r"[A-Za-z0-9._~!$&'()*+,;=@-]+")
#: Where a controller lists keys; `publicKey` is what profiles of Open Badges 2.0 have.
_LISTS = ("verificationMethod", "assertionMethod", "publicKey")
KeyState = Literal["active", "retired", "compromised"]


@dataclass(frozen=True, kw_only=True)
class PublishedKey:
    """One key of an issuer's history. name: the fragment, such as "key-1". public_key: 32 bytes of Ed25519.

    A retired key signs no more but its badges stay good; a compromised one is good for nothing.
    """

    name: str
    public_key: bytes
    state: KeyState = "active"

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", self.name):
            raise DidError("A key's name has letters, digits, dots, dashes and underscores.")


def web_did(origin: str, *path: str) -> str:
    """Give the did:web of an origin, such as "https://localhost:8443", and path segments below it.

    Raises DidError for an IP address, a missing host, or an origin that carries a path, query or fragment.
    """
    try:
        parts = urlsplit(origin)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise DidError("The origin is not an address.") from error
    if (
        parts.scheme not in ("https", "http")
        or not host
        or parts.path not in ("", "/")
        or parts.query
        or parts.fragment
    ):
        raise DidError("The origin is a scheme, a host and possibly a port, nothing else.")
    _require_host(host)
    name = host if port is None else f"{host}%3A{port}"
    for segment in path:
        if not segment or segment in (".", ".."):
            raise DidError("A path segment of a DID is not empty and has no relative steps.")
    return ":".join(["did:web", name, *(quote(segment, safe="") for segment in path)])


def web_did_url(did: str, *, scheme: str = "https") -> str:
    """Give the address of a did:web document. scheme: "https", or "http" for a registry on this very machine.

    Raises DidError for anything that is not a well-formed did:web. Source: did:web, section 2.5.2, Read.
    """
    if not isinstance(did, str) or not did.startswith("did:web:") or len(did) > 2000:
        raise DidError("This is not a did:web.")
    host, *path = did.removeprefix("did:web:").split(":")
    name, _, port = unquote(host).partition(":")
    _require_host(name)
    if port and not re.fullmatch("[1-9][0-9]{0,4}", port):
        raise DidError("The port of the DID is not a number.")
    segments = [unquote(segment) for segment in path]
    if any(not _SEGMENT.fullmatch(segment) or set(segment) == {"."} for segment in segments):
        raise DidError("A path segment of the DID is malformed.")
    authority = f"{name}:{port}" if port else name
    place = "/".join(segments) if segments else ".well-known"
    return f"{scheme}://{authority}/{place}/did.json"


def did_document(did: str, keys: Sequence[PublishedKey]) -> dict[str, Any]:
    """Give the DID document of an issuer with its key history.

    Every key stays in `verificationMethod`; a compromised one leaves `assertionMethod`, so that its badges fail.
    """
    if len({key.name for key in keys}) != len(keys):
        raise DidError("Two keys have the same name.")
    methods = [
        {
            "id": f"{did}#{key.name}",
            "type": "Multikey",
            "controller": did,
            "publicKeyMultibase": to_multikey(key.public_key),
        }
        for key in keys
    ]
    good = [f"{did}#{key.name}" for key in keys if key.state != "compromised"]
    document: dict[str, Any] = {"@context": list(DID_CONTEXTS), "id": did}
    if methods:
        document["verificationMethod"] = methods
    if good:
        document["assertionMethod"] = good
    return document


def key_did(public_key: bytes) -> str:
    """Give the did:key of an Ed25519 key."""
    return "did:key:" + to_multikey(public_key)


def key_did_document(did: str) -> dict[str, Any]:
    """Give the document that a did:key stands for; it is written in the DID itself. Raises DidError."""
    multikey = did.removeprefix("did:key:")
    if multikey == did:
        raise DidError("This is not a did:key.")
    try:
        from_multikey_text(multikey)
    except MultikeyError as error:
        raise DidError("The did:key does not hold a key of a kind that is read here.") from error
    method = {"id": f"{did}#{multikey}", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
    return {
        "@context": list(DID_CONTEXTS),
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
    }


def assertion_key(document: Mapping[str, Any], verification_method: str) -> bytes:
    """Find the Ed25519 key that a DID document lets sign assertions under a verification method's address.

    Raises DidError: "key-unknown" when the document has no such method, "key-controller" when another controls it,
    "key-not-allowed" when it is not under `assertionMethod`; MultikeyError when it is no Ed25519 key.
    """
    key = method_key(document, verification_method)
    require_allowed(document, verification_method)
    if key.algorithm != "EdDSA":
        raise MultikeyError("The key is not an Ed25519 key.")
    return key.material


def method_key(document: Mapping[str, Any], verification_method: str) -> PublicKey:
    """Find the public key that a controller's document lists under an address, whatever it may sign.

    Raises DidError, "key-unknown" or "key-controller"; MultikeyError when it is of a kind that is not read here.
    """
    controller = document.get("id")
    if not isinstance(controller, str):
        raise DidError("The issuer's key document has no id.")
    found = _methods(document, controller, verification_method)
    if not found:
        raise DidError("The issuer's key document does not list this key.", code="key-unknown")
    if any(item.get("controller", item.get("owner")) != controller for item in found):
        raise DidError("The key is controlled by somebody else than the issuer.", code="key-controller")
    keys = {public_key_of(item) for item in found}
    if len(keys) != 1:
        raise DidError("The issuer's key document gives two keys under one address.", code="key-unknown")
    return keys.pop()


def require_allowed(document: Mapping[str, Any], verification_method: str) -> None:
    """Require that a listed key may sign assertions. Raises DidError, code "key-not-allowed"."""
    controller = str(document.get("id"))
    found = _methods(document, controller, verification_method)
    allowed = as_list(document.get("assertionMethod"))
    references = {absolute(controller, item.get("id") if isinstance(item, Mapping) else item) for item in allowed}
    # A profile is no DID document: unless it tells apart what its keys are for, each of them signs badges.
    is_told_apart = controller.startswith("did:") or "assertionMethod" in document
    if (is_told_apart and verification_method not in references) or any("revoked" in item for item in found):
        raise DidError("The issuer has withdrawn this key: it may not sign credentials.", code="key-not-allowed")


def public_key_of(method: Mapping[str, Any]) -> PublicKey:
    """Read the key of a verification method: as a Multikey, a JWK, or the PEM of Open Badges 2.0. Raises MultikeyError."""
    if "publicKeyJwk" in method:
        return from_jwk(method["publicKeyJwk"])
    if "publicKeyPem" in method:
        return from_pem(method["publicKeyPem"])
    return from_multikey_text(method.get("publicKeyMultibase"))


def _methods(document: Mapping[str, Any], controller: str, address: str) -> list[Mapping[str, Any]]:
    candidates = [item for name in _LISTS for item in as_list(document.get(name))]
    return [
        item for item in candidates if isinstance(item, Mapping) and absolute(controller, item.get("id")) == address
    ]


def absolute(did: str, reference: object) -> str | None:
    """Give the whole address of a key that a controller's document names, perhaps by its fragment alone."""
    if not isinstance(reference, str):
        return None
    return did + reference if reference.startswith("#") else reference


def as_list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _require_host(name: str) -> None:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        if _HOST.fullmatch(name):
            return
        raise DidError("The DID's host is malformed.") from None
    raise DidError("A did:web names a host, not an IP address.")
