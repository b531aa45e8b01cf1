"""`manage.py statuslists check`: whether every status list says what the registry knows."""

from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from issuance import openbadges as ob
from issuance import verification
from issuance.models import StatusEntry, StatusList
from learners.workflow import AwardStatus


class Command(BaseCommand):
    help = "Check that each status list is signed, in date, and sets the bits of revoked awards and no other."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        actions.add_parser("check", help="compare every list with the registry; exits with 1 when one differs")

    def handle(self, *args: Any, **options: Any) -> None:
        problems = []
        for each in StatusList.objects.select_related("organization", "key").order_by("organization", "number"):
            found = list(_problems(each))
            self.stdout.write(
                f"{each.organization.slug} list {each.number}: {each.reserved:,} of {each.size:,} positions handed out, "
                f"{'; '.join(found) or 'as it should be'}"
            )
            problems += found
        if problems:
            raise CommandError(f"{len(problems)} things differ.", returncode=1)


def _problems(status_list: StatusList) -> Any:
    now = timezone.now()
    if status_list.valid_until is None or status_list.valid_until <= now:
        yield "it is out of date"
    report = verification.verify_bytes(bytes(status_list.signed_bytes), at=now)
    yield from (
        check.sentence for check in report.checks if check.name in {"proof", "issuer"} and check.outcome != "passed"
    )
    document = orjson.loads(bytes(status_list.signed_bytes))
    bits = ob.decode(document["credentialSubject"]["encodedList"])
    if bits != bytes(status_list.bits):
        yield "its signed form is not its bits"
    gone = {AwardStatus.REVOKED}
    entries = StatusEntry.objects.filter(list=status_list, document__award__isnull=False)
    revoked = set(entries.filter(document__award__status__in=gone).values_list("index", flat=True))
    unset = sum(not ob.is_set(bits, index) for index in revoked)
    if unset:
        yield f"{unset} revoked awards are not set in it"
    known = set(entries.values_list("index", flat=True)) - revoked
    odd = sum(ob.is_set(bits, index) for index in known)
    if odd:
        yield f"{odd} awards are set in it that are not revoked"
