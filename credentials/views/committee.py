"""The committee on content: what is before it, the votes, its decisions and their conditions; and whether a school has one."""

from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials import committee, content, selectors, services
from credentials.forms.committee import ContentQuorumForm, DecideForm, PutForm, SettleForm, VoteForm
from credentials.models import ContentCase, ContentCondition, ContentQuorum, CredentialVersion, Proposal
from credentials.models.committee import CASE_READERS, Vote
from credentials.views.manage import editable, person
from credentials.workflow import ContentCaseStatus, VersionStatus

LIST_PAGE = 20
STATES = {
    ContentCaseStatus.OPEN: "waiting",
    ContentCaseStatus.ACCEPTED: "valid",
    ContentCaseStatus.REFUSED: "not-met",
    ContentCaseStatus.DEFERRED: "suspended",
    ContentCaseStatus.TAKEN_BACK: "revoked",
}


@login_required
@require_safe
def content_case_list(request: HttpRequest) -> HttpResponse:
    """What waits for the committee, the longest first; or what became of earlier cases, the latest first."""
    user = person(request)
    if not CASE_READERS & user.roles():
        raise Http404
    is_ended = request.GET.get("show") == "ended"
    found = ContentCase.objects.visible_to(user).with_subject().select_related("decision")
    if is_ended:
        found = found.exclude(status=ContentCaseStatus.OPEN).order_by("-ended_at", "-pk")
    else:
        found = found.filter(status=ContentCaseStatus.OPEN).order_by("put_at", "pk")
    page = Paginator(found, LIST_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"case": each, "kind": STATES[ContentCaseStatus(each.status)]} for each in page],
        "is_ended": is_ended,
        "may_set": bool(selectors.administered_by(user)),
    }
    return render_page(request, "credentials/content_case_list.html", context)


def _case(request: HttpRequest, public_id: UUID) -> ContentCase:
    found = ContentCase.objects.visible_to(person(request)).with_subject().select_related("decision__actor")
    conditions = ContentCondition.objects.select_related("settled_by").order_by("pk")
    return get_object_or_404(found.prefetch_related(Prefetch("conditions", conditions)), public_id=public_id)


