"""The calendar of one's deadlines: the page that makes its address, and what calendar programs fetch."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import icalendar
from config.pages import render_page
from learners import services
from learners.models import CalendarFeed
from learners.selectors import feed as selectors

TOKEN_MAX_LETTERS = 100


class FeedForm(forms.Form):
    is_discreet = forms.BooleanField(
        label=gettext_lazy("Events say “Registry deadline” only"),
        help_text=gettext_lazy("For calendars that others see."),
        required=False,
    )


@login_required
@require_http_methods(["GET", "POST"])
def feed(request: HttpRequest) -> HttpResponse:
    """The address is shown once, as it is made; afterward it can only be made anew."""
    form = FeedForm(request.POST if request.method == "POST" else None)
    address = ""
    if request.method == "POST" and form.is_valid():
        token = services.make_feed(actor=request.user, is_discreet=form.cleaned_data["is_discreet"], at=timezone.now())
        address = settings.PUBLIC_ORIGIN + reverse("learners:feed-file", args=[token])
    standing = CalendarFeed.objects.filter(user=request.user).first()
    context = {"form": form, "address": address, "standing": standing}
    return render_page(request, "learners/feed.html", context)


@login_required
@require_POST
def feed_drop(request: HttpRequest) -> HttpResponse:
    services.drop_feed(actor=request.user)
    messages.info(request, _("The address answers nobody any more."))
    return redirect("learners:feed")


@require_safe
def feed_file(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the address reads it, without an account; so it holds titles and days and no result."""
    found = selectors.find_feed(token) if len(token) <= TOKEN_MAX_LETTERS else None
    if found is None:
        raise Http404
    at = timezone.now()
    text = icalendar.write(
        selectors.events(found, at), host=settings.SITE_HOST, name=_("Microcredentials: deadlines"), at=at
    )
    response = HttpResponse(text, content_type="text/calendar; charset=utf-8")
    response["Content-Disposition"] = 'inline; filename="deadlines.ics"'
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns: list[URLPattern] = [
    path("deadlines/", feed, name="feed"),
    path("deadlines/drop/", feed_drop, name="feed-drop"),
    path("deadlines/<str:token>.ics", feed_file, name="feed-file"),
]
