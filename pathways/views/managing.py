"""Pathways for those who run them: versions, their rules in sentences, the gate."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials import gate as credentials_gate
from credentials.workflow import VersionStatus
from learners import services as learners_services
from pathways import gate, rules, selectors, services
from pathways.forms.notes import NoteForm
from pathways.models import PathwayVersion
from pathways.workflow import PathwayVersionStatus


def managed(request: HttpRequest) -> Any:
    return (
        PathwayVersion.objects.filter(
            request.user.scope_q({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, "pathway__credential__")
        )
        .select_related("pathway__credential__organization", "credential_version")
        .order_by("title", "-number", "pk")
    )


@login_required
@require_safe
def manage_list(request: HttpRequest) -> HttpResponse:
    if not {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR} & request.user.roles():
        raise Http404
    return render_page(
        request,
        "pathways/manage_list.html",
        {
            "versions": managed(request),
            "may_start": bool(learners_services.schools_of(request.user, Can.PATHWAY_START)),
        },
    )


@login_required
@require_safe
def manage_pathway(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A pathway by itself leads to its newest version."""
    version = managed(request).filter(pathway__public_id=public_id).order_by("-number").first()
    if version is None:
        raise Http404
    return redirect("pathways:manage-detail", public_id, version.number)


@login_required
@require_safe
def manage_detail(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    return _manage_page(request, version, NoteForm())


def _manage_page(request: HttpRequest, version: PathwayVersion, form: forms.Form, status: int = 200) -> HttpResponse:
    is_draft = version.status == PathwayVersionStatus.DRAFT
    asked, sentences = None, []
    try:
        asked = selectors.asked(version)
        sentences = rules.in_words(asked.rules)
    except rules.RuleError:  # a draft; the gate says what is wrong
        pass
    missing = (
        [_linked(each, version) for each in gate.blocking(version, at=timezone.now(), asked=asked)] if is_draft else []
    )
    context = {
        "version": version,
        "sentences": sentences,
        "missing": missing,
        "notices": gate.notices(version, on=timezone.localdate(), asked=asked) if is_draft else [],
        "may_edit": allowed(request.user, Can.PATHWAY_EDIT, version.pathway),
        "may_publish_designation": is_draft
        and version.credential_version is not None
        and version.credential_version.status == VersionStatus.DRAFT
        and not credentials_gate.missing(version.credential_version)
        and allowed(request.user, Can.CREDENTIAL_PUBLISH, version.pathway.credential),
        "may_publish": is_draft and not missing and allowed(request.user, Can.PATHWAY_PUBLISH, version.pathway),
        "history": [
            {"title": f"{_event_title(event.moved_to)}, {event.actor.name}", "time": event.at, "note": event.note}
            for event in version.events.select_related("actor").order_by("at", "pk")
        ],
        "form": form,
    }
    return render_page(request, "pathways/manage_detail.html", context, status=status)


def _linked(finding: gate.Finding, version: PathwayVersion) -> dict[str, str]:
    """A finding with the address where it is mended."""
    key, number = version.pathway.public_id, version.number
    places = {"settings": "pathways:settings-edit", "rules": "pathways:rule-list"}
    url = ""
    if finding.place in places:
        url = reverse(places[finding.place], args=[key, number]) + (f"#{finding.at}" if finding.at else "")
    return {"text": finding.text, "todo": finding.todo, "url": url}


def _event_title(moved_to: str) -> str:
    return {
        "draft": _("Started"),
        "published": _("Published"),
        "retired": _("Retired"),
        "settings": _("Settings changed"),
        "class-moved": _("A class was moved here"),
        "class-moved-back": _("A class was moved back to the version of before"),
        "class-pinned": _("A class joins by this version from now on"),
    }.get(moved_to, moved_to)


@login_required
@require_http_methods(["GET", "POST"])
def pathway_publish(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Publish; a GET comes from signing in half way and only leads back."""
    version = get_object_or_404(managed(request), pathway__public_id=public_id, number=number)
    if request.method == "GET":
        return redirect("pathways:manage-detail", public_id, number)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            services.publish_pathway(actor=request.user, version=version, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The pathway is published."))
            return redirect("pathways:manage-detail", public_id, number)
    return _manage_page(request, version, form, 422)


urlpatterns: list[URLPattern] = [
    path("manage/pathways/", manage_list, name="manage-list"),
    path("manage/pathways/<uuid:public_id>/", manage_pathway, name="manage-pathway"),
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/", manage_detail, name="manage-detail"),
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/publish/", pathway_publish, name="pathway-publish"),
]
