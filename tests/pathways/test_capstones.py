"""Recording that a learner did the capstone: who may, what it does, who reads it, and that it can be taken back."""

from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Notice
from pathways import selectors, services
from pathways.models import CapstoneRecord, CapstoneWithdrawal, DesignationCase, PathwayEnrollment
from pathways.records import _capstones
from pathways.services import open_case, record_capstone, withdraw_capstone
from tests.fixtures.records import NOON

TODAY = NOON.date()


@pytest.fixture
def enrollment(make_pathway, version, learner, make_award, join):
    """Everything is met but the capstone."""
    make_award(learner=learner, version=version)
    return join(make_pathway(required=[version], capstone="short oral defense", title="Policy"))


@pytest.fixture
def record(pathway_admin, enrollment):
    def make(*, actor=None, requirement=None, done_on=TODAY, note="Spoke on rural care; heard by Dr. Fern."):
        return record_capstone(
            actor=actor or pathway_admin,
            enrollment=enrollment,
            requirement=requirement or enrollment.version.requirements.get(kind="capstone"),
            done_on=done_on,
            note=note,
            at=NOON,
        )

    return make


def line(enrollment):
    progress = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=TODAY)
    return progress.lines[-1].sentence


def test_a_recorded_capstone_meets_the_rule_and_brings_the_case(
    enrollment, record, pathway_admin, django_capture_on_commit_callbacks
):
    assert line(enrollment) == "The capstone (short oral defense) is not recorded yet."
    with django_capture_on_commit_callbacks() as called:
        made = record()

    assert (made.actor, made.done_on, made.number) == (pathway_admin, TODAY, 1)
    assert line(enrollment) == "The capstone (short oral defense) is recorded."
    assert len(called) == 2
    notice = Notice.objects.get()
    assert (notice.user, notice.kind) == (enrollment.learner.user, "capstone")
    assert "rural care" not in notice.subject + notice.text
    assert open_case(enrollment=enrollment, at=NOON).status == "open"


def test_who_does_not_run_the_pathway_records_nothing(enrollment, record, member, lead, organization, make_user):
    own = enrollment.learner.user
    own.role_grants.create(role=Role.ADMINISTRATOR, organization=organization, from_at=NOON - timedelta(days=1))
    barred = make_user(Role.PATHWAY_ADMIN)
    barred.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)
    for actor in (member, lead, own, barred):
        with pytest.raises(NotAllowed):
            record(actor=actor)

    assert not CapstoneRecord.objects.exists()


def test_what_makes_no_sense_is_refused(enrollment, record, make_pathway):
    for wrong, words in (
        ({"requirement": enrollment.version.requirements.get(kind="credential")}, "Choose a capstone"),
        ({"requirement": make_pathway(capstone="other").requirements.get()}, "Choose a capstone"),
        ({"done_on": TODAY + timedelta(days=1)}, "lies ahead"),
        ({"note": "  "}, "Say what was done"),
    ):
        with pytest.raises(Invalid, match=words):
            record(**wrong)

    assert not CapstoneRecord.objects.exists()


def test_it_is_recorded_once_and_again_after_it_was_withdrawn(enrollment, record, pathway_admin, member):
    first = record()
    with pytest.raises(Conflict, match="recorded already"):
        record()
    with pytest.raises(NotAllowed):
        withdraw_capstone(actor=member, record=first, reason="x", at=NOON)
    with pytest.raises(Invalid, match="Say why"):
        withdraw_capstone(actor=pathway_admin, record=first, reason=" ", at=NOON)
    assert not CapstoneWithdrawal.objects.exists()

    withdraw_capstone(actor=pathway_admin, record=first, reason="Another learner's.", at=NOON)

    assert line(enrollment) == "The capstone (short oral defense) is not recorded yet."
    with pytest.raises(Conflict, match="withdrawn already"):
        withdraw_capstone(actor=pathway_admin, record=first, reason="Again.", at=NOON)
    assert record().number == 2
    assert [(row["withdrawn"], row["withdrawn_reason"]) for row in _capstones(enrollment.learner)] == [
        (NOON, "Another learner's."),
        (None, ""),
    ]


def test_once_the_designation_is_awarded_it_stays(enrollment, record, pathway_admin):
    made = record()
    PathwayEnrollment.objects.update(status="completed")

    with pytest.raises(Conflict, match="what it rests on stays"):
        withdraw_capstone(actor=pathway_admin, record=made, reason="x", at=NOON)


def test_it_holds_for_the_next_version(enrollment, record, pathway_admin):
    record()
    copy = services.start_version(actor=pathway_admin, pathway=enrollment.pathway, at=NOON)
    PathwayEnrollment.objects.update(version=copy)
    enrollment.refresh_from_db()

    assert line(enrollment) == "The capstone (short oral defense) is recorded."


@pytest.mark.django_db(transaction=True)
def test_two_at_once_record_it_once(record, together):
    answers = together(record, record)

    assert sorted(type(each).__name__ for each in answers) == ["CapstoneRecord", "Conflict"]
    assert CapstoneRecord.objects.count() == 1


def test_the_rows_are_never_changed(record, pathway_admin):
    withdraw_capstone(actor=pathway_admin, record=record(), reason="x", at=NOON)

    with pytest.raises(Exception, match="rows are added"), connection.cursor() as cursor:
        cursor.execute("UPDATE pathways_capstonewithdrawal SET reason = 'other'")


def test_it_is_recorded_and_withdrawn_on_the_page(enrollment, pathway_admin, signed_in, member):
    client = signed_in(pathway_admin)
    assert "No capstone is recorded yet." in client.get(enrollment.get_absolute_url()).content.decode()
    address = reverse("pathways:capstone-record", args=[enrollment.public_id])
    rule = enrollment.version.requirements.get(kind="capstone")
    said = {"capstone": str(rule.public_id), "done_on": "2026-08-30", "note": "Spoke on rural care."}

    assert client.get(address).status_code == 302
    assert client.post(address, said | {"note": ""}).status_code == 422
    assert client.post(address, said | {"done_on": "2100-01-01"}).status_code == 422
    assert client.post(address, said).status_code == 302
    assert client.post(address, said).status_code == 422
    record = CapstoneRecord.objects.get()
    page = client.get(enrollment.get_absolute_url()).content.decode()
    assert "Spoke on rural care." in page and 'Short oral defense, done <time datetime="2026-08-30">' in page
    case = DesignationCase.objects.create(
        learner=enrollment.learner, pathway_version=enrollment.version, opened_at=NOON
    )
    assert "Record the capstone" not in page  # nothing is left to record
    committee = signed_in(member).get(case.get_absolute_url()).content.decode()
    assert "Spoke on rural care." in committee and "Withdraw it" not in committee
    back = reverse("pathways:capstone-withdraw", args=[record.public_id])
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "A mistake."}).status_code == 302
    assert client.post(back, {"reason": "A mistake."}).status_code == 422
    assert "A mistake." in client.get(enrollment.get_absolute_url()).content.decode()
