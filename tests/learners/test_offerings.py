"""Planning offerings, repeating and canceling them, and moving learners between them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.icalendar import write
from config.permissions import Role
from credentials.models import Offering, OfferingEvent, Organization
from credentials.workflow import OFFERING_MOVES, OfferingStatus
from learners import services
from learners.models import CalendarFeed, Enrollment, EnrollmentEvent, Notice
from learners.selectors.feed import events
from learners.services import Plan, enroll, enroll_class
from learners.workflow import ATTENDANCE_MOVES, AttendanceStatus
from tests.fixtures.records import NOON
from tests.learners.test_feed import parse

OCTOBER = date(2026, 10, 12)
MORNING = datetime(2026, 10, 12, 13, 0, tzinfo=UTC)  # nine o'clock in New York
WAITS = "waitlisted"


def plan_of(organization, **fields):
    return Plan(
        **{
            "name": "Skills day",
            "opens_on": OCTOBER,
            "closes_on": OCTOBER,
            "starts_at": MORNING,
            "ends_at": MORNING + timedelta(hours=3),
            "place": "Simulation center",
            "seats": 2,
            "delivered_by": organization,
        }
        | fields
    )


@pytest.fixture
def planned(lead, organization, version):
    def make(**fields):
        return services.plan_offering(
            actor=lead, credential=version.credential, plan=plan_of(organization, **fields), at=NOON
        )

    return make


@pytest.fixture
def seat(make_learner, version):
    """Somebody enrolls, or waits where it is full."""

    def make(offering, **fields):
        learner = make_learner(**fields)
        return enroll(actor=learner.user, learner=learner, credential=version.credential, offering=offering, at=NOON)

    return make


def states(offering):
    return list(offering.enrollments.order_by("pk").values_list("status", flat=True))


def test_every_state_has_its_moves():
    assert set(OFFERING_MOVES) == set(OfferingStatus.values)
    assert set(ATTENDANCE_MOVES) == set(AttendanceStatus.values)


# Planning ----------------------------------------------------------------------------------------------------------------
def test_an_offering_is_planned_with_an_event_and_learners_can_choose_it(planned, learner, lead, version):
    offering = planned()

    event = offering.events.get()
    assert (event.action, event.actor) == ("planned", lead)
    assert (
        services.enroll(actor=learner.user, learner=learner, credential=version.credential, at=NOON).offering
        == offering
    )


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": " "}, "Give it a name"),
        ({"closes_on": date(2026, 10, 11)}, "before the first"),
        ({"ends_at": None}, "Say both"),
        ({"ends_at": MORNING - timedelta(hours=1)}, "ends before"),
        ({"opens_on": date(2026, 10, 13), "closes_on": date(2026, 10, 14)}, "outside"),
        ({"seats": 0}, "Seats are a number"),
        (
            {"opens_on": date(2026, 8, 1), "closes_on": date(2026, 8, 1), "starts_at": None, "ends_at": None},
            "has passed",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(planned, fields, words):
    with pytest.raises(Invalid, match=words):
        planned(**fields)

    assert not Offering.objects.exists()
    assert not OfferingEvent.objects.exists()


def test_a_unit_of_another_school_delivers_nothing_here(planned, make_organization):
    with pytest.raises(Invalid, match="one of its units"):
        planned(delivered_by=make_organization())


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.REGISTRAR, Role.COMMITTEE, None])
def test_only_leads_and_administrators_plan(make_user, organization, version, role):
    with pytest.raises(NotAllowed):
        services.plan_offering(
            actor=make_user(role), credential=version.credential, plan=plan_of(organization), at=NOON
        )
    assert not Offering.objects.exists()


def test_the_same_is_not_planned_twice(planned):
    planned()

    with pytest.raises(Conflict, match="planned already"):
        planned()
    assert Offering.objects.count() == 1


def test_a_designation_is_not_offered(lead, organization, make_version):
    with pytest.raises(Invalid, match="pathway"):
        services.plan_offering(
            actor=lead,
            credential=make_version(kind="designation").credential,
            plan=plan_of(organization),
            at=NOON,
        )


def test_a_new_unit_is_made_once(lead, organization, version, make_organization):
    def add(name):
        return services.add_unit(actor=lead, credential=version.credential, name=name)

    first = add("Skills Center")

    assert (first.parent, first.kind, first.slug) == (organization, "unit", "skills-center")
    assert add(" skills center ") == first
    assert add("Skills  Center!").slug == "skills-center-2"
    make_organization(name="Elsewhere Office")
    with pytest.raises(Invalid, match="Another organization"):
        add("Elsewhere office")


def test_a_change_is_told_to_those_who_are_enrolled_and_leaves_an_event(planned, seat, lead, organization):
    offering = planned()
    enrollment = seat(offering)

    services.change_offering(actor=lead, offering=offering, plan=plan_of(organization, place="Ward 5"), at=NOON)
    services.change_offering(actor=lead, offering=offering, plan=plan_of(organization, place="Ward 5"), at=NOON)

    assert [each.action for each in offering.events.order_by("pk")] == ["planned", "changed"]
    notice = Notice.objects.exclude(kind="enrolled").get()
    assert (notice.user, notice.kind) == (enrollment.learner.user, "offering")
    assert "Oct 12, 2026, 9:00 AM – 12:00 PM EDT, Ward 5" in notice.text


def test_added_seats_go_to_those_who_wait(planned, seat, lead, organization):
    offering = planned(seats=1)
    for _each in range(3):
        seat(offering)

    services.change_offering(actor=lead, offering=offering, plan=plan_of(organization, seats=2), at=NOON)

    assert states(offering) == ["active", "active", WAITS]


def test_seats_are_not_taken_from_under_people(planned, seat, lead, organization):
    offering = planned(seats=2)
    seat(offering)
    seat(offering)

    with pytest.raises(Invalid, match="2 seats are taken"):
        services.change_offering(actor=lead, offering=offering, plan=plan_of(organization, seats=1), at=NOON)
    offering.refresh_from_db()
    assert offering.seats == 2


def test_copies_keep_the_hour_of_the_clock_when_summer_time_ends(planned, lead):
    offering = planned()

    made = services.repeat_offering(actor=lead, offering=offering, weeks=1, times=4, at=NOON)

    assert [each.opens_on for each in made] == [OCTOBER + timedelta(weeks=number) for number in range(1, 5)]
    hours = {timezone.localtime(each.starts_at).strftime("%H:%M") for each in made}
    assert hours == {"09:00"}
    assert made[3].starts_at - offering.starts_at == timedelta(weeks=4, hours=1)  # clocks go back on November 1
    assert {each.seats for each in made} == {2}


def test_repeating_once_more_adds_nothing(planned, lead):
    offering = planned()
    services.repeat_offering(actor=lead, offering=offering, weeks=1, times=3, at=NOON)

    assert services.repeat_offering(actor=lead, offering=offering, weeks=1, times=3, at=NOON) == []
    assert Offering.objects.count() == 4


@pytest.mark.parametrize(("weeks", "times"), [(0, 1), (1, 0), (27, 1), (1, 53)])
def test_repeating_has_limits(planned, lead, weeks, times):
    offering = planned()

    with pytest.raises(Invalid, match="Repeat it"):
        services.repeat_offering(actor=lead, offering=offering, weeks=weeks, times=times, at=NOON)
    assert Offering.objects.count() == 1


# Canceling ---------------------------------------------------------------------------------------------------------------
def test_canceling_tells_everybody_and_each_chooses_another_date(planned, seat, lead):
    offering, other = planned(seats=1), planned(name="Second day")
    seated, waiting = seat(offering), seat(offering)

    services.cancel_offering(actor=lead, offering=offering, reason="The room is flooded", at=NOON)

    assert states(offering) == ["active", WAITS]
    assert Notice.objects.filter(kind="offering").count() == 2
    assert "The room is flooded. Choose another date" in Notice.objects.filter(kind="offering").first().text
    for each in (seated, waiting):
        services.choose_date(actor=each.learner.user, enrollment=each, to=other, at=NOON)
    assert states(other) == ["active", "active"]
    assert [each.submissions.get().status for each in (seated, waiting)] == ["draft", "draft"]


def test_canceling_with_another_offering_seats_there_in_order_and_the_rest_wait(planned, seat, lead):
    offering, other = planned(seats=3), planned(name="Second day", seats=2)
    first, second, third = (seat(offering) for _each in range(3))
    there = seat(other)

    services.cancel_offering(actor=lead, offering=offering, to=other, reason="No teacher", at=NOON)

    for each in (first, second, third):
        each.refresh_from_db()
    assert [each.status for each in (first, second, third)] == ["active", WAITS, WAITS]
    assert {each.offering for each in (first, second, third)} == {other}
    assert second.submissions.get().status == "draft"  # what was begun is kept
    services.withdraw(actor=there.learner.user, enrollment=there, at=NOON)
    second.refresh_from_db()
    assert second.status == "active"
    assert second.submissions.count() == 1


def test_what_is_handed_in_stays_where_it_is(planned, lead, make_submission, make_enrollment, version):
    offering, other = planned(), planned(name="Second day")
    enrollment = make_enrollment(version=version, offering=offering)
    make_submission(enrollment=enrollment, status="submitted")

    services.cancel_offering(actor=lead, offering=offering, to=other, reason="No teacher", at=NOON)

    enrollment.refresh_from_db()
    assert enrollment.offering == offering
    assert not Notice.objects.exclude(kind="enrolled").exists()


def test_canceling_twice_is_once_and_needs_a_reason_and_a_role(planned, seat, lead, assessor):
    offering = planned()
    seat(offering)
    with pytest.raises(Invalid, match="Say why"):
        services.cancel_offering(actor=lead, offering=offering, reason=" ", at=NOON)
    with pytest.raises(NotAllowed):
        services.cancel_offering(actor=assessor, offering=offering, reason="x", at=NOON)
    offering.refresh_from_db()
    assert not offering.is_canceled

    for _each in range(2):
        services.cancel_offering(actor=lead, offering=offering, reason="No teacher", at=NOON)

    assert Notice.objects.exclude(kind="enrolled").count() == 1
    assert offering.events.filter(action="canceled").count() == 1


def test_nobody_enrolls_in_what_is_canceled_and_nobody_moves_up(planned, seat, lead, learner, version, cohort):
    offering = planned(seats=1)
    seated, _waiting = seat(offering), seat(offering)
    services.cancel_offering(actor=lead, offering=offering, reason="No teacher", at=NOON)

    with pytest.raises(Invalid, match="canceled; choose another"):
        enroll(actor=learner.user, learner=learner, credential=version.credential, offering=offering, at=NOON)
    services.withdraw(actor=seated.learner.user, enrollment=seated, at=NOON)
    assert states(offering) == ["withdrawn", WAITS]


def test_a_class_is_not_put_into_what_is_canceled(planned, lead, administrator, make_learner, version, cohort):
    canceled, other = planned(), planned(name="Second day", seats=1)
    services.cancel_offering(actor=lead, offering=canceled, reason="No teacher", at=NOON)
    for _each in range(2):
        make_learner()

    done = enroll_class(actor=administrator, credential=version.credential, cohort=cohort, at=NOON)

    assert (len(done.enrolled), len(done.waitlisted)) == (1, 1)
    assert other.enrollments.count() == 2


# Moving ------------------------------------------------------------------------------------------------------------------
def move(lead, offering, other, *enrollments, reason="A clash"):
    return services.move_learners(
        actor=lead,
        offering=offering,
        enrollments=[each.public_id for each in enrollments],
        to=other,
        reason=reason,
        at=NOON,
    )


def test_moving_frees_the_seats_for_those_who_wait_and_tells_who_was_moved(planned, seat, lead):
    offering, other = planned(seats=1), planned(name="Second day")
    seated, waiting = seat(offering), seat(offering)

    assert move(lead, offering, other, seated) == [seated]

    seated.refresh_from_db()
    waiting.refresh_from_db()
    assert (seated.offering, seated.status) == (other, "active")
    assert (waiting.offering, waiting.status) == (offering, "active")
    assert {each.kind for each in Notice.objects.exclude(kind="enrolled")} == {"offering", "waitlist-moved"}
    assert move(lead, offering, other, seated) == []
    assert EnrollmentEvent.objects.filter(enrollment=seated).count() == 2


def test_nobody_loses_a_seat_by_being_moved(planned, seat, lead):
    offering, other = planned(seats=2), planned(name="Second day", seats=1)
    first, second = seat(offering), seat(offering)

    with pytest.raises(Conflict, match="1 free seats for 2"):
        move(lead, offering, other, first, second)
    assert states(other) == []
    assert states(offering) == ["active", "active"]


def test_who_waits_goes_on_waiting_where_it_is_full(planned, seat, lead):
    offering, other = planned(seats=1), planned(name="Second day", seats=1)
    seat(offering)
    waiting = seat(offering)
    seat(other)

    move(lead, offering, other, waiting)

    waiting.refresh_from_db()
    assert (waiting.offering, waiting.status) == (other, WAITS)


def test_moving_is_refused_elsewhere_and_without_a_reason(planned, seat, lead, assessor, make_version, make_offering):
    offering, other = planned(), planned(name="Second day")
    seated = seat(offering)

    for actor, to, reason, error in [
        (assessor, other, "x", NotAllowed),
        (lead, other, "", Invalid),
        (lead, offering, "x", Invalid),
        (lead, make_offering(version=make_version()), "x", Invalid),
    ]:
        with pytest.raises(error):
            move(actor, offering, to, seated, reason=reason)
    seated.refresh_from_db()
    assert seated.offering == offering


def test_a_learner_takes_another_date_but_gives_no_seat_up_for_a_waitlist(planned, seat):
    offering, other, full = planned(), planned(name="Second day"), planned(name="Third day", seats=1)
    seat(full)
    mine = seat(offering)

    with pytest.raises(Conflict, match="You keep the seat"):
        services.choose_date(actor=mine.learner.user, enrollment=mine, to=full, at=NOON)
    for _each in range(2):
        services.choose_date(actor=mine.learner.user, enrollment=mine, to=other, at=NOON)

    mine.refresh_from_db()
    assert (mine.offering, mine.status) == (other, "active")
    assert mine.events.count() == 2


def test_nobody_chooses_for_another(planned, seat, lead):
    offering, other = planned(), planned(name="Second day")
    mine = seat(offering)

    with pytest.raises(NotAllowed):
        services.choose_date(actor=lead, enrollment=mine, to=other, at=NOON)


@pytest.mark.django_db(transaction=True)
def test_moves_against_each_other_and_a_cancellation_at_once(together, planned, seat, lead):
    one, two = planned(seats=4), planned(name="Second day", seats=4)
    here, there = [seat(one) for _each in range(2)], [seat(two) for _each in range(2)]

    answers = together(
        lambda: move(lead, one, two, *here),
        lambda: move(lead, two, one, *there),
        lambda: services.cancel_offering(actor=lead, offering=one, to=two, reason="No teacher", at=NOON),
    )

    assert all(isinstance(each, (list, Offering, Invalid, Conflict)) for each in answers)
    one.refresh_from_db()
    assert one.is_canceled
    assert one.enrollments.count() == 0
    assert two.enrollments.filter(status="active").count() == 4
    assert Enrollment.objects.count() == 4


# What the database refuses -----------------------------------------------------------------------------------------------
def test_events_are_never_changed_and_hours_are_in_order(planned):
    offering = planned()

    with pytest.raises(DatabaseError, match="rows are added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE credentials_offeringevent SET action = 'x'")
    with pytest.raises(IntegrityError, match="offering_ends_after_it_starts"), transaction.atomic():
        Offering.objects.filter(pk=offering.pk).update(ends_at=MORNING)


# Pages -------------------------------------------------------------------------------------------------------------------
FORM = {
    "name": "Skills day",
    "opens_on": "2099-10-12",
    "closes_on": "2099-10-12",
    "meets_on": "2099-10-12",
    "begins": "09:00",
    "ends": "12:00",
    "place": "Simulation center",
    "seats": "12",
    "contact": "Skills desk",
}


def test_a_lead_plans_on_the_page_and_learners_see_it(client, lead, organization, version):
    client.force_login(lead)
    address = reverse("learners:offering-add", args=[version.credential.public_id])
    assert "America/New York" in client.get(address).text

    answer = client.post(
        address, FORM | {"delivered_by": str(organization.public_id), "new_unit": "Standardized-Patient Program"}
    )

    offering = Offering.objects.get()
    assert answer.url == offering.get_absolute_url()
    assert offering.delivered_by == Organization.objects.get(name="Standardized-Patient Program")
    assert timezone.localtime(offering.starts_at).hour == 9
    page = " ".join(client.get(version.credential.get_absolute_url()).text.split())
    assert "Oct 12, 2099, 9:00 AM – 12:00 PM EDT, Simulation center" in page
    assert "Standardized-Patient Program, Skills desk" in page


@pytest.mark.parametrize("missing", ["meets_on", "begins", "ends"])
def test_half_a_time_is_refused_on_the_form(client, lead, organization, version, missing):
    client.force_login(lead)
    address = reverse("learners:offering-add", args=[version.credential.public_id])

    answer = client.post(address, FORM | {"delivered_by": str(organization.public_id), missing: ""})

    assert answer.status_code == 422
    assert "or none of the three" in answer.text
    assert not Offering.objects.exists()


def test_the_pages_of_an_offering_do_what_they_say(client, lead, planned, seat, organization):
    later = {"opens_on": date(2099, 10, 12), "closes_on": date(2099, 10, 12), "starts_at": None, "ends_at": None}
    offering, other = planned(**later), planned(name="Second day", **later)
    mine = seat(offering)
    client.force_login(lead)

    def at(name):
        return reverse(f"learners:offering-{name}", args=[offering.public_id])

    assert client.get(at("edit")).status_code == 200
    data = FORM | {"delivered_by": str(organization.public_id), "place": "Ward 5"}
    assert client.post(at("edit"), data).status_code == 302
    assert client.post(at("repeat"), {"weeks": "1", "times": "2"}).status_code == 302
    assert Offering.objects.count() == 4
    assert client.post(at("repeat"), {"weeks": "0", "times": "2"}).status_code == 422
    answer = client.post(at("move"), {"who": [str(mine.public_id)], "to": str(other.public_id), "reason": ""})
    assert answer.status_code == 422
    assert f'value="{mine.public_id}" checked' in " ".join(answer.text.split())
    client.post(at("move"), {"who": [str(mine.public_id)], "to": str(other.public_id), "reason": "A clash"})
    assert other.enrollments.get() == mine
    assert client.post(at("cancel"), {"reason": ""}).status_code == 422
    assert client.post(at("cancel"), {"reason": "No teacher"}, follow=True).text.count("Canceled")
    assert client.get(at("check-in")).status_code == 200
    address = reverse("learners:enrollment-date", args=[mine.public_id])
    assert client.get(address).status_code == 404
    client.force_login(mine.learner.user)
    assert client.get(address).status_code == 200
    assert client.post(address, {"to": ""}).status_code == 422


def test_the_workspace_and_the_items_page_say_that_the_date_is_canceled(client, lead, planned, seat, version):
    offering = planned(opens_on=date(2099, 1, 1), closes_on=date(2099, 1, 1), starts_at=None, ends_at=None)
    mine = seat(offering)
    services.cancel_offering(actor=lead, offering=offering, reason="No teacher", at=NOON)
    client.force_login(mine.learner.user)

    for address in (mine.get_absolute_url(), version.credential.get_absolute_url()):
        page = client.get(address).text
        assert "Your date is canceled" in page
        assert reverse("learners:enrollment-date", args=[mine.public_id]) in page


def test_the_list_shows_what_one_runs_by_state_and_words(client, lead, make_user, make_organization, planned):
    later = {"starts_at": None, "ends_at": None, "opens_on": date(2099, 1, 1), "closes_on": date(2099, 1, 1)}
    planned(name="Airway morning", **later)
    planned(name="Ultrasound evening", **later)
    gone = planned(name="Suture night", **later)
    services.cancel_offering(actor=lead, offering=gone, reason="No teacher", at=NOON)
    address = reverse("learners:offering-list")
    client.force_login(lead)

    assert "Airway morning" in client.get(address).text
    assert "Airway morning" not in client.get(address, {"q": "ultra"}).text
    assert "Suture night" not in client.get(address).text
    assert "Suture night" in client.get(address, {"state": "canceled"}).text
    assert client.get(address, {"item": "odd"}).status_code == 404
    client.force_login(make_user(Role.LEAD, scope=make_organization()))
    assert "Airway morning" not in client.get(address).text


def test_the_pages_cost_the_same_whatever_they_hold(
    client, lead, planned, seat, version, django_assert_max_num_queries
):
    later = {"starts_at": None, "ends_at": None, "opens_on": date(2099, 1, 1), "closes_on": date(2099, 1, 1)}
    offering = planned(seats=3, **later)
    for number in range(3):
        planned(name=f"Day {number}", **later)
    for _each in range(6):
        seat(offering)
    client.force_login(lead)

    for name, args in [("list", []), ("detail", [offering.public_id]), ("cancel", [offering.public_id])]:
        with django_assert_max_num_queries(15):
            assert client.get(reverse(f"learners:offering-{name}", args=args)).status_code == 200


def test_the_calendar_shows_where_people_meet_and_what_is_canceled(planned, seat, lead):
    offering = planned()
    mine = seat(offering)
    services.make_feed(actor=mine.learner.user, is_discreet=False, at=NOON)
    feed = CalendarFeed.objects.get()

    def shown():
        found = parse(write(events(feed, NOON), host="h.example", name="N", at=NOON))
        return next(each for each in found if each["UID"].startswith("offering-"))

    event = shown()
    assert (event["DTSTART"], event["DTEND"]) == ("20261012T130000Z", "20261012T160000Z")
    assert event["LOCATION"] == "Simulation center"
    services.cancel_offering(actor=lead, offering=offering, reason="No teacher", at=NOON)
    assert shown()["STATUS"] == "CANCELLED"
