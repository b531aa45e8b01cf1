"""A stopped broker costs a hint, never an error and never the wait of a second hint."""

import logging
import socket
import time

import pytest
from django.db import transaction

from config import handoff


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(handoff, "_paused_until", 0.0)
    monkeypatch.setattr(handoff, "lost_hints", 0)


@pytest.mark.django_db(transaction=True)
def test_a_stopped_broker_is_no_error_and_is_counted(caplog):
    with caplog.at_level(logging.WARNING, "signet.handoff"), transaction.atomic():
        handoff.after_commit("issuance.sign_pending")

    assert handoff.lost_hints == 1
    assert "hint lost" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_after_one_failure_the_broker_is_left_alone_for_a_while():
    handoff.send("issuance.sign_pending", {})
    began = time.monotonic()
    for _ in range(50):
        handoff.send("issuance.sign_pending", {})

    assert handoff.lost_hints == 51
    assert time.monotonic() - began < 0.1


def test_a_frozen_broker_costs_at_most_the_timeout(settings):
    """A listener that accepts and never answers is what a frozen Redis looks like."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(5)
        from celery import current_app

        url = f"redis://127.0.0.1:{listener.getsockname()[1]}/0"
        before = current_app.conf.broker_url
        current_app.conf.broker_url = url
        current_app.conf.broker_write_url = url
        try:
            began = time.monotonic()
            handoff.send("issuance.sign_pending", {})
            spent = time.monotonic() - began
        finally:
            current_app.conf.broker_url = current_app.conf.broker_write_url = before

    assert handoff.lost_hints == 1
    assert spent < 3 * settings.HANDOFF_TIMEOUT_SECONDS


@pytest.mark.django_db
def test_nothing_is_sent_when_the_transaction_is_rolled_back(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks, pytest.raises(RuntimeError), transaction.atomic():
        handoff.after_commit("issuance.sign_pending")
        raise RuntimeError

    assert callbacks == []
