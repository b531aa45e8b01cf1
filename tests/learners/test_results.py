"""Results that others give: entered by staff, or from a file; evidence, never a decision."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import Assessment, Decision, EvidenceItem, Notice, RecordedResult, ResultList
from learners.services.results import Said
from learners.tasks import run_result_lists
from tests.fixtures.records import NOON

DAY = date(2026, 8, 30)
HEADING = "student_number,email,evidence,title,score,out_of,words,rated_on,rater_kind,rater,comment\n"


@pytest.fixture
def version(make_version):
    made = make_version(published=False)
    EvidenceRequirement.objects.create(version=made, position=2, kind="OSCE", source="event")
    EvidenceRequirement.objects.create(version=made, position=3, kind="quiz", source="import")
    made.status, made.published_at, made.published_by = "published", NOON, made.credential.owner
    made.save()
    made.credential.status, made.credential.current_version = "offered", made
    made.credential.save()
    return made


@pytest.fixture
def work(make_submission, make_learner, version):
    return make_submission(learner=make_learner(student_number="S-1"), version=version)


def asked(submission, kind="OSCE"):
    return submission.credential_version.evidence_requirements.get(kind=kind)


def said(**fields):
    return Said(
        **{
            "title": "Station 3",
            "rated_on": DAY,
            "rater_kind": "faculty",
            "score": Decimal(17),
            "out_of": Decimal(20),
        }
        | fields
    )


def record(submission, actor, *, kind="OSCE", at=NOON, **fields):
    return services.record_result(
        actor=actor, enrollment=submission.enrollment, requirement=asked(submission, kind), said=said(**fields), at=at
    )


def items(submission):
    return list(submission.evidence_items.filter(result__isnull=False).order_by("pk"))


# One -----------------------------------------------------------------------------------------------------------------
def test_staff_record_a_station_and_it_is_evidence_of_the_open_attempt(work, lead):
    result = record(work, lead, words="passed", comment="Closed the loop.", rater="A. Quill")

    [item] = items(work)
    assert (item.requirement, item.title, item.result, item.added_by) == (asked(work), "Station 3", result, lead)
    assert item.text == (
        "17 of 20, passed.\n\nClosed the loop.\n\nRated on August 30, 2026 by a member of the faculty: A. Quill."
    )
    assert item.is_from_others
    notice = Notice.objects.get(user=work.learner.user)
    assert notice.kind == "result" and "17" not in notice.subject + notice.text


def test_what_a_standardized_patient_rates_is_evidence_and_no_decision(work, lead):
    """DOMAIN A24: a rating from outside the faculty appears as evidence, not as decision."""
    record(work, lead, rater_kind="standardized-patient", score=None, out_of=None, words="Felt heard", rater="SP 4")

    assert "by a standardized patient: SP 4." in items(work)[0].text
    work.refresh_from_db()
    assert work.status == "draft"
    assert not Assessment.objects.exists() and not Decision.objects.exists()


def test_the_same_once_more_changes_nothing_and_another_score_corrects(work, lead):
    first = record(work, lead)
    assert record(work, lead) == first

    second = record(work, lead, score=Decimal("18.5"), at=NOON + timedelta(hours=1))

    assert second.corrects == first
    [item] = items(work)
    assert item.result == second
    assert item.text.startswith("18.5 of 20.") and "Corrected; before: 17 of 20." in item.text
    assert record(work, lead, score=Decimal("18.5")) == second
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        RecordedResult.objects.update(score=20)


def test_it_goes_along_to_the_next_attempt(version, make_decision, make_learner, assessor, lead):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, version=version)
    record(decision.submission, lead)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    again = services.start_resubmission(actor=decision.learner.user, submission=decision.submission, at=NOON)

    assert [each.title for each in items(again)] == ["Station 3"]
    record(again, lead, score=Decimal(19))
    assert items(again)[0].text.startswith("19 of 20.")
    assert items(decision.submission)[0].text.startswith("17 of 20.")  # what was assessed stays


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"title": " "}, "Say which quiz"),
        ({"rated_on": date(2027, 1, 1)}, "lies ahead"),
        ({"score": Decimal(21)}, "between 0 and 20"),
        ({"score": Decimal(-1)}, "between 0 and 20"),
        ({"out_of": None}, "Say out of how many"),
        ({"score": None, "out_of": None}, "Give a score"),
        ({"rater_kind": "passerby"}, "Say who rated it"),
        ({"comment": "a" * 2001}, "at most 2000"),
    ],
)
def test_what_is_no_result_is_refused(work, lead, fields, words):
    with pytest.raises(Invalid, match=words):
        record(work, lead, **fields)

    assert not RecordedResult.objects.exists() and not items(work)


def test_who_may_not_record(work, make_user, make_learner):
    for actor in (work.learner.user, make_learner().user, make_user(Role.REGISTRAR), make_user(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            record(work, actor)
    own = make_user(Role.LEAD)
    work.learner.user = own
    work.learner.save()
    with pytest.raises(NotAllowed):
        record(work, own)

    assert not RecordedResult.objects.exists()


def test_what_the_learner_hands_in_and_what_another_version_asks_is_not_recorded(work, lead, make_version):
    with pytest.raises(Invalid, match="The learner hands this in"):
        record(work, lead, kind="case analysis")
    foreign = make_version().evidence_requirements.get()
    with pytest.raises(Invalid, match="does not belong"):
        services.record_result(actor=lead, enrollment=work.enrollment, requirement=foreign, said=said(), at=NOON)


def returned(make_decision, assessor, version):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, version=version)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    return decision


def go_on(decision):
    return services.start_resubmission(actor=decision.learner.user, submission=decision.submission, at=NOON)


def test_what_comes_while_no_attempt_is_open_is_kept_and_stands_in_the_next(
    client, version, make_decision, assessor, lead
):
    decision = returned(make_decision, assessor, version)

    kept = record(decision.submission, lead)

    assert record(decision.submission, lead) == kept
    assert not EvidenceItem.objects.filter(result__isnull=False).exists()  # what was decided stays as it was
    assert "It is kept" in Notice.objects.get(user=decision.learner.user, kind="result").text
    client.force_login(decision.learner.user)
    page = client.get(decision.submission.get_absolute_url()).text
    assert "Kept for your next attempt" in page and "17 of 20" in page
    again = go_on(decision)
    assert [(each.result, each.added_by, each.requirement) for each in items(again)] == [(kept, lead, asked(again))]
    assert "Kept for your next attempt" not in client.get(decision.submission.get_absolute_url()).text
    assert go_on(decision) == again and len(items(again)) == 1


def test_a_correction_that_comes_between_attempts_takes_the_place_of_what_it_corrects(
    version, make_decision, assessor, lead
):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, version=version)
    record(decision.submission, lead)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    record(decision.submission, lead, score=Decimal(18))
    last = record(decision.submission, lead, score=Decimal(19))

    again = go_on(decision)

    [item] = items(again)
    assert item.result == last
    assert item.text.startswith("19 of 20.")
    assert items(decision.submission)[0].text.startswith("17 of 20.")


def test_what_was_corrected_before_the_attempt_ended_is_not_counted_twice(version, make_decision, assessor, lead):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, version=version)
    record(decision.submission, lead)
    last = record(decision.submission, lead, score=Decimal(18))
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    assert [each.result for each in items(go_on(decision))] == [last]


def test_once_the_enrollment_has_ended_nothing_is_recorded(version, make_decision, assessor, lead):
    decision = make_decision(version=version, assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    with pytest.raises(Conflict, match="no longer works on this"):
        record(decision.submission, lead)

    assert not RecordedResult.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_result_and_the_next_attempt_at_once_lose_nothing(version, make_decision, assessor, lead, together):
    decision = returned(make_decision, assessor, version)

    together(lambda: record(decision.submission, lead), lambda: go_on(decision))

    again = decision.enrollment.submissions.get(attempt=2)
    assert [each.title for each in items(again)] == ["Station 3"]


def test_a_list_says_what_is_kept_for_the_next_attempt(version, make_decision, assessor, lead):
    decision = returned(make_decision, assessor, version)
    learner = decision.learner
    learner.student_number = "S-9"
    learner.save()
    data = (HEADING + "S-9,,OSCE,Station 3,17,20,,2026-08-30,faculty,,\n").encode()
    made = services.check_result_list(actor=lead, credential=version.credential, file_name="r.csv", data=data, at=NOON)
    assert made.rows.get().plan == "create"
    assert "kept for the next one" in made.rows.get().said

    services.confirm_result_list(actor=lead, found=made, at=NOON)
    run_result_lists()

    assert made.rows.get().result == "create"
    assert [each.title for each in items(go_on(decision))] == ["Station 3"]


def test_the_learner_cannot_take_it_out(work, lead):
    record(work, lead)

    with pytest.raises(NotAllowed):
        services.remove_evidence(actor=work.learner.user, item=items(work)[0])


def test_the_workspace_says_where_each_comes_from_and_whether_it_is_there(client, work, lead):
    record(work, lead)
    client.force_login(work.learner.user)

    page = " ".join(client.get(work.enrollment.get_absolute_url()).content.decode().split())

    assert "It comes from an event that you take part in; staff enter it." in page
    assert "It is taken over from another system." in page
    assert "Not there yet" in page and "17 of 20." in page


# Many ----------------------------------------------------------------------------------------------------------------
def check(lead, version, rows, heading=HEADING):
    return services.check_result_list(
        actor=lead, credential=version.credential, file_name="osce.csv", data=(heading + rows).encode(), at=NOON
    )


def carry_out(lead, found):
    services.confirm_result_list(actor=lead, found=found, at=NOON)
    while services.run_result_lists(at=NOON, limit=3):
        pass
    found.refresh_from_db()
    return {kind: found.rows.filter(result=kind).count() for kind in ("create", "change", "same", "faulty")}


ROW = "{},,OSCE,Station 3,17,20,,2026-08-30,sp,SP 4,\n"


def test_a_list_is_checked_first_and_a_second_run_records_nothing(make_submission, make_learner, version, lead):
    for number in range(8):
        make_submission(learner=make_learner(student_number=f"S-{number}"), version=version)
    rows = "".join(ROW.format(f"S-{number}") for number in range(8)) + ROW.format("S-99")

    found = check(lead, version, rows)
    assert not RecordedResult.objects.exists()
    assert found.rows.filter(plan="create").count() == 8
    assert carry_out(lead, found) == {"create": 8, "change": 0, "same": 0, "faulty": 1}
    assert found.status == "finished"

    assert carry_out(lead, check(lead, version, rows)) == {"create": 0, "change": 0, "same": 8, "faulty": 1}
    assert RecordedResult.objects.count() == EvidenceItem.objects.filter(result__isnull=False).count() == 8
    assert set(RecordedResult.objects.values_list("rater_kind", flat=True)) == {"standardized-patient"}


def test_another_score_is_planned_as_a_change_and_corrects(work, version, lead):
    carry_out(lead, check(lead, version, ROW.format("S-1")))

    found = check(lead, version, ROW.format("S-1").replace("17,20", "18,20"))

    assert found.rows.get().said == "“17 of 20” becomes “18 of 20”."
    assert carry_out(lead, found)["change"] == 1
    assert items(work)[0].text.startswith("18 of 20.")


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("S-9,,OSCE,Station 3,17,20,,2026-08-30,,,", "Nobody who works on this"),
        (",,OSCE,Station 3,17,20,,2026-08-30,,,", "does not say whose"),
        ("S-1,,,Station 3,17,20,,2026-08-30,,,", "must name one of: OSCE, quiz"),
        ("S-1,,essay,Station 3,17,20,,2026-08-30,,,", "must name one of: OSCE, quiz"),
        ("S-1,,OSCE,,17,20,,2026-08-30,,,", "“title” is empty"),
        ("S-1,,OSCE,Station 3,25,20,,2026-08-30,,,", "between 0 and 20"),
        ("S-1,,OSCE,Station 3,much,20,,2026-08-30,,,", "is no score"),
        ("S-1,,OSCE,Station 3,17,,,2026-08-30,,,", "out of how many"),
        ("S-1,,OSCE,Station 3,,,,2026-08-30,,,", "no score and no result in words"),
        ("S-1,,OSCE,Station 3,17,20,,yesterday,,,", "is no date"),
        ("S-1,,OSCE,Station 3,17,20,,2030-01-01,,,", "lies ahead"),
        ("S-1,,OSCE,Station 3,17,20,,2026-08-30,uncle,,", "none of faculty"),
        ("S-1,,OSCE,=2+2,17,20,,2026-08-30,,,", "looks like a formula"),
        ("S-1,,OSCE,Station 3,NaN,20,,2026-08-30,,,", "is no score"),
        ("S-1,other@example.edu,OSCE,Station 3,17,20,,2026-08-30,,,", "not those of one person"),
    ],
)
def test_a_faulty_row_says_its_line_and_why_and_records_nothing(work, version, lead, row, words):
    found = check(lead, version, row + "\n")

    assert words in found.rows.get().said
    assert (found.rows.get().plan, found.rows.get().line) == ("faulty", 2)
    carry_out(lead, found)
    assert not RecordedResult.objects.exists()


def test_the_same_twice_in_a_file_counts_once(work, version, lead):
    found = check(lead, version, ROW.format("S-1") * 2)

    assert [row.plan for row in found.rows.order_by("number")] == ["create", "faulty"]
    assert "stands in line 2 already" in found.rows.get(number=2).said


@pytest.mark.parametrize(
    ("heading", "words"),
    [
        ("name,title,rated_on,score\n", "student_number or email"),
        ("student_number,title,rated_on\n", "score or words"),
        ("student_number,score,out_of\n", "Missing: rated_on, title"),
    ],
)
def test_a_file_that_is_no_list_of_results_is_refused_as_a_whole(version, lead, heading, words):
    with pytest.raises(Invalid, match=words):
        check(lead, version, "a,b,c,d\n", heading=heading)

    assert not ResultList.objects.exists()


def test_who_brings_in_no_list(version, assessor, make_user, lead, work):
    for actor in (assessor, make_user(Role.REGISTRAR), work.learner.user):
        with pytest.raises(NotAllowed):
            check(actor, version, ROW.format("S-1"))
    found = check(lead, version, ROW.format("S-1"))
    for actor in (assessor, make_user(Role.REGISTRAR)):
        with pytest.raises(NotAllowed):
            services.confirm_result_list(actor=actor, found=found, at=NOON)
        with pytest.raises(NotAllowed):
            services.drop_result_list(actor=actor, found=found)

    assert ResultList.objects.get().status == "checked"


def test_a_list_is_dropped_once_and_then_not_carried_out(work, version, lead):
    found = check(lead, version, ROW.format("S-1"))
    services.drop_result_list(actor=lead, found=found)
    services.drop_result_list(actor=lead, found=found)

    with pytest.raises(IllegalMove):
        services.confirm_result_list(actor=lead, found=found, at=NOON)
    assert not found.rows.exists() and services.run_result_lists(at=NOON) == 0


def test_what_changed_between_the_check_and_the_run_is_judged_anew(work, version, lead):
    found = check(lead, version, ROW.format("S-1"))
    services.withdraw(actor=work.learner.user, enrollment=work.enrollment, at=NOON)

    assert carry_out(lead, found)["faulty"] == 1
    assert "Nobody who works on this" in found.rows.get().said


def test_the_worker_carries_it_out_and_the_lead_is_told(work, version, lead):
    services.confirm_result_list(actor=lead, found=check(lead, version, ROW.format("S-1")), at=NOON)

    run_result_lists()
    run_result_lists()

    assert RecordedResult.objects.count() == 1
    assert Notice.objects.filter(user=lead, kind="roster").count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------
def address(version):
    return reverse("learners:results", args=[version.credential.public_id])


def words_of(answer):
    return " ".join(answer.content.decode().split())


SENT = {
    "learner": "S-1",
    "requirement": "OSCE",
    "title": "Station 3",
    "rated_on": "2026-08-30",
    "score": "17",
    "out_of": "20",
    "rater_kind": "standardized-patient",
}


def test_an_assessor_enters_one_and_sees_it(client, work, version, assessor):
    client.force_login(assessor)

    answer = client.post(address(version), SENT)

    assert answer.url == address(version)
    page = words_of(client.get(address(version)))
    assert "Recorded for Robin Alder: Station 3, 17 of 20." in page
    assert "Many from a list" not in page


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"learner": "S-77"}, "Nobody who works on this"),
        ({"score": "27"}, "between 0 and 20"),
        ({"rated_on": "2999-01-01"}, "lies ahead"),
        ({"requirement": "essay"}, "essay is not one of the available choices"),
    ],
)
def test_a_refusal_stands_on_the_form_and_keeps_what_was_typed(client, work, version, lead, change, words):
    client.force_login(lead)

    answer = client.post(address(version), SENT | change)

    assert answer.status_code == 422
    assert words in words_of(answer) and 'value="Station 3"' in words_of(answer)
    assert not RecordedResult.objects.exists()


def test_a_lead_brings_in_a_list_through_the_page(client, work, version, lead, django_assert_max_num_queries):
    client.force_login(lead)
    data = (HEADING + ROW.format("S-1") + ROW.format("S-2")).encode()

    answer = client.post(address(version), {"list": "yes", "file": SimpleUploadedFile("osce.csv", data)})
    found = ResultList.objects.get()
    assert answer.url == found.get_absolute_url()
    with django_assert_max_num_queries(19):
        page = words_of(client.get(answer.url))
    assert "Nobody who works on this" in page and "Carry out 1 row" in page
    faulty = client.get(reverse("learners:result-list-faulty", args=[found.public_id])).content.decode()
    assert "S-2" in faulty and ",3," in faulty

    client.post(reverse("learners:result-list-confirm", args=[found.public_id]))
    assert "Being carried out" in words_of(client.get(found.get_absolute_url()))
    services.run_result_lists(at=NOON)
    assert "created" in words_of(client.get(found.get_absolute_url()))
    with django_assert_max_num_queries(19):
        assert "osce.csv" in words_of(client.get(address(version)))


def test_a_list_is_for_those_who_lead_or_administer(client, work, version, lead, assessor, make_learner):
    found = check(lead, version, ROW.format("S-1"))
    for user in (assessor, make_learner().user):
        client.force_login(user)
        assert client.get(found.get_absolute_url()).status_code == 404
        assert client.post(reverse("learners:result-list-confirm", args=[found.public_id])).status_code == 404
    client.force_login(assessor)
    data = SimpleUploadedFile("osce.csv", (HEADING + ROW.format("S-1")).encode())
    assert client.post(address(version), {"list": "yes", "file": data}).status_code == 404
    assert ResultList.objects.count() == 1


# The way there -------------------------------------------------------------------------------------------------------
def test_assessors_and_leads_come_to_it_from_where_they_work(client, version, make_submission, assessor, lead):
    waiting = make_submission(version=version, status="submitted", assessor=assessor)
    page = reverse("learners:results", args=[version.credential.public_id])
    ways = {
        assessor: [waiting.get_absolute_url()],
        lead: [waiting.get_absolute_url(), reverse("credentials:manage-detail", args=[version.credential.public_id])],
    }

    for user, addresses in ways.items():
        client.force_login(user)
        for address in [*addresses, reverse("learners:results-choose")]:
            assert f'href="{page}"' in client.get(address).text, address
    client.force_login(assessor)
    assert f'href="{reverse("learners:results-choose")}"' in client.get(reverse("learners:queue")).text


def test_whoever_may_not_record_is_shown_no_way(client, version, make_submission, make_version, make_user, lead):
    waiting = make_submission(version=version, status="submitted")
    page = reverse("learners:results", args=[version.credential.public_id])
    for user in (make_user(Role.AUDITOR), waiting.learner.user):
        client.force_login(user)
        assert page not in client.get(waiting.get_absolute_url()).text
        assert client.get(reverse("learners:results-choose")).status_code == 404

    client.force_login(lead)
    own_only = make_submission(version=make_version(), status="submitted")
    assert "Record a result" not in client.get(own_only.get_absolute_url()).text
    assert own_only.credential_version.title not in client.get(reverse("learners:results-choose")).text


def test_the_list_of_items_keeps_its_number_of_queries(
    client, version, make_version, lead, django_assert_max_num_queries
):
    client.force_login(lead)
    with django_assert_max_num_queries(9):
        assert version.title in client.get(reverse("learners:results-choose")).text
