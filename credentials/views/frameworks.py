"""The competency browser, which is public; loading frameworks and their crosswalks, which administrators do."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials import frameworks as files
from credentials import selectors, services
from credentials.forms.frameworks import CrosswalkForm, FrameworkForm
from credentials.models import Competency, Credential, Framework, Organization
from credentials.models.catalog import Strength
from credentials.views.manage import OWNERS, editable, person

EVENTS_SHOWN = 20
SHOWN_MAX = 200


# The browser ---------------------------------------------------------------------------------------------------------
@require_safe
def framework_list(request: HttpRequest) -> HttpResponse:
    """Every loaded framework."""
    return render_page(request, "credentials/framework_list.html", {"frameworks": selectors.frameworks()})


@require_safe
def framework_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The codes of a framework, and how many items on offer teach and assess each."""
    framework = get_object_or_404(Framework, public_id=public_id)
    rows = selectors.browse(framework)
    versions = Framework.objects.filter(slug=framework.slug).order_by("-pk")
    context = {"framework": framework, "rows": rows, "versions": versions}
    return render_page(request, "credentials/framework_detail.html", context)


@require_safe
def competency_detail(request: HttpRequest, public_id: UUID, code: str) -> HttpResponse:
    """What teaches a competency, what assesses it, and where it stands in other versions."""
    competency = get_object_or_404(
        Competency.objects.select_related("framework", "parent"), framework__public_id=public_id, code=code
    )
    aligned = selectors.aligned_to(competency)
    context = {
        "competency": competency,
        "framework": competency.framework,
        "teaches": aligned[Strength.ADDRESSES],
        "assesses": aligned[Strength.ASSESSES],
        "crosswalk": selectors.crosswalk_of(competency),
        "children": competency.children.order_by("position", "pk"),
    }
    return render_page(request, "credentials/competency_detail.html", context)


