"""The registrar's pages: awards and their documents, and revoking, which takes two people. Auditors read."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from config.errors import NotAllowed, RegistryError
from config.pages import render_page
from config.permissions import Can, Role, allowed
from issuance import badge_page, selectors, services, verification
from issuance.forms.records import AwardFilter, RefusalForm, RevocationFilter, RevocationForm
from issuance.models import RevocationRequest
from issuance.workflow import RevocationStatus
from learners import services as learners_services
from learners.models import AccessReason, Award
from learners.workflow import AWARD_MOVES, AwardStatus

PAGE = 50
REQUEST_KINDS = {"requested": "waiting", "approved": "revoked", "refused": "not-met"}


def _require_staff(request: HttpRequest) -> None:
    if not selectors.is_staff(request.user):
        raise Http404


@login_required
@require_safe
def registrar(request: HttpRequest) -> HttpResponse:
    """The awards of the registry, newest first. Nine queries, whatever their number."""
    _require_staff(request)
    form = AwardFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    words = chosen.get("q", "")
    awards = selectors.find(
        selectors.registry(request.user),
        words=words,
        state=chosen.get("status", ""),
        learners=learners_services.looked_for(actor=request.user, at=timezone.now()),
        at=timezone.now(),
    )
    page = Paginator(selectors.listed(awards), PAGE).get_page(request.GET.get("page"))
    waiting = RevocationRequest.objects.visible_to(request.user).filter(status=RevocationStatus.REQUESTED).count()
    context = {
        "page": page,
        "rows": [{"award": award, **award_state(award)} for award in page],
        "form": form,
        "is_filtered": any(chosen.values()),
        "words": words,
        "may_be_name": selectors.may_be_name(words) and bool(learners_services.schools_of(request.user)),
        "reasons": AccessReason.choices,
        "found": ngettext("%(count)s award", "%(count)s awards", page.paginator.count)
        % {"count": page.paginator.count},
        "waiting": waiting,
        "questions": selectors.questions_waiting(request.user),
        "schools": sorted(
            {each.organization for each in request.user.current_grants if each.role == Role.REGISTRAR},
            key=lambda each: each.pk,
        ),
    }
    return render_page(request, "issuance/registrar.html", context, part="issuance/_registrar_list.html")


@login_required
@require_POST
def registrar_look(request: HttpRequest) -> HttpResponse:
    """Say why one looks for a learner: who is found is written down, and the list then finds their awards by name."""
    _require_staff(request)
    words, said = request.POST.get("q", "").strip()[:200], request.POST.get("reason", "")
    try:
        found = learners_services.search_learners(
            actor=request.user,
            said=words,
            reason=AccessReason(said) if said in AccessReason.values else said,
            at=timezone.now(),
        )
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        if not found:
            messages.info(request, _("No learner has “%(words)s” in their name.") % {"words": words})
    return redirect(f"{reverse('issuance:registrar')}?{urlencode({'q': words})}")


def award_state(award: Award) -> dict[str, Any]:
    """An award's state for the status component."""
    state = selectors.state_of_award(award, timezone.now())
    kind = {"signing": "waiting", "withdrawn": "not-met"}.get(state, state)
    time = award.valid_until if state == "expired" else award.revoked_at
    return {"kind": kind, "word": selectors.AWARD_STATES[state], "time": time}


@login_required
@require_safe
def registrar_award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _award_page(request, _award(request, public_id), RevocationForm())


def _award(request: HttpRequest, public_id: UUID) -> Award:
    _require_staff(request)
    return get_object_or_404(selectors.registry(request.user).with_context(), public_id=public_id)


def _award_page(request: HttpRequest, award: Award, form: RevocationForm, *, status: int = 200) -> HttpResponse:
    at = timezone.now()
    documents = selectors.documents_of(award)
    requests = list(
        award.revocation_requests.select_related("requested_by", "decided_by").order_by("-requested_at", "-pk")
    )
    standing = next((each for each in requests if each.status != RevocationStatus.REFUSED), None)
    verdict = verification.own_award(award.public_id, at=at)
    award.is_signed = any(each.kind == "credential" for each in documents)
    may_request = (
        standing is None
        and AwardStatus.REVOKED in AWARD_MOVES[award.status]
        and allowed(request.user, Can.AWARD_REVOKE_REQUEST, award)
    )
    context = {
        "award": award,
        "seal": badge_page.seal(award.credential_version, badge_page.SEAL_STATES.get(award.status, "issued")),
        **award_state(award),
        "verdict": verdict,
        "documents": documents,
        "requests": [{"request": each, "kind": REQUEST_KINDS[each.status]} for each in requests],
        "history": [
            {"title": _moved(event.moved_to), "time": event.at, "note": _noted(event)}
            for event in award.events.select_related("actor").order_by("at", "pk")
        ],
        "may_read_consents": allowed(request.user, Can.CONSENT_READ, award.learner),
        "form": form if may_request else None,
        "counts_toward_titles": selectors.designations_with(award),
        "may_see_endorsements": allowed(request.user, Can.ENDORSEMENT_READ, award.credential),
        "votes": selectors.votes_on(award),
        "questions": list(award.verifier_questions.order_by("-asked_at", "-pk")[:10]),
    }
    return render_page(request, "issuance/registrar_award.html", context, status=status)


