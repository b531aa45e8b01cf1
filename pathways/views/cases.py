"""The committee's cases: what each rests on, confirmed or declined with a reason."""

from collections.abc import Callable, Collection
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from learners.models import Conflict
from learners.selectors.learning import badge, day_in_words
from pathways import rules, selectors, services
from pathways.forms.committee import CaseFilterForm, ConditionForm, ConfirmManyForm, ConflictForm, VoteForm
from pathways.forms.notes import ReasonForm
from pathways.models import CaseCondition, CaseVote, DesignationCase, Pathway, PathwayVersion
from pathways.workflow import CaseStatus, PathwayVersionStatus

PAGE_SIZE = 50
KINDS: dict[str, str] = {
    CaseStatus.OPEN: "waiting",
    CaseStatus.CONFIRMED: "awarded",
    CaseStatus.DECLINED: "not-met",
    CaseStatus.KEPT: "awarded",
    CaseStatus.TO_REVOKE: "not-met",
}


@login_required
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases that wait, the oldest first; with ?show=decided those that were decided, the newest first."""
    return list_page(request)


def list_page(
    request: HttpRequest, *, form: forms.Form | None = None, chosen: Collection[UUID] = (), status: int = 200
) -> HttpResponse:
    """The list, also with the words of a refusal. A fixed number of queries."""
    if not {Role.COMMITTEE, Role.AUDITOR} & request.user.roles():
        raise Http404
    mine = DesignationCase.objects.before(request.user)
    offered = PathwayVersion.objects.filter(
        request.user.scope_q({Role.COMMITTEE, Role.AUDITOR}, "pathway__credential__")
    ).exclude(status=PathwayVersionStatus.DRAFT)
    designations = (
        Pathway.objects.filter(pk__in=offered.values("pathway"))
        .select_related("credential__current_version")
        .order_by("slug", "pk")
    )
    filters = CaseFilterForm(request.GET or None, designations=designations)
    filters.is_valid()
    asked = getattr(filters, "cleaned_data", {})
    show = asked.get("show") or ""
    cases = _filtered(mine, asked, show, request.user)
    page = Paginator(cases, PAGE_SIZE).get_page(request.GET.get("page"))
    is_member = Role.COMMITTEE in request.user.roles()
    is_decided = show == "decided"
    columns = [
        {"label": _("Learner")},
        {"label": _("Profession")},
        {"label": _("Designation")},
        {"label": _("Votes"), "number": True},
        {"label": _("State")},
    ]
    rows = [
        {
            "cells": [
                {"text": case.learner.display_name, "url": case.get_absolute_url()},
                case.learner.profession.replace("-", " "),
                case.pathway_version.title,
                {"text": str(case.voters)},
                _state(case),
            ],
            "value": str(case.public_id),
            "label": f"{case.learner.display_name}, {case.pathway_version.title}",
            "checked": case.public_id in chosen,
        }
        for case in page
    ]
    conflicts = Conflict.objects.standing().filter(assessor=request.user).select_related("learner")
    context = {
        "page": page,
        "columns": columns,
        "rows": rows,
        "is_decided": is_decided,
        "is_filtered": any(asked.get(name) for name in ("show", "designation", "profession", "name")),
        "filters": filters,
        "found": ngettext("%(n)s case", "%(n)s cases", page.paginator.count) % {"n": page.paginator.count},
        "may_confirm": is_member and not is_decided and show != "review" and bool(rows),
        "conflicts": conflicts.order_by("declared_at", "pk")[:50] if is_member else [],
        "form": form or ConfirmManyForm(),
    }
    return render_page(request, "pathways/case_list.html", context, status=status)


def _filtered(mine: Any, asked: dict[str, Any], show: str, user: Any) -> Any:
    cases = mine.select_related("learner", "pathway_version").annotate(
        voters=Count("votes__member", distinct=True), waits=Exists(_open_condition())
    )
    if show == "decided":
        cases = cases.exclude(status=CaseStatus.OPEN).order_by("-decided_at", "-pk")
    else:
        cases = cases.filter(status=CaseStatus.OPEN).order_by("opened_at", "pk")
        if show == "unvoted":
            voted = CaseVote.objects.filter(case=OuterRef("pk"), member=user)
            cases = cases.filter(~Exists(voted)).exclude(learner__user=user)
        if show == "review":
            cases = cases.filter(reviews__isnull=False)
    if asked.get("designation"):
        cases = cases.filter(pathway_version__pathway=asked["designation"])
    if asked.get("profession"):
        cases = cases.filter(learner__profession=asked["profession"])
    if asked.get("name"):
        cases = cases.filter(learner__display_name__icontains=asked["name"])
    return cases


def _open_condition() -> Any:
    return CaseCondition.objects.filter(case=OuterRef("pk"), settled_at__isnull=True)


def _state(case: DesignationCase) -> dict[str, Any]:
    if case.status == CaseStatus.OPEN:
        if getattr(case, "waits", False):
            return {"kind": "returned", "word": _("Waiting for a condition"), "time": case.opened_at}
        if case.is_review:
            return {"kind": "waiting", "word": _("Designation to look at again"), "time": case.opened_at}
    return {
        "kind": KINDS[case.status],
        "word": str(case.get_status_display()).capitalize(),
        "time": case.decided_at or case.opened_at,
    }


@login_required
@require_safe
def case_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return case_page(request, get_case(request, public_id))


def get_case(request: HttpRequest, public_id: UUID) -> DesignationCase:
    """A case that this person may read; the learner's own shows on the pathway's page instead."""
    return get_object_or_404(
        DesignationCase.objects.before(request.user).select_related(
            "learner__user", "award", "reviews", "pathway_version__pathway__credential__organization"
        ),
        public_id=public_id,
    )


def case_page(
    request: HttpRequest,
    case: DesignationCase,
    *,
    form: forms.Form | None = None,
    vote_form: forms.Form | None = None,
    condition_form: forms.Form | None = None,
    conflict_form: forms.Form | None = None,
    settle_error: str = "",
    status: int = 200,
) -> HttpResponse:
    """A case with everything that a member needs, also with the words of a refusal. A fixed number of queries."""
    at = timezone.now()
    asked = selectors.asked(case.pathway_version)
    enrollment = selectors.joined(case.pathway_version, case.learner)
    known = selectors.known_of(case.learner, asked, enrollment)
    progress = known.progress(asked, case.learner_id, on=timezone.localdate(at), enrollment=enrollment)
    is_open = case.status == CaseStatus.OPEN
    tally = selectors.tally(case, at)
    may_decide = is_open and request.user.pk in tally.members
    own = tally.of(request.user.pk)
    needed = tally.lacking - (own is None)
    conditions = list(case.conditions.select_related("set_by", "settled_by").order_by("pk"))
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
        "allowances": selectors.allowances(known.waivers[enrollment.pk], asked) if enrollment else [],
        "capstones": known.capstones[enrollment.pk] if enrollment else [],
        "evidence": [_evidence_row(each) for each in selectors.evidence(case, progress, known)],
        "history": _history(case),
        "is_open": is_open,
        "may_decide": may_decide,
        "may_conclude": may_decide and needed <= 0,
        "may_step_aside": is_open and allowed(request.user, Can.CASE_STEP_ASIDE, case),
        "is_own": case.learner.user_id == request.user.pk,
        "is_involved": request.user.pk in tally.involved,
        "tally": tally,
        "own_vote": own,
        "conditions": conditions,
        "has_open_condition": any(each.settled_at is None for each in conditions),
        "form": form or ReasonForm(),
        "vote_form": vote_form or VoteForm(initial={"vote": own.vote if own else None}),
        "condition_form": condition_form or ConditionForm(),
        "conflict_form": conflict_form or ConflictForm(),
        "settle_error": settle_error,
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
    titles: dict[str, str] = {
        CaseStatus.OPEN: _("Before the committee"),
        CaseStatus.CONFIRMED: _("Confirmed"),
        CaseStatus.DECLINED: _("Declined"),
        CaseStatus.KEPT: _("Kept"),
        CaseStatus.TO_REVOKE: _("To be revoked; the registrars are asked"),
        "condition": _("Condition set"),
        "condition-met": _("Condition met"),
        "condition-dropped": _("Condition dropped"),
    }
    return [
        {
            "title": titles.get(event.moved_to, event.moved_to) + (f", {event.actor.name}" if event.actor else ""),
            "time": event.at,
            "note": event.note,
            "kind": KINDS.get(event.moved_to, "waiting"),
        }
        for event in case.events.select_related("actor").order_by("at", "pk")
    ]


def _decide(request: HttpRequest, public_id: UUID, command: Callable[..., DesignationCase], done: str) -> HttpResponse:
    case = get_case(request, public_id)
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
    return case_page(request, case, form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def case_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.confirm_case, _("Confirmed. The designation is awarded."))


@login_required
@require_http_methods(["GET", "POST"])
def case_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.decline_case, _("Declined. The learner reads your reason."))


@login_required
@require_http_methods(["GET", "POST"])
def case_keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _decide(request, public_id, services.keep_designation, _("The designation is kept."))


@login_required
@require_http_methods(["GET", "POST"])
def case_revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    done = _("The registrars are asked to revoke it. It stands until two of them have done so.")
    return _decide(request, public_id, services.ask_revocation, done)


urlpatterns: list[URLPattern] = [
    path("committee/", case_list, name="case-list"),
    path("committee/<uuid:public_id>/", case_detail, name="case-detail"),
    path("committee/<uuid:public_id>/confirm/", case_confirm, name="case-confirm"),
    path("committee/<uuid:public_id>/decline/", case_decline, name="case-decline"),
    path("committee/<uuid:public_id>/keep/", case_keep, name="case-keep"),
    path("committee/<uuid:public_id>/revoke/", case_revoke, name="case-revoke"),
]
