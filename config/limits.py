"""How often one address may ask for something. The count lives in the cache; without a cache nobody is refused."""

from collections.abc import Callable, Collection
from functools import wraps
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


def _count(key: str) -> int:
    """One more for a key that is kept for a minute and a half; the number so far."""
    backend = caches[DEFAULT_CACHE_ALIAS]
    if isinstance(backend, TolerantRedisCache):
        return backend.count(key, timeout=90)
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
            key = f"limit:{name}:{client_address(request)}:{now:%y%m%d%H%M}"
            if _count(key) > settings.RATE_LIMITS[name]:
                wait = 60 - now.second
                response = render(request, "429.html", {"wait_seconds": wait}, status=429)
                response["Retry-After"] = str(wait)
                return response
            return view(request, *args, **kwargs)

        return wrapper

    return decorate
