"""`manage.py catalog`: the whole catalog of a school as JSON, out and in."""

import json
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.errors import Incomplete, RegistryError
from credentials.models import Organization
from credentials.services import catalog_of, import_catalog


class Command(BaseCommand):
    help = (
        "Write the whole catalog of a school to a file, or take one over: whole or not at all, a second time nothing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        out = actions.add_parser("export", help="write it to a file, or to the screen")
        out.add_argument("school", help="slug")
        out.add_argument("file", nargs="?", type=Path)
        take = actions.add_parser("import", help="take a file over")
        take.add_argument("school", help="slug")
        take.add_argument("file", type=Path)
        take.add_argument("--by", required=True, metavar="EMAIL", help="an administrator of the school, in whose name")
        take.add_argument("--dry-run", action="store_true", help="say what it would do, and do nothing")

    def handle(self, *args: Any, action: str, school: str, file: Path | None, **options: Any) -> None:
        organization = Organization.objects.filter(slug=school).first()
        if organization is None:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"No school is called {school!r}. There are: {known}.")
        if action == "export":
            text = json.dumps(catalog_of(organization), ensure_ascii=False, indent=1) + "\n"
            if file is None:
                self.stdout.write(text, ending="")
            else:
                file.write_text(text, encoding="utf-8")
            return
        self._import(organization, file or Path(), **options)

    def _import(self, organization: Organization, file: Path, *, by: str, dry_run: bool, **options: Any) -> None:
        actor = get_user_model().objects.filter(email__iexact=by).first()
        if actor is None:
            raise CommandError(f"Nobody has the address {by!r}.")
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{file} cannot be read as JSON: {error}") from error
        try:
            report = import_catalog(
                actor=actor, organization=organization, data=data, at=timezone.now(), is_dry_run=dry_run
            )
        except Incomplete as error:
            raise CommandError("\n".join(error.missing)) from error
        except RegistryError as error:
            raise CommandError(str(error)) from error
        for path, words in (*report.faults, *report.notes):
            self.stdout.write(f"{path}: {words}")
        for name in ("frameworks", "created", "changed", "unchanged", "pathways"):
            self.stdout.write(f"{name}: {len(getattr(report, name))}")
        if dry_run:
            self.stdout.write("Nothing was done.")
