"""Decisions: what waits to be released, one of them, releasing one or many, and undoing."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from config.errors import RegistryError
from config.permissions import Can, Role, allowed
from credentials.models import Credential
from learners import services
from learners.forms.assessing import ReleaseFilter, ReleaseForm, ReleaseManyForm, UndoForm
from learners.models import Decision
from learners.models.assessment import DecisionQuerySet
from learners.selectors import assessing, patient_data
from learners.views.opening import reason_page
from learners.workflow import DecisionOutcome, DecisionStatus

LIST_PAGE, LIST_WHOLE = 50, 1000  # a cohort is released from one page, once all of it is asked for
RECENT_SHOWN = 20


@login_required
@require_safe
def decision_list(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & {Role.ASSESSOR, Role.LEAD}:
        raise Http404
    return _list_page(request, form=None)


@login_required
@require_POST
def decision_release_many(request: HttpRequest) -> HttpResponse:
    open_ones = Decision.objects.releasable_by(request.user).filter(status=DecisionStatus.PROPOSED)
    wanted = [each for each in request.POST.getlist("decision") if _is_uuid(each)]
    found = {str(each.public_id): each for each in open_ones.filter(public_id__in=wanted)}
    if wanted and not found:
        messages.warning(request, _("Nothing was released: these decisions are released or taken back already."))
        return redirect("learners:decision-list")
    form = ReleaseManyForm(_only(request, found), offered=list(found))
    if not form.is_valid():
        return _list_page(request, form=form)
    try:
        released = services.release_decisions(
            actor=request.user, decisions=list(found.values()), at=timezone.now(), note=form.cleaned_data["note"]
        )
    except RegistryError as error:
        form.add_error(None, str(error))
        return _list_page(request, form=form)
    messages.success(
        request,
        ngettext("%(count)s decision released.", "%(count)s decisions released.", len(released))
        % {"count": len(released)},
    )
    return redirect("learners:decision-list")


def _only(request: HttpRequest, found: dict[str, Decision]) -> Any:
    """The posted form without decisions that somebody else has released in the meantime."""
    data = request.POST.copy()
    data.setlist("decision", list(found))
    return data


def _is_uuid(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _list_page(request: HttpRequest, *, form: ReleaseManyForm | None) -> HttpResponse:
    """The list, with the refused form of a release when there was one. Nine queries, whatever its length."""
    mine = Decision.objects.releasable_by(request.user)
    proposed = mine.filter(status=DecisionStatus.PROPOSED)
    credentials = Credential.objects.filter(pk__in=proposed.values("enrollment__credential"))
    filters = ReleaseFilter(
        request.GET, credentials=credentials.select_related("current_version").order_by("code", "pk")
    )
    shown = _filtered(proposed, filters)
    is_all = request.GET.get("selected") == "all"
    size = LIST_WHOLE if is_all or form else LIST_PAGE
    page = Paginator(shown.with_context().with_holds().order_by("proposed_at", "pk"), size).get_page(
        request.GET.get("page")
    )
    chosen = set(form.data.getlist("decision")) if form else set()
    # A cohort has one state in hundreds of rows: its markup is made once.
    statuses = {
        outcome: render_to_string("components/status.html", {"kind": outcome}) for outcome in DecisionOutcome.values
    }
    now = timezone.now()
    context = {
        "page": page,
        "rows": [
            {
                "decision": decision,
                "who": assessing.shown_name(decision.enrollment),
                "title": decision.credential_version.title,
                "is_held": decision.is_held,
                "is_checked": not decision.is_held and (is_all or str(decision.public_id) in chosen),
                "status": statuses[decision.outcome],
            }
            for decision in page
        ],
        "may_select_all": page.has_other_pages() and not is_all,
        "filters": filters,
        "is_filtered": filters.is_valid() and any(filters.cleaned_data.values()),
        "found": ngettext("%(count)s decision", "%(count)s decisions", page.paginator.count)
        % {"count": page.paginator.count},
        "form": form or ReleaseManyForm(offered=[]),
        "recent": _recent(mine, now),
        "undo_minutes": settings.UNDO_WINDOW_SECONDS // 60,
    }
    return render(request, "learners/decision_list.html", context, status=422 if form else 200)


def _filtered(decisions: DecisionQuerySet, filters: ReleaseFilter) -> DecisionQuerySet:
    chosen = filters.cleaned_data if filters.is_valid() else {}
    if chosen.get("item"):
        decisions = decisions.filter(enrollment__credential__public_id=chosen["item"])
    if chosen.get("outcome"):
        decisions = decisions.filter(outcome=chosen["outcome"])
    return decisions


def _recent(mine: DecisionQuerySet, now: datetime) -> dict[str, Any]:
    """What was released within the undo window, newest first."""
    released = mine.filter(status=DecisionStatus.RELEASED, effective_at__gt=now - services.undo_window())
    rows = list(released.with_context().order_by("-effective_at", "-pk")[: RECENT_SHOWN + 1])
    return {
        "rows": [
            {
                "decision": decision,
                "who": assessing.shown_name(decision.enrollment),
                "until": services.undo_until(decision),
                "seconds": _seconds_left(decision, now),
            }
            for decision in rows[:RECENT_SHOWN]
        ],
        "has_more": len(rows) > RECENT_SHOWN,
    }


def _seconds_left(decision: Decision, now: datetime) -> int:
    return max(0, int((services.undo_until(decision) - now).total_seconds()))


@login_required
@require_safe
def decision_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    decision = _visible(request, public_id)
    if decision.learner.user_id == request.user.pk:
        return redirect(decision.submission)  # the learner's own page of the same result
    decision.submission.enrollment = decision.enrollment
    if (asked := reason_page(request, decision.submission)) is not None:
        return asked
    return _detail_page(request, decision, form=None)


def _visible(request: HttpRequest, public_id: UUID) -> Decision:
    return get_object_or_404(
        Decision.objects.visible_to(request.user)
        .with_context()
        .with_holds()
        .select_related("actor")
        .prefetch_related("submission__assignments"),
        public_id=public_id,
    )


def _detail_page(request: HttpRequest, decision: Decision, *, form: ReleaseForm | UndoForm | None) -> HttpResponse:
    version, submission = decision.credential_version, decision.submission
    submission.enrollment = decision.enrollment
    criteria = assessing.criteria_of(version)
    assessment = assessing.assessment_of(submission) if decision.status != DecisionStatus.UNDONE else None
    now = timezone.now()
    is_proposed = decision.status == DecisionStatus.PROPOSED
    seconds = _seconds_left(decision, now) if decision.status == DecisionStatus.RELEASED else 0
    may_undo = seconds > 0 and allowed(request.user, Can.DECISION_UNDO, decision)
    may_release = is_proposed and allowed(request.user, Can.DECISION_RELEASE, decision)
    has_place = may_release and not decision.is_held if isinstance(form, ReleaseForm) else may_undo
    context = {
        "decision": decision,
        "submission": submission,
        "version": version,
        "who": assessing.shown_name(decision.enrollment),
        "criteria": assessing.result_rows(version, criteria, assessment.judgments.all() if assessment else []),
        "assessment": assessment,
        "timeline": _timeline(decision),
        "may_release": may_release and not decision.is_held,
        "is_held": is_proposed and decision.is_held,
        "may_reopen": is_proposed and allowed(request.user, Can.SUBMISSION_ASSESS, submission),
        "may_undo": may_undo,
        "may_read": allowed(request.user, Can.SUBMISSION_READ, submission),
        "undo_until": services.undo_until(decision) if may_undo else None,
        "undo_seconds": seconds,
        "undo_minutes": settings.UNDO_WINDOW_SECONDS // 60,
        "release_form": form if isinstance(form, ReleaseForm) else ReleaseForm(),
        "undo_form": form if isinstance(form, UndoForm) else UndoForm(),
        "refused": form if not has_place else None,
        "neighbors": assessing.neighbors(request.user, submission),
        "patient_data": patient_data.state_of(request.user, submission),
    }
    return render(request, "learners/decision_detail.html", context, status=422 if form else 200)


def _timeline(decision: Decision) -> list[dict[str, Any]]:
    """What became of the decision, by whom and why. One query."""
    kinds = {DecisionStatus.PROPOSED: "draft", DecisionStatus.RELEASED: "valid", DecisionStatus.UNDONE: "returned"}
    return [
        {
            "title": DecisionStatus(event.moved_to).label.capitalize(),
            "time": event.at,
            "note": f"{event.actor}. {event.note}" if event.note else str(event.actor),
            "kind": kinds[DecisionStatus(event.moved_to)],
        }
        for event in decision.events.select_related("actor").order_by("at", "pk")
    ]


@login_required
@require_POST
def decision_release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    decision = _visible(request, public_id)
    form = ReleaseForm(request.POST)
    if form.is_valid():
        try:
            services.release_decision(
                actor=request.user, decision=decision, at=timezone.now(), note=form.cleaned_data["note"]
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Decision released."))
            return redirect(decision)
    return _detail_page(request, decision, form=form)


@login_required
@require_POST
def decision_undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    decision = _visible(request, public_id)
    form = UndoForm(request.POST)
    if form.is_valid():
        try:
            services.undo_release(
                actor=request.user, decision=decision, at=timezone.now(), reason=form.cleaned_data["reason"]
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The release is undone. The submission is being assessed again."))
            return redirect(decision)
    return _detail_page(request, decision, form=form)


urlpatterns: list[URLPattern] = [
    path("decisions/", decision_list, name="decision-list"),
    path("decisions/release/", decision_release_many, name="decision-release-many"),
    path("decisions/<uuid:public_id>/", decision_detail, name="decision-detail"),
    path("decisions/<uuid:public_id>/release/", decision_release, name="decision-release"),
    path("decisions/<uuid:public_id>/undo/", decision_undo, name="decision-undo"),
]
