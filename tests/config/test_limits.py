"""How often an address may ask: counted in lots by each process, and together in the cache."""

import threading
from collections import Counter

import pytest

from config import limits
from config.cache import TolerantRedisCache


class Cache(TolerantRedisCache):
    """What several processes share; `asked`: how often."""

    def __init__(self):
        self.counts, self.asked, self.is_away = Counter(), 0, False

    def count(self, key, *, timeout, by=1):
        self.asked += 1
        if self.is_away:
            return by
        self.counts[key] += by
        return self.counts[key]


@pytest.fixture
def cache(monkeypatch):
    made = Cache()
    monkeypatch.setattr(limits, "caches", {"default": made})
    monkeypatch.setattr(limits, "_lots", limits.Lots())
    return made


def ask(times, *, limit=600, key="a", minute="1"):
    return [limits._count(key, minute=minute, limit=limit) for _ in range(times)]


def test_a_process_counts_exactly_and_asks_the_cache_once_a_lot(cache):
    assert ask(30) == list(range(1, 31))
    assert cache.asked == 2
    assert sum(cache.counts.values()) == 24


def test_a_small_limit_is_counted_one_by_one_by_all_together(cache):
    assert ask(3, limit=10) == [1, 2, 3]
    cache.counts["a:1"] += 5  # another process
    assert ask(1, limit=10) == [9]


def test_another_process_is_known_after_a_lot(cache, monkeypatch):
    ask(24)
    monkeypatch.setattr(limits, "_lots", limits.Lots())
    assert ask(12)[-1] == 36
    assert ask(1) == [37]


def test_a_new_minute_and_another_address_begin_at_one(cache):
    ask(20)
    assert ask(1, key="b") == [1]
    assert ask(1, minute="2") == [1]


def test_without_a_cache_each_process_counts_alone(cache):
    cache.is_away = True
    assert ask(30) == list(range(1, 31))


def test_threads_lose_no_count(cache):
    threads = [threading.Thread(target=ask, args=(1200,)) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(cache.counts.values()) == 4800
