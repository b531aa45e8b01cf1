"""Bringing in a list of learners: the file, what it would do, and how far the workers are."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import once, tables
from config.errors import RegistryError
from config.pages import render_page
from credentials.services import made_once
from learners import roster_file, services
from learners.forms.roster import RosterForm
from learners.models import RosterImport, RowResult
from learners.selectors import roster as selectors
from learners.views.lists import list_page
from learners.workflow import RosterStatus

LIST_PAGE = 30


@login_required
@require_http_methods(["GET", "POST"])
def roster_list(request: HttpRequest) -> HttpResponse:
    schools = services.rosters_of(request.user)
    if not schools:
        raise Http404
    is_sent = request.method == "POST"
    form = RosterForm(request.POST if is_sent else None, request.FILES if is_sent else None, schools=schools)
    if request.method == "POST" and form.is_valid():
        upload = form.cleaned_data["file"]
        try:
            roster = made_once(
                once.sent(request),
                services.check_roster,
                actor=request.user,
                organization=form.school(),
                file_name=upload.name,
                data=upload.read(),
                is_inviting=form.cleaned_data["is_inviting"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error("file", str(error))
        else:
            return redirect(roster)
    earlier = RosterImport.objects.visible_to(request.user).exclude(status=RosterStatus.DROPPED)
    page = Paginator(earlier.select_related("uploaded_by").order_by("-uploaded_at", "-pk"), LIST_PAGE)
    context = {"form": form, "page": page.get_page(request.GET.get("page"))}
    return render_page(request, "learners/roster_list.html", context, status=422 if form.errors else 200)


def _find(request: HttpRequest, public_id: UUID) -> RosterImport:
    return get_object_or_404(
        RosterImport.objects.visible_to(request.user).select_related("organization", "uploaded_by"),
        public_id=public_id,
    )


@login_required
@require_safe
def roster_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a list would do, or did; while the workers are at it the page asks again by itself."""
    roster = _find(request, public_id)
    return list_page(request, roster, "learners/roster_detail.html", {"roster": roster})


@login_required
@require_safe
def roster_faulty(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The faulty rows with their reasons, to be mended and sent again: further columns are passed over."""
    roster = _find(request, public_id)
    rows = selectors.rows_of(roster, RowResult.FAULTY)
    heading = [*roster_file.COLUMNS, "line", "reason"]
    cells = rows.values_list(*roster_file.COLUMNS, "line", "said")
    return tables.answer("faulty-rows.csv", heading, cells)


@login_required
@require_POST
def roster_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    roster = _find(request, public_id)
    try:
        services.confirm_roster(actor=request.user, roster=roster, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect(roster)


@login_required
@require_POST
def roster_drop(request: HttpRequest, public_id: UUID) -> HttpResponse:
    roster = _find(request, public_id)
    try:
        services.drop_roster(actor=request.user, roster=roster)
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect(roster)
    messages.info(request, _("The list was dropped; nothing was changed."))
    return redirect("learners:roster-list")


urlpatterns: list[URLPattern] = [
    path("people/rosters/", roster_list, name="roster-list"),
    path("people/rosters/<uuid:public_id>/", roster_detail, name="roster-detail"),
    path("people/rosters/<uuid:public_id>/faulty.csv", roster_faulty, name="roster-faulty"),
    path("people/rosters/<uuid:public_id>/confirm/", roster_confirm, name="roster-confirm"),
    path("people/rosters/<uuid:public_id>/drop/", roster_drop, name="roster-drop"),
]
