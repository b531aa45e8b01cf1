"""The whole catalog of a school: out as JSON, and in again after a look at what it would do."""

import json
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from credentials import selectors, services
from credentials.forms.frameworks import FileOrText
from credentials.models import Organization
from credentials.views.manage import person


def _schools(request: HttpRequest) -> tuple[Organization, list[Organization]]:
    """The school that the address names (the first one to begin with), among those that this person administers."""
    found = selectors.administered_by(person(request))
    if not found:
        raise Http404
    asked = request.GET.get("school")
    if not asked:
        return found[0], found
    chosen = next((each for each in found if str(each.public_id) == asked), None)
    if chosen is None:
        raise Http404
    return chosen, found


@login_required
@require_http_methods(["GET", "POST"])
def catalog_exchange(request: HttpRequest) -> HttpResponse:
    """Download the catalog; take one over: first what it would do, then the doing."""
    school, schools = _schools(request)
    form = FileOrText(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"school": school, "schools": schools, "form": form}
    if request.method == "POST" and form.is_valid():
        text = form.cleaned_data["text"]
        is_confirmed = request.POST.get("action") == "import"
        try:
            report = services.import_catalog(
                actor=person(request),
                organization=school,
                data=_parsed(text),
                at=timezone.now(),
                is_dry_run=not is_confirmed,
            )
        except (RegistryError, ValueError) as error:
            form.add_error(None, str(error))
        else:
            if is_confirmed:
                messages.success(
                    request,
                    _("Imported: %(created)s new, %(changed)s changed, %(unchanged)s as they were.")
                    % {
                        "created": len(report.created),
                        "changed": len(report.changed),
                        "unchanged": len(report.unchanged),
                    },
                )
                return redirect("credentials:manage-list")
            context |= {"report": report, "text": text}
            status = 422 if report.faults else 200
            return render_page(request, "credentials/catalog_exchange.html", context, status=status)
    return render_page(request, "credentials/catalog_exchange.html", context, status=422 if form.errors else 200)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(_("This is not JSON: %(cause)s") % {"cause": error}) from error


@login_required
@require_safe
def catalog_download(request: HttpRequest) -> HttpResponse:
    school, _all = _schools(request)
    data = services.export_catalog(actor=person(request), organization=school)
    answer = HttpResponse(
        json.dumps(data, ensure_ascii=False, indent=1) + "\n", content_type="application/json; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="catalog-{school.slug}.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer


urlpatterns: list[URLPattern] = [
    path("manage/catalog/", catalog_exchange, name="catalog-exchange"),
    path("manage/catalog/catalog.json", catalog_download, name="catalog-download"),
]
