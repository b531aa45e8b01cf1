"""Watching a list: asking for it on the list's page, saying yes from one's mail, and ending it."""

import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from config.errors import RegistryError
from config.limits import limited
from issuance import badge_page, services, verification
from issuance.models import BadgeList, Watch

USUAL = datetime.timedelta(days=180)
SHOWN = 500


class WatchForm(forms.Form):
    email = forms.EmailField(
        max_length=254,
        label=_("E-mail address"),
        help_text=_("It is asked by mail first. At most one mail a day comes, and only when something has changed."),
        error_messages={"required": _("Give the address that is to be told.")},
    )
    ends_on = forms.DateField(
        label=_("Until the end of"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Within a year. Then it ends by itself, and what was kept for it is deleted."),
        error_messages={"required": _("Choose a day within a year from now.")},
    )

    def ends_at(self) -> datetime.datetime:
        """The last second of the day, by the school's clock."""
        return timezone.make_aware(datetime.datetime.combine(self.cleaned_data["ends_on"], datetime.time(23, 59, 59)))


@csrf_exempt  # reads no cookie; the address is asked by mail before anything begins
@require_http_methods(["GET", "HEAD", "POST"])
@limited("contact", methods=("POST",))
def watch_ask(request: HttpRequest, token: str) -> HttpResponse:
    """Leave an address with a checked list."""
    at = timezone.now()
    found = get_object_or_404(BadgeList.objects.kept(at), token=token)
    initial = {"ends_on": timezone.localdate(at + USUAL)}
    form = WatchForm(request.POST) if request.method == "POST" else WatchForm(initial=initial)
    is_asked = False
    if form.is_bound and form.is_valid():
        try:
            email = form.cleaned_data["email"]
            services.ask_to_watch(badge_list=found, email=email, ends_at=form.ends_at(), at=at)
            is_asked = True
        except RegistryError as error:
            form.add_error(None, str(error))
    context = {"form": form, "list": found, "is_asked": is_asked}
    status = 422 if form.is_bound and not is_asked else 200
    return _private(HttpResponse(render_to_string("issuance/watch_ask.html", context), status=status))


@csrf_exempt  # the address of the page, which came by mail, is what proves who asks
@require_http_methods(["GET", "HEAD", "POST"])
@limited("verify")
def watch(request: HttpRequest, token: str) -> HttpResponse:
    """What is watched, for whoever has the mail. Looking at it begins nothing: mail programs look, too. Two queries."""
    found = get_object_or_404(Watch, token=token)
    refusal = ""
    if request.method == "POST":
        try:
            services.confirm_watch(watch=found, at=timezone.now())
            return redirect(found)
        except RegistryError as error:
            refusal = str(error)
    context = {
        "watch": found,
        "is_running": found.confirmed_at and not found.ended_at and found.ends_at > timezone.now(),
        "is_over": found.ended_at or found.ends_at <= timezone.now(),
        "until": badge_page.day(found.ends_at),
        "badges": [_shown(each) for each in found.badges.order_by("position")[:SHOWN]],
        "refusal": refusal,
        "origin": settings.PUBLIC_ORIGIN,
    }
    body = render_to_string("issuance/watch.html", context)
    return _private(HttpResponse(body, status=409 if refusal else 200))


def _shown(badge: Any) -> dict[str, Any]:
    kinds = {"altered": "failed", "withdrawn": "failed", "mixed": "suspended", "not-shown": "unknown"}
    return {
        "badge": badge,
        "kind": kinds.get(badge.state, badge.state),
        "word": verification.LIST_WORDS.get(badge.state, badge.state),
    }


@csrf_exempt  # one click in a mail program is enough (RFC 8058)
@require_POST
@limited("verify")
def watch_stop(request: HttpRequest, token: str) -> HttpResponse:
    """End a watch; a second time is as good as the first."""
    found = Watch.objects.filter(token=token).first()
    if found is not None:
        services.stop_watch(watch=found)
    return _private(HttpResponse(render_to_string("issuance/watch_stopped.html")))


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns: list[URLPattern] = [
    path("check/list/<slug:token>/watch", watch_ask, name="watch-ask"),
    path("watch/<slug:token>/", watch, name="watch"),
    path("watch/<slug:token>/stop", watch_stop, name="watch-stop"),
]
