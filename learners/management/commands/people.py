"""`manage.py people`: add accounts and learners, give and end roles, list who may do what."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from django.utils import timezone

from config.errors import RegistryError
from config.permissions import Role
from credentials.models import Organization
from learners import services
from learners.models import Cohort, RoleGrant, User


class Command(BaseCommand):
    help = "Add people, give and end roles. Whoever is added chooses a password by “Set a new password” on the sign-in page."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        listing = actions.add_parser("list", help="everybody with a role in force")
        listing.add_argument("school", help="slug")
        add = actions.add_parser("add", help="make an account, with roles, or for a learner")
        add.add_argument("school", help="slug")
        add.add_argument("email")
        add.add_argument("name", help="in quotation marks")
        add.add_argument("--role", action="append", default=[], choices=Role.values, help="may be given several times")
        add.add_argument("--learner", metavar="PROFESSION", help="such as medicine, nursing, physical-therapy")
        add.add_argument("--cohort", help="name of a cohort of the school")
        add.add_argument("--number", default="", help="student number")
        for name, words in (("grant", "give a role"), ("end", "end a role from now on")):
            action = actions.add_parser(name, help=words)
            action.add_argument("school", help="slug")
            action.add_argument("email")
            action.add_argument("role", choices=Role.values)

    def handle(self, *args: Any, action: str, **options: Any) -> None:
        slug = options.pop("school")
        school = Organization.objects.filter(slug=slug).first()
        if school is None:
            known = ", ".join(Organization.objects.order_by("slug").values_list("slug", flat=True)) or "none"
            raise CommandError(f"No school is called {slug!r}. There are: {known}.")
        try:
            getattr(self, f"_{action}")(school, **options)
        except RegistryError as error:
            raise CommandError(str(error)) from error

    def _list(self, school: Organization, **options: Any) -> None:
        grants = (
            RoleGrant.objects.in_force(timezone.now()).filter(organization=school).select_related("user", "credential")
        )
        for grant in grants.order_by("role", "user__name", "pk"):
            scope = grant.credential.code if grant.credential else "whole school"
            self.stdout.write(f"{grant.role:<14} {grant.user.name:<28} {grant.user.email:<40} {scope}")

    @transaction.atomic
    def _add(
        self, school: Organization, *, email: str, name: str, role: list[str], learner: str, **options: Any
    ) -> None:
        at = timezone.now()
        cohort = None
        if options["cohort"]:
            cohort = Cohort.objects.filter(organization=school, name=options["cohort"]).first()
            if cohort is None:
                known = ", ".join(Cohort.objects.filter(organization=school).values_list("name", flat=True)) or "none"
                raise CommandError(f"There is no cohort {options['cohort']!r}. There are: {known}.")
        user = services.add_person(email=email, name=name, at=at)
        if learner:
            services.add_learner(
                user=user,
                organization=school,
                profession=learner,
                cohort=cohort,
                student_number=options["number"],
                at=at,
            )
        for each in dict.fromkeys(role):
            services.grant_role(user=user, role=Role(each), organization=school, at=at)
        self.stdout.write(f"{user.name} <{user.email}> is added. A password is chosen by “Set a new password”.")

    def _grant(self, school: Organization, *, email: str, role: str, **options: Any) -> None:
        services.grant_role(user=_user(email), role=Role(role), organization=school, at=timezone.now())
        self.stdout.write(f"{email} is {role} of {school.name} now.")

    def _end(self, school: Organization, *, email: str, role: str, **options: Any) -> None:
        services.end_role(user=_user(email), role=Role(role), organization=school, at=timezone.now())
        self.stdout.write(f"{email} is no longer {role} of {school.name}.")


def _user(email: str) -> User:
    found = User.objects.filter(email__iexact=email.strip()).first()
    if found is None:
        raise CommandError(f"There is no account with the address {email}.")
    return found
