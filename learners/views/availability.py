"""What assessors say of themselves: load, leave and conflicts."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from config.errors import RegistryError
from config.permissions import Role
from learners import services
from learners.forms.load import ConflictForm, LeaveForm, LoadForm
from learners.models import Conflict, ConflictKind, Leave
from learners.models.assigning import WEEKLY_CAP
from learners.selectors import assessing

FORMS = {"load": LoadForm, "leave": LeaveForm, "conflict": ConflictForm}


@login_required
@require_http_methods(["GET", "POST"])
def load_own(request: HttpRequest) -> HttpResponse:
    if Role.ASSESSOR not in request.user.roles():
        raise Http404
    profile = getattr(request.user, "assessor_profile", None)
    said = request.POST.get("about", "")
    forms = {
        name: form(
            request.POST if name == said else None,
            initial={
                "profession": profile.profession if profile else "",
                "weekly_cap": profile.weekly_cap if profile else WEEKLY_CAP,
            }
            if name == "load"
            else None,
            prefix=name,
        )
        for name, form in FORMS.items()
    }
    refused = False
    if request.method == "POST":
        form = forms.get(said)
        if form is None:
            raise Http404
        if form.is_valid() and _keep(request, said, form):
            return redirect("learners:load-own")
        refused = True
    today = timezone.localdate()
    context = {
        "load": assessing.load(request.user),
        "forms": forms,
        "leave": Leave.objects.filter(assessor=request.user, until_on__gte=today).order_by("from_on", "pk"),
        "conflicts": Conflict.objects.visible_to(request.user)
        .standing()
        .select_related("learner")
        .order_by("learner__display_name", "pk"),
    }
    return render(request, "learners/load_own.html", context, status=422 if refused else 200)


def _keep(request: HttpRequest, about: str, form: LoadForm | LeaveForm | ConflictForm) -> bool:
    data = form.cleaned_data
    try:
        if about == "load":
            services.set_load(actor=request.user, **data)
            messages.success(request, _("Kept. New work follows it from now on."))
        elif about == "leave":
            services.add_leave(actor=request.user, today=timezone.localdate(), **data)
            messages.success(request, _("Leave kept. No new work comes to you for these days."))
        else:
            learner = services.find_learner(actor=request.user, said=data["learner"])
            services.declare_conflict(
                actor=request.user, learner=learner, kind=ConflictKind(data["kind"]), at=timezone.now()
            )
            messages.success(request, _("Kept. You are given no work of this learner."))
    except RegistryError as error:
        form.add_error("learner" if about == "conflict" else None, str(error))
        return False
    return True


@login_required
@require_POST
def leave_remove(request: HttpRequest, public_id: UUID) -> HttpResponse:
    leave = get_object_or_404(Leave, assessor=request.user, public_id=public_id)
    services.remove_leave(actor=request.user, leave=leave)
    messages.success(request, _("Leave removed."))
    return redirect("learners:load-own")


@login_required
@require_POST
def conflict_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    conflict = get_object_or_404(Conflict.objects.visible_to(request.user), public_id=public_id)
    try:
        services.withdraw_conflict(actor=request.user, conflict=conflict, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Conflict withdrawn."))
    return redirect("learners:load-own")


urlpatterns: list[URLPattern] = [
    path("my-load/", load_own, name="load-own"),
    path("my-load/leave/<uuid:public_id>/remove/", leave_remove, name="leave-remove"),
    path("my-load/conflicts/<uuid:public_id>/withdraw/", conflict_withdraw, name="conflict-withdraw"),
]
