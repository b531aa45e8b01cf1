"""The engine on rows: who is passed over and why, pairs of two professions, and the even spread of many."""

from datetime import timedelta

import pytest

from config.permissions import Role
from learners.models import (
    AssessorProfile,
    Assignment,
    AssignmentEvent,
    Conflict,
    Enrollment,
    Leave,
    Notice,
    SecondMarking,
    Submission,
)
from learners.sampling import is_in_sample
from learners.selectors.assigning import Pool
from learners.services import assign_submission, assign_waiting
from tests.fixtures.records import NOON

TODAY = NOON.date()


@pytest.fixture
def make_assessor(make_user):
    def make(*, cap=20, profession="medicine"):
        user = make_user(Role.ASSESSOR)
        AssessorProfile.objects.create(user=user, profession=profession, weekly_cap=cap)
        return user

    return make


@pytest.fixture
def waiting(make_submission):
    return make_submission(status="submitted")


def fill(version, learners, count):
    """Many submissions of one version, in two statements."""
    enrollments = Enrollment.objects.bulk_create(
        Enrollment(learner=each, credential=version.credential, credential_version=version, enrolled_at=NOON)
        for each in learners[:count]
    )
    return Submission.objects.bulk_create(
        Submission(
            enrollment=each,
            attempt=1,
            status="submitted",
            started_at=NOON,
            submitted_at=NOON,
            due_at=NOON + timedelta(days=7),
        )
        for each in enrollments
    )


def why(submission):
    submission = Submission.objects.with_context().get(pk=submission.pk)
    return Pool([submission], at=NOON).why_unassigned(submission)


def test_caps_hold_loads_are_even_no_conflict_is_broken_and_the_rest_is_listed(
    make_assessor, make_version, make_learner
):
    """DOMAIN 3.3, in small: 4 assessors with caps of 5, 22 submissions."""
    assessors = [make_assessor(cap=5) for _number in range(4)]
    version, learners = make_version(), [make_learner() for _number in range(22)]
    fill(version, learners, 22)
    for number, learner in enumerate(learners):
        Conflict.objects.create(assessor=assessors[number % 4], learner=learner, kind="family", declared_at=NOON)

    placed = assign_waiting(at=NOON)

    assert len(placed.assignments) == 20
    assert placed.left == 2
    assert [Assignment.objects.filter(assessor=each).count() for each in assessors] == [5, 5, 5, 5]
    broken = [(each.assessor_id, each.submission.enrollment.learner_id) for each in Assignment.objects.all()]
    assert not set(broken) & set(Conflict.objects.values_list("assessor", "learner"))


def test_the_queries_of_a_run_do_not_grow(make_assessor, make_version, make_learner, django_assert_max_num_queries):
    for _number in range(3):
        make_assessor()
    learners = [make_learner() for _number in range(12)]
    fill(make_version(), learners, 12)

    with django_assert_max_num_queries(35):
        assert len(assign_waiting(at=NOON).assignments) == 12


def test_everybody_is_told_once_however_much_they_are_given(make_assessor, make_version, make_learner):
    busy = make_assessor()
    fill(make_version(), [make_learner() for _number in range(3)], 3)

    assign_waiting(at=NOON)

    notice = Notice.objects.get(kind="assigned")
    assert (notice.user, notice.subject, notice.path) == (busy, "3 submissions to assess", "/queue/")
    assert AssignmentEvent.objects.filter(moved_to="assigned", actor=None).count() == 3


def test_a_second_run_changes_nothing(make_assessor, waiting):
    make_assessor()
    assign_waiting(at=NOON)

    assert assign_waiting(at=NOON).assignments == []
    assert Assignment.objects.count() == 1


def test_the_weekly_cap_counts_from_monday(make_assessor, make_submission):
    make_assessor(cap=1)
    first, second = make_submission(status="submitted"), make_submission(status="submitted")

    assert assign_submission(submission=first, at=NOON) is not None
    assert assign_submission(submission=second, at=NOON + timedelta(days=1)) is None
    assert "1: at the weekly cap" in why(second)
    assert assign_submission(submission=second, at=NOON + timedelta(days=6)) is not None


@pytest.mark.parametrize(
    ("from_day", "until_day", "is_passed"),
    [(-1, 0, True), (1, 3, False), (5, 9, True), (8, 20, False), (-5, -1, False)],
)
def test_leave_today_or_on_the_day_it_is_due_passes_somebody_over(
    make_assessor, waiting, from_day, until_day, is_passed
):
    Leave.objects.create(
        assessor=make_assessor(),
        from_on=TODAY + timedelta(days=from_day),
        until_on=TODAY + timedelta(days=until_day),
    )

    assert (assign_submission(submission=waiting, at=NOON) is None) == is_passed


