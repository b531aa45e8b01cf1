import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Assessment, Award, AwardEvent, DecisionEvent, Enrollment, Notice, Submission
from learners.services import finish_assessment, grant_award, release_decision, undo_release
from tests.fixtures.records import NOON

SOON = NOON + timedelta(seconds=100)
LATE = NOON + timedelta(seconds=300)


@pytest.fixture(autouse=True)
def window(settings):
    settings.UNDO_WINDOW_SECONDS = 300


@pytest.fixture
def make_released(make_decision, assessor):
    def make(**fields):
        return release_decision(actor=assessor, decision=make_decision(assessor=assessor, **fields), at=NOON)

    return make


def test_everything_is_as_before_and_the_events_tell_it(make_released, assessor):
    decision = make_released()

    undo_release(actor=assessor, decision=decision, at=SOON, reason="A level was wrong.")

    decision.refresh_from_db()
    assert decision.status == "undone"
    assert list(decision.events.order_by("pk").values_list("moved_to", "note")) == [
        ("released", ""),
        ("undone", "A level was wrong."),
    ]
    award = Award.objects.get()
    assert award.status == "withdrawn"
    assert list(award.events.order_by("pk").values_list("moved_to", flat=True)) == ["active", "withdrawn"]
    assert Submission.objects.get().status == "in-review"
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.ended_at) == ("active", None)
    assert Assessment.objects.get().status == "draft"
    assert not Notice.objects.filter(user=decision.learner.user).exists()


def test_a_new_decision_follows_and_grants_anew(make_released, assessor):
    decision = make_released()
    undo_release(actor=assessor, decision=decision, at=SOON, reason="A level was wrong.")

    again = finish_assessment(actor=assessor, submission=decision.submission, at=SOON)
    release_decision(actor=assessor, decision=again, at=SOON)

    assert Award.objects.filter(status="active").count() == 1
    assert Notice.objects.filter(user=decision.learner.user).count() == 1


def test_a_superseded_award_counts_again(make_released, make_learner, make_version, assessor, make_decision):
    learner, version = make_learner(), make_version(expires_after_months=24)
    held = grant_award(learner=learner, version=version, actor=assessor, at=NOON - timedelta(days=700))
    decision = make_decision(assessor=assessor, learner=learner, version=version)
    release_decision(actor=assessor, decision=decision, at=NOON)
    held.refresh_from_db()
    assert held.status == "superseded"

    undo_release(actor=assessor, decision=decision, at=SOON, reason="A level was wrong.")

    held.refresh_from_db()
    assert held.status == "active"
    assert [each.moved_to for each in held.events.order_by("pk")] == ["active", "superseded", "active"]


def test_a_return_is_undone_as_well(make_released, assessor):
    decision = make_released(outcome="returned", levels=(2, 3, 3))

    undo_release(actor=assessor, decision=decision, at=SOON, reason="Sent too early.")

    assert Submission.objects.get().status == "in-review"


def test_after_the_window_nothing_is_undone(make_released, assessor):
    decision = make_released()

    with pytest.raises(Conflict, match="The time to undo is over"):
        undo_release(actor=assessor, decision=decision, at=LATE, reason="Too late.")

    assert Award.objects.get().status == "active"
    assert DecisionEvent.objects.filter(moved_to="undone").count() == 0


def test_without_a_reason_nothing_is_undone(make_released, assessor):
    decision = make_released()

    with pytest.raises(Invalid):
        undo_release(actor=assessor, decision=decision, at=SOON, reason="  ")


def test_a_proposed_decision_is_not_undone(make_decision, assessor):
    with pytest.raises(Conflict):
        undo_release(actor=assessor, decision=make_decision(assessor=assessor), at=SOON, reason="No.")


def test_a_second_undo_is_refused(make_released, assessor):
    decision = make_released()
    undo_release(actor=assessor, decision=decision, at=SOON, reason="A level was wrong.")

    with pytest.raises(Conflict):
        undo_release(actor=assessor, decision=decision, at=SOON, reason="Again.")

    assert AwardEvent.objects.filter(moved_to="withdrawn").count() == 1


def test_others_may_not_undo(make_released, make_user):
    decision = make_released()

    for role in (None, Role.ASSESSOR, Role.REGISTRAR, Role.AUDITOR):
        with pytest.raises(NotAllowed):
            undo_release(actor=make_user(role), decision=decision, at=SOON, reason="No.")

    assert Award.objects.get().status == "active"


def test_the_next_attempt_closes_the_way_back(make_released, make_submission, assessor):
    decision = make_released(outcome="returned", levels=(2, 3, 3))
    make_submission(enrollment=decision.enrollment, status="draft", attempt=2)

    with pytest.raises(Conflict, match="next attempt"):
        undo_release(actor=assessor, decision=decision, at=SOON, reason="Too late.")


@pytest.mark.django_db(transaction=True)
def test_while_the_signer_holds_the_award_nothing_is_undone(make_released, assessor):
    decision = make_released()
    held, done = threading.Event(), threading.Event()

    def sign():
        with transaction.atomic():
            list(Award.objects.select_for_update(skip_locked=True))
            held.set()
            done.wait(30)
        connection.close()

    signer = threading.Thread(target=sign)
    signer.start()
    held.wait(30)
    try:
        with pytest.raises(Conflict, match="being signed"):
            undo_release(actor=assessor, decision=decision, at=SOON, reason="A level was wrong.")
    finally:
        done.set()
        signer.join(30)

    assert Award.objects.get().status == "active"
    decision.refresh_from_db()
    assert decision.status == "released"
