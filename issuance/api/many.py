"""Checking many badges at once: given now, checked in the background, answered row by row."""

from typing import Any

import orjson
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response

from issuance import core, services, verification
from issuance.api.throttling import AwardThrottle, ListThrottle
from issuance.api.views import PROBLEM, ProblemSerializer, PublicView
from issuance.models import BadgeList
from issuance.services import lists


class ItemSerializer(serializers.Serializer):
    """One badge: its address, or the credential itself as an object or a signed token."""

    link = serializers.CharField(required=False, max_length=500)
    credential = serializers.JSONField(required=False)
    name = serializers.CharField(
        required=False, allow_blank=True, max_length=200, help_text="Compared with the holder's."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("link" in attrs) == ("credential" in attrs):
            raise serializers.ValidationError("Give either a link or a credential.")
        credential = attrs.get("credential")
        if "credential" in attrs and not isinstance(credential, dict | str):
            raise serializers.ValidationError({"credential": "Give an object or a signed token."})
        return attrs


class ManySerializer(serializers.Serializer):
    items = ItemSerializer(many=True, allow_empty=False, max_length=lists.ROWS_MAX)  # type: ignore[call-arg]


class RowSerializer(serializers.Serializer):
    """One row. state is empty while it waits."""

    position = serializers.IntegerField()
    given = serializers.CharField()
    state = serializers.CharField(help_text="As of one badge; also “not-shown”, “failed”.")
    cause = serializers.CharField()
    holder = serializers.CharField()
    holder_matches = serializers.BooleanField(
        allow_null=True, help_text="Null when no name was given or none is known."
    )
    title = serializers.CharField()
    issuer = serializers.CharField()
    issued_at = serializers.DateTimeField(allow_null=True)
    valid_until = serializers.DateTimeField(allow_null=True)
    checked_at = serializers.DateTimeField(allow_null=True)


class ManyResultSerializer(serializers.Serializer):
    address = serializers.URLField(help_text="Ask here again until all are checked. Whoever has it can read it.")
    page = serializers.URLField(help_text="The same for people.")
    total = serializers.IntegerField()
    checked = serializers.IntegerField()
    keep_until = serializers.DateTimeField()
    rows = RowSerializer(many=True)


class ShallowParser(JSONParser):
    """JSON as usual; what is nested beyond all measure is refused."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError as error:
            raise ParseError("This JSON is nested too deeply.") from error


class VerifyManyView(PublicView):
    """Takes up to 500 badges to be checked in the background. 202 with the address of the answers."""

    throttle_classes = [ListThrottle]
    parser_classes = [ShallowParser]

    @extend_schema(
        request=ManySerializer,
        responses={
            202: ManyResultSerializer,
            (400, PROBLEM): ProblemSerializer,
            (413, PROBLEM): ProblemSerializer,
            (422, PROBLEM): ProblemSerializer,
        },
        auth=[],
    )
    def post(self, request: Request) -> Response:
        given = ManySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        made = services.start_list(rows=[_given(item) for item in given.validated_data["items"]], at=timezone.now())
        body = _result(made)
        return Response(body, status=202, headers={"Location": body["address"]})


def _given(item: dict[str, Any]) -> services.Given:
    name = item.get("name", "")
    if "link" in item:
        return services.Given(given=item["link"], expected_holder=name)
    credential = item["credential"]
    content = credential.encode("utf-8", "replace") if isinstance(credential, str) else _bytes(credential)
    return services.Given(given="credential", expected_holder=name, content=content)


def _bytes(credential: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(credential)
    except (TypeError, ValueError) as error:
        raise serializers.ValidationError(
            {"items": "A credential holds a number or a text that JSON cannot carry."}
        ) from error


class ManyResultView(PublicView):
    """The answers so far, in the order that was given."""

    throttle_classes = [AwardThrottle]

    @extend_schema(responses={200: ManyResultSerializer, (404, PROBLEM): ProblemSerializer}, auth=[])
    def get(self, request: Request, token: str) -> Response:
        return Response(_result(get_object_or_404(BadgeList.objects.kept(timezone.now()), token=token)))


def _result(found: BadgeList) -> dict[str, Any]:
    rows = list(found.rows.defer("content").order_by("position"))
    return {
        "address": core.url(reverse("issuance-api:verify-many-result", args=[found.token])),
        "page": core.url(found.get_absolute_url()),
        "total": len(rows),
        "checked": sum(row.checked_at is not None for row in rows),
        "keep_until": found.keep_until,
        "rows": [
            {
                "position": row.position,
                "given": row.given,
                "state": row.state,
                "cause": row.cause,
                "holder": row.holder,
                "holder_matches": verification.same_holder(row.expected_holder, row.holder)
                if row.expected_holder and row.holder
                else None,
                "title": row.title,
                "issuer": row.issuer,
                "issued_at": row.issued_at,
                "valid_until": row.valid_until,
                "checked_at": row.checked_at,
            }
            for row in rows
        ],
    }
