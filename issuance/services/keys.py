"""Signing keys: made, sealed under the master key, rotated, retired, and opened for signing.

The seal is AES-256-GCM. Its first byte is the seal's version, then a nonce of 12 bytes, then the ciphertext; the
associated data binds it to organization, purpose and number, so that a row cannot stand in for another.
"""

import base64
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Literal, cast

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from config.errors import Conflict, RegistryError
from credentials.models import Organization
from issuance import core
from issuance import openbadges as ob
from issuance.models import KeyPurpose, SigningKey
from issuance.workflow import KEY_MOVES, KeyState, require_move

SEAL_VERSION = 1
NONCE_BYTES = 12
ROOT_DAYS = 3650
CERTIFICATE_DAYS = 1825


class KeyUnavailable(RegistryError):
    """There is no active key, or its seal does not open under this master key."""

    code = "key-unavailable"
    http_status = 503


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
    make = _badge_key if purpose == KeyPurpose.BADGE else _document_key
    values, private = make(organization, at)
    return SigningKey.objects.create(
        organization=organization,
        purpose=purpose,
        number=number,
        backend="sealed",
        seal_version=SEAL_VERSION,
        sealed_private=seal(private, _binding(organization, purpose, number)),
        created_at=at,
        **values,
    )


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
    private = Ed25519PrivateKey.from_private_bytes(open_key(key))
    return BadgeSigner(
        key=key,
        verification_method=f"{core.did_of(organization)}#key-{key.number}",
        public_key=private.public_key().public_bytes_raw(),
        sign=private.sign,
    )


def open_key(key: SigningKey) -> bytes:
    """The private part: 32 bytes for Ed25519, PKCS#8 DER for P-256. Kept in this process. Raises KeyUnavailable."""
    return _open(bytes(key.sealed_private), _binding(key.organization, key.purpose, key.number))


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


def seal(private: bytes, binding: bytes) -> bytes:
    """Close a private key under the master key."""
    nonce = os.urandom(NONCE_BYTES)
    return bytes([SEAL_VERSION]) + nonce + _cipher().encrypt(nonce, private, binding)


@lru_cache(maxsize=64)
def _open(sealed: bytes, binding: bytes) -> bytes:
    if not sealed or sealed[0] != SEAL_VERSION:
        raise KeyUnavailable(_("A signing key has a seal of an unknown version."))
    try:
        return _cipher().decrypt(sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :], binding)
    except InvalidTag as error:
        raise KeyUnavailable(_("A signing key does not open under this MASTER_KEY.")) from error


def _cipher() -> AESGCM:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"signet signing keys, seal 1")
    return AESGCM(derived.derive(settings.MASTER_KEY))


def _binding(organization: Organization, purpose: str, number: int) -> bytes:
    return f"{organization.public_id}:{purpose}:{number}".encode()


def _badge_key(organization: Organization, at: datetime) -> tuple[dict[str, str], bytes]:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return {"algorithm": "Ed25519", "public_multibase": ob.to_multikey(public)}, private.private_bytes_raw()


def _document_key(organization: Organization, at: datetime) -> tuple[dict[str, str], bytes]:
    """A P-256 key with a certificate under a root that is made for it and whose private key is then forgotten."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = _name(organization, f"{organization.name} document root")
    root = (
        _certificate(root_name, root_name, root_key.public_key(), at, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    certificate = (
        _certificate(
            _name(organization, f"{organization.name} documents"), root_name, key.public_key(), at, CERTIFICATE_DAYS
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    point = key.public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return {
        "algorithm": "P-256",
        "public_multibase": "u" + _base64url(b"\x80\x24" + point),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "root_certificate": root.public_bytes(serialization.Encoding.PEM).decode(),
    }, private


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _name(organization: Organization, common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, organization.country),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization.name[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _certificate(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey, at: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(minutes=5))
        .not_valid_after(at + timedelta(days=days))
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=not signs_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )
