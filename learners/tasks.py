"""Hints that there is work; the rows say what."""

from smtplib import SMTPException

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone

from config import handoff
from learners import services


@shared_task(
    name="learners.send_mail", autoretry_for=(OperationalError, OSError, SMTPException), retry_backoff=5, max_retries=5
)
def send_mail() -> None:
    """A few at a time: a whole class is told at the moment its badges are due, and signing goes first."""
    if services.send_mail(limit=20, at=timezone.now()):
        handoff.send("learners.send_mail", {})


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


@shared_task(name="learners.scan_files", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def scan_files() -> None:
    """One batch: a worker that asks about many files stays free for other work in between."""
    services.scan_waiting(limit=20, at=timezone.now())


@shared_task(name="learners.remove_purged", autoretry_for=(OperationalError, OSError), retry_backoff=5, max_retries=5)
def remove_purged() -> None:
    """Bytes of purged files that a crash left in storage."""
    services.remove_purged_bytes(at=timezone.now())


@shared_task(name="learners.escalate", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def escalate() -> None:
    services.escalate(at=timezone.now())


@shared_task(name="learners.run_rosters", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_rosters() -> None:
    """Carry out lists of learners that were confirmed; whoever dies over one leaves the rest to the next sweep."""
    while services.run_rosters(at=timezone.now()):
        pass


@shared_task(name="learners.run_result_lists", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def run_result_lists() -> None:
    """The same for lists of results."""
    while services.run_result_lists(at=timezone.now()):
        pass


@shared_task(name="learners.turn_leaves", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def turn_leaves() -> None:
    services.turn_leaves(at=timezone.now())


@shared_task(
    name="learners.send_digests",
    autoretry_for=(OperationalError, OSError, SMTPException),
    retry_backoff=5,
    max_retries=5,
)
def send_digests() -> None:
    while services.send_digests(limit=100, at=timezone.now()):
        pass


@shared_task(name="learners.remind_of_due", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def remind_of_due() -> None:
    while services.remind_of_due(at=timezone.now()):
        pass


@shared_task(name="learners.remind_of_expiry", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def remind_of_expiry() -> None:
    while services.remind_of_expiry(limit=500, at=timezone.now()):
        pass


@shared_task(name="learners.apply_retention", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def apply_retention() -> None:
    """Once a day; what a worker that died over it has left, the next look goes on with."""
    services.apply_retention(at=timezone.now())


@shared_task(name="learners.drop_stale_uploads", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def drop_stale_uploads() -> None:
    while services.drop_stale_uploads(at=timezone.now()):
        pass


@shared_task(name="learners.remind_of_calibration", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def remind_of_calibration() -> None:
    services.remind_of_calibration(at=timezone.now())


@shared_task(name="learners.tell_leads", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def tell_leads() -> None:
    """On Mondays: what the week asks for, and where assessors judge unalike."""
    services.forecast_to_leads(at=timezone.now())
    services.tell_of_disagreement(at=timezone.now())


@shared_task(name="learners.remind_of_review", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def remind_of_review() -> None:
    services.remind_of_review(at=timezone.now())
    services.tell_of_refused_plans(at=timezone.now())


@shared_task(name="learners.tell_of_endorsements", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def tell_of_endorsements() -> None:
    while services.tell_of_endorsements(at=timezone.now()):
        pass


@shared_task(name="learners.tell_of_opinions", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def tell_of_opinions() -> None:
    while services.tell_of_opinions(at=timezone.now()):
        pass


@shared_task(name="learners.tell_of_proposals", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def tell_of_proposals() -> None:
    while services.tell_of_proposals(at=timezone.now()):
        pass


@shared_task(name="learners.tell_of_content_cases", autoretry_for=(OperationalError,), retry_backoff=5, max_retries=5)
def tell_of_content_cases() -> None:
    while services.tell_of_content_cases(at=timezone.now()):
        pass


@shared_task(
    name="learners.check_recognized", autoretry_for=(OperationalError, OSError), retry_backoff=5, max_retries=5
)
def check_recognized() -> None:
    """Badges that learners brought in. A few at a time: an issuer may take seconds to answer."""
    while services.check_recognized(limit=10, at=timezone.now()):
        pass
