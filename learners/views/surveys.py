"""Surveys: which are due, and answering one."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import Conflict, RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.models import Organization
from learners import services, surveys
from learners.forms.surveys import SurveyForm
from learners.models import Enrollment, SurveyMoment, SurveyResponse
from learners.selectors import surveys as selectors
from learners.selectors.learning import learner_of


@login_required
@require_safe
def survey_list(request: HttpRequest) -> HttpResponse:
    """What may be answered now, what is to come, and what was answered."""
    learner, at = learner_of(request.user), timezone.now()
    if learner is None and Role.ASSESSOR not in request.user.roles():
        raise Http404
    schedule = selectors.schedule(learner) if learner else []
    term = surveys.term_of(timezone.localdate(at))
    context = {
        "open": [each for each in schedule if each.is_open(at)],
        "coming": [each for each in schedule if not each.is_answered and each.opens_at > at],
        "answered": [each for each in schedule if each.is_answered],
        "is_assessor": Role.ASSESSOR in request.user.roles(),
        "schools": selectors.schools_asking(request.user, at),
        "term": surveys.term_in_words(term),
        "term_from": surveys.asked_from(term),
    }
    return render_page(request, "learners/survey_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def survey_answer(request: HttpRequest, public_id: UUID, moment: str) -> HttpResponse:
    found = Enrollment.objects.filter(selectors.STARTED, learner__user=request.user)
    enrollment = get_object_or_404(
        found.select_related("learner", "credential", "credential_version"), public_id=public_id
    )
    due = next((each for each in selectors.of_enrollment(enrollment) if each.moment == moment), None)
    if due is None:
        raise Http404
    at = timezone.now()
    criteria = (
        enrollment.credential_version.criteria.prefetch_related("levels").order_by("position")
        if moment == SurveyMoment.LATER
        else ()
    )
    form = SurveyForm(request.POST if request.method == "POST" else None, moment=moment, criteria=list(criteria))
    is_over = not due.is_open(at)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_survey(
                actor=request.user, enrollment=enrollment, moment=moment, answers=form.answers(), at=at
            )
        except Conflict as error:
            messages.info(request, str(error))
            return redirect("learners:survey-list")
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. Your answers are kept without your name in anything given out."))
            return redirect("learners:survey-list")
    context = {
        "form": form,
        "title": enrollment.credential_version.title,
        "moment": due.moment_in_words,
        "due": due,
        "is_over": is_over,
        "is_later": moment == SurveyMoment.LATER,
    }
    return render_page(request, "learners/survey_answer.html", context, status=422 if form.errors else 200)


@login_required
@require_http_methods(["GET", "POST"])
def survey_term(request: HttpRequest, public_id: UUID) -> HttpResponse:
    organization = get_object_or_404(Organization, public_id=public_id)
    if not allowed(request.user, Can.TERM_SURVEY_ANSWER, organization):
        raise Http404
    at = timezone.now()
    term = surveys.term_of(timezone.localdate(at))
    form = SurveyForm(request.POST if request.method == "POST" else None, moment=SurveyMoment.TERM)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_term_survey(actor=request.user, organization=organization, answers=form.answers(), at=at)
        except Conflict as error:
            messages.info(request, str(error))
            return redirect("learners:survey-list")
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Thank you. Your answers are kept without your name in anything given out."))
            return redirect("learners:survey-list")
    is_answered = SurveyResponse.objects.filter(study__user=request.user, organization=organization, term=term).exists()
    context = {
        "form": form,
        "title": organization.name,
        "moment": surveys.term_in_words(term),
        "is_answered": is_answered,
        "opens_on": surveys.asked_from(term),
        "is_over": is_answered or timezone.localdate(at) < surveys.asked_from(term),
    }
    return render_page(request, "learners/survey_term.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("surveys/", survey_list, name="survey-list"),
    path("surveys/<uuid:public_id>/<slug:moment>/", survey_answer, name="survey-answer"),
    path("surveys/terms/<uuid:public_id>/", survey_term, name="survey-term"),
]
