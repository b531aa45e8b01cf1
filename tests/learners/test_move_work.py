"""Giving work by hand, moving much of it, and what an assessor says of themselves."""

from datetime import timedelta

import pytest

from config.errors import Conflict as Refused
from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners.models import Assignment, AssignmentEvent, Conflict, Leave
from learners.services import (
    add_leave,
    assign_by_hand,
    declare_conflict,
    find_learner,
    move_assignments,
    remove_leave,
    set_load,
    withdraw_conflict,
)
from tests.fixtures.records import NOON

TODAY = NOON.date()


@pytest.fixture
def colleague(make_user):
    return make_user(Role.ASSESSOR)


@pytest.fixture
def work(make_submission, assessor):
    return make_submission(status="submitted", assessor=assessor)


def by_hand(work, lead, to, **more):
    return assign_by_hand(actor=lead, submission=work, assessor=to, at=NOON, **{"reason": ""} | more)


def test_a_lead_gives_work_to_somebody_else_and_both_events_say_so(work, lead, assessor, colleague):
    made = by_hand(work, lead, colleague)

    assert work.assignments.get(ended_at=None) == made
    assert (made.assessor, made.assigned_by) == (colleague, lead)
    assert [(each.moved_to, each.actor) for each in AssignmentEvent.objects.order_by("pk")] == [
        ("ended", lead),
        ("assigned", lead),
    ]
    assert by_hand(work, lead, colleague) == made


def test_the_engine_refuses_a_conflict_and_an_override_needs_a_reason_that_shows_in_the_audit(work, lead, colleague):
    """DOMAIN 3.3."""
    Conflict.objects.create(assessor=colleague, learner=work.learner, kind="family", declared_at=NOON)

    with pytest.raises(Invalid, match=r"a conflict is declared\. Choose somebody else, or give a reason") as refused:
        by_hand(work, lead, colleague)
    assert "family" not in str(refused.value)
    assert AssignmentEvent.objects.count() == 0

    by_hand(work, lead, colleague, reason="Nobody else knows the technique; the dean agreed.")

    event = AssignmentEvent.objects.get(moved_to="overridden")
    assert (event.actor, event.note) == (lead, "Nobody else knows the technique; the dean agreed.")


def test_nobody_is_told_to_judge_what_they_never_may(make_submission, make_learner, make_user, lead, assessor):
    own = make_submission(status="submitted", learner=make_learner(user=assessor))

    with pytest.raises(Invalid, match="their own work"):
        by_hand(own, lead, assessor, reason="They ask for it.")
    with pytest.raises(Invalid, match="not an assessor of this item"):
        by_hand(own, lead, make_user(), reason="They are kind.")
    assert not Assignment.objects.exists()


def test_only_leads_and_administrators_of_the_item_assign(work, colleague, make_user, make_organization):
    for actor in (colleague, make_user(Role.LEAD, scope=make_organization()), make_user(Role.REGISTRAR)):
        with pytest.raises(NotAllowed):
            by_hand(work, actor, colleague)
        with pytest.raises(NotAllowed):
            move_assignments(actor=actor, assignments=list(work.assignments.all()), to=None, reason="Why", at=NOON)
    assert work.assignments.get().ended_at is None


def test_what_is_judged_is_not_given_away(make_assessed, lead, colleague):
    judged = make_assessed()

    with pytest.raises(Refused, match="has finished judging"):
        by_hand(judged, lead, colleague)


def test_many_are_moved_at_once_and_what_cannot_move_is_named(
    make_submission, make_assessed, lead, assessor, colleague
):
    works = [make_submission(status="submitted", assessor=assessor) for _number in range(3)]
    judged = make_assessed(assessor=assessor)
    Conflict.objects.create(assessor=colleague, learner=works[2].learner, kind="family", declared_at=NOON)
    mine = list(Assignment.objects.filter(assessor=assessor))

    moved = move_assignments(actor=lead, assignments=mine, to=colleague, reason="Ill", at=NOON)

    assert {each.submission for each in moved.assignments} == set(works[:2])
    assert {each.submission: why for each, why in moved.kept} == {
        works[2]: "a conflict is declared",
        judged: "it is judged already",
    }
    assert Assignment.objects.filter(assessor=colleague, reason="Ill", assigned_by=lead).count() == 2
    again = move_assignments(actor=lead, assignments=mine, to=colleague, reason="Ill", at=NOON)
    assert not again.assignments


