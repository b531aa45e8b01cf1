"""A receipt says what was found, when, and against which status list; a worker signs it, and anybody can check it."""

import hashlib
import shutil
import subprocess
from datetime import timedelta

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone

from issuance import services, verification
from issuance.models import Consent, KeyPurpose, Receipt, StatusList
from issuance.services import receipts


def sign():
    return services.sign_receipts(limit=10, at=timezone.now())


@pytest.fixture
def ask(client):
    """Ask on the badge's page, sign, and answer the receipt."""

    def act(award):
        response = client.post(f"/v/{award.public_id}/receipt")
        assert response.status_code == 302
        sign()
        return Receipt.objects.get(token=response.url.split("/")[2])

    return act


def entry(receipt):
    return orjson.loads(bytes(receipt.json))["credentialSubject"]["checked"][0]


def test_a_receipt_waits_for_a_worker_and_is_then_there(client, make_shared):
    award = make_shared().award
    response = client.post(f"/v/{award.public_id}/receipt")

    waits = client.get(response.url)
    assert (waits.status_code, b"being signed" in waits.content) == (202, True)
    assert client.get(f"{response.url.rstrip('/')}.json").status_code == 302
    assert sign() == 1
    assert sign() == 0

    ready = client.get(response.url)
    assert (ready.status_code, ready["Cache-Control"]) == (200, "private, no-store")
    assert b"<script" not in ready.content
    assert client.get(f"{response.url.rstrip('/')}.json")["Content-Type"] == "application/vc+ld+json"
    assert client.get(f"{response.url.rstrip('/')}.pdf").content.startswith(b"%PDF-")
    assert not response.cookies


def test_it_states_badge_digest_state_and_the_version_of_the_status_list(ask, make_shared):
    document = make_shared()
    listed = StatusList.objects.get()

    receipt = ask(document.award)

    found = entry(receipt)
    assert found["state"] == "valid"
    assert found["badge"].endswith(f"/v/{document.award.public_id}")
    assert found["digest"] == f"sha256:{hashlib.sha256(bytes(document.bytes)).hexdigest()}"
    assert found["statusList"] == services.list_url(listed)
    assert found["statusListDigest"] == f"sha256:{hashlib.sha256(bytes(listed.signed_bytes)).hexdigest()}"
    assert document.award.learner.display_name not in bytes(receipt.json).decode()


def test_a_later_revocation_makes_another_receipt_against_another_list(ask, make_shared, revoke):
    document = make_shared()
    before = entry(ask(document.award))
    revoke(document.award)

    after = entry(ask(document.award))

    assert (before["state"], after["state"]) == ("valid", "revoked")
    assert before["statusListDigest"] != after["statusListDigest"]


def test_a_receipt_is_checked_like_a_badge_and_a_changed_one_fails(client, ask, make_shared):
    receipt = ask(make_shared().award)
    content = bytes(receipt.json)
    at = timezone.now()

    good = verification.check_file(content, at=at)
    assert (good.state, [row.state for row in good.receipt]) == ("receipt", ["valid"])
    assert verification.check_file(bytes(receipt.pdf), at=at).state == "receipt"
    for altered in (
        content.replace(b'"state":"valid"', b'"state":"revoked"'),
        content.replace(b"sha256:", b"sha257:", 1),
        content.replace(b"urn:signet:receipt:state", b"urn:signet:receipt:other"),
    ):
        assert verification.check_file(altered, at=at).state == "altered"
    half = bytes(receipt.pdf).replace(b"/Producer", b"/Preducer", 1)
    assert verification.check_file(half, at=at).state in {"altered", "unknown"}
    page = client.post("/check/", {"file": SimpleUploadedFile("receipt.json", content)}).content.decode()
    assert "A genuine receipt" in page and "What it says" in page


def test_a_receipt_of_somebody_else_or_a_withdrawn_key_is_not_vouched_for(ask, issuer, make_shared):
    receipt = ask(make_shared().award)
    document = orjson.loads(bytes(receipt.json))
    foreign = document | {"issuer": {"id": "did:web:elsewhere.example.org", "name": "Elsewhere"}}

    assert verification.check_file(orjson.dumps(foreign), at=timezone.now()).state == "unknown"
    services.revoke_key(organization=issuer, purpose=KeyPurpose.BADGE, number=1, at=timezone.now())
    found = verification.check_file(bytes(receipt.json), at=timezone.now())
    assert found.state == "withdrawn"
    assert "proof" in [check.name for check in found.checks]


