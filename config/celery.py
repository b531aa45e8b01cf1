"""The workers. Tasks are hints about rows that the database already holds; see `config/handoff.py`."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_process_init, worker_ready
from django.core.exceptions import ImproperlyConfigured

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

app = Celery("signet")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def refuse_eager(sender: Celery, **_: object) -> None:
    """Eager tasks would run inside the request, where a killed worker or a lost message cannot be seen."""
    if sender.conf.task_always_eager:
        raise ImproperlyConfigured("CELERY_TASK_ALWAYS_EAGER is refused: tasks run in workers.")


@setup_logging.connect
def use_django_logging(**_: object) -> None:
    """Keep the logging that the settings describe; connecting here is what stops Celery from setting up its own."""


@worker_process_init.connect
def name_process(**_: object) -> None:
    """Documents record which process signed them."""
    os.environ["SIGNET_PROCESS"] = "worker"


@worker_ready.connect
def look_at_once(sender: Any, **_: object) -> None:
    """A worker that starts, perhaps after one that died, need not wait for the next sweep."""
    sender.app.send_task("issuance.sign_overdue", retry=False)
