"""The list of badges and one badge."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from learners.models import AwardComponent

LIST = reverse("learners:award-list")


@pytest.fixture
def own(client, learner):
    client.force_login(learner.user)
    return client


def test_a_badge_is_listed_with_its_seal(own, learner, make_award):
    award = make_award(learner=learner)

    page = own.get(LIST).content.decode()

    assert award.credential_version.title in page
    assert award.get_absolute_url() in page
    assert "<svg" in page
    assert "Valid" in page


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"valid_until": timezone.now() - timedelta(days=1)}, "Expired"),
        ({"status": "revoked", "revoked_at": timezone.now()}, "Revoked by the issuer"),
        ({"status": "superseded"}, "Replaced by a newer award"),
        ({"status": "suspended"}, "Temporarily unavailable"),
        ({"sign_after": timezone.now() + timedelta(days=1)}, "Awarded, being prepared"),
    ],
)
def test_its_state_is_said_in_words(own, learner, make_award, fields, word):
    award = make_award(learner=learner, **fields)

    assert word in own.get(LIST).content.decode()
    assert word in own.get(award.get_absolute_url()).content.decode()


def test_what_was_withdrawn_before_it_was_signed_is_not_listed(own, learner, make_award):
    award = make_award(learner=learner, status="withdrawn")

    assert award.get_absolute_url() not in own.get(LIST).content.decode()
    assert own.get(award.get_absolute_url()).status_code == 404


def test_without_a_badge_short_ones_are_suggested(own, make_version):
    long, short = make_version(title="Long", workload_hours=40), make_version(title="Short", workload_hours=2)
    closed = make_version(title="Closed", professions_admitted=["dentistry"])

    page = own.get(LIST).content.decode()

    assert "No badges yet" in page
    assert page.index(short.title) < page.index(long.title)
    assert closed.title not in page


def test_those_who_are_no_learners_have_no_list(client, assessor):
    client.force_login(assessor)

    assert client.get(LIST).status_code == 404


def test_a_badge_is_read_by_its_holder_registrars_and_auditors(client, make_award, make_user, make_learner):
    award = make_award()
    expected = {
        award.learner.user: 200,
        make_user(Role.REGISTRAR): 200,
        make_user(Role.AUDITOR): 200,
        make_user(Role.LEAD): 404,
        make_user(Role.ASSESSOR): 404,
        make_learner().user: 404,
    }

    found = {}
    for user in expected:
        client.force_login(user)
        found[user] = client.get(award.get_absolute_url()).status_code

    assert found == expected


@pytest.mark.parametrize("of", ["list", "badge"])
def test_a_stranger_is_led_to_sign_in(client, make_award, of):
    address = LIST if of == "list" else make_award().get_absolute_url()

    assert client.get(address).url.startswith(reverse("account_login"))


def test_a_designation_names_what_it_is_made_of(own, learner, make_award, make_version):
    component = make_award(learner=learner)
    whole = make_award(learner=learner, version=make_version(kind="designation", title="Rural Health"))
    AwardComponent.objects.create(award=whole, component=component, requirement="Required", position=1)

    assert component.get_absolute_url() in own.get(whole.get_absolute_url()).content.decode()
    assert "Rural Health" in own.get(component.get_absolute_url()).content.decode()


def test_a_badge_leads_to_the_criteria_of_its_version(own, learner, make_award):
    award = make_award(learner=learner)

    assert award.credential_version.get_absolute_url() in own.get(award.get_absolute_url()).content.decode()


def test_the_number_of_queries_does_not_grow(own, learner, make_award, django_assert_max_num_queries):
    for _each in range(8):
        award = make_award(learner=learner)

    with django_assert_max_num_queries(19):
        assert own.get(LIST).status_code == 200
    with django_assert_max_num_queries(19):
        assert own.get(award.get_absolute_url()).status_code == 200
