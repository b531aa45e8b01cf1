"""The committee's cases: what each rests on, confirmed or declined with a reason."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from learners.selectors.learning import badge, day_in_words
from pathways import rules, selectors, services
from pathways.forms import ReasonForm
from pathways.models import DesignationCase
from pathways.workflow import CaseStatus

PAGE_SIZE = 50
KINDS = {CaseStatus.OPEN: "waiting", CaseStatus.CONFIRMED: "awarded", CaseStatus.DECLINED: "not-met"}


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases that wait, the oldest first; with ?show=decided those that were decided, the newest first."""
    if not {Role.COMMITTEE, Role.AUDITOR} & request.user.roles():
        raise Http404
    cases = DesignationCase.objects.filter(
        request.user.scope_q({Role.COMMITTEE, Role.AUDITOR}, "pathway_version__pathway__credential__")
    ).select_related("learner", "pathway_version")
    is_decided = request.GET.get("show") == "decided"
    if is_decided:
        cases = cases.exclude(status=CaseStatus.OPEN).order_by("-decided_at", "-pk")
    else:
        cases = cases.filter(status=CaseStatus.OPEN).order_by("opened_at", "pk")
    page = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("page"))
    columns = [{"label": _("Learner")}, {"label": _("Profession")}, {"label": _("Designation")}, {"label": _("State")}]
    rows = [
        [
            {"text": case.learner.display_name, "url": case.get_absolute_url()},
            case.learner.profession.replace("-", " "),
            case.pathway_version.title,
            _state(case),
        ]
        for case in page
    ]
    context = {"page": page, "columns": columns, "rows": rows, "is_decided": is_decided}
    return render_page(request, "pathways/case_list.html", context)


def _state(case: DesignationCase) -> dict[str, Any]:
    return {
        "kind": KINDS[CaseStatus(case.status)],
        "word": str(case.get_status_display()).capitalize(),
        "time": case.decided_at or case.opened_at,
    }


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
    asked = selectors.asked(case.pathway_version)
    progress = selectors.progress(
        version=case.pathway_version, learner=case.learner, on=timezone.localdate(), ask=asked
    )
    context = {
        "case": case,
        "state": _state(case),
        "progress": progress,
        "sentences": rules.in_words(asked.rules),
        "columns": [
            {"label": _("Badge")},
            {"label": _("Counts for")},
            {"label": _("Criteria")},
            {"label": _("Awarded")},
            {"label": _("Valid until")},
            {"label": _("State")},
        ],
        "evidence": [_evidence_row(each) for each in selectors.evidence(case, progress)],
        "history": _history(case),
        "is_open": case.status == CaseStatus.OPEN,
        "may_decide": case.status == CaseStatus.OPEN and allowed(request.user, Can.CASE_DECIDE, case),
        "is_own": case.learner.user_id == request.user.pk,
        "form": form,
    }
    return render_page(request, "pathways/case_detail.html", context, status=status)


def _evidence_row(evidence: selectors.Evidence) -> list[Any]:
    if evidence.award is None:
        return _recognized_row(evidence)
    award, version = evidence.award, evidence.award.credential_version
    state = badge(award, timezone.now())
    return [
        version.title,
        evidence.requirement,
        {
            "text": _("version %(number)s") % {"number": version.number},
            "url": reverse("credentials:version-detail", args=[award.credential.public_id, version.number]),
        },
        day_in_words(award.awarded_at),
        day_in_words(award.valid_until) if award.valid_until else _("does not expire"),
        {"kind": state.kind, "word": state.word},
    ]


def _recognized_row(evidence: selectors.Evidence) -> list[Any]:
    found = evidence.recognized
    return [
        found.title,
        evidence.requirement,
        _("recognized from %(provider)s") % {"provider": found.provider.name},
        day_in_words(found.earned_on),
        _("does not expire"),
        {"kind": "valid", "word": _("Recognized")},
    ]


def _history(case: DesignationCase) -> list[dict[str, Any]]:
    titles = {
        CaseStatus.OPEN: _("Before the committee"),
        CaseStatus.CONFIRMED: _("Confirmed"),
        CaseStatus.DECLINED: _("Declined"),
    }
    return [
        {
            "title": titles[CaseStatus(event.moved_to)] + (f", {event.actor.name}" if event.actor else ""),
            "time": event.at,
            "note": event.note,
            "kind": KINDS[CaseStatus(event.moved_to)],
        }
        for event in case.events.select_related("actor").order_by("at", "pk")
    ]


def _decide(request: HttpRequest, public_id: UUID, command: Callable[..., DesignationCase], done: str) -> HttpResponse:
    case = _case(request, public_id)
    if request.method == "GET":  # after signing in half way
        return redirect(case)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            command(actor=request.user, case=case, at=timezone.now(), reason=form.cleaned_data["reason"])
        except RegistryError as error:
            case.refresh_from_db()  # somebody else may have decided it
            form.add_error(None, str(error))
        else:
            messages.success(request, done)
            return redirect(case)
    return _case_page(request, case, form, 422)


@login_required
@require_http_methods(["GET", "POST"])
def case_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.confirm_case, _("Confirmed. The designation is awarded."))


@login_required
@require_http_methods(["GET", "POST"])
def case_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.decline_case, _("Declined. The learner reads your reason."))


urlpatterns: list[URLPattern] = [
    path("committee/", case_list, name="case-list"),
    path("committee/<uuid:public_id>/", case_detail, name="case-detail"),
    path("committee/<uuid:public_id>/confirm/", case_confirm, name="case-confirm"),
    path("committee/<uuid:public_id>/decline/", case_decline, name="case-decline"),
]
