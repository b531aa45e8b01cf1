"""The load board, moving work from it, and the page "My load, leave and conflicts"."""

from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from config.permissions import Role
from learners.models import AssessorProfile, Assignment, Conflict, Leave, Submission
from learners.selectors import load
from tests.fixtures.records import NOON


@pytest.fixture
def as_lead(client, lead):
    client.force_login(lead)
    return client


@pytest.fixture
def as_assessor(client, assessor):
    client.force_login(assessor)
    return client


def test_the_board_shows_who_has_how_much_and_what_nobody_has_with_the_reason(
    as_lead, assessor, make_submission, make_user
):
    work = make_submission(status="submitted", assessor=assessor)
    make_submission(status="submitted")
    Submission.objects.filter(pk=work.pk).update(submitted_at=timezone.now() - timedelta(days=50))
    today = timezone.localdate()
    Leave.objects.create(assessor=assessor, from_on=today, until_on=today)

    page = as_lead.get("/load/").content.decode()

    assert assessor.name in page
    assert "0 of 20" in page
    assert "Nobody of 1 is free (1: on leave)." in page


def test_what_is_due_is_counted_by_the_schools_weeks(assessor, lead, make_submission):
    # NOON is a Tuesday. A week begins on Monday at midnight where the school is.
    monday = timezone.make_aware(datetime(2026, 9, 7))
    dues = [None, NOON - timedelta(days=40), monday - timedelta(minutes=1), monday, monday + timedelta(days=14)]
    for due_at in [*dues, monday + timedelta(days=200)]:
        submission = make_submission(status="submitted", assessor=assessor)
        Submission.objects.filter(pk=submission.pk).update(due_at=due_at)

    [row] = load.board(lead, [assessor], at=NOON)

    assert (row.weeks, row.count, row.late, row.oldest_at) == ([3, 1, 0, 2], 6, 1, NOON)


def test_the_board_asks_as_many_queries_for_many_as_for_one(
    as_lead, make_submission, make_user, django_assert_max_num_queries
):
    for _number in range(6):
        make_submission(status="submitted", assessor=make_user(Role.ASSESSOR))
        make_submission(status="submitted")

    with django_assert_max_num_queries(19):
        as_lead.get("/load/")


def test_waiting_work_is_placed_from_the_board(as_lead, assessor, make_submission):
    work = make_submission(status="submitted")

    answer = as_lead.post("/load/run/", follow=True)

    assert "1 submission was given to an assessor." in answer.content.decode()
    assert work.assignments.get().assessor == assessor
    assert "Nothing could be placed" in as_lead.post("/load/run/", follow=True).content.decode()


def test_selected_work_is_moved_with_a_reason(as_lead, assessor, make_user, make_submission):
    other = make_user(Role.ASSESSOR)
    works = [make_submission(status="submitted", assessor=assessor) for _number in range(3)]
    address = f"/load/of/{assessor.public_id}/"
    chosen = [each.assignments.get().pk for each in works[:2]]
    data = {"assignment": chosen, "to": str(other.public_id), "reason": "Ill this week"}

    refused = as_lead.post(address, data | {"reason": ""})
    assert refused.status_code == 422
    assert refused.content.decode().count("checked") == 2
    assert as_lead.post(address, {"reason": "Ill"}).status_code == 422
    moved = as_lead.post(address, data, follow=True)

    assert "2 moved." in moved.content.decode()
    assert Assignment.objects.filter(assessor=other, ended_at=None).count() == 2
    assert as_lead.get(f"{address}?selected=all").content.decode().count("checked") == 1


def test_work_of_another_school_cannot_be_moved(client, make_user, make_organization, make_submission, assessor):
    client.force_login(make_user(Role.LEAD, scope=make_organization()))
    work = make_submission(status="submitted", assessor=assessor)

    assert client.get(f"/load/of/{assessor.public_id}/").status_code == 404
    assert client.get(f"/load/give/{work.public_id}/first/").status_code == 404
    assert assessor.name not in client.get("/load/").content.decode()


