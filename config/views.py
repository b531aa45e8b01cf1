"""The pages that belong to no app: landing, health, and errors written for people."""

import sys

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.views import defaults
from django.views.decorators.http import require_safe

from config import health
from config.glossary import GLOSSARY


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "config/landing.html")


@require_safe
def glossary(request: HttpRequest) -> HttpResponse:
    return render(request, "config/glossary.html", {"glossary": GLOSSARY})


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


def server_error(request: HttpRequest) -> HttpResponse:
    """What a fault answers: 503 while the database is away, 500 for anything else. Neither page needs the database.

    Called while the fault is being handled. A form may have been saved before the database went away: the page says so.
    """
    if not isinstance(sys.exception(), OperationalError | InterfaceError):
        return defaults.server_error(request)
    context = {"was_sent": request.method not in {"GET", "HEAD"}}
    response = HttpResponse(loader.get_template("503.html").render(context), status=503)
    response["Retry-After"] = "5"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return render(request, "403_csrf.html", status=403)
