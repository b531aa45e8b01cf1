"""Lists of the API come in pages of 50, by a cursor that stays right while rows are added."""

from typing import Any

from rest_framework import serializers
from rest_framework.pagination import CursorPagination


class NewestFirst(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"


class OldestFirst(NewestFirst):
    ordering = "pk"


def page_of(serializer: type[serializers.Serializer[Any]], name: str) -> Any:
    """The serializer of a page of something, for the schema."""
    fields = {
        "next": serializers.URLField(allow_null=True),
        "previous": serializers.URLField(allow_null=True),
        "results": serializer(many=True),
    }
    return type(name, (serializers.Serializer,), fields)
