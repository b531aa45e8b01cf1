"""Hints that there is work; the rows say what. Each may run twice, late or never."""

import time
from typing import Any

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from config import handoff
from issuance import services

BATCH = 100
FIRST_BATCH = 25  # soon through, so that with much to do a second worker comes in early
SHARE_SECONDS = 10.0  # that one call spends on lists before others have their turn
RETRY: dict[str, Any] = {"autoretry_for": (OperationalError,), "retry_backoff": True, "max_retries": 5}


@shared_task(name="issuance.sign_pending", **RETRY)
def sign_pending(helpers: int = 1) -> int:
    """Sign until nothing is due. With much to do, one more worker is called in to share it."""
    total = 0
    while signed := services.sign_pending(limit=BATCH if total else FIRST_BATCH, at=timezone.now()):
        total += signed
        if helpers and total == FIRST_BATCH:
            handoff.send("issuance.sign_pending", {"helpers": helpers - 1})
            helpers = 0
    return total


@shared_task(name="issuance.sign_overdue", **RETRY)
def sign_overdue() -> int:
    """The full look, for awards that every hint and sweep has missed."""
    total = 0
    while signed := services.sign_pending(limit=BATCH, at=timezone.now(), full=True):
        total += signed
    return total


@shared_task(name="issuance.settle_endorsements", **RETRY)
def settle_endorsements() -> int:
    """Sign endorsements that wait, and end those that were withdrawn."""
    total = 0
    while settled := services.settle_endorsements(limit=20, at=timezone.now()):
        total += settled
    return total


@shared_task(name="issuance.refresh_status_lists", **RETRY)
def refresh_status_lists() -> int:
    return services.refresh_status_lists(at=timezone.now())


@shared_task(name="issuance.render_pending", **RETRY)
def render_pending() -> int:
    """Draw what waits, a few at a time, so that a transcript that is asked for meanwhile comes before a cohort."""
    total = 0
    while made := services.render_pending(limit=10, at=timezone.now()):
        total += made
    return total


@shared_task(name="issuance.sign_receipts", **RETRY)
def sign_receipts() -> int:
    """Sign receipts that wait, and forget those whose time is over."""
    services.forget_receipts(at=timezone.now())
    total = 0
    while made := services.sign_receipts(limit=10, at=timezone.now()):
        total += made
    return total


@shared_task(name="issuance.check_lists", **RETRY)
def check_lists() -> int:
    """Check rows of lists that wait, for a while; what is left is for the next call."""
    services.forget_lists(at=timezone.now())
    total, until = 0, time.monotonic() + SHARE_SECONDS
    while services.check_next_row(at=timezone.now()):
        total += 1
        if time.monotonic() > until:
            handoff.send("issuance.check_lists", {})
            break
    return total


@shared_task(name="issuance.look_at_watches", **RETRY)
def look_at_watches() -> int:
    """Look at watched lists that are due, for a while, and end those whose date has come."""
    services.end_watches(at=timezone.now())
    total, until = 0, time.monotonic() + SHARE_SECONDS
    while services.look_at_next_watch(at=timezone.now()):
        total += 1
        if time.monotonic() > until:
            handoff.send("issuance.look_at_watches", {})
            break
    return total


@shared_task(name="issuance.send_watch_mail", **RETRY)
def send_watch_mail() -> int:
    return services.send_watch_mail(limit=50, at=timezone.now())


@shared_task(name="issuance.tell_of_ended_consents", **RETRY)
def tell_of_ended_consents() -> int:
    return services.tell_of_ended_consents(at=timezone.now())


@shared_task(name="issuance.make_class_exports", **RETRY)
def make_class_exports() -> int:
    """Work on the exports of classes for a while; what is left is for the next call. Deletes those whose week is over."""
    services.forget_class_exports(at=timezone.now())
    total, until = 0, time.monotonic() + SHARE_SECONDS
    while services.work_on_class_exports(at=timezone.now()):
        total += 1
        if time.monotonic() > until:
            handoff.send("issuance.make_class_exports", {})
            break
    return total


@shared_task(name="issuance.make_archives", **RETRY)
def make_archives() -> int:
    """Make the archives that learners asked for, one after the other, and delete those whose week is over."""
    services.forget_archives(at=timezone.now())
    total = 0
    while made := services.make_archives(limit=1, at=timezone.now()):
        total += made
    return total


@shared_task(name="issuance.remind_of_seasons", **RETRY)
def remind_of_seasons() -> int:
    return services.remind_of_seasons(at=timezone.now())
