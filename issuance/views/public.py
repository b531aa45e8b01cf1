"""What a stranger sees: a shared badge, a share link, the file check, and what verifiers fetch.

The pages of a badge start no session, set no cookie, and look at nobody's sign-in.
"""

import hashlib
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import condition, require_http_methods, require_safe

from config import handoff, once
from config.errors import RegistryError
from config.limits import limited
from credentials.models import Organization
from credentials.services import made_once
from issuance import badge_page, badges, services, verification
from issuance import openbadges as ob
from issuance.models import (
    DocumentKind,
    SealImage,
    SignedDocument,
    StatusList,
)

PAGE_TYPE = "text/html"
VC_TYPES = ("application/vc+ld+json", "application/vc", "application/ld+json", "application/json")


@lru_cache(maxsize=1)
def _not_shown() -> bytes:
    return render_to_string("404.html").encode()


def not_shown() -> HttpResponse:
    """The one 404: the same for what is unknown, private and withdrawn."""
    response = HttpResponse(_not_shown(), status=404)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@limited("verify")
def verify_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The page of a shared badge; its signed bytes for a client that asks for them."""
    at = timezone.now()
    verdict = verification.shared_award(public_id, at=at)
    if verdict is None:  # before any If-None-Match: who holds an old copy learns no more than others
        response = not_shown()
    elif (kind := _preferred(request)) != PAGE_TYPE:
        response = _conditional(request, verdict.content, verdict, kind)
    else:
        key = once.new_key()
        page = badge_page.render(verdict, public_id=public_id, at=at, once=key).encode()
        response = _conditional(request, page, verdict, "text/html; charset=utf-8", key=key)
    response.setdefault("Cache-Control", "private, no-cache")
    patch_vary_headers(response, ["Accept"])
    return response


def _conditional(
    request: HttpRequest, body: bytes, verdict: verification.Verdict, kind: str, *, key: str = ""
) -> HttpResponse:
    """The body, or 304 for who has the same one. The body says status and minute; the digest stands for the document.

    key: that of the forms on it, which says nothing: who comes again keeps the page, and with it the key of the first time.
    """
    said = body.replace(key.encode(), b"") if key else body
    etag = hashlib.blake2b(said + verdict.digest.encode() + verdict.state.encode(), digest_size=16).hexdigest()
    response = HttpResponse(body, content_type=kind)
    response["ETag"] = f'"{etag}"'
    return get_conditional_response(request, etag=f'"{etag}"', response=response) or response


def _preferred(request: HttpRequest) -> str:
    """The type that a client likes best of those that there are; the page for who takes anything or none of them."""
    accept = request.headers.get("Accept", "")
    if "json" not in accept and "application/vc" not in accept:  # nearly everybody: no need to weigh
        return PAGE_TYPE
    return request.get_preferred_type([PAGE_TYPE, *VC_TYPES]) or PAGE_TYPE


@require_safe
def verify_page_elsewhere(request: HttpRequest, public_id: str) -> HttpResponse:
    """The address with a slash at its end or in capitals, as mail programs and typing make it."""
    try:
        address = reverse("issuance:verify-page", args=[UUID(public_id)])
    except ValueError:
        return not_shown()
    return redirect(address, permanent=True)


@require_safe
@limited("verify")
def badge_file(request: HttpRequest, public_id: UUID, form: str) -> HttpResponse:
    """A shared badge as a file: json, or the image with the badge inside (png, svg)."""
    verdict = verification.shared_award(public_id, at=timezone.now())
    if verdict is None:
        return not_shown()
    return file_response(verdict, public_id=public_id, form=form)


def file_response(verdict: verification.Verdict, *, public_id: UUID, form: str) -> HttpResponse:
    """The signed bytes as stored, or baked into the version's image."""
    content, media_type = verdict.content, "application/vc+ld+json"
    if form != "json":
        image = SealImage.objects.filter(credential_version=verdict.version_id).order_by("-size_px").first()
        if image is None:
            return not_shown()
        if form == "png":
            content, media_type = ob.bake_png(bytes(image.png), verdict.content), "image/png"
        else:
            content, media_type = ob.bake_svg(image.svg.encode(), verdict.content), "image/svg+xml"
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="badge-{str(public_id)[:8]}.{form}"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@limited("verify")
def badge_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The signed certificate of a shared badge, as stored; while it is being made, a page that says so."""
    verdict = verification.shared_award(public_id, at=timezone.now())
    if verdict is None:
        return not_shown()
    content = (
        SignedDocument.objects.filter(award=verdict.award_id, kind=DocumentKind.CERTIFICATE, superseded_at__isnull=True)
        .values_list("bytes", flat=True)
        .first()
    )
    if content is not None:
        return pdf_response(bytes(content), f"certificate-{str(public_id)[:8]}.pdf")
    handoff.send("issuance.render_pending", {})
    response = HttpResponse(
        render_to_string("issuance/certificate_waits.html", {"address": badges.award_url(public_id)}), status=202
    )
    response["Retry-After"] = "15"
    response["Cache-Control"] = "private, no-store"
    return response


def pdf_response(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
@limited("verify")
def badge_qr(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The address of a shared badge as a QR code; apart from the page, since drawing it takes longer than the page."""
    if verification.shared_award(public_id, at=timezone.now()) is None:
        return not_shown()
    response = HttpResponse(badge_page.qr(badges.award_url(public_id)), content_type="image/svg+xml")
    response["Cache-Control"] = "private, no-cache"
    return response


