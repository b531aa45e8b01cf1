"""Staff see whose blind work it is, after they said why."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.selectors import in_words
from learners import services
from learners.forms.responses import UnblindForm
from learners.models import Submission
from learners.models.access import AccessReason
from learners.selectors import assessing
from learners.workflow import SubmissionStatus


@login_required
@require_http_methods(["GET", "POST"])
def unblind(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Asks why, then shows the learner for some hours."""
    at = timezone.now()
    staffed = (
        Submission.objects.filter(
            request.user.scope_q({Role.LEAD, Role.REGISTRAR}, "enrollment__credential__"),
            enrollment__credential_version__is_blind=True,
        )
        .exclude(status=SubmissionStatus.DRAFT)
        .with_context()
        .prefetch_related("assignments")
    )
    submission = get_object_or_404(staffed, public_id=public_id)
    if not allowed(request.user, Can.WORK_UNBLIND, submission):
        raise Http404
    form = UnblindForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.unblind(
                actor=request.user,
                submission=submission,
                reason=AccessReason(form.cleaned_data["reason"]),
                note=form.cleaned_data["note"],
                at=at,
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            return redirect("learners:unblind", public_id=public_id)
    is_open = services.is_unblinded(actor=request.user, submission=submission, at=at)
    context = {
        "submission": submission,
        "version": submission.credential_version,
        "who": assessing.shown_name(submission.enrollment),
        "form": form,
        "learner": submission.learner if is_open else None,
        "profession": in_words(submission.learner.profession) if is_open else "",
    }
    response = render_page(request, "learners/unblind.html", context, status=422 if form.errors else 200)
    response["Cache-Control"] = "private, no-store"
    return response


urlpatterns: list[URLPattern] = [path("submissions/<uuid:public_id>/learner/", unblind, name="unblind")]
