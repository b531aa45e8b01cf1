from itertools import repeat

import psycopg
import pytest
from django.core.cache.backends.redis import RedisCache
from django.db import InterfaceError, OperationalError
from django.db.backends.postgresql import base as postgresql

from config import views
from config.cache import LOCK_SECONDS, TolerantRedisCache
from config.database import base


def answer_to(error, request):
    try:
        raise error
    except type(error):
        return views.server_error(request)


@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_a_page_without_its_database_answers_503_and_claims_nothing_about_a_form(error, rf):
    shown, sent = answer_to(error, rf.get("/")), answer_to(error, rf.post("/"))

    assert (shown.status_code, sent.status_code) == (503, 503)
    assert shown["Retry-After"] == "5"
    assert "whether what you have just sent was saved" in sent.text
    assert "whether what you have just sent was saved" not in shown.text


def test_any_other_fault_stays_a_500(rf):
    assert answer_to(ValueError("ours"), rf.get("/")).status_code == 500


@pytest.fixture
def connect(monkeypatch):
    """Make the real connecting do what a list says; answers a function that connects and counts the tries."""
    monkeypatch.setattr(base, "EVERY_SECONDS", 0)
    monkeypatch.setattr(base.DatabaseWrapper, "_impatient_until", 0.0)

    def make(outcomes, *, seconds=5.0):
        monkeypatch.setattr(base, "WAIT_SECONDS", seconds)
        tries = []
        left = iter(outcomes)

        def attempt(self, params):
            tries.append(params)
            outcome = next(left)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        monkeypatch.setattr(postgresql.DatabaseWrapper, "get_new_connection", attempt)
        wrapper = base.DatabaseWrapper({})
        return lambda: wrapper.get_new_connection({}), tries

    return make


def test_a_connection_waits_for_a_server_that_is_being_restarted(connect):
    call, tries = connect([psycopg.OperationalError("starting up")] * 3 + ["made"])

    assert call() == "made"
    assert len(tries) == 4


def test_after_one_wait_in_vain_the_others_do_not_wait(connect):
    call, tries = connect(repeat(psycopg.OperationalError("refused")), seconds=0)
    with pytest.raises(psycopg.OperationalError):
        call()
    before = len(tries)

    with pytest.raises(psycopg.OperationalError):
        call()

    assert len(tries) == before + 1


def test_a_wrong_password_is_told_at_once(connect):
    call, tries = connect([psycopg.errors.InvalidPassword("no")])

    with pytest.raises(psycopg.errors.InvalidPassword):
        call()

    assert len(tries) == 1


def test_a_lock_in_the_cache_does_not_outlast_the_patience_of_the_next(monkeypatch):
    asked = []
    monkeypatch.setattr(RedisCache, "add", lambda self, key, value, timeout, version: asked.append(timeout) or True)
    cache = TolerantRedisCache("redis://127.0.0.1:1/0", {})

    cache.add("allauth:rl:login:lock", True, timeout=10)
    cache.add("anything else", True, timeout=10)

    assert asked == [LOCK_SECONDS, 10]
