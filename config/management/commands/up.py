"""`manage.py up`: run everything on this machine."""

import os
import sys
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from config.runtime import checks, paths
from config.runtime.process import RuntimeProblem
from config.runtime.supervisor import TLS_PORT, Supervisor


class Command(BaseCommand):
    help = "Run PostgreSQL, Redis, web, workers and beat together; Ctrl-C stops all of them."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only say what is missing on this machine")
        parser.add_argument("--tls", action="store_true", help=f"also serve https on port {TLS_PORT}")

    def handle(self, *args: Any, check: bool, tls: bool, **options: Any) -> None:
        port = _port()
        if check:
            sys.exit(self._report([port, TLS_PORT] if tls else [port]))
        environment = _environment(port, with_tls=tls)
        settings.PUBLIC_ORIGIN = environment["PUBLIC_ORIGIN"]  # what the children see, for the check before they start
        for finding in checks.findings(home=paths.home(), ports=[]):
            if not finding.is_well and finding.is_needed:
                raise CommandError(f"{finding.name}: {finding.text}")
            if not finding.is_well and finding.name == "PDF libraries":
                self.stderr.write(finding.text)
        try:
            code = Supervisor(paths.home(), port, environment, _migrate, with_tls=tls, output=sys.stdout).run()
        except RuntimeProblem as problem:
            raise CommandError(str(problem)) from problem
        sys.exit(code)

    def _report(self, ports: list[int]) -> int:
        """Print every finding; 1 when something that is needed is missing."""
        code = 0
        for finding in checks.findings(home=paths.home(), ports=ports):
            word = "ok" if finding.is_well else "missing" if finding.is_needed else "without"
            self.stdout.write(f"{word:<8} {finding.name}: {finding.text}")
            if not finding.is_well and finding.is_needed:
                code = 1
        return code


def _port() -> int:
    value = os.environ.get("PORT") or "8000"
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535, not {value!r}.")
    return int(value)


def _environment(port: int, *, with_tls: bool) -> dict[str, str]:
    """What children see: this process's environment, the home as an absolute path, and the origin."""
    plain = f"http://localhost:{port}"
    origin = os.environ.get("PUBLIC_ORIGIN") or plain
    if with_tls and origin == plain:  # the development settings may have filled it in by now
        origin = f"https://localhost:{TLS_PORT}"
    return os.environ | {
        "SIGNET_HOME": str(paths.home()),
        "PORT": str(port),
        "PUBLIC_ORIGIN": origin,
        "PYTHONUNBUFFERED": "1",
    }


def _migrate(say: Callable[[str], None]) -> None:
    """Apply what is not applied yet, and let go of the database: web is started next."""
    executor = MigrationExecutor(connections["default"])
    if plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        say(f"Bringing the database up to date: {len(plan)} migrations.")
        call_command("migrate", interactive=False, verbosity=0)
    call_command("check_origin")
    connections.close_all()
