"""What every request passes through."""

import time

import pytest
from django.http import HttpResponse

from config.middleware import EvenMissingMiddleware


@pytest.mark.parametrize("work", [0.0, 0.004])
def test_a_404_is_answered_no_sooner_than_at_its_moment(rf, settings, work):
    settings.MISSING_ANSWER_MS = 20

    def look_up(_request):
        time.sleep(work)
        return HttpResponse(status=404)

    began = time.perf_counter()
    EvenMissingMiddleware(look_up)(rf.get("/v/x"))

    assert time.perf_counter() - began >= 0.02


@pytest.mark.parametrize(("status", "asked_ms"), [(200, 60_000), (403, 60_000), (404, 0)])
def test_nothing_else_waits(rf, settings, monkeypatch, status, asked_ms):
    settings.MISSING_ANSWER_MS = asked_ms
    waited = []
    monkeypatch.setattr(time, "sleep", waited.append)

    EvenMissingMiddleware(lambda _request: HttpResponse(status=status))(rf.get("/"))

    assert sum(waited) == 0
