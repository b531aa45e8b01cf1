"""A stranger sees what the holder shares, in one answer everywhere, and one 404 for anything else."""

import hashlib
import uuid
from datetime import timedelta

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from issuance import core, services, verification
from issuance import openbadges as ob
from issuance.models import Consent, Disclosure, SignedDocument, StatusList

FORMS = ["", ".json", ".png", ".svg", ".pdf"]


def upload(client, content, name="badge.json"):
    return client.post("/check/", {"file": SimpleUploadedFile(name, content)})


def api(client, content):
    return client.post("/api/v1/verify", content, content_type="application/json").json()


def one_byte_changed(document):
    """Change one byte of the stored document by SQL; answer the bytes."""
    content = bytearray(bytes(document.bytes))
    content[content.index(b"Robin") + 1] ^= 1
    with connection.cursor() as cursor:
        cursor.execute("UPDATE issuance_signeddocument SET bytes = %s WHERE id = %s", [bytes(content), document.pk])
    return bytes(content)


def test_a_shared_badge_has_a_page_without_cookie(client, make_shared):
    document = make_shared()

    response = client.get(f"/v/{document.award.public_id}")

    page = response.content.decode()
    assert response.status_code == 200
    assert "Valid" in page and document.award.learner.display_name in page
    assert "<script" not in page
    assert not response.cookies
    assert response["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert response["Referrer-Policy"] == "no-referrer"


def test_the_page_asks_the_database_once(client, make_shared, django_assert_num_queries):
    document = make_shared()
    client.get(f"/v/{document.award.public_id}")

    with django_assert_num_queries(1):
        client.get(f"/v/{document.award.public_id}")


def test_a_page_that_somebody_has_is_not_sent_again_but_its_state_is_asked(client, make_shared, revoke, monkeypatch):
    document = make_shared()
    address, at = f"/v/{document.award.public_id}", timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)  # within one minute
    for accept in ("text/html", "application/vc+ld+json"):
        first = client.get(address, headers={"accept": accept})
        same = client.get(address, headers={"accept": accept, "if-none-match": first["ETag"]})
        assert (same.status_code, same.content, same["ETag"]) == (304, b"", first["ETag"])
        assert same["Vary"] == "Accept" and same["Cache-Control"] == "private, no-cache"
    page = client.get(address)

    monkeypatch.setattr("django.utils.timezone.now", lambda: at + timedelta(minutes=1))
    assert client.get(address, headers={"if-none-match": page["ETag"]}).status_code == 200
    monkeypatch.undo()
    revoke(document.award)
    assert client.get(address, headers={"if-none-match": page["ETag"]}).status_code == 200
    consent = Consent.objects.get(awards=document.award)
    services.withdraw_consent(actor=document.award.learner.user, consent=consent, at=timezone.now())
    gone = client.get(address, headers={"if-none-match": page["ETag"]})
    assert gone.status_code == 404
    assert "ETag" not in gone


def test_a_holders_words_are_escaped(client, make_shared, make_learner):
    document = make_shared(learner=make_learner(name="<b>Robin</b> & Co"))

    page = client.get(f"/v/{document.award.public_id}").content.decode()

    assert "<b>Robin</b>" not in page
    assert "&lt;b&gt;Robin&lt;/b&gt; &amp; Co" in page


def test_unknown_private_ended_named_and_withdrawn_look_alike(client, make_signed, make_shared, give):
    withdrawn, private, named, ended = (
        make_shared().award,
        make_signed().award,
        make_signed().award,
        make_signed().award,
    )
    services.withdraw_consent(
        actor=withdrawn.learner.user, consent=Consent.objects.get(awards=withdrawn), at=timezone.now()
    )
    give(named, recipients="named", recipients_text="Northfield")
    long_ago = timezone.now() - timedelta(days=9)
    give(ended, at=long_ago, ends_at=long_ago + timedelta(days=1))

    for form in FORMS:
        answers = [
            client.get(f"/v/{public_id}{form}")
            for public_id in (uuid.uuid4(), *(award.public_id for award in (withdrawn, private, named, ended)))
        ]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1
        assert not any(answer.cookies for answer in answers)
        headers = [{key: value for key, value in answer.items() if key != "X-Request-ID"} for answer in answers]
        assert all(each == headers[0] for each in headers)
        assert b"/check/" in answers[0].content


def test_the_api_keeps_the_same_silence(client, make_signed):
    answers = [client.get(f"/api/v1/awards/{each}") for each in (uuid.uuid4(), make_signed().award.public_id)]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].content == answers[1].content
    assert answers[0].json()["code"] == "not-found"
    assert answers[0]["Content-Type"] == "application/problem+json"
    assert not any(answer.cookies for answer in answers)


def test_the_signed_bytes_are_served_as_stored(client, make_shared):
    document = make_shared()
    address = f"/v/{document.award.public_id}"
    stored = bytes(document.bytes)

    assert client.get(f"{address}.json").content == stored
    assert client.get(address, headers={"accept": "application/vc+ld+json"}).content == stored
    assert ob.unbake(client.get(f"{address}.png").content) == stored
    assert ob.unbake(client.get(f"{address}.svg").content) == stored


