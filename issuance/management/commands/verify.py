"""`manage.py verify FILE|ADDRESS`: check a badge as the page does, one line for each check."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from issuance import openbadges as ob
from issuance import verification
from issuance.outside import Outside


class Command(BaseCommand):
    help = "Check a badge: a file (JSON, VC-JWT, PNG, SVG, PDF) or the https address of one. Exits with 1 unless it is valid."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("badge", help="the path of a file, or an address that starts with https://")
        parser.add_argument("--holder", default="", help="the name or e-mail address of whoever should hold it")

    def handle(self, *args: Any, badge: str, holder: str, **options: Any) -> None:
        verdict = verification.check_file(self._content(badge), at=timezone.now(), holder=holder)
        self.stdout.write(str(verdict.word))
        if verdict.title:
            self.stdout.write(f"{verdict.title}, {verdict.holder}, {verdict.issuer}")
        for check in verdict.checks:
            self.stdout.write(f"  {check.outcome:<15} {check.name:<14} {check.sentence}")
        for each in verdict.inside:
            self.stdout.write(f"  {each.state:<15} {'inside':<14} {each.title}")
        if verdict.state != "valid":
            raise CommandError("It is not shown to be valid.", returncode=1)

    def _content(self, badge: str) -> bytes:
        if "://" in badge:
            try:
                return Outside().fetch(badge) if settings.ASK_OTHER_ISSUERS else self._refuse()
            except ob.UnreachableError as error:
                raise CommandError(str(error)) from error
        path = Path(badge)
        if not path.is_file():
            raise CommandError(f"There is no file {badge}.")
        if path.stat().st_size > verification.FILE_MAX_BYTES:
            raise CommandError("The file is larger than 4 MB; badges are much smaller.")
        return path.read_bytes()

    def _refuse(self) -> bytes:
        raise CommandError("ASK_OTHER_ISSUERS is off: addresses are not asked. Download the badge and give the file.")
