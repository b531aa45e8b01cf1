"""What /readyz says of issuing. Pages are served without either, so neither makes the site unready."""

from typing import Any

from django.db.models import Count, Min
from django.utils import timezone

from credentials.models import Organization
from issuance import core
from issuance.models import KeyPurpose
from issuance.services import signing
from issuance.services.keys import KeyUnavailable, active_key, require_usable


def keys() -> tuple[Any, bool]:
    """Each issuer has an active key for badges, and it opens under this master key."""
    problems = {}
    for organization in Organization.objects.filter(is_issuer=True).order_by("pk"):
        for purpose in KeyPurpose.values:
            try:
                require_usable(active_key(organization, KeyPurpose(purpose)))
            except KeyUnavailable as error:
                problems[f"{organization.slug}/{purpose}"] = str(error)
    return ({"status": "failed", "problems": problems}, True) if problems else ("ok", True)


def awards_waiting() -> tuple[Any, bool]:
    """How many due awards are not signed, and for how long the oldest has been due."""
    now = timezone.now()
    found = signing.unsigned(now).aggregate(count=Count("pk"), oldest=Min("sign_after"))
    oldest = found["oldest"]
    return {"count": found["count"], "oldest_seconds": round((now - oldest).total_seconds()) if oldest else 0}, True


def templates() -> tuple[Any, bool]:
    """How the signers' templates did; one in a thousand is compared, and a difference stops the signing."""
    return core.tallies(), True
