"""What an organization has awarded, for its own trusted systems: by a token that reads awards, and nobody else."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import Invalid
from issuance import badges
from issuance.api.paging import NewestFirst, page_of
from issuance.api.throttling import ReadThrottle
from issuance.api.views import PROBLEM, ProblemSerializer, PublicView
from issuance.models import ApiToken, DocumentKind, Scope, SignedDocument
from issuance.vc_api import tokens
from learners.models import Award
from learners.workflow import AwardStatus, Standing, standing


class AwardedSerializer(serializers.Serializer):
    """An award as the school's record holds it. It is private: `id` opens for others only with the holder's consent."""

    id = serializers.URLField()
    state = serializers.ChoiceField(choices=["active", "expired", "superseded", "suspended", "revoked"])
    code = serializers.CharField()
    title = serializers.CharField()
    version = serializers.IntegerField()
    learner_name = serializers.CharField()
    student_number = serializers.CharField()
    awarded_at = serializers.DateTimeField()
    valid_until = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    is_signed = serializers.BooleanField()


AwardedPageSerializer = page_of(AwardedSerializer, "AwardedPageSerializer")


class TokenView(PublicView):
    """Answers whoever shows a token of the scope."""

    scope: Scope
    token: ApiToken

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        header = request.headers.get("Authorization", "")
        self.token = tokens.use_token(header=header, scope=self.scope, at=timezone.now())

    def handle_exception(self, exc: Exception) -> Response:
        response = super().handle_exception(exc)
        if isinstance(exc, tokens.NoToken):
            response.headers["WWW-Authenticate"] = "Bearer"
        return response

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        del response.headers["Access-Control-Allow-Origin"]  # no page of anybody's has the token
        return response


class AwardsView(TokenView):
    """The awards of the token's organization, the newest first. Four queries, whatever their number."""

    throttle_classes = [ReadThrottle]
    scope = Scope.AWARDS_READ

    @extend_schema(
        operation_id="awards_list",
        parameters=[
            OpenApiParameter("code", description="Of one credential."),
            OpenApiParameter("state", enum=[str(each) for each in AwardStatus if each != AwardStatus.WITHDRAWN]),
            OpenApiParameter("awarded_from", OpenApiTypes.DATETIME),
            OpenApiParameter("cursor"),
            OpenApiParameter("page_size", int),
        ],
        responses={
            200: AwardedPageSerializer,
            (401, PROBLEM): ProblemSerializer,
            (403, PROBLEM): ProblemSerializer,
            (404, PROBLEM): ProblemSerializer,
            (422, PROBLEM): ProblemSerializer,
        },
        auth=[{"apiToken": []}],  # type: ignore[list-item]
    )
    def get(self, request: Request) -> Response:
        pages = NewestFirst()
        page: Any = pages.paginate_queryset(self._chosen(request.query_params), request, view=self)
        now = timezone.now()
        return pages.get_paginated_response([_awarded(each, now) for each in page or []])

    def _chosen(self, asked: Any) -> Any:
        signed = SignedDocument.objects.current(DocumentKind.CREDENTIAL).filter(award=OuterRef("pk"))
        awards = (
            Award.objects.filter(credential__organization=self.token.organization)
            .exclude(status=AwardStatus.WITHDRAWN)
            .select_related("learner", "credential", "credential_version")
            .annotate(is_signed=Exists(signed))
        )
        if code := asked.get("code"):
            awards = awards.filter(credential__code=code.replace("\0", ""))
        if (state := asked.get("state")) in AwardStatus.values:
            awards = awards.filter(status=state)
        if text := asked.get("awarded_from"):
            moment = _moment(text)
            if moment is None:
                raise Invalid("Write awarded_from as a date and time with its zone: 2026-09-01T00:00:00Z.")
            awards = awards.filter(awarded_at__gte=moment)
        return awards


def _moment(text: str) -> datetime | None:
    """A date and time with its zone, in UTC: PostgreSQL takes no zone that is more than 16 hours away."""
    try:
        found = parse_datetime(text)
        return found.astimezone(UTC) if found is not None and found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def _awarded(award: Any, now: Any) -> dict[str, Any]:
    state = standing(award.status, award.valid_until, now)
    return {
        "id": badges.award_url(award.public_id),
        "state": award.status if state == Standing.VALID else str(state),
        "code": award.credential.code,
        "title": award.credential_version.title,
        "version": award.credential_version.number,
        "learner_name": award.learner.display_name,
        "student_number": award.learner.student_number or "",
        "awarded_at": award.awarded_at,
        "valid_until": award.valid_until,
        "revoked_at": award.revoked_at,
        "is_signed": award.is_signed,
    }
