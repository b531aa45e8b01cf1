"""Sending "there is work" to the workers, by task name, after commit.

A hint, one a batch, never the truth: the rows are the queue, and a periodic sweep finishes what a lost hint leaves.
So nothing here may raise or wait: a stopped or frozen broker costs at most HANDOFF_TIMEOUT_SECONDS, once, and is then
left alone for a while.
"""

import logging
import time
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

logger = logging.getLogger("signet.handoff")

PAUSE_SECONDS = 10.0
_paused_until = 0.0
lost_hints = 0  # in this process; /readyz reports it


def after_commit(task_name: str, **kwargs: int | str) -> None:
    """Tell the workers, once the transaction is committed, that a task has something to do."""
    transaction.on_commit(partial(send, task_name, kwargs), robust=True)


def send(task_name: str, kwargs: dict[str, int | str]) -> None:
    global _paused_until, lost_hints
    if time.monotonic() < _paused_until:
        lost_hints += 1
        return
    try:
        with _producer_connection() as connection:
            current_app.send_task(task_name, kwargs=kwargs, connection=connection, retry=False)
    except (OperationalError, RedisError, OSError) as error:
        lost_hints += 1
        _paused_until = time.monotonic() + PAUSE_SECONDS
        logger.warning("hint lost", extra={"task": task_name, "cause": type(error).__name__})


def _producer_connection() -> Any:
    timeout = settings.HANDOFF_TIMEOUT_SECONDS
    return current_app.connection_for_write(
        connect_timeout=timeout,
        transport_options={
            **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
            "socket_timeout": timeout,
            "socket_connect_timeout": timeout,
            "max_retries": 0,
        },
    )
