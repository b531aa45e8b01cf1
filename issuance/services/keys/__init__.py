"""Signing keys: made, sealed under the master key, rotated, retired, and opened for signing."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Literal, cast

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict
from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import DocumentKind, KeyPurpose, SignedDocument, SigningKey
from issuance.services.keys import certificates, device, sealing
from issuance.services.keys.sealing import KeyUnavailable as KeyUnavailable
from issuance.workflow import KEY_MOVES, KeyState, require_move

PROBE = b"signet: is this key at hand"


@dataclass(frozen=True)
class BadgeSigner:
    """An opened Ed25519 key. Its repr holds no secret."""

    key: SigningKey = field(repr=False)
    verification_method: str
    public_key: bytes = field(repr=False)
    sign: Callable[[bytes], bytes] = field(repr=False)


@transaction.atomic
def create_key(*, organization: Organization, purpose: KeyPurpose, at: datetime) -> SigningKey:
    """Make an organization's key for a purpose. Raises Conflict while another one is active: rotate it instead."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    keys = SigningKey.objects.filter(organization=organization, purpose=purpose)
    if keys.filter(state=KeyState.ACTIVE).exists():
        raise Conflict(_("There is an active key for this purpose; rotate it instead."))
    number = (keys.aggregate(Max("number"))["number__max"] or 0) + 1
    if purpose == KeyPurpose.BADGE and device.is_configured():
        return _create_in_device(organization, number, at)
    if purpose == KeyPurpose.DOCUMENT and _has_certificate(organization):
        values, private = _brought(at)
    else:
        make = certificates.badge_key if purpose == KeyPurpose.BADGE else certificates.document_key
        values, private = make(organization, at)
    return SigningKey.objects.create(
        organization=organization,
        purpose=purpose,
        number=number,
        backend="sealed" if private else "pkcs11",
        seal_version=sealing.SEAL_VERSION,
        sealed_private=sealing.seal(private, sealing.binding(organization, purpose, number)) if private else b"",
        created_at=at,
        **values,
    )


def _has_certificate(organization: Organization) -> bool:
    """Whether the certificate of the settings is this organization's: it names one school. Raises UnusableCertificate."""
    if not settings.DOCUMENT_CERTIFICATE:
        return False
    slug = settings.DOCUMENT_CERTIFICATE_FOR
    if slug:
        if not Organization.objects.filter(slug=slug).exists():
            raise certificates.UnusableCertificate(
                _("DOCUMENT_CERTIFICATE_FOR names no organization: %(slug)s.") % {"slug": slug}
            )
        return slug == organization.slug
    if Organization.objects.filter(is_issuer=True).exclude(pk=organization.pk).exists():
        raise certificates.UnusableCertificate(
            _(
                "Several organizations issue; say in DOCUMENT_CERTIFICATE_FOR whose DOCUMENT_CERTIFICATE is, by its slug."
            )
        )
    return True


def _brought(at: datetime) -> tuple[dict[str, str], bytes]:
    """The certificate of the settings with its key, proven to sign. Raises UnusableCertificate, KeyUnavailable.

    Nobody else may hold it, and what was withdrawn anywhere is withdrawn everywhere.
    """
    keys = SigningKey.objects.filter(purpose=KeyPurpose.DOCUMENT)
    values, private = certificates.brought_key(settings.DOCUMENT_CERTIFICATE, settings.DOCUMENT_KEY, at)
    if keys.filter(certificate=values["certificate"]).exists():
        raise certificates.UnusableCertificate(
            _("The certificate in DOCUMENT_CERTIFICATE was taken over before; put the next one there.")
        )
    if keys.filter(public_multibase=values["public_multibase"], state=KeyState.COMPROMISED).exists():
        raise certificates.UnusableCertificate(
            _("The key of DOCUMENT_CERTIFICATE was withdrawn; it needs another one.")
        )
    if not private:
        if not device.is_configured():
            raise certificates.UnusableCertificate(
                _("DOCUMENT_CERTIFICATE is set, and neither DOCUMENT_KEY nor a PKCS#11 device that has its key.")
            )
        device.sign_document(certificates.point_of(values["certificate"]), PROBE)
    return values, private


