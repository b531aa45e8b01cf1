"""A certificate that an authority issued, from PEM files or with its key in a device, and time stamps on documents."""

import asyncio
import shutil
import subprocess
import uuid
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from io import StringIO
from pathlib import Path
from threading import Thread

import pytest
from asn1crypto import keys as asn1_keys
from asn1crypto import pem, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.core.management import call_command
from django.utils import timezone
from pyhanko.sign.timestamps import DummyTimeStamper

from issuance import openbadges as ob
from issuance import outside, services, verification
from issuance.models import SignedDocument, SigningKey
from issuance.pdf import check, sign
from issuance.services import keys
from issuance.services.keys import certificates, device

REJECTION = bytes.fromhex("30053003020102")  # a response of nothing but the status "rejection"


def issue(common, by=None, *, authority=False, days=(-1, 400), curve=None, usage="signature", stamps=False):
    """A key with its certificate; by: (key, certificate) of the issuer, else it signs itself."""
    # The library's stand-in for an authority of time stamps knows RSA alone.
    key = rsa.generate_private_key(65537, 2048) if stamps else ec.generate_private_key(curve or ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])
    now = timezone.now()
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(by[1].subject if by else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=days[0]))
        .not_valid_after(now + timedelta(days=days[1]))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=usage == "signature",
                content_commitment=False,
                key_encipherment=usage == "encipher",
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=authority,
                crl_sign=authority,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    if stamps:
        builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
    if by:
        builder = builder.add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(by[0].public_key()), critical=False
        )
    return key, builder.sign(by[0] if by else key, hashes.SHA256())


def as_pem(*certificates_):
    return "".join(each.public_bytes(serialization.Encoding.PEM).decode() for each in certificates_)


def key_pem(key):
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


@pytest.fixture(scope="module")
def authority():
    """A root, and an intermediate authority under it."""
    root = issue("Root", authority=True)
    return root, issue("Intermediate", root, authority=True)


@pytest.fixture
def brought(issuer, authority, settings):
    """The settings name a chain of three and the key of its first certificate."""
    root, middle = authority
    own = issue("Larkmoor documents", middle)
    settings.DOCUMENT_CERTIFICATE, settings.DOCUMENT_KEY = as_pem(own[1], middle[1], root[1]), key_pem(own[0])
    return own


def replace(organization):
    return services.rotate_key(organization=organization, purpose="document", at=timezone.now())


def verdict_of(certificate):
    roots = SigningKey.objects.filter(purpose="document").values_list("root_certificate", flat=True)
    return sign.check(bytes(certificate.bytes), roots=list(roots), at=timezone.now())


# From PEM ------------------------------------------------------------------------------------------------------------
def test_documents_are_signed_with_the_certificate_of_an_authority(brought, issuer, make_signed, make_certificate):
    key = replace(issuer)

    certificate = make_certificate(make_signed().award)

    assert (key.backend, key.algorithm, certificate.key) == ("sealed", "P-256", key)
    assert key.certificate == as_pem(brought[1]) and key.root_certificate.count("BEGIN CERTIFICATE") == 2
    assert verdict_of(certificate).is_good
    assert verification.check_file(bytes(certificate.bytes), at=timezone.now()).state == "valid"


def test_a_sealed_key_needs_the_settings_no_more(brought, issuer, make_signed, make_certificate, settings):
    replace(issuer)
    settings.DOCUMENT_CERTIFICATE = settings.DOCUMENT_KEY = ""

    assert verdict_of(make_certificate(make_signed().award)).is_good


