"""Learned elsewhere: the learner's form, one piece with what each may do, the queue of staff, and the files."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config import outside_badges
from config.errors import RegistryError
from config.pages import render_page
from config.permissions import Can, allowed
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from learners import services
from learners.forms.recognition import BringForm, DecideForm, EndForm
from learners.models import RecognizedCredential, StoredFile
from learners.selectors import recognition as selectors
from learners.selectors.learning import learner_of
from learners.services.recognition import refusals
from learners.services.recognition_rules import kinds_of
from learners.views.uploads import file_response, shown_as
from learners.workflow import OPEN_RECOGNITIONS, RecognitionStatus

PAGE = 50


# The learner ---------------------------------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "POST"])
def recognition_bring(request: HttpRequest, public_id: UUID) -> HttpResponse:
    learner = learner_of(request.user)
    found = Credential.objects.offered().filter(kind=CredentialKind.MICROCREDENTIAL).select_related("current_version")
    credential = get_object_or_404(found, public_id=public_id)
    if learner is None:
        raise Http404
    rules = selectors.rules_of(credential, timezone.localdate())
    reasons = refusals(learner=learner, rule=rules[0]) if rules else []
    form = BringForm(request.POST or None, request.FILES or None, rules=rules)
    status = 200
    if request.method == "POST" and rules:
        status = 422
        if form.is_valid():
            try:
                recognized = services.bring(actor=request.user, learner=learner, at=timezone.now(), **form.content())
            except services.BroughtAlready as error:  # sent twice, most often
                messages.info(request, str(error))
                return redirect(error.standing)
            except services.FileRefused as error:
                form.add_error("file", str(error))
            except RegistryError as error:
                form.add_error(None, str(error))
                status = error.http_status
            else:
                messages.success(request, _("Brought in: %(title)s") % {"title": recognized.title})
                return redirect(recognized)
    context = {
        "credential": credential,
        "version": credential.current_version,
        "rules": selectors.shown_rules(rules, kinds_of(credential)),
        "reasons": reasons,
        "form": form,
        "max_bytes": settings.UPLOAD_MAX_BYTES,
    }
    return render_page(request, "learners/recognition_bring.html", context, status=status)


# One piece -----------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def recognition_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _detail(request, _visible(request, public_id))


def _visible(request: HttpRequest, public_id: UUID) -> RecognizedCredential:
    seen = RecognizedCredential.objects.visible_to(request.user).with_context()
    return get_object_or_404(seen, public_id=public_id)


def _detail(
    request: HttpRequest,
    recognized: RecognizedCredential,
    *,
    decide: DecideForm | None = None,
    end: Form | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    today = timezone.localdate()
    is_own = recognized.learner.user_id == request.user.pk
    may_decide = allowed(request.user, Can.RECOGNITION_DECIDE, recognized)
    badge = getattr(recognized, "badge", None)
    context: dict[str, Any] = {
        "recognized": recognized,
        "rule": recognized.rule,
        "shown": selectors.shown(recognized, today),
        "counts_toward": selectors.title_of(recognized.counts_toward),
        "is_own": is_own,
        "is_checking": recognized.status == RecognitionStatus.CHECKING,
        "may_withdraw": is_own and recognized.status in OPEN_RECOGNITIONS,
        "badge": badge,
        "checks": list(badge.lines.order_by("position")) if badge else [],
        "timeline": selectors.timeline(recognized, is_own=is_own),
        "file_shown_as": shown_as(recognized.file),
        "refusal": refusal,
        "refused": decide or end,
        **selectors.decision(recognized, today),
    }
    if may_decide and recognized.status == RecognitionStatus.SUBMITTED and recognized.rule is not None:
        context["decide_form"] = decide or _decide_form(recognized, context)
        context["may_check"] = outside_badges.checker() is not None and bool(recognized.is_badge or recognized.link)
    if may_decide and recognized.status == RecognitionStatus.ACCEPTED:
        context["end_form"] = end or EndForm()
    response = render_page(
        request, "learners/recognition_detail.html", context, part="learners/_recognition_page.html", status=status
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _decide_form(recognized: RecognizedCredential, said: dict[str, Any], data: Any = None) -> DecideForm:
    badge = getattr(recognized, "badge", None)
    initial = {"valid_until": badge.valid_until} if badge is not None else {}
    is_whole = recognized.rule is not None and recognized.rule.is_whole
    return DecideForm(data, kinds=said["kinds"], is_whole=is_whole, gives_now=said["gives_now"], initial=initial)


@login_required
@require_POST
def recognition_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = RecognizedCredential.objects.filter(learner__user=request.user)
    recognized = get_object_or_404(own.with_context(), public_id=public_id)
    try:
        services.withdraw_recognition(actor=request.user, recognized=recognized, at=timezone.now())
    except RegistryError as error:
        return _detail(request, _visible(request, public_id), refusal=str(error), status=error.http_status)
    messages.success(request, _("Withdrawn. Its file is removed."))
    return redirect(recognized)


# Staff ---------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def recognition_list(request: HttpRequest) -> HttpResponse:
    if not request.user.roles() & selectors.STAFF:
        raise Http404
    state = "decided" if request.GET.get("state") == "decided" else "waiting"
    page = Paginator(selectors.queue(request.user, state), PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate()
    context = {
        "page": page,
        "state": state,
        "rows": [
            {
                "shown": selectors.shown(each, today),
                "title": selectors.title_of(each.counts_toward),
                **selectors.badge_state(each),
            }
            for each in page
        ],
    }
    return render_page(request, "learners/recognition_list.html", context)


def _to_decide(request: HttpRequest, public_id: UUID) -> RecognizedCredential:
    """What this person may decide on; 404 for everything else."""
    recognized = _visible(request, public_id)
    if not allowed(request.user, Can.RECOGNITION_DECIDE, recognized):
        raise Http404
    return recognized


@login_required
@require_POST
def recognition_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    recognized = _to_decide(request, public_id)
    said = selectors.decision(recognized, timezone.localdate())
    if not said:
        raise Http404
    form = _decide_form(recognized, said, request.POST)
    if not form.is_valid():
        return _detail(request, recognized, decide=form, status=422)
    at, data = timezone.now(), form.cleaned_data
    try:
        if "decline" in request.POST:
            services.decline_recognition(actor=request.user, recognized=recognized, reason=data["reason"], at=at)
        else:
            services.accept_recognition(
                actor=request.user,
                recognized=recognized,
                satisfies=form.satisfied(),
                reason=data["reason"],
                valid_until=data["valid_until"],
                at=at,
            )
    except RegistryError as error:
        recognized = _visible(request, public_id)
        if recognized.status != RecognitionStatus.SUBMITTED:  # decided, or taken back, in the meantime
            return _detail(request, recognized, refusal=str(error), status=error.http_status)
        form.add_error("reason" if not data["reason"] and error.http_status == 422 else None, str(error))
        return _detail(request, recognized, decide=form, status=error.http_status)
    if "decline" in request.POST:
        messages.success(request, _("Declined. The learner is told, and reads the reason."))
    else:
        messages.success(request, _("Recognized. The learner is told."))
    return redirect("learners:recognition-list")


@login_required
@require_POST
def recognition_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    recognized = _to_decide(request, public_id)
    form = EndForm(request.POST)
    if form.is_valid():
        try:
            services.end_recognition(
                actor=request.user, recognized=recognized, reason=form.cleaned_data["reason"], at=timezone.now()
            )
        except RegistryError as error:
            return _detail(request, _visible(request, public_id), refusal=str(error), status=error.http_status)
        messages.success(request, _("Noted. It no longer counts, and the learner is told."))
        return redirect(recognized)
    return _detail(request, recognized, end=form, status=422)


@login_required
@require_POST
def recognition_check(request: HttpRequest, public_id: UUID) -> HttpResponse:
    recognized = _to_decide(request, public_id)
    try:
        services.check_again(actor=request.user, recognized=recognized, at=timezone.now())
    except RegistryError as error:
        return _detail(request, _visible(request, public_id), refusal=str(error), status=error.http_status)
    messages.info(request, _("It is being checked once more."))
    return redirect(recognized)


# Files ---------------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def recognition_file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes, for the learner and those who decide. A badge that could act is only ever saved, never opened."""
    readable = RecognizedCredential.objects.visible_to(request.user).values("file")
    stored = get_object_or_404(StoredFile, public_id=public_id, pk__in=readable)
    kind = shown_as(stored)
    if stored.tombstoned_at is not None:
        raise Http404
    if kind == "withheld":
        return render(request, "learners/file_withheld.html", {"file": stored}, status=403)
    response = file_response(stored, stored.original_name)
    if kind == "link" or (stored.media_type == "image/svg+xml" and "picture" not in request.GET):
        response["Content-Disposition"] = content_disposition_header(True, stored.original_name) or "attachment"
    return response


urlpatterns: list[URLPattern] = [
    path("recognized/", recognition_list, name="recognition-list"),
    path("recognized/new/<uuid:public_id>/", recognition_bring, name="recognition-bring"),
    path("recognized/files/<uuid:public_id>/", recognition_file, name="recognition-file"),
    path("recognized/<uuid:public_id>/", recognition_detail, name="recognition-detail"),
    path("recognized/<uuid:public_id>/withdraw/", recognition_withdraw, name="recognition-withdraw"),
    path("recognized/<uuid:public_id>/decide/", recognition_decide, name="recognition-decide"),
    path("recognized/<uuid:public_id>/end/", recognition_end, name="recognition-end"),
    path("recognized/<uuid:public_id>/check/", recognition_check, name="recognition-check"),
]
