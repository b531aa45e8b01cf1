"""An auditor says why a learner's work is opened, once for each learner and day; it is kept, and the learner reads it."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Role
from learners import services
from learners.models import AccessReason, Submission
from learners.selectors import assessing


def reason_page(request: HttpRequest, submission: Submission) -> HttpResponse | None:
    """The page that asks why, in place of the work; None for who need not say it. `path` is where they come back to."""
    if not services.must_say_why(actor=request.user, submission=submission, at=timezone.now()):
        return None
    context = {
        "submission": submission,
        "version": submission.credential_version,
        "who": assessing.shown_name(submission.enrollment),
        "reasons": AccessReason.choices,
        "path": request.path,
    }
    response = render_page(request, "learners/work_open.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_http_methods(["GET", "POST"])
def work_open(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep the reason, and lead on to what was asked for."""
    visible = Submission.objects.visible_to(request.user).with_context()
    submission = get_object_or_404(visible, public_id=public_id)
    if not request.user.has_role(Role.AUDITOR, submission.credential):
        raise Http404
    said, onward = request.POST.get("reason", ""), request.POST.get("next", "")
    if request.method == "POST":
        try:
            reason = AccessReason(said) if said in AccessReason.values else said
            services.open_work(actor=request.user, submission=submission, reason=reason, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            if url_has_allowed_host_and_scheme(onward, allowed_hosts=None):
                return redirect(onward)
    return redirect(submission)


urlpatterns: list[URLPattern] = [path("submissions/<uuid:public_id>/open/", work_open, name="work-open")]