def test_what_cannot_sign_is_refused_with_its_cause_and_changes_nothing(authority, settings, issuer):
    root, middle = authority
    good, other = issue("Good", middle), issue("Other", middle)
    above = (middle[1], root[1])
    for chain, key, words in (
        ("nonsense", "", "no certificates"),
        (as_pem(good[1]), "", "add those"),
        (as_pem(good[1], root[1], middle[1]), "", "signed by the next"),
        (as_pem(issue("P-384", middle, curve=ec.SECP384R1())[1], *above), "", "P-256"),
        (as_pem(issue("Old", middle, days=(-9, -1))[1], *above), "", "not valid now"),
        (as_pem(issue("For mail", middle, usage="encipher")[1], *above), "", "may not sign"),
        (as_pem(good[1], *above), key_pem(other[0]), "is not the key"),
        (as_pem(good[1], *above), "nonsense", "no private key"),
        (as_pem(good[1], *above), "", "nor a PKCS#11 device"),
    ):
        settings.DOCUMENT_CERTIFICATE, settings.DOCUMENT_KEY = chain, key
        with pytest.raises(certificates.UnusableCertificate, match=words):
            replace(issuer)

    assert SigningKey.objects.filter(purpose="document").count() == 1
    assert keys.active_key(issuer, "document").number == 1


