"""Bitstring status lists: opening, handing out positions, setting bits, signing.

A position is handed out once and never again; one that is lost with a killed worker stays unused, like the others that
make a list say nothing about how many badges there are.
"""

import hashlib
import os
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, Max, Q
from django.urls import reverse

from config.errors import Conflict
from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import StatusEntry, StatusList
from issuance.services import keys
from issuance.workflow import KeyState

VALID_DAYS = 7
RENEW_DAYS = 3
SPARE = 10_000  # the next list is opened when fewer positions are left

RESERVE = """
UPDATE issuance_statuslist SET reserved = reserved + %(count)s
WHERE id = (
    SELECT id FROM issuance_statuslist
    WHERE organization_id = %(organization)s AND reserved + %(count)s <= size
    ORDER BY number LIMIT 1 FOR UPDATE
)
RETURNING id, reserved
"""


def list_url(status_list: StatusList) -> str:
    return core.url(reverse("issuance:status-list", args=[status_list.public_id]))


def reserve(*, organization: Organization, count: int, at: datetime) -> tuple[StatusList, list[int]]:
    """Take so many unused indexes of one list, in a short transaction of its own; opens a list when none has room."""
    for _attempt in range(3):
        with connection.cursor() as cursor:
            cursor.execute(RESERVE, {"count": count, "organization": organization.pk})
            row = cursor.fetchone()
        if row is not None:
            status_list = StatusList.objects.get(pk=row[0])
            key = bytes(status_list.permutation_key)
            return status_list, [ob.permute(key, n, status_list.size) for n in range(row[1] - count, row[1])]
        open_list(organization=organization, at=at)
    raise Conflict("No status list has room.")


@transaction.atomic
def open_list(*, organization: Organization, at: datetime) -> StatusList:
    """Open and sign the organization's next list, unless another process has just done so."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    roomy = StatusList.objects.filter(organization=organization, reserved__lt=F("size") - SPARE).first()
    if roomy is not None:
        return roomy
    number = StatusList.objects.filter(organization=organization).aggregate(Max("number"))["number__max"] or 0
    status_list = StatusList(
        organization=organization, number=number + 1, permutation_key=os.urandom(32), bits=ob.empty()
    )
    _sign(status_list, keys.badge_signer(organization), at)
    status_list.save(force_insert=True)
    return status_list


@transaction.atomic
def set_bits(*, entries: Iterable[StatusEntry], at: datetime) -> None:
    """Set the bits of documents and sign their lists, in the caller's transaction."""
    by_list: dict[int, list[int]] = {}
    for entry in entries:
        by_list.setdefault(entry.list_id, []).append(entry.index)
    for status_list in (
        StatusList.objects.select_for_update(of=("self",))
        .select_related("organization")
        .filter(pk__in=by_list)
        .order_by("pk")
    ):
        status_list.bits = ob.with_set(bytes(status_list.bits), by_list[status_list.pk])
        _sign(status_list, keys.badge_signer(status_list.organization), at)
        _save(status_list)


def refresh_status_lists(*, at: datetime) -> int:
    """Sign again what lapses soon or was signed by a key that is no longer active; open lists before one is full."""
    due = Q(valid_until__lt=at + timedelta(days=RENEW_DAYS)) | ~Q(key__state=KeyState.ACTIVE)
    count = 0
    for pk in StatusList.objects.filter(due).order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            status_list = StatusList.objects.select_for_update(of=("self",)).select_related("organization").get(pk=pk)
            _sign(status_list, keys.badge_signer(status_list.organization), at)
            _save(status_list)
            count += 1
    for organization in Organization.objects.filter(status_lists__isnull=False).distinct():
        open_list(organization=organization, at=at)
    return count


def _sign(status_list: StatusList, signer: keys.BadgeSigner, at: datetime) -> None:
    status_list.valid_until = at + timedelta(days=VALID_DAYS)
    document = ob.list_credential(
        url=list_url(status_list),
        issuer=core.did_of(status_list.organization),
        bits=bytes(status_list.bits),
        valid_from=at,
        valid_until=status_list.valid_until,
    )
    signed = ob.sign(document, signer=signer, created=at, contexts=core.contexts())
    # One object, not an array of one: some readers of lists take nothing else.
    status_list.signed_bytes = ob.to_bytes({**signed.document, "proof": signed.document["proof"][0]})
    status_list.sha256 = hashlib.sha256(status_list.signed_bytes).hexdigest()
    status_list.key, status_list.signed_at = signer.key, at


def _save(status_list: StatusList) -> None:
    status_list.save(update_fields=["bits", "signed_bytes", "sha256", "key", "signed_at", "valid_until"])
