"""Evaluation: how an item goes, what assessors say of a term, and the answers as a file."""

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from config import tables
from config.pages import render_page
from credentials.models import Credential
from learners import surveys
from learners.selectors import evaluation as selectors

PAGE, TERMS_SHOWN = 50, 4


def _require_reader(request: HttpRequest) -> None:
    if not selectors.READERS & request.user.roles():
        raise Http404


def _item(request: HttpRequest, public_id: UUID) -> Credential:
    return get_object_or_404(selectors.items(request.user), public_id=public_id)


@login_required
@require_safe
def evaluation_list(request: HttpRequest) -> HttpResponse:
    """The items and the terms; the figures stand on a page of their own, since each reads much."""
    _require_reader(request)
    terms = [(each, surveys.term_in_words(each)) for each in surveys.terms_until(timezone.localdate(), TERMS_SHOWN)]
    context = {
        "page": Paginator(selectors.items(request.user), PAGE).get_page(request.GET.get("page")),
        "schools": selectors.schools(request.user),
        "terms": terms,
    }
    return render_page(request, "learners/evaluation_list.html", context)


@login_required
@require_safe
def evaluation(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = _item(request, public_id)
    found = selectors.figures(credential)
    context: dict[str, Any] = {
        "credential": credential,
        "title": credential.current_version.title if credential.current_version else credential.code,
        "rates": selectors.response_rates(credential, timezone.now()),
        "figures": found,
        "confidence": selectors.confidence(credential),
        "fewest": selectors.FEWEST,
    }
    return render_page(request, "learners/evaluation.html", context)


@login_required
@require_safe
def evaluation_csv(request: HttpRequest, public_id: UUID) -> HttpResponse:
    credential = _item(request, public_id)
    heading = ["study_id", "moment", "question", "criterion", "answer"]
    return tables.answer(f"answers-{credential.slug}.csv", heading, selectors.answers(credential))


@login_required
@require_safe
def evaluation_faculty(request: HttpRequest, public_id: UUID, term: str) -> HttpResponse:
    school = next((each for each in selectors.schools(request.user) if each.public_id == public_id), None)
    if school is None or surveys.term_days(term) is None:
        raise Http404
    context = {
        "school": school,
        "term": surveys.term_in_words(term),
        "report": selectors.faculty(school, term),
        "fewest": selectors.FEWEST,
        "sitting_hours": selectors.SITTING.total_seconds() / 3600,
    }
    return render_page(request, "learners/evaluation_faculty.html", context)


urlpatterns: list[URLPattern] = [
    path("manage/evaluation/", evaluation_list, name="evaluation-list"),
    path("manage/evaluation/<uuid:public_id>/", evaluation, name="evaluation"),
    path("manage/evaluation/<uuid:public_id>/answers.csv", evaluation_csv, name="evaluation-csv"),
    path("manage/evaluation/faculty/<uuid:public_id>/<slug:term>/", evaluation_faculty, name="evaluation-faculty"),
]