def _create_in_device(organization: Organization, number: int, at: datetime) -> SigningKey:
    """A key pair that the device makes for this row. One whose row is not committed stays in the device, unused."""
    key = SigningKey(
        organization=organization,
        purpose=KeyPurpose.BADGE,
        number=number,
        algorithm="Ed25519",
        backend="pkcs11",
        created_at=at,
    )
    public = device.make_key(key.public_id, f"signet {organization.slug} badge key-{number}")
    key.public_multibase = ob.to_multikey(public)
    key.save(force_insert=True)
    return key


@transaction.atomic
def rotate_key(*, organization: Organization, purpose: KeyPurpose, at: datetime) -> SigningKey:
    """Retire the active key and make the next one. What the old one signed stays valid."""
    _retire(organization, purpose, at)
    return create_key(organization=organization, purpose=purpose, at=at)


@transaction.atomic
def retire_key(*, organization: Organization, purpose: KeyPurpose, at: datetime) -> SigningKey:
    """Retire the active key without a next one: nothing is signed until there is. Raises Conflict when none is active."""
    retired = _retire(organization, purpose, at)
    if retired is None:
        raise Conflict(_("There is no active key for this purpose."))
    return retired


@transaction.atomic
def revoke_key(*, organization: Organization, purpose: KeyPurpose, number: int, at: datetime) -> SigningKey:
    """Withdraw a key that may be in other hands: what it signed is no longer trusted, and is issued anew.

    Every row with the same public key goes with it, at whatever organization: it is one key. Whoever loses an active one gets
    the next at once, or none while there is none to be had (the device is away, the certificate of the settings is the one
    withdrawn): then nothing is signed, and the withdrawal stands all the same. Badges, certificates and transcripts are made
    anew by the workers; until then a badge's page says that it is temporarily unavailable. Raises Conflict (no such key, or
    withdrawn already).
    """
    own = SigningKey.objects.filter(organization=organization, purpose=purpose, number=number)
    same = SigningKey.objects.filter(public_multibase__in=own.values("public_multibase"))
    holders = Organization.objects.filter(Q(pk=organization.pk) | Q(pk__in=same.values("organization")))
    list(holders.select_for_update().order_by("pk"))
    key = own.select_for_update().exclude(state=KeyState.COMPROMISED).first()
    if key is None:
        raise Conflict(_("There is no key-%(number)s that could be withdrawn.") % {"number": number})
    copies = same.select_for_update(of=("self",)).select_related("organization").exclude(state=KeyState.COMPROMISED)
    withdrawn = [key, *copies.exclude(pk=key.pk).order_by("pk")]
    were_active = [each for each in withdrawn if each.state == KeyState.ACTIVE]
    for each in withdrawn:
        require_move(KEY_MOVES, each.state, KeyState.COMPROMISED)
        each.state, each.compromised_at = KeyState.COMPROMISED, at
        each.save(update_fields=["state", "compromised_at"])
    for each in were_active:
        with suppress(certificates.UnusableCertificate, KeyUnavailable):
            create_key(organization=each.organization, purpose=KeyPurpose(each.purpose), at=at)
    # Badges stay current until the new one stands in their place; what is drawn from them is simply drawn again.
    # A transcript goes with the signed record inside it.
    drawn = SignedDocument.objects.filter(superseded_at__isnull=True).exclude(kind=DocumentKind.CREDENTIAL)
    records = SignedDocument.objects.filter(key__in=withdrawn, transcript__isnull=False).values("transcript")
    drawn.filter(Q(key__in=withdrawn) | Q(transcript__in=records)).update(superseded_at=at)
    for task in ("issuance.refresh_status_lists", "issuance.sign_overdue", "issuance.render_pending"):
        handoff.after_commit(task)
    return key