@require_safe
def framework_csv(request: HttpRequest, public_id: UUID) -> HttpResponse:
    framework = get_object_or_404(Framework, public_id=public_id)
    answer = HttpResponse(files.write_csv(services.as_loaded(framework).items), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{framework.slug}.csv"'
    return answer


@require_safe
def case_package(request: HttpRequest, edition: str, public_id: UUID) -> HttpResponse:
    """A framework as a CASE package, for other systems to load."""
    if edition not in files.CASE_NAMES:
        raise Http404
    framework = Framework.objects.filter(public_id=public_id).first()
    if framework is None:
        return _unknown()
    package = files.write_case(
        services.as_loaded(framework),
        origin=settings.PUBLIC_ORIGIN,
        changed_at=framework.loaded_at,
        edition=edition,
    )
    return JsonResponse(package)


@require_safe
def case_documents(request: HttpRequest, edition: str) -> HttpResponse:
    """The list that other systems ask for first."""
    if edition not in files.CASE_NAMES:
        raise Http404
    documents = [
        files.document_of(
            files.Loaded(
                version=each.version,
                title=each.title,
                publisher=each.publisher,
                kind=each.kind,
                source_url=each.source_url,
                note=each.note,
                identifier=each.public_id,
            ),
            origin=settings.PUBLIC_ORIGIN,
            changed_at=each.loaded_at,
            edition=edition,
        )
        for each in Framework.objects.order_by("pk")
    ]
    return JsonResponse({"CFDocuments": documents}, headers={"X-Total-Count": str(len(documents))})


def _unknown() -> JsonResponse:
    """What CASE answers for an identifier that is not here."""
    status = {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": "No framework has this identifier.",
        "imsx_codeMinor": {
            "imsx_codeMinorField": [
                {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": "unknownobject"}
            ]
        },
    }
    return JsonResponse(status, status=404)


# Loading -------------------------------------------------------------------------------------------------------------
def _school(request: HttpRequest) -> Organization:
    """An organization in whose name this person loads frameworks; for others there is nothing here."""
    found = selectors.administered_by(person(request))
    if not found:
        raise Http404
    return found[0]


@login_required
@require_http_methods(["GET", "POST"])
def framework_load(request: HttpRequest) -> HttpResponse:
    """First what the file would load and which rows are faulty; then, with the same text, the loading itself."""
    school = _school(request)
    form = FrameworkForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        loaded = files.read(form.cleaned_data["text"], **form.given())
        if request.POST.get("action") == "load" and not loaded.faults:
            try:
                framework, is_new = services.load_framework(
                    actor=person(request), organization=school, loaded=loaded, at=timezone.now()
                )
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                said = (
                    _("The framework is loaded.") if is_new else _("This version was loaded before; nothing changed.")
                )
                messages.success(request, said)
                has_older = bool(selectors.older_versions(framework))
                if is_new and has_older:
                    return redirect("credentials:framework-review", public_id=framework.public_id)
                return redirect(framework)
        context |= {
            "loaded": loaded,
            "shown": loaded.items[:SHOWN_MAX],
            "more": max(0, len(loaded.items) - SHOWN_MAX),
            "text": form.cleaned_data["text"],
            "older": Framework.objects.filter(slug=loaded.slug).exclude(version=loaded.version).order_by("-pk").first(),
        }
        refused = bool(loaded.faults or form.errors)
        return render_page(request, "credentials/framework_load.html", context, status=422 if refused else 200)
    return render_page(request, "credentials/framework_load.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def framework_crosswalk(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How the codes of an older version lead to this one."""
    newer = get_object_or_404(Framework.objects.select_related("organization"), public_id=public_id)
    if not allowed(person(request), Can.FRAMEWORK_KEEP, newer):
        raise Http404
    versions = selectors.older_versions(newer)
    if not versions:
        messages.info(request, _("No older version of this framework is loaded."))
        return redirect(newer)
    chosen = next((each for each in versions if str(each.public_id) == request.GET.get("older")), versions[0])
    initial = {"older": str(chosen.public_id), "lines": selectors.crosswalk_lines(chosen, newer)}
    form = CrosswalkForm(request.POST or None, older=versions, initial=initial)
    faults: list[files.Fault] = []
    if request.method == "POST" and form.is_valid():
        older = form.versions[form.cleaned_data["older"]]
        rows, faults = files.read_crosswalk(
            form.cleaned_data["lines"],
            set(older.competencies.values_list("code", flat=True)),
            set(newer.competencies.values_list("code", flat=True)),
        )
        if not faults:
            try:
                services.set_crosswalk(actor=person(request), older=older, newer=newer, rows=rows, at=timezone.now())
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The crosswalk is saved. No alignment has changed."))
                return redirect("credentials:framework-review", public_id=public_id)
    context = {
        "framework": newer,
        "form": form,
        "faults": faults,
        "events": newer.crosswalk_events.select_related("actor", "older").order_by("-at", "-pk")[:EVENTS_SHOWN],
    }
    status = 422 if faults or form.errors else 200
    return render_page(request, "credentials/framework_crosswalk.html", context, status=status)


@login_required
@require_safe
def framework_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Which alignments a newer version would change; a person changes them, item by item."""
    user = person(request)
    if not OWNERS & user.roles():
        raise Http404
    framework = get_object_or_404(Framework.objects.select_related("organization"), public_id=public_id)
    context = {
        "framework": framework,
        "reviews": selectors.alignment_review(framework, user),
        "has_older": bool(selectors.older_versions(framework)),
        "may_crosswalk": allowed(user, Can.FRAMEWORK_KEEP, framework),
    }
    return render_page(request, "credentials/framework_review.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def alignments_take_over(request: HttpRequest, public_id: UUID, framework_id: UUID) -> HttpResponse:
    """Bring the alignments of one item to a newer version, in its draft."""
    credential: Credential = editable(request, public_id)
    framework = get_object_or_404(Framework, public_id=framework_id)
    if request.method == "POST":
        try:
            services.take_over_alignments(
                actor=person(request), credential=credential, newer=framework, at=timezone.now()
            )
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The draft is aligned to the newer version. What is published stays as it is."))
    return redirect("credentials:framework-review", public_id=framework_id)


urlpatterns: list[URLPattern] = [
    path("competencies/", framework_list, name="framework-list"),
    path("competencies/<uuid:public_id>/", framework_detail, name="framework-detail"),
    path("competencies/<uuid:public_id>/framework.csv", framework_csv, name="framework-csv"),
    path("competencies/<uuid:public_id>/items/<path:code>/", competency_detail, name="competency-detail"),
    path("ims/case/<slug:edition>/CFDocuments", case_documents, name="case-documents"),
    path("ims/case/<slug:edition>/CFPackages/<uuid:public_id>", case_package, name="case-package"),
    path("manage/frameworks/load/", framework_load, name="framework-load"),
    path("manage/frameworks/<uuid:public_id>/crosswalk/", framework_crosswalk, name="framework-crosswalk"),
    path("manage/frameworks/<uuid:public_id>/review/", framework_review, name="framework-review"),
    path(
        "manage/credentials/<uuid:public_id>/alignments/<uuid:framework_id>/",
        alignments_take_over,
        name="alignments-take-over",
    ),
]
