"""What Student Affairs changes of a learner: class, leave of absence, graduation; every change leaves an event."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Cohort, LearnerEvent, LearnerLeave, Notice
from learners.services.standing import days_off
from learners.tasks import turn_leaves
from tests.fixtures.records import NOON

TODAY = timezone.localdate(NOON)
DAY = timedelta(days=1)


def kinds(learner):
    return list(learner.events.order_by("pk").values_list("kind", flat=True))


def leave_of(registrar, learner, first=0, last=10, at=NOON):
    return services.set_leave(
        actor=registrar, learner=learner, from_on=TODAY + first * DAY, until_on=TODAY + last * DAY, at=at
    )


def facts(registrar, learner, **fields):
    known = {"cohort": learner.cohort, "profession": learner.profession, "student_number": learner.student_number}
    return services.set_facts(actor=registrar, learner=learner, at=NOON, **known | fields)


def test_only_what_is_new_leaves_an_event(registrar, make_learner):
    learner = make_learner(student_number="S-1")

    facts(registrar, learner, cohort=None, student_number="S-2")
    learner.refresh_from_db()
    assert (learner.cohort, learner.student_number, learner.profession) == (None, "S-2", "medicine")
    assert set(kinds(learner)) == {"cohort", "number"}
    assert facts(registrar, learner) == []


def test_a_learner_is_told_once_that_the_record_was_changed_and_the_mail_says_not_to_what(registrar, make_learner):
    learner = make_learner(student_number="S-1")
    facts(registrar, learner, cohort=None, student_number="S-2")
    learner.refresh_from_db()
    facts(registrar, learner)
    leave = leave_of(registrar, learner)
    leave_of(registrar, learner)
    services.end_leave(actor=registrar, leave=leave, last_on=TODAY, at=NOON)
    services.end_course(actor=registrar, learner=learner, status="graduated", at=NOON)

    told = Notice.objects.filter(user=learner.user).order_by("pk")
    assert {each.kind for each in told} == {"record"}
    assert [each.text.split(": ")[1].split(".")[0] for each in told] == [
        "class changed, student number changed",
        "leave of absence set",
        "leave of absence ended",
        "graduated",
    ]
    assert not [each for each in told if "S-2" in each.text + each.subject]


def test_facts_that_cannot_be_are_refused_and_change_nothing(registrar, make_learner, make_organization):
    learner = make_learner(student_number="S-1")
    make_learner(student_number="S-2")
    elsewhere = Cohort.objects.create(
        organization=make_organization(), name="X", entered_on=TODAY, graduates_on=TODAY + DAY
    )
    for fields, error in [
        ({"cohort": elsewhere}, Invalid),
        ({"profession": "alchemy"}, Invalid),
        ({"student_number": "S-2"}, Conflict),
    ]:
        with pytest.raises(error):
            facts(registrar, learner, **fields)

    assert not LearnerEvent.objects.exists()


def test_a_leave_that_begins_today_takes_effect_today_and_ends_by_itself(registrar, learner):
    leave_of(registrar, learner, 0, 10)
    learner.refresh_from_db()
    assert learner.status == "leave"

    assert services.turn_leaves(at=NOON + 10 * DAY) == 0
    assert services.turn_leaves(at=NOON + 11 * DAY) == 1
    assert services.turn_leaves(at=NOON + 11 * DAY) == 0

    learner.refresh_from_db()
    assert learner.status == "active"
    assert kinds(learner) == ["leave-set", "away", "back"]


def test_a_leave_that_lies_ahead_begins_when_its_day_comes(registrar, learner):
    leave_of(registrar, learner, 5, 9)
    learner.refresh_from_db()
    assert learner.status == "active"

    services.turn_leaves(at=NOON + 5 * DAY)

    learner.refresh_from_db()
    assert learner.status == "leave"


def test_the_task_looks_at_the_day(registrar, learner):
    now = timezone.now()
    today = timezone.localdate(now)
    LearnerLeave.objects.create(learner=learner, from_on=today, until_on=today, set_by=registrar, set_at=now)

    turn_leaves()

    learner.refresh_from_db()
    assert learner.status == "leave"


def test_the_same_leave_twice_is_kept_once_and_overlapping_days_are_refused(registrar, learner):
    assert leave_of(registrar, learner) == leave_of(registrar, learner)

    with pytest.raises(Conflict, match="There is a leave"):
        leave_of(registrar, learner, 10, 12)
    assert LearnerLeave.objects.count() == 1


@pytest.mark.parametrize(("first", "last"), [(5, 4), (-9, -1), (0, 2000)])
def test_days_that_cannot_be_are_refused(registrar, learner, first, last):
    with pytest.raises(Invalid):
        leave_of(registrar, learner, first, last)
    assert not LearnerEvent.objects.exists()


def test_a_leave_is_ended_early_or_taken_back(registrar, learner):
    services.end_leave(actor=registrar, leave=leave_of(registrar, learner), last_on=TODAY + DAY, at=NOON + DAY)
    assert LearnerLeave.objects.get().until_on == TODAY + DAY
    ahead = leave_of(registrar, learner, 20, 30)
    services.end_leave(actor=registrar, leave=ahead, last_on=TODAY, at=NOON)
    services.end_leave(actor=registrar, leave=ahead, last_on=TODAY, at=NOON)

    assert LearnerLeave.objects.count() == 1
    with pytest.raises(Invalid, match="over already"):
        services.end_leave(actor=registrar, leave=LearnerLeave.objects.get(), last_on=TODAY + 5 * DAY, at=NOON)


def test_domain_5_5_leave_of_absence_shifts_a_time_to_appeal(registrar, learner, make_decision):
    decision = make_decision(learner=learner)
    type(decision).objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)
    decision.refresh_from_db()
    before = services.appeal_until(decision)

    leave_of(registrar, learner, 3, 9)

    assert services.appeal_until(decision) == before + 7 * DAY
    assert days_off(learner, since=TODAY + 10 * DAY) == set()


def test_nothing_new_is_begun_on_leave(registrar, learner, make_version):
    leave_of(registrar, learner)
    learner.refresh_from_db()

    assert services.refusals(learner=learner, credential=make_version().credential, at=NOON)


def test_a_class_graduates_once_and_keeps_sign_in_badges_and_consents(
    client, registrar, cohort, make_learner, make_award
):
    learners = [make_learner(name=f"Learner {n}") for n in range(3)]
    away, gone = learners[1], learners[2]
    leave_of(registrar, away)
    services.end_course(actor=registrar, learner=gone, status="left", at=NOON)
    award = make_award(learner=learners[0])

    assert services.graduate_cohort(actor=registrar, cohort=cohort, at=NOON) == 1
    assert services.graduate_cohort(actor=registrar, cohort=cohort, at=NOON) == 0

    for learner in learners:
        learner.refresh_from_db()
    assert [each.status for each in learners] == ["graduated", "leave", "left"]
    assert learners[0].user.is_active
    client.force_login(learners[0].user)
    assert client.get(reverse("learners:award-detail", args=[award.public_id])).status_code == 200
    assert kinds(learners[0]) == ["graduated"]


def test_who_has_gone_cannot_go_again_or_on_leave(registrar, learner):
    services.end_course(actor=registrar, learner=learner, status="graduated", at=NOON)

    for refused in (
        lambda: services.end_course(actor=registrar, learner=learner, status="left", at=NOON),
        lambda: leave_of(registrar, learner),
    ):
        with pytest.raises(Conflict):
            refused()
    with pytest.raises(Invalid):
        services.end_course(actor=registrar, learner=learner, status="active", at=NOON)


def test_events_are_append_only(registrar, learner):
    leave_of(registrar, learner)

    for change in (LearnerEvent.objects.all().delete, lambda: LearnerEvent.objects.update(note="x")):
        with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
            change()


def test_classes_are_made_and_changed(registrar, organization):
    dates = {"entered_on": date(2027, 8, 1), "graduates_on": date(2031, 5, 31)}
    made = services.keep_cohort(actor=registrar, organization=organization, cohort=None, name="Class of 2031", **dates)
    services.keep_cohort(actor=registrar, organization=organization, cohort=made, name="Class  of 2031 b", **dates)
    assert Cohort.objects.get().name == "Class of 2031 b"

    for fields, error in [
        ({"name": "Class of 2031 b"}, Conflict),
        ({"name": "  "}, Invalid),
        ({"name": "Y", "graduates_on": date(2027, 1, 1)}, Invalid),
    ]:
        with pytest.raises(error):
            services.keep_cohort(
                actor=registrar, organization=organization, cohort=None, **{"name": "Z"} | dates | fields
            )


def test_others_may_do_none_of_it(make_user, make_organization, registrar, make_learner, cohort, organization):
    learner = make_learner()
    leave = leave_of(registrar, learner)
    oneself = make_user(Role.REGISTRAR)
    own = make_learner(user=oneself)
    before = LearnerEvent.objects.count()
    people = [make_user(role) for role in Role.values if role != Role.REGISTRAR]
    dates = {"entered_on": TODAY, "graduates_on": TODAY + DAY}
    acts = [
        lambda who: facts(who, learner, cohort=None),
        lambda who: leave_of(who, learner, 20, 30),
        lambda who: services.end_leave(actor=who, leave=leave, last_on=TODAY, at=NOON),
        lambda who: services.end_course(actor=who, learner=learner, status="left", at=NOON),
        lambda who: services.graduate_cohort(actor=who, cohort=cohort, at=NOON),
        lambda who: services.keep_cohort(actor=who, organization=organization, cohort=None, name="X", **dates),
    ]
    for person in [*people, make_user(Role.REGISTRAR, scope=make_organization()), learner.user]:
        for act in acts:
            with pytest.raises(NotAllowed):
                act(person)
    with pytest.raises(NotAllowed):
        services.end_course(actor=oneself, learner=own, status="graduated", at=NOON)
    assert LearnerEvent.objects.count() == before


# Pages ---------------------------------------------------------------------------------------------------------------
@pytest.fixture
def opened(client, registrar, learner):
    """A record that the registrar gave a reason to open."""
    services.search_learners(actor=registrar, said=learner.display_name, reason="records", at=timezone.now())
    client.force_login(registrar)
    return reverse("learners:learner-manage", args=[learner.public_id])


def test_a_registrar_changes_name_class_leave_and_end(client, opened, learner, cohort, django_assert_max_num_queries):
    today = timezone.localdate()
    for what, fields in [
        ("name", {"full_name": "Robin Birch"}),
        ("facts", {"cohort": "", "profession": "nursing", "student_number": "S-5"}),
        ("leave", {"from_on": today.isoformat(), "until_on": (today + DAY).isoformat()}),
    ]:
        assert client.post(opened, {"what": what} | fields).status_code == 302, what
    with django_assert_max_num_queries(16):
        page = client.get(opened).content.decode()
    assert "Robin Alder" in page
    assert "name changed" in page
    leave = LearnerLeave.objects.get()
    assert client.post(reverse("learners:learner-leave-end", args=[leave.public_id])).status_code == 302
    assert client.post(opened, {"what": "end", "status": "left"}).status_code == 302

    learner.refresh_from_db()
    assert (learner.display_name, learner.profession, learner.status) == ("Robin Birch", "nursing", "left")


def test_a_refusal_stands_on_its_form(client, opened):
    assert client.post(opened, {"what": "name", "full_name": "Robin Alder"}).status_code == 422
    assert client.post(opened, {"what": "leave", "from_on": "2020-01-01", "until_on": "2020-01-02"}).status_code == 422
    assert client.post(opened, {"what": "other"}).status_code == 404


def test_a_record_is_not_changed_without_a_reason_to_open_it(client, learner, make_user, opened):
    for person in (make_user(Role.REGISTRAR), make_user(Role.LEAD), make_user(Role.AUDITOR), learner.user):
        client.force_login(person)
        assert client.get(opened).status_code == 404
        assert client.post(opened, {"what": "name", "full_name": "X"}).status_code == 404


def test_classes_are_kept_on_their_pages(
    client, registrar, cohort, make_learner, make_user, django_assert_max_num_queries
):
    make_learner()
    client.force_login(registrar)
    with django_assert_max_num_queries(10):
        assert "Class of 2030" in client.get(reverse("learners:cohort-list")).content.decode()
    fields = {"name": "Class of 2031", "entered_on": "2027-08-01", "graduates_on": "2031-05-31"}
    assert client.post(reverse("learners:cohort-add"), fields).status_code == 302
    assert client.post(reverse("learners:cohort-add"), fields).status_code == 422
    page = reverse("learners:cohort-edit", args=[cohort.pk])
    assert "Graduate 1 learner" in client.get(page).content.decode()
    assert client.post(reverse("learners:cohort-graduate", args=[cohort.pk])).status_code == 302
    assert "Graduate 1 learner" not in client.get(page).content.decode()

    client.force_login(make_user(Role.ADMINISTRATOR))
    assert client.get(page).status_code == 404
    assert client.post(reverse("learners:cohort-graduate", args=[cohort.pk])).status_code == 404
