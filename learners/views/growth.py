"""Growth: for the learner alone."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from learners import services
from learners.forms.growth import ConfidenceForm, GoalForm
from learners.models import Enrollment, Goal, Learner
from learners.selectors import growth as selectors
from learners.selectors.learning import learner_of
from learners.workflow import EnrollmentStatus

FIRST, PAGE = 10, 25  # of each list on the whole page, and of one list by itself
MOMENTS = {
    "before": gettext_lazy("before you hand anything in"),
    "submission": gettext_lazy("at submission"),
    "retrospective": gettext_lazy("looking back, how sure you were before"),
}


def _own(request: HttpRequest) -> Learner:
    learner = learner_of(request.user)
    if learner is None:
        raise Http404
    return learner


@login_required
@require_http_methods(["GET", "POST"])
def growth(request: HttpRequest) -> HttpResponse:
    learner = _own(request)
    form = GoalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.add_goal(actor=request.user, learner=learner, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            return redirect("learners:growth")
    shown = selectors.growth(learner)
    lists: dict[str, Any] = {
        "still": shown.still,
        "goals": list(learner.goals.order_by(F("reached_at").desc(nulls_first=True), "due_on", "pk")),
        "criteria": shown.criteria,
        "competencies": shown.competencies,
        "confidence": selectors.confidence(learner, shown),
    }
    only = request.GET.get("show", "")
    only = only if only in lists else ""
    context = {
        "learner": learner,
        "growth": shown,
        "form": form,
        "only": only,
        "sections": {name: _section(request, name, rows, only) for name, rows in lists.items()},
    }
    return render_page(request, "learners/growth.html", context, status=422 if form.errors else 200)


def _section(request: HttpRequest, name: str, rows: list[Any], only: str) -> dict[str, Any]:
    """The first of a list, with how many more there are; or, shown alone, a page of it."""
    page = Paginator(rows, PAGE if only else FIRST).get_page(request.GET.get("page") if only else 1)
    return {
        "is_shown": only in {"", name},
        "page": page,
        "more": 0 if only else len(rows) - len(page),
        "count": len(rows),
    }


@login_required
@require_http_methods(["GET", "POST"])
def goal_change(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Mark as reached, or remove."""
    goal = get_object_or_404(Goal.objects.visible_to(request.user).select_related("learner"), public_id=public_id)
    if request.method == "POST" and "drop" in request.POST:
        services.drop_goal(actor=request.user, goal=goal)
    elif request.method == "POST":
        services.reach_goal(actor=request.user, goal=goal, at=timezone.now())
    return redirect("learners:growth")


@login_required
@require_http_methods(["GET", "POST"])
def confidence(request: HttpRequest, public_id: UUID) -> HttpResponse:
    enrollments = Enrollment.objects.visible_to(request.user).select_related("credential_version", "learner")
    enrollment = get_object_or_404(
        enrollments.exclude(status__in=[EnrollmentStatus.WITHDRAWN, EnrollmentStatus.WAITLISTED]), public_id=public_id
    )
    outcomes = list(enrollment.credential_version.outcomes.order_by("position"))
    form = ConfidenceForm(request.POST or None, outcomes=outcomes)
    if request.method == "POST" and (form.is_valid() or not form.is_bound):
        values = form.values() if form.is_bound else {}
        try:
            services.rate_confidence(actor=request.user, enrollment=enrollment, values=values, at=timezone.now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept, for you alone."))
            return redirect("learners:growth")
    context = {"enrollment": enrollment, "form": form, "moment": MOMENTS[services.moment_of(enrollment)]}
    return render_page(request, "learners/confidence.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("growth/", growth, name="growth"),
    path("growth/goals/<uuid:public_id>/", goal_change, name="goal-change"),
    path("growth/confidence/<uuid:public_id>/", confidence, name="confidence"),
]
