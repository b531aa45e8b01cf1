"""The learners of a pathway, for those who run it: where each stands, and what was waived or substituted."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from learners.models import Cohort
from pathways import selectors, services
from pathways.forms.keeping import CapstoneForm, LearnerFilterForm, WaiverForm, WithdrawForm
from pathways.models import (
    CapstoneRecord,
    CapstoneWork,
    DesignationCase,
    Pathway,
    PathwayEnrollment,
    RequirementKind,
    Waiver,
)
from pathways.views.managing import managed
from pathways.workflow import CaseStatus, PathwayEnrollmentStatus

PAGE_SIZE = 50


@login_required
@require_safe
def enrollment_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who works toward the designation, or has it. A fixed number of queries."""
    version = managed(request).filter(pathway__public_id=public_id).order_by("-number").first()
    if version is None:
        raise Http404
    pathway: Pathway = version.pathway
    joined = PathwayEnrollment.objects.kept_by(request.user).filter(pathway=pathway)
    joined = joined.exclude(status=PathwayEnrollmentStatus.LEFT)
    cohorts = Cohort.objects.filter(organization=pathway.credential.organization_id).order_by("-graduates_on", "pk")
    filters = LearnerFilterForm(request.GET or None, cohorts=cohorts)
    filters.is_valid()
    asked = getattr(filters, "cleaned_data", {})
    page = Paginator(_filtered(joined, asked), PAGE_SIZE).get_page(request.GET.get("page"))
    columns = [
        {"label": _("Learner")},
        {"label": _("Class")},
        {"label": _("Version"), "number": True},
        {"label": _("Waivers"), "number": True},
        {"label": _("State")},
    ]
    rows = [
        [
            {"text": each.learner.display_name, "url": each.get_absolute_url()},
            each.learner.cohort.name if each.learner.cohort else "",
            {"text": str(each.version.number)},
            {"text": str(each.waived)},
            _state(each),
        ]
        for each in page
    ]
    context = {
        "pathway": pathway,
        "version": version,
        "page": page,
        "columns": columns,
        "rows": rows,
        "filters": filters,
        "is_filtered": any(asked.get(name) for name in ("name", "cohort", "waived")),
        "found": ngettext("%(n)s learner", "%(n)s learners", page.paginator.count) % {"n": page.paginator.count},
    }
    return render_page(request, "pathways/enrollment_list.html", context)


def _filtered(joined: Any, asked: dict[str, Any]) -> Any:
    cases = DesignationCase.objects.awarding().filter(
        learner=OuterRef("learner"), pathway_version=OuterRef("version"), status=CaseStatus.OPEN
    )
    found = joined.select_related("learner__cohort", "version").annotate(
        waived=Count("waivers", filter=Q(waivers__withdrawal__isnull=True)), is_asked=Exists(cases)
    )
    if asked.get("name"):
        found = found.filter(learner__display_name__icontains=asked["name"])
    if asked.get("cohort"):
        found = found.filter(learner__cohort=asked["cohort"])
    if asked.get("waived"):
        found = found.filter(waived__gt=0)
    return found.order_by("learner__display_name", "pk")


def _state(enrollment: Any) -> dict[str, Any]:
    if enrollment.status == PathwayEnrollmentStatus.COMPLETED:
        return {"kind": "awarded", "word": _("Confirmed by the committee")}
    if enrollment.is_asked:
        return {"kind": "waiting", "word": _("Before the committee")}
    return {"kind": "draft", "word": _("Works toward it")}


def kept(request: HttpRequest, public_id: UUID) -> PathwayEnrollment:
    """An enrollment of a pathway that this person runs."""
    return get_object_or_404(
        PathwayEnrollment.objects.kept_by(request.user)
        .exclude(status=PathwayEnrollmentStatus.LEFT)
        .select_related("learner__cohort", "version", "pathway__credential__organization"),
        public_id=public_id,
    )