@login_required
@require_safe
def content_case(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was put before the committee as it is now, the votes so far, and what is decided."""
    return _detail(request, _case(request, public_id))


def _detail(
    request: HttpRequest,
    case: ContentCase,
    *,
    voting: VoteForm | None = None,
    deciding: DecideForm | None = None,
    settling: tuple[ContentCondition, SettleForm] | None = None,
) -> HttpResponse:
    user, at = person(request), timezone.now()
    tally = committee.content_tally(case, at)
    is_open = case.status == ContentCaseStatus.OPEN
    may_vote = allowed(user, Can.CONTENT_VOTE, case)
    own = tally.of(user.pk)
    version = case.version
    if version is not None:
        selectors.fill_children(version)
    digest = content.digest(version) if version is not None else ""
    may_settle = may_vote and (version is None or version.status == VersionStatus.DRAFT)
    context = {
        "case": case,
        "kind": STATES[ContentCaseStatus(case.status)],
        "version": version,
        "proposal": case.proposal,
        "sheet": selectors.sheet(version) if version is not None else None,
        "is_draft": version is not None and version.status == VersionStatus.DRAFT,
        "is_changed": version is not None
        and case.status in {ContentCaseStatus.OPEN, ContentCaseStatus.ACCEPTED}
        and version.status == VersionStatus.DRAFT
        and digest != case.seen_sha256,
        "tally": tally,
        "is_too_small": is_open and len(tally.members) < tally.quorum,
        "is_open": is_open,
        "may_vote": is_open and may_vote,
        "may_take_back": is_open
        and allowed(user, Can.CONTENT_PUT, version.credential if version is not None else case.organization),
        "may_edit": version is not None and allowed(user, Can.CREDENTIAL_EDIT, version.credential),
        "is_involved": is_open and user.pk in case.involved,
        "conditions": [
            {
                "condition": each,
                "form": _settle_form(each, settling, digest) if may_settle and not each.settled_at else None,
            }
            for each in case.conditions.all()
        ],
        "voting": voting or VoteForm(initial={"vote": own.vote, "reason": own.reason} if own is not None else None),
        "deciding": deciding or DecideForm(),
        "decision": getattr(case, "decision", None),
    }
    status = 422 if voting is not None or deciding is not None or settling is not None else 200
    return render_page(request, "credentials/content_case.html", context, status=status)


def _settle_form(
    condition: ContentCondition, refused: tuple[ContentCondition, SettleForm] | None, digest: str
) -> SettleForm:
    if refused is None or refused[0].pk != condition.pk:
        return SettleForm(prefix=condition.public_id.hex[:12], initial={"seen_sha256": digest})
    form = refused[1]  # what is shown now is what the next try settles
    data = dict(form.data.items())
    data[form.add_prefix("seen_sha256")] = digest
    form.data = data
    return form


@login_required
@require_http_methods(["GET", "POST"])
def content_vote(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _case(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(case)
    form = VoteForm(request.POST)
    if form.is_valid():
        try:
            services.vote_on_content(
                actor=person(request),
                case=case,
                vote=Vote(form.cleaned_data["vote"]),
                reason=form.cleaned_data["reason"],
                at=timezone.now(),
            )
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("Your vote counts."))
            return redirect(case)
    return _detail(request, case, voting=form)


@login_required
@require_http_methods(["GET", "POST"])
def content_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _case(request, public_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(case)
    form = DecideForm(request.POST)
    if form.is_valid():
        try:
            services.decide_content(actor=person(request), case=case, at=timezone.now(), **form.said())
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The decision is recorded."))
            return redirect(case)
    return _detail(request, case, deciding=form)


@login_required
@require_http_methods(["GET", "POST"])
def content_settle(request: HttpRequest, public_id: UUID, condition_id: UUID) -> HttpResponse:
    case = _case(request, public_id)
    condition = get_object_or_404(case.conditions.all(), public_id=condition_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect(case)
    form = SettleForm(request.POST, prefix=condition.public_id.hex[:12])
    if form.is_valid():
        try:
            services.settle_content_condition(
                actor=person(request),
                condition=condition,
                is_dropped=request.POST.get("action") == "drop",
                note=form.cleaned_data["note"],
                seen_sha256=form.cleaned_data["seen_sha256"],
                at=timezone.now(),
            )
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The condition is settled."))
            return redirect(case)
    return _detail(request, case, settling=(condition, form))


@login_required
@require_http_methods(["GET", "POST"])
def content_take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    case = _case(request, public_id)
    if request.method == "POST":
        try:
            services.take_back_content_case(actor=person(request), case=case, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("It is no longer before the committee."))
    return redirect(case)


@login_required
@require_http_methods(["GET", "POST"])
def content_put(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put the draft of an item before the committee."""
    credential = editable(request, public_id)
    draft = credential.versions.filter(status=VersionStatus.DRAFT).first()
    if request.method == "GET" or draft is None:
        return redirect("credentials:manage-detail", public_id=public_id)
    return _put(request, draft) or redirect("credentials:manage-detail", public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def proposal_put(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put a proposal before the committee."""
    proposal = get_object_or_404(
        Proposal.objects.visible_to(person(request)).select_related("organization"), public_id=public_id
    )
    if not allowed(person(request), Can.CONTENT_PUT, proposal.organization):
        raise Http404
    if request.method == "GET":
        return redirect(proposal)
    return _put(request, proposal) or redirect(proposal)


def _put(request: HttpRequest, subject: CredentialVersion | Proposal) -> HttpResponse | None:
    form = PutForm(request.POST)
    note = form.cleaned_data["note"] if form.is_valid() else ""
    try:
        case = services.put_before_committee(
            actor=person(request),
            subject=subject,
            note=note,
            at=timezone.now(),
        )
    except RegistryError as error:
        messages.error(request, str(error))
        return None
    messages.success(request, _("It is before the committee now."))
    return redirect(case)


@login_required
@require_http_methods(["GET", "POST"])
def content_quorum(request: HttpRequest) -> HttpResponse:
    """Whether a committee decides on content at the schools that somebody administers, and how many have to vote."""
    schools = list(selectors.administered_by(person(request)))
    if not schools:
        raise Http404
    form = ContentQuorumForm(request.POST or None, organizations=schools)
    if request.method == "POST" and form.is_valid():
        try:
            services.set_content_quorum(actor=person(request), at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            _refuse(form, error)
        else:
            messages.success(request, _("The rule holds from now on."))
            return redirect("credentials:content-quorum")
    rules = (
        ContentQuorum.objects.filter(organization__in=schools).select_related("organization", "actor").order_by("-pk")
    )
    context = {"form": form, "rules": list(rules[:LIST_PAGE])}
    return render_page(request, "credentials/content_quorum.html", context, status=422 if form.errors else 200)


def _refuse(form: forms.Form, error: RegistryError) -> None:
    form.add_error(None, str(error))


urlpatterns: list[URLPattern] = [
    path("content-committee/", content_case_list, name="content-case-list"),
    path("content-committee/rules/", content_quorum, name="content-quorum"),
    path("content-committee/<uuid:public_id>/", content_case, name="content-case"),
    path("content-committee/<uuid:public_id>/vote/", content_vote, name="content-vote"),
    path("content-committee/<uuid:public_id>/decide/", content_decide, name="content-decide"),
    path("content-committee/<uuid:public_id>/take-back/", content_take_back, name="content-take-back"),
    path("content-committee/<uuid:public_id>/conditions/<uuid:condition_id>/", content_settle, name="content-settle"),
    path("manage/credentials/<uuid:public_id>/committee/", content_put, name="content-put"),
    path("proposals/<uuid:public_id>/committee/", proposal_put, name="proposal-put"),
]
