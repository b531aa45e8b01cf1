"""The days off of a school."""

from datetime import date

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Organization
from learners import services
from learners.models import SchoolHoliday


class HolidayForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Days off, one line each"),
        help_text=gettext_lazy(
            "First day, last day, name: 2026-12-21,2027-01-01,Winter break. The last day may be empty."
        ),
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )


def _school(request: HttpRequest) -> Organization:
    schools = {grant.organization_id: grant.organization for grant in request.user.current_grants}
    found = next((each for each in schools.values() if allowed(request.user, Can.CALENDAR_EDIT, each)), None)
    if found is None:
        raise Http404
    return found


@login_required
@require_http_methods(["GET", "POST"])
def holiday_list(request: HttpRequest) -> HttpResponse:
    """Past days are kept, since they explain promises; the page shows those from a year ago on."""
    school = _school(request)
    form = HolidayForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.add_holidays(actor=request.user, organization=school, text=form.cleaned_data["text"])
        except RegistryError as error:
            form.add_error("text", str(error))
        else:
            words = ngettext("%(count)s day was added.", "%(count)s days were added.", count)
            messages.success(request, words % {"count": count})
            return redirect("learners:holiday-list")
    today = timezone.localdate()
    shown = SchoolHoliday.objects.filter(organization=school, on__year__gte=today.year - 1).order_by("on", "pk")[:500]
    context = {"form": form, "school": school, "days": list(shown), "today": today}
    return render_page(request, "learners/holiday_list.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def holiday_remove(request: HttpRequest, day: str) -> HttpResponse:
    school = _school(request)
    try:
        on = date.fromisoformat(day)
    except ValueError as error:
        raise Http404 from error
    services.remove_holiday(actor=request.user, organization=school, on=on)
    messages.info(request, _("The day was removed. What was promised before stays promised."))
    return redirect("learners:holiday-list")


urlpatterns: list[URLPattern] = [
    path("calendar/", holiday_list, name="holiday-list"),
    path("calendar/<str:day>/remove/", holiday_remove, name="holiday-remove"),
]