def test_a_declared_conflict_passes_somebody_over_until_it_is_withdrawn(make_assessor, waiting):
    conflict = Conflict.objects.create(
        assessor=make_assessor(), learner=waiting.learner, kind="undisclosed", declared_at=NOON
    )

    assert assign_submission(submission=waiting, at=NOON) is None
    assert why(waiting) == "Nobody of 1 is free (1: a conflict is declared)."
    Conflict.objects.filter(pk=conflict.pk).update(withdrawn_at=NOON)
    assert assign_submission(submission=waiting, at=NOON) is not None


def test_the_same_assessor_judges_a_resubmission_unless_away(make_assessor, make_submission):
    former, _other = make_assessor(), make_assessor()
    before = make_submission(status="returned", assessor=former)
    again = make_submission(enrollment=before.enrollment, status="submitted", attempt=2)
    for _number in range(2):
        make_submission(status="submitted", assessor=former)
    leave = Leave.objects.create(assessor=former, from_on=TODAY, until_on=TODAY)

    away = Pool([Submission.objects.with_context().get(pk=again.pk)], at=NOON)
    assert former.pk not in away.work(again, "first").eligible
    leave.delete()
    assert assign_submission(submission=again, at=NOON).assessor == former


def test_a_pair_is_of_two_professions(make_assessor, make_submission, make_version):
    for _number in range(3):
        make_assessor(profession="medicine")
    nurse = make_assessor(profession="nursing")
    work = make_submission(status="submitted", version=make_version(assessors_count=2))

    assign_submission(submission=work, at=NOON)

    pair = {each.assessor.assessor_profile.profession for each in work.assignments.select_related("assessor")}
    assert pair == {"medicine", "nursing"}
    assert work.assignments.filter(assessor=nurse).exists()
    assert SecondMarking.objects.get(submission=work).cause == "pair"


def test_a_pair_waits_for_a_second_profession_and_says_so(make_assessor, make_submission, make_version):
    make_assessor(), make_assessor()
    work = make_submission(status="submitted", version=make_version(assessors_count=2))

    assert assign_submission(submission=work, at=NOON) is not None

    assert work.assignments.get().role == "first"
    assert "the pair would be of one profession" in why(work)
    make_assessor(profession="pharmacy")
    assert [each.role for each in assign_waiting(at=NOON).assignments] == ["second"]


def test_every_submission_of_a_full_sample_is_judged_twice_by_two_people(make_assessor, make_submission, make_version):
    make_assessor(), make_assessor()
    work = make_submission(status="submitted", version=make_version(second_mark_percent=100))

    assign_submission(submission=work, at=NOON)

    assert work.assignments.values("assessor").distinct().count() == 2
    assert SecondMarking.objects.get(submission=work).cause == "sample"


def test_the_sample_has_the_rate_that_the_item_states_and_can_be_drawn_again():
    """DOMAIN 3.4: random but reproducible."""
    from uuid import UUID

    ids = [UUID(int=(number * 2**96) + 12345 + number, version=4) for number in range(4000)]
    drawn = {percent: [is_in_sample(each, percent=percent) for each in ids] for percent in (0, 10, 25, 100)}

    assert sum(drawn[0]) == 0
    assert sum(drawn[100]) == 4000
    assert 340 <= sum(drawn[10]) <= 460
    assert 900 <= sum(drawn[25]) <= 1100
    assert drawn[10] == [is_in_sample(each, percent=10) for each in ids]
    assert all(more or not fewer for fewer, more in zip(drawn[10], drawn[25], strict=True))


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_never_assign_twice_and_hold_the_cap(make_assessor, make_version, make_learner, together):
    assessors = [make_assessor(cap=4) for _number in range(3)]
    fill(make_version(), [make_learner() for _number in range(10)], 10)

    together(lambda: assign_waiting(at=NOON), lambda: assign_waiting(at=NOON))

    assert Assignment.objects.count() == Assignment.objects.values("submission").distinct().count() == 10
    assert sorted(Assignment.objects.filter(assessor=each).count() for each in assessors) == [3, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_many_who_submit_at_once_never_lift_an_assessor_above_the_cap(make_assessor, make_submission, together):
    make_assessor(cap=2)
    works = [make_submission(status="submitted") for _number in range(4)]

    together(
        lambda: assign_waiting(at=NOON),
        *[lambda work=work: assign_submission(submission=work, at=NOON) for work in works],
    )

    assert Assignment.objects.count() == 2
