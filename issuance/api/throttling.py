"""How often one address may ask the API, by the same limits as the pages. Without a cache nobody is refused."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import SimpleRateThrottle

from config.limits import client_address


class AddressThrottle(SimpleRateThrottle):
    """Counts by the caller's address, as the proxies that we trust give it."""

    num_requests: int
    duration: int

    def get_rate(self) -> str:
        return f"{settings.RATE_LIMITS[str(self.scope)]}/min"

    def get_cache_key(self, request: Request, view: Any) -> str:
        return f"limit:api-{self.scope}:{client_address(request._request)}"

    def allow_request(self, request: Request, view: Any) -> bool:
        is_allowed = super().allow_request(request, view)
        history: list[float] = getattr(self, "history", [])
        left = max(self.num_requests - len(history), 0) if is_allowed else 0
        reset = self.duration - (self.now - history[-1]) if history else self.duration
        request._request.rate_limit = (self.num_requests, left, max(int(reset + 0.999), 1))  # type: ignore[attr-defined]
        return is_allowed


def say_limits(request: Request, response: Response) -> None:
    """Tell a caller how many requests it has in a minute, how many are left, and in how many seconds there are more."""
    found = getattr(request._request, "rate_limit", None)
    if found is not None:
        for name, value in zip(("Limit", "Remaining", "Reset"), found, strict=True):
            response.headers[f"RateLimit-{name}"] = str(value)


class AwardThrottle(AddressThrottle):
    scope = "verify"


class FileThrottle(AddressThrottle):
    scope = "check"


class ListThrottle(AddressThrottle):
    scope = "list"


class ReadThrottle(AddressThrottle):
    scope = "read"
