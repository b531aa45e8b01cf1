"""A learner submits a capstone: what it holds, who reads and answers it, that attempts are kept, and who is told."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.urls import reverse

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Notice, StoredFile
from learners.services import DECLARATIONS, FileRefused
from pathways import selectors, services
from pathways.models import CapstoneAnswer, CapstoneRecord, CapstoneWork, DesignationCase, PathwayEnrollment
from pathways.records import _works
from pathways.services import accept_capstone, hand_in_capstone, open_case, return_capstone, take_capstone_back
from tests.fixtures.records import NOON

TODAY = NOON.date()
OWN = {str(kind): "on" for kind in DECLARATIONS}


@pytest.fixture
def enrollment(make_pathway, version, learner, make_award, join):
    """Everything is met but the capstone."""
    make_award(learner=learner, version=version)
    return join(make_pathway(required=[version], capstone="policy memo", title="Policy"))


@pytest.fixture
def rule(enrollment):
    return enrollment.version.requirements.get(kind="capstone")


@pytest.fixture
def hand_in(enrollment, rule):
    def make(*, actor=None, text="A memo on rural clinics.", declared=tuple(DECLARATIONS), requirement=None, **said):
        return hand_in_capstone(
            actor=actor or enrollment.learner.user,
            enrollment=enrollment,
            requirement=requirement or rule,
            declared=declared,
            text=text,
            at=said.pop("at", NOON),
            **said,
        )

    return make


@pytest.fixture
def accept(pathway_admin):
    def make(work, *, actor=None, note="Read by Dr. Fern.", done_on=TODAY):
        return accept_capstone(actor=actor or pathway_admin, work=work, note=note, done_on=done_on, at=NOON)

    return make


def note_file(content=b"My memo, in full.", name="memo.txt"):
    return SimpleUploadedFile(name, content)


def told(kind):
    return {each.user for each in Notice.objects.filter(kind=kind)}


def test_it_is_handed_in_with_what_was_declared_and_who_keeps_the_pathway_is_told(
    enrollment, rule, hand_in, pathway_admin, administrator, make_user
):
    barred = make_user(Role.PATHWAY_ADMIN)
    barred.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)

    work = hand_in(link="https://example.org/memo", upload=note_file(), ai_use="A spelling checker.")

    assert (work.attempt, work.requirement, work.text) == (1, rule, "A memo on rural clinics.")
    assert (work.file.media_type, work.file.original_name, work.ai_use) == (
        "text/plain",
        "memo.txt",
        "A spelling checker.",
    )
    assert str(next(iter(DECLARATIONS.values()))) in work.wording and work.wording_version
    assert told("capstone-waits") == {pathway_admin}
    assert enrollment.learner.display_name not in Notice.objects.get().subject + Notice.objects.get().text
    row = _works(enrollment.learner)[0]
    assert (row["file"], row["link"], row["outcome"]) == ("memo.txt", "https://example.org/memo", "")


def test_where_nobody_runs_the_pathway_the_administrators_are_told(hand_in, administrator):
    hand_in()

    assert told("capstone-waits") == {administrator}


def test_accepted_it_is_recorded_and_the_case_may_open(enrollment, rule, hand_in, accept, pathway_admin):
    answer = accept(hand_in())

    record = CapstoneRecord.objects.get()
    assert (answer.outcome, answer.record, record.actor, record.note) == (
        "accepted",
        record,
        pathway_admin,
        "Read by Dr. Fern.",
    )
    progress = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=TODAY)
    assert progress.lines[-1].sentence == "The capstone (policy memo) is recorded."
    assert told("capstone") == {enrollment.learner.user}
    assert open_case(enrollment=enrollment, at=NOON).status == "open"
    assert pathway_admin.pk in DesignationCase.objects.get().involved  # who accepted it does not decide the case
    with pytest.raises(Conflict, match="answered already: accepted"):
        accept(CapstoneWork.objects.get())
    assert CapstoneRecord.objects.count() == 1


def test_returned_it_says_why_and_another_attempt_is_kept_beside_it(enrollment, hand_in, accept, pathway_admin):
    first = hand_in()
    with pytest.raises(Invalid, match="Say what is missing"):
        return_capstone(actor=pathway_admin, work=first, reason="  ", at=NOON)
    with pytest.raises(Conflict, match="waits for an answer"):
        hand_in()

    return_capstone(actor=pathway_admin, work=first, reason="Name your sources.", at=NOON)

    notice = Notice.objects.get(kind="capstone")
    assert notice.user == enrollment.learner.user and "sources" not in notice.subject + notice.text
    second = hand_in(text="Now with sources.")
    assert second.attempt == 2
    accept(second)
    assert [(row["attempt"], row["outcome"], row["reason"]) for row in _works(enrollment.learner)] == [
        (1, "returned", "Name your sources."),
        (2, "accepted", "Read by Dr. Fern."),
    ]
    with pytest.raises(Conflict, match="recorded already"):
        hand_in()


def test_the_learner_takes_an_attempt_back_while_it_waits(hand_in, accept, pathway_admin):
    work = hand_in()
    with pytest.raises(NotAllowed):
        take_capstone_back(actor=pathway_admin, work=work, at=NOON)

    take_capstone_back(actor=work.enrollment.learner.user, work=work, at=NOON)

    with pytest.raises(Conflict, match="answered already: taken back"):
        take_capstone_back(actor=work.enrollment.learner.user, work=work, at=NOON)
    with pytest.raises(Conflict, match="answered already: taken back"):
        accept(work)
    assert hand_in().attempt == 2


def test_what_makes_no_sense_is_refused_and_leaves_nothing(
    enrollment, rule, hand_in, make_pathway, member, pathway_admin
):
    with pytest.raises(NotAllowed):
        hand_in(actor=member)
    with pytest.raises(NotAllowed):
        hand_in(actor=pathway_admin)
    with pytest.raises(Incomplete) as missing:
        hand_in(text=" ", declared=())
    assert len(missing.value.missing) == 3
    for wrong, words in (
        ({"requirement": make_pathway(capstone="other").requirements.get()}, "Choose a capstone"),
        ({"requirement": enrollment.version.requirements.get(kind="credential")}, "Choose a capstone"),
        ({"link": "javascript:alert(1)"}, "starts with https"),
        ({"text": "x" * 20_001}, "the most is"),
    ):
        with pytest.raises(Invalid, match=words):
            hand_in(**wrong)
    with pytest.raises(FileRefused, match="not one of the kinds"):
        hand_in(upload=note_file(b"<html><script>alert(1)</script>", "memo.pdf"))
    assert not CapstoneWork.objects.exists()

    services.grant_waiver(actor=pathway_admin, enrollment=enrollment, requirement=rule, reason="x", at=NOON)
    with pytest.raises(Conflict, match="waived for you"):
        hand_in(upload=note_file())
    assert not CapstoneWork.objects.exists() and not StoredFile.objects.exists()
    assert default_storage.listdir("evidence")[0] in ([], ["2026"])
    PathwayEnrollment.objects.update(status="left")
    with pytest.raises(Conflict, match="no longer works"):
        hand_in()


def test_nobody_answers_their_own_nor_with_a_conflict(enrollment, hand_in, accept, member, organization, make_user):
    own = enrollment.learner.user
    work = hand_in()
    own.role_grants.create(role=Role.ADMINISTRATOR, organization=organization, from_at=NOON - timedelta(days=1))
    barred = make_user(Role.PATHWAY_ADMIN)
    barred.conflicts.create(learner=enrollment.learner, kind="family", declared_at=NOON)
    for actor in (own, barred, member):
        with pytest.raises(NotAllowed):
            accept(work, actor=actor)
        with pytest.raises(NotAllowed):
            return_capstone(actor=actor, work=work, reason="x", at=NOON)

    assert not CapstoneAnswer.objects.exists() and not CapstoneRecord.objects.exists()


def test_a_file_that_was_not_scanned_or_was_refused_is_not_accepted(hand_in, accept, signed_in, pathway_admin):
    work = hand_in(text="", upload=note_file())
    address = reverse("pathways:capstone-file", args=[work.file.public_id])
    StoredFile.objects.update(scan_state="waiting")
    with pytest.raises(Conflict, match="waits for the virus scanner"):
        accept(work)
    assert signed_in(pathway_admin).get(address).status_code == 403
    StoredFile.objects.update(scan_state="infected", tombstoned_at=NOON)
    with pytest.raises(Conflict, match="refused the file"):
        accept(work)
    assert signed_in(pathway_admin).get(address).status_code == 404
    assert "so it was removed" in signed_in(pathway_admin).get(work.get_absolute_url()).content.decode()


def test_staff_answer_what_waits_before_they_record_one_by_themselves(enrollment, rule, hand_in, pathway_admin):
    hand_in()

    with pytest.raises(Conflict, match="submitted a capstone that waits"):
        services.record_capstone(
            actor=pathway_admin, enrollment=enrollment, requirement=rule, done_on=TODAY, note="Heard.", at=NOON
        )

    assert not CapstoneRecord.objects.exists()


def test_it_is_accepted_for_the_same_rule_of_the_version_followed_now(
    enrollment, hand_in, accept, pathway_admin, make_pathway, version
):
    work = hand_in()
    copy = services.start_version(actor=pathway_admin, pathway=enrollment.pathway, at=NOON)
    PathwayEnrollment.objects.update(version=copy)
    assert accept(work).record.requirement.version == copy

    services.withdraw_capstone(actor=pathway_admin, record=CapstoneRecord.objects.get(), reason="x", at=NOON)
    again = hand_in(requirement=copy.requirements.get(kind="capstone"))
    without = make_pathway(required=[version], pathway=enrollment.pathway)
    PathwayEnrollment.objects.update(version=without)
    with pytest.raises(Conflict, match="no longer asks for this capstone"):
        accept(again)


@pytest.mark.django_db(transaction=True)
def test_two_who_answer_at_once_answer_it_once(hand_in, accept, pathway_admin, together):
    work = hand_in()

    answers = together(
        lambda: accept(work), lambda: return_capstone(actor=pathway_admin, work=work, reason="x", at=NOON)
    )

    assert sorted(type(each).__name__ for each in answers) == ["CapstoneAnswer", "Conflict"]
    assert CapstoneAnswer.objects.count() == 1


@pytest.mark.parametrize("table", ["capstonework", "capstoneanswer"])
def test_the_rows_are_never_changed(hand_in, accept, table):
    accept(hand_in())

    with pytest.raises(Exception, match="rows are added"), connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM pathways_{table}")


# On the pages --------------------------------------------------------------------------------------------------------
def test_a_learner_hands_it_in_and_staff_return_and_accept_it_on_the_pages(
    enrollment, pathway_admin, signed_in, member, make_learner
):
    learner, staff = signed_in(enrollment.learner.user), signed_in(pathway_admin)
    address = reverse("pathways:capstone-hand-in", args=[enrollment.pathway.public_id])
    assert "Submit your capstone" in learner.get(enrollment.pathway.get_absolute_url()).content.decode()
    rule = enrollment.version.requirements.get(kind="capstone")
    said = {"capstone": str(rule.public_id), "text": "A memo."}
    assert learner.get(address).status_code == 200
    refused = learner.post(address, said)
    assert refused.status_code == 422 and "identifies a patient" in refused.content.decode()
    bad = learner.post(address, said | OWN | {"file": note_file(b"MZ\x00\x01", "memo.pdf")})
    assert bad.status_code == 422 and "not one of the kinds" in bad.content.decode()
    assert not CapstoneWork.objects.exists()

    sent = learner.post(address, said | OWN | {"file": note_file()})

    work = CapstoneWork.objects.get()
    assert sent.status_code == 302 and sent.url == work.get_absolute_url()
    assert "Take it back" in learner.get(work.get_absolute_url()).content.decode()
    assert "take it back first" in learner.get(address).content.decode()
    assert "1 capstone waits for an answer." in staff.get(reverse("learners:home")).content.decode()
    waiting = staff.get(reverse("pathways:capstone-list")).content.decode()
    assert enrollment.learner.display_name in waiting
    page = staff.get(work.get_absolute_url()).content.decode()
    assert "A memo." in page and "Accept and record it" in page and "memo.txt" in page
    served = staff.get(reverse("pathways:capstone-file", args=[work.file.public_id]))
    assert b"".join(served.streaming_content) == b"My memo, in full."
    assert "sandbox" in served["Content-Security-Policy"] and served["Cache-Control"] == "private, no-store"
    back = reverse("pathways:capstone-return", args=[work.public_id])
    assert staff.post(back, {"reason": ""}).status_code == 422
    assert staff.post(back, {"reason": "Name your sources."}).status_code == 302
    assert staff.post(back, {"reason": "Name your sources."}).status_code == 409
    assert "Name your sources." in learner.get(enrollment.pathway.get_absolute_url()).content.decode()
    assert "Returned" in staff.get(reverse("pathways:capstone-list"), {"show": "answered"}).content.decode()

    learner.post(address, said | OWN)
    second = CapstoneWork.objects.get(attempt=2)
    accept = reverse("pathways:capstone-accept", args=[second.public_id])
    assert staff.post(accept, {"done_on": "2100-01-01", "note": "x"}).status_code == 422
    assert staff.post(accept, {"done_on": "2026-08-30", "note": "Read by Dr. Fern."}).status_code == 302
    case = DesignationCase.objects.create(
        learner=enrollment.learner, pathway_version=enrollment.version, opened_at=NOON
    )
    committee = signed_in(member)
    assert second.get_absolute_url() in committee.get(case.get_absolute_url()).content.decode()
    assert "Read by Dr. Fern." in committee.get(second.get_absolute_url()).content.decode()
    stranger = signed_in(make_learner().user)
    for each in (work.get_absolute_url(), reverse("pathways:capstone-file", args=[work.file.public_id]), address):
        assert stranger.get(each).status_code == 404


def test_the_pages_cost_the_same_however_many_attempts_there_are(
    enrollment, hand_in, pathway_admin, signed_in, django_assert_max_num_queries
):
    learner, staff = signed_in(enrollment.learner.user), signed_in(pathway_admin)
    address = reverse("pathways:capstone-hand-in", args=[enrollment.pathway.public_id])
    pages = [
        (learner, enrollment.pathway.get_absolute_url()),
        (learner, address),
        (staff, enrollment.get_absolute_url()),
        (staff, reverse("pathways:capstone-list") + "?show=answered"),
    ]
    return_capstone(actor=pathway_admin, work=hand_in(), reason="x", at=NOON)
    costs = []
    for client, page in pages:
        with django_assert_max_num_queries(19) as counted:
            client.get(page)
        costs.append(len(counted))
    for _number in range(3):
        return_capstone(actor=pathway_admin, work=hand_in(), reason="x", at=NOON)
    for (client, page), cost in zip(pages, costs, strict=True):
        with django_assert_max_num_queries(cost):
            client.get(page)
