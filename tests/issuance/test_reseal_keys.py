"""Keys move under a new master key with one command, and are never out of reach on the way."""

import os

import pytest
from django.core.management import CommandError, call_command

from issuance import services
from issuance.models import SigningKey
from issuance.services.keys import sealing

NEW = bytes(range(32))


@pytest.fixture
def next_master(settings, issuer):
    """A new master key is set, and the one before still opens."""
    settings.MASTER_KEY_BEFORE, settings.MASTER_KEY = settings.MASTER_KEY, NEW


def test_every_key_is_sealed_anew_and_opens_without_the_old_master(next_master, settings, capsys):
    before = {key.pk: services.open_key(key) for key in SigningKey.objects.all()}

    call_command("keys", "reseal")

    assert "2 keys sealed anew" in capsys.readouterr().out
    settings.MASTER_KEY_BEFORE = None
    assert {key.pk: services.open_key(key) for key in SigningKey.objects.all()} == before
    assert services.reseal_keys() == 0


def test_without_the_old_master_nothing_changes(next_master, settings):
    settings.MASTER_KEY_BEFORE = None
    before = list(SigningKey.objects.order_by("pk").values_list("sealed_private", flat=True))

    with pytest.raises(CommandError, match="MASTER_KEY_BEFORE"):
        call_command("keys", "reseal")
    assert list(SigningKey.objects.order_by("pk").values_list("sealed_private", flat=True)) == before


def test_a_key_of_the_first_seal_opens_and_is_sealed_anew(issuer, settings):
    key = SigningKey.objects.get(purpose="badge")
    private = services.open_key(key)
    bound = sealing.binding(issuer, key.purpose, key.number)
    nonce = os.urandom(12)
    key.sealed_private = b"\x01" + nonce + sealing._cipher(settings.MASTER_KEY, 1).encrypt(nonce, private, bound)
    key.seal_version = 1
    key.save()

    assert services.open_key(key) == private
    assert services.reseal_keys() == 1
    key.refresh_from_db()
    assert (key.seal_version, services.open_key(key)) == (2, private)


@pytest.mark.parametrize("broken", [b"", b"\x02", b"\x07" + bytes(60), b"\x01short", b"\x02" + bytes(90)])
def test_a_broken_seal_is_named(issuer, broken):
    with pytest.raises(services.KeyUnavailable):
        sealing.opened(broken, b"anything")


def test_a_seal_is_bound_to_its_place(issuer):
    key = SigningKey.objects.get(purpose="badge")

    with pytest.raises(services.KeyUnavailable):
        sealing.opened(bytes(key.sealed_private), sealing.binding(issuer, key.purpose, key.number + 1))
