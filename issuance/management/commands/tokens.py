"""`manage.py tokens`: list, create and revoke the API tokens of trusted systems."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.errors import RegistryError
from credentials.models import Organization
from issuance.models import ApiToken, Scope
from issuance.vc_api import tokens


class Command(BaseCommand):
    help = "List, create or revoke API tokens. A new token is printed once; only its digest is kept."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="every token, its scopes, and when it was last used")
        listing.add_argument("organization", nargs="?", help="slug; all organizations without it")
        create = actions.add_parser("create", help="make a token and print it once")
        create.add_argument("organization", help="slug of the organization that it acts for")
        create.add_argument("name", help="what the system is called, so that its token can be told from others")
        create.add_argument("--scope", action="append", choices=Scope.values, help="default: credentials:issue")
        create.add_argument("--days", type=int, default=tokens.VALID_DAYS, help="how long it is valid (default: 365)")
        revoke = actions.add_parser("revoke", help="end a token at once")
        revoke.add_argument("organization", help="slug")
        revoke.add_argument("name")

    def handle(self, *args: Any, action: str, organization: str | None = None, **options: Any) -> None:
        try:
            if action == "list":
                self._list(organization)
            elif action == "create":
                self._create(str(organization), **options)
            else:
                token = tokens.revoke_token(
                    organization=_organization(str(organization)), name=options["name"], at=timezone.now()
                )
                self.stdout.write(f"The token “{token.name}” is revoked; what was issued with it stays as it is.")
        except RegistryError as error:
            raise CommandError(str(error)) from error

    def _create(self, slug: str, *, name: str, scope: list[str] | None, days: int, **_options: Any) -> None:
        row, token = tokens.create_token(
            organization=_organization(slug),
            name=name,
            scopes=[Scope(each) for each in scope or [Scope.CREDENTIALS_ISSUE]],
            at=timezone.now(),
            valid_for_days=days,
        )
        self.stdout.write(token)
        self.stderr.write(
            f"This is the token “{row.name}” of {slug}, valid until {row.expires_at:%Y-%m-%d}. It is not shown again."
        )

    def _list(self, slug: str | None) -> None:
        rows = ApiToken.objects.select_related("organization").order_by("organization__slug", "created_at", "pk")
        if slug:
            rows = rows.filter(organization=_organization(slug))
        now = timezone.now()
        for row in rows:
            state = "revoked" if row.revoked_at else "expired" if row.expires_at <= now else "valid"
            used = f"{row.last_used_at:%Y-%m-%d %H:%M}" if row.last_used_at else "never"
            self.stdout.write(
                f"{row.organization.slug:<24} {row.name:<32} {state:<8} until {row.expires_at:%Y-%m-%d}  "
                f"last used {used}  {' '.join(row.scopes)}"
            )
        if not rows:
            self.stdout.write("There are no tokens. Make one with: manage.py tokens create <organization> <name>")


def _organization(slug: str) -> Organization:
    found = Organization.objects.filter(slug=slug, is_issuer=True).first()
    if found is None:
        issuers = ", ".join(Organization.objects.filter(is_issuer=True).values_list("slug", flat=True)) or "none"
        raise CommandError(f"No issuing organization is called {slug!r}. There are: {issuers}.")
    return found
