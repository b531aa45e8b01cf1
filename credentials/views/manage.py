"""Where leads and administrators prepare and publish what can be earned."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from config.pages import render_page
from credentials.models import Credential


@login_required
@require_safe
def manage_list(request: HttpRequest) -> HttpResponse:
    return render_page(request, "credentials/manage_list.html", {})


@login_required
@require_safe
def manage_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = get_object_or_404(Credential.objects.editable_by(request.user), public_id=public_id)
    return render_page(request, "credentials/manage_detail.html", {"credential": credential})


@login_required
@require_POST
def stewardship(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return manage_detail(request, public_id)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/", manage_list, name="manage-list"),
    path("manage/credentials/<uuid:public_id>/", manage_detail, name="manage-detail"),
    path("manage/credentials/<uuid:public_id>/stewardship/", stewardship, name="stewardship"),
    path("manage/credentials/<uuid:public_id>/publish/", stewardship, name="version-publish"),
    path("manage/credentials/<uuid:public_id>/versions/", stewardship, name="version-start"),
]
