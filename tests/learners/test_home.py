"""Home: what each person sees first."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from learners.services import release_decision

HOME = reverse("learners:home")


def page(client, user):
    client.force_login(user)
    answer = client.get(HOME)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def test_a_stranger_is_led_to_sign_in(client, db):
    assert client.get(HOME).url.startswith(reverse("account_login"))


def test_a_new_learner_is_led_to_the_catalog(client, learner):
    shown = page(client, learner.user)

    assert "Nothing in progress" in shown
    assert reverse("credentials:catalog") in shown


def test_work_in_progress_stands_with_its_next_step(client, make_submission):
    submission = make_submission()

    shown = page(client, submission.learner.user)

    assert submission.credential_version.title in shown
    assert submission.enrollment.get_absolute_url() in shown
    assert "Gather the evidence and submit it." in shown


def test_what_waits_says_until_when(client, make_submission):
    submission = make_submission(status="submitted")

    shown = page(client, submission.learner.user)

    assert "Waiting for an assessor" in shown
    assert "Answer promised by Sep 8, 2026." in shown


def test_a_result_is_shown_once_it_is_released(client, make_decision, assessor):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    assert "Returned for changes" not in page(client, decision.learner.user)

    release_decision(actor=assessor, decision=decision, at=timezone.now())

    shown = page(client, decision.learner.user)
    assert "Returned for changes" in shown
    assert decision.submission.get_absolute_url() in shown
    assert "Read the feedback and start the next attempt." in shown


def test_nothing_of_anothers_is_shown(client, make_submission, make_learner):
    submission = make_submission()

    assert submission.credential_version.title not in page(client, make_learner().user)


def test_an_assessor_sees_how_much_waits(client, make_submission, make_decision, assessor):
    make_submission(status="submitted", assessor=assessor)
    make_decision(assessor=assessor)

    shown = page(client, assessor)

    assert "1 submission to assess" in shown
    assert "1 decision to release" in shown
    assert reverse("learners:queue") in shown


@pytest.mark.parametrize(("role", "is_shown"), [(Role.LEAD, True), (Role.ADMINISTRATOR, True), (Role.REGISTRAR, False)])
def test_those_who_prepare_credentials_are_led_there(client, make_user, role, is_shown):
    assert ("Open credentials" in page(client, make_user(role))) is is_shown


def test_the_number_of_queries_does_not_grow(
    client, learner, make_enrollment, make_submission, django_assert_max_num_queries
):
    for _each in range(6):
        make_submission(enrollment=make_enrollment(learner=learner))
    client.force_login(learner.user)

    with django_assert_max_num_queries(19):
        assert client.get(HOME).status_code == 200


def test_an_administrator_reads_that_a_draft_waits_to_be_published_and_a_lead_does_not(
    client, administrator, lead, make_version
):
    make_version()
    assert "to publish" not in page(client, administrator)
    make_version(published=False)
    make_version(published=False)

    assert "2 draft versions to publish" in page(client, administrator)
    assert "to publish" not in page(client, lead)


def test_drafts_of_another_school_wait_for_others(client, make_user, make_organization, make_version):
    make_version(published=False)
    elsewhere = make_user(Role.ADMINISTRATOR, scope=make_organization())

    assert "to publish" not in page(client, elsewhere)
