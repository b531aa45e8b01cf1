import datetime
import ipaddress

from cryptography import x509

from config.runtime import certificate

NOON = datetime.datetime(2026, 11, 2, 12, tzinfo=datetime.UTC)


def test_the_certificate_is_for_this_machine_only_and_its_key_is_private(home):
    path, key = certificate.provide(home, at=NOON)

    made = x509.load_pem_x509_certificate(path.read_bytes())
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["localhost"]
    assert ipaddress.ip_address("127.0.0.1") in names.get_values_for_type(x509.IPAddress)
    assert made.not_valid_before_utc < NOON < made.not_valid_after_utc
    assert key.stat().st_mode & 0o777 == 0o600


def test_it_is_made_once_and_again_before_it_ends(home):
    first = certificate.provide(home, at=NOON)[0].read_bytes()

    assert certificate.provide(home, at=NOON + datetime.timedelta(days=300))[0].read_bytes() == first
    assert certificate.provide(home, at=NOON + datetime.timedelta(days=390))[0].read_bytes() != first