def test_one_submission_is_given_against_a_rule_only_with_a_reason(as_lead, make_user, make_submission):
    conflicted = make_user(Role.ASSESSOR)
    work = make_submission(status="submitted")
    Conflict.objects.create(assessor=conflicted, learner=work.learner, kind="family", declared_at=NOON)
    address, data = f"/load/give/{work.public_id}/first/", {"to": str(conflicted.public_id), "reason": ""}

    refused = as_lead.post(address, data)
    assert refused.status_code == 422
    assert "a conflict is declared" in refused.content.decode()
    assert "family" not in refused.content.decode()
    as_lead.post(address, data | {"reason": "The dean agreed."})

    assert work.assignments.get().reason == "The dean agreed."
    assert as_lead.get(f"/load/give/{work.public_id}/fourth/").status_code == 404


def test_a_lead_gives_nobody_their_own_submission_to_judge(client, lead, make_learner, make_submission, assessor):
    own = make_submission(status="submitted", learner=make_learner(user=lead))
    client.force_login(lead)

    assert client.get(f"/load/give/{own.public_id}/first/").status_code == 404
    assert own.learner.display_name not in client.get("/load/").content.decode()


def test_an_assessor_keeps_load_leave_and_conflicts(as_assessor, assessor, make_learner):
    learner = make_learner(name="Wren Teasel", student_number="LM26-0100")
    day = timezone.localdate()

    as_assessor.post("/my-load/", {"about": "load", "load-profession": "nursing", "load-weekly_cap": "7"})
    as_assessor.post("/my-load/", {"about": "leave", "leave-from_on": day, "leave-until_on": day})
    answer = as_assessor.post(
        "/my-load/", {"about": "conflict", "conflict-learner": "LM26-0100", "conflict-kind": "family"}, follow=True
    )

    assert "Wren Teasel, family or close relation" in answer.content.decode()
    assert AssessorProfile.objects.get(user=assessor).weekly_cap == 7
    as_assessor.post(f"/my-load/leave/{Leave.objects.get().public_id}/remove/")
    as_assessor.post(f"/my-load/conflicts/{Conflict.objects.get().public_id}/withdraw/")
    assert not Leave.objects.exists()
    assert not Conflict.objects.standing().exists()
    assert learner.display_name not in as_assessor.get("/my-load/").content.decode()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"about": "load", "load-profession": "nursing", "load-weekly_cap": "900"}, "less than or equal to 200"),
        ({"about": "leave", "leave-from_on": "2026-01-09", "leave-until_on": "2026-01-01"}, "before the first"),
        ({"about": "conflict", "conflict-learner": "nobody", "conflict-kind": "family"}, "No learner has this"),
    ],
)
def test_what_is_odd_is_refused_on_its_form(as_assessor, data, said):
    answer = as_assessor.post("/my-load/", data)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert as_assessor.post("/my-load/", {"about": "nothing"}).status_code == 404


def test_nobody_touches_the_leave_and_conflicts_of_others(as_assessor, make_user, learner):
    other = make_user(Role.ASSESSOR)
    leave = Leave.objects.create(assessor=other, from_on=NOON.date(), until_on=NOON.date())
    conflict = Conflict.objects.create(assessor=other, learner=learner, kind="family", declared_at=NOON)

    assert as_assessor.post(f"/my-load/leave/{leave.public_id}/remove/").status_code == 404
    assert as_assessor.post(f"/my-load/conflicts/{conflict.public_id}/withdraw/").status_code == 404


def test_two_who_differ_read_both_side_by_side_and_record_what_they_agreed(client, make_double, assessor):
    work = make_double(assessor=assessor, levels=(1, 3, 3))
    work.second_marking.status, work.second_marking.third_after = "differs", NOON
    work.second_marking.save()
    client.force_login(assessor)
    address = f"/queue/{work.public_id}/reconcile/"

    page = client.get(address).content.decode()
    assert "You named each role." in page
    assert "Said by the second." in page
    assert page.count("To be agreed:") == 1
    data = {f"level_{number}": "3" for number in (1, 2, 3)}
    assert client.post(address, data | {"reason": ""}).status_code == 422
    assert client.post(address, data | {"level_1": "", "reason": "Together"}).status_code == 422
    answer = client.post(address, data | {"reason": "We read it together."})

    assert answer.status_code == 302
    assert work.decisions.get().outcome == "awarded"
    assert client.get(address).status_code == 302
