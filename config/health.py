"""What /readyz reports. Each app registers its own checks in `AppConfig.ready()`."""

from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from config import handoff

Check = Callable[[], tuple[Any, bool]]

_checks: dict[str, Check] = {}


def register(name: str, check: Check) -> None:
    """Add a check: a function that answers (what to print, whether a page can be served)."""
    _checks[name] = check


def report() -> tuple[dict[str, Any], bool]:
    """Run every check. A check that meets a database fault is "failed"; it never raises."""
    results: dict[str, Any] = {}
    is_ready = True
    for name, check in {"database": _database, "broker": _broker, **_checks}.items():
        try:
            results[name], is_well = check()
        except (DatabaseError, InterfaceError):
            results[name], is_well = "failed", False
        is_ready = is_ready and is_well
    return results, is_ready


def _database() -> tuple[Any, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok", True


def _broker() -> tuple[Any, bool]:
    # Not a reason to be unready: pages work without the broker, and the rows wait.
    client = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=0.3, socket_connect_timeout=0.3)
    try:
        client.ping()
    except (redis.RedisError, OSError) as error:
        return {"status": "away", "cause": type(error).__name__, "lost_hints": handoff.lost_hints}, True
    finally:
        client.close()
    return {"status": "ok", "lost_hints": handoff.lost_hints}, True
