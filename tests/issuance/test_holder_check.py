"""Whether a file names whom somebody expects to hold it: on the page of the file check, in the API, on the command line."""

import io

import orjson
import pytest
from django.core.management import call_command
from django.utils import timezone

from issuance import verification


@pytest.fixture
def document(make_signed):
    return make_signed()


def line(content, holder):
    verdict = verification.check_file(bytes(content), at=timezone.now(), holder=holder)
    return verdict, next(check for check in verdict.checks if check.name == "holder")


@pytest.mark.parametrize("named", ["{name}", "  {NAME} ", "{last}, {first}"])
def test_a_name_is_compared_as_names_are_written(document, named):
    name = document.award.learner.display_name
    first, _, last = name.partition(" ")

    verdict, check = line(document.bytes, named.format(name=name, NAME=name.upper(), first=first, last=last))

    assert (verdict.state, check.outcome, check.code) == ("valid", "passed", "holder")


def test_another_name_fails_with_both_in_words_and_the_badge_stays_what_it_is(document):
    verdict, check = line(document.bytes, "Casey Birch")

    assert (verdict.state, check.outcome) == ("valid", "failed")
    assert check.sentence == f"It is made out to “{document.award.learner.display_name}”, and you named “Casey Birch”."
    assert verdict.other_holder == check.sentence


def test_an_e_mail_address_is_compared_with_its_salted_hash(document):
    address = document.award.learner.user.email

    assert line(document.bytes, address.upper())[1].outcome == "passed"
    other = line(document.bytes, "somebody@else.example.org")[1]
    assert (other.outcome, other.code) == ("failed", "holder-other")
    assert "somebody@else.example.org" in other.sentence


def test_without_a_name_nothing_is_compared_and_that_is_said(document):
    check = line(document.bytes, " ")[1]

    assert (check.outcome, check.code) == ("not-applicable", "holder-not-asked")


def test_what_a_file_does_not_name_could_not_be_compared(make_signed, make_learner):
    learner = make_learner()
    learner.user = None  # has no account, and so no address
    learner.save(update_fields=["user"])
    document = make_signed(learner=learner)

    check = line(document.bytes, "somebody@else.example.org")[1]

    assert (check.outcome, check.code) == ("unknown", "holder-no-address")


def test_the_name_in_a_file_that_was_changed_means_nothing(document):
    changed = bytes(document.bytes).replace(b"Robin", b"Robyn")
    assert changed != bytes(document.bytes)

    verdict, check = line(changed, "Robyn Alder")

    assert (verdict.state, check.outcome, check.code) == ("altered", "unknown", "holder-unvouched")


def test_the_page_asks_for_it_and_says_it_first(client, document):
    text = bytes(document.bytes).decode()

    other = client.post("/check/", {"text": text, "holder": "Casey Birch"}).content.decode()
    none = client.post("/check/", {"text": text}).content.decode()

    assert other.index("Made out to somebody else") < other.index('class="checks"')
    assert "you named “Casey Birch”" in other
    assert "Nobody was named who should hold it" in none and "Not asked" in none


def test_the_api_takes_it_beside_the_credential(client, document):
    def ask(body):
        return client.post("/api/v1/verify", orjson.dumps(body), content_type="application/json")

    def holder(response):
        return next(each["outcome"] for each in response.json()["checks"] if each["name"] == "holder")

    badge, name = orjson.loads(bytes(document.bytes)), document.award.learner.display_name

    assert holder(ask({"credential": badge, "holder": name})) == "passed"
    assert holder(ask({"credential": badge, "holder": "Casey Birch"})) == "failed"
    assert holder(ask({"credential": badge})) == holder(ask(badge)) == "not-applicable"
    refused = ask({"credential": badge, "holder": ["Casey"]})
    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")
    assert ask({"credential": badge, "holder": "x" * 201}).status_code == 400


def test_the_command_takes_it_too(document, tmp_path):
    path, out = tmp_path / "badge.json", io.StringIO()
    path.write_bytes(bytes(document.bytes))

    call_command("verify", str(path), holder=document.award.learner.display_name, stdout=out)

    assert "It is made out to" in out.getvalue()


def test_of_what_is_no_credential_no_dates_are_told(client):
    did = {"@context": ["https://www.w3.org/ns/did/v1"], "id": "did:web:school.example"}

    verdict = verification.check_file(orjson.dumps(did), at=timezone.now())
    page = client.post("/check/", {"text": orjson.dumps(did).decode()}).content.decode()

    dates = [check for check in verdict.checks if check.name == "dates"]
    assert all(check.outcome == "not-applicable" for check in dates)
    assert "It has no end date" not in page
