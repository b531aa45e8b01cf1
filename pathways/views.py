"""Pages of designations: the rules in sentences, a learner's progress, and the committee's cases."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from config.errors import Conflict, RegistryError
from config.permissions import Can, Role, allowed
from learners.models import Learner
from pathways import rules, selectors, services
from pathways.models import DesignationCase, Pathway, PathwayEnrollment, PathwayVersion
from pathways.workflow import CaseStatus, PathwayVersionStatus

CASES_PAGE = 50


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Stays with the case; the learner reads it when a case is declined."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )


class NoteForm(forms.Form):
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=2000
    )


def _published() -> Any:
    return (
        PathwayVersion.objects.filter(status=PathwayVersionStatus.PUBLISHED)
        .select_related(
            "pathway__credential__organization", "pathway__credential__current_version", "credential_version"
        )
        .order_by("title", "pk")
    )


def _learner(request: HttpRequest) -> Learner | None:
    return Learner.objects.filter(user=request.user).first() if request.user.is_authenticated else None


@require_safe
def pathway_list(request: HttpRequest) -> HttpResponse:
    """The designations that can be reached; anybody may look."""
    learner = _learner(request)
    joined = (
        set(PathwayEnrollment.objects.filter(learner=learner).exclude(status="left").values_list("pathway", flat=True))
        if learner
        else set()
    )
    rows = [{"version": version, "is_joined": version.pathway_id in joined} for version in _published()]
    return render(request, "pathways/pathway_list.html", {"rows": rows})


@require_safe
def pathway_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The rules as sentences; for a learner also where they stand."""
    return _pathway_page(request, public_id)


def _pathway_page(request: HttpRequest, public_id: UUID, error: str = "", status: int = 200) -> HttpResponse:
    pathway = get_object_or_404(
        Pathway.objects.select_related("credential__organization", "credential__current_version"), public_id=public_id
    )
    learner = _learner(request)
    enrollment = (
        PathwayEnrollment.objects.filter(learner=learner, pathway=pathway)
        .exclude(status="left")
        .select_related("version")
        .first()
        if learner
        else None
    )
    version = enrollment.version if enrollment else _published().filter(pathway=pathway).order_by("-number").first()
    if version is None:
        raise Http404
    tree = selectors.tree(version)
    progress = selectors.progress(version=version, learner=learner, on=timezone.localdate()) if learner else None
    case = (
        DesignationCase.objects.filter(learner=learner, pathway_version=version)
        .prefetch_related("events")
        .order_by("-pk")
        .first()
        if learner
        else None
    )
    context = {
        "pathway": pathway,
        "version": version,
        "learner": learner,
        "enrollment": enrollment,
        "sentences": rules.in_words(tree),
        "progress": progress,
        "groups": selectors.groups(version, progress),
        "case": case,
        "declined_because": _reason(case) if case and case.status == CaseStatus.DECLINED else "",
        "error": error,
    }
    return render(request, "pathways/pathway_detail.html", context, status=status)


def _reason(case: DesignationCase) -> str:
    return next((event.note for event in case.events.all() if event.moved_to == CaseStatus.DECLINED), "")


@login_required
@require_POST
def pathway_join(request: HttpRequest, public_id: UUID) -> HttpResponse:
    pathway = get_object_or_404(Pathway, public_id=public_id)
    learner = get_object_or_404(Learner, user=request.user)
    try:
        services.join_pathway(actor=request.user, learner=learner, pathway=pathway, at=timezone.now())
    except RegistryError as error:
        return _pathway_page(request, public_id, str(error), 422)
    messages.success(request, _("You have joined this pathway. Badges that you hold already count."))
    return redirect(pathway)


