"""Finding the key that made a signature, and telling whether the issuer vouches for it.

Source: W3C Controlled Identifiers v1.0, section 3.3, Retrieve Verification Method; 1EdTech Open Badges 3.0, section 8.5,
Dereferencing the Public Key; RFC 7517, section 5, JWK Set; RFC 8615.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..canonical import is_address
from ..did import absolute, method_key, public_key_of, require_allowed
from ..errors import DidError, FormatError, LimitError, MultikeyError, OpenBadgeError, UnreachableError
from ..public_key import PublicKey, from_jwk
from .means import Json, Means, is_http
from .parts import as_list, id_of, objects, origin
from .report import Check, Outcome

_MISMATCH = "It was signed by somebody else than the issuer it names."
_UNREACHABLE = "The issuer's keys could not be fetched, so the signature could not be checked."
_NOT_ASKED = "address-unsupported"


@dataclass(frozen=True)
class Found:
    """A key and the address under which it was found. controller: the document that lists it, when one does."""

    key: PublicKey
    address: str
    controller: Json | None


def find_key(address: str, means: Means) -> Found:
    """Find a public key by its address, such as "did:web:x.example#key-1" or "https://x.example/keys#1".

    Raises UnreachableError, DidError, MultikeyError, FormatError or LimitError.
    """
    place, _, fragment = address.partition("#")
    document = means.controller(place)
    if place.startswith("did:") and not fragment:
        raise DidError("The signature does not say which key made it.", code="key-unknown")
    if "keys" in document:
        return Found(_of_set(document, address, fragment), address, None)
    if "kty" in document:
        return Found(from_jwk(document), address, None)
    if fragment and document.get("id") == place:
        return Found(method_key(document, address), address, document)
    if not place.startswith("did:") and document.get("id") == address:
        return _of_key_document(document, address, means)
    raise DidError("The key's document is not about the address that it was fetched from.", code="did-mismatch")


def not_found(error: OpenBadgeError) -> tuple[Check, Check]:
    """Tell of a key that `find_key` did not find: the lines for the proof and for the issuer."""
    if isinstance(error, UnreachableError):
        return Check("proof", "unknown", error.code, _UNREACHABLE), Check("issuer", "unknown", error.code, _UNREACHABLE)
    if isinstance(error, FormatError):
        unread = "What lies at the address of the key does not read, so the signature could not be checked."
        return Check("proof", "unknown", error.code, unread), Check("issuer", "unknown", error.code, unread)
    if isinstance(error, LimitError) or error.code == _NOT_ASKED:
        return Check("proof", "unknown", error.code, str(error)), Check("issuer", "unknown", error.code, str(error))
    return (
        Check("proof", "unknown", error.code, "The key of the signature was not found where it should be."),
        Check("issuer", "failed", error.code, str(error)),
    )


def issuer_check(issuer: str | None, found: Found, means: Means) -> Check:
    """Tell whether the issuer that a document names vouches for the key that signed it."""
    if issuer is None:
        return Check("issuer", "failed", "issuer-mismatch", "It names no issuer that a key could belong to.")
    if found.controller is not None:
        try:
            require_allowed(found.controller, found.address)
        except DidError as error:
            return Check("issuer", "failed", error.code, str(error))
        if found.controller.get("id") == issuer:
            return Check("issuer", "passed", "issuer", "The key belongs to the issuer named in it.")
        if not is_http(issuer):  # a profile may name a key that somebody else keeps, a DID document cannot
            return Check("issuer", "failed", "issuer-mismatch", _MISMATCH)
    if _is_own_place(issuer, found.address):
        return Check("issuer", "passed", "issuer-site", "The key is published on the issuer's own site.")
    return published_check(issuer, found.key, found.address, means)


def published_check(issuer: str, key: PublicKey, address: str | None, means: Means) -> Check:
    """Tell whether an issuer publishes a key among its own: for keys that lie elsewhere or travel with the badge."""
    try:
        document = means.controller(issuer)
        if document.get("id") != issuer:
            raise DidError("What lies at the issuer's address is about somebody else.", code="did-mismatch")
        if _publishes(document, key, address, means):
            return Check("issuer", "passed", "issuer", "The issuer lists the key among its own.")
    except UnreachableError as error:
        return Check("issuer", "unknown", error.code, "The issuer could not be asked whether the key is its own.")
    except OpenBadgeError as error:
        is_unread = isinstance(error, FormatError | LimitError) or error.code == _NOT_ASKED
        outcome: Outcome = "unknown" if is_unread else "failed"
        return Check("issuer", outcome, error.code, str(error))
    return Check("issuer", "failed", "issuer-mismatch", "The issuer does not list the key that signed it.")


def _publishes(document: Json, key: PublicKey, address: str | None, means: Means) -> bool:
    """Tell whether a profile or DID document lists a key that may sign: whole, by its address, or in a JWK set."""
    for name in ("verificationMethod", "assertionMethod", "publicKey"):
        for item in as_list(document.get(name)):
            named = absolute(str(document["id"]), item.get("id") if isinstance(item, Mapping) else item)
            if address is not None and named == address and name != "verificationMethod":
                return True
            if isinstance(item, Mapping) and named is not None and _is_key(item, key):
                require_allowed(document, named)
                return True
    jwks = document.get("jwks")
    if jwks is None and is_http(document.get("jwks_uri")):
        jwks = means.document(str(document["jwks_uri"]))
    return any(_is_jwk(item, key) for item in objects(jwks.get("keys") if isinstance(jwks, Mapping) else None))


def _is_key(method: Json, key: PublicKey) -> bool:
    try:
        return public_key_of(method) == key
    except MultikeyError:
        return False


def _is_jwk(jwk: Json, key: PublicKey) -> bool:
    try:
        return from_jwk(jwk) == key
    except MultikeyError:
        return False


def _of_set(document: Json, address: str, fragment: str) -> PublicKey:
    keys = objects(document.get("keys"))
    if not fragment and len(keys) == 1:
        return from_jwk(keys[0])
    wanted = [name for name in (address, fragment, f"#{fragment}") if name.strip("#")]
    named = [key for key in keys if key.get("kid") in wanted]
    if len(named) != 1:
        raise DidError("The set of keys at the address does not hold exactly one of this name.", code="key-unknown")
    return from_jwk(named[0])


def _of_key_document(document: Json, address: str, means: Means) -> Found:
    """Read a key that has a document of its own, and the controller's document, which must list it."""
    controller = id_of(document.get("controller", document.get("owner")))
    key = public_key_of(document)
    if controller is None or not is_address(controller):
        raise DidError("The key does not say who controls it.", code="key-controller")
    listed = means.controller(controller)
    if listed.get("id") != controller:
        raise DidError("The key's document is not about the address that it was fetched from.", code="did-mismatch")
    references = [id_of(item) for name in ("assertionMethod", "publicKey") for item in as_list(listed.get(name))]
    if address not in references:
        raise DidError("The issuer's key document does not list this key.", code="key-unknown")
    whole = {**document, "controller": controller}
    return Found(key, address, {**listed, "verificationMethod": [*as_list(listed.get("verificationMethod")), whole]})


def _is_own_place(issuer: str, address: str) -> bool:
    """Tell whether a key lies where only the issuer, or the owner of its whole site, can put it.

    That is below the issuer's own address, at the root of the site, or under /.well-known/. Anywhere else, another
    tenant of the same host could have put it.
    """
    site = origin(issuer)
    if site is None or origin(address) != site:
        return False
    own, place = urlsplit(issuer).path, urlsplit(address).path
    if "//" in place or "/." in place.replace("/.well-known/", "/", 1) or "%" in place or "\\" in place:
        return False
    below = f"{own.rstrip('/')}/" if own.strip("/") else "/.well-known/"
    return place == own or place.startswith((below, "/.well-known/")) or place.rpartition("/")[0] == ""
