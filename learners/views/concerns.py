"""What keeps an assessor from judging: the form that tells the leads, and the list that they answer."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from learners import services
from learners.forms.marking import ConcernAnswerForm, ConcernForm
from learners.models import Concern, Submission
from learners.models.marking import ConcernKind
from learners.selectors import assessing

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def concern_raise(request: HttpRequest, public_id: UUID) -> HttpResponse:
    mine = Submission.objects.assigned_to(request.user).exclude(enrollment__learner__user=request.user)
    submission = get_object_or_404(mine.with_context(), public_id=public_id)
    form = ConcernForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        kind = ConcernKind(form.cleaned_data["kind"])
        try:
            services.raise_concern(
                actor=request.user, submission=submission, kind=kind, text=form.cleaned_data["text"], at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The lead of the credential is told."))
            if kind == ConcernKind.NOT_MY_FIELD:
                return redirect("learners:queue")
            return redirect("learners:marking", public_id=public_id)
    context = {
        "submission": submission,
        "version": submission.credential_version,
        "who": assessing.shown_name(submission.enrollment),
        "form": form,
    }
    return render_page(request, "learners/concern_raise.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def concern_list(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & {Role.ASSESSOR, Role.LEAD}:
        raise Http404
    return _list_page(request)


def _list_page(
    request: HttpRequest, *, refused: ConcernAnswerForm | None = None, at_concern: UUID | None = None
) -> HttpResponse:
    found = Concern.objects.visible_to(request.user).select_related(
        "raised_by",
        "closed_by",
        "submission__enrollment__learner__user",
        "submission__enrollment__credential__organization",
        "submission__enrollment__credential_version",
    )
    page = Paginator(found.order_by(F("closed_at").desc(nulls_first=True), "raised_at", "pk"), PAGE).get_page(
        request.GET.get("page")
    )
    rows = []
    for each in page:
        is_refused = refused is not None and each.public_id == at_concern
        may_close = each.closed_at is None and allowed(request.user, Can.CONCERN_CLOSE, each)
        form = refused if is_refused else ConcernAnswerForm(auto_id=f"id_{each.pk}_%s") if may_close else None
        rows.append({"concern": each, "who": assessing.shown_name(each.submission.enrollment), "form": form})
    context = {"page": page, "rows": rows, "refused": refused}
    return render_page(request, "learners/concern_list.html", context, status=422 if refused else 200)


@login_required
@require_POST
def concern_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    seen = Concern.objects.visible_to(request.user).filter(
        request.user.scope_q({"lead"}, "submission__enrollment__credential__")
    )
    concern = get_object_or_404(seen, public_id=public_id)
    form = ConcernAnswerForm(request.POST, auto_id=f"id_{concern.pk}_%s")
    if form.is_valid():
        try:
            services.close_concern(
                actor=request.user, concern=concern, answer=form.cleaned_data["answer"], at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Answered. Whoever raised it is told."))
            return redirect("learners:concern-list")
    return _list_page(request, refused=form, at_concern=public_id)


urlpatterns: list[URLPattern] = [
    path("queue/<uuid:public_id>/concern/", concern_raise, name="concern-raise"),
    path("concerns/", concern_list, name="concern-list"),
    path("concerns/<uuid:public_id>/answer/", concern_close, name="concern-close"),
]
