"""Receipts: what was found is kept by whoever asks, and signed by a worker (decision 0002)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff
from config.errors import Conflict, Invalid
from credentials.models import Organization
from issuance import badge_page, core, verification
from issuance import openbadges as ob
from issuance.models import BadgeList, BadgeListRow, Receipt
from issuance.services import keys
from issuance.services.documents import alone, sign_pdf
from issuance.services.signing import process_name
from issuance.verification import receipts as receipt_format
from issuance.verification.lists import Answer

KEPT_FOR = timedelta(days=30)
LOCK_RECEIPT = 7304


def request_receipt(*, given: str, answer: Answer, at: datetime) -> Receipt:
    """Ask for a receipt of one check that was just made. Raises Conflict when nobody here signs."""
    return _request([_entry(1, given, answer, at)], at)


def request_list_receipt(*, badge_list: BadgeList, at: datetime) -> Receipt:
    """Ask for a receipt of a list, once all of it is checked. Raises Invalid, Conflict."""
    rows = verification.rows_now(badge_list, at)
    if not rows or any(row.checked_at is None for row in rows):
        raise Invalid(_("The list is still being checked. Ask again when it is done."))
    return _request([_entry(row.position, row.given, answer_of(row), row.checked_at) for row in rows], at)


def answer_of(row: BadgeListRow) -> Answer:
    """What was found of a row, as it was found."""
    return Answer(
        state=row.state,
        cause=row.cause,
        holder=row.holder,
        title=row.title,
        issuer=row.issuer,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        badge_id=row.badge_id,
        digest=row.document_sha256,
        status_list=verification.ListVersion(row.status_list, row.status_list_sha256, row.status_list_at)
        if row.status_list
        else None,
    )


def _entry(position: int, given: str, answer: Answer, at: datetime | None) -> dict[str, Any]:
    """What a receipt says of one badge. Names are left out, and so is a file's name, which often is one."""
    entry: dict[str, Any] = {
        "position": position,
        "state": answer.state,
        "statement": answer.cause or str(verification.LIST_WORDS[answer.state]),
        "checkedAt": ob.timestamp(at, "checkedAt") if at else "",
        "badge": answer.badge_id or (given if "://" in given or given.startswith("/v/") else ""),
        "title": answer.title,
        "badgeIssuer": answer.issuer,
        "digest": f"sha256:{answer.digest}" if answer.digest else "",
    }
    if (listed := answer.status_list) is not None:
        entry |= {"statusList": listed.url, "statusListDigest": f"sha256:{listed.digest}"}
        if listed.issued_at is not None:
            entry["statusListIssued"] = ob.timestamp(listed.issued_at, "statusListIssued")
    return {name: value for name, value in entry.items() if value != ""}


@transaction.atomic
def _request(entries: Sequence[dict[str, Any]], at: datetime) -> Receipt:
    # The organization at the root speaks for the registry; a registry of several without one is spoken for by its first.
    organization = Organization.objects.filter(is_issuer=True).order_by("did_path", "pk").first()
    if organization is None:
        raise Conflict(_("Nobody signs here yet, so there are no receipts."))
    receipt = Receipt.objects.create(
        organization=organization, checked=list(entries), requested_at=at, keep_until=at + KEPT_FOR
    )
    handoff.after_commit("issuance.sign_receipts")
    return receipt


def sign_receipts(*, limit: int, at: datetime) -> int:
    """Sign receipts that wait; answer how many. Nothing is locked while a PDF is drawn. Raises KeyUnavailable."""
    count = 0
    waiting = Receipt.objects.kept(at).filter(signed_at__isnull=True).select_related("organization").order_by("pk")
    for receipt in waiting[:limit]:
        with alone(LOCK_RECEIPT, receipt.pk) as is_ours:
            count += is_ours and _sign(receipt, at)
    return count


def _sign(receipt: Receipt, at: datetime) -> bool:
    from issuance.pdf import render  # WeasyPrint takes a second; only who draws needs it

    organization = receipt.organization
    signer = keys.badge_signer(organization)
    document = receipt_format.statement(
        receipt_id=f"urn:uuid:{receipt.public_id}",
        issuer=core.did_of(organization),
        issuer_name=organization.name,
        name=title_of(receipt),
        entries=receipt.checked,
        at=receipt.requested_at,
    )
    content = ob.to_bytes(ob.sign(document, signer=signer, created=at, contexts=core.contexts()).document)
    drawn = render.render(
        "issuance/pdf/receipt.html",
        _context(receipt, at),
        identifier=receipt.public_id.bytes,
        attachments=[render.Attached("receipt.json", content, "The signed receipt", at)],
    )
    _key, signed = sign_pdf(organization, drawn, at)
    changed = Receipt.objects.filter(pk=receipt.pk, signed_at__isnull=True).update(
        json=content, pdf=signed, key=signer.key, signed_at=timezone.now(), signed_by_process=process_name()
    )
    return bool(changed)


def title_of(receipt: Receipt) -> str:
    many = len(receipt.checked)
    return ngettext("Receipt of the check of %(count)s badge", "Receipt of the check of %(count)s badges", many) % {
        "count": many
    }


def _context(receipt: Receipt, at: datetime) -> dict[str, Any]:
    return {
        "language": "en",
        "title": title_of(receipt),
        "organization": receipt.organization,
        "requested": receipt.requested_at,
        "rows": receipt_format.rows_of(receipt.checked),
        "identifier": f"urn:uuid:{receipt.public_id}",
        "check_address": core.url("/check/"),
        "qr": mark_safe(badge_page.qr(core.url("/check/"))),  # noqa: S308  drawn by segno from our own address
        "footer": receipt.organization.name.replace('"', "'"),
    }


def forget_receipts(*, at: datetime) -> int:
    """Delete the receipts whose time here is over; those who asked have their files. Answers how many."""
    return Receipt.objects.filter(keep_until__lte=at).delete()[0]
