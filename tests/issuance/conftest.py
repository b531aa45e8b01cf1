"""What the tests of sharing, checking and revoking begin with."""

import time

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.core.cache import cache
from django.utils import timezone

from issuance import services
from issuance.models import SignedDocument


@pytest.fixture(autouse=True)
def unlimited():
    """What other tests asked in this minute counts toward no limit."""
    cache.clear()


@pytest.fixture
def sign_in(client):
    """Sign somebody in as the sign-in page does, so many seconds ago."""

    def sign(user, *, seconds_ago=0, methods=("password",)):
        client.force_login(user)
        session = client.session
        session["account_authentication_methods_user"] = str(user.pk)
        session[AUTHENTICATION_METHODS_SESSION_KEY] = [
            {"method": method, "at": time.time() - seconds_ago} for method in methods
        ]
        session.save()
        return client

    return sign


@pytest.fixture
def make_shared(make_signed):
    """A signed award that anyone with the link may see; answers its document."""

    def make(**fields):
        document = make_signed(**fields)
        consent(document.award)
        return document

    return make


def consent(*awards, **fields):
    return services.give_consent(
        **{
            "actor": awards[0].learner.user,
            "awards": awards,
            "purpose": "residency",
            "sign_in_method": "password",
            "at": timezone.now(),
        }
        | fields
    )


@pytest.fixture
def give():
    return consent


@pytest.fixture
def make_certificate():
    def make(award):
        services.make_certificate(award.documents.get(kind="credential"), timezone.now())
        return SignedDocument.objects.get(award=award, kind="certificate")

    return make


@pytest.fixture
def revoke(make_user):
    """Two registrars revoke an award."""

    def act(award):
        request = services.request_revocation(
            actor=make_user("registrar"), award=award, reason="error", note="Wrong file.", at=timezone.now()
        )
        services.approve_revocation(actor=make_user("registrar"), request=request, at=timezone.now())

    return act
