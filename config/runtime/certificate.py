"""The certificate of `manage.py up --tls`: made at first run for this machine only."""

import datetime
import ipaddress
import os
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from config.runtime.process import private_folder

VALID_FOR_DAYS = 397
RENEW_BEFORE_DAYS = 14


def provide(home: Path, *, at: datetime.datetime) -> tuple[Path, Path]:
    """Return the paths of a certificate for localhost and of its key, made or renewed when needed.

    at: now, timezone-aware. The key is kept in HOME/secrets with mode 0600.
    """
    folder = private_folder(home / "secrets")
    certificate, key = folder / "tls-certificate.pem", folder / "tls-key.pem"
    if certificate.is_file() and key.is_file():
        until = x509.load_pem_x509_certificate(certificate.read_bytes()).not_valid_after_utc
        if until - at > datetime.timedelta(days=RENEW_BEFORE_DAYS):
            return certificate, key
    _write(certificate, key, at)
    return certificate, key


def _write(certificate: Path, key: Path, at: datetime.datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Signet on this machine")])
    hosts = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
        x509.IPAddress(ipaddress.ip_address("::1")),
    ]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - datetime.timedelta(hours=1))
        .not_valid_after(at + datetime.timedelta(days=VALID_FOR_DAYS))
        .add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for path, content in ((key, pem), (certificate, built.public_bytes(serialization.Encoding.PEM))):
        draft = path.with_suffix(".new")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
        draft.replace(path)
