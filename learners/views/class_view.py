"""How a class does on each criterion, and whose work stands behind a figure."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials.models import Credential
from learners.forms.load import ItemFilter
from learners.models import Cohort
from learners.selectors import assessing, class_view

NONE = "none"  # in an address: the learners without a class
PAGE = 50


@login_required
@require_safe
def class_criteria(request: HttpRequest) -> HttpResponse:
    credential, form = _chosen(request)
    cohorts, lines = class_view.heat_map(credential) if credential else ([], [])
    context: dict[str, Any] = {
        "form": form,
        "credential": credential,
        "fewest": class_view.FEWEST,
        "columns": [_name(each) for each in cohorts],
        "rows": [
            {
                "name": line.name,
                "is_required": line.is_required,
                "cells": [_cell(credential, line, c) for c in line.cells],
            }
            for line in lines
        ],
        "decided": class_view.count_decided(credential) if credential else 0,
    }
    return render(request, "learners/class_criteria.html", context)


@login_required
@require_safe
def class_cell(request: HttpRequest) -> HttpResponse:
    """Who fell short on a criterion in a class: only work that the reader may open."""
    credential, _form = _chosen(request)
    cohort, key = request.GET.get("class", ""), request.GET.get("criterion", "")
    if credential is None or not (cohort == NONE or cohort.isdecimal()):
        raise Http404
    number = None if cohort == NONE else int(cohort)
    submissions = class_view.below(request.user, credential, key=key, cohort=number)
    line = next((each for each in class_view.heat_map(credential)[1] if each.key == key), None)
    if submissions is None or line is None:
        raise Http404
    ordered = submissions.with_context().order_by("-submitted_at", "pk")
    page = Paginator(ordered, PAGE).get_page(request.GET.get("page"))
    context = {
        "credential": credential,
        "criterion": line.name,
        "class_name": _name(Cohort.objects.filter(pk=number).first() if number else None),
        "cell": next(cell for cell in line.cells if (cell.cohort.pk if cell.cohort else None) == number),
        "page": page,
        "rows": [{"submission": each, "who": assessing.shown_name(each.enrollment)} for each in page],
        "back": f"{reverse('learners:class-criteria')}?{urlencode({'item': credential.public_id})}",
    }
    return render(request, "learners/class_cell.html", context)


def _chosen(request: HttpRequest) -> tuple[Any, ItemFilter]:
    """The item that the page is about, and the choice of items."""
    if not request.user.roles() & class_view.READING:
        raise Http404
    items = list(class_view.items(request.user))
    form = ItemFilter(request.GET, credentials=items)
    chosen = form.cleaned_data.get("item") if form.is_valid() else ""
    return next((each for each in items if str(each.public_id) == chosen), items[0] if items else None), form


def _name(cohort: Cohort | None) -> str:
    return cohort.name if cohort else _("Without a class")


def _cell(credential: Credential, line: class_view.Line, cell: class_view.Cell) -> dict[str, Any]:
    if cell.share is None:
        return {"column": _name(cell.cohort), "is_masked": True, "judged": cell.judged}
    query = urlencode(
        {"item": credential.public_id, "criterion": line.key, "class": cell.cohort.pk if cell.cohort else NONE}
    )
    return {
        "column": _name(cell.cohort),
        "percent": round(100 * cell.share),
        "below": cell.below,
        "judged": cell.judged,
        "step": min(4, int(cell.share * 10)),
        "query": query,
    }


urlpatterns: list[URLPattern] = [
    path("classes/criteria/", class_criteria, name="class-criteria"),
    path("classes/criteria/learners/", class_cell, name="class-cell"),
]
