"""Beginning a pathway with its designation, and what both say beside the rules."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config import once
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials import services as credentials_services
from credentials.services import made_once
from credentials.views.manage import owners_of
from learners import services as learners_services
from pathways import services
from pathways.forms.settings import BeginForm, SettingsForm
from pathways.views.building import draft_of
from pathways.views.managing import managed


@login_required
@require_http_methods(["GET", "POST"])
def pathway_begin(request: HttpRequest) -> HttpResponse:
    schools = learners_services.schools_of(request.user, Can.PATHWAY_START)
    if not schools:
        raise Http404
    form = BeginForm(request.POST or None, schools=schools)
    if request.method == "POST" and form.is_valid():
        try:
            version = made_once(
                once.sent(request),
                services.begin_pathway,
                actor=request.user,
                at=timezone.now(),
                **form.cleaned_data,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The pathway is a draft. Say next whom it is for and what limits it has."))
            return redirect("pathways:settings-edit", version.pathway.public_id, version.number)
    return render_page(request, "pathways/pathway_begin.html", {"form": form}, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def settings_edit(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    version = draft_of(request, public_id, number)
    form = SettingsForm(request.POST or None, version=version, owners=owners_of(version.pathway.credential))
    if request.method == "POST" and form.is_valid():
        try:
            services.save_settings(actor=request.user, version=version, settings=form.settings(), at=timezone.now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Settings saved."))
            return redirect("pathways:manage-detail", public_id, number)
    context = {"version": version, "form": form}
    return render_page(request, "pathways/settings_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def designation_publish(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Publish the designation that a draft leads to; a GET comes from signing in half way and only leads back."""
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    if not allowed(request.user, Can.CREDENTIAL_PUBLISH, version.pathway.credential):
        raise Http404
    if request.method == "POST" and version.credential_version is not None:
        try:
            credentials_services.publish_version(
                actor=request.user, version=version.credential_version, at=timezone.now()
            )
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The designation is published; its words are frozen."))
    return redirect("pathways:manage-detail", public_id, number)


BASE = "manage/pathways/<uuid:public_id>/versions/<int:number>"
urlpatterns: list[URLPattern] = [
    path("manage/pathways/new/", pathway_begin, name="pathway-begin"),
    path(f"{BASE}/settings/", settings_edit, name="settings-edit"),
    path(f"{BASE}/designation/", designation_publish, name="designation-publish"),
]
