"""What everybody may read: the catalog, an item, the criteria of one version."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_safe

from config.pages import render_page
from credentials.models import Credential


@require_safe
def catalog(request: HttpRequest) -> HttpResponse:
    return render_page(request, "credentials/catalog.html", {})


@require_safe
def credential_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = get_object_or_404(Credential, public_id=public_id)
    return render_page(request, "credentials/credential_detail.html", {"credential": credential})


@require_safe
def version_detail(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    credential = get_object_or_404(Credential, public_id=public_id)
    version = get_object_or_404(credential.versions, number=number)
    return render_page(request, "credentials/version_detail.html", {"credential": credential, "version": version})


urlpatterns: list[URLPattern] = [
    path("catalog/", catalog, name="catalog"),
    path("catalog/<uuid:public_id>/", credential_detail, name="credential-detail"),
    path("catalog/<uuid:public_id>/versions/<int:number>/", version_detail, name="version-detail"),
]
