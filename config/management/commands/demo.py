"""`manage.py demo`: load the demo school, play the story through the real pages, leave the site running."""

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Any

import orjson
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from config.demo import check, desks, load
from config.demo.browser import StoryError
from config.demo.people import ACCOUNTS
from config.demo.report import Report
from config.demo.story import Story
from config.runtime import paths
from config.runtime.process import RuntimeProblem
from config.runtime.supervisor import Running, running
from issuance.services import signing


class Command(BaseCommand):
    help = "Load the demo school, play the story over HTTP with the real workers, and leave the site running."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="end after the story")

    def handle(self, *args: Any, **options: Any) -> None:
        report = Report()
        home, port = paths.home(), int(os.environ.get("PORT", "8000"))
        output = settings.BASE_DIR / "build" / "demo"
        try:
            report.say("Starting PostgreSQL, Redis, web, workers and beat")
            with running(home, port) as site:
                report.say(f"  running at {site.origin} after {site.started_in_seconds:.1f} s; logs in {site.log}")
                self._prepare(home, report)
                self._play(site, home, output, report)
                if not options["no_serve"]:
                    self._serve(site, home, report)
                connection.close()
        except (RuntimeProblem, StoryError, check.CheckError) as error:
            raise CommandError(str(error)) from error

    def _prepare(self, home: Path, report: Report) -> None:
        if load.is_loaded():
            return
        with report.step("Loading the demo school: 33 microcredentials, 6 pathways, 700 learners, 40 assessors"):
            load.load(home=home, at=timezone.now())

    def _play(self, site: Running, home: Path, output: Path, report: Report) -> None:
        told = home / "demo-story"
        state = told.read_text(encoding="utf-8").strip() if told.exists() else ""
        if state == "begun":
            raise CommandError(
                f"An earlier story was interrupted midway. Remove {home} to start with a fresh school, or run "
                "“manage.py up” to look at what is there."
            )
        if state != "told":
            told.write_text("begun\n", encoding="utf-8")
            shutil.rmtree(output, ignore_errors=True)
            Story(site, password=load.demo_password(home), output=output, report=report).play()
            with report.step("Leaving something to do on each desk"):
                for line in desks.fill(at=timezone.now()):
                    report.fact(line)
                self._wait_until_signed()
            told.write_text("told\n", encoding="utf-8")
        else:
            report.say("\nThe story was told before; everything that it made is verified again.")
        with report.step("Verifying what was made"):
            if (output / "did.json").exists():
                check.check_folder(output, report)
            check.check_documents(report)

    def _wait_until_signed(self, *, seconds: float = 90) -> None:
        until = time.monotonic() + seconds
        while signing.unsigned(timezone.now()).exists():
            if time.monotonic() > until:
                raise StoryError(f"Awards are still unsigned after {seconds:.0f} s.")
            time.sleep(0.2)

    def _serve(self, site: Running, home: Path, report: Report) -> None:
        report.say(f"\nThe site is running at {site.origin}. Sign in with the password {load.demo_password(home)}")
        for account in ACCOUNTS:
            report.say(f"  {account.label:<18} {account.email}")
        report.say("For whoever only wants to check a badge:")
        for name in ("badge.json", "revoked.json"):
            path = settings.BASE_DIR / "build" / "demo" / name
            if path.exists():
                address = orjson.loads(path.read_bytes())["id"]
                report.say(f"  {address}  ({'revoked' if name == 'revoked.json' else 'valid'})")
        report.say(f"  {site.origin}/check/ takes the files in build/demo, altered.json among them")
        report.say("Ctrl-C stops it.")
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            while site.process.poll() is None:
                time.sleep(0.5)
        except KeyboardInterrupt:
            report.say("\nStopping.")
