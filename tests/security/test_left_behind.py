"""What must not stay behind: in logs, in a shared browser, in a second consent; and odd addresses that must not fail."""

import logging

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

from config.logs import JsonFormatter
from issuance import services
from issuance.models import Consent
from learners.models import User
from learners.services import FileRefused
from learners.services.files import clean_upload
from tests.fixtures.uploads import pdf_bytes
from tests.security.test_every_address import READ, fill


@pytest.fixture
def log_lines():
    """What the site writes to its log, as production formats it."""

    class Keeper(logging.Handler):
        def emit(self, record):
            lines.append(self.format(record))

    lines, keeper = [], Keeper()
    keeper.setFormatter(JsonFormatter())
    logging.getLogger().addHandler(keeper)
    yield lines
    logging.getLogger().removeHandler(keeper)


# Logs ----------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("address", "secret"),
    [
        ("/s/a-token-of-a-withdrawn-link", "a-token-of"),
        ("/v/0e8f0c71-6a2b-4000-8000-000000000000", "0e8f0c71"),
        ("/nowhere/jane.doe@example.edu", "jane.doe"),
        ("/nowhere/Zoë Müller", "ller"),
    ],
)
def test_no_address_that_somebody_asked_for_is_logged(client, db, log_lines, address, secret):
    client.get(address)

    assert any("Not Found" in line for line in log_lines)
    assert not any(secret in line for line in log_lines)


def test_no_token_is_logged_when_a_link_is_asked_for_too_often(client, db, settings, log_lines):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"verify": 0}

    client.get("/s/a-token-of-a-good-link")

    assert any("Too Many Requests" in line for line in log_lines)
    assert not any("a-token-of" in line for line in log_lines)


def test_no_value_of_a_refused_row_is_logged(make_user, log_lines):
    user = make_user()
    try:
        with transaction.atomic():
            User.objects.create_user(user.email, name="Somebody Else")
    except IntegrityError as error:
        logging.getLogger("signet.test").exception("refused: %s", error)

    assert "user_email" in log_lines[-1]
    assert user.email not in log_lines[-1]


# Pages in a shared browser -------------------------------------------------------------------------------------------
def test_nobody_may_keep_a_page_that_was_made_for_one_person(clients, records):
    for name, (place, allowed) in READ.items():
        answer = clients[allowed.split()[0]].get(fill(name, place, records))
        if answer.streaming:
            for closer in answer._resource_closers:
                closer()
        assert {"private", "no-store"} <= set(answer.headers.get("Cache-Control", "").split(", ")), name


def test_the_pages_of_the_account_are_not_kept_either(clients):
    for name in ("account_email", "account_set_password", "mfa_index", "account_login"):
        answer = clients["owner"].get(reverse(name))
        assert {"private", "no-store"} <= set(answer.headers.get("Cache-Control", "").split(", ")), name


# Consent -------------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_a_consent_given_twice_at_the_same_moment_is_one_and_ends_when_it_is_withdrawn(together, issuer, make_signed):
    award = make_signed().award
    learner = award.learner.user

    def give():
        return services.give_consent(
            actor=learner, awards=[award], purpose="residency", sign_in_method="password", at=timezone.now()
        )

    together(give, give, give)
    assert Consent.objects.count() == 1
    assert Client().get(f"/v/{award.public_id}").status_code == 200
    services.withdraw_consent(actor=learner, consent=Consent.objects.get(), at=timezone.now())

    assert Client().get(f"/v/{award.public_id}").status_code == 404


def test_a_link_has_a_consent_of_its_own_whatever_else_is_agreed_to(issuer, make_signed):
    award = make_signed().award
    terms = {"purpose": "residency", "sign_in_method": "password", "at": timezone.now()}

    first = services.give_consent(actor=award.learner.user, awards=[award], **terms)
    links = [
        services.share_together(actor=award.learner.user, awards=[award], title=title, **terms) for title in ("A", "B")
    ]

    assert len({first.pk, *(link.consent_id for link in links)}) == 3


# Addresses and files -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("address", ["/s/%00", "/s/a%00b", "/s/%ed%a0%80", "/s/..", "/orgs/%00/did.json", "/v/%00"])
def test_odd_addresses_are_not_found(db, address):
    assert Client(raise_request_exception=False).get(address).status_code == 404


def attached(writer):
    """A program pinned to a page: the name tree of files is not needed for that."""
    program = DecodedStreamObject()
    program.set_data(b"MZ")
    files = DictionaryObject({NameObject("/F"): writer._add_object(program)})
    pin = {
        NameObject("/Subtype"): NameObject("/FileAttachment"),
        NameObject("/Rect"): ArrayObject([NumberObject(0)] * 4),
        NameObject("/FS"): DictionaryObject({NameObject("/F"): TextStringObject("a.exe"), NameObject("/EF"): files}),
    }
    writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(DictionaryObject(pin))])


def opens_with(action):
    def change(writer):
        writer.root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject(action), NameObject("/F"): TextStringObject("\\\\192.0.2.1\\share\\a.pdf")}
        )

    return change


@pytest.mark.parametrize(
    "change",
    [attached, opens_with("/GoToR"), opens_with("/GoToE"), opens_with("/ImportData")],
    ids=["file on a page", "GoToR", "GoToE", "ImportData"],
)
def test_a_pdf_that_carries_or_opens_other_files_is_refused(make_upload, change):
    with pytest.raises(FileRefused, match="Print it to a new PDF"):
        clean_upload(make_upload("case.pdf", pdf_bytes(change)))
