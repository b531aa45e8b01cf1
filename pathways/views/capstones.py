"""Capstones that learners submit: the learner's page, one attempt with what each may do, the list of staff, the files."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from learners.models import StoredFile
from learners.selectors.learning import learner_of
from learners.services import FileRefused
from learners.views.uploads import file_response, shown_as
from pathways import selectors, services
from pathways.forms.capstones import AcceptForm, HandInForm, ReturnForm
from pathways.models import CapstoneOutcome, CapstoneWork, PathwayEnrollment
from pathways.workflow import PathwayEnrollmentStatus

PAGE_SIZE = 50
KINDS: dict[str, str] = {
    CapstoneOutcome.ACCEPTED: "valid",
    CapstoneOutcome.RETURNED: "returned",
    CapstoneOutcome.TAKEN_BACK: "superseded",
}


def state_of(work: CapstoneWork) -> dict[str, Any]:
    if not hasattr(work, "answer"):
        return {"kind": "waiting", "word": _("Waits for an answer"), "time": work.at}
    answer = work.answer
    return {"kind": KINDS[answer.outcome], "word": str(answer.get_outcome_display()).capitalize(), "time": answer.at}


# The learner ---------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def capstone_hand_in(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Submit one's capstone, and see what became of the attempts before. A fixed number of queries."""
    learner = learner_of(request.user)
    if learner is None:
        raise Http404
    joined = PathwayEnrollment.objects.exclude(status=PathwayEnrollmentStatus.LEFT).select_related(
        "learner__user", "version", "pathway__credential__organization"
    )
    enrollment = get_object_or_404(joined, learner=learner, pathway__public_id=public_id)
    enrollment.version.pathway = enrollment.pathway
    asked = selectors.asked(enrollment.version)
    known = selectors.known_of(learner, asked, enrollment)
    found = selectors.capstones(enrollment, asked, known.capstones[enrollment.pk], known.waivers[enrollment.pk])
    if request.method == "GET":
        return _hand_in_page(request, enrollment, found, HandInForm(left=found.left))
    form = HandInForm(request.POST, request.FILES, left=found.left)
    status = 422
    if form.is_valid():
        try:
            work = services.hand_in_capstone(
                actor=request.user, enrollment=enrollment, at=timezone.now(), **form.content()
            )
        except FileRefused as error:
            form.add_error("file", str(error))
        except RegistryError as error:
            form.add_error(None, str(error))
            status = error.http_status
        else:
            messages.success(request, _("Submitted. Whoever keeps the pathway is told."))
            return redirect(work)
    return _hand_in_page(request, enrollment, found, form, status)


