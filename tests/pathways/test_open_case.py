"""When a met pathway becomes a case: by the sweep, by asking, once."""

from datetime import timedelta

import pytest

from config.errors import Conflict, NotAllowed
from config.permissions import Role
from learners.models import Award, Notice, RoleGrant
from pathways import tasks
from pathways.models import CaseEvent, DesignationCase, PathwayEnrollment, Waiver
from pathways.services import ask_committee, open_case, open_due_cases
from tests.fixtures.records import LONG_AGO, NOON


def test_a_met_pathway_becomes_a_case(met, member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks():
        case = open_case(enrollment=met, at=NOON)

    assert (case.learner, case.pathway_version, case.status, case.opened_at) == (
        met.learner,
        met.version,
        "open",
        NOON,
    )
    event = CaseEvent.objects.get()
    assert (event.actor, event.moved_to, event.note) == (None, "open", "Every requirement is met.")
    notice = Notice.objects.get()
    assert (notice.user, notice.path) == (member, case.get_absolute_url())
    assert met.learner.display_name not in notice.subject + notice.text


def test_opening_again_answers_the_same_case(met):
    assert open_case(enrollment=met, at=NOON) == open_case(enrollment=met, at=NOON)
    assert CaseEvent.objects.count() == 1


def test_nothing_opens_while_something_is_missing(digital, learner, join, make_award, two_badges):
    make_award(learner=learner, version=two_badges[0])

    assert open_case(enrollment=join(digital), at=NOON) is None
    assert not DesignationCase.objects.exists()


def test_nothing_opens_while_an_award_can_be_taken_back(met):
    Award.objects.filter(credential_version__title="Evidence").update(sign_after=NOON + timedelta(minutes=5))

    assert open_case(enrollment=met, at=NOON) is None
    assert open_case(enrollment=met, at=NOON + timedelta(minutes=5)).status == "open"


@pytest.mark.parametrize("status", ["suspended", "revoked", "withdrawn", "superseded"])
def test_only_active_awards_count(met, status):
    revoked_at = NOON if status == "revoked" else None
    Award.objects.filter(credential_version__title="Evidence").update(status=status, revoked_at=revoked_at)

    assert open_case(enrollment=met, at=NOON) is None


def test_a_capstone_keeps_it_closed_until_it_is_waived(make_pathway, version, learner, make_award, join, administrator):
    pathway = make_pathway(required=[version], capstone="oral defense")
    make_award(learner=learner, version=version)
    enrollment = join(pathway)
    assert open_case(enrollment=enrollment, at=NOON) is None

    Waiver.objects.create(
        enrollment=enrollment,
        requirement=pathway.requirements.get(kind="capstone"),
        reason="Defended at the partner school.",
        actor=administrator,
        at=NOON,
    )

    assert open_case(enrollment=enrollment, at=NOON).status == "open"


def test_members_who_may_decide_are_told_and_nobody_else(met, make_user, make_organization, make_version):
    told = [make_user(Role.COMMITTEE), make_user(Role.COMMITTEE, credential=met.version.pathway.credential)]
    make_user(Role.COMMITTEE, scope=make_organization())
    make_user(Role.COMMITTEE, credential=make_version().credential)
    make_user(Role.AUDITOR)
    former = make_user(Role.COMMITTEE)
    RoleGrant.objects.filter(user=former).update(until_at=NOON)
    RoleGrant.objects.create(
        user=met.learner.user,
        role=Role.COMMITTEE,
        organization=met.version.pathway.credential.organization,
        from_at=LONG_AGO,
    )

    open_case(enrollment=met, at=NOON)

    assert set(Notice.objects.values_list("user", flat=True)) == {each.pk for each in told}


# The sweep -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def crowd(digital, two_badges, make_learner, make_award, join):
    """Learners who joined: some meet it, some do not."""

    def make(met, unmet):
        enrollments = []
        for number in range(met + unmet):
            learner = make_learner(name=f"Learner {number}")
            make_award(learner=learner, version=two_badges[0])
            if number < met:
                make_award(learner=learner, version=two_badges[1])
            enrollments.append(join(digital, of=learner))
        return enrollments

    return make


def test_the_sweep_opens_every_met_pathway_once(crowd):
    crowd(met=3, unmet=2)

    assert open_due_cases(at=NOON) == 3
    assert open_due_cases(at=NOON) == 0
    assert DesignationCase.objects.count() == 3


def test_the_sweep_costs_the_same_for_any_number_of_unmet(crowd, django_assert_num_queries):
    crowd(met=0, unmet=2)
    with django_assert_num_queries(9):
        open_due_cases(at=NOON)
    crowd(met=0, unmet=10)
    with django_assert_num_queries(9):
        open_due_cases(at=NOON)


def test_the_sweep_opens_no_declined_case_again(case):
    DesignationCase.objects.filter(pk=case.pk).update(status="declined", decided_at=NOON)

    assert open_due_cases(at=NOON) == 0


def test_the_sweep_leaves_out_who_left(met):
    PathwayEnrollment.objects.update(status="left")

    assert open_due_cases(at=NOON) == 0


def test_the_task_sweeps(met):
    Award.objects.update(sign_after=NOON)

    assert tasks.open_due_cases() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_open_one_case(met, together):
    answers = together(lambda: open_due_cases(at=NOON), lambda: open_due_cases(at=NOON))

    assert DesignationCase.objects.count() == 1
    assert CaseEvent.objects.count() == 1
    assert all(isinstance(each, int) for each in answers)


# Asking --------------------------------------------------------------------------------------------------------------
def test_a_learner_brings_the_case_at_once(met):
    case = ask_committee(actor=met.learner.user, enrollment=met, at=NOON)

    assert case.status == "open"
    assert CaseEvent.objects.get().actor == met.learner.user
    assert ask_committee(actor=met.learner.user, enrollment=met, at=NOON) == case


def test_nobody_asks_for_somebody_else(met, member):
    with pytest.raises(NotAllowed):
        ask_committee(actor=member, enrollment=met, at=NOON)

    assert not DesignationCase.objects.exists()


def test_asking_too_early_says_what_is_missing(digital, learner, join):
    with pytest.raises(Conflict, match=r"Informatics is missing\. Evidence is missing\."):
        ask_committee(actor=learner.user, enrollment=join(digital), at=NOON)

    assert not DesignationCase.objects.exists()


def test_asking_while_an_award_can_be_taken_back_says_until_when(met):
    Award.objects.filter(credential_version__title="Evidence").update(sign_after=NOON + timedelta(minutes=5))

    with pytest.raises(
        Conflict, match=r"Evidence was just released and can be taken back until \d+:05 [AP]M; ask after that\."
    ):
        ask_committee(actor=met.learner.user, enrollment=met, at=NOON)


def test_after_a_declined_case_one_may_ask_again(case):
    DesignationCase.objects.filter(pk=case.pk).update(status="declined", decided_at=NOON)
    enrollment = PathwayEnrollment.objects.get()

    again = ask_committee(actor=case.learner.user, enrollment=enrollment, at=NOON)

    assert again != case
    assert again.status == "open"


def test_who_left_joins_again_first(met):
    PathwayEnrollment.objects.update(status="left")

    with pytest.raises(Conflict, match="join the pathway again"):
        ask_committee(actor=met.learner.user, enrollment=met, at=NOON)
