"""What can be earned, for machines: the published versions of what is offered."""

from typing import Any
from uuid import UUID

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from credentials.workflow import CredentialStatus
from issuance import badges, core
from issuance.api.paging import OldestFirst, page_of
from issuance.api.throttling import ReadThrottle
from issuance.api.views import PROBLEM, ProblemSerializer, PublicView


class CompetencySerializer(serializers.Serializer):
    framework = serializers.CharField()
    framework_version = serializers.CharField()
    code = serializers.CharField()
    name = serializers.CharField()


class CatalogEntrySerializer(serializers.Serializer):
    """A microcredential or designation in its current version."""

    public_id = serializers.UUIDField()
    id = serializers.URLField(help_text="The achievement's id in badges of this version; the page of its criteria.")
    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=CredentialKind.values)
    title = serializers.CharField()
    summary = serializers.CharField()
    issuer = serializers.CharField()
    issuer_did = serializers.CharField()
    version = serializers.IntegerField()
    published_at = serializers.DateTimeField()
    level = serializers.CharField()
    setting = serializers.CharField()
    delivery = serializers.CharField()
    workload_hours = serializers.IntegerField(allow_null=True)
    assessment_methods = serializers.ListField(child=serializers.CharField())
    professions_admitted = serializers.ListField(child=serializers.CharField())
    quality_assurance = serializers.ListField(child=serializers.CharField())
    competencies = CompetencySerializer(many=True)


CatalogPageSerializer = page_of(CatalogEntrySerializer, "CatalogPageSerializer")


def _offered() -> Any:
    return (
        Credential.objects.filter(status=CredentialStatus.OFFERED, current_version__isnull=False)
        .select_related("organization", "current_version")
        .prefetch_related("current_version__alignments__competency__framework")
    )


def _entry(credential: Credential) -> dict[str, Any]:
    version: Any = credential.current_version
    own = [row for row in version.alignments.all() if row.criterion_id is None]
    return {
        "public_id": credential.public_id,
        "id": badges.version_url(credential.public_id, version.number),
        "code": credential.code,
        "kind": credential.kind,
        "title": version.title,
        "summary": version.summary,
        "issuer": credential.organization.name,
        "issuer_did": core.did_of(credential.organization),
        "version": version.number,
        "published_at": version.published_at,
        "level": version.level,
        "setting": version.setting,
        "delivery": version.delivery,
        "workload_hours": version.workload_hours,
        "assessment_methods": version.assessment_methods,
        "professions_admitted": version.professions_admitted,
        "quality_assurance": version.quality_assurance,
        "competencies": [
            {
                "framework": row.competency.framework.title,
                "framework_version": row.competency.framework.version,
                "code": row.competency.code,
                "name": row.competency.short_name,
            }
            for row in sorted(own, key=lambda row: row.competency.code)
        ],
    }


class CatalogView(PublicView):
    """What is offered now, in pages. Five queries, whatever their number."""

    throttle_classes = [ReadThrottle]

    @extend_schema(
        operation_id="catalog_list",
        parameters=[
            OpenApiParameter("kind", enum=CredentialKind.values),
            OpenApiParameter("cursor"),
            OpenApiParameter("page_size", int),
        ],
        responses={200: CatalogPageSerializer, (404, PROBLEM): ProblemSerializer},
        auth=[],
    )
    def get(self, request: Request) -> Response:
        offered = _offered()
        if (kind := request.query_params.get("kind")) in CredentialKind.values:
            offered = offered.filter(kind=kind)
        pages = OldestFirst()
        page: Any = pages.paginate_queryset(offered, request, view=self)
        return pages.get_paginated_response([_entry(each) for each in page or []])


class CatalogEntryView(PublicView):
    """One of what is offered now."""

    throttle_classes = [ReadThrottle]

    @extend_schema(responses={200: CatalogEntrySerializer, (404, PROBLEM): ProblemSerializer}, auth=[])
    def get(self, request: Request, public_id: UUID) -> Response:
        return Response(_entry(get_object_or_404(_offered(), public_id=public_id)))