@transaction.atomic
def reseal_keys() -> int:
    """Seal every key under MASTER_KEY that is still sealed under the one before; answer how many. Raises KeyUnavailable."""
    count = 0
    for key in SigningKey.objects.select_for_update(of=("self",)).select_related("organization").order_by("pk"):
        if key.backend == "sealed" and not sealing.is_current(bytes(key.sealed_private)):
            private = open_key(key)
            key.sealed_private = sealing.seal(private, sealing.binding(key.organization, key.purpose, key.number))
            key.seal_version = sealing.SEAL_VERSION
            key.save(update_fields=["sealed_private", "seal_version"])
            count += 1
    return count


def _retire(organization: Organization, purpose: KeyPurpose, at: datetime) -> SigningKey | None:
    key = (
        SigningKey.objects.select_for_update()
        .filter(organization=organization, purpose=purpose, state=KeyState.ACTIVE)
        .first()
    )
    if key is not None:
        require_move(KEY_MOVES, key.state, KeyState.RETIRED)
        key.state, key.retired_at = KeyState.RETIRED, at
        key.save(update_fields=["state", "retired_at"])
    return key


def active_key(organization: Organization, purpose: KeyPurpose) -> SigningKey:
    """The key that signs now. Raises KeyUnavailable."""
    key = SigningKey.objects.filter(organization=organization, purpose=purpose, state=KeyState.ACTIVE).first()
    if key is None:
        raise KeyUnavailable(_("This organization has no active signing key. Create one with “manage.py keys create”."))
    return key


def badge_signer(organization: Organization) -> BadgeSigner:
    """The organization's active badge key, opened. Raises KeyUnavailable."""
    key = active_key(organization, KeyPurpose.BADGE)
    if key.backend == "pkcs11":
        sign: Callable[[bytes], bytes] = partial(device.sign, key.public_id)
    else:
        sign = Ed25519PrivateKey.from_private_bytes(open_key(key)).sign
    return BadgeSigner(
        key=key,
        verification_method=f"{core.did_of(organization)}#key-{key.number}",
        public_key=ob.from_multikey(key.public_multibase),
        sign=sign,
    )


def document_sign(key: SigningKey) -> Callable[[bytes], bytes]:
    """What signs bytes with a document key: ECDSA over SHA-256, as DER. Raises KeyUnavailable, now or when it signs."""
    if key.backend == "pkcs11":
        return partial(device.sign_document, certificates.point_of(key.certificate))
    private = serialization.load_der_private_key(open_key(key), password=None)
    return lambda data: private.sign(data, ec.ECDSA(hashes.SHA256()))  # type: ignore[union-attr,call-arg,arg-type]


def require_usable(key: SigningKey) -> None:
    """See that a key can sign: its seal opens, or its device answers. Raises KeyUnavailable."""
    if key.backend != "pkcs11":
        open_key(key)
    elif key.purpose == KeyPurpose.DOCUMENT:
        document_sign(key)(PROBE)
    else:
        device.sign(key.public_id, PROBE)


def open_key(key: SigningKey) -> bytes:
    """The private part: 32 bytes for Ed25519, PKCS#8 DER for P-256. Kept in this process. Raises KeyUnavailable."""
    return sealing.opened(bytes(key.sealed_private), sealing.binding(key.organization, key.purpose, key.number))


def published_keys(organization: Organization) -> list[ob.PublishedKey]:
    """The badge keys of the DID document, oldest first, with their history."""
    keys = SigningKey.objects.filter(organization=organization, purpose=KeyPurpose.BADGE).order_by("number")
    return [
        ob.PublishedKey(
            name=f"key-{key.number}",
            public_key=ob.from_multikey(key.public_multibase),
            state=cast("Literal['active', 'retired', 'compromised']", key.state),
        )
        for key in keys
    ]
