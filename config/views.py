"""The pages that belong to no app: landing, health, and errors written for people."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import health


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "config/landing.html")


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This process answers."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """The parts behind it answer: each named, 503 unless all that a page needs are well.

    The broker may be away without making the site unready: pages work without it, and the rows wait.
    """
    checks, is_ready = health.report()
    return JsonResponse({"status": "ok" if is_ready else "unready", "checks": checks}, status=200 if is_ready else 503)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
