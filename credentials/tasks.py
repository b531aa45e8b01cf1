"""Hints that there is work; the rows say what."""

from smtplib import SMTPException

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from credentials import services


@shared_task(name="credentials.run_planned", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_planned() -> None:
    while services.run_planned(at=timezone.now()):
        pass


@shared_task(
    name="credentials.send_endorsement_mail",
    autoretry_for=(OperationalError, OSError, SMTPException),
    retry_backoff=5,
    max_retries=5,
)
def send_endorsement_mail() -> None:
    while services.send_endorsement_mail(limit=100, at=timezone.now()):
        pass


@shared_task(
    name="credentials.send_opinion_mail",
    autoretry_for=(OperationalError, OSError, SMTPException),
    retry_backoff=5,
    max_retries=5,
)
def send_opinion_mail() -> None:
    while services.send_opinion_mail(limit=100, at=timezone.now()):
        pass


@shared_task(name="credentials.forget_sent_forms", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def forget_sent_forms() -> None:
    while services.forget_sent_forms(at=timezone.now()):
        pass
