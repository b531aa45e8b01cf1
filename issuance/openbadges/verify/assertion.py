"""Open Badges 2.0, read far enough to verify them: hosted assertions and signed ones.

A hosted assertion is what its own address answers; it is the issuer's when that address lies where the issuer's profile
says that its assertions lie. A signed one is a JWS by a key that the issuer's profile lists.
Source: 1EdTech Open Badges 2.0, sections 4.1 (classes), 5.1 and 5.2 (verification of hosted and signed badges), 5.3.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from .. import jws
from ..did import public_key_of
from ..errors import DidError, FormatError, LimitError, MultikeyError, OpenBadgeError, ProofError, UnreachableError
from ..public_key import PublicKey
from .dates import between_check
from .keys import find_key
from .means import Json, Means, is_http
from .parts import as_list, id_of, mapping, objects, origin, types_of
from .report import Check, Outcome
from .token import signature_check

CONTEXTS = ("https://w3id.org/openbadges/v2", "https://openbadgespec.org/v2/context.json")
_TYPES: frozenset[str | None] = frozenset([None, "jwt", "jws"])


def is_assertion(document: Json) -> bool:
    """Tell whether a document is an Open Badges 2.0 assertion."""
    return "Assertion" in types_of(document) and "VerifiableCredential" not in types_of(document)


def assertion_checks(document: dict[str, Any], token: jws.Jws | None, means: Means) -> list[Check]:
    """Give the checks of an assertion: context, shape, proof, issuer, status, dates.

    token: what it came in, when it is a signed one; `document` is its payload then. A hosted one is judged by what its
    address answers, and must be the same.
    """
    checks = [_context(document), _shape(document, token)]
    if any(check.outcome != "passed" for check in checks):
        untold = "It lacks what is needed to tell who issued it."
        checks += [Check(name, "unknown", "shape", untold) for name in ("proof", "issuer", "status")]
    else:
        checks += _hosted(document, means) if token is None else _signed(document, token, means)
    return [*checks, _dates(document, means)]


def _context(document: Json) -> Check:
    if any(context in CONTEXTS for context in as_list(document.get("@context"))):
        return Check("context", "passed", "context", "All of its vocabularies are known here.")
    return Check("context", "unknown", "context-unknown", "Its vocabulary is not that of Open Badges 2.0.")


def _shape(document: Json, token: jws.Jws | None) -> Check:
    kinds = types_of(mapping(document.get("verification")))
    if not isinstance(document.get("id"), str):
        problem = "It has no address of its own (id)."
    elif not mapping(document.get("recipient")).get("identity"):
        problem = "It does not say whom it was given to."
    elif id_of(document.get("badge")) is None:
        problem = "It does not say what was achieved."
    elif not isinstance(document.get("issuedOn"), str):
        problem = "It does not say when it was issued."
    elif token is None and not kinds & {"hosted", "HostedBadge"}:
        problem = "It is neither signed nor hosted, so nothing shows who wrote it."
    elif token is None and not is_http(document.get("id")):
        problem = "It has no address at which its issuer would confirm it."
    elif token is not None and not kinds & {"signed", "SignedBadge"}:
        problem = "It is signed, and says of itself that it is not."
    else:
        return Check("shape", "passed", "shape", "It has the parts that the standard asks for.")
    return Check("shape", "failed", "shape", problem)


def _hosted(document: Json, means: Means) -> list[Check]:
    """Compare a hosted assertion with what its address answers now, and see whether the issuer hosts there."""
    address = str(document["id"])
    try:
        hosted = means.document(address)
    except UnreachableError as error:
        sentence = "Its issuer's site could not be asked whether it is genuine."
        return [Check(name, "unknown", error.code, sentence) for name in ("proof", "issuer", "status")]
    except OpenBadgeError as error:
        return [Check(name, "unknown", error.code, str(error)) for name in ("proof", "issuer", "status")]
    if hosted.get("id") != address:
        other = "The address that it gives belongs to something else."
        return [
            Check("proof", "failed", "hosted-elsewhere", other),
            Check("issuer", "unknown", "hosted-elsewhere", other),
            _UNASKED,
        ]
    issuer = _host(document, address, means)
    is_own = issuer.outcome == "passed"
    if hosted.get("revoked") is True:
        return [Check("proof", "passed", "hosted", "Its site knows it."), issuer, _REVOKED if is_own else _UNASKED]
    if not is_assertion(hosted) or _compared(hosted) != _compared(document):
        changed = "It is not what the site under its address shows."
        return [Check("proof", "failed", "hosted-differs", changed), issuer, _UNASKED]
    proof = Check("proof", "passed", "hosted", "The site under its address shows exactly the same.")
    return [proof, issuer, _NOT_REVOKED if is_own else _UNASKED]


def _host(document: Json, address: str, means: Means) -> Check:
    """Tell whether an address is one at which the issuer hosts its assertions."""
    try:
        profile = _profile(document, means)
        allowed = mapping(profile.get("verification"))
        begins = [text for text in as_list(allowed.get("startsWith")) if isinstance(text, str)]
        origins = [text for text in as_list(allowed.get("allowedOrigins")) if isinstance(text, str)]
    except OpenBadgeError as error:
        return _not_asked(error)
    place = origin(address)
    if begins:
        is_own = any(origin(text) == place and address.startswith(text) for text in begins)
    elif origins:
        is_own = urlsplit(address).netloc in origins if place else False
    else:
        is_own = origin(str(profile["id"])) == place
    if place is not None and is_own:
        return Check("issuer", "passed", "issuer-host", "It lies where its issuer keeps its badges.")
    return Check("issuer", "failed", "issuer-mismatch", "It does not lie where its issuer keeps its badges.")


def _signed(document: Json, token: jws.Jws, means: Means) -> list[Check]:
    """Check a signed assertion: the key that it names, its signature, and whether the issuer's profile lists that key."""
    try:
        jws.require_acceptable(token, _TYPES)
        profile = _profile(document, means)
        address = id_of(mapping(document.get("verification")).get("creator"))
        if address is None:
            listed = [name for name in map(id_of, as_list(profile.get("publicKey"))) if name is not None]
            address = listed[0] if len(listed) == 1 else None
        if address is None:
            raise ProofError("It does not say which key signed it.", code="key-unknown")
        key = _key(address, profile, means)
    except ProofError as error:
        outcome: Outcome = "unknown" if error.code == "proof-unsupported" else "failed"
        return [
            Check("proof", outcome, error.code, str(error)),
            Check("issuer", "unknown", error.code, str(error)),
            _UNASKED,
        ]
    except (DidError, MultikeyError) as error:
        untold = "The key of the signature was not found where it should be."
        return [
            Check("proof", "unknown", error.code, untold),
            Check("issuer", "failed", error.code, str(error)),
            _UNASKED,
        ]
    except OpenBadgeError as error:
        issuer = _not_asked(error)
        return [Check("proof", "unknown", error.code, issuer.sentence), issuer, _UNASKED]
    proof = signature_check(token, key)
    if address in map(id_of, as_list(profile.get("publicKey"))):
        issuer = Check("issuer", "passed", "issuer", "The issuer lists the key among its own.")
    else:
        issuer = Check("issuer", "failed", "issuer-mismatch", "The issuer does not list the key that signed it.")
    is_vouched = proof.outcome == issuer.outcome == "passed"
    return [proof, issuer, _revocation(document, profile, means) if is_vouched else _UNASKED]


