"""Hints that there is work; the rows say what."""

from smtplib import SMTPException

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from learners import services


@shared_task(
    name="learners.send_mail", autoretry_for=(OperationalError, OSError, SMTPException), retry_backoff=5, max_retries=5
)
def send_mail() -> None:
    while services.send_mail(limit=100, at=timezone.now()):
        pass


@shared_task(
    name="learners.send_observation_links",
    autoretry_for=(OperationalError, OSError, SMTPException),
    retry_backoff=5,
    max_retries=5,
)
def send_observation_links() -> None:
    while services.send_observation_links(limit=100, at=timezone.now()):
        pass


@shared_task(name="learners.assign_waiting", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def assign_waiting() -> None:
    """Place what is left without an assessor: nobody was free before, a week has begun, two have not agreed."""
    services.ask_third_assessors(at=timezone.now())
    services.assign_waiting(at=timezone.now())


@shared_task(name="learners.escalate", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def escalate() -> None:
    services.escalate(at=timezone.now())