@login_required
@require_safe
def enrollment_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where one learner stands, what was waived, and a form for one waiver more."""
    return enrollment_page(request, kept(request, public_id))


def enrollment_page(
    request: HttpRequest,
    enrollment: PathwayEnrollment,
    *,
    form: WaiverForm | None = None,
    capstone_form: CapstoneForm | None = None,
    withdraw_form: forms.Form | None = None,
    withdrawn: UUID | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, also with the words of a refusal. A fixed number of queries."""
    enrollment.version.pathway = enrollment.pathway
    asked = selectors.asked(enrollment.version)
    is_active = enrollment.status == PathwayEnrollmentStatus.ACTIVE
    places = selectors.places(enrollment.version)
    if is_active and form is None:
        form = WaiverForm(places=places, enrollment=enrollment)
    known = selectors.known_of(enrollment.learner, asked, enrollment)
    capstones = known.capstones[enrollment.pk]
    recorded = {each.requirement.key for each in capstones if not hasattr(each, "withdrawal")}
    has_capstone = any(each.rule.kind == RequirementKind.CAPSTONE for each in places)
    if is_active and capstone_form is None:
        left = CapstoneForm(places=[each for each in places if each.rule.key not in recorded])
        capstone_form = left if left.rules else None
    context = {
        "enrollment": enrollment,
        "is_active": is_active,
        "progress": known.progress(asked, enrollment.learner_id, on=timezone.localdate(), enrollment=enrollment),
        "allowances": selectors.allowances(known.waivers[enrollment.pk], asked),
        "form": form,
        "has_capstone": has_capstone,
        "capstones": capstones,
        "works": CapstoneWork.objects.with_context().filter(enrollment=enrollment).order_by("-pk")
        if has_capstone
        else [],
        "capstone_form": capstone_form,
        "withdraw_form": withdraw_form,
        "withdrawn": withdrawn,
    }
    return render_page(request, "pathways/enrollment_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def waiver_grant(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Waive or substitute; a GET comes from signing in half way and only leads back."""
    enrollment = kept(request, public_id)
    if request.method == "GET":
        return redirect(enrollment)
    form = WaiverForm(request.POST, places=selectors.places(enrollment.version), enrollment=enrollment)
    if form.is_valid():
        try:
            services.grant_waiver(
                actor=request.user,
                enrollment=enrollment,
                requirement=form.places[form.cleaned_data["rule"]].rule,
                substitute=form.cleaned_data["substitute"],
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Recorded. The learner is told, and reads why."))
            return redirect(enrollment)
    return enrollment_page(request, enrollment, form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def waiver_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    waiver = get_object_or_404(Waiver.objects.select_related("enrollment"), public_id=public_id)
    return _withdraw(request, waiver, partial(services.withdraw_waiver, waiver=waiver))


@login_required
@require_http_methods(["GET", "POST"])
def capstone_record(request: HttpRequest, public_id: UUID) -> HttpResponse:
    enrollment = kept(request, public_id)
    if request.method == "GET":
        return redirect(enrollment)
    form = CapstoneForm(request.POST, places=selectors.places(enrollment.version))
    if form.is_valid():
        try:
            services.record_capstone(
                actor=request.user,
                enrollment=enrollment,
                requirement=form.rules[form.cleaned_data["capstone"]],
                done_on=form.cleaned_data["done_on"],
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The capstone is recorded, and the learner is told."))
            return redirect(enrollment)
    return enrollment_page(request, enrollment, capstone_form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def capstone_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    record = get_object_or_404(CapstoneRecord.objects.select_related("enrollment"), public_id=public_id)
    return _withdraw(request, record, partial(services.withdraw_capstone, record=record))


def _withdraw(request: HttpRequest, given: Waiver | CapstoneRecord, withdraw: Callable[..., object]) -> HttpResponse:
    """Take back what was given to one learner; a GET comes from signing in half way and only leads back."""
    enrollment = kept(request, given.enrollment.public_id)
    if request.method == "GET":
        return redirect(enrollment)
    form = WithdrawForm(request.POST)
    if form.is_valid():
        try:
            withdraw(actor=request.user, reason=form.cleaned_data["reason"], at=timezone.now())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Withdrawn. The learner is told, and reads why."))
            return redirect(enrollment)
    return enrollment_page(request, enrollment, withdraw_form=form, withdrawn=given.public_id, status=422)


urlpatterns: list[URLPattern] = [
    path("manage/pathways/<uuid:public_id>/learners/", enrollment_list, name="enrollment-list"),
    path("manage/pathways/learners/<uuid:public_id>/", enrollment_detail, name="enrollment-detail"),
    path("manage/pathways/learners/<uuid:public_id>/waive/", waiver_grant, name="waiver-grant"),
    path("manage/pathways/waivers/<uuid:public_id>/withdraw/", waiver_withdraw, name="waiver-withdraw"),
    path("manage/pathways/learners/<uuid:public_id>/capstone/", capstone_record, name="capstone-record"),
    path("manage/pathways/capstones/<uuid:public_id>/withdraw/", capstone_withdraw, name="capstone-withdraw"),
]
