"""Withdrawing from an enrollment, after a question."""

import pytest
from django.urls import reverse

from config.errors import Conflict, NotAllowed
from learners.models import EnrollmentEvent
from learners.services import enroll, withdraw
from tests.fixtures.records import NOON


def address(enrollment):
    return reverse("learners:enrollment-withdraw", args=[enrollment.public_id])


def test_withdrawing_ends_the_enrollment_and_its_draft(make_submission):
    submission = make_submission()

    enrollment = withdraw(actor=submission.learner.user, enrollment=submission.enrollment, at=NOON, note="No time.")

    assert (enrollment.status, enrollment.ended_at) == ("withdrawn", NOON)
    event = enrollment.events.get()
    assert (event.actor, event.moved_to, event.note) == (submission.learner.user, "withdrawn", "No time.")
    submission.refresh_from_db()
    assert submission.status == "withdrawn"
    assert submission.evidence_items.count() == 1


def test_what_waits_for_an_assessor_is_taken_back(make_submission, assessor):
    submission = make_submission(status="submitted", assessor=assessor)

    withdraw(actor=submission.learner.user, enrollment=submission.enrollment, at=NOON)

    assert submission.assignments.get().ended_at == NOON


def test_what_is_being_assessed_is_not_withdrawn(make_submission, assessor):
    submission = make_submission(status="in-review", assessor=assessor)

    with pytest.raises(Conflict, match="being assessed"):
        withdraw(actor=submission.learner.user, enrollment=submission.enrollment, at=NOON)

    submission.enrollment.refresh_from_db()
    assert submission.enrollment.status == "active"
    assert not EnrollmentEvent.objects.exists()


def test_nobody_withdraws_another(make_submission, make_learner):
    submission = make_submission()

    with pytest.raises(NotAllowed):
        withdraw(actor=make_learner().user, enrollment=submission.enrollment, at=NOON)

    assert not EnrollmentEvent.objects.exists()


def test_a_second_call_is_refused(make_submission):
    enrollment = make_submission().enrollment
    withdraw(actor=enrollment.learner.user, enrollment=enrollment, at=NOON)

    with pytest.raises(Conflict, match="has ended"):
        withdraw(actor=enrollment.learner.user, enrollment=enrollment, at=NOON)

    assert enrollment.events.count() == 1


def test_after_withdrawing_one_may_enroll_again(learner, version):
    def start():
        return enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)

    withdraw(actor=learner.user, enrollment=start(), at=NOON)

    assert start().submissions.get().attempt == 1


# The page --------------------------------------------------------------------------------------------------------------
def test_a_question_comes_first(client, make_submission):
    enrollment = make_submission().enrollment
    client.force_login(enrollment.learner.user)
    assert address(enrollment) in client.get(enrollment.credential.get_absolute_url()).text

    page = client.get(address(enrollment))

    assert "Withdraw from this?" in page.text
    enrollment.refresh_from_db()
    assert enrollment.status == "active"

    assert client.post(address(enrollment)).url == enrollment.credential.get_absolute_url()
    enrollment.refresh_from_db()
    assert enrollment.status == "withdrawn"


def test_the_page_says_why_it_cannot_be(client, make_submission):
    enrollment = make_submission(status="in-review").enrollment
    client.force_login(enrollment.learner.user)

    assert "being assessed" in client.get(address(enrollment)).text
    assert client.post(address(enrollment)).status_code == 409


def test_a_stranger_finds_nothing(client, make_submission, make_learner):
    client.force_login(make_learner().user)

    assert client.get(address(make_submission().enrollment)).status_code == 404
