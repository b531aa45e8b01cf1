"""The way to where results of others are recorded."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from config.permissions import Can, allowed
from credentials.models import Credential


def results_link(request: HttpRequest, credential: Credential) -> dict[str, Any] | None:
    """The panel on the page where a credential is managed. No query of its own."""
    if credential.current_version_id is None or not allowed(request.user, Can.RESULTS_IMPORT, credential):
        return None
    return {"url": reverse("learners:results", args=[credential.public_id])}
