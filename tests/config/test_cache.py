"""A cache that is away is a miss, and no page waits for it twice."""

import socket
import time

import pytest

from config.cache import TolerantRedisCache


@pytest.fixture
def frozen_cache(monkeypatch):
    monkeypatch.setattr(TolerantRedisCache, "_paused_until", 0.0)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
        yield TolerantRedisCache(f"redis://127.0.0.1:{listener.getsockname()[1]}/0", {"OPTIONS": options})


def test_a_frozen_cache_answers_as_if_it_were_empty(frozen_cache):
    assert frozen_cache.get("key", "default") == "default"
    assert frozen_cache.get_many(["a", "b"]) == {}
    frozen_cache.set("key", 1)
    assert frozen_cache.incr("key") == 1
    assert frozen_cache.delete("key") is False


def test_a_frozen_cache_is_waited_for_once(frozen_cache):
    frozen_cache.get("key")
    began = time.monotonic()
    for _ in range(100):
        frozen_cache.get("key")

    assert time.monotonic() - began < 0.1