def test_a_certificate_that_is_being_made_says_so(client, make_shared, make_certificate):
    award = make_shared().award

    waits = client.get(f"/v/{award.public_id}.pdf")
    assert waits.status_code == 202
    assert waits["Retry-After"] == "15"
    assert b"being made" in waits.content

    certificate = make_certificate(award)
    response = client.get(f"/v/{award.public_id}.pdf")
    assert response["Content-Type"] == "application/pdf"
    assert response.content == bytes(certificate.bytes)


def test_every_form_of_a_badge_checks_as_valid(client, make_shared, make_certificate):
    award = make_shared().award
    make_certificate(award)
    for form in FORMS[1:]:
        content = client.get(f"/v/{award.public_id}{form}").content

        response = upload(client, content, f"badge{form}")

        assert response.status_code == 200
        assert "Valid" in response.content.decode()
        assert award.learner.display_name in response.content.decode()
        assert verification.check_file(content, at=timezone.now()).state == "valid"


def test_one_changed_byte_turns_every_answer_to_failed(client, make_shared):
    document = make_shared()
    address = f"/v/{document.award.public_id}"
    assert "Valid" in client.get(address).content.decode()

    content = one_byte_changed(document)

    page = client.get(address).content.decode()
    assert "Not confirmed" in page
    assert "The stored badge was changed after it was signed." in page
    answer = client.get(f"/api/v1/awards/{document.award.public_id}").json()
    assert answer["state"] == "failed"
    failed = {check["code"] for check in answer["checks"] if check["outcome"] == "failed"}
    assert {"document-changed", "proof-mismatch"} <= failed
    assert "Changed, or not issued by whom it names" in upload(client, content).content.decode()
    checked = api(client, content)
    assert checked["state"] == "altered"
    assert "proof-mismatch" in {check["code"] for check in checked["checks"] if check["outcome"] == "failed"}


def test_a_byte_changed_together_with_its_digest_fails_all_the_same(client, make_shared):
    document = make_shared()
    content = one_byte_changed(document)
    digest = hashlib.sha256(content).hexdigest()
    SignedDocument.objects.filter(pk=document.pk).update(sha256=digest)

    page = client.get(f"/v/{document.award.public_id}").content.decode()

    assert "Not confirmed" in page
    assert client.get(f"/api/v1/awards/{document.award.public_id}").json()["state"] == "failed"
    document.refresh_from_db()
    assert document.verified_sha256 != digest


def test_a_revocation_is_seen_everywhere_on_the_next_request(client, make_shared, make_certificate, revoke):
    document = make_shared()
    make_certificate(document.award)
    address = f"/v/{document.award.public_id}"
    files = {form: client.get(f"{address}{form}").content for form in FORMS[1:]}

    revoke(document.award)

    assert "Revoked by the issuer" in client.get(address).content.decode()
    assert client.get(f"/api/v1/awards/{document.award.public_id}").json()["state"] == "revoked"
    entry = document.status_entry
    listed = orjson.loads(client.get(f"/status/{entry.list.public_id}").content)
    assert ob.is_set(ob.decode(listed["credentialSubject"]["encodedList"]), entry.index)
    for content in files.values():
        assert verification.check_file(content, at=timezone.now()).state == "revoked"
    assert api(client, files[".json"])["state"] == "revoked"
    assert "revoked" in upload(client, files[".pdf"], "certificate.pdf").content.decode()


@pytest.mark.parametrize(("status", "words"), [("suspended", "Temporarily unavailable"), ("superseded", "newer award")])
def test_what_the_status_list_does_not_say_the_registry_adds(client, make_shared, status, words):
    document = make_shared()
    type(document.award).objects.filter(pk=document.award.pk).update(status=status)

    assert words in client.get(f"/v/{document.award.public_id}").content.decode()
    assert client.get(f"/api/v1/awards/{document.award.public_id}").json()["state"] == status
    assert api(client, bytes(document.bytes))["state"] == status


@pytest.mark.parametrize("is_shared", [True, False])
def test_a_renewed_badge_leads_to_the_current_one_only_when_that_is_shared_too(
    client, make_shared, make_signed, give, is_shared
):
    """DOMAIN 5.3."""
    old = make_shared()
    type(old.award).objects.filter(pk=old.award.pk).update(status="superseded")
    new = make_signed(learner=old.award.learner, version=old.award.credential_version)
    if is_shared:
        give(new.award)

    page = client.get(f"/v/{old.award.public_id}").content.decode()

    assert (f"/v/{new.award.public_id}" in page) == is_shared
    assert ("See the current badge" in page) == is_shared
    assert ("Ask its holder for the newer one" in page) != is_shared


def test_an_expired_badge_is_genuine_and_expired(client, make_shared):
    document = make_shared(valid_until=timezone.now() + timedelta(seconds=2))
    later = timezone.now() + timedelta(days=1)

    assert verification.shared_award(document.award.public_id, at=later).state == "expired"
    assert verification.check_file(bytes(document.bytes), at=later).state == "expired"


