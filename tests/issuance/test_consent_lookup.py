"""A registrar looks up what a learner consented to: the four elements of 34 CFR 99.30, for those who may and said why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from issuance import services
from learners.models.access import AccessReason
from learners.services import search_learners
from tests.issuance.conftest import consent


@pytest.fixture
def look(client, make_user):
    """Look at a learner's consents as a registrar (or another role) who said why."""

    def act(learner, *, role="registrar", query=""):
        person = make_user(role)
        client.force_login(person)
        search_learners(actor=person, said=learner.display_name, reason=AccessReason.RECORDS, at=timezone.now())
        return client.get(f"/people/{learner.public_id}/consents/{query}")

    return act


def test_each_consent_shows_records_purpose_recipients_and_approval(look, make_signed, learner):
    award, other = make_signed(learner=learner).award, make_signed(learner=learner).award
    given = consent(
        award, purpose="other", purpose_text="A fellowship", recipients="named", recipients_text="Program X"
    )
    withdrawn = consent(other, sign_in_method="password, mfa")
    services.withdraw_consent(actor=learner.user, consent=withdrawn, at=timezone.now())

    shown = look(learner).content.decode()

    for said in (
        award.credential_version.title,
        "A fellowship",
        "Program X",
        "signed in by password, mfa",
        "Withdrawn",
        "no level",
        given.wording_version,
    ):
        assert said in shown, said
    assert "nyone with the link" in shown


def test_what_covers_one_award_is_found_by_it(look, make_signed, learner, make_learner):
    award, other = make_signed(learner=learner).award, make_signed(learner=learner).award
    consent(award, purpose="other", purpose_text="For the first")
    consent(other, purpose="other", purpose_text="For the second")

    shown = look(learner, query=f"?award={award.public_id}").content.decode()

    assert "For the first" in shown and "For the second" not in shown
    foreign = make_signed(learner=make_learner(name="Ada Birch")).award
    assert look(learner, query=f"?award={foreign.public_id}").status_code == 404
    assert look(learner, query="?award=nonsense").status_code == 404


def test_a_reason_comes_first(client, make_user, learner):
    client.force_login(make_user("registrar"))

    assert client.get(f"/people/{learner.public_id}/consents/").url == "/people/"


def test_an_auditor_reads_and_nobody_else_does(client, look, learner, make_user, make_organization):
    assert "No consent so far" in look(learner, role="auditor").content.decode()
    assert look(learner, role="lead").status_code == 404
    for person in (learner.user, make_user("assessor"), make_user("registrar", scope=make_organization())):
        client.force_login(person)
        assert client.get(f"/people/{learner.public_id}/consents/").status_code == 404


def test_the_page_has_a_fixed_number_of_queries(client, look, make_signed, learner, django_assert_max_num_queries):
    for number in range(4):
        consent(make_signed(learner=learner).award, ends_at=timezone.now() + timedelta(days=number + 1))
    look(learner)

    with django_assert_max_num_queries(12):
        assert client.get(f"/people/{learner.public_id}/consents/").status_code == 200
