"""The load board of leads: who has how much, what nobody has, and moving it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from learners import services
from learners.forms.load import AssignForm, MoveForm
from learners.models import Assignment, Submission, User
from learners.models.assessment import AssessorRole
from learners.selectors import assessing, load

BOARD_PAGE, UNASSIGNED_SHOWN = 50, 50


def _require_lead(request: HttpRequest) -> None:
    if not request.user.roles() & load.ASSIGNING:
        raise Http404


@login_required
@require_safe
def load_board(request: HttpRequest) -> HttpResponse:
    _require_lead(request)
    at = timezone.now()
    page = Paginator(load.assessors_for(request.user, at), BOARD_PAGE).get_page(request.GET.get("page"))
    rows = load.board(request.user, list(page), at=at)
    waiting, waiting_count = load.unassigned(request.user, at=at, limit=UNASSIGNED_SHOWN)
    context = {
        "page": page,
        "rows": rows,
        "mondays": load.weeks_from(at),
        "unassigned": [
            {
                "row": each,
                "who": assessing.shown_name(each.submission.enrollment),
                "title": each.submission.credential_version.title,
            }
            for each in waiting
        ],
        "unassigned_count": waiting_count,
        "oldest_at": load.oldest_waiting(request.user),
    }
    return render(request, "learners/load_board.html", context)


@login_required
@require_POST
def load_run(request: HttpRequest) -> HttpResponse:
    _require_lead(request)
    placed = services.assign_waiting(at=timezone.now())
    count = len(placed.assignments)
    if count:
        messages.success(
            request,
            ngettext("%(count)s submission was given to an assessor.", "%(count)s were given to assessors.", count)
            % {"count": count},
        )
    else:
        messages.info(request, _("Nothing could be placed; the reasons stand beside what waits."))
    return redirect("learners:load-board")


@login_required
@require_http_methods(["GET", "POST"])
def load_person(request: HttpRequest, public_id: UUID) -> HttpResponse:
    _require_lead(request)
    at = timezone.now()
    everybody = list(load.assessors_for(request.user, at))
    # Whoever has left still shows what they had to judge, so that it can be moved.
    assessor = next((each for each in everybody if each.public_id == public_id), None) or get_object_or_404(
        User.objects.filter(pk__in=load.open_work(request.user).values("assessor")), public_id=public_id
    )
    work = load.work_of(request.user, assessor, at=at)
    form = MoveForm(
        request.POST or None,
        offered=[each["assignment"].pk for each in work],
        assessors=[each for each in everybody if each.pk != assessor.pk],
    )
    if request.method == "POST" and form.is_valid():
        chosen = [each["assignment"] for each in work if each["assignment"].pk in form.cleaned_data["assignment"]]
        if _move(request, form, chosen, {str(each.public_id): each for each in everybody}):
            return redirect("learners:load-person", public_id=public_id)
    selected = set(form.data.getlist("assignment")) if form.is_bound else set()
    is_all = request.GET.get("selected") == "all"
    context = {
        "assessor": assessor,
        "row": load.board(request.user, [assessor], at=at)[0],
        "work": [
            each
            | {
                "who": assessing.shown_name(each["submission"].enrollment),
                "title": each["submission"].credential_version.title,
                "is_checked": is_all or str(each["assignment"].pk) in selected,
            }
            for each in work
        ],
        "form": form,
    }
    return render(request, "learners/load_person.html", context, status=422 if form.errors else 200)


def _move(request: HttpRequest, form: MoveForm, chosen: list[Assignment], people: dict[str, User]) -> bool:
    try:
        moved = services.move_assignments(
            actor=request.user,
            assignments=chosen,
            to=people.get(form.cleaned_data["to"]),
            reason=form.cleaned_data["reason"],
            at=timezone.now(),
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        return False
    count = len(moved.assignments)
    messages.success(request, ngettext("%(count)s moved.", "%(count)s moved.", count) % {"count": count})
    for each, why in moved.kept[:5]:
        messages.warning(
            request,
            _("%(title)s stays where it is: %(why)s")
            % {"title": each.submission.credential_version.title, "why": why.rstrip(".")}
            + ".",
        )
    if len(moved.kept) > 5:
        messages.warning(request, _("%(count)s stay where they are.") % {"count": len(moved.kept)})
    return True


@login_required
@require_http_methods(["GET", "POST"])
def assign_one(request: HttpRequest, public_id: UUID, role: str) -> HttpResponse:
    """Give one submission to a chosen assessor, against a rule only with a reason."""
    _require_lead(request)
    if role not in AssessorRole.values:
        raise Http404
    at = timezone.now()
    submissions = Submission.objects.filter(load.scope(request.user)).exclude(enrollment__learner__user=request.user)
    submission = get_object_or_404(submissions.exclude(status="draft").with_context(), public_id=public_id)
    assessors = list(load.assessors_for(request.user, at))
    form = AssignForm(request.POST or None, assessors=assessors)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.assign_by_hand(
                actor=request.user,
                submission=submission,
                assessor=next(each for each in assessors if str(each.public_id) == form.cleaned_data["to"]),
                role=AssessorRole(role),
                reason=form.cleaned_data["reason"],
                at=at,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Given to %(name)s.") % {"name": made.assessor})
            return redirect("learners:load-board")
    standing = submission.assignments.filter(role=role, ended_at__isnull=True).select_related("assessor").first()
    context: dict[str, Any] = {
        "submission": submission,
        "who": assessing.shown_name(submission.enrollment),
        "role": AssessorRole(role).label,
        "standing": standing,
        "form": form,
        "board_url": reverse("learners:load-board"),
    }
    return render(request, "learners/assign_one.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("load/", load_board, name="load-board"),
    path("load/run/", load_run, name="load-run"),
    path("load/of/<uuid:public_id>/", load_person, name="load-person"),
    path("load/give/<uuid:public_id>/<slug:role>/", assign_one, name="assign-one"),
]
