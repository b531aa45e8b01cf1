"""SQL that is planned once for each connection, for the few statements that run at nearly every request."""

from typing import Any

import psycopg
from django.db import connection
from django.db.backends.utils import CursorWrapper

# Django sets no threshold, which forbids preparing altogether; this one is never reached, so only we prepare.
_NEVER_BY_ITSELF = 2**31


class _PreparedCursor(psycopg.Cursor[Any]):
    """Binds on the server, and lets PostgreSQL keep the plan. Django's own cursors send a new text each time."""

    def execute(self, query: Any, params: Any = None, **options: Any) -> "_PreparedCursor":
        return super().execute(query, params, **options | {"prepare": True})


def prepared_cursor() -> CursorWrapper:
    """A cursor whose statements are planned once for each connection; errors and query logs are Django's."""
    with connection.cursor() as cursor:  # checks the connection's health, and opens one when there is none
        driver: Any = cursor.connection
    if driver.prepare_threshold is None:
        driver.prepare_threshold = _NEVER_BY_ITSELF
    raw: Any = _PreparedCursor(driver)
    return connection.make_debug_cursor(raw) if connection.queries_logged else connection.make_cursor(raw)
