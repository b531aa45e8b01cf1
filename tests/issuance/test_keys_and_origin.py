"""Keys are made, rotated and retired by command; the origin stays what is signed; /readyz tells of both."""

from io import StringIO

import orjson
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from issuance import openbadges as ob
from issuance import origin, services, verification
from issuance.models import SigningKey


def run(*arguments):
    out = StringIO()
    call_command("keys", *arguments, stdout=out)
    return out.getvalue()


def test_keys_are_created_listed_rotated_and_retired(organization):
    assert "There are no keys." in run("list")
    assert "badge key-1 (Ed25519) created" in run("create", "larkmoor", "badge")
    with pytest.raises(CommandError, match="rotate it instead"):
        run("create", "larkmoor", "badge")
    assert "key-2" in run("rotate", "larkmoor", "badge")
    assert "key-2 (Ed25519) retired" in run("retire", "larkmoor", "badge")
    with pytest.raises(CommandError, match="no active key"):
        run("retire", "larkmoor", "badge")
    with pytest.raises(CommandError, match="There are: larkmoor"):
        run("create", "nowhere", "badge")

    listed = run("list", "larkmoor")
    assert listed.count("retired") == 2 and "opens" in listed


def test_nothing_secret_is_printed(issuer):
    listed = run("list")

    for key in SigningKey.objects.all():
        private = services.open_key(key)
        assert private.hex() not in listed and ob.to_multikey(key.sealed_private[:32]) not in listed


def test_what_a_retired_key_signed_stays_valid(client, make_shared, issuer):
    document = make_shared()
    services.rotate_key(organization=issuer, purpose="badge", at=timezone.now())

    methods = client.get("/.well-known/did.json").json()["assertionMethod"]
    assert len(methods) == 2
    assert verification.check_file(bytes(document.bytes), at=timezone.now()).state == "valid"
    assert services.refresh_status_lists(at=timezone.now()) == 1
    assert verification.check_file(bytes(document.bytes), at=timezone.now()).state == "valid"


def test_another_master_key_opens_nothing_and_says_so(client, issuer, settings):
    settings.MASTER_KEY = bytes(32)

    with pytest.raises(services.KeyUnavailable, match="MASTER_KEY"):
        services.badge_signer(issuer)
    assert "closed" in run("list")
    checks = client.get("/readyz").json()["checks"]
    assert checks["keys"]["status"] == "failed"
    assert "larkmoor/badge" in checks["keys"]["problems"]


def test_the_origin_is_free_until_something_is_signed_and_fixed_then(client, issuer, make_signed, settings):
    settings.PUBLIC_ORIGIN = "https://before.example.edu"
    call_command("check_origin")
    settings.PUBLIC_ORIGIN = "http://testserver"
    make_signed()
    call_command("check_origin")
    assert origin.signed_origin() == "http://testserver"

    settings.PUBLIC_ORIGIN = "https://other.example.edu"
    with pytest.raises(CommandError, match=r"https://other\.example\.edu.*http://testserver"):
        call_command("check_origin")
    response = client.get("/readyz")
    assert response.status_code == 503
    assert "http://testserver" in response.json()["checks"]["origin"]


def test_readyz_counts_what_waits(client, issuer, make_award):
    award = make_award()

    waiting = client.get("/readyz").json()["checks"]["awards_waiting"]
    assert waiting["count"] == 1
    assert waiting["oldest_seconds"] >= 0
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    assert client.get("/readyz").json()["checks"]["awards_waiting"] == {"count": 0, "oldest_seconds": 0}
    assert orjson.loads(bytes(award.documents.get().bytes))
