"""`manage.py check_origin`: refuse a start with another PUBLIC_ORIGIN than the one that badges are signed for."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from issuance import origin


class Command(BaseCommand):
    help = "Fail when PUBLIC_ORIGIN differs from the origin that signed documents name."

    def handle(self, *args: Any, **options: Any) -> None:
        if problem := origin.mismatch():
            raise CommandError(problem)
