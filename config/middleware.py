"""What every request passes through besides Django's own."""

import logging
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.cache import has_vary_header

from config.logs import request_id

logger = logging.getLogger("signet.request")

Handler = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """Give each request an id, answer it in X-Request-ID, log one line of method, route, status and milliseconds."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(uuid.uuid4().hex)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            match = request.resolver_match
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.route if match else "",  # the pattern: a path may hold a share link's token
                    "status": response.status_code,
                    "ms": round((time.perf_counter() - started) * 1000, 1),
                },
            )
            return response
        finally:
            request_id.reset(token)


class EvenMissingMiddleware:
    """Let every 404 take the same time, so that what is closed is not told from what never was.

    Both are decided by one statement (decision 0004), yet a consent that was withdrawn is some microseconds of looking up that
    an unknown address is not. Whoever asks often enough sees them in a median; nobody sees them behind a fixed moment.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        answered = time.perf_counter() + settings.MISSING_ANSWER_MS / 1000
        response = self.get_response(request)
        if response.status_code == HTTPStatus.NOT_FOUND:
            time.sleep(max(0.0, answered - time.perf_counter()))
        return response


class PublicPagesMiddleware:
    """Keep what a share link or a badge's address shows out of search engines and referrers."""

    PREFIXES = ("/v/", "/s/", "/p/", "/c/", "/d/")

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.path_info.startswith(self.PREFIXES):
            # A profile whose holder wants it found says so itself.
            response.headers.setdefault("X-Robots-Tag", "noindex, nofollow, noarchive")
            response["Referrer-Policy"] = "no-referrer"
        return response


class PersonalPagesMiddleware:
    """Let nobody keep a page that was made for one person: not the next one at the same browser, not a proxy.

    Stands outside the session, which says by `Vary: Cookie` that it was read. A page that says more itself is left alone.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if has_vary_header(response, "Cookie"):
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response


class UnsavedFormMiddleware:
    """Let the sign-in page say that a form was not saved, when a sign-in ended while somebody was writing."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response
        self.sign_in = resolve_url(settings.LOGIN_URL)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.headers.get("Location", "").startswith(f"{self.sign_in}?next="):
            response["Location"] += "&unsaved=1"
        return response
