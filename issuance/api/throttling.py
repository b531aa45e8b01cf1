"""How often one address may ask the API, by the same limits as the pages. Without a cache nobody is refused."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from config.limits import client_address


class AddressThrottle(SimpleRateThrottle):
    """Counts by the caller's address, as the proxies that we trust give it."""

    def get_rate(self) -> str:
        return f"{settings.RATE_LIMITS[str(self.scope)]}/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"limit:api-{self.scope}:{client_address(request._request)}"


class AwardThrottle(AddressThrottle):
    scope = "verify"


class FileThrottle(AddressThrottle):
    scope = "check"
