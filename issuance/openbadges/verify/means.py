"""What verifying works with: whoever fetches, the contexts, the time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ..contexts import Contexts
from ..proof import verify_proof
from ..template import Templates

Json = Mapping[str, Any]


class Resolver(Protocol):
    """Whoever fetches: the caller decides from where, how long, and what is kept. Both raise UnreachableError."""

    def did(self, document_id: str) -> Json:
        """Give the document of a DID, or of another controller address."""

    def status_list(self, url: str) -> Json:
        """Give the status list credential at an address."""


@dataclass(frozen=True)
class Means:
    """What verifying works with."""

    resolver: Resolver
    contexts: Contexts
    now: datetime
    templates: Templates | None

    def verify_proof(self, document: Json, proof: Json, key: bytes) -> None:
        data = None if self.templates is None else self.templates.hash_data(document, proof)
        verify_proof(document, proof, public_key=key, contexts=self.contexts, data=data)
