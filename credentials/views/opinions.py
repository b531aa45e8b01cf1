"""Opinions on a draft: whom a school asks and what it answers, and the page that somebody outside opens by their link."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from config.errors import RegistryError
from config.limits import limited
from config.pages import render_page
from credentials import selectors, services
from credentials.forms.editor import PreviewMarkingForm
from credentials.forms.opinions import AnswerForm, AskOpinionForm, OpinionForm
from credentials.models import Credential, OpinionRequest, Suggestion
from credentials.models.catalog import CredentialKind
from credentials.services.opinions import RequestOver, require_open
from credentials.services.outbox import digest_of
from credentials.views.manage import editable, person
from credentials.workflow import VersionStatus

LIST_PAGE = 20


# The school ----------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def opinion_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Whom the drafts of an item were shown to, what they suggest, and the form that asks one more."""
    credential = editable(request, public_id)
    draft = credential.versions.filter(status=VersionStatus.DRAFT).first()
    if request.method != "POST" or draft is None:
        return _list(request, credential)
    form = AskOpinionForm(request.POST)
    if form.is_valid():
        try:
            made = services.ask_opinion(actor=person(request), version=draft, at=timezone.now(), **form.cleaned_data)
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("A link goes to %(email)s.") % {"email": made.email})
            return redirect("credentials:opinion-list", public_id=public_id)
    return _list(request, credential, asking=form)


def _list(
    request: HttpRequest,
    credential: Credential,
    *,
    asking: AskOpinionForm | None = None,
    answering: tuple[Suggestion, AnswerForm] | None = None,
) -> HttpResponse:
    at = timezone.now()
    newest = credential.versions.order_by("-number").first()
    page = Paginator(selectors.opinions(credential), LIST_PAGE).get_page(request.GET.get("page"))
    rows = []
    for each in page:
        kind, word, since = selectors.state_of(each, at)
        rows.append(
            {
                "request": each,
                "kind": kind,
                "word": word,
                "since": since,
                "suggestions": [
                    {"suggestion": one, "form": _answer_form(one, answering)} for one in each.suggestions.all()
                ],
            }
        )
    context = {
        "credential": credential,
        "title": newest.title if newest else credential.code,
        "is_draft": newest is not None and newest.status == VersionStatus.DRAFT,
        "page": page,
        "rows": rows,
        "asking": asking or AskOpinionForm(),
    }
    status = 422 if asking is not None or answering is not None else 200
    return render_page(request, "credentials/opinion_list.html", context, status=status)


def _answer_form(suggestion: Suggestion, refused: tuple[Suggestion, AnswerForm] | None) -> AnswerForm | None:
    if suggestion.answer:
        return None
    if refused is not None and refused[0].pk == suggestion.pk:
        return refused[1]
    return AnswerForm(prefix=suggestion.public_id.hex[:12])


def _of(request: HttpRequest, public_id: UUID, request_id: UUID) -> OpinionRequest:
    """A request about an item that this person edits; anything else is a 404."""
    return get_object_or_404(OpinionRequest, version__credential=editable(request, public_id), public_id=request_id)


@login_required
@require_http_methods(["GET", "POST"])
def opinion_revoke(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    asked = _of(request, public_id, request_id)
    if request.method == "POST":
        try:
            services.revoke_opinion_request(actor=person(request), request=asked, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The link works no longer."))
    return redirect("credentials:opinion-list", public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def opinion_unname(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    asked = _of(request, public_id, request_id)
    if request.method == "POST":
        try:
            services.unname_organization(actor=person(request), request=asked, at=timezone.now())
        except RegistryError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("The organization is no longer named."))
    return redirect("credentials:opinion-list", public_id=public_id)


@login_required
@require_http_methods(["GET", "POST"])
def suggestion_answer(request: HttpRequest, public_id: UUID, suggestion_id: UUID) -> HttpResponse:
    credential = editable(request, public_id)
    found = Suggestion.objects.select_related("request")
    suggestion = get_object_or_404(found, request__version__credential=credential, public_id=suggestion_id)
    if request.method == "GET":  # after a sign-in in between
        return redirect("credentials:opinion-list", public_id=public_id)
    form = AnswerForm(request.POST, prefix=suggestion.public_id.hex[:12])
    if form.is_valid():
        try:
            services.answer_suggestion(
                actor=person(request), suggestion=suggestion, at=timezone.now(), **form.cleaned_data
            )
        except RegistryError as error:
            if suggestion.answer:  # the form is gone from the page
                messages.error(request, str(error))
                return redirect("credentials:opinion-list", public_id=public_id)
            form.add_error(None, str(error))
        else:
            messages.success(request, _("The answer is kept. With the last one, all of them go out by mail."))
            return redirect(f"{reverse('credentials:opinion-list', args=[public_id])}#s-{suggestion.public_id.hex}")
    return _list(request, credential, answering=(suggestion, form))


# Somebody outside ----------------------------------------------------------------------------------------------------
@never_cache
@limited("opinion")
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, token: str) -> HttpResponse:
    """For the one person whose address the link went to; no account. The draft, read-only, and a comment for each part."""
    asked = (
        OpinionRequest.objects.select_related("version__credential__organization")
        .filter(token_sha256=digest_of(token))
        .first()
    )
    response = _over(request, "unknown", status=404) if asked is None else _opinion(request, asked)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response


def _over(request: HttpRequest, cause: str, *, status: int) -> HttpResponse:
    return render(request, "credentials/opinion_over.html", {"cause": cause}, status=status)


def _opinion(request: HttpRequest, asked: OpinionRequest) -> HttpResponse:
    at = timezone.now()
    version = asked.version
    try:
        require_open(asked, at)
        selectors.fill_children(version)
        parts = selectors.parts(version)
        form = OpinionForm(request.POST or None, parts=parts, organization=asked.organization_name, initial=asked.kept)
        if request.method == "POST" and form.is_valid():
            if request.POST.get("action") == "later":
                services.keep_opinion(request=asked, said=form.kept(), at=at)
                return render(request, "credentials/opinion_done.html", {"asked": asked, "is_later": True})
            services.send_opinion(request=asked, at=at, **form.said())
            return render(request, "credentials/opinion_done.html", {"asked": asked, "is_later": False})
    except RequestOver as error:
        return _over(request, error.cause, status=410)
    except RegistryError as error:
        form.add_error(None, str(error))
    return render_page(request, "credentials/opinion.html", _context(asked, form), status=422 if form.errors else 200)


def _context(asked: OpinionRequest, form: OpinionForm) -> dict[str, Any]:
    version = asked.version
    shown = selectors.sheet(version)
    return {
        "asked": asked,
        "credential": version.credential,
        "version": version,
        "sheet": shown,
        "is_draft": True,
        "form": form,
        "marking": PreviewMarkingForm(criteria=shown.criteria).rows()
        if version.credential.kind == CredentialKind.MICROCREDENTIAL
        else [],
    }


urlpatterns: list[URLPattern] = [
    path("manage/credentials/<uuid:public_id>/opinions/", opinion_list, name="opinion-list"),
    path(
        "manage/credentials/<uuid:public_id>/opinions/<uuid:request_id>/take-back/",
        opinion_revoke,
        name="opinion-revoke",
    ),
    path(
        "manage/credentials/<uuid:public_id>/opinions/<uuid:request_id>/unname/", opinion_unname, name="opinion-unname"
    ),
    path(
        "manage/credentials/<uuid:public_id>/suggestions/<uuid:suggestion_id>/",
        suggestion_answer,
        name="suggestion-answer",
    ),
    path("opinion/<str:token>/", opinion, name="opinion"),
]
