"""A key in other hands is withdrawn: what it signed is trusted no longer, and is issued anew under the same address."""

import orjson
import pytest
from django.core.management import call_command
from django.utils import timezone

from config.errors import Conflict
from issuance import services, verification
from issuance.models import KeyPurpose, SignedDocument, StatusEntry, StatusList
from issuance.workflow import KeyState
from learners.models import Notice


def withdraw(issuer, number=1, purpose=KeyPurpose.BADGE):
    return services.revoke_key(organization=issuer, purpose=purpose, number=number, at=timezone.now())


def reissue():
    return services.sign_pending(limit=100, at=timezone.now(), full=True)


def test_the_next_key_is_there_at_once(issuer, make_signed):
    make_signed()

    key = withdraw(issuer)

    assert (key.state, key.compromised_at is not None) == ("compromised", True)
    assert services.active_key(issuer, KeyPurpose.BADGE).number == 2


@pytest.mark.parametrize("number", [1, 7])
def test_only_a_key_that_stands_is_withdrawn(issuer, number):
    withdraw(issuer)
    before = issuer.signing_keys.values_list("number", "state")

    with pytest.raises(Conflict, match=f"no key-{number} that could be withdrawn"):
        withdraw(issuer, number)
    assert set(issuer.signing_keys.values_list("number", "state")) == set(before)


def test_a_retired_key_is_withdrawn_without_making_another(issuer):
    services.rotate_key(organization=issuer, purpose=KeyPurpose.BADGE, at=timezone.now())

    withdraw(issuer, 1)

    states = dict(issuer.signing_keys.filter(purpose="badge").values_list("number", "state"))
    assert states == {1: KeyState.COMPROMISED, 2: KeyState.ACTIVE}


def test_the_key_leaves_those_that_may_sign_and_stays_in_the_history(client, issuer, make_signed):
    make_signed()
    withdraw(issuer)

    document = client.get("/.well-known/did.json").json()

    assert [method["id"].rsplit("#")[-1] for method in document["verificationMethod"]] == ["key-1", "key-2"]
    assert [method.rsplit("#")[-1] for method in document["assertionMethod"]] == ["key-2"]


def test_until_it_is_issued_anew_the_page_promises_nothing(client, issuer, make_shared):
    document = make_shared()
    withdraw(issuer)

    verdict = verification.shared_award(document.award.public_id, at=timezone.now())
    page = client.get(f"/v/{document.award.public_id}").content.decode()

    assert verdict.state == "suspended"
    assert "key-withdrawn" in [check.code for check in verdict.checks]
    assert "Temporarily unavailable" in page
    assert "status--valid" not in page


def test_it_is_issued_anew_once_under_the_same_address(client, issuer, make_shared):
    old = make_shared()
    withdraw(issuer)

    assert reissue() == 1
    assert reissue() == 0

    new = SignedDocument.objects.current("credential").get(award=old.award)
    old.refresh_from_db()
    assert (old.superseded_at is not None, new.sequence, new.key.number) == (True, 2, 2)
    assert orjson.loads(bytes(new.bytes))["id"] == orjson.loads(bytes(old.bytes))["id"]
    assert new.status_entry.index != old.status_entry.index
    assert verification.shared_award(old.award.public_id, at=timezone.now()).state == "valid"
    # Setting the bit of the old file signed the list with the new key.
    assert services.refresh_status_lists(at=timezone.now()) == 0
    assert StatusList.objects.get().key.number == 2
    assert verification.check_file(bytes(new.bytes), at=timezone.now()).state == "valid"
    assert Notice.objects.filter(user=old.award.learner.user, kind="badge-anew").count() == 1


def test_an_old_file_is_told_apart_and_led_to_the_new_one(issuer, make_shared, make_signed):
    shared, private = make_shared(), make_signed()
    withdraw(issuer)
    waiting = verification.check_file(bytes(shared.bytes), at=timezone.now())
    reissue()

    verdicts = [verification.check_file(bytes(each.bytes), at=timezone.now()) for each in (shared, private)]

    assert [verdict.state for verdict in (waiting, *verdicts)] == ["withdrawn"] * 3
    assert verdicts[0].kind == "failed"
    said = [[check for check in verdict.checks if check.name != "holder"][-1] for verdict in (waiting, *verdicts)]
    assert said[0].code == "being-reissued"
    assert said[1].sentence.endswith(f"/v/{shared.award.public_id}")
    assert str(private.award.public_id) not in said[2].sentence


def test_what_was_revoked_stays_revoked(client, issuer, make_shared, revoke):
    document = make_shared()
    revoke(document.award)
    withdraw(issuer)
    assert verification.shared_award(document.award.public_id, at=timezone.now()).state == "revoked"

    assert reissue() == 1

    new = SignedDocument.objects.current("credential").get(award=document.award)
    assert verification.shared_award(document.award.public_id, at=timezone.now()).state == "revoked"
    assert verification.check_file(bytes(new.bytes), at=timezone.now()).state == "revoked"


def test_certificates_and_transcripts_are_drawn_again(issuer, make_signed):
    document = make_signed()
    learner = document.award.learner
    services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
    assert services.render_pending(limit=10, at=timezone.now()) == 2
    withdraw(issuer)

    assert reissue() == 1
    assert services.render_pending(limit=10, at=timezone.now()) == 2

    kinds = SignedDocument.objects.filter(superseded_at__isnull=True).values_list("kind", "key__state")
    assert sorted(kinds) == [(kind, "active") for kind in ("certificate", "clr", "credential", "transcript")]
    assert services.render_pending(limit=10, at=timezone.now()) == 0


def test_status_lists_get_the_new_key(issuer, make_signed):
    make_signed()
    withdraw(issuer)

    assert services.refresh_status_lists(at=timezone.now()) == 1
    assert StatusList.objects.get().key.number == 2


def test_the_command_says_what_follows(issuer, make_signed, capsys):
    make_signed()

    call_command("keys", "revoke", "larkmoor", "badge", "1")

    assert "key-1 is withdrawn. The workers issue anew what it signed." in capsys.readouterr().out
    assert StatusEntry.objects.count() == 1
