"""A site that is being tried writes to one address alone (DOMAIN 5.4)."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives, send_mail

ONE = "trial@larkmoor.example.edu"


@pytest.fixture
def trial(settings):
    settings.MAIL_SENT_BY = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND, settings.MAIL_ONLY_TO = "config.mail.OneAddressBackend", ONE


def test_all_mail_goes_to_the_one_address_and_says_for_whom_it_was(trial):
    message = EmailMultiAlternatives("Due", "Text", to=["a@x.example"], cc=["b@x.example"], bcc=["c@x.example"])
    message.attach_alternative("<p>Text</p>", "text/html")

    assert message.send() == 1
    assert send_mail("Other", "Text", None, ["d@x.example"]) == 1

    first, second = mail.outbox
    assert first.recipients() == second.recipients() == [ONE]
    assert first.extra_headers["X-Meant-For"] == "a@x.example, b@x.example, c@x.example"
    assert first.alternatives[0].content == "<p>Text</p>"
    assert message.recipients() == ["a@x.example", "b@x.example", "c@x.example"]  # what was given stays as it was


def test_without_that_address_mail_goes_to_whom_it_is_for(settings):
    assert settings.MAIL_ONLY_TO == ""

    send_mail("Due", "Text", None, ["a@x.example"])

    assert mail.outbox[0].recipients() == ["a@x.example"]