def test_a_certificate_is_taken_over_once_and_a_withdrawn_key_never_again(brought, authority, issuer, settings):
    key = replace(issuer)
    with pytest.raises(certificates.UnusableCertificate, match="taken over before"):
        replace(issuer)

    services.revoke_key(organization=issuer, purpose="document", number=key.number, at=timezone.now())

    with pytest.raises(services.KeyUnavailable):
        keys.active_key(issuer, "document")
    root, middle = authority
    renewed = (
        x509.CertificateBuilder()
        .subject_name(brought[1].subject)
        .issuer_name(middle[1].subject)
        .public_key(brought[0].public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(timezone.now() - timedelta(days=1))
        .not_valid_after(timezone.now() + timedelta(days=9))
        .sign(middle[0], hashes.SHA256())
    )
    settings.DOCUMENT_CERTIFICATE = as_pem(renewed, middle[1], root[1])
    with pytest.raises(certificates.UnusableCertificate, match="was withdrawn"):
        services.create_key(organization=issuer, purpose="document", at=timezone.now())


@pytest.fixture
def other(issuer, make_organization):
    return make_organization(name="Other School", slug="other", is_issuer=True, did_path="orgs:other")


def test_where_several_organizations_issue_the_settings_say_whose_the_certificate_is(brought, issuer, other, settings):
    for slug, words in (("", "Several organizations issue"), ("nobody", "names no organization")):
        settings.DOCUMENT_CERTIFICATE_FOR = slug
        with pytest.raises(certificates.UnusableCertificate, match=words):
            replace(issuer)
    assert keys.active_key(issuer, "document").number == 1

    settings.DOCUMENT_CERTIFICATE_FOR = issuer.slug
    own = replace(issuer)
    theirs = services.create_key(organization=other, purpose="document", at=timezone.now())

    assert own.certificate == as_pem(brought[1]) and theirs.certificate != own.certificate
    assert "Other School" in x509.load_pem_x509_certificate(theirs.certificate.encode()).subject.rfc4514_string()


def test_a_certificate_that_another_organization_holds_or_whose_key_it_withdrew_is_refused(
    brought, issuer, other, settings
):
    settings.DOCUMENT_CERTIFICATE_FOR = issuer.slug
    key = replace(issuer)
    settings.DOCUMENT_CERTIFICATE_FOR = other.slug
    with pytest.raises(certificates.UnusableCertificate, match="taken over before"):
        services.create_key(organization=other, purpose="document", at=timezone.now())

    SigningKey.objects.filter(pk=key.pk).update(
        certificate="renewed", state="compromised", compromised_at=timezone.now()
    )
    with pytest.raises(certificates.UnusableCertificate, match="was withdrawn"):
        services.create_key(organization=other, purpose="document", at=timezone.now())
    assert not SigningKey.objects.filter(organization=other).exists()


def test_withdrawing_a_key_withdraws_it_at_every_organization_that_holds_it(brought, issuer, other, settings):
    settings.DOCUMENT_CERTIFICATE_FOR = issuer.slug
    key = replace(issuer)
    copy = SigningKey.objects.get(pk=key.pk)
    copy.pk, copy.public_id, copy.organization, copy.number = None, uuid.uuid4(), other, 1
    copy.save(force_insert=True)
    said = StringIO()

    call_command("keys", "revoke", issuer.slug, "document", str(key.number), stdout=said)

    key.refresh_from_db()
    copy.refresh_from_db()
    assert key.state == copy.state == "compromised" and copy.compromised_at == key.compromised_at
    assert "other: document key-1 is the same key: withdrawn too." in said.getvalue()
    assert f"keys create {issuer.slug} document" in said.getvalue()  # the settings name what was withdrawn
    assert keys.active_key(other, "document").number == 2  # by the registry's own certificate
    with pytest.raises(services.KeyUnavailable):
        keys.active_key(issuer, "document")


@pytest.mark.parametrize("purpose", ["badge", "document"])
def test_a_key_is_withdrawn_even_while_the_device_is_away(purpose, issuer, authority, settings, monkeypatch):
    def away(*args):
        raise services.KeyUnavailable("away")

    root, middle = authority
    following = issue("Next", middle)
    settings.DOCUMENT_CERTIFICATE, settings.DOCUMENT_KEY = as_pem(following[1], middle[1], root[1]), ""
    for name, does in (("is_configured", lambda: True), ("sign_document", away), ("make_key", away)):
        monkeypatch.setattr(device, name, does)
    said = StringIO()

    call_command("keys", "revoke", issuer.slug, purpose, "1", stdout=said)

    assert SigningKey.objects.get(organization=issuer, purpose=purpose).state == "compromised"
    assert f"There is no active key: run “manage.py keys create {issuer.slug} {purpose}”" in said.getvalue()


def test_a_key_that_is_withdrawn_while_a_document_is_signed_keeps_none(
    brought, issuer, make_signed, make_certificate, monkeypatch
):
    key = replace(issuer)
    award = make_signed().award
    signed = sign.sign

    def withdrawn_meanwhile(*args, **kwargs):
        answer = signed(*args, **kwargs)
        SigningKey.objects.filter(pk=key.pk).update(state="compromised", compromised_at=timezone.now())
        return answer

    monkeypatch.setattr(sign, "sign", withdrawn_meanwhile)
    document = award.documents.get(kind="credential")

    assert not services.make_certificate(document, timezone.now())
    assert not SignedDocument.objects.filter(kind="certificate").exists()


# In a device ---------------------------------------------------------------------------------------------------------
@pytest.mark.device
def test_the_key_of_a_certificate_may_lie_in_a_device(
    brought, issuer, make_signed, make_certificate, settings, tmp_path, monkeypatch, client
):
    assert shutil.which("softhsm2-util"), "SoftHSM2 is needed: apt-get install softhsm2"
    conf, tokens, file = tmp_path / "hsm.conf", tmp_path / "tokens", tmp_path / "key.pem"
    tokens.mkdir()
    conf.write_text(f"directories.tokendir = {tokens}\nlog.level = ERROR\n")
    file.write_text(key_pem(brought[0]))
    monkeypatch.setenv("SOFTHSM2_CONF", str(conf))
    options = ["--label", "signet", "--pin", "4711"]
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", *options, "--so-pin", "0000"], check=True, capture_output=True
    )
    subprocess.run(
        ["softhsm2-util", "--import", str(file), "--token", "signet", *options, "--id", "a1"],
        check=True,
        capture_output=True,
    )
    settings.DOCUMENT_KEY = ""
    settings.PKCS11_MODULE = next(
        str(path)
        for path in [Path("/usr/lib/softhsm/libsofthsm2.so"), *Path("/usr/lib").glob("*/softhsm/libsofthsm2.so")]
        if path.exists()
    )
    settings.PKCS11_PIN = "4711"
    device.forget_session()
    try:
        key = replace(issuer)
        certificate = make_certificate(make_signed().award)

        assert (key.backend, bytes(key.sealed_private)) == ("pkcs11", b"")
        assert certificate.key == key and verdict_of(certificate).is_good
        assert client.get("/readyz").json()["checks"]["keys"] == "ok"
        with pytest.raises(services.KeyUnavailable, match="NoSuchKey"):
            device.sign_document(b"\x04" + bytes(64), b"x")
    finally:
        device.forget_session()


