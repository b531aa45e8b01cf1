"""What this registry publishes itself, as the core's verifier asks for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from django.utils.translation import gettext as _

from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import StatusList
from issuance.services import keys


class Registry:
    """The core's resolver over what this registry publishes itself; nothing is fetched from anywhere."""

    def did(self, document_id: str) -> dict[str, Any]:
        for organization in Organization.objects.filter(is_issuer=True):
            if core.did_of(organization) == document_id:
                return did_document(organization)
        raise ob.UnreachableError(_("The issuer is not this registry, and other issuers are not asked here."))

    def status_list(self, url: str) -> dict[str, Any]:
        start = core.url("/status/")
        try:
            public_id = UUID(url.removeprefix(start)) if url.startswith(start) else None
        except ValueError:
            public_id = None
        found = StatusList.objects.filter(public_id=public_id).first() if public_id else None
        if found is None:
            raise ob.UnreachableError(_("The status list is not one of this registry."))
        return read_object(bytes(found.signed_bytes))

    def document(self, url: str) -> dict[str, Any]:
        raise ob.UnreachableError(_("Other issuers are not asked here."))


def did_document(organization: Organization) -> dict[str, Any]:
    """What did:web publishes for an organization, with the history of its keys."""
    return ob.did_document(core.did_of(organization), keys.published_keys(organization))


def verify_bytes(content: bytes | str, *, at: datetime, templates: ob.Templates | None = None) -> ob.Report:
    """Verify a credential in any form that the core reads, by what this registry publishes.

    templates: the signer's own, for stored documents only; a stranger's file must not fill them.
    """
    return ob.verify(content, resolver=Registry(), contexts=core.contexts(), now=at, templates=templates)


def read_object(content: bytes) -> dict[str, Any]:
    """A JSON object; empty when the bytes are none."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return document if isinstance(document, dict) else {}
