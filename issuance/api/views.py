"""The public API of verifiers: the answer of the verification page, and of the file check, as JSON.

No account, no session, no cookie; the same rules as the pages.
"""

from typing import Any
from uuid import UUID

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import APIException, NotFound, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from issuance import badges, verification
from issuance import openbadges as ob
from issuance.api.throttling import AwardThrottle, FileThrottle, say_limits

BODY_MAX_BYTES = 256 * 1024
HOLDER_MAX = 200
PROBLEM = "application/problem+json"


class TooLarge(APIException):
    status_code = 413
    default_code = "too-large"


class CheckSerializer(serializers.Serializer):
    """One line of a verification."""

    name = serializers.CharField()
    outcome = serializers.ChoiceField(choices=["passed", "failed", "unknown", "not-applicable"])
    code = serializers.CharField(help_text="Stable; clients may rely on it.")
    detail = serializers.CharField(help_text="For people.")


class AwardSerializer(serializers.Serializer):
    """A shared award, as its page shows it."""

    id = serializers.URLField()
    state = serializers.ChoiceField(choices=["valid", "expired", "superseded", "suspended", "revoked", "failed"])
    checked_at = serializers.DateTimeField()
    revoked_at = serializers.DateTimeField(allow_null=True)
    checks = CheckSerializer(many=True)
    credential = serializers.DictField(help_text="The signed credential; take the .json address for its bytes.")


class InsideSerializer(serializers.Serializer):
    """A badge of a transcript."""

    title = serializers.CharField()
    state = serializers.CharField(help_text="As above.")
    page = serializers.CharField()


class VerdictSerializer(serializers.Serializer):
    """The answer of the file check."""

    state = serializers.ChoiceField(
        choices=[
            "valid",
            "expired",
            "superseded",
            "suspended",
            "revoked",
            "mixed",
            "altered",
            "withdrawn",
            "receipt",
            "unknown",
        ]
    )
    checked_at = serializers.DateTimeField()
    checks = CheckSerializer(many=True)
    page = serializers.CharField(help_text="The badge's own page, where anybody may see it; else empty.")
    inside = InsideSerializer(many=True, help_text="The badges of a transcript.")


class ProblemSerializer(serializers.Serializer):
    status = serializers.IntegerField()
    code = serializers.CharField()
    detail = serializers.CharField()


class CredentialParser(BaseParser):
    """The body as it came: the bytes decide, and a parser of ours must not mend them before they are checked."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        body: bytes = stream.read(BODY_MAX_BYTES + 1) if str(length).isdigit() else b""
        if len(body) > BODY_MAX_BYTES or int(length) > BODY_MAX_BYTES:
            raise TooLarge(_("The body is larger than 256 kB; badges are much smaller."))
        return body


class PublicView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-store")
        response.headers.setdefault("Access-Control-Allow-Origin", "*")
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        say_limits(request, response)
        return response


class AwardView(PublicView):
    """A shared award: its state, what was checked, and the credential. Anything else is one 404."""

    throttle_classes = [AwardThrottle]

    @extend_schema(responses={200: AwardSerializer, (404, PROBLEM): ProblemSerializer}, auth=[])
    def get(self, request: Request, public_id: UUID) -> Response:
        at = timezone.now()
        verdict = verification.shared_award(public_id, at=at)
        if verdict is None:
            raise NotFound
        return Response(
            {
                "id": badges.award_url(public_id),
                "state": verdict.state,
                "checked_at": at,
                "revoked_at": verdict.revoked_at,
                "checks": _lines(verdict.checks),
                "credential": verdict.credential,
            }
        )


class VerifyView(PublicView):
    """Checks a credential that the caller brings, as {"credential": …} or as it is. Nothing is kept.

    With {"credential": …, "holder": "…"} the check `holder` says whether it names that person: by the name, or by an e-mail
    address, of which badges hold a salted hash. Without it that check is "not-applicable". It does not change `state`.
    """

    throttle_classes = [FileThrottle]
    parser_classes = [CredentialParser]

    @extend_schema(
        request={
            "application/json": {
                "type": "object",
                "description": "An Open Badge; or {credential: an Open Badge, holder: who should hold it}.",
                "properties": {
                    "credential": {"description": "An Open Badge as an object, or a signed token."},
                    "holder": {
                        "type": "string",
                        "maxLength": HOLDER_MAX,
                        "description": "The name or the e-mail address of whoever should hold it.",
                    },
                },
            }
        },
        responses={
            200: VerdictSerializer,
            (400, PROBLEM): ProblemSerializer,
            (413, PROBLEM): ProblemSerializer,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        at = timezone.now()
        content, holder = _asked(request.data)
        verdict = verification.check_file(content, at=at, holder=holder)
        inside = [{"title": each.title, "state": each.state, "page": each.page} for each in verdict.inside]
        return Response(
            {
                "state": verdict.state,
                "checked_at": at,
                "checks": _lines(verdict.checks),
                "page": verdict.page,
                "inside": inside,
            }
        )


class NothingView(PublicView):
    """Whatever is not an address of the API: the same problem as for what is not there."""

    throttle_classes = [AwardThrottle]

    @extend_schema(exclude=True)
    def get(self, request: Request, rest: str = "") -> Response:
        raise NotFound

    post = put = patch = delete = get


def _asked(body: Any) -> tuple[bytes, str]:
    """The credential's bytes, and who should hold it: the body, or what its members "credential" and "holder" hold."""
    if not isinstance(body, bytes) or not body.strip():
        raise ParseError(_("Send a credential as the body, or as the member “credential” of a JSON object."))
    try:
        document = ob.parse(body)  # strict: a key that stands there twice is not quietly dropped
        if "credential" not in document or set(document) - {"credential", "holder"}:
            return body, ""
        inner = document["credential"]
        content = inner.encode() if isinstance(inner, str) else orjson.dumps(inner)
    except (ob.OpenBadgeError, TypeError):
        return body, ""
    holder = document.get("holder", "")
    if not isinstance(holder, str) or len(holder) > HOLDER_MAX:
        raise ParseError(_("Give the holder as a text of at most 200 characters: a name or an e-mail address."))
    return content, holder


def _lines(checks: tuple[ob.Check, ...]) -> list[dict[str, str]]:
    return [{"name": each.name, "outcome": each.outcome, "code": each.code, "detail": each.sentence} for each in checks]
