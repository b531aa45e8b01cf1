"""The check-in list of an offering, walk-ins, and what is recorded at the event."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import Attendance, AttendanceEvent, Decision, EvidenceItem, RatedCriterion, RecordedResult
from learners.selectors import offerings as selectors
from learners.services import ChangedElsewhere
from learners.services.attendance import event_requirements
from tests.fixtures.records import NOON

MINUTE = timedelta(minutes=1)


@pytest.fixture
def version(make_version):
    made = make_version(published=False)
    EvidenceRequirement.objects.create(version=made, position=2, kind="skills station", source="event")
    made.status, made.published_at, made.published_by = "published", NOON, made.credential.owner
    made.save()
    made.credential.status, made.credential.current_version = "offered", made
    made.credential.save()
    return made


@pytest.fixture
def offering(version, make_offering):
    return make_offering(version=version, name="Skills day", seats=3)


@pytest.fixture
def seated(make_submission, make_enrollment, make_learner, version, offering):
    """Somebody with a seat and a draft."""

    def make(name="Robin Alder", **fields):
        learner = make_learner(name=name, **fields)
        enrollment = make_enrollment(learner=learner, version=version, offering=offering)
        make_submission(enrollment=enrollment)
        return enrollment

    return make


def press(actor, offering, enrollment, status="present", at=NOON, **fields):
    return services.check_in(actor=actor, offering=offering, enrollment=enrollment, status=status, at=at, **fields)


# Who came ----------------------------------------------------------------------------------------------------------------
def test_a_press_says_that_somebody_is_there_and_a_second_changes_nothing(seated, offering, assessor):
    enrollment = seated()

    first = press(assessor, offering, enrollment)
    second = press(assessor, offering, enrollment, at=NOON + MINUTE)

    assert first == second
    assert (second.status, second.arrived_at, second.came_as) == ("present", NOON, "seated")
    assert AttendanceEvent.objects.count() == 1


def test_undo_takes_it_back_and_the_trail_keeps_both(seated, offering, assessor):
    enrollment = seated()
    press(assessor, offering, enrollment)

    press(assessor, offering, enrollment, "expected", at=NOON + MINUTE)

    assert Attendance.objects.get().status == "expected"
    assert list(AttendanceEvent.objects.order_by("pk").values_list("moved_to", flat=True)) == ["present", "expected"]
    assert press(assessor, offering, seated("Sam Birch"), "expected") is None


def test_coming_late_needs_a_reason(seated, offering, assessor):
    enrollment = seated()

    with pytest.raises(Invalid, match="why they came late"):
        press(assessor, offering, enrollment, "late")
    assert not Attendance.objects.exists()

    assert press(assessor, offering, enrollment, "late", reason=" The  bus ").reason == "The bus"


def test_a_press_that_comes_late_counts_from_when_it_was_pressed(seated, offering, assessor):
    enrollment = seated()

    came = press(assessor, offering, enrollment, at=NOON + 30 * MINUTE, pressed_at=NOON)

    assert came.arrived_at == NOON
    assert came.events.get().at == NOON + 30 * MINUTE


def test_an_older_press_that_comes_late_changes_nothing(seated, offering, assessor, lead):
    enrollment = seated()
    press(lead, offering, enrollment, at=NOON)
    press(lead, offering, enrollment, "expected", at=NOON + 10 * MINUTE)

    press(assessor, offering, enrollment, "present", at=NOON + 20 * MINUTE, pressed_at=NOON + 5 * MINUTE)

    assert Attendance.objects.get().status == "expected"
    assert AttendanceEvent.objects.count() == 2


@pytest.mark.parametrize("pressed_at", [NOON + MINUTE, NOON - timedelta(days=3)])
def test_a_clock_that_is_wrong_is_not_believed(seated, offering, assessor, pressed_at):
    assert press(assessor, offering, seated(), pressed_at=pressed_at).arrived_at == NOON


def test_nobody_checks_themselves_in_and_others_need_a_role(
    make_learner, make_enrollment, version, offering, assessor, make_user, registrar
):
    own = make_enrollment(learner=make_learner(user=assessor), version=version, offering=offering)

    for actor in (assessor, registrar, make_user()):
        with pytest.raises(NotAllowed):
            press(actor, offering, own)
    assert not Attendance.objects.exists()


def test_only_those_with_a_seat_are_on_the_list(
    make_enrollment, make_offering, version, offering, assessor, make_version
):
    waiting = make_enrollment(version=version, offering=offering, status="waitlisted")
    other = make_enrollment(version=version, offering=make_offering(version=version))

    for each in (waiting, other):
        with pytest.raises(Conflict, match="no seat here"):
            press(assessor, offering, each)
    with pytest.raises(Conflict, match="another item"):
        press(assessor, offering, make_enrollment(version=make_version()))
    assert not Attendance.objects.exists()


def test_nobody_is_checked_in_at_what_is_canceled(seated, offering, assessor, lead):
    enrollment = seated()
    services.cancel_offering(actor=lead, offering=offering, reason="No teacher", at=NOON)

    with pytest.raises(Conflict, match="was canceled"):
        press(assessor, offering, enrollment)


# Walk-ins ----------------------------------------------------------------------------------------------------------------
def walk_in(actor, offering, said, reason="Takes the place of somebody ill"):
    return services.admit_walk_in(actor=actor, offering=offering, said=said, reason=reason, at=NOON)


def test_who_waits_takes_the_chair_of_somebody_who_stays_away(
    make_learner, make_enrollment, version, offering, assessor, seated
):
    for number in range(3):
        seated(f"Seated {number}")
    waiting = make_enrollment(
        learner=make_learner(student_number="S-9"), version=version, offering=offering, status="waitlisted"
    )

    came = walk_in(assessor, offering, "S-9")

    waiting.refresh_from_db()
    assert (came.came_as, came.status) == ("walk-in", "present")
    assert (waiting.status, waiting.submissions.get().status) == ("active", "draft")
    assert walk_in(assessor, offering, "S-9") == came
    assert AttendanceEvent.objects.count() == 1


def test_no_more_people_than_seats(make_learner, make_enrollment, version, offering, assessor, seated):
    for number in range(3):
        press(assessor, offering, seated(f"Seated {number}"))
    waiting = make_enrollment(
        learner=make_learner(student_number="S-9"), version=version, offering=offering, status="waitlisted"
    )

    with pytest.raises(Conflict, match="The room is full: 3 people"):
        walk_in(assessor, offering, "S-9")
    waiting.refresh_from_db()
    assert waiting.status == "waitlisted"


def test_who_has_a_seat_at_another_date_keeps_it_and_takes_part(
    make_learner, make_enrollment, make_offering, version, offering, assessor
):
    other = make_offering(version=version, name="Second day")
    there = make_enrollment(learner=make_learner(), version=version, offering=other)

    came = walk_in(assessor, offering, there.learner.user.email.upper())

    there.refresh_from_db()
    assert (there.offering, came.enrollment) == (other, there)
    assert [each.enrollment for each in selectors.check_list(offering).lines] == [there]


@pytest.mark.parametrize(("said", "reason"), [("S-404", "x"), ("", "x"), ("S-1", " ")])
def test_a_walk_in_is_somebody_and_has_a_reason(seated, make_offering, version, assessor, said, reason):
    seated(student_number="S-1")

    with pytest.raises(Invalid):
        walk_in(assessor, make_offering(version=version, name="Second day"), said, reason)
    assert not Attendance.objects.exists()


# What is recorded --------------------------------------------------------------------------------------------------------
def record(actor, offering, enrollment, levels, *, seen="", at=NOON, **fields):
    criteria = list(enrollment.credential_version.criteria.order_by("position"))
    return services.record_at_event(
        actor=actor,
        offering=offering,
        enrollment=enrollment,
        requirement=event_requirements(enrollment.credential_version_id)[0],
        levels={criterion.pk: level for criterion, level in zip(criteria, levels, strict=False) if level},
        seen=seen,
        at=at,
        **fields,
    )


def test_a_result_at_the_event_is_evidence_and_no_judgment(seated, offering, assessor):
    enrollment = seated()
    press(assessor, offering, enrollment)

    result = record(assessor, offering, enrollment, [3, None, 2], remark="Clear and calm.")

    item = EvidenceItem.objects.get(result=result)
    assert (item.requirement.source, item.submission) == ("event", enrollment.submissions.get())
    assert item.title == "Skills day"
    assert "levels by criterion: 3, –, 2" in item.text
    assert "Role map: 3\nReflection: 2\n\nClear and calm." in item.text
    assert sorted(result.rated_criteria.values_list("criterion__key", "level")) == [("reflection", 2), ("role-map", 3)]
    assert not Decision.objects.exists()
    assert enrollment.submissions.get().status == "draft"


def test_a_standardized_patients_rating_is_evidence_not_a_decision(seated, offering, assessor):
    """DOMAIN A24."""
    enrollment = seated()
    press(assessor, offering, enrollment)

    result = record(assessor, offering, enrollment, [4], rater_kind="standardized-patient", rater="SP 12")

    assert "by a standardized patient: SP 12" in EvidenceItem.objects.get(result=result).text
    assert not Decision.objects.exists()


def test_recording_the_same_twice_is_once(seated, offering, assessor):
    enrollment = seated()
    press(assessor, offering, enrollment)

    first = record(assessor, offering, enrollment, [3, 3, 3])

    assert record(assessor, offering, enrollment, [3, 3, 3]) == first
    assert RecordedResult.objects.count() == 1
    assert RatedCriterion.objects.count() == 3


def test_what_another_recorded_meanwhile_is_not_written_over(seated, offering, assessor, lead):
    enrollment = seated()
    press(assessor, offering, enrollment)
    first = record(lead, offering, enrollment, [3, 3, 3])

    with pytest.raises(ChangedElsewhere, match="has recorded this learner meanwhile"):
        record(assessor, offering, enrollment, [1, 1, 1])
    assert RecordedResult.objects.count() == 1

    second = record(assessor, offering, enrollment, [1, 1, 1], seen=str(first.public_id))
    assert second.corrects == first
    assert EvidenceItem.objects.filter(result__isnull=False).count() == 1


def test_each_station_and_each_date_is_recorded_by_itself(seated, offering, assessor):
    enrollment = seated()
    press(assessor, offering, enrollment)

    record(assessor, offering, enrollment, [3], station="Station 1")
    record(assessor, offering, enrollment, [2], station=" Station  2 ")

    assert set(RecordedResult.objects.values_list("title", flat=True)) == {
        "Skills day: Station 1",
        "Skills day: Station 2",
    }


def test_only_of_those_who_are_there_and_by_the_rubric(seated, offering, assessor, make_version):
    enrollment = seated()
    with pytest.raises(Conflict, match="Check this learner in"):
        record(assessor, offering, enrollment, [3])
    press(assessor, offering, enrollment)

    with pytest.raises(Invalid, match="at least one criterion"):
        record(assessor, offering, enrollment, [])
    with pytest.raises(Invalid, match="level of the rubric"):
        record(assessor, offering, enrollment, [5])
    with pytest.raises(Invalid, match="at most 1000"):
        record(assessor, offering, enrollment, [3], remark="x" * 1001)
    with pytest.raises(Invalid, match="does not come from an event"):
        services.record_at_event(
            actor=assessor,
            offering=offering,
            enrollment=enrollment,
            requirement=enrollment.credential_version.evidence_requirements.get(position=1),
            levels={enrollment.credential_version.criteria.first().pk: 3},
            at=NOON,
        )
    assert not RecordedResult.objects.exists()


def test_nobody_records_their_own_result(make_learner, make_enrollment, version, offering, assessor, lead):
    own = make_enrollment(learner=make_learner(user=assessor), version=version, offering=offering)
    press(lead, offering, own)

    with pytest.raises(NotAllowed):
        record(assessor, offering, own, [3])


@pytest.mark.django_db(transaction=True)
def test_two_assessors_at_once_record_one_result_and_the_second_hears_of_it(together, seated, offering, assessor, lead):
    enrollment = seated()
    press(assessor, offering, enrollment)

    answers = together(
        lambda: record(assessor, offering, enrollment, [3, 3, 3]),
        lambda: record(lead, offering, enrollment, [2, 2, 2]),
    )

    assert sorted(type(each).__name__ for each in answers) == ["ChangedElsewhere", "RecordedResult"]
    assert RecordedResult.objects.count() == 1
    assert EvidenceItem.objects.filter(result__isnull=False).count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_press_from_two_phones_at_once_is_one(together, seated, offering, assessor, lead):
    enrollment = seated()

    together(*(lambda actor=actor: press(actor, offering, enrollment) for actor in (assessor, lead, assessor, lead)))

    assert Attendance.objects.count() == 1
    assert AttendanceEvent.objects.count() == 1


# What the database refuses -----------------------------------------------------------------------------------------------
def test_the_trail_is_never_changed_and_late_says_why(seated, offering, assessor):
    press(assessor, offering, seated())

    with pytest.raises(DatabaseError, match="rows are added"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE learners_attendanceevent SET moved_to = 'x'")
    with pytest.raises(IntegrityError, match="says_why"), transaction.atomic():
        Attendance.objects.update(status="late")


# Pages -------------------------------------------------------------------------------------------------------------------
def at(name, offering, *more):
    return reverse(f"learners:offering-{name}", args=[offering.public_id, *more])


def test_thirty_learners_are_checked_in_without_a_script(client, seated, offering, assessor):
    """DOMAIN A24."""
    rows = [seated(f"Learner {number:02}", student_number=f"S-{number}") for number in range(30)]
    client.force_login(assessor)

    for each in rows:
        answer = client.post(at("check", offering), {"enrollment": str(each.public_id), "status": "present", "q": "L"})
        assert answer.url == f"{at('check-in', offering)}?q=L#row-{each.public_id}"

    page = client.get(at("check-in", offering))
    assert page.context["list"].here == 30
    assert page["Cache-Control"].startswith("max-age=0, no-cache")
    assert client.get(at("check-in", offering), {"q": "learner 07"}).text.count("data-row=") == 1
    assert "Nobody of this name" in client.get(at("check-in", offering), {"q": "nobody"}).text


def test_the_script_is_answered_in_json(client, seated, offering, assessor):
    enrollment = seated()
    client.force_login(assessor)

    def send(**data):
        return client.post(
            at("check", offering),
            {"enrollment": str(enrollment.public_id)} | data,
            headers={"Accept": "application/json"},
        )

    assert send(status="present", pressed_at="odd").json() == {"status": "present", "reason": ""}
    refused = send(status="late")
    assert (refused.status_code, refused.json()) == (
        422,
        {"said": "Say why they came late; a few words are enough."},
    )
    assert send(status="expected").json()["status"] == "expected"
    assert client.post(at("check", offering), {"enrollment": "odd"}).status_code == 404


def test_a_walk_in_is_added_on_the_page(client, seated, make_offering, version, assessor):
    seated(student_number="S-1")
    other = make_offering(version=version, name="Second day")
    client.force_login(assessor)

    assert client.post(at("walk-in", other), {"learner": "S-2", "reason": "x"}).status_code == 422
    assert client.post(at("walk-in", other), {"learner": "S-1", "reason": ""}).status_code == 422
    answer = client.post(at("walk-in", other), {"learner": "S-1", "reason": "Missed the first"}, follow=True)

    assert "Robin Alder is checked in." in answer.text
    assert "walked in" in answer.text
    assert "Missed the first" in client.get(at("sheet", other)).text


def test_recording_leads_from_one_learner_to_the_next(client, seated, offering, assessor):
    rows = [seated(name) for name in ("Ada", "Ben", "Cleo")]
    for each in rows:
        press(assessor, offering, each, at=timezone.now())
    client.force_login(assessor)
    first = f"criterion-{rows[0].credential_version.criteria.order_by('position').first().pk}"
    data = {"requirement": "2", first: "3", "rater_kind": "faculty"}
    start = client.get(at("results", offering), {"station": "One"})
    assert start.context["next_url"].startswith(at("result", offering, rows[0].public_id))

    addresses = [start.context["next_url"]]
    for _each in rows:
        answer = client.post(addresses[-1], data)
        assert answer.status_code == 302
        addresses.append(answer.url)

    assert addresses[1:3] == [f"{at('result', offering, each.public_id)}?station=One" for each in rows[1:]]
    assert addresses[3] == f"{at('results', offering)}?station=One"
    assert RecordedResult.objects.count() == 3
    again = client.get(addresses[0])
    assert "Recorded already" in again.text
    assert client.post(addresses[0], data | {"seen": "", first: "1"}).status_code == 422
    assert "recorded this learner meanwhile" in client.post(addresses[0], data | {first: "1"}).text


def test_the_pages_answer_nobody_else(client, seated, offering, learner, make_user, make_organization):
    enrollment = seated()
    for user in (learner.user, make_user(Role.REGISTRAR), make_user(Role.LEAD, scope=make_organization())):
        client.force_login(user)
        for name in ("detail", "check-in", "sheet", "results"):
            assert client.get(at(name, offering)).status_code == 404
        data = {"enrollment": str(enrollment.public_id), "status": "present"}
        assert client.post(at("check", offering), data).status_code == 404
        assert client.post(at("result", offering, enrollment.public_id), {}).status_code == 404
    assert not Attendance.objects.exists()


def test_the_pages_cost_the_same_whatever_they_hold(client, seated, offering, assessor, django_assert_max_num_queries):
    for number in range(3):
        press(assessor, offering, seated(f"Learner {number}"))
    record(assessor, offering, Attendance.objects.first().enrollment, [3])
    client.force_login(assessor)
    result = at("result", offering, Attendance.objects.first().enrollment.public_id)

    for address in (*(at(name, offering) for name in ("check-in", "sheet", "results", "detail")), result):
        with django_assert_max_num_queries(16):
            assert client.get(address).status_code == 200


def test_a_learner_finds_it_in_their_record(client, seated, offering, assessor):
    enrollment = seated()
    press(assessor, offering, enrollment)
    client.force_login(enrollment.learner.user)

    assert "Where you were checked in" in client.get(reverse("learners:record-part", args=["learning"])).text


def test_an_event_on_another_day_is_another_occasion(seated, offering, assessor):
    enrollment = seated()
    came = press(assessor, offering, enrollment)
    record(assessor, offering, enrollment, [3])
    Attendance.objects.filter(pk=came.pk).update(arrived_at=NOON + timedelta(days=7))

    record(assessor, offering, enrollment, [2], at=NOON + timedelta(days=7))

    assert set(RecordedResult.objects.values_list("rated_on", flat=True)) == {date(2026, 9, 1), date(2026, 9, 8)}
