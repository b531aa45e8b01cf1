"""Pages of lists that may grow without end: how many pages there are in all is not counted."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property

AHEAD = 5  # so many pages past the one that is shown are offered
DEEPEST = 10_000


class LongList(Paginator):
    """Counts no further than a few pages past the one asked for, so that a page costs the same however long the list is.

    The order should be an index of the table, which finds a page without sorting the rest.
    """

    def __init__(self, rows: QuerySet[Any], per_page: int, asked: str | None) -> None:
        super().__init__(rows, per_page)
        number = int(asked) if asked and asked.isascii() and asked.isdecimal() and len(asked) < 10 else 1
        self._most = (min(number, DEEPEST) + AHEAD) * per_page

    @cached_property
    def _found(self) -> int:
        rows: Any = self.object_list
        return int(rows.order_by()[: self._most + 1].count())

    @cached_property
    def count(self) -> int:
        """How many rows are known of; there are more when `is_open`."""
        return min(self._found, self._most)

    @property
    def is_open(self) -> bool:
        """Whether there are more pages than the last that is offered."""
        return self._found > self._most


def long_page(rows: QuerySet[Any], per_page: int, asked: str | None) -> Page[Any]:
    """The page that was asked for; the first for what is no number, the last that is known for one that is too high."""
    return LongList(rows, per_page, asked).get_page(asked)
