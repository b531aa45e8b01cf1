"""A consent whose end date has come: its learner is told, once (DOMAIN 5.4)."""

from datetime import timedelta

import pytest
from django.urls import reverse

from issuance.models import Consent
from issuance.services import tell_of_ended_consents
from learners.models import Notice
from tests.moments import NOON

DAY = timedelta(days=1)


@pytest.fixture
def make_consent(learner):
    def make(**fields):
        defaults = {
            "learner": learner,
            "purpose": "residency",
            "recipients": "anyone-with-link",
            "wording_version": "1",
            "wording": "I ask Larkmoor to show “Roles” with the level Meets the standard.",
            "sign_in_method": "password",
            "given_at": NOON - 30 * DAY,
            "ends_at": NOON,
        }
        return Consent.objects.create(**defaults | fields)

    return make


def test_a_learner_is_told_once_when_a_consent_has_ended_by_its_date(client, make_consent, learner):
    consent = make_consent()
    assert tell_of_ended_consents(at=NOON - timedelta(minutes=1)) == 0

    assert tell_of_ended_consents(at=NOON) == 1
    assert tell_of_ended_consents(at=NOON + timedelta(minutes=10)) == 0

    notice = Notice.objects.get()
    assert (notice.user, notice.kind, notice.way) == (learner.user, "consent-ended", "at-once")
    assert "Aug 2, 2026" in notice.text and "residency application" in notice.text
    assert "Meets the standard" not in notice.text + notice.subject and "Roles" not in notice.text + notice.subject
    client.force_login(learner.user)
    page = client.get(reverse("issuance:share-center"))
    path, _hash, anchor = notice.path.partition("#")
    assert (
        path == reverse("issuance:share-center") and f'id="{anchor}"' in page.text and str(consent.public_id) in anchor
    )


def test_each_consent_that_ended_is_told_of_by_itself(make_consent):
    make_consent()
    assert tell_of_ended_consents(at=NOON) == 1
    make_consent(ends_at=NOON + DAY)

    assert tell_of_ended_consents(at=NOON + DAY) == 1
    assert Notice.objects.count() == 2


@pytest.mark.parametrize(
    "fields",
    [{"withdrawn_at": NOON - DAY}, {"ends_at": None}, {"ends_at": NOON + DAY}, {"ends_at": NOON - 8 * DAY}],
    ids=["withdrawn", "without an end", "not yet", "long ago"],
)
def test_of_others_nobody_is_told(make_consent, fields):
    make_consent(**fields)

    assert tell_of_ended_consents(at=NOON) == 0
    assert not Notice.objects.exists()


def test_where_there_is_no_account_nobody_is_told(make_consent, learner):
    make_consent()
    learner.user = None
    learner.save(update_fields=["user"])

    assert tell_of_ended_consents(at=NOON) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once(make_consent, together):
    make_consent()

    together(*[lambda: tell_of_ended_consents(at=NOON)] * 2)

    assert Notice.objects.count() == 1