@pytest.mark.parametrize(
    "content",
    [
        b'{"type": "CheckReceipt"}',
        b'{"type": ["CheckReceipt"], "issuer": [], "credentialSubject": {"checked": [1, {"state": []}]}}',
        b'{"type": ["CheckReceipt"], "issuer": {"id": 7}, "name": null, "validFrom": {}}',
    ],
)
def test_odd_receipts_get_an_answer(issuer, content):
    assert verification.check_file(content, at=timezone.now()).state in {"unknown", "altered"}


def test_a_file_check_gives_a_receipt_to_who_asks(client, make_signed):
    content = bytes(make_signed().bytes)
    upload = SimpleUploadedFile("Alder_Robin.json", content)

    page = client.post("/check/", {"file": upload, "receipt": "on"}).content.decode()

    receipt = Receipt.objects.get()
    assert receipt.get_absolute_url() in page
    assert "Alder_Robin" not in str(receipt.checked)
    assert receipt.checked[0]["digest"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
    client.post("/check/", {"text": content.decode()})
    assert Receipt.objects.count() == 1


def test_a_list_has_one_receipt_for_all_once_it_is_checked(client, make_shared):
    shared = make_shared()
    rows = [
        services.Given(given=f"/v/{shared.award.public_id}"),
        services.Given("Robin.json", content=bytes(shared.bytes)),
    ]
    rows += [services.Given(given=f"https://nowhere.example.org/{number}") for number in range(498)]
    made = services.start_list(rows=rows, at=timezone.now())
    early = client.post(f"/check/list/{made.token}/receipt")
    assert (early.status_code, Receipt.objects.count()) == (422, 0)
    for _row in range(2):
        services.check_next_row(at=timezone.now())
    made.rows.filter(checked_at__isnull=True).update(checked_at=timezone.now(), state="unknown")

    response = client.post(f"/check/list/{made.token}/receipt")
    assert sign() == 1

    receipt = Receipt.objects.get(token=response.url.split("/")[2])
    groups = orjson.loads(bytes(receipt.json))["credentialSubject"]["checked"]
    checked = [each for group in groups for each in group["checked"]]
    assert [each["state"] for each in checked[:3]] == ["valid", "valid", "unknown"]
    assert len(checked) == 500
    assert checked[0]["digest"] == checked[1]["digest"]
    found = verification.check_file(bytes(receipt.json), at=timezone.now())
    assert (found.state, len(found.receipt)) == ("receipt", 500)


def test_what_is_not_shared_has_no_receipt(client, make_shared):
    award = make_shared().award
    consent = Consent.objects.get(awards=award)
    services.withdraw_consent(actor=award.learner.user, consent=consent, at=timezone.now())

    response = client.post(f"/v/{award.public_id}/receipt")

    assert (response.status_code, response.content) == (404, client.get(f"/v/{award.public_id}").content)
    assert not Receipt.objects.exists()


def test_a_web_process_cannot_sign_a_receipt(ask, make_shared):
    receipt = ask(make_shared().award)

    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(pk=receipt.pk).update(signed_by_process="web:host:1")


def test_a_receipt_is_forgotten_here_after_its_time(client, ask, make_shared):
    receipt = ask(make_shared().award)
    assert services.forget_receipts(at=receipt.keep_until - timedelta(minutes=1)) == 0

    assert services.forget_receipts(at=receipt.keep_until) == 1
    assert client.get(receipt.get_absolute_url()).status_code == 404


def test_without_an_issuer_there_is_no_receipt_and_the_page_says_so(client, db):
    assert timedelta(days=30) == receipts.KEPT_FOR

    response = client.post("/check/", {"text": "{}", "receipt": "on"})

    assert b"Nobody signs here yet" in response.content


@pytest.mark.long
@pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("qpdf", "pdfsig", "pdftotext", "pdfdetach")),
    reason="apt-get install poppler-utils qpdf: not all of their tools are there",
)
def test_tools_from_outside_read_the_pdf(ask, make_shared, tmp_path):
    path = tmp_path / "receipt.pdf"
    receipt = ask(make_shared().award)
    path.write_bytes(bytes(receipt.pdf))

    def run(*command):
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path).stdout

    assert "No syntax or stream encoding errors" in run("qpdf", "--check", path)
    assert "Signature is Valid." in run("pdfsig", "-nocert", path)
    text = run("pdftotext", path, "-")
    assert text.index("Receipt of the check of 1 badge") < text.index("Valid")
    run("pdfdetach", "-saveall", path)
    assert (tmp_path / "receipt.json").read_bytes() == bytes(receipt.json)