@login_required
@require_POST
def case_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A learner brings a met pathway before the committee."""
    pathway = get_object_or_404(Pathway, public_id=public_id)
    enrollment = get_object_or_404(
        PathwayEnrollment.objects.exclude(status="left"), learner__user=request.user, pathway=pathway
    )
    try:
        if services.open_case(enrollment=enrollment, at=timezone.now()) is None:
            raise Conflict(_("Something is still missing, so there is nothing to decide yet."))
    except RegistryError as error:
        return _pathway_page(request, public_id, str(error), 422)
    messages.success(request, _("The committee has your case."))
    return redirect(pathway)


def _managed(request: HttpRequest) -> Any:
    return (
        PathwayVersion.objects.filter(
            request.user.scope_q({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, "pathway__credential__")
        )
        .select_related("pathway__credential__organization", "credential_version")
        .order_by("title", "-number", "pk")
    )


@login_required
@require_safe
def manage_list(request: HttpRequest) -> HttpResponse:
    if not {Role.PATHWAY_ADMIN, Role.ADMINISTRATOR} & request.user.roles():
        raise Http404
    return render(request, "pathways/manage_list.html", {"versions": _managed(request)})


@login_required
@require_safe
def manage_detail(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    version = get_object_or_404(_managed(request), pathway__public_id=public_id, number=number)
    return _manage_page(request, version, NoteForm())


def _manage_page(request: HttpRequest, version: PathwayVersion, form: forms.Form, status: int = 200) -> HttpResponse:
    is_draft = version.status == PathwayVersionStatus.DRAFT
    context = {
        "version": version,
        "sentences": rules.in_words(selectors.tree(version)),
        "missing": services.missing_for_publication(version) if is_draft else [],
        "may_publish": is_draft and allowed(request.user, Can.PATHWAY_PUBLISH, version.pathway),
        "events": version.events.select_related("actor").order_by("-at", "-pk"),
        "form": form,
    }
    return render(request, "pathways/manage_detail.html", context, status=status)


@login_required
@require_POST
def pathway_publish(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    version = get_object_or_404(_managed(request), pathway__public_id=public_id, number=number)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            services.publish_pathway(actor=request.user, version=version, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The pathway is published."))
            return redirect("pathways:manage-detail", public_id, number)
    return _manage_page(request, version, form, 422)


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The committee's cases; the open ones stand first."""
    if not {Role.COMMITTEE, Role.AUDITOR} & request.user.roles():
        raise Http404
    cases = (
        DesignationCase.objects.filter(
            request.user.scope_q({Role.COMMITTEE, Role.AUDITOR}, "pathway_version__pathway__credential__")
        )
        .select_related("learner", "pathway_version")
        .order_by("-status", "opened_at", "pk")
    )
    page = Paginator(cases, CASES_PAGE).get_page(request.GET.get("page"))
    return render(request, "pathways/case_list.html", {"page": page})


@login_required
@require_safe
def case_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _case_page(request, _case(request, public_id), ReasonForm())


def _case(request: HttpRequest, public_id: UUID) -> DesignationCase:
    """A case that this person may read; the learner's own shows on the pathway's page instead."""
    case = get_object_or_404(
        DesignationCase.objects.visible_to(request.user).select_related(
            "learner__user", "award", "pathway_version__pathway__credential__organization"
        ),
        public_id=public_id,
    )
    if not allowed(request.user, Can.CASE_READ, case):
        raise Http404
    return case


def _case_page(request: HttpRequest, case: DesignationCase, form: forms.Form, status: int = 200) -> HttpResponse:
    progress = selectors.progress(version=case.pathway_version, learner=case.learner, on=timezone.localdate())
    context = {
        "case": case,
        "progress": progress,
        "sentences": rules.in_words(selectors.tree(case.pathway_version)),
        "events": case.events.select_related("actor").order_by("at", "pk"),
        "may_decide": case.status == CaseStatus.OPEN and allowed(request.user, Can.CASE_DECIDE, case),
        "is_own": case.learner.user_id == request.user.pk,
        "form": form,
    }
    return render(request, "pathways/case_detail.html", context, status=status)


def _decide(request: HttpRequest, public_id: UUID, command: Any, done: str) -> HttpResponse:
    case = _case(request, public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            command(actor=request.user, case=case, at=timezone.now(), reason=form.cleaned_data["reason"])
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect("pathways:case-detail", public_id)
    return _case_page(request, case, form, 422)


@login_required
@require_POST
def case_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.confirm_case, _("Confirmed. The designation is awarded."))


@login_required
@require_POST
def case_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.decline_case, _("Declined. The learner reads your reason."))


def home_panel(request: HttpRequest, user: Any) -> dict[str, Any] | None:
    """What a person's home says about pathways: a learner's standing, a member's open cases."""
    if not user.is_authenticated:
        return None
    learner = Learner.objects.filter(user=user).first()
    standings = selectors.standings(learner=learner, on=timezone.localdate()) if learner else []
    cases = 0
    if Role.COMMITTEE in user.roles():
        cases = DesignationCase.objects.filter(
            user.scope_q({Role.COMMITTEE}, "pathway_version__pathway__credential__"), status=CaseStatus.OPEN
        ).count()
    if not standings and not cases:
        return None
    return {"standings": standings, "open_cases": cases, "cases_url": reverse("pathways:case-list")}


urlpatterns: list[URLPattern] = [
    path("pathways/", pathway_list, name="pathway-list"),
    path("pathways/<uuid:public_id>/", pathway_detail, name="pathway-detail"),
    path("pathways/<uuid:public_id>/join/", pathway_join, name="pathway-join"),
    path("pathways/<uuid:public_id>/ask/", case_ask, name="case-ask"),
    path("manage/pathways/", manage_list, name="manage-list"),
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/", manage_detail, name="manage-detail"),
    path("manage/pathways/<uuid:public_id>/versions/<int:number>/publish/", pathway_publish, name="pathway-publish"),
    path("committee/", case_list, name="case-list"),
    path("committee/<uuid:public_id>/", case_detail, name="case-detail"),
    path("committee/<uuid:public_id>/confirm/", case_confirm, name="case-confirm"),
    path("committee/<uuid:public_id>/decline/", case_decline, name="case-decline"),
]
