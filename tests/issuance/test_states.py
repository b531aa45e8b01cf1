"""Each state of a badge, and one answer to it: from page, API, status list and file check (DOMAIN 5.3)."""

import uuid
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from issuance import openbadges as ob
from issuance import services, verification
from issuance.models import Consent, KeyPurpose, SignedDocument
from learners.models import Award


class Answers:
    """What a stranger is told of a badge at four places, at one moment."""

    def __init__(self, client, document, monkeypatch, at=None):
        if at is not None:
            monkeypatch.setattr("django.utils.timezone.now", lambda: at)
            services.refresh_status_lists(at=at)
        public_id = document.award.public_id
        page = client.get(f"/v/{public_id}")
        self.status, self.page = page.status_code, page.content.decode()
        self.api = client.get(f"/api/v1/awards/{public_id}").json()
        entry = document.status_entry
        listed = orjson.loads(client.get(f"/status/{entry.list.public_id}").content)
        self.bit = ob.is_set(ob.decode(listed["credentialSubject"]["encodedList"]), entry.index)
        self.file = verification.check_file(bytes(document.bytes), at=timezone.now())
        upload = SimpleUploadedFile("badge.json", bytes(document.bytes))
        self.check_page = client.post("/check/", {"file": upload}).content.decode()
        self.title = self.page.partition("<title>")[2].partition("</title>")[0]


@pytest.fixture
def ask(client, monkeypatch):
    return lambda document, at=None: Answers(client, document, monkeypatch, at)


def set_status(document, status):
    Award.objects.filter(pk=document.award_id).update(status=status)


def test_a_valid_badge_is_valid_everywhere(ask, make_shared):
    found = ask(make_shared())

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "valid", False, "valid")
    assert found.title.startswith("Valid")
    assert "Checked just now" in found.page
    assert ">Valid<" in found.check_page


def test_an_expired_badge_is_genuine_and_says_from_when_to_when(ask, make_shared):
    document = make_shared(valid_until=timezone.now() + timedelta(days=1))

    found = ask(document, at=timezone.now() + timedelta(days=2))

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "expired", False, "expired")
    assert found.title.startswith("Expired")
    assert "was valid from" in found.page
    assert "Genuine, and expired" in found.check_page


def test_page_and_file_check_name_the_same_last_day_and_the_file_check_its_moment(ask, client, make_shared):
    until = datetime(2031, 5, 29, 3, 59, 59, tzinfo=UTC)  # the last second of May 28 at the school
    document = make_shared(valid_until=until)

    found = ask(document)
    file = client.post("/api/v1/verify", bytes(document.bytes), content_type="application/json").json()

    assert "valid until May 28, 2031" in found.page
    said = "It holds until May 28, 2031, 11:59:59 PM EDT."
    assert said in found.check_page
    assert said in [check["detail"] for check in file["checks"]]
    assert ask(document, at=until - timedelta(seconds=1)).file.state == "valid"
    assert ask(document, at=until + timedelta(seconds=1)).file.state == "expired"


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_replaced_badge_leads_to_the_current_one_if_that_is_shared(ask, give, make_shared, make_signed, is_shared):
    old = make_shared()
    set_status(old, "superseded")
    new = make_signed(learner=old.award.learner, version=old.award.credential_version)
    if is_shared:
        give(new.award)

    found = ask(old)

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "superseded", False, "superseded")
    assert found.title.startswith("Replaced by a newer award")
    assert (f"/v/{new.award.public_id}" in found.page) == is_shared
    assert "Genuine, and replaced" in found.check_page


def test_a_revoked_badge_is_revoked_everywhere_and_nobody_says_why(ask, make_shared, revoke):
    document = make_shared()
    revoke(document.award)

    found = ask(document)

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "revoked", True, "revoked")
    assert found.title.startswith("Revoked by the issuer")
    assert "Wrong file" not in found.page + found.check_page + str(found.api)
    assert found.api["revoked_at"]
    assert "Genuine, and revoked" in found.check_page


def test_a_suspended_badge_is_unavailable_for_the_time_being(ask, make_shared):
    document = make_shared()
    set_status(document, "suspended")

    found = ask(document)

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "suspended", False, "suspended")
    assert found.title.startswith("Temporarily unavailable")
    assert "Genuine, and suspended" in found.check_page


