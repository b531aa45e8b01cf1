"""The JSON-LD contexts that the core knows, and no others.

Files come from npm packages at install; each must match a digest kept here, so that no install step, mirror or disk
fault can change what a signature covers. Nothing is ever fetched.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .errors import ContextError

VC_V2 = "https://www.w3.org/ns/credentials/v2"
VC_V1 = "https://www.w3.org/2018/credentials/v1"
OB_V3 = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
OB_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
CLR_V2 = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
CLR_V2_FIRST = "https://purl.imsglobal.org/spec/clr/v2p0/context.json"
DID_V1 = "https://www.w3.org/ns/did/v1"
MULTIKEY_V1 = "https://w3id.org/security/multikey/v1"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"
DATA_INTEGRITY_V2 = "https://w3id.org/security/data-integrity/v2"

#: The contexts of a badge, in the order that the Open Badges schema asks for.
BADGE_CONTEXTS = (VC_V2, OB_V3, OB_EXTENSIONS)
#: The contexts of a transcript (CLR 2.0).
CLR_CONTEXTS = (VC_V2, CLR_V2, OB_V3)
#: The contexts of a DID document that verifiers hold offline.
DID_CONTEXTS = (DID_V1, MULTIKEY_V1)

#: url: (file name, SHA-256 of the file's JSON with sorted keys, no spaces, UTF-8).
FILES: Mapping[str, tuple[str, str]] = {
    VC_V2: ("credentials-v2.json", "b463c8d6a066214123ddd9827b135e1b50e1fc73322cc52a9b12a4f1fc7d86cf"),
    VC_V1: ("credentials-v1.json", "b01e671e873981f19a9102a9a57f666dbcaeb31b99e3e124378d143e71549247"),
    OB_V3: ("ob-3.0.3.json", "c5e555a91a5cf48e32ae0a05674c61ddd5c053b680b5643b2f57f9965e386d99"),
    OB_EXTENSIONS: ("ob-extensions.json", "15f4c347c6fe4380d9b6b93795859e33747ef48d5c55b91a71c52fb51c7bcbd7"),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json": (
        "ob-3.0.2.json",
        "bdd1d11a55a660322f24660862a1d430ee80cce584465f750909daa43684357c",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json": (
        "ob-3.0.1.json",
        "8bb2354552b70cbdf2066f6d3e24bc5c2be2619145737580ad2aebdc366e77d5",
    ),
    "https://purl.imsglobal.org/spec/ob/v3p0/context.json": (
        "ob-3.0.json",
        "2c54acaa1cffda2420be32ab61f0a2082051211131c6337686f36f2537aa859b",
    ),
    DATA_INTEGRITY_V2: ("data-integrity-v2.json", "7ba3c50acf2689d5e07927267343eb353249c7c22a9f2d00307cc970e855e305"),
    ED25519_2020_V1: ("ed25519-2020-v1.json", "fb517f09d990829aed734c9bad8cbbb2ac3d5063b865c7e3d81f246074bf5691"),
    MULTIKEY_V1: ("multikey-v1.json", "be20c3ee6af6e9c4102e66a85c26617831218e32216bdf050f870e389e737cdc"),
    DID_V1: ("did-v1.json", "a7e146c40fcec005d3f0f14ae745665f446da58d7914a9d8f733746686fad82b"),
}

_CLR = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#"
_OB = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#"
_FIRST_OB = "https://purl.imsglobal.org/spec/ob/v3p0/vocab.html#"


def _clr_class(name: str, **terms: dict[str, str]) -> dict[str, Any]:
    return {"@id": _CLR + name, "@context": {"id": "@id", "type": "@type", **terms}}


def _clr_many(name: str, kind: str) -> dict[str, str]:
    return {"@id": _CLR + name, "@type": kind, "@container": "@set"}


#: The terms of CLR 2.0, which no package carries, written from the specification's vocabulary. The published context
#: names `xsd:` without defining it, so those datatypes stay short here as well: they are part of what is signed.
CLR_TERMS: Mapping[str, Any] = {
    "id": "@id",
    "type": "@type",
    "ClrCredential": _clr_class("ClrCredential", partial={"@id": _CLR + "partial", "@type": "xsd:boolean"}),
    "ClrSubject": _clr_class(
        "ClrSubject",
        achievement=_clr_many("achievement", _OB + "Achievement"),
        association=_clr_many("association", _CLR + "Association"),
        verifiableCredential=_clr_many(
            "verifiableCredential", "https://www.w3.org/2018/credentials#verifiableCredential"
        ),
        identifier=_clr_many("identifier-1", _OB + "Identifier"),
    ),
    "Association": {
        "@id": _CLR + "Association",
        "@context": {
            "associationType": {"@id": _CLR + "AssociationType"},
            "sourceId": {"@id": _CLR + "sourceId", "@type": "xsd:anyURI"},
            "targetId": {"@id": _CLR + "targetId", "@type": "xsd:anyURI"},
        },
    },
}


def _first_clr_terms() -> dict[str, Any]:
    """Give the terms of the first context of CLR 2.0, for reading: without two, and with another name for one."""
    terms: dict[str, Any] = json.loads(json.dumps(CLR_TERMS))
    del terms["ClrCredential"]["@context"]["partial"], terms["ClrSubject"]["@context"]["identifier"]
    terms["ClrSubject"]["@context"]["achievement"]["@type"] = _FIRST_OB + "Achievement"
    return terms


def digest_of(document: object) -> str:
    """Give the SHA-256, in hex, of a JSON value written with sorted keys and no spaces."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


