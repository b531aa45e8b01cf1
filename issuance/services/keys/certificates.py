"""Making keys: Ed25519 for badges, P-256 with a certificate for PDF documents; and taking over one that an authority issued."""

import base64
from datetime import datetime, timedelta
from itertools import pairwise

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.utils.translation import gettext as _

from config.errors import Conflict
from credentials.models import Organization
from issuance import openbadges as ob

ROOT_DAYS = 3650
CERTIFICATE_DAYS = 1825


def badge_key(organization: Organization, at: datetime) -> tuple[dict[str, str], bytes]:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return {"algorithm": "Ed25519", "public_multibase": ob.to_multikey(public)}, private.private_bytes_raw()


def document_key(organization: Organization, at: datetime) -> tuple[dict[str, str], bytes]:
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
    return {
        "algorithm": "P-256",
        "public_multibase": _multibase(key.public_key()),
        "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
        "root_certificate": root.public_bytes(serialization.Encoding.PEM).decode(),
    }, private


class UnusableCertificate(Conflict):
    """What is set in DOCUMENT_CERTIFICATE and DOCUMENT_KEY cannot sign documents; the message says why."""

    code = "unusable-certificate"


def brought_key(chain_text: str, key_text: str, at: datetime) -> tuple[dict[str, str], bytes]:
    """The certificate and key that an authority issued to the school, checked; no private part when a device has it.

    chain_text: PEM, the school's own certificate first, each signed by the next. key_text: PEM, or empty. Raises
    UnusableCertificate.
    """
    try:
        chain = x509.load_pem_x509_certificates(chain_text.encode())
    except ValueError as error:
        raise UnusableCertificate(_("DOCUMENT_CERTIFICATE holds no certificates as PEM.")) from error
    own = chain[0]
    public = own.public_key()
    if not isinstance(public, ec.EllipticCurvePublicKey) or not isinstance(public.curve, ec.SECP256R1):
        raise UnusableCertificate(_("The first certificate in DOCUMENT_CERTIFICATE is not for a P-256 key."))
    if len(chain) == 1:
        raise UnusableCertificate(_("DOCUMENT_CERTIFICATE holds one certificate; add those that it is signed by."))
    for each, issuer in pairwise(chain):
        try:
            each.verify_directly_issued_by(issuer)
        except (ValueError, TypeError, InvalidSignature) as error:
            raise UnusableCertificate(
                _("In DOCUMENT_CERTIFICATE each certificate must be signed by the next one.")
            ) from error
    if not all(each.not_valid_before_utc <= at < each.not_valid_after_utc for each in chain):
        raise UnusableCertificate(_("A certificate in DOCUMENT_CERTIFICATE is not valid now."))
    if not _may_sign(own):
        raise UnusableCertificate(_("The first certificate in DOCUMENT_CERTIFICATE may not sign documents."))
    pems = [each.public_bytes(serialization.Encoding.PEM).decode() for each in chain]
    values = {
        "algorithm": "P-256",
        "public_multibase": _multibase(public),
        "certificate": pems[0],
        "root_certificate": "".join(pems[1:]),
    }
    return values, _private(key_text, public) if key_text else b""


def _may_sign(certificate: x509.Certificate) -> bool:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return usage.digital_signature or usage.content_commitment


def _private(text: str, public: ec.EllipticCurvePublicKey) -> bytes:
    try:
        private = serialization.load_pem_private_key(text.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UnusableCertificate(_("DOCUMENT_KEY holds no private key as PEM, or one with a password.")) from error
    if not isinstance(private, ec.EllipticCurvePrivateKey) or private.public_key() != public:
        raise UnusableCertificate(_("DOCUMENT_KEY is not the key of the first certificate in DOCUMENT_CERTIFICATE."))
    return private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def point_of(certificate: str) -> bytes:
    """The public key of a certificate (PEM), as an uncompressed point."""
    public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _multibase(public: ec.EllipticCurvePublicKey) -> str:
    point = public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
    return "u" + _base64url(b"\x80\x24" + point)


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
