"""What a learner decides: whether a badge is shown, to whom, until when; and the files and transcripts they take."""

import time
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import RegistryError
from config.pages import render_page
from issuance import badge_page, badges, core, handover, selectors, services, verification
from issuance.forms.sharing import ConsentForm
from issuance.levels import outdated
from issuance.models import Consent, DocumentKind, SignedDocument, Transcript
from issuance.views.public import file_response, pdf_response
from learners.models import Award, Learner
from learners.selectors.levels import levels_of

FORMS = ("json", "png", "svg", "pdf")


# Who is there --------------------------------------------------------------------------------------------------------
def sign_in_method(request: HttpRequest) -> str:
    """How this person was authenticated, from what the sign-in recorded: "password, mfa"; empty when too long ago."""
    records = get_authentication_records(request, request.user)
    if not records or time.time() - max(each["at"] for each in records) > settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
        return ""
    return ", ".join(dict.fromkeys(str(each["method"]) for each in records))[:40]


def sign_in_again(request: HttpRequest) -> HttpResponse:
    query = urlencode({"next": request.path})
    return redirect(f"{reverse('account_reauthenticate')}?{query}")


def is_preview(request: HttpRequest) -> bool:
    """Whether the statement is asked for, and nothing is agreed to yet."""
    return request.method == "POST" and "preview" in request.POST


def learner_of(request: HttpRequest) -> Learner:
    learner = getattr(request.user, "learner", None)
    if learner is None:
        raise Http404
    return learner


# One badge -----------------------------------------------------------------------------------------------------------
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The consent to show one badge to anyone with its address; after it, the address in every form."""
    award = get_object_or_404(selectors.own_awards(request.user), public_id=public_id)
    consent = selectors.open_consent(award, timezone.now())
    if consent is not None:
        if request.method == "POST":
            return redirect("issuance:share", public_id=public_id)
        return render_page(request, "issuance/shared.html", _shared(award, consent))
    if not award.documents.filter(kind=DocumentKind.CREDENTIAL, superseded_at__isnull=True).exists():
        messages.info(request, _("The badge is still being signed; it can be shared in a moment."))
        return redirect(award)
    method = sign_in_method(request)
    if not method:
        return sign_in_again(request)
    form = ConsentForm(request.POST or None)
    if not levels_of([award.pk]):
        del form.fields["shows_levels"]  # a designation, or what was recognized: nothing here was judged
    if is_preview(request):
        form.forgive()
    elif request.method == "POST" and form.is_valid():
        try:
            services.give_consent(
                actor=request.user,
                awards=[award],
                sign_in_method=method,
                shown=form.cleaned_data["shown"],
                at=timezone.now(),
                **form.terms(),
            )
        except RegistryError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, _("Anyone with the address can see the badge now."))
            return redirect("issuance:share", public_id=public_id)
    context = {"award": award, "form": form, "statement": form.statement([award])}
    return render_page(
        request, "issuance/share.html", context, part="issuance/_share_consent.html", status=422 if form.errors else 200
    )


def _shared(award: Award, consent: Consent) -> dict[str, Any]:
    address = badges.award_url(award.public_id)
    return {
        "award": award,
        "consent": consent,
        "has_other_levels": bool(outdated([consent])),
        "address": address,
        "qr": mark_safe(badge_page.qr(address)),  # noqa: S308  drawn by segno from our own address
        "code": str(services.code_of(award, at=timezone.now())),
        "code_address": core.url("/c/"),
        "linkedin": handover.linkedin_url(award),
        "signature": handover.signature(award),
        "embed": handover.embed(award),
        "has_certificate": award.documents.filter(kind=DocumentKind.CERTIFICATE, superseded_at__isnull=True).exists(),
    }


@login_required
@never_cache
@require_safe
def own_file(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """A badge as a file, for its holder. Files print the badge's address, so the consent comes first."""
    if form not in FORMS:
        raise Http404
    award = get_object_or_404(selectors.own_awards(request.user), public_id=public_id)
    at = timezone.now()
    if selectors.open_consent(award, at) is None:
        messages.info(request, _("Files name the address of your badge. Share the badge first; then they are yours."))
        return redirect("issuance:share", public_id=public_id)
    if form == "pdf":
        certificate = award.documents.filter(kind=DocumentKind.CERTIFICATE, superseded_at__isnull=True).first()
        if certificate is None:
            messages.info(request, _("The certificate is still being made; try again in a moment."))
            return redirect("issuance:share", public_id=public_id)
        return pdf_response(bytes(certificate.bytes), f"certificate-{str(public_id)[:8]}.pdf")
    verdict = verification.own_award(public_id, at=at)
    if verdict is None:
        raise Http404
    return file_response(verdict, public_id=public_id, form=form)


# All of them ---------------------------------------------------------------------------------------------------------
@login_required
@require_safe
def share_center(request: HttpRequest) -> HttpResponse:
    """What a learner has agreed to: links by whom they are for, badges with an address of their own, and what has ended."""
    at = timezone.now()
    learner = learner_of(request)
    consents = selectors.consents_of(learner, at)
    standing = [each for each in consents if each.state == "standing"]
    context = {
        "audiences": selectors.by_audience(standing),
        "single": [each for each in standing if not each.share_links.all()],
        "past": [each for each in consents if each.state != "standing"],
        "can_link": selectors.signed_awards(request.user).exists(),
        "opened": selectors.openings(learner).count(),
    }
    return render_page(request, "issuance/share_center.html", context)


@login_required
@require_POST
def consent_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    consent = get_object_or_404(Consent.objects.filter(learner__user=request.user), public_id=public_id)
    try:
        services.withdraw_consent(actor=request.user, consent=consent, at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Withdrawn. What only this consent covered is not shown any more."))
    return redirect("issuance:share-center")


# Transcripts ---------------------------------------------------------------------------------------------------------
@login_required
@require_POST
def transcript_request(request: HttpRequest) -> HttpResponse:
    try:
        services.request_transcript(actor=request.user, learner=learner_of(request), at=timezone.now())
    except RegistryError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Your transcript is being made. It appears here in a moment."))
    return redirect("learners:award-list")


@login_required
@never_cache
@require_safe
def transcript_file(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A transcript's PDF, for the learner whose it is."""
    transcript = get_object_or_404(Transcript.objects.filter(learner__user=request.user), public_id=public_id)
    document = SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=transcript).first()
    if document is None:
        messages.info(request, _("The transcript is still being made; try again in a moment."))
        return redirect("learners:award-list")
    return pdf_response(bytes(document.bytes), f"transcript-{str(public_id)[:8]}.pdf")


urlpatterns: list[URLPattern] = [
    path("badges/<uuid:public_id>/share/", share, name="share"),
    path("badges/<uuid:public_id>/files/<slug:form>/", own_file, name="own-file"),
    path("sharing/", share_center, name="share-center"),
    path("sharing/consents/<uuid:public_id>/withdraw/", consent_withdraw, name="consent-withdraw"),
    path("transcripts/", transcript_request, name="transcript-request"),
    path("transcripts/<uuid:public_id>/", transcript_file, name="transcript-file"),
]
