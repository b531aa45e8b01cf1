"""At an event: the check-in list, its printed sheet, and what an assessor records of those who came."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Criterion, Offering
from learners import services
from learners.forms.offerings import EventResultForm, StationForm, WalkInForm
from learners.models import Enrollment
from learners.selectors import offerings as selectors
from learners.services.attendance import event_requirements, standing_result
from learners.services.offerings import when_and_where
from learners.services.results import in_words
from learners.views.offerings import find, title_of
from learners.workflow import AttendanceStatus

SEARCH_MAX_LETTERS = 100


@login_required
@never_cache
@require_safe
def offering_check_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _list(request, find(request, public_id))


def _list(request: HttpRequest, offering: Offering, *, walking_in: WalkInForm | None = None) -> HttpResponse:
    """Everybody with a seat, by name, and who came. A refused walk-in comes back with 422."""
    q = request.GET.get("q", "").strip()[:SEARCH_MAX_LETTERS]
    context = {
        "offering": offering,
        "title": title_of(offering.credential),
        "when": when_and_where(offering),
        "list": selectors.check_list(offering, q=q, number=request.GET.get("page")),
        "q": q,
        "walking_in": walking_in or WalkInForm(),
        "own": request.user.pk,
    }
    context["page"] = context["list"].page
    status = 422 if walking_in is not None else 200
    return render_page(request, "learners/offering_check_in.html", context, status=status)


@login_required
@require_POST
def offering_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One press on the list. The page's script asks for JSON, and may ask late: `pressed_at` says when it was."""
    offering = find(request, public_id)
    enrollment = get_object_or_404(
        Enrollment.objects.filter(credential=offering.credential_id), public_id=_uuid(request.POST.get("enrollment"))
    )
    status = request.POST.get("status", "")
    is_script = request.headers.get("Accept") == "application/json"
    if status not in AttendanceStatus.values:
        status = AttendanceStatus.PRESENT
    try:
        standing = services.check_in(
            actor=request.user,
            offering=offering,
            enrollment=enrollment,
            status=AttendanceStatus(status),
            reason=request.POST.get("reason", ""),
            pressed_at=_moment(request.POST.get("pressed_at", "")),
            at=timezone.now(),
        )
    except RegistryError as error:
        if is_script:
            return JsonResponse({"said": str(error)}, status=error.http_status)
        messages.error(request, str(error))
    else:
        if is_script:
            said = standing.status if standing else AttendanceStatus.EXPECTED
            return JsonResponse({"status": said, "reason": standing.reason if standing else ""})
    query = {name: request.POST[name] for name in ("q", "page") if request.POST.get(name)}
    address = reverse("learners:offering-check-in", args=[public_id])
    return redirect(f"{address}{'?' if query else ''}{urlencode(query)}#row-{enrollment.public_id}")


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text or "")
    except ValueError:
        return None


def _moment(text: str) -> Any:
    """An aware moment; anything else is nothing."""
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None


