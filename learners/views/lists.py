"""The page of a list from a file: what it would do, or did; while the workers are at it, how far they are."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse

from config.pages import render_page
from learners.models import RowResult
from learners.selectors import roster as selectors
from learners.workflow import RosterStatus

ROWS_PAGE = 50


def list_page(request: HttpRequest, found: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    """found: a FileList with its rows. While it is being carried out the page asks again by itself."""
    is_running = found.status == RosterStatus.CONFIRMED
    context |= {
        "list": found,
        "is_checked": found.status == RosterStatus.CHECKED,
        "is_running": is_running,
        "progress": selectors.progress(found),
    }
    if is_running:
        return render_page(request, template, context, part="learners/_roster_progress.html")
    if request.headers.get("HX-Request") == "true":  # it has come to its end: the whole page, with the report
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    kinds = selectors.counted(found)
    kind = selectors.kind_shown(request.GET.get("rows", ""), kinds)
    page = Paginator(selectors.rows_of(found, kind), ROWS_PAGE).get_page(request.GET.get("page"))
    context |= {
        "kinds": kinds,
        "kind": kind,
        "kind_word": next(each.word for each in kinds if each.kind == kind),
        "page": page,
        "faulty": next(each.count for each in kinds if each.kind == RowResult.FAULTY),
        "to_do": sum(each.count for each in kinds if each.kind in {RowResult.CREATE, RowResult.CHANGE}),
    }
    return render_page(request, template, context)
