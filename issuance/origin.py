"""PUBLIC_ORIGIN is written into every signed document, so it is fixed once something is signed."""

from typing import Any

import orjson
from django.conf import settings
from django.utils.translation import gettext as _

from issuance.models import StatusList


def signed_origin() -> str | None:
    """The origin that the first signed status list names; None while nothing is signed. One query."""
    content = StatusList.objects.exclude(signed_bytes=b"").order_by("pk").values_list("signed_bytes", flat=True).first()
    if content is None:
        return None
    try:
        return str(orjson.loads(bytes(content))["id"]).split("/status/")[0]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return None


def mismatch() -> str:
    """A sentence that names both origins when they differ, else nothing."""
    signed = signed_origin()
    if signed in {None, settings.PUBLIC_ORIGIN}:
        return ""
    return _(
        "PUBLIC_ORIGIN is %(now)s, but badges of this registry are signed for %(signed)s. "
        "Set PUBLIC_ORIGIN back to %(signed)s: every address in a signed badge starts with it."
    ) % {"now": settings.PUBLIC_ORIGIN, "signed": signed}


def check() -> tuple[Any, bool]:
    """For /readyz: with another origin nothing that was issued can be verified, so no page is served."""
    problem = mismatch()
    return (problem, False) if problem else ("ok", True)
