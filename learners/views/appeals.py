"""Appeals: the learner's form, the list of leads and reviewers, and one appeal with what each may do."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.paging import long_page
from config.permissions import Can, Role, allowed
from learners import services
from learners.forms.appeals import AnswerForm, AppealForm, ReviewerForm
from learners.models import Appeal, Decision
from learners.models.appeals import AppealGround, AppealOutcome
from learners.selectors import appeals as selectors
from learners.selectors import assessing
from learners.workflow import DecisionOutcome, DecisionStatus

PAGE = 50


@login_required
@require_http_methods(["GET", "POST"])
def appeal_open(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = Decision.objects.with_context().filter(enrollment__learner__user=request.user, status=DecisionStatus.RELEASED)
    decision = get_object_or_404(own, public_id=public_id)
    standing = Appeal.objects.filter(decision=decision).first()
    if standing is not None:
        return redirect(standing)
    form = AppealForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            appeal = services.open_appeal(
                actor=request.user,
                decision=decision,
                ground=AppealGround(form.cleaned_data["ground"]),
                text=form.cleaned_data["text"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your appeal is opened. You get a written answer."))
            return redirect(appeal)
    context = {
        "decision": decision,
        "submission": decision.submission,
        "version": decision.credential_version,
        "until": services.appeal_until(decision),
        "form": form,
    }
    return render_page(request, "learners/appeal_open.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def appeal_list(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & {Role.ASSESSOR, Role.LEAD, Role.AUDITOR}:
        raise Http404
    found = Appeal.objects.visible_to(request.user).exclude(decision__enrollment__learner__user=request.user)
    ordered = found.with_context().order_by(F("decided_at").desc(nulls_first=True), "due_at", "pk")
    page = long_page(ordered, PAGE, request.GET.get("page"))
    at = timezone.now()
    rows = [{"appeal": each, **selectors.standing(each, at)} for each in page]
    return render_page(request, "learners/appeal_list.html", {"page": page, "rows": rows})


@login_required
@require_safe
def appeal_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, _visible(request, public_id))


def _visible(request: HttpRequest, public_id: UUID) -> Appeal:
    return get_object_or_404(Appeal.objects.visible_to(request.user).with_context(), public_id=public_id)


def _detail(
    request: HttpRequest, appeal: Appeal, *, reviewer: Form | None = None, answer: Form | None = None
) -> HttpResponse:
    at = timezone.now()
    is_open = appeal.decided_at is None
    may_assign = is_open and allowed(request.user, Can.APPEAL_ASSIGN, appeal)
    may_answer = is_open and allowed(request.user, Can.APPEAL_DECIDE, appeal)
    is_own = appeal.decision.learner.user_id == request.user.pk
    context: dict[str, Any] = {
        "appeal": appeal,
        "decision": appeal.decision,
        "submission": appeal.decision.submission,
        "version": appeal.decision.credential_version,
        "who": "" if is_own else assessing.shown_name(appeal.decision.enrollment),
        "is_own": is_own,
        **selectors.standing(appeal, at),
    }
    if may_assign:
        context["reviewer_form"] = reviewer or ReviewerForm(reviewers=services.reviewers(appeal, at))
    if may_answer:
        context["answer_form"] = answer or AnswerForm(is_awarded=appeal.decision.outcome == DecisionOutcome.AWARDED)
        context["judged"] = selectors.judged(appeal)
        context["evidence"] = assessing.evidence(appeal.decision.submission, None)
    refused = next((form for form in (reviewer, answer) if form is not None), None)
    context["refused"] = refused
    return render_page(request, "learners/appeal_detail.html", context, status=422 if refused else 200)


@login_required
@require_POST
def appeal_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    appeal = _visible(request, public_id)
    if not allowed(request.user, Can.APPEAL_ASSIGN, appeal):
        raise Http404
    form = ReviewerForm(request.POST, reviewers=services.reviewers(appeal, timezone.now()))
    if form.is_valid():
        try:
            services.name_reviewer(
                actor=request.user, appeal=appeal, reviewer=form.cleaned_data["reviewer"], at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The reviewer is told."))
            return redirect(appeal)
    return _detail(request, appeal, reviewer=form)


@login_required
@require_POST
def appeal_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    appeal = _visible(request, public_id)
    if not allowed(request.user, Can.APPEAL_DECIDE, appeal):
        raise Http404
    form = AnswerForm(request.POST, is_awarded=appeal.decision.outcome == DecisionOutcome.AWARDED)
    if form.is_valid():
        corrected = form.cleaned_data["corrected_to"]
        try:
            services.decide_appeal(
                actor=request.user,
                appeal=appeal,
                outcome=AppealOutcome(form.cleaned_data["outcome"]),
                reasons=form.cleaned_data["reasons"],
                corrected_to=DecisionOutcome(corrected) if corrected else None,
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The appeal is answered, and the learner is told."))
            return redirect(appeal)
    return _detail(request, appeal, answer=form)


urlpatterns: list[URLPattern] = [
    path("decisions/<uuid:public_id>/appeal/", appeal_open, name="appeal-open"),
    path("appeals/", appeal_list, name="appeal-list"),
    path("appeals/<uuid:public_id>/", appeal_detail, name="appeal-detail"),
    path("appeals/<uuid:public_id>/reviewer/", appeal_assign, name="appeal-assign"),
    path("appeals/<uuid:public_id>/answer/", appeal_decide, name="appeal-decide"),
]
