"""The verifier that works without a connection: the file itself, and the bundle of keys and lists that it reads."""

import hashlib
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.limits import limited
from issuance import badge_page, verification

VERIFIER = Path(settings.BASE_DIR) / "vendor" / "offline" / "verifier.html"


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """What the two files are, and how to use them."""
    lists = verification.published_lists()
    context = {
        "has_verifier": VERIFIER.is_file(),
        "until": badge_page.day(min((each.valid_until for each in lists if each.valid_until), default=None)),
    }
    return HttpResponse(render_to_string("issuance/offline.html", context))


@require_safe
@limited("verify")
def offline_verifier(request: HttpRequest) -> HttpResponse:
    """The verifier as one file. Always a download: its own policy lets its script run, and this site's does not."""
    if not VERIFIER.is_file():
        raise Http404
    return _file(VERIFIER.read_bytes(), "text/html; charset=utf-8", "signet-verifier.html")


@require_safe
@limited("list")
def offline_bundle(request: HttpRequest) -> HttpResponse:
    """What the registry publishes, in one file: DID documents, status lists, contexts. Names no badge and nobody."""
    content = orjson.dumps(verification.offline_bundle(at=timezone.now()))
    return _file(content, "application/json", f"signet-bundle-{timezone.localdate():%Y-%m-%d}.json")


def _file(content: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "public, max-age=60"
    response["ETag"] = f'"{hashlib.blake2b(content, digest_size=16).hexdigest()}"'
    return response


urlpatterns: list[URLPattern | Any] = [
    path("check/offline/", offline, name="offline"),
    path("check/offline/verifier.html", offline_verifier, name="offline-verifier"),
    path("check/offline/bundle.json", offline_bundle, name="offline-bundle"),
]
