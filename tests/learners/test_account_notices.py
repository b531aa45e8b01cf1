"""Whoever has an account is told of every change to it (DOMAIN 5.4: security)."""

from smtplib import SMTPException

import pytest
from allauth.account.models import EmailAddress, EmailConfirmationHMAC
from django.core import mail
from django.core.mail import EmailMessage
from django.urls import reverse

from learners.models import Notice

PASSWORD, NEXT = "seven quiet herons", "eight quiet herons"
HOME = "robin@home.example"


@pytest.fixture
def robin(client, learner):
    """A learner who has signed in with a password a moment ago."""
    user = learner.user
    user.set_password(PASSWORD)
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return user


def told(user):
    return [(each.kind, each.way, each.text.split("\n")[0]) for each in Notice.objects.filter(user=user).order_by("pk")]


def test_an_address_that_is_confirmed_made_the_first_and_removed_is_told_each_time(client, robin):
    school = robin.email
    client.post(reverse("account_email"), {"action_add": "", "email": HOME})
    assert told(robin) == []  # nobody signs in with it yet
    key = EmailConfirmationHMAC(EmailAddress.objects.get(email=HOME)).key

    client.post(reverse("account_confirm_email", args=[key]))
    client.post(reverse("account_email"), {"action_primary": "", "email": HOME})
    mail.outbox.clear()
    client.post(reverse("account_email"), {"action_remove": "", "email": school})

    assert told(robin) == [
        ("account", "at-once", f"One more e-mail address can be used to sign in: {HOME}"),
        ("account", "at-once", f"Mail of your account goes to another e-mail address now: {HOME}"),
        ("account", "at-once", f"An e-mail address was removed from your account: {school}"),
    ]
    (left,) = mail.outbox  # the others wait in the outbox of notices
    assert left.to == [school]
    assert "tell the registrar of your school at once" in left.body


def test_the_address_that_mail_went_to_before_is_written_to(client, robin):
    school = robin.email
    EmailAddress.objects.create(user=robin, email=HOME, verified=True)

    client.post(reverse("account_email"), {"action_primary": "", "email": HOME})

    robin.refresh_from_db()
    assert robin.email == HOME
    assert [each.to for each in mail.outbox] == [[school]]


def test_a_mail_server_that_is_down_keeps_nobody_from_changing_an_account(client, robin, monkeypatch):
    def down(self, fail_silently=False):
        raise SMTPException

    EmailAddress.objects.create(user=robin, email=HOME, verified=True)
    monkeypatch.setattr(EmailMessage, "send", down)

    assert client.post(reverse("account_email"), {"action_primary": "", "email": HOME}).status_code == 302
    assert len(told(robin)) == 1


def test_a_password_that_is_changed_is_told_and_what_is_refused_is_not(client, robin):
    address = reverse("account_change_password")
    client.post(address, {"oldpassword": "wrong", "password1": NEXT, "password2": NEXT})
    assert told(robin) == []

    client.post(address, {"oldpassword": PASSWORD, "password1": NEXT, "password2": NEXT})

    assert told(robin) == [("account", "at-once", "Your password was changed.")]
