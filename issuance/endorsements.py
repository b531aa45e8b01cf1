"""Who is named beside a version as one that endorses it."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from credentials.models import Credential, CredentialVersion, Endorsement
from issuance.models import DocumentKind, SignedDocument
from issuance.workflow import KeyState


def endorsed_by(version_id: int | None) -> list[dict[str, Any]]:
    """Who stands up for a version, each with the address of what was signed. One query."""
    documents = SignedDocument.objects.current(DocumentKind.ENDORSEMENT).exclude(key__state=KeyState.COMPROMISED)
    found = Endorsement.objects.standing().filter(version=version_id, documents__in=documents)
    return [told(each) for each in found.select_related("organization", "request").order_by("confirmed_at", "pk")]


def told(each: Endorsement) -> dict[str, Any]:
    return {
        "organization": each.organization.name,
        "kind": each.request.get_kind_display() if each.request is not None else "",
        "statement": each.statement,
        "confirmed_at": each.confirmed_at,
        "url": reverse("issuance:endorsement-page", args=[each.public_id]),
    }


def item_panel(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """On the page of an item, for what it is offered in. One query, and none where its page knows that nobody does."""
    if not getattr(credential, "is_endorsed", True):
        return None
    return _panel(credential.current_version_id)


def version_panel(request: HttpRequest, version: CredentialVersion) -> dict[str, Any] | None:
    return _panel(version.pk)


def _panel(version_id: int | None) -> dict[str, Any] | None:
    found = endorsed_by(version_id)
    return {"endorsements": found} if found else None
