"""The registrar takes out the transcripts of a class: asking, watching it being made, taking the file, ending it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from issuance import services
from issuance.forms.classes import ClassExportForm
from issuance.models import ClassExport
from learners.models import Cohort
from learners.services import rosters_of

PAGE = 25
NAMED = 5  # when so few are left, the page names them: one may wait for a badge that is issued anew
KINDS = {"making": "waiting", "made": "valid", "over": "expired"}


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def class_export_list(request: HttpRequest) -> HttpResponse:
    """The exports so far, and the form that asks for another. Seven queries, whatever their number."""
    schools = rosters_of(request.user)
    if not schools:
        raise Http404
    found = Cohort.objects.filter(organization__in=schools).select_related("organization")
    cohorts = [
        each for each in found.order_by("graduates_on", "name", "pk") if allowed(request.user, Can.CLASS_EXPORT, each)
    ]
    form = ClassExportForm(request.POST or None, cohorts=cohorts, initial={"cohort": request.GET.get("class")})
    if request.method == "POST" and form.is_valid():
        try:
            export = services.request_class_export(actor=request.user, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The transcripts are being made. You can leave this page."))
            return redirect(export)
    exports = (
        ClassExport.objects.visible_to(request.user)
        .select_related("cohort", "requested_by")
        .order_by("-requested_at", "-pk")
    )
    page = Paginator(exports, PAGE).get_page(request.GET.get("page"))
    rows = [{"export": each, **state_of(each)} for each in page]
    context = {"form": form, "page": page, "rows": rows, "can_ask": bool(cohorts)}
    return render_page(request, "issuance/class_export_list.html", context, status=422 if form.errors else 200)


def state_of(export: ClassExport) -> dict[str, str]:
    """An export's state for the status component."""
    if export.ended_at is not None or (export.keep_until is not None and export.keep_until <= timezone.now()):
        return {
            "state": "over",
            "kind": KINDS["over"],
            "word": _("File deleted") if export.made_at else _("Called off"),
        }
    if export.made_at is None:
        return {"state": "making", "kind": KINDS["making"], "word": _("Being made")}
    return {"state": "made", "kind": KINDS["made"], "word": _("Ready")}


@login_required
@never_cache
@require_safe
def class_export(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """How far an export is, or its file; and everything that happened to it. Nine queries."""
    return _page(request, _export(request, public_id))


def _export(request: HttpRequest, public_id: UUID) -> ClassExport:
    found = ClassExport.objects.visible_to(request.user).select_related("cohort__organization", "requested_by")
    return get_object_or_404(found, public_id=public_id)


def _page(request: HttpRequest, export: ClassExport) -> HttpResponse:
    counted = export.entries.aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(done_at__isnull=False)),
        files=Count("pk", filter=Q(done_at__isnull=False, transcript__isnull=False)),
    )
    left = counted["total"] - counted["done"]
    waiting = export.entries.filter(done_at__isnull=True).select_related("learner").order_by("pk")
    context = {
        "export": export,
        **state_of(export),
        **counted,
        "waiting": [each.learner for each in waiting] if 0 < left <= NAMED and export.made_at is None else [],
        "empty": counted["done"] - counted["files"],
        "said": _("%(done)s of %(total)s learners") % counted,
        "events": list(export.events.select_related("actor").order_by("at", "pk")),
        "files_said": ngettext("%(count)s transcript", "%(count)s transcripts", counted["files"])
        % {"count": counted["files"]},
    }
    return render_page(request, "issuance/class_export.html", context, part="issuance/_class_export.html")


@login_required
@never_cache
@require_POST
def class_export_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The file. That it was taken is written down first."""
    export = _export(request, public_id)
    try:
        export = services.download_class_export(actor=request.user, export=export, at=timezone.now())
        file = default_storage.open(export.path)
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect(export)
    name = f"transcripts-{slugify(export.cohort.name) or 'class'}-{timezone.localdate(export.made_at):%Y-%m-%d}.zip"
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def class_export_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    export = _export(request, public_id)
    try:
        services.call_off_class_export(actor=request.user, export=export, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The file is deleted.") if export.made_at else _("Called off. Nothing is kept."))
    return redirect(export)


urlpatterns: list[URLPattern] = [
    path("registrar/classes/", class_export_list, name="class-export-list"),
    path("registrar/classes/<uuid:public_id>/", class_export, name="class-export"),
    path("registrar/classes/<uuid:public_id>/file/", class_export_file, name="class-export-file"),
    path("registrar/classes/<uuid:public_id>/end/", class_export_end, name="class-export-end"),
]
