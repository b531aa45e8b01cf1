from datetime import timedelta

import pytest

from config.permissions import Role
from learners.models import Assignment, Notice, RoleGrant
from learners.services import assign_submission
from tests.fixtures.records import LONG_AGO, NOON


@pytest.fixture
def submitted(make_submission):
    return make_submission(status="submitted")


def test_a_qualified_assessor_gets_it_and_is_told(submitted, assessor, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        assignment = assign_submission(submission=submitted, at=NOON)

    assert assignment.assessor == assessor
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (assessor, "assigned")
    assert notice.path == f"/queue/{submitted.public_id}/"
    assert len(callbacks) == 1


def test_the_least_loaded_is_chosen(submitted, make_user, make_submission):
    busy, free = make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)
    make_submission(status="in-review", assessor=busy)

    assert assign_submission(submission=submitted, at=NOON).assessor == free


def test_decided_work_is_no_load(submitted, make_user, make_submission):
    first, second = make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)
    make_submission(status="decided", assessor=first)
    make_submission(status="submitted", assessor=second)

    assert assign_submission(submission=submitted, at=NOON).assessor == first


def test_700_are_spread_evenly(make_user, make_submission, make_version):
    version = make_version()
    assessors = [make_user(Role.ASSESSOR) for _number in range(4)]

    for _number in range(10):
        assign_submission(submission=make_submission(status="submitted", version=version), at=NOON)

    loads = [Assignment.objects.filter(assessor=each).count() for each in assessors]
    assert max(loads) - min(loads) <= 1


def test_the_learner_never_assesses_their_own_work(make_submission, make_learner, assessor):
    own = make_submission(status="submitted", learner=make_learner(user=assessor))

    assert assign_submission(submission=own, at=NOON) is None
    assert not Assignment.objects.exists()


def test_nobody_qualified_leaves_it_unassigned(submitted, make_user, make_organization, make_version):
    make_user(Role.LEAD)
    make_user(Role.ASSESSOR, scope=make_organization())
    make_user(Role.ASSESSOR, credential=make_version().credential)
    make_user(Role.ASSESSOR, is_active=False)
    ended = make_user(Role.ASSESSOR)
    RoleGrant.objects.filter(user=ended).update(until_at=NOON - timedelta(days=1))
    future = make_user()
    RoleGrant.objects.create(
        user=future,
        role=Role.ASSESSOR,
        organization=submitted.credential.organization,
        from_at=NOON + timedelta(days=1),
    )

    assert assign_submission(submission=submitted, at=NOON) is None


def test_a_role_for_the_credential_alone_qualifies(submitted, make_user):
    only = make_user(Role.ASSESSOR, credential=submitted.credential)

    assert assign_submission(submission=submitted, at=NOON).assessor == only


def test_a_resubmission_goes_to_the_same_assessor_however_busy(make_submission, make_user):
    former = make_user(Role.ASSESSOR)
    make_user(Role.ASSESSOR)
    first = make_submission(status="returned", assessor=former)
    for _number in range(3):
        make_submission(status="submitted", assessor=former)
    again = make_submission(enrollment=first.enrollment, status="submitted", attempt=2)

    assert assign_submission(submission=again, at=NOON).assessor == former


def test_a_resubmission_goes_to_another_when_the_former_has_left(make_submission, make_user):
    former, other = make_user(Role.ASSESSOR), make_user(Role.ASSESSOR)
    first = make_submission(status="returned", assessor=former)
    again = make_submission(enrollment=first.enrollment, status="submitted", attempt=2)
    RoleGrant.objects.filter(user=former).update(from_at=LONG_AGO, until_at=NOON)

    assert assign_submission(submission=again, at=NOON).assessor == other


def test_a_second_call_changes_nothing(submitted, assessor, make_user):
    first = assign_submission(submission=submitted, at=NOON)
    make_user(Role.ASSESSOR)

    assert assign_submission(submission=submitted, at=NOON) == first
    assert Assignment.objects.count() == 1
    assert Notice.objects.count() == 1


@pytest.mark.parametrize("status", ["draft", "returned", "decided"])
def test_what_is_not_open_is_not_assigned(make_submission, assessor, status):
    assert assign_submission(submission=make_submission(status=status), at=NOON) is None