# Time stamps ---------------------------------------------------------------------------------------------------------
def loaded(certificate):
    _kind, _headers, der = pem.unarmor(as_pem(certificate).encode())
    return asn1_x509.Certificate.load(der)


@pytest.fixture
def stamping(settings, monkeypatch):
    """An authority on this machine that stamps the time; `answers` turns what it says."""
    key, certificate = issue("Time", authority=False, stamps=True)
    _kind, _headers, der = pem.unarmor(key_pem(key).encode())
    dummy = DummyTimeStamper(loaded(certificate), asn1_keys.PrivateKeyInfo.load(der))

    stamp = dummy.async_request_tsa_response

    class Authority(BaseHTTPRequestHandler):
        asked, answers = [], None

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            type(self).asked.append(self.headers["Content-Type"])
            answer = type(self).answers
            if answer is None:
                answer = asyncio.run(stamp(tsp.TimeStampReq.load(body))).dump()
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Authority)
    Thread(target=server.serve_forever, daemon=True).start()
    settings.TIMESTAMP_URL = f"https://stamps.test:{server.server_port}/"
    settings.TIMESTAMP_CERTIFICATES = as_pem(certificate)
    # Without TLS, which the tests of fetching try: here is what is asked and answered.
    monkeypatch.setattr(outside, "addresses_of", lambda host, port: ["127.0.0.1"])
    monkeypatch.setattr(outside, "is_public", lambda address: True)

    class Plain(outside.Outside):
        def __init__(self):
            super().__init__(is_allowed=lambda address: address == "127.0.0.1", trust=NoTls())

    class NoTls:
        def wrap_socket(self, raw, server_hostname):
            return raw

    stamper = sign.GuardedTimeStamper(settings.TIMESTAMP_URL, Plain)
    monkeypatch.setattr(sign, "time_stamper", lambda: stamper)
    yield Authority
    server.shutdown()
    server.server_close()


def test_a_document_carries_the_time_of_the_authority(stamping, make_signed, make_certificate):
    certificate = make_certificate(make_signed().award)

    verdict = verdict_of(certificate)
    assert verdict.is_good and abs(verdict.stamped_at - timezone.now()) < timedelta(minutes=2)
    assert set(stamping.asked) == {"application/timestamp-query"}
    assert "Its time stamp says" in check.read(bytes(certificate.bytes), at=timezone.now()).check.sentence


def test_a_stamp_of_an_authority_that_is_not_trusted_says_nothing(stamping, make_signed, make_certificate, settings):
    certificate = make_certificate(make_signed().award)
    settings.TIMESTAMP_CERTIFICATES = as_pem(issue("Somebody", stamps=True)[1])

    verdict = verdict_of(certificate)
    assert verdict.is_good and verdict.stamped_at is None


@pytest.mark.parametrize("answer", [b"\x00nonsense", b"", REJECTION])
def test_without_a_stamp_a_document_waits(stamping, make_signed, answer):
    award = make_signed().award
    document = award.documents.get(kind="credential")
    stamping.answers = answer

    with pytest.raises(sign.TimeStampMissing):
        services.make_certificate(document, timezone.now())

    assert not SignedDocument.objects.filter(kind="certificate").exists()
    stamping.answers = None
    assert services.make_certificate(document, timezone.now())


def test_a_stamp_under_other_certificates_than_the_settings_is_refused(stamping, make_signed, settings):
    document = make_signed().award.documents.get(kind="credential")
    settings.TIMESTAMP_CERTIFICATES = as_pem(issue("Somebody", stamps=True)[1])

    with pytest.raises(sign.TimeStampMissing, match="does not hold"):
        services.make_certificate(document, timezone.now())
    assert not SignedDocument.objects.filter(kind="certificate").exists()


def test_an_authority_inside_the_network_is_not_asked(settings):
    with pytest.raises(ob.UnreachableError, match="public internet"):
        outside.Outside().post("https://127.0.0.1/tsr", b"x", "application/timestamp-query")
    with pytest.raises(ob.UnreachableError, match="https://"):
        outside.Outside().post("http://stamps.test/tsr", b"x", "application/timestamp-query")
