"""Endorsements: whom a school asks, and the page that somebody outside opens by their link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.limits import limited
from config.pages import render_page
from config.permissions import Can, allowed
from credentials import content, selectors, services
from credentials.forms.endorsements import AskEndorsementForm, ConfirmForm, EndorsementReasonForm
from credentials.models import Credential, EndorsementRequest
from credentials.services.endorsements import agreed_words, require_open
from credentials.services.opinions import RequestOver
from credentials.services.outbox import digest_of
from credentials.views.manage import person
from credentials.workflow import CredentialStatus, VersionStatus

LIST_PAGE = 20


# The school ----------------------------------------------------------------------------------------------------------
def _readable(request: HttpRequest, public_id: UUID) -> Credential:
    found = Credential.objects.select_related("organization", "owner", "current_version")
    credential = get_object_or_404(found, public_id=public_id)
    if not allowed(person(request), Can.ENDORSEMENT_READ, credential):
        raise Http404
    return credential


@login_required
@require_http_methods(["GET", "POST"])
def endorsement_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Who was asked to endorse an item, what each answered, and the form that asks one more."""
    credential = _readable(request, public_id)
    version = credential.versions.order_by("-number").first()
    if request.method != "POST" or version is None:
        return _list(request, credential)
    if not allowed(person(request), Can.ENDORSEMENT_ASK, credential):
        raise Http404
    form = AskEndorsementForm(request.POST)
    if form.is_valid():
        try:
            made = services.ask_endorsement(
                actor=person(request), version=version, at=timezone.now(), **form.cleaned_data
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("A link goes to %(email)s.") % {"email": made.email})
            return redirect("credentials:endorsement-list", public_id=public_id)
    return _list(request, credential, asking=form)


def _list(
    request: HttpRequest,
    credential: Credential,
    *,
    asking: AskEndorsementForm | None = None,
    ending: tuple[EndorsementRequest, EndorsementReasonForm] | None = None,
) -> HttpResponse:
    at = timezone.now()
    newest = credential.versions.order_by("-number").first()
    page = Paginator(selectors.endorsement_requests(credential), LIST_PAGE).get_page(request.GET.get("page"))
    may_end = allowed(person(request), Can.ENDORSEMENT_WITHDRAW, credential)
    rows = []
    for each in page:
        kind, word, since = selectors.endorsement_state(each, at)
        endorsement = selectors.endorsement_of(each)
        form = None
        if may_end and endorsement is not None and endorsement.is_standing:
            is_refused = ending is not None and ending[0].pk == each.pk
            form = ending[1] if ending is not None and is_refused else _ending_form(each)
        rows.append(
            {
                "request": each,
                "endorsement": endorsement,
                "kind": kind,
                "word": word,
                "since": since,
                "ending": form,
            }
        )
    context = {
        "credential": credential,
        "title": newest.title if newest else credential.code,
        "version": newest,
        "is_draft": newest is not None and newest.status == VersionStatus.DRAFT,
        "page": page,
        "rows": rows,
        "may_ask": allowed(person(request), Can.ENDORSEMENT_ASK, credential)
        and credential.status != CredentialStatus.RETIRED,
        "may_edit": allowed(person(request), Can.CREDENTIAL_EDIT, credential),
        "asking": asking or AskEndorsementForm(),
    }
    status = 422 if asking is not None or ending is not None else 200
    return render_page(request, "credentials/endorsement_list.html", context, status=status)


def _ending_form(asked: EndorsementRequest, data: Any = None) -> EndorsementReasonForm:
    return EndorsementReasonForm(
        data,
        prefix=asked.public_id.hex[:12],
        label=_("Why does it end?"),
        help_text=_("The reason stays with the endorsement."),
    )


def _of(request: HttpRequest, public_id: UUID, request_id: UUID) -> EndorsementRequest:
    """A request about an item whose endorsements this person reads; anything else is a 404."""
    found = EndorsementRequest.objects.select_related("version__credential__organization")
    return get_object_or_404(found, version__credential=_readable(request, public_id), public_id=request_id)


