"""How often one address may ask for something. The count lives in the cache; without one, processes count alone."""

from collections.abc import Callable, Collection
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.core.cache import DEFAULT_CACHE_ALIAS, caches
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from config.cache import TolerantRedisCache


def client_address(request: HttpRequest) -> str:
    """The caller's address; the proxy's word counts only when the settings say that there is one."""
    proxies = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    forwarded = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",") if part.strip()]
    if proxies and len(forwarded) >= proxies:
        return forwarded[-proxies]
    return request.META.get("REMOTE_ADDR", "")


class Lots:
    """Counts of this process in the running minute, told to the cache in lots: asking it costs more than the page does.

    Processes know of each other's lots alone, so that one address may ask LOT - 1 times more in each. Threads may share it.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._minute = ""
        self._counts: dict[
            str, tuple[int, int]
        ] = {}  # by address: what the cache said last, and what it was not told yet

    def add(self, backend: TolerantRedisCache, key: str, *, minute: str, lot: int) -> int:
        """One more; the number so far, as far as this process knows."""
        with self._lock:
            if minute != self._minute:
                self._minute, self._counts = minute, {}
            told, kept = self._counts.get(key, (0, 0))
            kept += 1
            if kept < lot:
                self._counts[key] = told, kept
                return told + kept
            self._counts[key] = told + kept, 0
        number = max(told + kept, backend.count(f"{key}:{minute}", timeout=90, by=kept))
        with self._lock:
            if minute == self._minute:
                told, kept = self._counts[key]
                self._counts[key] = max(told, number), kept
        return number


LOT = 12
_lots = Lots()


def _count(key: str, *, minute: str, limit: int) -> int:
    """One more for a key in a minute; the number so far. A small limit is counted one by one."""
    backend = caches[DEFAULT_CACHE_ALIAS]
    if isinstance(backend, TolerantRedisCache):
        return _lots.add(backend, key, minute=minute, lot=max(1, min(LOT, limit // 50)))
    key = f"{key}:{minute}"
    backend.add(key, 0, timeout=90)
    return int(backend.incr(key))


def limited(
    name: str, *, methods: Collection[str] = ()
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Answer 429 with the seconds to wait once an address has asked RATE_LIMITS[name] times in this minute.

    methods: those that count; all of them when none is named.
    """

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def wrapper(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if methods and request.method not in methods:
                return view(request, *args, **kwargs)
            now = timezone.now()
            limit = settings.RATE_LIMITS[name]
            key = f"limit:{name}:{client_address(request)}"
            if _count(key, minute=f"{now:%y%m%d%H%M}", limit=limit) > limit:
                wait = 60 - now.second
                response = render(request, "429.html", {"wait_seconds": wait}, status=429)
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
