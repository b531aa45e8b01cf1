"""The demand report, and the way for a learner to be counted where they cannot enroll."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from config import tables
from config.pages import render_page
from credentials.models import Counted, Credential
from credentials.services import count_item
from credentials.views.catalog import find_readable
from learners.selectors import demand as selectors
from learners.selectors.learning import learner_of

COUNTED_MOST = 100
DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PeriodForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("From"), required=False, widget=DAY)
    last = forms.DateField(label=gettext_lazy("Until"), required=False, widget=DAY)

    def period(self, today: date) -> tuple[date, date]:
        """The days that were asked for, in their order; a year until today where none were."""
        self.is_valid()
        last = self.cleaned_data.get("last") or today
        first = self.cleaned_data.get("first") or last - selectors.USUAL
        return min(first, last), max(first, last)


def _period(request: HttpRequest) -> tuple[date, date]:
    if not selectors.READERS & request.user.roles():
        raise Http404
    return PeriodForm(request.GET).period(timezone.localdate())


@login_required
@require_safe
def demand_report(request: HttpRequest) -> HttpResponse:
    first, last = _period(request)
    page = Paginator(selectors.items(request.user), selectors.DEMAND_PAGE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "form": PeriodForm(initial={"first": first, "last": last}),
        "first": first,
        "last": last,
        "page": page,
        "rows": selectors.demand(list(page), first=first, last=last),
        "proposals": selectors.proposals(request.user, first=first, last=last),
        "csv_url": f"{reverse('learners:demand-csv')}?{urlencode({'first': first, 'last': last})}",
    }
    return render_page(request, "learners/demand_report.html", context)


@login_required
@require_safe
def demand_csv(request: HttpRequest) -> HttpResponse:
    first, last = _period(request)
    names = (
        "views",
        "turned_away",
        "enrolled",
        "waited",
        "waiting",
        "completed",
        "not_met",
        "withdrawn",
        "completion",
        "votes",
    )
    rows = (
        [each.credential.code, each.title, first, last, *(getattr(each, name) for name in names)]
        for each in selectors.everything(selectors.items(request.user), first=first, last=last)
    )
    return tables.answer(f"demand-{first}-{last}.csv", ["code", "title", "from", "until", *names], rows)


def count_turned_away(request: HttpRequest, credential: Credential) -> bool:
    """Once for each item and sign-in, and without by whom: what was counted is remembered in the session alone."""
    counted = request.session.get("turned_away", [])
    key = str(credential.public_id)
    if key in counted:
        return False
    request.session["turned_away"] = [*counted, key][-COUNTED_MOST:]
    count_item(credential=credential, kind=Counted.TURNED_AWAY, on=timezone.localdate())
    return True


@login_required
@require_http_methods(["GET", "POST"])
def item_want(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A learner who cannot enroll says that they would have."""
    credential = find_readable(public_id)
    if learner_of(request.user) is None:
        raise Http404
    if request.method == "POST":
        count_turned_away(request, credential)
        messages.info(request, _("Counted, without your name. Whoever plans this sees how many would have come."))
    return redirect(credential)


urlpatterns: list[URLPattern] = [
    path("manage/demand/", demand_report, name="demand-report"),
    path("manage/demand/demand.csv", demand_csv, name="demand-csv"),
    path("catalog/<uuid:public_id>/want/", item_want, name="item-want"),
]
