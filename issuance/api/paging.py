"""Lists of the API come in pages of 50, by a cursor that stays right while rows are added."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request

_NUMBER = re.compile("[0-9]{1,19}", re.ASCII)


class NewestFirst(CursorPagination):
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    ordering = "-pk"

    def decode_cursor(self, request: Request) -> Any:
        """Whoever makes up a cursor is told so: its place is the number of a row."""
        cursor = super().decode_cursor(request)
        if cursor is not None and cursor.position is not None and not _NUMBER.fullmatch(str(cursor.position)):
            raise NotFound(self.invalid_cursor_message)
        return cursor


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
