"""Hints that there is work; the rows say what."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from pathways import services


@shared_task(name="pathways.open_due_cases", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def open_due_cases() -> int:
    return services.open_due_cases(at=timezone.now())


@shared_task(
    name="pathways.catch_up", acks_late=True, autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5
)
def catch_up() -> int:
    return services.catch_up(at=timezone.now())


@shared_task(name="pathways.open_reviews", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def open_reviews() -> int:
    return services.open_reviews(at=timezone.now())
