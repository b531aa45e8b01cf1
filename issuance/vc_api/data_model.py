"""The rules of the W3C Verifiable Credentials Data Model 2.0 that a credential or presentation must keep.

Pure Python: no Django, network or clock. What the JSON-LD itself forbids (undefined and redefined terms, types that map to
nothing) is told by canonicalization; everything else is here, each rule under a name of its own.
Source: W3C VC Data Model 2.0, sections 4, 5 and 11.1; W3C Bitstring Status List 1.0, section 2.1; W3C Data Integrity 1.0,
section 2.1.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

VC_V2: Final = "https://www.w3.org/ns/credentials/v2"
VC_V1: Final = "https://www.w3.org/2018/credentials/v1"
MAX_PROBLEMS = 20

_URL = re.compile(r'[A-Za-z][A-Za-z0-9+.\-]*:[^\x00-\x20<>"{}|^`\\\x7f]+')
_TERM = re.compile(r"[^\x00-\x20\x7f:@/#]+")
_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)T(\d\d):([0-5]\d):([0-5]\d)(\.\d+)?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?", re.ASCII
)
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
_SRI = re.compile(r"sha(?:256|384|512)-[A-Za-z0-9+/_\-]+={0,2}(?:\?[!-~]*)?")
_MULTIBASE = re.compile(r"u[A-Za-z0-9_\-]+=?|z[1-9A-HJ-NP-Za-km-z]+")
_INDEX = re.compile(r"0|[1-9][0-9]*", re.ASCII)
_MEDIA_TYPE = re.compile(r"[A-Za-z0-9!#$&^_.+\-]+/[A-Za-z0-9!#$&^_.+\-]+(?:\s*;.*)?")

#: Hexadecimal digests of resources that are known here, in the bytes that their publisher serves.
PUBLISHED_DIGESTS: Final[Mapping[str, Mapping[str, str]]] = {
    VC_V2: {
        "sha256": "59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734",
        "sha384": "97f1eb8e5042356c805fdd61afa2c557663785e0794dcafa21e138fd38def18cb360133c221aa31d6896a6bf3e65b614",
    },
    "https://www.w3.org/ns/credentials/examples/v2": {
        "sha256": "57393fbc69d6efb9b9b5dc9cb6b9880b0944360abfe2eaf459c9e58cf2279d7c",
        "sha384": "ccd35b4135824944a2d1b6f3edd6ee6be45c10dbfb0ba16f966609d58f88ef6ec7b0f387773c042cc60ef4ccfaf0cdba",
    },
}

Json = Mapping[str, Any]


@dataclass(frozen=True)
class Problem:
    """A rule that is broken. rule: a stable name. where: the place, such as "credentialSubject[0].id"."""

    rule: str
    where: str
    sentence: str


Rule = Callable[[Any, str], Iterator[Problem]]


def credential_problems(document: Json, *, with_first_edition: bool = False) -> list[Problem]:
    """Name the rules that a credential breaks, without looking at its proofs; empty when there are none.

    with_first_edition: also know the data model 1.1, which is older, and of which less is checked.
    """
    return list(islice(_credential(document, with_first_edition), MAX_PROBLEMS))


def presentation_problems(document: Json) -> list[Problem]:
    """Name the rules that a presentation breaks, without looking at its proofs or into its credentials."""
    return list(islice(_presentation(document), MAX_PROBLEMS))


def proof_problems(proof: object, where: str) -> list[Problem]:
    """Name the rules that one Data Integrity proof breaks, whatever its cryptosuite."""
    return list(islice(_proof(proof, where), MAX_PROBLEMS))


def is_first_edition(document: Json) -> bool:
    """Tell a document of the data model 1.1 by its first context."""
    contexts = document.get("@context")
    return isinstance(contexts, list) and bool(contexts) and contexts[0] == VC_V1


def is_url(value: object) -> bool:
    return isinstance(value, str) and _URL.fullmatch(value) is not None


def moment(value: object) -> datetime | None:
    """Read an XSD dateTime; one that names no zone is in UTC. None for anything else."""
    match = _STAMP.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    day, hour, minute, second, part, zone = match.groups()
    is_midnight = (hour, minute, second) == ("24", "00", "00") and not (part or "").strip(".0")
    text = f"{day}T{'00' if is_midnight else hour}:{minute}:{second}{(part or '')[:7]}{zone or 'Z'}"
    try:
        read = datetime.fromisoformat(text)
        return (read + timedelta(days=1) if is_midnight else read).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def many(value: object) -> list[Any]:
    """Give what stands for a set: an array as it is, anything else as its one member."""
    return value if isinstance(value, list) else [value]


def id_of(value: object) -> str | None:
    """Give the address of what is written as its address, or as an object with an id."""
    identity = value.get("id") if isinstance(value, Mapping) else value
    return identity if isinstance(identity, str) and is_url(identity) else None


def types_of(document: Json) -> set[str]:
    return {kind for kind in many(document.get("type")) if isinstance(kind, str)}


def _credential(document: Json, with_first_edition: bool) -> Iterator[Problem]:
    is_first = with_first_edition and is_first_edition(document)
    yield from _contexts(document, (VC_V1,) if is_first else (VC_V2,))
    yield from _required_type(document, "VerifiableCredential")
    yield from _ids_and_types(document, "")
    if "issuer" not in document:
        yield Problem("issuer-missing", "issuer", "A credential names its issuer.")
    else:
        yield from _party(document["issuer"], "issuer")
    yield from _named(document, "")
    if "credentialSubject" not in document:
        yield Problem("subject-missing", "credentialSubject", "A credential has a credentialSubject.")
    else:
        yield from _set_of(document["credentialSubject"], "credentialSubject", "subject", _subject)
    yield from _dates(document, *(("issuanceDate", "expirationDate") if is_first else ("validFrom", "validUntil")))
    if is_first and "issuanceDate" not in document:
        yield Problem("date-missing", "issuanceDate", "A credential of the data model 1.1 has an issuanceDate.")
    for name, rule, check in _PARTS:
        if name in document:
            yield from _set_of(document[name], name, rule, check)
    if "relatedResource" in document:
        yield from _unique_resources(document["relatedResource"])


def _presentation(document: Json) -> Iterator[Problem]:
    yield from _contexts(document, (VC_V2, VC_V1))
    yield from _required_type(document, "VerifiablePresentation")
    yield from _own_id(document, "")
    if "holder" in document:
        yield from _party(document["holder"], "holder")
    for number, credential in enumerate(many(document.get("verifiableCredential", []))):
        if not isinstance(credential, Mapping):
            where = f"verifiableCredential[{number}]"
            yield Problem("credential-no-object", where, "A presentation holds credentials as objects.")
    if "termsOfUse" in document:
        yield from _set_of(document["termsOfUse"], "termsOfUse", "terms-of-use", _typed("terms-of-use"))


def _contexts(document: Json, first: tuple[str, ...]) -> Iterator[Problem]:
    contexts = document.get("@context")
    if "@context" not in document:
        yield Problem("context-missing", "@context", "There is no @context.")
        return
    if not isinstance(contexts, list) or not contexts:
        yield Problem("context-no-array", "@context", "The @context is an array of at least one item.")
        return
    if contexts[0] not in first:
        yield Problem("context-first", "@context[0]", f"The first context is {first[0]}.")
    for number, context in enumerate(contexts[1:], 1):
        if isinstance(context, str) and not is_url(context):
            yield Problem("context-no-url", f"@context[{number}]", "A context that is text is a URL.")
        elif not isinstance(context, str | Mapping):
            yield Problem("context-kind", f"@context[{number}]", "A context is a URL or an object.")
    texts = [context for context in contexts if isinstance(context, str)]
    if len(set(texts)) != len(texts):
        yield Problem("context-twice", "@context", "The same context stands there twice.")


def _required_type(document: Json, wanted: str) -> Iterator[Problem]:
    if "type" not in document:
        yield Problem("type-missing", "type", f"There is no type; one of its values is {wanted}.")
    elif wanted not in types_of(document):
        yield Problem("type-required", "type", f"One value of type is {wanted}.")


def _ids_and_types(value: object, where: str) -> Iterator[Problem]:
    """Check each `id`, `type` and value object, however deep; JSON literals say what they like."""
    if isinstance(value, list):
        for number, item in enumerate(value):
            yield from _ids_and_types(item, f"{where}[{number}]")
        return
    if not isinstance(value, Mapping):
        return
    yield from _own_id(value, where)
    if "type" in value:
        yield from _own_type(value["type"], _place(where, "type"))
    if "@value" in value and set(value) - {"@value", "@language", "@direction", "@type"}:
        yield Problem(
            "value-object-members", where, "A value object has no members but its value, language and direction."
        )
    for key, item in value.items():
        if key not in ("@context", "id", "type", "jsonSchema", "proof"):
            yield from _ids_and_types(item, _place(where, key))


def _own_id(value: Json, where: str) -> Iterator[Problem]:
    if "id" in value and not is_url(value["id"]):
        yield Problem("id-no-url", _place(where, "id"), "An id is a single URL.")


def _own_type(value: object, where: str) -> Iterator[Problem]:
    kinds = many(value)
    if not kinds:
        yield Problem("type-empty", where, "A type has at least one value.")
    for kind in kinds:
        if not isinstance(kind, str) or not (_TERM.fullmatch(kind) or is_url(kind)):
            yield Problem("type-no-term", where, "A type is a term or an absolute URL.")


def _party(value: object, where: str) -> Iterator[Problem]:
    """Check an issuer or holder: a URL, or an object with one as its id."""
    if isinstance(value, Mapping):
        if "id" not in value:
            yield Problem(f"{where}-no-id", where, f"The {where} has an id.")
        elif not is_url(value["id"]):
            yield Problem(f"{where}-no-url", f"{where}.id", f"The {where}'s id is a URL.")
        yield from _named(value, where)
    elif not is_url(value):
        yield Problem(f"{where}-no-url", where, f"The {where} is a URL, or an object with an id that is one.")


def _named(value: Json, where: str) -> Iterator[Problem]:
    """Check a name and a description: text, or text with its language and direction, or several of these."""
    for name in ("name", "description"):
        if name in value:
            found = value[name]
            for number, item in enumerate(many(found)):
                place = _place(where, f"{name}[{number}]" if isinstance(found, list) else name)
                yield from _spoken(item, name, place)
            if found == []:
                yield Problem(f"{name}-empty", _place(where, name), f"The {name} is empty.")


def _spoken(value: object, name: str, where: str) -> Iterator[Problem]:
    if isinstance(value, str):
        return
    if not isinstance(value, Mapping) or not isinstance(value.get("@value"), str):
        yield Problem(f"{name}-no-text", where, f"A {name} is text, or an object with @value that is text.")
        return
    if set(value) - {"@value", "@language", "@direction"}:
        yield Problem(f"{name}-members", where, f"A {name} has no members but @value, @language and @direction.")
    language, direction = value.get("@language", "en"), value.get("@direction", "ltr")
    if not isinstance(language, str) or not _LANGUAGE.fullmatch(language):
        yield Problem(f"{name}-language", f"{where}.@language", "The language is a BCP 47 tag.")
    if direction not in ("ltr", "rtl"):
        yield Problem(f"{name}-direction", f"{where}.@direction", "The direction is ltr or rtl.")


def _set_of(value: object, where: str, rule: str, check: Rule) -> Iterator[Problem]:
    """Check one object or a set of them, at least one."""
    if value == []:
        yield Problem(f"{rule}-empty", where, f"The {where} has at least one member.")
    for number, item in enumerate(many(value)):
        place = f"{where}[{number}]" if isinstance(value, list) else where
        if not isinstance(item, Mapping):
            yield Problem(f"{rule}-no-object", place, f"The {where} is an object, or a set of objects.")
        else:
            yield from check(item, place)


def _subject(value: Json, where: str) -> Iterator[Problem]:
    if not value:
        yield Problem("subject-no-claims", where, "Each subject has at least one claim.")


def _dates(document: Json, begin: str, end: str) -> Iterator[Problem]:
    found = {}
    for name in (begin, end):
        if name in document:
            found[name] = stamp(document[name])
            if found[name] is None:
                yield Problem(
                    "date-no-stamp", name, f"The {name} is a date and time with a time zone (XSD dateTimeStamp)."
                )
    start, until = found.get(begin), found.get(end)
    if start is not None and until is not None and until < start:
        yield Problem("dates-order", end, f"The {end} is not before the {begin}.")


def stamp(value: object) -> datetime | None:
    """Read an XSD dateTimeStamp, which names its zone. None for anything else."""
    match = _STAMP.fullmatch(value) if isinstance(value, str) else None
    return moment(value) if match is not None and match.group(6) else None


def _typed(rule: str, *, needs_id: bool = False) -> Rule:
    def check(value: Json, where: str) -> Iterator[Problem]:
        if "type" not in value:
            yield Problem(f"{rule}-no-type", _place(where, "type"), "It specifies its type.")
        if needs_id and "id" not in value:
            yield Problem(f"{rule}-no-id", _place(where, "id"), "It has an id that is a URL.")

    return check


def _status(value: Json, where: str) -> Iterator[Problem]:
    yield from _typed("status")(value, where)
    if "BitstringStatusListEntry" not in types_of(value):
        return
    if not isinstance(value.get("statusPurpose"), str):
        yield Problem("status-purpose", _place(where, "statusPurpose"), "The purpose of a status entry is text.")
    index, listed = value.get("statusListIndex"), value.get("statusListCredential")
    if not isinstance(index, str) or not _INDEX.fullmatch(index):
        yield Problem("status-index", _place(where, "statusListIndex"), "The index is a whole number, written as text.")
    if not is_url(listed):
        yield Problem("status-list", _place(where, "statusListCredential"), "The status list is named by its URL.")
    elif value.get("id") == listed:
        yield Problem("status-id", _place(where, "id"), "The id of a status entry is not the URL of its list.")
    size, messages = value.get("statusSize", 1), value.get("statusMessage")
    if not isinstance(size, int) or isinstance(size, bool) or size < 1:
        yield Problem("status-size", _place(where, "statusSize"), "The size is a whole number greater than zero.")
    elif messages is None and size > 1:
        yield Problem(
            "status-messages", _place(where, "statusMessage"), "A status of several bits says what they mean."
        )
    elif messages is not None:
        yield from _messages(messages, size, _place(where, "statusMessage"))
    for reference in many(value.get("statusReference", [])):
        if not is_url(reference):
            yield Problem("status-reference", _place(where, "statusReference"), "A reference is a URL.")


def _messages(messages: object, size: int, where: str) -> Iterator[Problem]:
    if not isinstance(messages, list) or size > 16 or len(messages) != 2**size:
        yield Problem("status-messages", where, "There is one message for each value that the status can have.")
        return
    for message in messages:
        if not isinstance(message, Mapping) or not all(isinstance(message.get(n), str) for n in ("status", "message")):
            yield Problem("status-messages", where, "Each message has a status and a message, both text.")


def _resource(value: Json, where: str) -> Iterator[Problem]:
    identity = value.get("id")
    if "id" not in value:
        yield Problem("resource-no-id", _place(where, "id"), "A related resource has an id.")
    sri, multibase = value.get("digestSRI"), value.get("digestMultibase")
    if sri is None and multibase is None:
        yield Problem("resource-no-digest", where, "A related resource has a digestSRI or a digestMultibase.")
    if "mediaType" in value and not (isinstance(value["mediaType"], str) and _MEDIA_TYPE.fullmatch(value["mediaType"])):
        yield Problem("resource-media-type", _place(where, "mediaType"), "This is not a media type.")
    digests: list[tuple[str, str]] = []
    for text in many(sri) if sri is not None else []:
        parts = text.split() if isinstance(text, str) else []
        if not parts or not all(_SRI.fullmatch(part) for part in parts):
            yield Problem("resource-digest", _place(where, "digestSRI"), "This is not a Subresource Integrity digest.")
        digests += [found for part in parts if (found := _sri(part)) is not None]
    for text in many(multibase) if multibase is not None else []:
        if not isinstance(text, str) or not _MULTIBASE.fullmatch(text):
            yield Problem("resource-digest", _place(where, "digestMultibase"), "This is not a multibase digest.")
        elif (found := _multibase(text)) is not None:
            digests.append(found)
    known = PUBLISHED_DIGESTS.get(identity, {}) if isinstance(identity, str) else {}
    if any(digest != known[kind] for kind, digest in digests if kind in known):
        yield Problem("resource-digest-differs", where, "The digest is not that of the resource.")


def _unique_resources(value: object) -> Iterator[Problem]:
    names = [item["id"] for item in many(value) if isinstance(item, Mapping) and isinstance(item.get("id"), str)]
    if len(set(names)) != len(names):
        yield Problem("resource-twice", "relatedResource", "The same resource stands there twice.")


def _sri(text: str) -> tuple[str, str] | None:
    kind, _, digest = text.partition("?")[0].partition("-")
    return _hexadecimal(kind, digest)


def _multibase(text: str) -> tuple[str, str] | None:
    """Read a digest in base64url, bare or as a multihash."""
    if not text.startswith("u"):
        return None
    sizes = {32: "sha256", 48: "sha384", 64: "sha512"}
    raw = _base64(text[1:])
    headers = {b"\x12\x20": 34, b"\x20\x30": 50, b"\x13\x40": 66}
    if raw is not None and headers.get(raw[:2]) == len(raw):
        raw = raw[2:]
    return (sizes[len(raw)], raw.hex()) if raw is not None and len(raw) in sizes else ("sha256", text)


def _hexadecimal(kind: str, digest: str) -> tuple[str, str]:
    raw = _base64(digest.replace("+", "-").replace("/", "_"))
    return kind, raw.hex() if raw is not None else digest


def _base64(text: str) -> bytes | None:
    text = text.rstrip("=")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        return None


def _proof(proof: object, where: str) -> Iterator[Problem]:
    if not isinstance(proof, Mapping):
        yield Problem("proof-no-object", where, "A proof is an object.")
        return
    yield from _own_id(proof, where)
    if proof.get("type") != "DataIntegrityProof":
        yield Problem("proof-type", _place(where, "type"), "The type of a proof is DataIntegrityProof.")
    for name in ("cryptosuite", "proofPurpose", "proofValue"):
        if not isinstance(proof.get(name), str) or not proof[name]:
            yield Problem("proof-member", _place(where, name), f"A proof has a {name}, which is text.")
    if not is_url(proof.get("verificationMethod")):
        yield Problem("proof-method", _place(where, "verificationMethod"), "A proof names its key by a URL.")
    for name in ("created", "expires"):
        if name in proof and moment(proof[name]) is None:
            yield Problem(
                "proof-date", _place(where, name), f"The {name} of a proof is a date and time (XSD dateTimeStamp)."
            )
    domain = proof.get("domain", [])
    if not all(isinstance(item, str) for item in many(domain)):
        yield Problem("proof-domain", _place(where, "domain"), "The domain of a proof is text, or a set of texts.")
    for name in ("challenge", "nonce"):
        if name in proof and not isinstance(proof[name], str):
            yield Problem(f"proof-{name}", _place(where, name), f"The {name} of a proof is text.")
    for item in many(proof.get("previousProof", [])):
        if not isinstance(item, str):
            yield Problem("proof-previous", _place(where, "previousProof"), "An earlier proof is named by its id.")


def _place(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


_PARTS: tuple[tuple[str, str, Rule], ...] = (
    ("credentialStatus", "status", _status),
    ("credentialSchema", "schema", _typed("schema", needs_id=True)),
    ("refreshService", "refresh", _typed("refresh")),
    ("termsOfUse", "terms-of-use", _typed("terms-of-use")),
    ("evidence", "evidence", _typed("evidence")),
    ("renderMethod", "render-method", _typed("render-method")),
    ("confidenceMethod", "confidence-method", _typed("confidence-method")),
    ("relatedResource", "resource", _resource),
)