@require_safe
def did_document(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The DID document of an issuing organization: at the root, or under /orgs/<slug>/."""
    return did_response(f"orgs:{slug}" if slug else "")


def did_response(did_path: str) -> HttpResponse:
    """What did:web publishes for an organization that signs here, by its path."""
    organization = get_object_or_404(Organization.objects.with_keys(), did_path=did_path)
    response = HttpResponse(
        orjson.dumps(verification.did_document(organization)), content_type="application/did+ld+json"
    )
    response["Cache-Control"] = "public, max-age=60"
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _list_etag(request: HttpRequest, public_id: UUID) -> str | None:
    digest = StatusList.objects.filter(public_id=public_id).values_list("sha256", flat=True).first()
    return f'"{digest}"' if digest else None


@require_safe
@condition(etag_func=_list_etag)
def status_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A signed status list, as stored."""
    found = get_object_or_404(StatusList, public_id=public_id)
    response = HttpResponse(bytes(found.signed_bytes), content_type="application/vc")
    response["Cache-Control"] = "public, max-age=30"
    response["Access-Control-Allow-Origin"] = "*"
    return response


class CheckForm(forms.Form):
    file = forms.FileField(
        required=False,
        label=_("Badge file"),
        help_text=_("JSON, or the PNG or SVG that holds the badge, or the PDF; at most 4 MB."),
    )
    text = forms.CharField(
        required=False,
        label=_("Or paste the badge"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        max_length=verification.JSON_MAX_BYTES,
    )
    holder = forms.CharField(
        required=False,
        max_length=200,
        label=_("Who should hold it (name or e-mail)"),
        help_text=_("Compared with the file; kept nowhere."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    receipt = forms.BooleanField(
        required=False,
        label=_("Make a signed receipt"),
        help_text=_(
            "A dated statement of what was found, as PDF and JSON. It names no holder, and is kept for 30 days."
        ),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        upload = values.get("file")
        if not upload and not values.get("text") and not self.errors:
            raise forms.ValidationError(_("Choose a file, or paste the badge."))
        if upload and upload.size > verification.FILE_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 4 MB; badges are much smaller."))
        return values


@csrf_exempt  # changes nothing and reads no cookie; strangers come without one
@require_http_methods(["GET", "HEAD", "POST"])
@limited("check", methods=("POST",))
def check(request: HttpRequest) -> HttpResponse:
    """Check a badge that somebody brings as a file or text. Nothing is kept but the receipt, for who asks for one."""
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm()
    verdict, receipt = None, ""
    if form.is_bound and form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read() if upload else form.cleaned_data["text"].encode()
        at = timezone.now()
        verdict = verification.check_file(content, at=at, holder=form.cleaned_data["holder"])
        if form.cleaned_data["receipt"] and not verdict.receipt:
            receipt = _receipt(request, form, verdict, at)
    context = {"form": form, "verdict": verdict, "at": timezone.now(), "receipt": receipt}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return HttpResponse(render_to_string("issuance/check.html", context), status=status)


def _receipt(request: HttpRequest, form: CheckForm, verdict: verification.FileVerdict, at: datetime) -> str:
    """The address of a receipt of a check that was just made; empty when nobody here signs, which the form then says."""
    try:
        asked = made_once(
            once.sent_by_stranger(request),
            services.request_receipt,
            given="",
            answer=verification.answer_of(verdict),
            at=at,
        )
        return asked.get_absolute_url()
    except RegistryError as error:
        form.add_error("receipt", str(error))
        return ""


urlpatterns = [
    path("v/<uuid:public_id>", verify_page, name="verify-page"),
    re_path("^v/(?P<public_id>[0-9A-Fa-f-]{36})/?$", verify_page_elsewhere, name="verify-page-elsewhere"),
    path("v/<uuid:public_id>.qr", badge_qr, name="badge-qr"),
    path("v/<uuid:public_id>.json", badge_file, {"form": "json"}, name="badge-json"),
    path("v/<uuid:public_id>.png", badge_file, {"form": "png"}, name="badge-png"),
    path("v/<uuid:public_id>.svg", badge_file, {"form": "svg"}, name="badge-svg"),
    path("v/<uuid:public_id>.pdf", badge_pdf, name="badge-pdf"),
    path("check/", check, name="check"),
    path("status/<uuid:public_id>", status_list, name="status-list"),
    path(".well-known/did.json", did_document, name="did-document"),
    path("orgs/<slug:slug>/did.json", did_document, name="organization-did-document"),
]
