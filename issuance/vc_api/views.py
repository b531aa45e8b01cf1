"""The W3C VC API: POST /vc/credentials/issue, /status and /verify, and /vc/presentations/verify."""

from datetime import datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, OpenApiTypes, extend_schema
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from credentials.models import Organization
from issuance import openbadges as ob
from issuance.models import ApiToken, Scope
from issuance.outside import Outside
from issuance.vc_api import contexts, issuing, problems, tokens, verifying
from issuance.vc_api.keys import is_withdrawn
from issuance.vc_api.problems import Refused, refused
from issuance.vc_api.throttling import IssueThrottle, VerifyThrottle
from issuance.vc_api.verifying import Asked, Means
from issuance.verification import Registry

BODY_MAX_BYTES = 512 * 1024
PROBLEM = "application/problem+json"
OBJECT = {"type": "object"}
BODY = {"application/json": OBJECT}


def described(success: int, *refusals: int) -> dict[Any, Any]:
    """What an operation answers, for the description of the API: an object, or a problem."""
    return {success: OpenApiTypes.OBJECT} | {(status, PROBLEM): OpenApiResponse(OBJECT) for status in refusals}


class JsonParser(BaseParser):
    """One JSON object, read strictly: each key once, no control characters, nothing too deep or too large."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        content = stream.read(BODY_MAX_BYTES + 1)
        if len(content) > BODY_MAX_BYTES:
            raise problems.TooLarge("The body is larger than 512 kB; credentials are much smaller.")
        try:
            return ob.checked(ob.parse(content))
        except ob.OpenBadgeError as error:
            raise refused("format", error.code, str(error)) from error


class VcApiView(APIView):
    """Answers JSON to anybody, keeps nothing of who asked, and turns each refusal into problem details."""

    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]
    parser_classes = [JsonParser]
    refusal: dict[str, Any] = {}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """Whatever a caller says that it takes, such as application/vc, the answer is JSON."""
        return super().perform_content_negotiation(request, force=True)

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Refused):
            body = problems.body(exc.checks, exc.http_status) | self.refusal
            return Response(body, exc.http_status, content_type=PROBLEM)
        response = super().handle_exception(exc)
        if isinstance(exc, tokens.NoToken):
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        return response


class VerifyCredentialView(VcApiView):
    """Verifies a credential of anybody's. 200 when it holds; 400, naming what does not, when it does not."""

    throttle_classes = [VerifyThrottle]
    refusal = {"verified": False}

    @extend_schema(request=BODY, responses=described(200, 400, 413), auth=[])
    def post(self, request: Request) -> Response:
        document = _member(request.data, "verifiableCredential")
        asked = _asked(request.data, ("assertionMethod",))
        return _answer(verifying.verify_credential(document, asked=asked, means=_means()))


class VerifyPresentationView(VcApiView):
    """Verifies a presentation and every credential in it; one without a proof comes as `presentation`."""

    throttle_classes = [VerifyThrottle]
    refusal = {"verified": False}

    @extend_schema(request=BODY, responses=described(200, 400, 413), auth=[])
    def post(self, request: Request) -> Response:
        is_signed = "presentation" not in request.data or "verifiablePresentation" in request.data
        document = _member(request.data, "verifiablePresentation" if is_signed else "presentation")
        asked = _asked(request.data, ("authentication", "assertionMethod"))
        verify = partial(verifying.verify_presentation, asked=asked, means=_means(), is_signed=is_signed)
        return _answer(verify(document))


class IssueCredentialView(VcApiView):
    """Signs a credential for the organization of the caller's API token, after holding it to every rule. 201 with it."""

    throttle_classes = [IssueThrottle]

    @extend_schema(
        request=BODY,
        responses=described(201, 400, 401, 403, 413),
    )
    def post(self, request: Request) -> Response:
        at = timezone.now()
        organization, token = _caller(request, Scope.CREDENTIALS_ISSUE, at)
        document = _member(request.data, "credential")
        wanted = issuing.read_options(options_of(request.data))
        _row, signed = issuing.issue(document=document, wanted=wanted, organization=organization, token=token, at=at)
        return Response({"verifiableCredential": signed}, status=201)


class CredentialStatusView(VcApiView):
    """Revokes what was issued here, by the id that it was issued under. A revocation is not taken back."""

    throttle_classes = [IssueThrottle]

    @extend_schema(
        request=BODY,
        responses=described(200, 400, 401, 403, 404, 413),
    )
    def post(self, request: Request) -> Response:
        at = timezone.now()
        organization, _token = _caller(request, Scope.CREDENTIALS_REVOKE, at)
        credential_id, entry = request.data.get("credentialId"), _member(request.data, "credentialStatus")
        if not isinstance(credential_id, str):
            raise refused("format", "member-missing", "The body has a member credentialId, which is text.")
        if entry.get("statusPurpose") != "revocation":
            raise refused("form", "status-purpose", "credentialStatus.statusPurpose: Only revocation is kept here.")
        if request.data.get("status", True) is not True:  # older callers leave it out
            raise refused("form", "status-final", "status: It can be set to true; a revocation is not taken back.")
        issuing.revoke(organization=organization, credential_id=credential_id, at=at)
        return Response({"credentialId": credential_id, "status": True})


def _caller(request: Request, scope: Scope, at: datetime) -> tuple[Organization, ApiToken | None]:
    """For whom a caller acts, by its token; in a conformance run it needs none. Raises NoToken, NotAllowed."""
    header = request.headers.get("Authorization", "")
    if settings.VC_API_CONFORMANCE and not header:
        return issuing.trial_organization(at=at), None
    token = tokens.use_token(header=header, scope=scope, at=at)
    return token.organization, token


def _means() -> Means:
    outside = Outside() if settings.ASK_OTHER_ISSUERS else None
    return Means(Registry(outside), contexts.known(), timezone.now(), is_withdrawn)


def _answer(verification: verifying.Verification) -> Response:
    found, status = problems.answer(verification)
    return Response(found, status, content_type=None if status == 200 else PROBLEM)


def _member(body: dict[str, Any], name: str) -> dict[str, Any]:
    document = body.get(name)
    if not isinstance(document, dict):
        raise refused("format", "member-missing", f"The body has a member {name}, which is an object.")
    return document


def options_of(body: dict[str, Any]) -> dict[str, Any]:
    options = body.get("options", {})
    if not isinstance(options, dict):
        raise refused("format", "options", "The options are an object.")
    return options


def _asked(body: dict[str, Any], purposes: tuple[str, ...]) -> Asked:
    """What the options ask for. Options that say nothing of it are left alone, as the API has it."""
    options = options_of(body)
    purpose = options.get("expectedProofPurpose", options.get("proofPurpose"))
    domain, challenge, checks = options.get("domain", []), options.get("challenge"), options.get("checks")
    domains = domain if isinstance(domain, list) else [domain]
    for name, is_good in {
        "expectedProofPurpose": purpose is None or isinstance(purpose, str),
        "domain": all(isinstance(item, str) for item in domains),
        "challenge": challenge is None or isinstance(challenge, str),
        "checks": checks is None or (isinstance(checks, list) and all(isinstance(item, str) for item in checks)),
    }.items():
        if not is_good:
            raise refused("format", "options", f"The option {name} is not of the form that the API has.")
    return Asked(
        purposes=(purpose,) if purpose else purposes,
        domain=frozenset(domains),
        challenge=challenge,
        checks=frozenset(checks) if checks else None,
    )
