"""Badge keys in a PKCS#11 device, tried for real: SoftHSM2 signs, and nothing secret leaves it."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import timezone

from issuance import services, verification
from issuance.models import KeyPurpose
from issuance.services.keys import device

pytestmark = pytest.mark.device

MODULES = ["/usr/lib/softhsm/libsofthsm2.so", *map(str, Path("/usr/lib").glob("*/softhsm/libsofthsm2.so"))]
PIN = "4711"


@pytest.fixture(scope="module")
def token(tmp_path_factory):
    """A token of this run alone. SoftHSM2 reads where it lies once for a process."""
    assert shutil.which("softhsm2-util"), "SoftHSM2 is needed: apt-get install softhsm2"
    folder = tmp_path_factory.mktemp("tokens")
    conf = folder.with_suffix(".conf")
    conf.write_text(f"directories.tokendir = {folder}\nlog.level = ERROR\n")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(conf))
        subprocess.run(
            ["softhsm2-util", "--init-token", "--free", "--label", "signet", "--pin", PIN, "--so-pin", "00000000"],
            check=True,
            capture_output=True,
        )
        yield folder


@pytest.fixture
def school(token, organization, settings):
    settings.PKCS11_MODULE = next(path for path in MODULES if Path(path).exists())
    settings.PKCS11_PIN = PIN
    device.forget_session()
    for purpose in KeyPurpose:
        services.create_key(organization=organization, purpose=purpose, at=timezone.now())
    return organization


def test_a_badge_is_signed_in_the_device_and_verifies(school, make_signed, client):
    document = make_signed()

    assert document.key.backend == "pkcs11"
    assert bytes(document.key.sealed_private) == b""
    assert verification.check_file(bytes(document.bytes), at=timezone.now()).state == "valid"
    assert client.get("/readyz").json()["checks"]["keys"] == "ok"


def test_keys_are_rotated_in_the_device_and_old_badges_stay_valid(school, make_signed):
    document = make_signed()
    key = services.rotate_key(organization=school, purpose=KeyPurpose.BADGE, at=timezone.now())

    assert (key.backend, key.number) == ("pkcs11", 2)
    services.refresh_status_lists(at=timezone.now())
    assert verification.check_file(bytes(document.bytes), at=timezone.now()).state == "valid"
    assert services.badge_signer(school).public_key != services.published_keys(school)[0].public_key


def test_resealing_leaves_the_device_alone(school, settings):
    settings.MASTER_KEY_BEFORE, settings.MASTER_KEY = settings.MASTER_KEY, bytes(range(32))

    assert services.reseal_keys() == 1
    assert services.badge_signer(school).sign(b"x")


def test_a_wrong_pin_is_told_and_signs_nothing(school, settings, client):
    device.forget_session()
    settings.PKCS11_PIN = "0000"

    with pytest.raises(services.KeyUnavailable, match="PinIncorrect"):
        services.badge_signer(school).sign(b"x")
    assert client.get("/readyz").json()["checks"]["keys"]["status"] == "failed"


def test_a_device_that_is_away_is_told(school, settings):
    settings.PKCS11_TOKEN = "another"

    with pytest.raises(services.KeyUnavailable, match="does not answer"):
        services.badge_signer(school).sign(b"x")