# Share links ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def link(make_signed, learner):
    awards = [make_signed(learner=learner).award for _ in range(2)]
    return services.share_together(
        actor=learner.user,
        awards=awards[::-1],
        title="For my application",
        highlighted=awards[:1],
        purpose="residency",
        recipients="named",
        recipients_text="Northfield",
        sign_in_method="password",
        at=timezone.now(),
    )


def test_a_link_shows_its_own_list_and_is_counted(client, link):
    first, second = (item.award for item in link.items.order_by("position"))

    response = client.get(f"/s/{link.token}")

    page = response.content.decode()
    assert page.index(first.credential_version.title) < page.index(second.credential_version.title)
    assert "Do not pass it on" in page
    assert not response.cookies
    assert Disclosure.objects.filter(link=link).count() == 2
    assert client.get(f"/v/{first.public_id}").status_code == 404
    assert f"/v/{first.public_id}" not in page


def test_a_link_closes_with_its_consent_or_its_end(client, link):
    services.withdraw_consent(actor=link.consent.learner.user, consent=link.consent, at=timezone.now())

    closed, unknown = client.get(f"/s/{link.token}"), client.get("/s/nothing")
    assert closed.status_code == unknown.status_code == 404
    assert closed.content == unknown.content


def test_a_link_past_its_end_is_closed(client, link):
    type(link).objects.filter(pk=link.pk).update(ends_at=timezone.now() - timedelta(minutes=1))

    assert client.get(f"/s/{link.token}").status_code == 404


# The file check ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"{",
        b"[]",
        b"null",
        b"{}",
        b"\x00\x01\x02",
        b"\x89PNG\r\n\x1a\n",
        b"<svg",
        b"<svg xmlns='http://www.w3.org/2000/svg'></svg>",
        b"%PDF-1.7",
        b"%PDF-1.7\n1 0 obj<</Type/Catalog/Pages 1 0 R/Names 1 0 R>>endobj trailer<</Root 1 0 R>>\n%%EOF",
        b'{"@context": "https://example.com", "type": "x"}',
        b"[" * 100_000,
        b'{"a": ' * 5_000 + b"1" + b"}" * 5_000,
        b"MZ\x90\x00" + b"\x00" * 200,
        b"x" * 600_000,
    ],
)
def test_odd_files_get_an_answer_and_never_an_error(client, issuer, content):
    assert upload(client, content).status_code in {200, 422}
    response = client.post("/api/v1/verify", content, content_type="application/json")
    assert response.status_code in {200, 400, 413}
    assert response.status_code != 200 or response.json()["state"] in {"unknown", "altered"}


def test_a_file_or_text_is_needed_and_a_large_one_is_refused(client, db):
    assert client.post("/check/", {}).status_code == 422
    response = upload(client, b"x" * (verification.FILE_MAX_BYTES + 1))
    assert response.status_code == 422
    assert b"larger than 4 MB" in response.content


def test_a_pasted_badge_is_checked(client, make_signed):
    response = client.post("/check/", {"text": bytes(make_signed().bytes).decode()})

    assert "Valid" in response.content.decode()


def test_a_strangers_file_never_fills_the_signers_templates(client, make_signed, monkeypatch):
    content = bytes(make_signed().bytes)
    monkeypatch.setattr(core, "templates", lambda: pytest.fail("templates of the signer were used"))

    assert api(client, content)["state"] == "valid"


def test_the_api_takes_a_credential_as_a_member_too(client, make_signed):
    content = bytes(make_signed().bytes)

    assert api(client, b'{"credential": ' + content + b"}")["state"] == "valid"
    twice = b'{"credential": {}, "credential": ' + content + b"}"
    assert api(client, twice)["state"] == "unknown"


def test_the_api_refuses_too_much(client, db):
    response = client.post("/api/v1/verify", b"x" * 300_000, content_type="application/json")

    assert response.status_code == 413
    assert response.json()["code"] == "too-large"


def test_the_api_counts_by_address(client, db, settings):
    client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"check": 2}

    codes = [client.post("/api/v1/verify", b"{}", content_type="application/json").status_code for _ in range(3)]

    assert codes == [200, 200, 429]


def test_the_api_describes_itself(client, db):
    response = client.get("/api/v1/schema")

    assert response.status_code == 200
    assert b"/api/v1/verify" in response.content


# What verifiers fetch ------------------------------------------------------------------------------------------------
def test_the_did_document_and_the_status_list_are_open(client, make_signed):
    document = make_signed()
    status_list = StatusList.objects.get()

    did = client.get("/.well-known/did.json")
    assert did.json()["id"] == orjson.loads(bytes(document.bytes))["issuer"]["id"]
    response = client.get(f"/status/{status_list.public_id}")
    assert response.content == bytes(status_list.signed_bytes)
    again = client.get(f"/status/{status_list.public_id}", headers={"if-none-match": response["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/status/{uuid.uuid4()}").status_code == 404
