"""What is kept how long, what stops deletion, what went, and what would go: for registrars, privacy officers and auditors."""

from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Organization
from learners import services
from learners.forms.retention import DryRunForm, HoldForm, LiftForm, RetentionRuleForm
from learners.models import RetentionHold, RetentionRule, RetentionRun
from learners.selectors import retention as selectors

RUNS_SHOWN, HOLDS_SHOWN, RULES_SHOWN = 31, 100, 100
YEARS_AHEAD = 10


def _school(request: HttpRequest) -> Organization:
    school = selectors.school_of(request.user, request.GET.get("school", ""))
    if school is None:
        raise Http404
    return school


@login_required
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    return _page(request, _school(request))


def _page(
    request: HttpRequest,
    school: Organization,
    *,
    rule: forms.Form | None = None,
    hold: forms.Form | None = None,
    lift: forms.Form | None = None,
    lifted: UUID | None = None,
) -> HttpResponse:
    """Nine queries; with a dry run one more for each kind."""
    may_set = allowed(request.user, Can.RETENTION_SET, school)
    may_hold = selectors.may_hold_at(request.user, school)
    dry_run = DryRunForm(request.GET if "until" in request.GET else None)
    rules = list(RetentionRule.objects.filter(organization=school).select_related("actor").order_by("-at", "-pk"))
    until = _until(dry_run)
    refused = next((form for form in (rule, hold, lift) if form is not None), None)
    holds = selectors.holds(school, HOLDS_SHOWN)
    context: dict[str, Any] = {
        "school": school,
        "schools": [each for each in selectors.schools_of(request.user) if each.pk != school.pk],
        "lines": selectors.lines(school, rules, until),
        "rules": rules[:RULES_SHOWN],
        "until": until,
        "dry_run": dry_run,
        "rule_form": (rule or RetentionRuleForm()) if may_set else None,
        "hold_form": (hold or HoldForm(auto_id="hold_%s")) if may_hold else None,
        "holds": [
            {
                "hold": each,
                "form": (lift if each.public_id == lifted else LiftForm(auto_id=f"lift_{each.pk}_%s"))
                if may_hold and not hasattr(each, "end")
                else None,
            }
            for each in holds
        ],
        "others": selectors.held_otherwise(school),
        "runs": list(
            RetentionRun.objects.filter(organization=school)
            .prefetch_related("counts")
            .order_by("-on", "-pk")[:RUNS_SHOWN]
        ),
    }
    is_refused = refused is not None or bool(dry_run.errors)
    return render_page(request, "learners/retention.html", context, status=422 if is_refused else 200)


def _until(form: forms.Form) -> datetime | None:
    """The end of the day that was asked for; only days to come tell anything."""
    if not form.is_valid():
        return None
    on, today = form.cleaned_data["until"], timezone.localdate()
    if not today <= on <= today + timedelta(days=366 * YEARS_AHEAD):
        form.add_error("until", _("Choose a day from today on, within ten years."))
        return None
    return timezone.make_aware(datetime.combine(on, time.max))


def _back(school: Organization) -> HttpResponse:
    return redirect(f"{reverse('learners:retention')}?school={school.slug}")


@login_required
@require_POST
def retention_set(request: HttpRequest) -> HttpResponse:
    school = _school(request)
    if not allowed(request.user, Can.RETENTION_SET, school):
        raise Http404
    form = RetentionRuleForm(request.POST)
    if form.is_valid():
        try:
            services.set_retention_rule(actor=request.user, organization=school, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("It holds from the next run on. What learners were told before is told anew."))
            return _back(school)
    return _page(request, school, rule=form)


@login_required
@require_POST
def hold_place(request: HttpRequest) -> HttpResponse:
    school = _school(request)
    if not selectors.may_hold_at(request.user, school):
        raise Http404
    form = HoldForm(request.POST, auto_id="hold_%s")
    if form.is_valid():
        learner = selectors.learner_of(school, form.cleaned_data.pop("learner"))
        if learner is None:
            form.add_error("learner", _("No learner of the school has this address or number. Give it in full."))
        else:
            try:
                services.place_hold(actor=request.user, learner=learner, at=timezone.now(), **form.cleaned_data)
            except RegistryError as error:
                form.add_error(None, str(error))
            else:
                messages.success(request, _("Nothing of this learner is deleted until the hold is lifted."))
                return _back(school)
    return _page(request, school, hold=form)


@login_required
@require_POST
def hold_lift(request: HttpRequest, public_id: UUID) -> HttpResponse:
    hold = get_object_or_404(RetentionHold.objects.select_related("learner__organization"), public_id=public_id)
    if not allowed(request.user, Can.RETENTION_HOLD, hold.learner):
        raise Http404
    school = hold.learner.organization
    form = LiftForm(request.POST, auto_id=f"lift_{hold.pk}_%s")
    if form.is_valid():
        try:
            services.lift_hold(actor=request.user, hold=hold, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Lifted. What has become due is told to the learner before it goes."))
            return _back(school)
    return _page(request, school, lift=form, lifted=public_id)


urlpatterns: list[URLPattern] = [
    path("retention/", retention, name="retention"),
    path("retention/rule/", retention_set, name="retention-set"),
    path("retention/holds/", hold_place, name="retention-hold"),
    path("retention/holds/<uuid:public_id>/lift/", hold_lift, name="retention-hold-lift"),
]
