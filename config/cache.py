"""The cache on Redis that may be lost or frozen at any time: a fault is a miss, and no page waits twice for it."""

import logging
import time
from functools import cached_property
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger("signet.cache")

PAUSE_SECONDS = 5.0
# allauth counts sign-ins under a lock, kept as a key, and waits a second for it. A Redis that was frozen carries out what
# was asked in the meantime: such a lock is nobody's by then, and must not refuse a sign-in.
LOCK_SUFFIX, LOCK_SECONDS = ":lock", 1


class TolerantRedisCache(RedisCache):
    """Redis as a cache, left alone for PAUSE_SECONDS after a fault.

    Nothing that must be true is kept here, so a miss is always a good answer.
    """

    _paused_until = 0.0

    def _tolerate(self, fallback: Any, call: Any, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() < TolerantRedisCache._paused_until:
            return fallback
        try:
            return call(*args, **kwargs)
        except (RedisError, OSError) as error:
            TolerantRedisCache._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("cache left alone", extra={"cause": type(error).__name__})
            return fallback

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        if str(key).endswith(LOCK_SUFFIX):
            timeout = LOCK_SECONDS
        return self._tolerate(True, super().add, key, value, timeout, version)

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._tolerate(default, super().get, key, default, version)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._tolerate(None, super().set, *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return self._tolerate(False, super().touch, *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        return self._tolerate(False, super().delete, *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return self._tolerate({}, super().get_many, *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> bool:
        return self._tolerate(False, super().has_key, *args, **kwargs)

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        return self._tolerate(delta, super().incr, key, delta, version)

    @cached_property
    def _counter(self) -> Any:
        """One client for all counts: making one costs as much as asking it."""
        return self._cache.get_client(write=True)

    def count(self, key: str, *, timeout: int, by: int = 1) -> int:
        """So many more for a key that is used in its time only; the number so far. `by` while the cache is away."""

        def bump() -> int:
            made = self.make_and_validate_key(key)
            number = int(self._counter.incr(made, by))
            if number == by:
                self._counter.expire(made, timeout)
            return number

        return int(self._tolerate(by, bump))

    def set_many(self, *args: Any, **kwargs: Any) -> list[Any]:
        return self._tolerate([], super().set_many, *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> None:
        self._tolerate(None, super().delete_many, *args, **kwargs)

    def clear(self) -> None:
        self._tolerate(None, super().clear)