def _moved(moved_to: str) -> str:
    return {
        "active": _("Awarded"),
        "suspended": _("Suspended"),
        "superseded": _("Replaced by a newer award"),
        "revoked": _("Revoked"),
        "withdrawn": _("Taken back before it was signed"),
    }.get(moved_to, moved_to)


def _noted(event: Any) -> str:
    who = event.actor.name or event.actor.email if event.actor else _("The registry")
    return f"{who}. {event.note}" if event.note else f"{who}."


@login_required
@require_POST
def revocation_request(request: HttpRequest, public_id: UUID) -> HttpResponse:
    award = _award(request, public_id)
    form = RevocationForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            made = services.request_revocation(actor=request.user, award=award, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
            status = error.http_status if isinstance(error, NotAllowed) else 422
        else:
            messages.success(request, _("Requested. Another registrar has to approve it before anything is revoked."))
            return redirect(made)
    return _award_page(request, award, form, status=status)


@login_required
@require_safe
def revocation_list(request: HttpRequest) -> HttpResponse:
    _require_staff(request)
    form = RevocationFilter(request.GET)
    chosen = form.cleaned_data["status"] if form.is_valid() else ""
    requests = RevocationRequest.objects.visible_to(request.user).select_related(
        "award__learner", "award__credential_version", "requested_by"
    )
    if chosen:
        requests = requests.filter(status=chosen)
    page = Paginator(requests.order_by("-requested_at", "-pk"), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [{"request": each, "kind": REQUEST_KINDS[each.status]} for each in page],
        "form": form,
        "is_filtered": bool(chosen),
        "found": ngettext("%(count)s request", "%(count)s requests", page.paginator.count)
        % {"count": page.paginator.count},
    }
    return render_page(request, "issuance/revocation_list.html", context)


@login_required
@require_safe
def revocation_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _revocation_page(request, _revocation(request, public_id), RefusalForm())


def _revocation(request: HttpRequest, public_id: UUID) -> RevocationRequest:
    _require_staff(request)
    return get_object_or_404(
        RevocationRequest.objects.visible_to(request.user).select_related(
            "award__learner__user",
            "award__credential__organization",
            "award__credential_version",
            "requested_by",
            "decided_by",
        ),
        public_id=public_id,
    )


def _revocation_page(
    request: HttpRequest, revocation: RevocationRequest, form: RefusalForm, *, status: int = 200
) -> HttpResponse:
    is_open = revocation.status == RevocationStatus.REQUESTED
    context = {
        "revocation": revocation,
        "award": revocation.award,
        "kind": REQUEST_KINDS[revocation.status],
        "is_open": is_open,
        "is_own": revocation.requested_by_id == request.user.pk,
        "may_decide": is_open and allowed(request.user, Can.AWARD_REVOKE_APPROVE, revocation),
        "counts_toward_titles": selectors.designations_with(revocation.award),
        "form": form,
    }
    return render_page(request, "issuance/revocation_detail.html", context, status=status)


@login_required
@require_POST
def revocation_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    revocation = _revocation(request, public_id)
    note = request.POST.get("note", "")[:4000]
    form = RefusalForm({"note": note})
    form.errors.clear()
    return _decide(
        request,
        revocation,
        form,
        lambda: services.approve_revocation(actor=request.user, request=revocation, note=note, at=timezone.now()),
        _("Revoked. Page, status list and file check say so from now on, and the learner is told."),
    )


@login_required
@require_POST
def revocation_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    revocation = _revocation(request, public_id)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _revocation_page(request, revocation, form, status=422)
    return _decide(
        request,
        revocation,
        form,
        lambda: services.refuse_revocation(
            actor=request.user, request=revocation, note=form.cleaned_data["note"], at=timezone.now()
        ),
        _("Refused. The award stays as it is."),
    )


def _decide(
    request: HttpRequest,
    revocation: RevocationRequest,
    form: RefusalForm,
    act: Callable[[], RevocationRequest],
    said: str,
) -> HttpResponse:
    try:
        act()
    except NotAllowed as error:
        is_same = revocation.requested_by_id == request.user.pk
        form.add_error(
            None, _("You asked for this revocation; another registrar decides it.") if is_same else str(error)
        )
        return _revocation_page(request, revocation, form, status=error.http_status)
    except RegistryError as error:
        form.add_error(None, str(error))
        return _revocation_page(request, revocation, form, status=422)
    messages.success(request, said)
    return redirect(revocation)


urlpatterns: list[URLPattern] = [
    path("registrar/", registrar, name="registrar"),
    path("registrar/look/", registrar_look, name="registrar-look"),
    path("registrar/awards/<uuid:public_id>/", registrar_award, name="registrar-award"),
    path("registrar/awards/<uuid:public_id>/revoke/", revocation_request, name="revocation-request"),
    path("registrar/revocations/", revocation_list, name="revocation-list"),
    path("registrar/revocations/<uuid:public_id>/", revocation_detail, name="revocation-detail"),
    path("registrar/revocations/<uuid:public_id>/approve/", revocation_approve, name="revocation-approve"),
    path("registrar/revocations/<uuid:public_id>/refuse/", revocation_refuse, name="revocation-refuse"),
]
