"""Problem JSON (RFC 9457) for the API: `status`, `code`, `detail`. Clients may rely on `code`."""

from typing import Any

from rest_framework.exceptions import APIException, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from config.errors import RegistryError


def problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn a refusal into problem JSON; anything else stays an error of the server."""
    if isinstance(error, RegistryError):
        body = {"status": error.http_status, "code": error.code, "detail": str(error)}
        return Response(body, status=error.http_status, content_type="application/problem+json")
    response = exception_handler(error, context)
    if response is None:
        return None
    body = {"status": response.status_code, "code": "not-found", "detail": "There is nothing at this address."}
    if isinstance(error, ValidationError):
        body |= {"code": "invalid", "detail": "Some fields were refused.", "fields": error.get_full_details()}
    elif isinstance(error, APIException):
        body |= {"code": str(error.get_codes()).replace("_", "-"), "detail": str(error.detail)}
    response.data = body
    response.content_type = "application/problem+json"
    return response
