"""Publishing and retiring at a time, early assessment, and reviews that are due."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from config.errors import Conflict, IllegalMove, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import CredentialVersion, PlannedChange, ReviewReminder
from credentials.services import (
    cancel_planned,
    claim_review_reminders,
    plan_change,
    retire_credential,
    run_planned,
    set_early_assessment,
)
from learners.models import Notice
from learners.services import remind_of_review, tell_of_refused_plans
from tests.moments import NOON

LATER = NOON + timedelta(days=3)


@pytest.fixture
def draft(make_version):
    return make_version(published=False)


def url_of(version, action=""):
    return f"/manage/credentials/{version.credential.public_id}/{action}"


def test_a_planned_draft_is_published_when_it_is_due_and_once(administrator, draft):
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)

    assert run_planned(at=LATER - timedelta(seconds=1)) == 0
    assert run_planned(at=LATER) == 1
    assert run_planned(at=LATER) == 0

    draft.refresh_from_db()
    assert (draft.status, draft.published_at, draft.published_by) == ("published", LATER, administrator)
    assert PlannedChange.objects.get().status == "done"
    assert draft.credential.events.filter(action="published").count() == 1


def test_a_planned_item_is_retired_and_keeps_its_badges(administrator, version):
    plan_change(actor=administrator, credential=version.credential, kind="retire", due_at=LATER, at=NOON)

    run_planned(at=LATER)

    version.credential.refresh_from_db()
    assert version.credential.status == "retired"
    assert version.credential.current_version == version


def test_the_gate_is_asked_when_planned_and_when_due(administrator, draft, make_version):
    empty = make_version(published=False, summary="")
    with pytest.raises(Incomplete):
        plan_change(actor=administrator, credential=empty.credential, kind="publish", due_at=LATER, at=NOON)
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    CredentialVersion.objects.filter(pk=draft.pk).update(summary="")

    run_planned(at=LATER)

    planned = PlannedChange.objects.get()
    assert (planned.status, draft.credential.events.filter(action="published").count()) == ("refused", 0)
    assert "A summary." in planned.refusal
    assert tell_of_refused_plans(at=LATER) == 1
    assert tell_of_refused_plans(at=LATER) == 0
    assert Notice.objects.get(user=administrator, kind="plan-refused").text == planned.refusal


def test_who_lost_the_role_publishes_nothing_any_more(administrator, draft):
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    administrator.role_grants.update(until_at=NOON)

    run_planned(at=LATER)

    draft.refresh_from_db()
    assert (draft.status, PlannedChange.objects.get().status) == ("draft", "refused")


def test_another_time_takes_the_place_of_the_first(administrator, draft):
    plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    plan_change(
        actor=administrator, credential=draft.credential, kind="publish", due_at=LATER + timedelta(days=9), at=NOON
    )

    assert run_planned(at=LATER) == 0
    assert sorted(PlannedChange.objects.values_list("status", flat=True)) == ["canceled", "waiting"]


def test_a_plan_is_canceled_once(administrator, draft):
    planned = plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)

    cancel_planned(actor=administrator, planned=planned, at=NOON)
    with pytest.raises(Conflict):
        cancel_planned(actor=administrator, planned=planned, at=NOON)

    assert run_planned(at=LATER) == 0


def test_plans_that_cannot_be_are_refused(administrator, lead, draft, version):
    with pytest.raises(NotAllowed):
        plan_change(actor=lead, credential=draft.credential, kind="publish", due_at=LATER, at=NOON)
    with pytest.raises(Invalid, match="has passed"):
        plan_change(actor=administrator, credential=draft.credential, kind="publish", due_at=NOON, at=NOON)
    with pytest.raises(Conflict, match="no draft"):
        plan_change(actor=administrator, credential=version.credential, kind="publish", due_at=LATER, at=NOON)
    with pytest.raises(IllegalMove):
        plan_change(actor=administrator, credential=draft.credential, kind="retire", due_at=LATER, at=NOON)

    assert PlannedChange.objects.count() == 0


def test_retiring_asks_for_the_administrator_and_an_offer(administrator, lead, version, draft):
    with pytest.raises(NotAllowed):
        retire_credential(actor=lead, credential=version.credential, at=NOON)
    with pytest.raises(IllegalMove):
        retire_credential(actor=administrator, credential=draft.credential, at=NOON)

    retire_credential(actor=administrator, credential=version.credential, at=NOON, note="Replaced")

    assert version.credential.events.get().note == "Replaced"
    with pytest.raises(IllegalMove):
        retire_credential(actor=administrator, credential=version.credential, at=NOON)


def test_early_assessment_is_opened_once_and_leaves_an_event(lead, assessor, version):
    with pytest.raises(NotAllowed):
        set_early_assessment(actor=assessor, credential=version.credential, is_allowed=True, at=NOON)

    for _time in range(2):
        set_early_assessment(actor=lead, credential=version.credential, is_allowed=True, at=NOON)

    version.credential.refresh_from_db()
    assert version.credential.allows_early_assessment
    assert version.credential.events.count() == 1


@pytest.mark.parametrize(("left", "told"), [(91, 0), (90, 1), (31, 1), (30, 1), (1, 1), (0, 1), (-5, 1)])
def test_owners_are_told_of_a_review_by_its_steps_and_each_once(administrator, version, left, told):
    version.credential.review_on = NOON.date() + timedelta(days=left)
    version.credential.save()

    assert remind_of_review(at=NOON) == told
    assert remind_of_review(at=NOON) == 0

    assert Notice.objects.filter(user=administrator, kind="review").count() == told


def test_each_step_is_told_as_it_comes_and_a_new_date_begins_again(version):
    credential = version.credential
    credential.review_on = NOON.date() + timedelta(days=90)
    credential.save()

    told = [len(claim_review_reminders(at=NOON + timedelta(days=day))) for day in (0, 10, 60, 61, 90, 100)]
    credential.review_on += timedelta(days=60)
    credential.save()
    again = len(claim_review_reminders(at=NOON + timedelta(days=100)))

    assert (told, again) == ([1, 0, 1, 0, 1, 0], 1)
    assert ReviewReminder.objects.count() == 4


def test_a_retired_item_reminds_nobody(administrator, version):
    version.credential.review_on = NOON.date()
    version.credential.save()
    retire_credential(actor=administrator, credential=version.credential, at=NOON)

    assert claim_review_reminders(at=NOON) == []


def test_a_reminder_is_never_changed(version):
    version.credential.review_on = NOON.date()
    version.credential.save()
    claim_review_reminders(at=NOON)

    with pytest.raises(IntegrityError, match="never changed"), transaction.atomic():
        ReviewReminder.objects.update(days=90)


def test_an_overdue_item_is_flagged_to_those_who_look_after_it_and_to_committees(signed_in, make_user, version):
    version.credential.review_on = date(2001, 5, 1)
    version.credential.save()

    for role in (Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE, Role.AUDITOR):
        page = signed_in(make_user(role)).get("/manage/reviews/")
        assert version.title in page.text
        assert "Review overdue" in page.text
    assert "Past its review date" in signed_in(make_user(Role.LEAD)).get(url_of(version)).text
    assert signed_in(make_user(Role.ASSESSOR)).get("/manage/reviews/").status_code == 404
    assert signed_in(make_user()).get(version.credential.get_absolute_url()).status_code == 200


def test_it_is_planned_and_canceled_on_the_page(signed_in, administrator, lead, draft):
    client = signed_in(administrator)

    odd = client.post(url_of(draft, "plan/publish/"), {"due_at": "2001-01-01T08:00"})
    refused = signed_in(lead).post(url_of(draft, "plan/publish/"), {"due_at": "2099-01-01T08:00"})
    planned = client.post(url_of(draft, "plan/publish/"), {"due_at": "2099-01-01T08:00"}, follow=True)
    canceled = client.post(url_of(draft, "plan/publish/cancel/"), follow=True)

    assert (odd.status_code, refused.status_code) == (422, 422)
    assert "Cancel publishing" in planned.text
    assert "Nothing is planned any more." in canceled.text
    assert client.post(url_of(draft, "plan/burn/"), {"due_at": "2099-01-01T08:00"}).status_code == 404


def test_it_is_retired_on_the_page_and_a_second_press_says_so(signed_in, administrator, lead, version):
    assert signed_in(lead).post(url_of(version, "retire/")).status_code == 422
    client = signed_in(administrator)

    first = client.post(url_of(version, "retire/"), {"note": "Replaced"}, follow=True)
    second = client.post(url_of(version, "retire/"), follow=True)

    assert "No longer offered" in first.text
    assert "retired already" in second.text
