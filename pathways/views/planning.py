"""A learner's plan over terms: buttons do everything; dragging sends the same form."""

from typing import Any
from uuid import UUID

from django import forms
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
from credentials.models import Credential
from learners.models import Learner
from learners.selectors.learning import learner_of
from pathways import selectors, services
from pathways.forms.committee import HoursForm, PlanAddForm


def _learner(request: HttpRequest) -> Learner:
    found = learner_of(request.user)
    if found is None:
        raise Http404
    return Learner.objects.select_related("cohort").get(pk=found.pk)


@login_required
@require_safe
def plan(request: HttpRequest) -> HttpResponse:
    return _page(request, _learner(request))


def _page(
    request: HttpRequest,
    learner: Learner,
    *,
    add: forms.Form | None = None,
    hours: forms.Form | None = None,
    error: str = "",
    status: int = 200,
) -> HttpResponse:
    view = selectors.plan(learner=learner, on=timezone.localdate())
    context: dict[str, Any] = {
        "plan": view,
        "add": add or _add_form(learner, view, None),
        "hours": hours or HoursForm(initial={"hours": view.hours_per_term}),
        "error": error,
        "first": next((each.term.code for each in view.terms if not each.is_over), ""),
    }
    return render_page(request, "pathways/plan.html", context, status=status)


def _add_form(learner: Learner, view: selectors.PlanView, data: Any) -> PlanAddForm:
    planned = {item.credential.pk for each in view.terms for item in each.items}
    items = [
        (str(each.public_id), selectors.title_of(each))
        for each in selectors.plannable(learner)
        if each.pk not in planned
    ]
    terms = [(each.term.code, each.term.name) for each in view.terms if not each.is_over]
    return PlanAddForm(data, items=items, terms=terms)


@login_required
@require_http_methods(["GET", "POST"])
def plan_change(request: HttpRequest) -> HttpResponse:
    """Add, move or take out one item: `item`, `term`, and `way` "remove" to take it out."""
    learner = _learner(request)
    if request.method == "GET":  # after signing in half way
        return redirect("pathways:plan")
    credential = _credential(request.POST.get("item", ""))
    title = selectors.title_of(credential) if credential else ""
    error = ""
    if credential is None:
        error = _("Choose a microcredential.")
    elif request.POST.get("way") == "remove":
        services.remove_from_plan(actor=request.user, learner=learner, credential=credential)
        messages.success(request, _("%(title)s is out of the plan.") % {"title": title})
    else:
        try:
            item = services.add_to_plan(
                actor=request.user,
                learner=learner,
                credential=credential,
                term=request.POST.get("term", ""),
                at=timezone.now(),
            )
        except RegistryError as refusal:
            error = str(refusal)
        else:
            messages.success(
                request, _("%(title)s is planned for %(term)s.") % {"title": title, "term": item.term_name}
            )
    return _page(request, learner, error=error, status=422) if error else redirect("pathways:plan")


def _credential(text: str) -> Credential | None:
    try:
        key = UUID(text)
    except ValueError:
        return None
    return Credential.objects.select_related("current_version").filter(public_id=key).first()


@login_required
@require_http_methods(["GET", "POST"])
def plan_hours(request: HttpRequest) -> HttpResponse:
    learner = _learner(request)
    if request.method == "GET":
        return redirect("pathways:plan")
    form = HoursForm(request.POST)
    if form.is_valid():
        try:
            services.set_plan_hours(actor=request.user, learner=learner, hours=form.cleaned_data["hours"])
        except RegistryError as error:
            form.add_error("hours", str(error))
        else:
            messages.success(request, _("Saved."))
            return redirect("pathways:plan")
    return _page(request, learner, hours=form, status=422)


urlpatterns: list[URLPattern] = [
    path("plan/", plan, name="plan"),
    path("plan/change/", plan_change, name="plan-change"),
    path("plan/hours/", plan_hours, name="plan-hours"),
]
