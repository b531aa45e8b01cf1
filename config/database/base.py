"""Django's PostgreSQL, except that a new connection waits a moment for a server that is being restarted.

Nothing has been sent yet when a connection is made, so waiting is always safe, and most restarts take less than a second.
Once one wait was in vain the others do not wait for a while: an outage must not keep every thread busy.
"""

import time
from typing import Any

from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import errors
from psycopg import OperationalError

WAIT_SECONDS = 3.0
EVERY_SECONDS = 0.1
PAUSE_SECONDS = 15.0
# What waiting does not cure is told at once.
LASTING = (errors.InvalidCatalogName, errors.InvalidPassword, errors.InvalidAuthorizationSpecification)


class DatabaseWrapper(base.DatabaseWrapper):
    _impatient_until = 0.0

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                made = super().get_new_connection(conn_params)
            except OperationalError as error:
                now = time.monotonic()
                if isinstance(error, LASTING) or now < DatabaseWrapper._impatient_until:
                    raise
                if now > deadline:
                    DatabaseWrapper._impatient_until = now + PAUSE_SECONDS
                    raise
                time.sleep(EVERY_SECONDS)
            else:
                DatabaseWrapper._impatient_until = 0.0
                return made
