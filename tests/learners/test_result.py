"""A submission as its learner and its readers see it: waiting, decided, and what comes next."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from learners.models import Submission
from learners.services import release_decision


@pytest.fixture
def released(make_decision, assessor):
    """released("returned"): the submission of a decision that was released just now, or `ago`."""

    def make(outcome="awarded", *, ago=timedelta(), note="", **fields):
        levels = fields.pop("levels", (3, 3, 3) if outcome == "awarded" else (2, 3, 3))
        decision = make_decision(outcome=outcome, levels=levels, assessor=assessor, **fields)
        release_decision(actor=assessor, decision=decision, at=timezone.now() - ago, note=note)
        return Submission.objects.with_context().get(pk=decision.submission_id)

    return make


def page(client, submission, user=None):
    client.force_login(user or submission.learner.user)
    answer = client.get(submission.get_absolute_url())
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode())


def next_attempt(submission):
    return reverse("learners:resubmission-start", args=[submission.public_id])


def test_while_it_waits_the_learner_sees_what_was_handed_in(client, make_submission):
    shown = page(client, make_submission(status="submitted"))

    assert "Waiting for an assessor" in shown
    assert "Five roles, and whom I would call." in shown
    assert "You get an answer by" in shown


def test_no_level_is_shown_before_the_decision_is_released(client, make_decision):
    decision = make_decision(outcome="returned", levels=(2, 3, 3))

    shown = page(client, decision.submission)

    assert "Your level" not in shown
    assert "You named each role." not in shown
    assert decision.reason not in shown
    assert "Being assessed" in shown


def test_an_award_leads_to_the_badge(client, released):
    submission = released(note="Well argued.")

    shown = page(client, submission)

    assert shown.count("Your level") == 3
    assert "Well argued." in shown
    award = submission.learner.awards.get()
    assert award.get_absolute_url() in shown
    assert next_attempt(submission) not in shown


def test_a_result_that_can_still_be_taken_back_says_so(client, released):
    assert "This result is not final yet" in page(client, released("returned"))
    assert "This result is not final yet" not in page(client, released("returned", ago=timedelta(minutes=6)))


def test_returned_work_says_where_to_grow_and_starts_the_next_attempt(client, released):
    submission = released("returned")

    shown = page(client, submission)

    assert "Where to grow" in shown
    assert "Name whom you would call first, and why." in shown
    assert f'action="{next_attempt(submission)}"' in shown

    answer = client.post(next_attempt(submission))

    assert answer.url == submission.enrollment.get_absolute_url()
    workspace = client.get(answer.url).content.decode()
    assert "Attempt 2 of 3" in workspace
    assert "Five roles, and whom I would call." in workspace
    assert "Go to attempt 2" in page(client, submission)


def test_starting_twice_starts_once(client, released):
    submission = released("returned")
    client.force_login(submission.learner.user)

    answers = [client.post(next_attempt(submission)) for _each in range(2)]

    assert {answer.url for answer in answers} == {submission.enrollment.get_absolute_url()}
    assert Submission.objects.count() == 2


def test_after_not_met_the_day_is_named_and_a_post_is_refused(client, released):
    submission = released("not-met")

    assert "The next attempt opens on" in page(client, submission)
    answer = client.post(next_attempt(submission))

    assert answer.status_code == 409
    assert "The next attempt opens on" in answer.content.decode()
    assert Submission.objects.count() == 1


def test_once_the_wait_is_over_it_starts(client, released):
    submission = released("not-met", ago=timedelta(days=4))

    assert f'action="{next_attempt(submission)}"' in page(client, submission)


def test_after_the_last_attempt_it_is_over(client, released, make_version):
    submission = released("not-met", version=make_version(attempts_max=1))

    shown = page(client, submission)

    assert "All attempts are used" in shown
    assert next_attempt(submission) not in shown


def test_who_reads_it(client, make_submission, assessor, make_user, make_learner):
    submission = make_submission(status="submitted", assessor=assessor)
    expected = {
        assessor: 200,
        make_user(Role.LEAD): 200,
        make_user(Role.AUDITOR): 200,
        make_user(Role.ASSESSOR): 404,
        make_user(Role.REGISTRAR): 404,
        make_learner().user: 404,
    }

    found = {}
    for user in expected:
        client.force_login(user)
        found[user] = client.get(submission.get_absolute_url()).status_code

    assert found == expected


def test_a_stranger_is_led_to_sign_in(client, make_submission):
    submission = make_submission(status="submitted")

    assert client.get(submission.get_absolute_url()).url.startswith(reverse("account_login"))


def test_the_assessor_is_led_to_marking(client, make_submission, assessor):
    submission = make_submission(status="submitted", assessor=assessor)

    assert reverse("learners:marking", args=[submission.public_id]) in page(client, submission, assessor)


def test_readers_of_blind_work_learn_no_name(client, make_submission, make_version, lead):
    submission = make_submission(status="submitted", version=make_version(is_blind=True))

    assert submission.learner.display_name not in page(client, submission, lead)


def test_nobody_starts_the_attempt_of_another(client, released, make_learner):
    submission = released("returned")
    client.force_login(make_learner().user)

    assert client.post(next_attempt(submission)).status_code == 404
    assert Submission.objects.count() == 1


def test_the_number_of_queries_is_fixed(client, released, django_assert_max_num_queries):
    submission = released("returned")
    client.force_login(submission.learner.user)

    with django_assert_max_num_queries(19):
        assert client.get(submission.get_absolute_url()).status_code == 200
