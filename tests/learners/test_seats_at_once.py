"""People who meet at the last seat, on real PostgreSQL."""

import pytest

from config.errors import RegistryError
from learners.models import Enrollment, EnrollmentEvent
from learners.services import enroll, enroll_class, withdraw
from tests.fixtures.records import NOON

pytestmark = pytest.mark.django_db(transaction=True)


def enrolling(learner, version):
    return lambda: enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON)


def withdrawing(enrollment):
    return lambda: withdraw(actor=enrollment.learner.user, enrollment=enrollment, at=NOON)


def statuses():
    return list(Enrollment.objects.order_by("pk").values_list("status", flat=True))


def test_two_people_for_the_last_seat(together, make_learner, version, make_offering):
    make_offering(version=version, seats=1)

    answers = together(*(enrolling(make_learner(), version) for _each in range(4)))

    assert not [each for each in answers if isinstance(each, RegistryError)]
    assert sorted(statuses()) == ["active", "waitlisted", "waitlisted", "waitlisted"]


def test_two_seats_freed_at_once_go_to_the_first_two_who_wait(together, make_learner, version, make_offering):
    make_offering(version=version, seats=2)
    rows = [enrolling(make_learner(), version)() for _each in range(5)]

    together(*(withdrawing(each) for each in rows[:2]))

    assert statuses() == ["withdrawn", "withdrawn", "active", "active", "waitlisted"]


def test_a_seat_freed_while_others_come_and_go(together, make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    seated, first, second = (enrolling(make_learner(), version)() for _each in range(3))

    together(withdrawing(seated), withdrawing(first), enrolling(make_learner(), version))

    second.refresh_from_db()
    assert second.status == "active"
    assert sorted(statuses()) == ["active", "waitlisted", "withdrawn", "withdrawn"]


def test_withdrawing_twice_at_once(together, make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    seated, _first, _second = (enrolling(make_learner(), version)() for _each in range(3))

    answers = together(withdrawing(seated), withdrawing(seated))

    assert len([each for each in answers if isinstance(each, RegistryError)]) == 1
    assert statuses() == ["withdrawn", "active", "waitlisted"]
    assert EnrollmentEvent.objects.filter(moved_to="withdrawn").count() == 1


def test_a_class_and_one_of_its_learners(together, administrator, cohort, make_learner, version):
    learners = [make_learner() for _each in range(3)]

    def whole():
        return enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    together(whole, enrolling(learners[0], version), whole)

    assert Enrollment.objects.count() == 3