@login_required
@require_http_methods(["GET", "POST"])
def offering_walk_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    offering = find(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("learners:offering-check-in", public_id=public_id)
    form = WalkInForm(request.POST)
    if form.is_valid():
        try:
            came = services.admit_walk_in(
                actor=request.user,
                offering=offering,
                said=form.cleaned_data["learner"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("%(name)s is checked in.") % {"name": came.enrollment.learner})
            return redirect("learners:offering-check-in", public_id=public_id)
    return _list(request, offering, walking_in=form)


@login_required
@never_cache
@require_safe
def offering_sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The whole list on paper, with a box and a line for each."""
    offering = find(request, public_id)
    context = {
        "offering": offering,
        "title": title_of(offering.credential),
        "when": when_and_where(offering),
        "list": selectors.check_list(offering, is_whole=True),
        "printed_at": timezone.now(),
    }
    return render_page(request, "learners/offering_sheet.html", context)


# Results -----------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def offering_results(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Those who came, and what is recorded of each at one station."""
    offering = find(request, public_id)
    form = StationForm(request.GET)
    station = form.chosen()
    page, rows = selectors.rated(offering, request.user, station=station, number=request.GET.get("page"))
    following = selectors.next_to_rate(offering, request.user, station=station)
    context = {
        "offering": offering,
        "title": title_of(offering.credential),
        "when": when_and_where(offering),
        "form": form,
        "station": station,
        "page": page,
        "rows": [
            {
                "line": each,
                "url": _address(offering, each.enrollment, station),
                "said": [(in_words(result), result) for result in each.results],
            }
            for each in rows
        ],
        "next_url": _address(offering, following, station) if following else "",
    }
    return render_page(request, "learners/offering_results.html", context)


def _address(offering: Offering, enrollment: Enrollment, station: str) -> str:
    address = reverse("learners:offering-result", args=[offering.public_id, enrollment.public_id])
    return f"{address}?{urlencode({'station': station})}" if station else address


def _results_address(offering: Offering, station: str) -> str:
    address = reverse("learners:offering-results", args=[offering.public_id])
    return f"{address}?{urlencode({'station': station})}" if station else address


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def offering_result(request: HttpRequest, public_id: UUID, enrollment: UUID) -> HttpResponse:
    """How one learner did, by the rubric; saving leads to the next who has nothing recorded."""
    offering = find(request, public_id)
    came = get_object_or_404(
        selectors.came(offering).select_related(
            "offering", "enrollment__learner", "enrollment__credential__organization", "enrollment__credential_version"
        ),
        enrollment__public_id=enrollment,
    )
    found = came.enrollment
    station_form = StationForm(request.GET)
    station = station_form.chosen()
    requirements = event_requirements(found.credential_version_id)
    criteria = list(
        Criterion.objects.filter(version=found.credential_version_id).prefetch_related("levels").order_by("position")
    )
    asked = requirements[0] if requirements else None
    if chosen := request.GET.get("evidence") or request.POST.get("requirement"):
        asked = next((each for each in requirements if str(each.position) == chosen), asked)
    standing = standing_result(came, asked, station) if asked else None
    levels = selectors.rated_levels(standing)
    form = EventResultForm(
        request.POST or None,
        criteria=criteria,
        requirements=requirements,
        initial={
            "seen": str(standing.public_id) if standing else "",
            "requirement": str(asked.position) if asked else "",
            "rater_kind": standing.rater_kind if standing else "faculty",
            "rater": standing.rater if standing and standing.rater != request.user.name else "",
            **{f"criterion-{key}": value for key, value in levels.items()},
        },
    )
    may = allowed(request.user, Can.RESULT_RECORD, found)
    if request.method == "POST" and form.is_valid():
        try:
            services.record_at_event(
                actor=request.user,
                offering=offering,
                enrollment=found,
                requirement=form.chosen_requirement(),
                levels=form.levels(),
                seen=form.cleaned_data["seen"],
                station=station,
                remark=form.cleaned_data["remark"],
                rater_kind=form.cleaned_data["rater_kind"],
                rater=form.cleaned_data["rater"],
                at=timezone.now(),
            )
        except services.ChangedElsewhere as error:
            form.add_error(None, str(error))
            standing = standing_result(came, form.chosen_requirement(), station)
            data = request.POST.copy()
            data["seen"] = str(standing.public_id) if standing else ""
            form.data = data
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded for %(name)s.") % {"name": found.learner})
            following = selectors.next_to_rate(offering, request.user, station=station, after=found)
            if following is not None:
                return redirect(_address(offering, following, station))
            return redirect(_results_address(offering, station))
    context = {
        "offering": offering,
        "learner": found.learner,
        "version": found.credential_version,
        "station": station,
        "form": form,
        "is_asked": bool(requirements),
        "may": may,
        "standing": standing,
        "said": in_words(standing) if standing else "",
        "back_url": _results_address(offering, station),
        "key": f"{public_id}:{enrollment}:{station}",
    }
    return render_page(request, "learners/offering_result.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("manage/offerings/<uuid:public_id>/check-in/", offering_check_in, name="offering-check-in"),
    path("manage/offerings/<uuid:public_id>/check-in/press/", offering_check, name="offering-check"),
    path("manage/offerings/<uuid:public_id>/check-in/walk-in/", offering_walk_in, name="offering-walk-in"),
    path("manage/offerings/<uuid:public_id>/check-in/sheet/", offering_sheet, name="offering-sheet"),
    path("manage/offerings/<uuid:public_id>/results/", offering_results, name="offering-results"),
    path("manage/offerings/<uuid:public_id>/results/<uuid:enrollment>/", offering_result, name="offering-result"),
]
