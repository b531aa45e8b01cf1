"""Signing what organizations outside confirmed, under keys that the registry keeps for them; and ending what they withdrew.

The rows are the queue, as with awards: an endorsement that stands and has no current document is work to do, and so is one
that no longer stands and has one.
"""

import hashlib
import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from credentials.models import Endorsement, Organization
from credentials.models.endorsements import EndorsementQuerySet
from issuance import badges, core
from issuance import openbadges as ob
from issuance.models import DocumentKind, KeyPurpose, SignedDocument, SigningKey, StatusEntry
from issuance.services import keys, status
from issuance.services.signing import process_name
from issuance.workflow import KeyState

logger = logging.getLogger("signet.signing")


def _unsigned() -> EndorsementQuerySet:
    current = SignedDocument.objects.current(DocumentKind.ENDORSEMENT).filter(endorsement=OuterRef("pk"))
    return Endorsement.objects.standing().filter(~Exists(current)).order_by("confirmed_at", "pk")


def settle_endorsements(*, limit: int, at: datetime) -> int:
    """Sign up to `limit` endorsements that wait, and set the bits of those that ended; answer how many of both.

    May be called by any number of processes at once. Raises KeyUnavailable.
    """
    ended = _end_withdrawn(at)
    waiting = list(_unsigned().values_list("pk", "organization")[:limit])
    organizations = Organization.objects.in_bulk({organization for _pk, organization in waiting})
    for organization in organizations.values():
        _ensure_key(organization, at)
    signed = sum(_sign(pk, organizations[organization], at) for pk, organization in waiting)
    return ended + signed


@transaction.atomic
def _ensure_key(organization: Organization, at: datetime) -> None:
    Organization.objects.select_for_update().get(pk=organization.pk)
    own = SigningKey.objects.filter(organization=organization, purpose=KeyPurpose.BADGE, state=KeyState.ACTIVE)
    if not own.exists():
        keys.create_key(organization=organization, purpose=KeyPurpose.BADGE, at=at)


def _sign(pk: int, organization: Organization, at: datetime) -> int:
    """Sign one, unless another process has. Answers how many were signed."""
    if not _can_be_signed(pk, at):
        return 0  # before it takes an index, at each sweep another one
    signer = keys.badge_signer(organization)
    status_list, (index,) = status.reserve(organization=organization, count=1, at=at)
    with transaction.atomic():
        claimed = (
            Endorsement.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("version__credential__organization", "organization", "request")
            .filter(pk=pk, withdrawn_at__isnull=True)
            .first()
        )
        documents = SignedDocument.objects.filter(endorsement=pk)
        if claimed is None or documents.filter(superseded_at__isnull=True).exists():
            return 0
        entry = ob.StatusEntryRef(list_url=status.list_url(status_list), index=index)
        try:
            unsigned = badges.endorsement(claimed, status=entry, valid_from=at)
            signed = ob.sign(unsigned.to_dict(), signer=signer, created=at, contexts=core.contexts())
        except ob.ModelError as error:
            _log(claimed, error)
            return 0
        content = ob.to_bytes(signed.document)
        digest = hashlib.sha256(content).hexdigest()
        document = SignedDocument.objects.create(
            endorsement=claimed,
            kind=DocumentKind.ENDORSEMENT,
            sequence=documents.count() + 1,
            bytes=content,
            sha256=digest,
            key=signer.key,
            valid_from=at,
            signed_at=at,
            signed_by_process=process_name(),
            verified_sha256=digest,
            verified_at=at,
        )
        StatusEntry.objects.create(document=document, list=status_list, index=index)
    return 1


def _can_be_signed(pk: int, at: datetime) -> bool:
    found = Endorsement.objects.select_related("version__credential__organization", "organization", "request").get(
        pk=pk
    )
    try:
        badges.endorsement(found, status=badges.NOWHERE, valid_from=at).to_dict()
    except ob.ModelError as error:
        _log(found, error)
        return False
    return True


def _log(endorsement: Endorsement, error: ob.ModelError) -> None:
    logger.error(
        "endorsement cannot be signed",
        extra={"endorsement": endorsement.public_id, "cause": error.code, "field": error.field},
    )


@transaction.atomic
def _end_withdrawn(at: datetime) -> int:
    """Set the status bits of what was withdrawn; its document stays, as the last that was signed."""
    ended = list(
        SignedDocument.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(
            Q(endorsement__withdrawn_at__isnull=False) | Q(endorsement__lapsed_at__isnull=False),
            kind=DocumentKind.ENDORSEMENT,
            superseded_at__isnull=True,
        )
        .defer("bytes")
        .order_by("pk")
    )
    if ended:
        status.set_bits(entries=StatusEntry.objects.filter(document__in=ended), at=at)
        SignedDocument.objects.filter(pk__in=[each.pk for each in ended]).update(superseded_at=at)
    return len(ended)