@pytest.mark.parametrize("cause", ["never shared", "withdrawn"])
def test_what_is_not_shared_has_no_page_and_its_file_is_checked_all_the_same(client, ask, make_signed, give, cause):
    document = make_signed()
    if cause == "withdrawn":
        give(document.award)
        consent = Consent.objects.get(awards=document.award)
        services.withdraw_consent(actor=document.award.learner.user, consent=consent, at=timezone.now())
    unknown = client.get(f"/v/{uuid.uuid4()}")

    found = ask(document)

    assert (found.status, found.page) == (404, unknown.content.decode())
    assert (found.api["code"], found.bit, found.file.state) == ("not-found", False, "valid")
    assert found.file.page == ""
    assert str(document.award.public_id) not in found.check_page


def test_an_altered_file_is_not_what_was_issued_while_the_page_stands(client, ask, make_shared):
    document = make_shared()
    altered = bytes(document.bytes).replace(b"Robin", b"Robyn")

    found = ask(document)
    upload = SimpleUploadedFile("badge.json", altered)

    assert (found.status, found.api["state"], found.bit) == (200, "valid", False)
    assert verification.check_file(altered, at=timezone.now()).state == "altered"
    assert client.post("/api/v1/verify", altered, content_type="application/json").json()["state"] == "altered"
    assert "Changed, or not issued by whom it names" in client.post("/check/", {"file": upload}).content.decode()


@pytest.mark.parametrize("change", [services.rotate_key, services.retire_key])
def test_a_badge_outlives_the_key_that_signed_it(ask, issuer, make_shared, change):
    document = make_shared()
    change(organization=issuer, purpose=KeyPurpose.BADGE, at=timezone.now())

    found = ask(document)

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "valid", False, "valid")


def test_a_withdrawn_key_is_named_everywhere_until_the_badge_is_issued_anew(ask, issuer, make_shared):
    old = make_shared()
    services.revoke_key(organization=issuer, purpose=KeyPurpose.BADGE, number=1, at=timezone.now())
    services.refresh_status_lists(at=timezone.now())

    waits = ask(old)

    assert (waits.status, waits.api["state"], waits.bit, waits.file.state) == (200, "suspended", False, "withdrawn")
    assert "key-withdrawn" in [check["code"] for check in waits.api["checks"]]
    assert "Signed with a key that is no longer trusted" in waits.page
    assert "The signature is good" not in waits.page
    assert "Signed with a key that is no longer trusted" in waits.check_page

    services.sign_pending(limit=10, at=timezone.now(), full=True)
    new = ask(SignedDocument.objects.current("credential").get(award=old.award))
    assert (new.status, new.api["state"], new.bit, new.file.state) == (200, "valid", False, "valid")
    after = ask(old)
    assert (after.api["state"], after.file.state) == ("valid", "withdrawn")
    assert f"/v/{old.award.public_id}" in after.check_page


def test_a_badge_of_what_is_no_longer_offered_stays_valid_and_says_so(ask, make_shared):
    document = make_shared()
    before = ask(document)
    credential = document.award.credential
    type(credential).objects.filter(pk=credential.pk).update(status="retired")

    found = ask(document)

    assert (found.status, found.api["state"], found.bit, found.file.state) == (200, "valid", False, "valid")
    assert "no longer offered" not in before.page
    assert "no longer offered" in found.page


def test_a_stored_badge_that_was_changed_is_not_confirmed_anywhere(ask, make_shared):
    document = make_shared()
    SignedDocument.objects.filter(pk=document.pk).update(bytes=bytes(document.bytes).replace(b"Robin", b"Robyn"))
    document.refresh_from_db()

    found = ask(document)

    assert (found.status, found.api["state"], found.file.state) == (200, "failed", "altered")
    assert found.title.startswith("Not confirmed")


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "text/html; charset=utf-8"),
        ("*/*", "text/html; charset=utf-8"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8"),
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/json", "application/json"),
        ("application/ld+json, */*;q=0.1", "application/ld+json"),
        ("text/html;q=0.2, application/vc", "application/vc"),
        ("application/json;q=0.1, text/html", "text/html; charset=utf-8"),
        ("image/png", "text/html; charset=utf-8"),
    ],
)
def test_the_address_answers_in_the_form_that_is_asked_for(client, make_shared, accept, kind):
    document = make_shared()

    response = client.get(f"/v/{document.award.public_id}", headers={"accept": accept})

    assert response["Content-Type"] == kind
    assert response["Vary"] == "Accept"
    if "html" not in kind:
        assert response.content == bytes(document.bytes)