def _key(address: str, profile: Json, means: Means) -> PublicKey:
    """Find a key: whole in the profile, or in a document of its own that names the profile as its owner."""
    for item in objects(profile.get("publicKey")):
        if item.get("id") == address and "publicKeyPem" in item:
            return public_key_of(item)
    found = find_key(address, means)
    if found.controller is not None and found.controller.get("id") != profile["id"]:
        raise DidError("The key is controlled by somebody else than the issuer.", code="key-controller")
    return found.key


def _revocation(document: Json, profile: Json, means: Means) -> Check:
    """Look for a signed assertion in its issuer's list of revoked ones. Source: section 4.1.7, RevocationList."""
    address = id_of(profile.get("revocationList"))
    if address is None:
        return Check("status", "not-applicable", "status-none", "The issuer did not say where a revocation would show.")
    try:
        listed = means.document(address)
    except UnreachableError as error:
        return Check("status", "unknown", error.code, "The issuer's status list could not be fetched.")
    except OpenBadgeError as error:
        return Check("status", "unknown", error.code, str(error))
    if not isinstance(listed.get("revokedAssertions", []), list) or id_of(listed.get("issuer")) not in (
        None,
        profile["id"],
    ):
        return Check("status", "unknown", "status-list-format", "What was fetched is not this issuer's list.")
    own = {name for name in (document.get("id"), document.get("uid")) if isinstance(name, str)}
    for revoked in as_list(listed.get("revokedAssertions")):
        names = [revoked.get("id"), revoked.get("uid")] if isinstance(revoked, Mapping) else [revoked]
        if own.intersection(name for name in names if isinstance(name, str)):
            return _REVOKED
    return _NOT_REVOKED


def _profile(document: Json, means: Means) -> dict[str, Any]:
    """Fetch the issuer's profile by way of the badge class.

    What an assertion brings along is believed only when it has no address to ask: a signed one then vouches for it.

    Raises UnreachableError, FormatError, DidError or LimitError.
    """
    badge, named = mapping(document.get("badge")), id_of(document.get("badge"))
    if named is None:
        raise FormatError("It does not say what was achieved.")
    if is_http(named):
        badge = means.document(named)
        if badge.get("id") != named:
            raise DidError("The address of its badge class belongs to something else.", code="did-mismatch")
    address = id_of(badge.get("issuer"))
    if address is None:
        raise FormatError("Its badge class names no issuer.")
    profile = means.document(address)
    if profile.get("id") != address:
        raise DidError("What lies at the issuer's address is about somebody else.", code="did-mismatch")
    return profile


def _not_asked(error: OpenBadgeError) -> Check:
    if isinstance(error, UnreachableError):
        return Check("issuer", "unknown", error.code, "The issuer's profile could not be fetched.")
    outcome: Outcome = "unknown" if isinstance(error, LimitError) or error.code == "address-unsupported" else "failed"
    return Check("issuer", outcome, error.code, str(error))


def _dates(document: Json, means: Means) -> Check:
    return between_check(document.get("issuedOn"), document.get("expires"), means.now)


def _compared(document: Json) -> dict[str, Any]:
    """Give what a copy and the hosted assertion must agree on: all but how others are shown inside it."""
    members = {name: value for name, value in document.items() if name not in ("@context", "badge", "image", "related")}
    return {**members, "badge": id_of(document.get("badge"))}


_REVOKED = Check("status", "failed", "revoked", "The issuer has revoked it.")
_NOT_REVOKED = Check("status", "passed", "status", "The issuer has not revoked it.")
_UNASKED = Check(
    "status", "unknown", "status-unasked", "Without a good signature, what it says of its status means nothing."
)
