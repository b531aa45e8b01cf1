"""How often one address may ask the VC API. A conformance run asks hundreds of times a minute, and is not limited."""

from typing import Any

from django.conf import settings
from rest_framework.request import Request

from issuance.api.throttling import AddressThrottle


class ConformanceThrottle(AddressThrottle):
    def allow_request(self, request: Request, view: Any) -> bool:
        return settings.VC_API_CONFORMANCE or super().allow_request(request, view)


class VerifyThrottle(ConformanceThrottle):
    scope = "check"


class IssueThrottle(ConformanceThrottle):
    scope = "issue"
