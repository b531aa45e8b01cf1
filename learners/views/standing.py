"""Student Affairs at one learner's record, and at the classes of a school."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from learners import services
from learners.forms.people import CohortForm, EndForm, FactsForm, LearnerLeaveForm, NameForm
from learners.models import Cohort, Learner, LearnerLeave
from learners.models.people import LearnerStatus

PAGE, EVENTS_SHOWN = 50, 50


def _learner(request: HttpRequest, public_id: UUID) -> Learner:
    """The record of somebody whom this registrar gave a reason to open; else nobody."""
    mine = Learner.objects.filter(organization__in=services.rosters_of(request.user)).exclude(user=request.user)
    learner = get_object_or_404(mine.select_related("user", "cohort", "organization"), public_id=public_id)
    if not services.may_open(actor=request.user, learner=learner, at=timezone.now()):
        raise Http404
    return learner


@login_required
@require_http_methods(["GET", "POST"])
def learner_manage(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One learner's name, class, leave and end of course; each has a form of its own, told apart by its button."""
    learner = _learner(request, public_id)
    at = timezone.now()
    cohorts = Cohort.objects.filter(organization=learner.organization_id).order_by("-entered_on", "name", "pk")
    sent = request.POST.get("what", "") if request.method == "POST" else ""
    known = {"cohort": learner.cohort_id, "profession": learner.profession, "student_number": learner.student_number}

    def data(what: str) -> Any:
        return request.POST if sent == what else None

    all_forms: dict[str, forms.Form] = {
        "name": NameForm(data("name"), initial={"full_name": learner.display_name}),
        "facts": FactsForm(data("facts"), cohorts=list(cohorts), initial=known),
        "leave": LearnerLeaveForm(data("leave")),
        "end": EndForm(data("end")),
    }
    if request.method == "POST":
        form = all_forms.get(sent)
        if form is None:
            raise Http404
        if form.is_valid() and _act(request, sent, form, learner):
            return redirect("learners:learner-manage", public_id=public_id)
    today = timezone.localdate(at)
    context = {
        "learner": learner,
        "forms": all_forms,
        "leaves": list(learner.leaves.filter(until_on__gte=today).order_by("from_on", "pk")),
        "names": list(learner.names.order_by("-from_at", "-pk")),
        "events": list(learner.events.select_related("actor").order_by("-at", "-pk")[:EVENTS_SHOWN]),
        "is_here": learner.status in {LearnerStatus.ACTIVE, LearnerStatus.LEAVE},
    }
    is_refused = any(form.errors for form in all_forms.values())
    return render_page(request, "learners/learner_manage.html", context, status=422 if is_refused else 200)


def _act(request: HttpRequest, what: str, form: forms.Form, learner: Learner) -> bool:
    given = form.cleaned_data
    about: dict[str, Any] = {"actor": request.user, "learner": learner, "at": timezone.now()}
    acts: dict[str, Callable[[], Any]] = {
        "name": lambda: services.change_name(**about, full_name=given["full_name"]),
        "facts": lambda: services.set_facts(
            **about,
            cohort=form.chosen(),
            profession=given["profession"],
            student_number=given["student_number"],
        ),
        "leave": lambda: services.set_leave(**about, from_on=given["from_on"], until_on=given["until_on"]),
        "end": lambda: services.end_course(**about, status=LearnerStatus(given["status"])),
    }
    try:
        acts[what]()
    except RegistryError as error:
        form.add_error(None, str(error))
        return False
    messages.success(request, _("The record was changed."))
    return True


@login_required
@require_POST
def leave_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The last day of a leave is today; one that has not begun is taken back."""
    leave = get_object_or_404(LearnerLeave.objects.select_related("learner"), public_id=public_id)
    learner = _learner(request, leave.learner.public_id)
    at = timezone.now()
    try:
        services.end_leave(actor=request.user, leave=leave, last_on=timezone.localdate(at), at=at)
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect("learners:learner-manage", public_id=learner.public_id)


# Classes -------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def cohort_list(request: HttpRequest) -> HttpResponse:
    schools = services.rosters_of(request.user)
    if not schools:
        raise Http404
    counts = {
        str(value).replace("-", "_"): Count("learners", filter=Q(learners__status=value)) for value in LearnerStatus
    }
    found = Cohort.objects.filter(organization__in=schools).select_related("organization").annotate(**counts)
    page = Paginator(found.order_by("-entered_on", "name", "pk"), PAGE).get_page(request.GET.get("page"))
    return render_page(request, "learners/cohort_list.html", {"page": page})


@login_required
@require_http_methods(["GET", "POST"])
def cohort_edit(request: HttpRequest, key: int = 0) -> HttpResponse:
    """Make a class (key 0) or change one."""
    schools = services.rosters_of(request.user)
    if not schools:
        raise Http404
    cohort = get_object_or_404(Cohort, pk=key, organization__in=schools) if key else None
    known = (
        {"name": cohort.name, "entered_on": cohort.entered_on, "graduates_on": cohort.graduates_on} if cohort else {}
    )
    form = CohortForm(request.POST if request.method == "POST" else None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            services.keep_cohort(
                actor=request.user,
                organization=cohort.organization if cohort else schools[0],
                cohort=cohort,
                **form.cleaned_data,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The class was saved."))
            return redirect("learners:cohort-list")
    active = cohort.learners.filter(status=LearnerStatus.ACTIVE).exclude(user=request.user).count() if cohort else 0
    context = {"form": form, "cohort": cohort, "active": active}
    return render_page(request, "learners/cohort_edit.html", context, status=422 if form.errors else 200)


@login_required
@require_POST
def cohort_graduate(request: HttpRequest, key: int) -> HttpResponse:
    cohort = get_object_or_404(Cohort, pk=key, organization__in=services.rosters_of(request.user))
    count = services.graduate_cohort(actor=request.user, cohort=cohort, at=timezone.now())
    words = ngettext("%(count)s learner graduated.", "%(count)s learners graduated.", count)
    messages.success(request, words % {"count": count})
    return redirect("learners:cohort-list")


urlpatterns: list[URLPattern] = [
    path("people/classes/", cohort_list, name="cohort-list"),
    path("people/classes/new/", cohort_edit, name="cohort-add"),
    path("people/classes/<int:key>/", cohort_edit, name="cohort-edit"),
    path("people/classes/<int:key>/graduate/", cohort_graduate, name="cohort-graduate"),
    path("people/leaves/<uuid:public_id>/end/", leave_end, name="learner-leave-end"),
    path("people/<uuid:public_id>/change/", learner_manage, name="learner-manage"),
]
