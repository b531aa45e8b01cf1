"""`manage.py keys`: list, create, rotate, retire, revoke and reseal signing keys. Nothing secret is printed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.errors import RegistryError
from credentials.models import Organization
from issuance import services
from issuance.models import KeyPurpose, SigningKey
from issuance.services.keys import KeyUnavailable, require_usable
from issuance.workflow import KeyState


class Command(BaseCommand):
    help = "List, create, rotate, retire or revoke an organization's signing keys, or seal all under a new master key."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="every key, its state, and whether it opens under this MASTER_KEY")
        listing.add_argument("organization", nargs="?", help="slug; all organizations without it")
        for name, words in (
            ("create", "make the first key for a purpose"),
            ("rotate", "retire the active key and make the next one"),
            ("retire", "retire the active key; nothing is signed until another is created"),
        ):
            action = actions.add_parser(name, help=words)
            action.add_argument("organization", help="slug")
            action.add_argument("purpose", choices=KeyPurpose.values)

        revoke = actions.add_parser(
            "revoke", help="withdraw a key that may be in other hands; its badges are issued anew"
        )
        revoke.add_argument("organization", help="slug")
        revoke.add_argument("purpose", choices=KeyPurpose.values)
        revoke.add_argument("number", type=int, help="the number of the key, as in “keys list”: 2 for key-2")
        actions.add_parser("reseal", help="seal every key under MASTER_KEY; MASTER_KEY_BEFORE opens the old seals")

    def handle(self, *args: Any, action: str, organization: str | None = None, **options: Any) -> None:
        if action == "list":
            self._list(organization)
            return
        if action == "reseal":
            self._reseal()
            return
        if action == "revoke":
            self._revoke(self._organization(str(organization)), KeyPurpose(options["purpose"]), options["number"])
            return
        issuer = self._organization(str(organization))
        purpose = KeyPurpose(options["purpose"])
        act = {"create": services.create_key, "rotate": services.rotate_key, "retire": services.retire_key}[action]
        try:
            key = act(organization=issuer, purpose=purpose, at=timezone.now())
        except RegistryError as error:
            raise CommandError(str(error)) from error
        word = {"create": "created", "rotate": "created; the one before is retired", "retire": "retired"}[action]
        self.stdout.write(f"{issuer.slug}: {key.purpose} key-{key.number} ({key.algorithm}) {word}.")

    def _reseal(self) -> None:
        try:
            count = services.reseal_keys()
        except RegistryError as error:
            raise CommandError(f"{error} Set MASTER_KEY_BEFORE to the master key before this one.") from error
        self.stdout.write(f"{count} keys sealed anew; all are under MASTER_KEY. MASTER_KEY_BEFORE is no longer needed.")

    def _revoke(self, issuer: Organization, purpose: KeyPurpose, number: int) -> None:
        try:
            key = services.revoke_key(organization=issuer, purpose=purpose, number=number, at=timezone.now())
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{issuer.slug}: {key.purpose} key-{key.number} is withdrawn. The workers issue anew what it signed."
        )
        same = SigningKey.objects.filter(public_multibase=key.public_multibase).exclude(pk=key.pk)
        for copy in same.select_related("organization").order_by("organization__slug", "number"):
            self.stdout.write(
                f"{copy.organization.slug}: {copy.purpose} key-{copy.number} is the same key: withdrawn too."
            )
        holders = {issuer.slug, *same.values_list("organization__slug", flat=True)}
        active = SigningKey.objects.filter(purpose=purpose, state=KeyState.ACTIVE, organization__slug__in=holders)
        for slug in sorted(holders - set(active.values_list("organization__slug", flat=True))):
            self.stdout.write(
                f"There is no active key: run “manage.py keys create {slug} {purpose}”, or nothing is signed."
            )

    def _list(self, slug: str | None) -> None:
        keys = SigningKey.objects.select_related("organization").order_by("organization__slug", "purpose", "number")
        if slug:
            keys = keys.filter(organization=self._organization(slug))
        for key in keys:
            self.stdout.write(
                f"{key.organization.slug:<24} {key.purpose:<9} key-{key.number:<3} {key.algorithm:<8} {key.state:<12} "
                f"{key.created_at:%Y-%m-%d}  {_opens(key)}  {key.public_multibase}"
            )
        if not keys:
            self.stdout.write("There are no keys. Make one with: manage.py keys create <organization> badge")

    def _organization(self, slug: str) -> Organization:
        found = Organization.objects.with_keys().filter(slug=slug).first()
        if found is None:
            issuers = ", ".join(Organization.objects.with_keys().values_list("slug", flat=True)) or "none"
            raise CommandError(f"No issuing organization is called {slug!r}. There are: {issuers}.")
        return found


def _opens(key: SigningKey) -> str:
    try:
        require_usable(key)
    except KeyUnavailable:
        return "closed"
    return "opens "
