"""Due awards are signed once, by whoever comes first, and nothing that dies in between loses or doubles one."""

import threading

import orjson
import pytest
from django.db import connection
from django.utils import timezone

from issuance import openbadges as ob
from issuance import services
from issuance.models import SealImage, SignedDocument, StatusEntry, StatusList
from issuance.services import signing
from learners.models import Award, Notice
from tests.moments import NOON


def sign(at=None):
    return services.sign_pending(limit=100, at=at or timezone.now(), full=True)


def test_a_due_award_gets_a_document_a_status_entry_and_an_image(issuer, make_award):
    award = make_award()

    assert sign() == 1

    document = SignedDocument.objects.get(award=award)
    credential = orjson.loads(bytes(document.bytes))
    assert credential["id"].endswith(f"/v/{award.public_id}")
    assert credential["issuer"]["id"] == "did:web:testserver"
    assert credential["credentialStatus"]["statusListIndex"] == str(document.status_entry.index)
    assert document.signed_by_process.startswith("shell:")
    assert document.verified_sha256 == document.sha256
    assert SealImage.objects.filter(credential_version=award.credential_version).count() == 1
    assert Notice.objects.filter(user=award.learner.user, kind="badge-ready").count() == 1


def test_the_signature_holds_under_the_published_key_alone(issuer, make_signed):
    credential = orjson.loads(bytes(make_signed().bytes))
    key = services.published_keys(issuer)[0].public_key

    ob.verify_proof(credential, credential["proof"][0], public_key=key, contexts=signing.core.contexts())
    with pytest.raises(ob.ProofError):
        ob.verify_proof(credential, credential["proof"][0], public_key=bytes(32), contexts=signing.core.contexts())


def test_a_second_run_signs_nothing_more(issuer, make_award):
    make_award()
    sign()

    assert sign() == 0
    assert SignedDocument.objects.count() == 1


def test_what_is_not_due_is_left_alone(issuer, make_award):
    later = make_award(sign_after=timezone.now() + timezone.timedelta(minutes=5))
    make_award(status="withdrawn")

    assert sign() == 0
    assert later.documents.count() == 0


def test_nothing_is_signed_without_a_key_and_the_reason_is_named(organization, make_award):
    make_award()

    with pytest.raises(services.KeyUnavailable, match="no active signing key"):
        sign()

    assert SignedDocument.objects.count() == 0


def test_a_name_that_cannot_be_signed_holds_up_nobody_else(issuer, make_award, make_learner):
    bad = make_award(learner=make_learner(name="Robin\x0cAlder"))
    good = make_award()

    assert sign() == 1
    assert bad.documents.count() == 0
    assert good.documents.count() == 1


def test_the_database_refuses_a_document_signed_by_web(issuer, make_award, monkeypatch):
    monkeypatch.setenv("SIGNET_PROCESS", "web")
    make_award()

    with pytest.raises(Exception, match="document_not_signed_by_web"):
        sign()


def test_the_holder_is_a_name_and_a_salted_digest_and_no_address(issuer, make_signed):
    document = make_signed()

    text = bytes(document.bytes).decode()
    assert document.award.learner.display_name in text
    assert document.award.learner.user.email not in text
    assert '"hashed":true' in text


@pytest.mark.django_db(transaction=True)
def test_two_signers_at_once_sign_every_award_once(issuer, make_award, make_version, make_learner):
    version = make_version()
    awards = [make_award(learner=make_learner(), version=version) for _ in range(40)]
    start = threading.Barrier(3)
    counts, failures = [], []

    def run():
        try:
            start.wait()
            while signed := services.sign_pending(limit=7, at=timezone.now(), full=True):
                counts.append(signed)
        except Exception as error:  # noqa: BLE001  shown below
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert sum(counts) == len(awards)
    assert SignedDocument.objects.count() == StatusEntry.objects.count() == len(awards)
    assert StatusEntry.objects.values("list", "index").distinct().count() == len(awards)
    assert StatusList.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_signer_that_dies_before_its_commit_leaves_nothing_behind(issuer, make_award, monkeypatch):
    make_award()

    def die(*args):
        raise SystemExit("killed")

    monkeypatch.setattr(signing, "_tell_learners", die)
    with pytest.raises(SystemExit):
        sign()

    assert SignedDocument.objects.count() == StatusEntry.objects.count() == 0
    monkeypatch.undo()
    assert sign() == 1


def test_a_batch_costs_the_same_number_of_statements_whatever_its_size(
    issuer, make_award, make_version, django_assert_max_num_queries
):
    version = make_version()
    make_award(version=version)
    sign()
    for _ in range(12):
        make_award(version=version)

    with django_assert_max_num_queries(24):
        assert sign() == 12


def test_awards_of_many_versions_are_signed_in_one_run(issuer, make_award, make_version):
    for number in range(3):
        make_award(version=make_version(title=f"Item {number}"), awarded_at=NOON)

    assert sign() == 3
    assert Award.objects.count() == 3


def test_health_counts_what_the_templates_did(client, issuer, make_award):
    before = client.get("/readyz").json()["checks"]["templates"]
    make_award()
    sign()

    after = client.get("/readyz").json()["checks"]["templates"]
    assert sum(after.values()) > sum(before.values())
