"""Receipts: asking for one from a badge's page, the file check or a list, and fetching it once it is signed."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from config import handoff, once
from config.errors import RegistryError
from config.limits import limited
from credentials.services import made_once
from issuance import badge_page, badges, services, verification
from issuance.models import BadgeList, Receipt
from issuance.verification.receipts import rows_of
from issuance.views.public import not_shown


@csrf_exempt  # reads no cookie, and whoever sees the page may have it confirmed
@require_POST
@limited("list")
def page_receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A receipt of what the page of a badge says now."""
    at = timezone.now()
    answer = verification.check_link(badges.award_url(public_id), at=at)
    if answer.state == "not-shown":
        return not_shown()
    sent = once.sent_by_stranger(request)
    given = badges.award_url(public_id)
    return _asked(lambda: made_once(sent, services.request_receipt, given=given, answer=answer, at=at))


@csrf_exempt  # as above; the list's address is a secret of its own
@require_POST
@limited("list")
def list_receipt(request: HttpRequest, token: str) -> HttpResponse:
    """A receipt of a whole list, once it is checked."""
    at = timezone.now()
    found = get_object_or_404(BadgeList.objects.kept(at), token=token)
    sent = once.sent_by_stranger(request)
    return _asked(lambda: made_once(sent, services.request_list_receipt, badge_list=found, at=at))


def _asked(ask: Any) -> HttpResponse:
    try:
        return redirect(ask())
    except RegistryError as error:
        body = render_to_string("issuance/receipt_refused.html", {"sentence": str(error)})
        return _private(HttpResponse(body, status=error.http_status))


@require_safe
@limited("verify")
def receipt(request: HttpRequest, token: str) -> HttpResponse:
    """The receipt as a page; while it is being signed, a page that says so."""
    found = _kept(token)
    if found.signed_at is None:
        handoff.send("issuance.sign_receipts", {})
    context = {
        "receipt": found,
        "rows": rows_of(found.checked),
        "title": services.title_of(found),
        "until": badge_page.day(found.keep_until),
    }
    status = 202 if found.signed_at is None else 200
    return _private(HttpResponse(render_to_string("issuance/receipt.html", context), status=status))


@require_safe
@limited("verify")
def receipt_file(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """The signed receipt: json or pdf."""
    found = _kept(token)
    if found.signed_at is None:
        return redirect(found)
    content, kind = (found.json, "application/vc+ld+json") if form == "json" else (found.pdf, "application/pdf")
    response = HttpResponse(bytes(content or b""), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="receipt-{str(found.public_id)[:8]}.{form}"'
    return _private(response)


def _kept(token: str) -> Receipt:
    return get_object_or_404(Receipt.objects.kept(timezone.now()).select_related("organization"), token=token)


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "private, no-store"
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response["Referrer-Policy"] = "no-referrer"
    return response


urlpatterns: list[URLPattern] = [
    path("v/<uuid:public_id>/receipt", page_receipt, name="page-receipt"),
    path("check/list/<slug:token>/receipt", list_receipt, name="list-receipt"),
    path("receipt/<slug:token>/", receipt, name="receipt"),
    path("receipt/<slug:token>.json", receipt_file, {"form": "json"}, name="receipt-json"),
    path("receipt/<slug:token>.pdf", receipt_file, {"form": "pdf"}, name="receipt-pdf"),
]
