"""Feedback answered by its learner, and what comes back to the assessor."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Role
from learners import services
from learners.forms.responses import FeedbackForm
from learners.models import FeedbackResponse, Submission
from learners.selectors import responses
from learners.workflow import DecisionStatus

PAGE = 25


@login_required
@require_http_methods(["GET", "POST"])
def feedback_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What the learner will do, by when, and whether the feedback was useful; may be changed later."""
    own = Submission.objects.filter(
        enrollment__learner__user=request.user, decisions__status=DecisionStatus.RELEASED
    ).with_context()
    submission = get_object_or_404(own, public_id=public_id)
    standing = FeedbackResponse.objects.filter(submission=submission).first()
    form = FeedbackForm(request.POST or None, standing=standing)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_feedback(actor=request.user, submission=submission, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Kept. You can change it here whenever you like."))
            return redirect(submission)
    context = {"submission": submission, "version": submission.credential_version, "form": form}
    return render_page(request, "learners/feedback_answer.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def feedback_summary(request: HttpRequest) -> HttpResponse:
    """For an assessor alone: how learners found the feedback, and what they mean to do."""
    if Role.ASSESSOR not in request.user.roles():
        raise Http404
    page = Paginator(responses.plans(request.user), PAGE).get_page(request.GET.get("page"))
    context = {"summary": responses.summary(request.user), "least": responses.LEAST, "page": page}
    return render_page(request, "learners/feedback_summary.html", context)


urlpatterns: list[URLPattern] = [
    path("submissions/<uuid:public_id>/feedback/", feedback_answer, name="feedback-answer"),
    path("queue/feedback/", feedback_summary, name="feedback-summary"),
]
