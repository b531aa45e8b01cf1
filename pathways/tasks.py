"""Hints that there is work; the rows say what."""

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from pathways import services


@shared_task(name="pathways.open_due_cases", autoretry_for=(OperationalError,), retry_backoff=True, max_retries=5)
def open_due_cases() -> int:
    return services.open_due_cases(at=timezone.now())
