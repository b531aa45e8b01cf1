"""The agreement report: how far two assessors of the same work agree."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from learners.agreement import ENOUGH, Estimate, icc_in_words, kappa_in_words
from learners.forms.load import ItemFilter
from learners.selectors import agreement


@login_required
@require_safe
def agreement_report(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & agreement.READING:
        raise Http404
    items = list(agreement.items(request.user))
    form = ItemFilter(request.GET, credentials=items)
    chosen = form.cleaned_data.get("item") if form.is_valid() else ""
    credential = next((each for each in items if str(each.public_id) == chosen), items[0] if items else None)
    report = agreement.report(credential) if credential else None
    context: dict[str, Any] = {"form": form, "credential": credential, "report": report, "enough": ENOUGH}
    if report is not None:
        context |= {
            "rows": [
                {
                    "name": line.name,
                    "is_required": line.is_required,
                    "kappa": said(line.found.kappa, kappa_in_words),
                    "exact": percent(line.found.exact),
                    "adjacent": percent(line.found.adjacent),
                    "n": line.found.kappa.n,
                }
                for line in report.lines
            ],
            "totals": said(report.totals, icc_in_words) | {"n": report.totals.n},
        }
    return render(request, "learners/agreement_report.html", context)


def said(estimate: Estimate, in_words: Any) -> dict[str, str]:
    """The figure with its interval and its name; "not defined" and "too few to judge" in words."""
    if estimate.value is None:
        return {
            "value": _("not defined"),
            "interval": "",
            "word": _("too few to judge") if not estimate.is_enough else "",
        }
    interval = ""
    if estimate.low is not None and estimate.high is not None:
        interval = _("%(low)s to %(high)s") % {"low": f"{estimate.low:.2f}", "high": f"{estimate.high:.2f}"}
    word = in_words(estimate.value) if estimate.is_enough else _("too few to judge")
    return {"value": f"{estimate.value:.2f}", "interval": interval, "word": word}


def percent(share: float | None) -> str:
    return "–" if share is None else f"{100 * share:.0f} %"


urlpatterns: list[URLPattern] = [path("agreement/", agreement_report, name="agreement-report")]
