"""What verifying works with: whoever fetches, the contexts, the time; and what was fetched already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol, TypeVar

from ..canonical import bounded, checked, is_address, parse
from ..contexts import Contexts
from ..did import key_did_document
from ..errors import DidError, LimitError, OpenBadgeError
from ..proof import CRYPTOSUITE, verify_proof
from ..template import Templates

Json = Mapping[str, Any]
T = TypeVar("T")
#: The most credentials that one verification looks at inside others, and the most values in all of them together.
MAX_INSIDE = 200
MAX_ALL_VALUES = 60_000
#: The most addresses that one verification asks for; a transcript of 60 badges by 60 issuers needs 120.
MAX_FETCHES = 150


Fetched = Json | str | bytes


class Resolver(Protocol):
    """Whoever fetches: the caller decides from where, how long, and what is kept. All raise UnreachableError.

    Each gives the bytes as they came, or an object that is read already. Every address comes from a document that
    somebody else wrote: a resolver must refuse hosts of its own network, follow redirects with the same care, and set
    limits to size and time.
    """

    def did(self, document_id: str) -> Fetched:
        """Give the document of a did:web, from where `web_did_url` says; other kinds of DID are not asked for."""

    def status_list(self, url: str) -> Fetched:
        """Give the status list credential, which may be a token, or the revocation list at an HTTP address."""

    def document(self, url: str) -> Fetched:
        """Give the JSON object at an HTTP address without fragment: a profile, keys, or an Open Badge 2.0."""


@dataclass(frozen=True)
class Means:
    """What verifying works with. One for each verification: what was fetched is kept, and asked for once."""

    resolver: Resolver
    contexts: Contexts
    now: datetime
    templates: Templates | None = None
    kept: dict[tuple[str, object], Any] = field(default_factory=dict)
    inside: list[int] = field(default_factory=lambda: [MAX_INSIDE])
    values: list[int] = field(default_factory=lambda: [MAX_ALL_VALUES])

    def verify_proof(self, document: Json, proof: Json, key: bytes) -> None:
        data = None
        is_alone = "previousProof" not in proof  # one in a chain signs the proofs before it as well
        if self.templates is not None and is_alone and proof.get("cryptosuite") == CRYPTOSUITE:
            data = self.templates.hash_data(document, proof)
        verify_proof(document, proof, public_key=key, contexts=self.contexts, data=data)

    def checked(self, document: Json) -> dict[str, Any]:
        """Check a document that is to be verified, within what all of them together may hold. Raises as `checked` does."""
        return checked(document, self.values)

    def look_inside(self, many: int) -> None:
        """Note that more credentials are looked at inside others. Raises LimitError when there are too many."""
        if many > self.inside[0]:
            raise LimitError("It holds more credentials than are looked at here.")
        self.inside[0] -= many

    def controller(self, address: str) -> Json:
        """Give the document of whoever controls keys: a DID document, or what lies at an HTTP address.

        Raises UnreachableError, DidError, FormatError or LimitError.
        """
        if address.startswith("did:key:"):
            return key_did_document(address)
        if address.startswith("did:web:"):
            return self.once("did", address, lambda: _read(self.resolver.did(address)))
        return self.document(address)

    def document(self, url: str) -> dict[str, Any]:
        """Give the JSON object at an HTTP address. Raises as `controller` does."""
        if not is_http(url):
            raise DidError("Its key lies at a kind of address that cannot be asked here.", code="address-unsupported")
        return self.once("document", url, lambda: _read(self.resolver.document(url)))

    def status_list(self, url: str) -> Fetched:
        """Give what lies at the address of a status list, unread."""
        return self.once("status-list", url, lambda: self.resolver.status_list(url))

    def once(self, what: str, name: object, work: Callable[[], T]) -> T:
        """Do some work for one verification at most once, its failure included. Raises what the work raised."""
        place = (what, name)
        if place not in self.kept:
            if len(self.kept) >= MAX_FETCHES:
                raise LimitError("It refers to more addresses than are looked at here.", code="addresses-many")
            try:
                self.kept[place] = work()
            except OpenBadgeError as error:
                self.kept[place] = error
        found: T | OpenBadgeError = self.kept[place]
        if isinstance(found, OpenBadgeError):
            raise found
        return found


def _read(fetched: Fetched) -> dict[str, Any]:
    return bounded(parse(fetched) if isinstance(fetched, str | bytes) else fetched)


def is_http(url: object) -> bool:
    return is_address(url) and str(url).startswith(("https://", "http://"))
