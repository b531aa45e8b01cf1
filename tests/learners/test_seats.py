"""Seats of an offering, the waitlist, early assessment."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from config.errors import Invalid
from learners.models import Enrollment, EnrollmentEvent, Notice, Submission
from learners.services import enroll, fill_seats, withdraw
from learners.workflow import EnrollmentStatus
from tests.fixtures.records import NOON

WAITS = EnrollmentStatus.WAITLISTED


def start(learner, version, **fields):
    return enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON, **fields)


def test_the_only_offering_is_taken_without_asking(learner, version, make_offering):
    offering = make_offering(version=version, seats=1)

    enrollment = start(learner, version)

    assert (enrollment.offering, enrollment.status) == (offering, "active")
    assert [event.moved_to for event in enrollment.events.all()] == ["active"]


def test_of_several_offerings_one_is_chosen(learner, version, make_offering):
    make_offering(version=version)
    second = make_offering(version=version, name="Spring block")

    with pytest.raises(Invalid, match="Choose when and where"):
        start(learner, version)
    assert not Enrollment.objects.exists()

    assert start(learner, version, offering=second).offering == second


@pytest.mark.parametrize("is_foreign", [True, False])
def test_an_offering_that_closed_or_belongs_elsewhere_is_refused(
    learner, version, make_version, make_offering, is_foreign
):
    make_offering(version=version)
    wrong = (
        make_offering(version=make_version()) if is_foreign else make_offering(version=version, closes_on="2026-08-31")
    )

    with pytest.raises(Invalid, match="has closed"):
        start(learner, version, offering=wrong)
    assert not Enrollment.objects.exists()


def test_who_comes_when_it_is_full_waits_in_order(make_learner, version, make_offering):
    make_offering(version=version, seats=1)

    statuses = [start(make_learner(), version).status for _each in range(3)]

    assert statuses == ["active", WAITS, WAITS]
    assert Submission.objects.count() == 1
    assert list(EnrollmentEvent.objects.order_by("pk").values_list("moved_to", flat=True)) == statuses


def test_a_freed_seat_goes_to_the_first_who_waits_and_they_are_told(make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    seated, first, second = (start(make_learner(), version) for _each in range(3))

    withdraw(actor=seated.learner.user, enrollment=seated, at=NOON)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.status, second.status) == ("active", WAITS)
    assert first.submissions.get().status == "draft"
    assert first.events.order_by("pk").last().actor is None
    notice = Notice.objects.exclude(kind="enrolled").get()
    assert (notice.user, notice.kind, notice.path) == (
        first.learner.user,
        "waitlist-moved",
        reverse("learners:enrollment-detail", args=[first.public_id]),
    )


def test_leaving_the_waitlist_frees_no_seat(make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    _seated, first, second = (start(make_learner(), version) for _each in range(3))

    withdraw(actor=first.learner.user, enrollment=first, at=NOON)

    second.refresh_from_db()
    assert second.status == WAITS


def test_a_newcomer_does_not_pass_those_who_wait(make_learner, version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=2)
    make_enrollment(version=version, offering=offering)
    make_enrollment(version=version, offering=offering, status=WAITS)

    assert start(make_learner(), version).status == WAITS


def test_who_is_on_leave_keeps_the_place_and_is_passed_over(make_learner, version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=1)
    away = make_enrollment(version=version, offering=offering, status=WAITS, learner=make_learner(status="leave"))
    here = make_enrollment(version=version, offering=offering, status=WAITS)

    assert fill_seats(offering=offering, at=NOON) == [here]
    away.refresh_from_db()
    assert away.status == WAITS


def test_filling_seats_twice_moves_nobody_twice(version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=1)
    make_enrollment(version=version, offering=offering, status=WAITS)
    make_enrollment(version=version, offering=offering, status=WAITS)

    assert len(fill_seats(offering=offering, at=NOON)) == 1
    assert fill_seats(offering=offering, at=NOON) == []


def test_nobody_moves_up_once_it_has_closed(version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=1, closes_on=date(2026, 8, 20))
    make_enrollment(version=version, offering=offering, status=WAITS)

    assert fill_seats(offering=offering, at=NOON) == []


def test_a_completed_enrollment_keeps_its_seat(make_learner, version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=1)
    make_enrollment(version=version, offering=offering, status="completed", ended_at=NOON)

    assert start(make_learner(), version).status == WAITS


# Early assessment ------------------------------------------------------------------------------------------------------
def test_early_assessment_needs_no_seat_where_the_owner_permits_it(make_learner, version, make_offering):
    make_offering(version=version, seats=0)
    version.credential.allows_early_assessment = True
    version.credential.save(update_fields=["allows_early_assessment"])

    enrollment = start(make_learner(), version, is_early=True)

    assert (enrollment.status, enrollment.offering, enrollment.is_early_assessment) == ("active", None, True)
    assert enrollment.submissions.count() == 1


def test_early_assessment_is_refused_elsewhere(learner, version):
    with pytest.raises(Invalid, match="does not offer early assessment"):
        start(learner, version, is_early=True)

    assert not Enrollment.objects.exists()


def test_early_assessment_waives_no_prerequisite(learner, make_version):
    first = make_version(title="Bedside Ultrasound Basics")
    version = make_version(requires=[first.credential])
    version.credential.allows_early_assessment = True
    version.credential.save(update_fields=["allows_early_assessment"])

    with pytest.raises(Invalid, match="Bedside Ultrasound Basics"):
        start(learner, version, is_early=True)


# What the database refuses -----------------------------------------------------------------------------------------------
def test_nobody_waits_for_nothing(make_enrollment):
    with pytest.raises(IntegrityError, match="enrollment_waits_for_an_offering"), transaction.atomic():
        make_enrollment(status=WAITS)


def test_events_of_enrollments_are_never_changed(learner, version):
    start(learner, version)

    with pytest.raises(DatabaseError, match="rows are added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE learners_enrollmentevent SET moved_to = 'x'")


# The item's page ---------------------------------------------------------------------------------------------------------
def shown(client, version, user=None):
    if user is not None:
        client.force_login(user)
    return " ".join(client.get(version.credential.get_absolute_url()).text.split())


def test_anybody_sees_dates_and_seats(client, version, make_offering, make_enrollment):
    offering = make_offering(version=version, seats=3, place="Ward 5 East")
    make_enrollment(version=version, offering=offering)

    page = shown(client, version)

    assert "Ward 5 East" in page
    assert "2 of 3 seats free" in page


def test_without_dates_the_page_says_so(client, version):
    assert "work on it at any time" in shown(client, version)


def test_the_page_says_the_place_on_the_waitlist(client, make_learner, version, make_offering):
    make_offering(version=version, seats=1)
    *_others, last = (start(make_learner(), version) for _each in range(3))

    page = shown(client, version, last.learner.user)

    assert "Number 2 on the waitlist" in page
    assert reverse("learners:enrollment-withdraw", args=[last.public_id]) in page
    assert "Open your workspace" not in page


def test_a_full_item_offers_the_waitlist_and_joining_says_the_place(
    client, learner, make_learner, version, make_offering
):
    make_offering(version=version, seats=1)
    start(make_learner(), version)
    assert "Join the waitlist" in shown(client, version, learner.user)

    answer = client.post(reverse("learners:enroll", args=[version.credential.public_id]), follow=True)

    assert answer.request["PATH_INFO"] == version.credential.get_absolute_url()
    assert "You are number 1 on the waitlist." in answer.text


def test_several_offerings_are_chosen_on_the_page(client, learner, version, make_offering):
    make_offering(version=version)
    second = make_offering(version=version, name="Spring block")
    address = reverse("learners:enroll", args=[version.credential.public_id])
    assert f'value="{second.public_id}"' in shown(client, version, learner.user)

    assert client.post(address).status_code == 422
    assert client.post(address, {"offering": "odd"}).status_code == 404
    assert client.post(address, {"offering": str(second.public_id)}).status_code == 302
    assert Enrollment.objects.get().offering == second


def test_early_assessment_is_asked_for_on_the_page(client, learner, version):
    assert "Be assessed early" not in shown(client, version, learner.user)
    version.credential.allows_early_assessment = True
    version.credential.save(update_fields=["allows_early_assessment"])
    assert "Be assessed early" in shown(client, version, learner.user)

    client.post(reverse("learners:enroll", args=[version.credential.public_id]), {"early": "1"})

    assert Enrollment.objects.get().is_early_assessment


def test_nursing_learner_sees_only_admitted_items_as_enrollable_others_visible_with_reason(
    client, make_learner, make_version
):
    """DOMAIN A25."""
    user = make_learner(profession="nursing").user
    admitted = make_version(professions_admitted=["nursing"])
    other = make_version(professions_admitted=["medicine"], title="Medicine Alone")

    assert reverse("learners:enroll", args=[admitted.credential.public_id]) in shown(client, admitted, user)
    page = shown(client, other, user)
    assert "Medicine Alone" in page
    assert "It is open to medicine." in page
    assert reverse("learners:enroll", args=[other.credential.public_id]) not in page


def test_the_usual_turnaround_is_told_from_five_answers_on(client, version, make_decision):
    def answer():
        decision = make_decision(version=version)
        decision.status, decision.effective_at = "released", NOON.replace(day=4)
        decision.save()

    for _each in range(4):
        answer()
    assert "Usually answered" not in shown(client, version)
    answer()

    assert "Usually answered in 3 days (the latest 5 answers)." in shown(client, version)


def test_the_page_costs_the_same_whatever_it_holds(
    client, learner, make_learner, version, make_offering, django_assert_max_num_queries
):
    for _each in range(3):
        offering = make_offering(version=version, seats=1)
        start(make_learner(), version, offering=offering)
    client.force_login(learner.user)

    with django_assert_max_num_queries(19):
        client.get(version.credential.get_absolute_url())