class _Bounded(dict[str, Any]):
    """A store that empties itself when it is full."""

    def __setitem__(self, key: str, value: Any) -> None:
        if len(self) >= 1000:
            self.clear()
        super().__setitem__(key, value)


class Contexts:
    """The known contexts by URL. Safe to share between threads; load it once for a process."""

    def __init__(self, documents: Mapping[str, Mapping[str, Any]]) -> None:
        self._documents = dict(documents)
        self._local = threading.local()

    @classmethod
    def load(cls, folder: Path) -> Contexts:
        """Read every context of FILES from a folder and add the CLR terms.

        Raises ContextError, code "context-missing" or "context-differs", naming the file.
        """
        documents: dict[str, Mapping[str, Any]] = {
            CLR_V2: {"@context": dict(CLR_TERMS)},
            CLR_V2_FIRST: {"@context": _first_clr_terms()},
        }
        for url, (name, expected) in FILES.items():
            try:
                document = json.loads((folder / name).read_bytes())
            except OSError as error:
                raise ContextError(
                    f"The JSON-LD context {name} is not in {folder}; run the install step again.",
                    code="context-missing",
                ) from error
            except ValueError as error:
                raise ContextError(f"The JSON-LD context {name} is not JSON.", code="context-differs") from error
            if digest_of(document) != expected:
                raise ContextError(
                    f"The JSON-LD context {name} is not the text that this version was made for.",
                    code="context-differs",
                )
            documents[url] = document
        return cls(documents)

    def including(self, documents: Mapping[str, Mapping[str, Any]]) -> Contexts:
        """Give a new set that also knows some others, by URL: for conformance suites and tests."""
        return Contexts({**self._documents, **documents})

    def urls(self) -> list[str]:
        """Give the addresses of all that are known, in order."""
        return sorted(self._documents)

    def __contains__(self, url: object) -> bool:
        return url in self._documents

    def get(self, url: str) -> Mapping[str, Any]:
        """Give the context document of a URL. Raises ContextError, code "context-unknown"."""
        if url not in self._documents:
            raise ContextError(f"The JSON-LD context {url[:200]!r} is not known here.")
        return self._documents[url]

    def loader(self) -> Callable[[str, Mapping[str, Any]], dict[str, Any]]:
        """Give a document loader for PyLD that knows these contexts alone and raises ContextError for any other."""

        def load(url: str, _options: Mapping[str, Any]) -> dict[str, Any]:
            return {
                "contentType": "application/ld+json",
                "contextUrl": None,
                "documentUrl": url,
                "document": self.get(url),
                "tag": "static",
            }

        return load

    def cache(self) -> dict[str, Any]:
        """Give this thread's store of processed contexts. Bounded, because documents may bring contexts of their own."""
        if not hasattr(self._local, "cache"):
            self._local.cache = _Bounded()
        cache: dict[str, Any] = self._local.cache
        return cache
