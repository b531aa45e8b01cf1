from datetime import timedelta

import pytest

from config.errors import IllegalMove, NotAllowed
from config.permissions import Role
from learners.models import Award, DecisionEvent, Enrollment, Notice, Submission, SubmissionEvent
from learners.services import release_decision
from tests.fixtures.records import NOON


def released(decision):
    decision.refresh_from_db()
    return decision.status == "released"


def test_releasing_awarded_grants_the_award_in_the_same_breath(
    make_decision, assessor, settings, django_capture_on_commit_callbacks
):
    settings.UNDO_WINDOW_SECONDS = 300
    decision = make_decision(assessor=assessor)

    with django_capture_on_commit_callbacks() as callbacks:
        answered = release_decision(actor=assessor, decision=decision, at=NOON, note="Well argued.")

    assert answered == decision
    assert answered.status == "released"
    decision.refresh_from_db()
    assert (decision.status, decision.effective_at, decision.note) == ("released", NOON, "Well argued.")
    award = Award.objects.get()
    assert (award.learner, award.credential_version, award.decision) == (
        decision.learner,
        decision.credential_version,
        decision,
    )
    assert award.sign_after == NOON + timedelta(seconds=300)
    assert award.events.get().actor == assessor
    assert DecisionEvent.objects.get(moved_to="released").note == "Well argued."
    assert Submission.objects.get().status == "decided"
    assert SubmissionEvent.objects.get().moved_to == "decided"
    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.ended_at) == ("completed", NOON)
    assert sorted(each.args[0] for each in callbacks if hasattr(each, "args")) == [
        "issuance.sign_pending",
        "learners.send_mail",
        "pathways.open_due_cases",
    ]


def test_the_learner_is_told_after_the_window_and_reads_no_result_in_the_mail(make_decision, assessor, settings):
    settings.UNDO_WINDOW_SECONDS = 300
    decision = make_decision(assessor=assessor, outcome="returned", levels=(2, 3, 3))

    release_decision(actor=assessor, decision=decision, at=NOON, note="See me.")

    notice = Notice.objects.get(user=decision.learner.user)
    assert notice.created_at == NOON + timedelta(seconds=300)
    assert notice.path == decision.submission.get_absolute_url()
    words = f"{notice.subject} {notice.text}".lower()
    for told in ("returned", "awarded", "not met", "level", "see me", "first, and why"):
        assert told not in words


def test_returned_leaves_the_enrollment_open_and_grants_nothing(make_decision, assessor):
    decision = make_decision(assessor=assessor, outcome="returned", levels=(2, 3, 3))

    release_decision(actor=assessor, decision=decision, at=NOON)

    assert not Award.objects.exists()
    assert Submission.objects.get().status == "returned"
    assert Enrollment.objects.get().status == "active"


def test_not_met_before_the_last_attempt_leaves_the_enrollment_open(make_decision, assessor):
    decision = make_decision(assessor=assessor, outcome="not-met", levels=(1, 3, 3))

    release_decision(actor=assessor, decision=decision, at=NOON)

    assert Submission.objects.get().status == "decided"
    assert Enrollment.objects.get().status == "active"


def test_not_met_at_the_last_attempt_ends_the_enrollment(make_decision, make_enrollment, make_version, assessor):
    enrollment = make_enrollment(version=make_version(attempts_max=1))
    decision = make_decision(assessor=assessor, outcome="not-met", levels=(1, 3, 3), enrollment=enrollment)

    release_decision(actor=assessor, decision=decision, at=NOON)

    enrollment.refresh_from_db()
    assert (enrollment.status, enrollment.ended_at) == ("not-met", NOON)


def test_the_lead_of_the_credential_may_release(make_decision, lead):
    decision = make_decision()

    release_decision(actor=lead, decision=decision, at=NOON)

    assert released(decision)


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.REGISTRAR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_may_not_release(make_decision, make_user, role):
    decision = make_decision()

    with pytest.raises(NotAllowed):
        release_decision(actor=make_user(role), decision=decision, at=NOON)

    assert not released(decision)
    assert not Award.objects.exists()


def test_nobody_releases_a_decision_on_their_own_work(make_decision, make_learner, lead):
    decision = make_decision(learner=make_learner(user=lead))

    with pytest.raises(NotAllowed):
        release_decision(actor=lead, decision=decision, at=NOON)

    assert not released(decision)
    assert decision.events.count() == 0


def test_a_second_release_is_refused_and_doubles_nothing(make_decision, assessor):
    decision = make_decision(assessor=assessor)
    release_decision(actor=assessor, decision=decision, at=NOON)

    with pytest.raises(IllegalMove):
        release_decision(actor=assessor, decision=decision, at=NOON)

    assert Award.objects.count() == 1
    assert Notice.objects.count() == 1
    assert DecisionEvent.objects.count() == 1


def test_a_learner_without_an_account_is_not_told(make_decision, assessor):
    decision = make_decision(assessor=assessor)
    learner = decision.learner
    learner.user = None
    learner.save(update_fields=["user"])

    release_decision(actor=assessor, decision=decision, at=NOON)

    assert Award.objects.get().learner == learner
    assert not Notice.objects.exists()
