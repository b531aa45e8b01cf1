"""What members do before they decide, many cases in one act, how many have to vote, and the walks after publishing."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from credentials.models.committee import Vote
from learners.models import Conflict, ConflictKind
from pathways import selectors, services
from pathways.forms.committee import ConditionForm, ConfirmManyForm, ConflictForm, QuorumForm, SettleForm, VoteForm
from pathways.models import CaseCondition, CatchUp, DesignationCase, Pathway, QuorumRule
from pathways.views import cases as case_views

BULK_MAX = 100


def _seat(request: HttpRequest, public_id: UUID) -> DesignationCase:
    """A case that this person reads as a member or auditor."""
    return case_views.get_case(request, public_id)


@login_required
@require_http_methods(["GET", "POST"])
def case_vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _seat(request, public_id)
    if request.method == "GET":  # after signing in half way
        return redirect(case)
    form = VoteForm(request.POST)
    if form.is_valid():
        try:
            services.vote_on_case(
                actor=request.user,
                case=case,
                vote=Vote(form.cleaned_data["vote"]),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Your vote is recorded."))
            return redirect(case)
    case.refresh_from_db()
    return case_views.case_page(request, case, vote_form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def case_condition(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _seat(request, public_id)
    if request.method == "GET":
        return redirect(case)
    form = ConditionForm(request.POST)
    if form.is_valid():
        try:
            services.set_condition(actor=request.user, case=case, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The condition is set, and the learner is told."))
            return redirect(case)
    case.refresh_from_db()
    return case_views.case_page(request, case, condition_form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def condition_settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    condition = get_object_or_404(CaseCondition.objects.select_related("case"), public_id=public_id)
    case = _seat(request, condition.case.public_id)
    if request.method == "GET":
        return redirect(case)
    form = SettleForm(request.POST)
    why = _("Say what was seen.")
    if form.is_valid():
        try:
            services.settle_condition(
                actor=request.user,
                condition=condition,
                is_dropped="drop" in request.POST,
                note=form.cleaned_data["note"],
                at=timezone.now(),
            )
        except RegistryError as error:
            why = str(error)
        else:
            messages.success(request, _("The condition is settled."))
            return redirect(case)
    case.refresh_from_db()
    return case_views.case_page(request, case, settle_error=why, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def case_step_aside(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _seat(request, public_id)
    if request.method == "GET":
        return redirect(case)
    form = ConflictForm(request.POST)
    if form.is_valid():
        try:
            services.step_aside(
                actor=request.user, case=case, kind=ConflictKind(form.cleaned_data["kind"]), at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("You take no part in cases of this learner. Nobody else is told why."))
            return redirect("pathways:case-list")
    return case_views.case_page(request, case, conflict_form=form, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def conflict_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back a conflict of one's own; for members who do not assess and have no page of conflicts."""
    conflict = get_object_or_404(Conflict.objects.visible_to(request.user), public_id=public_id)
    if request.method == "POST":
        from learners import services as learners_services

        try:
            learners_services.withdraw_conflict(actor=request.user, conflict=conflict, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Conflict withdrawn."))
    return redirect("pathways:case-list")


@login_required
@require_http_methods(["GET", "POST"])
def case_confirm_many(request: HttpRequest) -> HttpResponse:
    """Confirm the chosen cases; what became of each is said by name."""
    if Role.COMMITTEE not in request.user.roles():
        raise Http404
    if request.method == "GET":
        return redirect("pathways:case-list")
    wanted = [each for each in map(_uuid, request.POST.getlist("case")[:BULK_MAX]) if each is not None]
    chosen = list(
        DesignationCase.objects.before(request.user)
        .filter(public_id__in=wanted)
        .select_related("learner", "pathway_version")
    )
    form = ConfirmManyForm(request.POST)
    if not chosen:
        form.add_error(None, _("Choose at least one case."))
    if not form.is_valid():
        chosen_ids = {each.public_id for each in chosen}
        return case_views.list_page(request, form=form, chosen=chosen_ids, status=422)
    answer = services.confirm_cases(
        actor=request.user, cases=chosen, at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    context = {"answer": answer, "summary": _summary(answer)}
    return render_page(request, "pathways/case_confirm_many.html", context)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _summary(answer: services.Confirmed) -> str:
    confirmed, voted, refused = len(answer.confirmed), len(answer.voted), len(answer.refused)
    parts = [ngettext("%(n)s case confirmed", "%(n)s cases confirmed", confirmed) % {"n": confirmed}]
    if voted:
        parts.append(ngettext("%(n)s voted for", "%(n)s voted for", voted) % {"n": voted})
    if refused:
        parts.append(ngettext("%(n)s not confirmed", "%(n)s not confirmed", refused) % {"n": refused})
    return ", ".join(parts)


# How many have to vote, and who was found ------------------------------------------------------------------------------
KEEPERS = {Role.COMMITTEE, Role.AUDITOR, Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}


@login_required
@require_safe
def committee_rules(request: HttpRequest) -> HttpResponse:
    """How many members decide on each pathway, and the walks that look for the qualified. Six queries."""
    if not KEEPERS & request.user.roles():
        raise Http404
    scope = request.user.scope_q(KEEPERS, "credential__")
    pathways = list(Pathway.objects.filter(scope).select_related("credential__current_version").order_by("slug", "pk"))
    newest = {rule.pathway_id: rule for rule in QuorumRule.objects.filter(pathway__in=pathways).order_by("pk")}
    walks: dict[int, CatchUp] = {
        each.version.pathway_id: each
        for each in CatchUp.objects.filter(version__pathway__in=pathways).select_related("version").order_by("pk")
    }
    rows = [
        {
            "pathway": each,
            "title": selectors.title_of(each.credential),
            "quorum": newest[each.pk].quorum if each.pk in newest else 1,
            "walk": walks.get(each.pk),
            "may_set": allowed(request.user, Can.QUORUM_SET, each),
        }
        for each in pathways
    ]
    return render_page(request, "pathways/committee_rules.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
def quorum_set(request: HttpRequest, public_id: UUID) -> HttpResponse:
    pathway = get_object_or_404(
        Pathway.objects.filter(
            request.user.scope_q({Role.PATHWAY_ADMIN, Role.ADMINISTRATOR}, "credential__")
        ).select_related("credential__current_version"),
        public_id=public_id,
    )
    form: forms.Form = QuorumForm(request.POST or None, initial={"quorum": selectors.quorum(pathway.pk)})
    if request.method == "POST" and form.is_valid():
        try:
            services.set_quorum(actor=request.user, pathway=pathway, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Saved. It holds for open cases, too."))
            return redirect("pathways:committee-rules")
    context: dict[str, Any] = {
        "pathway": pathway,
        "title": selectors.title_of(pathway.credential),
        "form": form,
        "history": [
            {
                "title": ngettext("%(n)s member", "%(n)s members", rule.quorum) % {"n": rule.quorum}
                + f", {rule.actor.name}",
                "time": rule.at,
                "note": rule.reason,
            }
            for rule in pathway.quorum_rules.select_related("actor").order_by("pk")
        ],
    }
    return render_page(request, "pathways/quorum_set.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("committee/confirm/", case_confirm_many, name="case-confirm-many"),
    path("committee/rules/", committee_rules, name="committee-rules"),
    path("committee/rules/<uuid:public_id>/", quorum_set, name="quorum-set"),
    path("committee/conditions/<uuid:public_id>/settle/", condition_settle, name="condition-settle"),
    path("committee/conflicts/<uuid:public_id>/end/", conflict_end, name="conflict-end"),
    path("committee/<uuid:public_id>/vote/", case_vote, name="case-vote"),
    path("committee/<uuid:public_id>/condition/", case_condition, name="case-condition"),
    path("committee/<uuid:public_id>/step-aside/", case_step_aside, name="case-step-aside"),
]
