"""A signed endorsement for everybody: its page, its bytes, and the keys that the registry keeps for who endorses."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from config.limits import limited
from credentials.models.organizations import ENDORSERS
from issuance import badges, core, verification
from issuance.views.public import PAGE_TYPE, VC_TYPES, did_response, not_shown


@require_safe
@limited("verify")
def endorsement_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who endorses what, in which words, how that was confirmed, and whether the signed form stands; the form itself for
    a client that asks for it."""
    at = timezone.now()
    found = verification.endorsement_verdict(public_id, at=at)
    if found is None:
        return not_shown()
    kind = request.get_preferred_type([PAGE_TYPE, *VC_TYPES]) or PAGE_TYPE
    if kind != PAGE_TYPE:
        response = HttpResponse(found.content, content_type=kind)
    else:
        endorsement = found.endorsement
        version = endorsement.version
        context = {
            "found": found,
            "endorsement": endorsement,
            "organization": found.organization if found.state != "failed" else endorsement.organization.name,
            "kind": endorsement.request.get_kind_display() if endorsement.request is not None else "",
            "version": version,
            "school": version.credential.organization,
            "version_url": badges.version_url(version.credential.public_id, version.number),
            "domain": badges.domain_of(endorsement),
            "did": core.did_of(endorsement.organization),
            "at": at,
        }
        response = HttpResponse(render_to_string("issuance/endorsement.html", context))
    response["Cache-Control"] = "public, no-cache"
    patch_vary_headers(response, ["Accept"])
    return response


@require_safe
@limited("verify")
def endorsement_json(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The signed bytes as stored, to keep."""
    found = verification.endorsement_verdict(public_id, at=timezone.now())
    if found is None:
        return not_shown()
    response = HttpResponse(found.content, content_type="application/vc+ld+json")
    response["Content-Disposition"] = f'attachment; filename="endorsement-{str(public_id)[:8]}.json"'
    response["Cache-Control"] = "public, no-cache"
    return response


@require_safe
def endorser_did_document(request: HttpRequest, public_id: str) -> HttpResponse:
    """The DID document of an organization outside that has endorsed something here."""
    return did_response(f"{ENDORSERS}{public_id}")


urlpatterns: list[URLPattern] = [
    path("endorsements/<uuid:public_id>", endorsement_page, name="endorsement-page"),
    path("endorsements/<uuid:public_id>.json", endorsement_json, name="endorsement-json"),
    path("endorsers/<slug:public_id>/did.json", endorser_did_document, name="endorser-did-document"),
]