def test_what_is_moved_to_nobody_in_particular_goes_to_others_evenly(make_submission, make_user, lead, assessor):
    others = [make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)]
    for _number in range(4):
        make_submission(status="submitted", assessor=assessor)

    moved = move_assignments(
        actor=lead, assignments=list(Assignment.objects.all()), to=None, reason="On leave", at=NOON
    )

    assert len(moved.assignments) == 4
    assert [Assignment.objects.filter(assessor=each).count() for each in others] == [2, 2]


def test_moving_needs_a_reason(work, lead, colleague):
    with pytest.raises(Invalid, match="Say why"):
        move_assignments(actor=lead, assignments=list(work.assignments.all()), to=colleague, reason=" ", at=NOON)


# What assessors say of themselves -------------------------------------------------------------------------------------
def test_a_conflict_takes_the_work_away_at_once_without_saying_why(work, assessor, colleague):
    declare_conflict(actor=assessor, learner=work.learner, kind="undisclosed", at=NOON)

    assert work.assignments.get(ended_at=None).assessor == colleague
    assert AssignmentEvent.objects.get(moved_to="ended").note == ""


def test_a_conflict_is_declared_once_seen_by_its_assessor_alone_and_withdrawn(work, assessor, colleague, lead):
    first = declare_conflict(actor=assessor, learner=work.learner, kind="family", at=NOON)

    assert declare_conflict(actor=assessor, learner=work.learner, kind="family", at=NOON) == first
    for other in (colleague, lead, work.learner.user):
        assert not Conflict.objects.visible_to(other).exists()
    with pytest.raises(NotAllowed):
        withdraw_conflict(actor=lead, conflict=first, at=NOON)
    assert withdraw_conflict(actor=assessor, conflict=first, at=NOON).withdrawn_at == NOON
    with pytest.raises(Refused):
        withdraw_conflict(actor=assessor, conflict=first, at=NOON)
    assert declare_conflict(actor=assessor, learner=work.learner, kind="family", at=NOON) != first


def test_a_learner_is_found_by_the_whole_address_or_number_alone(assessor, make_learner, make_organization, lead):
    learner = make_learner(student_number="LM26-0007")
    elsewhere = make_learner(student_number="X-1")
    elsewhere.organization = make_organization()
    elsewhere.save()

    assert find_learner(actor=assessor, said=f" {learner.user.email.upper()} ") == learner
    assert find_learner(actor=assessor, said="LM26-0007") == learner
    for said in ("LM26", "", "X-1", "Robin"):
        with pytest.raises(Invalid, match="in full"):
            find_learner(actor=assessor, said=said)
    with pytest.raises(NotAllowed):
        find_learner(actor=lead, said="LM26-0007")


def test_leave_is_kept_once_and_removed_by_its_owner(assessor, colleague):
    days = {"from_on": TODAY, "until_on": TODAY + timedelta(days=3), "today": TODAY}
    leave = add_leave(actor=assessor, **days)

    assert add_leave(actor=assessor, **days) == leave
    with pytest.raises(Invalid, match="before the first"):
        add_leave(actor=assessor, from_on=TODAY, until_on=TODAY - timedelta(days=1), today=TODAY)
    with pytest.raises(Invalid, match="over already"):
        add_leave(actor=assessor, from_on=TODAY, until_on=TODAY, today=TODAY + timedelta(days=1))
    with pytest.raises(NotAllowed):
        remove_leave(actor=colleague, leave=leave)
    remove_leave(actor=assessor, leave=leave)
    remove_leave(actor=assessor, leave=leave)
    assert not Leave.objects.exists()


def test_a_load_is_changed_by_assessors_within_bounds(assessor, lead):
    set_load(actor=assessor, profession="nursing", weekly_cap=5)

    assert set_load(actor=assessor, profession="nursing", weekly_cap=6).weekly_cap == 6
    with pytest.raises(Invalid):
        set_load(actor=assessor, profession="nursing", weekly_cap=201)
    with pytest.raises(NotAllowed):
        set_load(actor=lead, profession="nursing", weekly_cap=5)
