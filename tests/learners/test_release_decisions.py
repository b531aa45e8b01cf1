"""A whole cohort at once, and two people at the same time."""

import threading

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.demo.history import prepare_decisions
from config.errors import IllegalMove, NotAllowed, RegistryError
from config.permissions import Role
from learners.models import (
    Award,
    AwardEvent,
    Decision,
    DecisionEvent,
    Enrollment,
    Learner,
    Notice,
    RoleGrant,
    Submission,
    SubmissionEvent,
    User,
)
from learners.services import release_decisions, undo_release
from tests.fixtures.records import LONG_AGO, NOON


@pytest.fixture
def prepare(organization, make_version, make_user):
    """prepare(20): so many proposed decisions on one credential, assessed by one person."""

    def make(count):
        users = User.objects.bulk_create(
            User(email=f"cohort{number}@larkmoor.example.edu", name=f"Cohort {number}", password="!")
            for number in range(count)
        )
        learners = Learner.objects.bulk_create(
            Learner(user=user, organization=organization, display_name=user.name, profession="nursing")
            for user in users
        )
        return prepare_decisions(
            version=make_version(), learners=learners, assessors=[make_user(Role.ASSESSOR)], at=NOON
        )

    return make


def test_a_cohort_costs_as_many_statements_as_a_class(prepare, lead):
    decisions = prepare(43)
    counts = []

    for batch in (decisions[:3], decisions[3:]):
        lead = User.objects.get(pk=lead.pk)  # as in a request of its own
        with CaptureQueriesContext(connection) as asked:
            release_decisions(actor=lead, decisions=batch, at=NOON)
        counts.append(len(asked))

    assert counts[0] == counts[1]
    assert counts[0] < 30


def test_700_are_released_in_one_go(prepare, lead):
    decisions = prepare(700)

    released = release_decisions(actor=lead, decisions=decisions, at=NOON, note="Congratulations.")

    assert len(released) == 700
    assert all(each.status == "released" for each in released)
    assert Award.objects.filter(status="active").count() == 700
    assert AwardEvent.objects.count() == 700
    assert DecisionEvent.objects.filter(moved_to="released", actor=lead).count() == 700
    assert SubmissionEvent.objects.filter(moved_to="decided").count() == 700
    assert Submission.objects.filter(status="decided").count() == 700
    assert Enrollment.objects.filter(status="completed").count() == 700
    assert Notice.objects.filter(kind="decision").count() == 700


def test_mixed_outcomes_each_get_their_own_consequences(make_decision, lead):
    awarded = make_decision()
    returned = make_decision(outcome="returned", levels=(2, 3, 3))
    not_met = make_decision(outcome="not-met", levels=(1, 3, 3))

    release_decisions(actor=lead, decisions=[not_met, awarded, returned], at=NOON)

    assert Award.objects.get().decision == awarded
    assert dict(Decision.objects.values_list("pk", "submission__status")) == {
        awarded.pk: "decided",
        returned.pk: "returned",
        not_met.pk: "decided",
    }


def test_one_that_may_not_be_released_holds_back_all(make_decision, make_learner, lead):
    good = make_decision()
    own = make_decision(learner=make_learner(user=lead))

    with pytest.raises(NotAllowed):
        release_decisions(actor=lead, decisions=[good, own], at=NOON)

    assert set(Decision.objects.values_list("status", flat=True)) == {"proposed"}
    assert not Award.objects.exists()
    assert not DecisionEvent.objects.exists()


def test_one_that_is_released_already_holds_back_all(make_decision, lead):
    first, second = make_decision(), make_decision()
    release_decisions(actor=lead, decisions=[first], at=NOON)

    with pytest.raises(IllegalMove):
        release_decisions(actor=lead, decisions=[first, second], at=NOON)

    second.refresh_from_db()
    assert second.status == "proposed"
    assert Award.objects.count() == 1


def test_nothing_to_release_is_no_error(lead):
    assert release_decisions(actor=lead, decisions=[], at=NOON) == []


def test_the_same_one_named_twice_is_released_once(make_decision, lead):
    decision = make_decision()

    release_decisions(actor=lead, decisions=[decision, decision], at=NOON)

    assert Award.objects.count() == 1


# Two at the same time ------------------------------------------------------------------------------------------------
def together(*calls):
    """Run calls at the same moment, each on a connection of its own; answer what each said or raised."""
    gate = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(number, call):
        gate.wait()
        try:
            answers[number] = call()
        except RegistryError as error:
            answers[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    return answers


@pytest.fixture
def second_lead(make_user):
    return make_user(Role.LEAD)


@pytest.mark.django_db(transaction=True)
def test_two_people_who_press_at_the_same_time_release_once(prepare, lead, second_lead):
    decisions = prepare(60)

    answers = together(
        lambda: release_decisions(actor=lead, decisions=decisions, at=NOON),
        lambda: release_decisions(actor=second_lead, decisions=decisions[::-1], at=NOON),
    )

    assert sorted(type(each) for each in answers if isinstance(each, IllegalMove)) == [IllegalMove]
    assert Award.objects.count() == 60
    assert AwardEvent.objects.count() == 60
    assert DecisionEvent.objects.filter(moved_to="released").count() == 60
    assert Notice.objects.filter(kind="decision").count() == 60


@pytest.mark.django_db(transaction=True)
def test_overlapping_halves_release_each_decision_at_most_once(prepare, lead, second_lead):
    decisions = prepare(60)

    answers = together(
        lambda: release_decisions(actor=lead, decisions=decisions[:40], at=NOON),
        lambda: release_decisions(actor=second_lead, decisions=decisions[20:], at=NOON),
    )

    refused = [each for each in answers if isinstance(each, RegistryError)]
    assert len(refused) == 1
    assert Award.objects.count() == 40
    assert Award.objects.values("decision").distinct().count() == 40


@pytest.mark.django_db(transaction=True)
def test_releasing_and_undoing_at_the_same_time_never_ends_in_between(prepare, lead, second_lead):
    [decision] = prepare(1)
    release_decisions(actor=lead, decisions=[decision], at=NOON)

    answers = together(
        lambda: undo_release(actor=lead, decision=decision, at=NOON, reason="Wrong level."),
        lambda: undo_release(actor=second_lead, decision=decision, at=NOON, reason="Wrong level."),
    )

    assert len([each for each in answers if isinstance(each, RegistryError)]) == 1
    assert Award.objects.get().status == "withdrawn"
    assert Decision.objects.get().status == "undone"
    assert Submission.objects.get().status == "in-review"
    assert Enrollment.objects.get().status == "active"


def test_a_role_that_ended_gives_no_say(prepare, make_user):
    former = make_user(Role.LEAD)
    RoleGrant.objects.filter(user=former).update(from_at=LONG_AGO, until_at=NOON)

    with pytest.raises(NotAllowed):
        release_decisions(actor=former, decisions=prepare(2), at=NOON)