def _hand_in_page(
    request: HttpRequest,
    enrollment: PathwayEnrollment,
    found: selectors.Capstones,
    form: HandInForm,
    status: int = 200,
) -> HttpResponse:
    context = {
        "enrollment": enrollment,
        "found": found,
        "only": found.left[0] if len(found.left) == 1 else None,
        "form": form,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render_page(request, "pathways/capstone_hand_in.html", context, status=status)


# One attempt ---------------------------------------------------------------------------------------------------------
def _visible(request: HttpRequest, public_id: UUID) -> CapstoneWork:
    return get_object_or_404(CapstoneWork.objects.visible_to(request.user).with_context(), public_id=public_id)


@login_required
@require_safe
def capstone_work(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _work_page(request, _visible(request, public_id))


def _work_page(
    request: HttpRequest,
    work: CapstoneWork,
    *,
    accept_form: Form | None = None,
    return_form: Form | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """One attempt, for its learner, for those who answer it and for the committee. A fixed number of queries."""
    enrollment = work.enrollment
    is_own = enrollment.learner.user_id == request.user.pk
    is_open = not hasattr(work, "answer") and enrollment.status == PathwayEnrollmentStatus.ACTIVE
    may_keep = not is_own and allowed(request.user, Can.CAPSTONE_RECORD, enrollment)
    if is_own:
        back = (reverse("pathways:capstone-hand-in", args=[enrollment.pathway.public_id]), _("Capstone"))
    elif may_keep:
        back = (reverse("pathways:capstone-list"), _("Capstones"))
    else:
        back = (reverse("pathways:case-list"), _("Committee"))
    context = {
        "work": work,
        "enrollment": enrollment,
        "state": state_of(work),
        "back": back,
        "is_own": is_own,
        "may_keep": may_keep,
        "may_answer": is_open and may_keep,
        "may_take_back": is_open and is_own,
        "file_shown_as": shown_as(work.file),
        "accept_form": accept_form or AcceptForm(initial={"done_on": timezone.localdate(work.at)}),
        "return_form": return_form or ReturnForm(),
        "refusal": refusal,
    }
    response = render_page(request, "pathways/capstone_work.html", context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def capstone_take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = CapstoneWork.objects.with_context().filter(enrollment__learner__user=request.user)
    work = get_object_or_404(found, public_id=public_id)
    if request.method == "GET":  # after signing in half way
        return redirect(work)
    try:
        services.take_capstone_back(actor=request.user, work=work, at=timezone.now())
    except RegistryError as error:
        return _work_page(request, _visible(request, public_id), refusal=str(error), status=error.http_status)
    messages.success(request, _("Taken back. You can submit another attempt."))
    return redirect("pathways:capstone-hand-in", work.enrollment.pathway.public_id)


def _answer(
    request: HttpRequest, public_id: UUID, form: Form, command: Callable[..., object], name: str, done: str
) -> HttpResponse:
    """Answer an attempt of a learner whom one keeps; a GET comes from signing in half way and only leads back."""
    found = CapstoneWork.objects.kept_by(request.user).with_context()
    work = get_object_or_404(found, public_id=public_id)
    if request.method == "GET":
        return redirect(work)
    if form.is_valid():
        try:
            command(actor=request.user, work=work, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
            work = _visible(request, public_id)
            if hasattr(work, "answer"):  # somebody else was quicker
                return _work_page(request, work, refusal=str(error), status=error.http_status)
        else:
            messages.success(request, done)
            return redirect("pathways:capstone-list")
    show = partial(_work_page, request, work, status=422)
    return show(accept_form=form) if name == "accept" else show(return_form=form)


@login_required
@require_http_methods(["GET", "POST"])
def capstone_accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    done = _("Accepted. The capstone is recorded, and the learner is told.")
    return _answer(request, public_id, AcceptForm(request.POST), services.accept_capstone, "accept", done)


@login_required
@require_http_methods(["GET", "POST"])
def capstone_return(request: HttpRequest, public_id: UUID) -> HttpResponse:
    done = _("Returned. The learner is told, and reads the reason.")
    return _answer(request, public_id, ReturnForm(request.POST), services.return_capstone, "return", done)


@login_required
@require_safe
def capstone_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes, for those who may read the attempt that holds them."""
    readable = CapstoneWork.objects.visible_to(request.user).values("file")
    stored = get_object_or_404(StoredFile, public_id=public_id, pk__in=readable)
    if stored.tombstoned_at is not None:
        raise Http404
    if shown_as(stored) == "withheld":
        return render(request, "learners/file_withheld.html", {"file": stored}, status=403)
    return file_response(stored, stored.original_name)


# Staff ---------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def capstone_list(request: HttpRequest) -> HttpResponse:
    """What waits, the oldest first; with ?show=answered what was answered, the newest first. A fixed number of queries."""
    if not {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR} & request.user.roles():
        raise Http404
    mine = CapstoneWork.objects.kept_by(request.user).with_context()
    is_answered = request.GET.get("show") == "answered"
    works = mine.filter(answer__isnull=False).order_by("-answer__at", "-pk") if is_answered else mine.waiting()
    if not is_answered:
        works = works.order_by("at", "pk")
    page = Paginator(works, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = [
        {"label": _("Learner")},
        {"label": _("Pathway")},
        {"label": _("Attempt"), "number": True},
        {"label": _("State")},
    ]
    rows = [
        [
            {"text": each.enrollment.learner.display_name, "url": each.get_absolute_url()},
            each.enrollment.version.title,
            {"text": str(each.attempt)},
            state_of(each),
        ]
        for each in page
    ]
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "is_answered": is_answered,
        "found": ngettext("%(n)s capstone", "%(n)s capstones", page.paginator.count) % {"n": page.paginator.count},
    }
    return render_page(request, "pathways/capstone_list.html", context)


urlpatterns: list[URLPattern] = [
    path("pathways/<uuid:public_id>/capstone/", capstone_hand_in, name="capstone-hand-in"),
    path("pathways/capstones/<uuid:public_id>/", capstone_work, name="capstone-work"),
    path("pathways/capstones/<uuid:public_id>/take-back/", capstone_take_back, name="capstone-take-back"),
    path("pathways/capstones/<uuid:public_id>/accept/", capstone_accept, name="capstone-accept"),
    path("pathways/capstones/<uuid:public_id>/return/", capstone_return, name="capstone-return"),
    path("pathways/capstones/files/<uuid:public_id>/", capstone_file, name="capstone-file"),
    path("manage/pathways/capstones/", capstone_list, name="capstone-list"),
]