@login_required
@require_http_methods(["GET", "POST"])
def endorsement_revoke(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    asked = _of(request, public_id, request_id)
    if request.method == "POST":
        if not allowed(person(request), Can.ENDORSEMENT_ASK, asked.version.credential):
            raise Http404
        try:
            services.revoke_endorsement_request(actor=person(request), request=asked, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The link works no longer."))
    return redirect("credentials:endorsement-list", public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def endorsement_end(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    """End an endorsement for the school."""
    asked = _of(request, public_id, request_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:endorsement-list", public_id=public_id)
    if not allowed(person(request), Can.ENDORSEMENT_WITHDRAW, asked.version.credential):
        raise Http404
    form = _ending_form(asked, request.POST)
    if form.is_valid():
        try:
            services.withdraw_endorsement(
                actor=person(request), request=asked, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The endorsement is ended. It is no longer shown."))
            return redirect("credentials:endorsement-list", public_id=public_id)
    return _list(request, asked.version.credential, ending=(asked, form))


# Somebody outside ----------------------------------------------------------------------------------------------------
@never_cache
@limited("endorse")
@require_http_methods(["GET", "POST"])
def endorse(request: HttpRequest, token: str) -> HttpResponse:
    """For the one person whose address the link went to; no account. What is to be endorsed, and the organization's word."""
    asked = (
        EndorsementRequest.objects.select_related("version__credential__organization", "endorsement")
        .filter(token_sha256=digest_of(token))
        .first()
    )
    if asked is None:
        response = _over(request, "unknown", status=404)
    elif selectors.endorsement_of(asked) is not None:
        response = _confirmed(request, asked)
    else:
        response = _asked(request, asked)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _over(request: HttpRequest, cause: str, *, status: int) -> HttpResponse:
    return render(request, "credentials/endorse_over.html", {"cause": cause}, status=status)


def _asked(request: HttpRequest, asked: EndorsementRequest) -> HttpResponse:
    at = timezone.now()
    action = request.POST.get("action", "")
    try:
        require_open(asked, at)
        selectors.fill_children(asked.version)
        confirming = ConfirmForm(
            request.POST if action == "confirm" else None,
            agreed=agreed_words(asked),
            initial={"statement": asked.statement, "seen_sha256": content.digest(asked.version)},
        )
        declining = EndorsementReasonForm(
            request.POST if action == "decline" else None,
            label=_("Why not?"),
            help_text=_("The school reads it, and nobody else."),
            prefix="decline",
        )
        if action == "confirm" and confirming.is_valid():
            services.confirm_endorsement(request=asked, at=at, **confirming.cleaned_data)
            return redirect(request.path)
        if action == "decline" and declining.is_valid():
            services.decline_endorsement(request=asked, reason=declining.cleaned_data["reason"], at=at)
            return render(request, "credentials/endorse_over.html", {"cause": "declined"})
    except RequestOver as error:
        return _over(request, error.cause, status=410)
    except RegistryError as error:
        (declining if action == "decline" else confirming).add_error(None, str(error))
    if confirming.is_bound:  # what is shown now is what the next try confirms
        data = request.POST.copy()
        data["seen_sha256"] = content.digest(asked.version)
        confirming.data = data
    context = {
        "asked": asked,
        "credential": asked.version.credential,
        "version": asked.version,
        "sheet": selectors.sheet(asked.version),
        "is_draft": asked.version.status == VersionStatus.DRAFT,
        "form": confirming,
        "declining": declining,
    }
    status = 422 if confirming.errors or declining.errors else 200
    return render_page(request, "credentials/endorse.html", context, status=status)


def _confirmed(request: HttpRequest, asked: EndorsementRequest) -> HttpResponse:
    """What was confirmed by this link, how it stands, and the form that withdraws it."""
    at = timezone.now()
    form = EndorsementReasonForm(
        request.POST if request.POST.get("action") == "withdraw" else None,
        label=_("Why do you withdraw it?"),
        help_text=_("The school reads it, and nobody else."),
    )
    if form.is_bound and form.is_valid():
        try:
            services.withdraw_own_endorsement(request=asked, reason=form.cleaned_data["reason"], at=at)
            return redirect(request.path)
        except RegistryError as error:
            form.add_error(None, str(error))
    kind, word, since = selectors.endorsement_state(asked, at)
    version = asked.version
    is_published = version.status == VersionStatus.PUBLISHED
    context = {
        "asked": asked,
        "endorsement": selectors.endorsement_of(asked),
        "kind": kind,
        "word": word,
        "since": since,
        "version": version,
        "school": version.credential.organization,
        "version_url": reverse("credentials:version-detail", args=[version.credential.public_id, version.number])
        if is_published
        else "",
        "form": form,
    }
    return render_page(request, "credentials/endorse_confirmed.html", context, status=422 if form.errors else 200)


urlpatterns: list[URLPattern] = [
    path("manage/credentials/<uuid:public_id>/endorsements/", endorsement_list, name="endorsement-list"),
    path(
        "manage/credentials/<uuid:public_id>/endorsements/<uuid:request_id>/take-back/",
        endorsement_revoke,
        name="endorsement-revoke",
    ),
    path(
        "manage/credentials/<uuid:public_id>/endorsements/<uuid:request_id>/end/",
        endorsement_end,
        name="endorsement-end",
    ),
    path("endorse/<str:token>/", endorse, name="endorse"),
]
