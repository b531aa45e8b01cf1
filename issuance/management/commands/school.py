"""`manage.py school create`: the first school of an empty site, with its signing keys."""

import re
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from django.utils import timezone

from config.errors import RegistryError
from credentials.models import Organization
from issuance import services
from issuance.models import KeyPurpose


class Command(BaseCommand):
    help = "Make an issuing school with its signing keys. Then add people: manage.py people add."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        create = actions.add_parser("create", help="make a school")
        create.add_argument("slug", help="short name in addresses: small letters, digits and hyphens")
        create.add_argument("name", help="legal name, in quotation marks; it stands on every badge")
        create.add_argument("--country", required=True, help="two letters, ISO 3166-1")
        create.add_argument("--website", required=True)
        create.add_argument("--email", default="", help="where people write to, about appeals for instance")
        create.add_argument("--accredited-by", default="", help="what is said of accreditation")

    def handle(self, *args: Any, **options: Any) -> None:
        if not re.fullmatch("[a-z0-9]+(-[a-z0-9]+)*", options["slug"]):
            raise CommandError("The slug is made of small letters, digits and hyphens.")
        if not re.fullmatch("[A-Z]{2}", options["country"]):
            raise CommandError("The country is two capital letters, such as US.")
        # The first school answers at the root of the site, every further one below /orgs/.
        is_first = not Organization.objects.filter(is_issuer=True).exists()
        try:
            with transaction.atomic():
                school = Organization.objects.create(
                    slug=options["slug"],
                    name=options["name"],
                    country=options["country"],
                    website=options["website"],
                    contact_email=options["email"],
                    accredited_by=options["accredited_by"],
                    is_issuer=True,
                    did_path="" if is_first else f"orgs:{options['slug']}",
                )
                for purpose in KeyPurpose:
                    services.create_key(organization=school, purpose=purpose, at=timezone.now())
        except IntegrityError as error:
            raise CommandError(f"There is a school called {options['slug']} already.") from error
        except RegistryError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{school.name} is there, with its signing keys.")
        self.stdout.write(f'Next: manage.py people add {school.slug} you@example.edu "Your Name" --role administrator')
