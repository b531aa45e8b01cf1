"""The times that tests speak of."""

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
LONG_AGO = NOON - timedelta(days=3650)
