"""Proposals of microcredentials: what people of the school wish for, how many want it, and what came of it."""

from uuid import UUID

from django import forms
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
from config.permissions import Can, allowed
from credentials import services
from credentials.committee import on_content
from credentials.forms.committee import PutForm
from credentials.forms.proposals import DeclineForm, ProposalForm, TakeOverForm
from credentials.models import Organization, Proposal
from credentials.views.manage import person
from credentials.workflow import ProposalStatus

LIST_PAGE = 20


@login_required
@require_safe
def proposal_list(request: HttpRequest) -> HttpResponse:
    """What is wished for, the most wanted first; or what came of earlier wishes, the latest first."""
    user = person(request)
    is_ended = request.GET.get("show") == "ended"
    found = Proposal.objects.visible_to(user).with_demand(user).select_related("credential__current_version")
    if is_ended:
        found = found.exclude(status=ProposalStatus.OPEN).order_by("-ended_at", "-pk")
    else:
        found = found.filter(status=ProposalStatus.OPEN).order_by("-demand", "proposed_at", "pk")
    page = Paginator(found, LIST_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "is_ended": is_ended, "may_propose": bool(user.belongs_to)}
    return render_page(request, "credentials/proposal_list.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_start(request: HttpRequest) -> HttpResponse:
    user = person(request)
    organizations = list(Organization.objects.filter(pk__in=user.belongs_to).order_by("name", "pk"))
    if not organizations:
        raise Http404
    form = ProposalForm(request.POST or None, organizations=organizations)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(actor=user, at=timezone.now(), **form.said())
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Proposed. Others can vote for it now."))
            return redirect(made)
    return render_page(request, "credentials/proposal_start.html", {"form": form}, status=422 if form.errors else 200)


def _readable(request: HttpRequest, public_id: UUID) -> Proposal:
    user = person(request)
    found = Proposal.objects.visible_to(user).with_demand(user)
    found = found.select_related("organization", "proposed_by", "ended_by", "credential__current_version")
    return get_object_or_404(found, public_id=public_id)


def _decidable(request: HttpRequest, public_id: UUID) -> Proposal:
    proposal = _readable(request, public_id)
    if not allowed(person(request), Can.PROPOSAL_DECIDE, proposal):
        raise Http404
    return proposal


@login_required
@require_safe
def proposal_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, _readable(request, public_id))


def _detail(
    request: HttpRequest,
    proposal: Proposal,
    *,
    taking: TakeOverForm | None = None,
    declining: DeclineForm | None = None,
) -> HttpResponse:
    user = person(request)
    is_open = proposal.status == ProposalStatus.OPEN
    context = {
        "proposal": proposal,
        "is_open": is_open,
        "may_vote": is_open and allowed(user, Can.PROPOSAL_VOTE, proposal),
        "may_decide": is_open and allowed(user, Can.PROPOSAL_DECIDE, proposal),
        "may_see_draft": proposal.credential is not None and allowed(user, Can.CREDENTIAL_EDIT, proposal.credential),
        "committee": on_content(proposal) if is_open and allowed(user, Can.PROPOSAL_DECIDE, proposal) else None,
        "putting": PutForm(),
        "taking": taking or TakeOverForm(),
        "declining": declining or DeclineForm(),
    }
    status = 422 if taking is not None or declining is not None else 200
    return render_page(request, "credentials/proposal_detail.html", context, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Vote, or take the vote back."""
    proposal = _readable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(proposal)
    if not allowed(person(request), Can.PROPOSAL_VOTE, proposal):
        raise Http404
    try:
        if request.POST.get("action") == "drop":
            services.drop_vote(actor=person(request), proposal=proposal)
            messages.success(request, _("Your vote is taken back."))
        else:
            services.vote(actor=person(request), proposal=proposal, at=timezone.now())
            messages.success(request, _("Your vote counts."))
    except RegistryError as error:
        messages.error(request, str(error))
    return redirect(proposal)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_take(request: HttpRequest, public_id: UUID) -> HttpResponse:
    proposal = _decidable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(proposal)
    form = TakeOverForm(request.POST)
    if form.is_valid():
        try:
            draft = services.take_over_proposal(
                actor=person(request), proposal=proposal, at=timezone.now(), **form.cleaned_data
            )
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("It is a draft now. Who proposed it is told."))
            return redirect("credentials:draft-edit", public_id=draft.credential.public_id)
    return _detail(request, proposal, taking=form)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    proposal = _decidable(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(proposal)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            services.decline_proposal(actor=person(request), proposal=proposal, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Declined. Who proposed it is told."))
            return redirect(proposal)
    return _detail(request, proposal, declining=form)


def _refuse(form: forms.Form, error: RegistryError) -> None:
    form.add_error(None, str(error))


urlpatterns: list[URLPattern] = [
    path("proposals/", proposal_list, name="proposal-list"),
    path("proposals/new/", proposal_start, name="proposal-start"),
    path("proposals/<uuid:public_id>/", proposal_detail, name="proposal-detail"),
    path("proposals/<uuid:public_id>/vote/", proposal_vote, name="proposal-vote"),
    path("proposals/<uuid:public_id>/take-over/", proposal_take, name="proposal-take"),
    path("proposals/<uuid:public_id>/decline/", proposal_decline, name="proposal-decline"),
]
