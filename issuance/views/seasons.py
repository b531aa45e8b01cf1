"""The calendar of application seasons, kept by an administrator of the school."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can
from issuance import services
from issuance.forms.seasons import SeasonForm
from issuance.models import SeasonDates
from learners.services import schools_of

DATES = ("opens_on", "programs_read_on", "letters_freeze_on", "ends_on")
EVENTS_SHOWN = 30


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def season_list(request: HttpRequest, year: int = 0) -> HttpResponse:
    """The open seasons with their dates; with a year, the form that sets them. Five queries."""
    school = next(iter(schools_of(request.user, Can.CALENDAR_EDIT)), None)
    if school is None:
        raise Http404
    seasons = services.open_seasons(timezone.localdate(), school)
    chosen = next((each for each in seasons if each.year == year), None)
    if year and chosen is None:
        raise Http404
    form = None
    if chosen is not None:
        known = {name: getattr(chosen, name) for name in DATES}
        form = SeasonForm(request.POST if request.method == "POST" else None, initial=known)
        if request.method == "POST" and form.is_valid():
            try:
                services.set_season(
                    actor=request.user, organization=school, year=year, at=timezone.now(), **form.cleaned_data
                )
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("The dates of the season %(year)s are set.") % {"year": year})
                return redirect("issuance:season-list")
    elif request.method == "POST":
        raise Http404
    history = SeasonDates.objects.filter(organization=school).select_related("set_by").order_by("-at", "-pk")
    context = {
        "school": school,
        "seasons": seasons,
        "chosen": chosen,
        "form": form,
        "history": list(history[:EVENTS_SHOWN]),
    }
    is_refused = form is not None and form.errors
    return render_page(request, "issuance/season_list.html", context, status=422 if is_refused else 200)


urlpatterns: list[URLPattern] = [
    path("calendar/seasons/", season_list, name="season-list"),
    path("calendar/seasons/<int:year>/", season_list, name="season-edit"),
]
