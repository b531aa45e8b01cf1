"""Patient data in evidence: DOMAIN 4.2. Set aside at once, by whoever sees it; then released or purged."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.urls import reverse

from config.errors import Conflict, NotAllowed
from config.permissions import Role
from issuance import badges
from learners import services
from learners.models import (
    Award,
    Decision,
    EvidenceItem,
    Notice,
    PatientDataEvent,
    PatientDataReport,
    StoredFile,
    Submission,
)
from tests.fixtures.records import NOON

LATER = NOON + timedelta(hours=5)
SECRET = "Five roles"


@pytest.fixture
def officer(make_user):
    return make_user(Role.PRIVACY)


@pytest.fixture
def handed_in(make_submission, make_upload, media, assessor):
    """A submission with a text and a PDF that waits for its assessor."""
    submission = make_submission(assessor=assessor)
    services.add_file(
        actor=submission.learner.user,
        submission=submission,
        requirement=None,
        title="Ward note of Mrs. Birch",
        upload=make_upload("Birch.pdf"),
        at=NOON,
    )
    Submission.objects.filter(pk=submission.pk).update(status="submitted", submitted_at=NOON, due_at=NOON)
    submission.refresh_from_db()
    return submission


def report(actor, submission, at=NOON):
    return services.report_patient_data(actor=actor, submission=submission, at=at)


def get(client, user, name, *args):
    client.force_login(user)
    answer = client.get(reverse(f"learners:{name}", args=args))
    answer.body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return answer


# Reporting -----------------------------------------------------------------------------------------------------------
def test_domain_4_2_report_closes_access_at_once_and_keeps_the_attempt_count(
    client, handed_in, assessor, officer, lead, media, django_capture_on_commit_callbacks
):
    """DOMAIN 4.2: report → assessor gets 403, file URL dead at once, attempt count unchanged, tombstone in the log."""
    learner, file = handed_in.learner.user, StoredFile.objects.get()
    assert get(client, assessor, "file-download", file.public_id).status_code == 200

    client.force_login(assessor)
    client.post(reverse("learners:patient-data-report", args=[handed_in.public_id]))

    for user in (assessor, lead):
        assert get(client, user, "submission-detail", handed_in.public_id).status_code == 403
    assert get(client, assessor, "marking", handed_in.public_id).status_code == 403
    for user in (assessor, lead, learner):
        assert get(client, user, "file-download", file.public_id).status_code == 403
    client.force_login(learner)
    client.post(reverse("learners:submission-start-over", args=[handed_in.public_id]))
    anew = Submission.objects.get(status="draft")
    assert (anew.enrollment_id, anew.attempt) == (handed_in.enrollment_id, handed_in.attempt)
    found = PatientDataReport.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        services.purge_report(actor=officer, report=found, at=LATER)
    assert not media()
    assert list(found.events.order_by("pk").values_list("moved_to", "actor", "at")) == [
        ("reported", assessor.pk, found.reported_at),
        ("quarantined", assessor.pk, found.reported_at),
        ("purged", officer.pk, LATER),
        ("bytes-removed", None, LATER),
    ]
    file.refresh_from_db()
    assert (file.tombstoned_at, file.bytes_removed_at, file.original_name) == (LATER, LATER, "removed")


def test_everybody_who_comes_across_it_may_report(handed_in, assessor, lead, registrar, make_user):
    assert report(handed_in.learner.user, handed_in) == report(assessor, handed_in) == report(lead, handed_in)
    assert report(registrar, handed_in).reported_by == handed_in.learner.user
    assert PatientDataReport.objects.count() == 1
    assert PatientDataEvent.objects.count() == 2


def test_who_has_nothing_to_do_with_it_reports_nothing(client, handed_in, make_user, make_learner):
    for user in (make_user(Role.ASSESSOR), make_user(Role.AUDITOR), make_learner().user):
        with pytest.raises(NotAllowed):
            report(user, handed_in)
    client.force_login(make_learner().user)
    url = reverse("learners:patient-data-report", args=[handed_in.public_id])

    assert client.post(url).status_code == 404
    assert not PatientDataReport.objects.exists()
    assert Submission.objects.get().status == "submitted"


@pytest.mark.parametrize("status", ["draft", "withdrawn"])
def test_what_is_not_handed_in_is_the_learners_to_remove(make_submission, status):
    submission = make_submission(status=status)

    with pytest.raises(Conflict, match="not submitted"):
        report(submission.learner.user, submission)

    assert not EvidenceItem.objects.filter(set_aside_by__isnull=False).exists()


def test_people_are_told_calmly_and_nothing_of_what_it_is(handed_in, assessor, officer):
    report(assessor, handed_in)

    told = {notice.user: notice for notice in Notice.objects.all()}
    assert set(told) == {handed_in.learner.user, officer}
    for notice in told.values():
        assert "Birch" not in notice.subject + notice.text
        assert "patient" not in notice.subject.lower()
    assert told[handed_in.learner.user].path == handed_in.get_absolute_url()


def test_without_a_privacy_officer_the_administrator_is_told(handed_in, assessor, administrator):
    report(assessor, handed_in)

    assert "nobody is privacy officer" in Notice.objects.get(user=administrator).text


def test_an_unreleased_decision_is_taken_back_and_its_assessment_opened(make_decision, assessor):
    decision = make_decision(assessor=assessor)

    report(assessor, decision.submission)

    decision.refresh_from_db()
    assert decision.status == "undone"
    assert decision.submission.assessments.get().status == "draft"
    assert Submission.objects.get().status == "quarantined"


# What is read of it --------------------------------------------------------------------------------------------------
@pytest.fixture
def readers(handed_in, assessor, lead, make_user):
    return {
        "learner": handed_in.learner.user,
        "assessor": assessor,
        "lead": lead,
        "auditor": make_user(Role.AUDITOR),
    }


@pytest.mark.parametrize("status", ["returned", "decided"])
def test_no_page_about_a_decided_submission_shows_what_was_set_aside(client, handed_in, readers, status):
    Submission.objects.filter(pk=handed_in.pk).update(status=status)
    file = StoredFile.objects.get()
    report(readers["learner"], handed_in)

    for who, user in readers.items():
        page = get(client, user, "submission-detail", handed_in.public_id)
        assert page.status_code == 200, who
        assert SECRET not in page.content.decode(), who
        assert "Birch" not in page.content.decode(), who
        assert str(file.public_id) not in page.content.decode(), who
        assert get(client, user, "file-download", file.public_id).status_code == 403
    assert Submission.objects.get().status == status


def test_the_queue_and_the_marking_screen_drop_it(client, handed_in, assessor):
    report(assessor, handed_in)

    assert str(handed_in.public_id) not in get(client, assessor, "queue").content.decode()
    client.force_login(assessor)
    answer = client.post(reverse("learners:marking", args=[handed_in.public_id]), {"action": "save"})
    assert answer.status_code == 403
    assert SECRET not in answer.content.decode()


@pytest.fixture
def returned(make_decision):
    """A submission that was returned to its learner."""
    decision = make_decision(outcome="returned", levels=(2, 3, 3))
    Decision.objects.update(status="released", effective_at=NOON)
    Submission.objects.update(status="returned")
    decision.submission.refresh_from_db()
    return decision.submission


def test_the_next_attempt_that_holds_the_same_shows_nothing_of_it(client, returned, assessor, lead):
    following = services.start_resubmission(actor=returned.learner.user, submission=returned, at=NOON)
    report(lead, returned)

    workspace = get(client, returned.learner.user, "enrollment-detail", returned.enrollment.public_id)
    assert SECRET not in workspace.body.decode()
    Submission.objects.filter(pk=following.pk).update(status="submitted", submitted_at=NOON, due_at=NOON)
    following.assignments.create(assessor=assessor, assigned_at=NOON)
    marking = get(client, assessor, "marking", following.public_id)
    assert marking.status_code == 200
    assert SECRET not in marking.body.decode()


def test_the_next_attempt_is_begun_without_what_is_set_aside(returned, lead):
    report(lead, returned)

    following = services.start_resubmission(actor=returned.learner.user, submission=returned, at=NOON)

    assert not following.evidence_items.exists()


def test_who_reviews_an_appeal_reads_nothing_of_it(client, make_decision, make_user, lead):
    decision = make_decision(outcome="not-met", levels=(1, 1, 1))
    Decision.objects.update(status="released", effective_at=NOON)
    Submission.objects.update(status="decided")
    appeal = services.open_appeal(
        actor=decision.learner.user, decision=decision, ground="procedure", text="Nobody read it.", at=LATER
    )
    reviewer = make_user(Role.ASSESSOR)
    services.name_reviewer(actor=lead, appeal=appeal, reviewer=reviewer, at=NOON)
    report(lead, decision.submission)

    for name, key in [("appeal-detail", appeal.public_id), ("submission-detail", decision.submission.public_id)]:
        assert SECRET not in get(client, reviewer, name, key).content.decode()


def test_both_assessors_of_a_double_marking_read_nothing_of_it(client, make_double):
    double = make_double(levels=(1, 3, 3))
    first, second = (each.assessor for each in double.assignments.all())
    report(first, double)

    for user in (first, second):
        answer = get(client, user, "reconcile", double.public_id)
        assert SECRET not in answer.content.decode()
        assert get(client, user, "marking", double.public_id).status_code == 403


def test_the_digest_that_a_badge_signs_is_the_same_before_and_after_a_purge(handed_in, assessor, officer):
    before = [badges._evidence(item).sha256 for item in handed_in.evidence_items.order_by("pk")]
    services.purge_report(actor=officer, report=report(assessor, handed_in), at=LATER)

    assert [badges._evidence(item).sha256 for item in handed_in.evidence_items.order_by("pk")] == before


def test_a_learner_reads_that_the_badge_stays_valid(client, make_decision, make_award, lead, officer):
    decision = make_decision()
    Decision.objects.update(status="released", effective_at=NOON)
    Submission.objects.update(status="decided")
    make_award(learner=decision.learner, version=decision.credential_version, decision=decision)
    services.purge_report(actor=officer, report=report(lead, decision.submission), at=LATER)

    page = get(client, decision.learner.user, "submission-detail", decision.submission.public_id).content.decode()

    assert "Your badge stays valid" in page
    assert Award.objects.get().status == "active"


# The privacy officer -------------------------------------------------------------------------------------------------
def test_the_privacy_officer_reads_what_was_set_aside_and_nobody_else_does(
    client, handed_in, assessor, lead, registrar, officer, make_user, make_organization
):
    file, found = StoredFile.objects.get(), report(assessor, handed_in)
    away = make_user(Role.PRIVACY, scope=make_organization())

    assert SECRET in get(client, officer, "incident-detail", found.public_id).content.decode()
    answer = get(client, officer, "incident-file", file.public_id)
    assert answer.body.startswith(b"%PDF")
    for user in (away, assessor, lead, registrar, handed_in.learner.user):
        assert get(client, user, "incident-detail", found.public_id).status_code == 404
        assert get(client, user, "incident-file", file.public_id).status_code == 404


def test_a_false_alarm_goes_on_where_it_was_with_its_time_given_back(client, handed_in, assessor, officer):
    found = report(assessor, handed_in)

    client.force_login(officer)
    client.post(reverse("learners:incident-release", args=[found.public_id]))

    handed_in.refresh_from_db()
    found.refresh_from_db()
    assert handed_in.status == "submitted"
    assert handed_in.due_at == NOON + (found.settled_at - found.quarantined_at)
    assert SECRET in get(client, assessor, "marking", handed_in.public_id).content.decode()
    assert get(client, assessor, "file-download", StoredFile.objects.get().public_id).status_code == 200
    assert report(assessor, handed_in, at=LATER) != found  # it can be reported again


def test_a_release_leaves_aside_what_another_report_holds(make_submission, make_learner, lead, officer):
    learner = make_learner()
    first, second = (make_submission(learner=learner, status="submitted") for _number in range(2))
    one = report(lead, first)
    report(lead, second)

    services.release_report(actor=officer, report=one, at=LATER)

    assert {item.set_aside_by.submission for item in EvidenceItem.objects.all()} == {second}


def test_what_was_begun_anew_is_not_overtaken_by_a_release(handed_in, assessor, officer):
    found = report(assessor, handed_in)
    begun = services.start_over(actor=handed_in.learner.user, submission=handed_in, at=NOON)

    assert services.start_over(actor=handed_in.learner.user, submission=handed_in, at=NOON) == begun
    with pytest.raises(Conflict, match="started anew"):
        services.release_report(actor=officer, report=found, at=LATER)

    assert EvidenceItem.objects.filter(set_aside_by=found).count() == 2
    services.purge_report(actor=officer, report=found, at=LATER)
    assert not EvidenceItem.objects.exclude(text="").exists()


def test_a_purge_leaves_the_rows_with_who_when_and_the_digest(client, handed_in, assessor, officer):
    found = report(assessor, handed_in)
    services.purge_report(actor=officer, report=found, at=LATER)

    for item in found.items.all():
        assert (item.text, item.link, item.title) == ("", "", "Removed")
        assert len(item.purged_sha256) == 64
    page = get(client, officer, "incident-detail", found.public_id).content.decode()
    assert SECRET not in page and "Birch" not in page
    assert get(client, officer, "incident-file", StoredFile.objects.get().public_id).status_code == 404


def test_nobody_settles_twice_or_without_the_role_or_about_themselves(
    handed_in, assessor, lead, administrator, officer, make_submission, make_learner
):
    found = report(assessor, handed_in)
    own = report(lead, make_submission(status="submitted", learner=make_learner(user=officer)))
    for actor, which in [(assessor, found), (lead, found), (administrator, found), (officer, own)]:
        for service in (services.release_report, services.purge_report):
            with pytest.raises(NotAllowed):
                service(actor=actor, report=which, at=LATER)
    services.purge_report(actor=officer, report=found, at=LATER)
    for service in (services.release_report, services.purge_report):
        with pytest.raises(Conflict):
            service(actor=officer, report=found, at=LATER)
    assert found.events.count() == 3


def test_bytes_that_a_crash_left_are_removed_by_the_next_look(handed_in, assessor, officer, media):
    services.purge_report(actor=officer, report=report(assessor, handed_in), at=LATER)
    assert media()  # the test's transaction is not committed

    assert services.remove_purged_bytes(at=LATER) == 1
    assert services.remove_purged_bytes(at=LATER) == 0
    assert not media()
    assert PatientDataEvent.objects.filter(moved_to="bytes-removed").count() == 1


def test_the_log_shows_the_times_on_the_page_and_as_csv(
    client, handed_in, assessor, officer, django_assert_max_num_queries
):
    services.purge_report(actor=officer, report=report(assessor, handed_in), at=LATER)
    client.force_login(officer)

    with django_assert_max_num_queries(12):
        page = client.get(reverse("learners:incident-list")).content.decode()
    lines = client.get(reverse("learners:incident-csv")).content.decode().splitlines()

    assert handed_in.credential_version.title in page
    assert (
        lines[0] == "report,credential,status,reported by,reported,quarantined,released,purged,bytes-removed,settled by"
    )
    assert ",purged," in lines[1]
    assert LATER.isoformat(timespec="seconds") in lines[1]
    assert "Robin" not in "\n".join(lines)


def test_a_name_in_the_log_is_no_formula():
    from learners.views.patient_data import _cell

    assert [_cell(text) for text in ("=1+1", "Robin")] == ["'=1+1", "Robin"]


# What the database refuses -------------------------------------------------------------------------------------------
def test_the_log_is_never_changed(handed_in, assessor):
    report(assessor, handed_in)
    for change in (lambda rows: rows.update(note="x"), lambda rows: rows.delete()):
        with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
            change(PatientDataEvent.objects.all())


@pytest.mark.parametrize("fields", [{"purged_sha256": "0" * 64}, {"text": ""}, {"purged_sha256": "0" * 64, "text": ""}])
def test_only_a_purge_leaves_evidence_empty(make_submission, fields):
    make_submission()

    with pytest.raises(IntegrityError), transaction.atomic():
        EvidenceItem.objects.update(**fields)


@pytest.mark.django_db(transaction=True)
def test_two_reports_at_once_are_one(handed_in, assessor, lead, together):
    together(lambda: report(assessor, handed_in), lambda: report(lead, handed_in))

    assert PatientDataReport.objects.count() == 1
    assert PatientDataEvent.objects.count() == 2


# The privacy officer's home ------------------------------------------------------------------------------------------
def test_the_privacy_officer_reads_at_home_what_waits_since_when_and_what_is_still_to_be_removed(
    client, handed_in, assessor, officer, django_assert_max_num_queries
):
    client.force_login(officer)
    assert "No report of patient data waits for you." in client.get("/home/").content.decode()
    found = report(assessor, handed_in)

    with django_assert_max_num_queries(12):
        page = client.get("/home/").content.decode()
    assert "1 report of patient data to look into" in page and "the oldest since" in page
    assert reverse("learners:incident-list") in page and "storage" not in page

    services.purge_report(actor=officer, report=found, at=LATER)
    page = client.get("/home/").content.decode()
    assert "No report of patient data waits for you." in page
    assert "1 purged report has files that are still to be removed from storage" in page
    services.remove_purged_bytes(at=LATER)
    assert "storage" not in client.get("/home/").content.decode()


def test_nobody_else_reads_of_reports_at_home_and_none_of_another_school(
    client, handed_in, assessor, make_user, make_organization
):
    report(assessor, handed_in)
    for user in (assessor, make_user("registrar"), handed_in.learner.user):
        client.force_login(user)
        assert "patient data" not in client.get("/home/").content.decode()

    client.force_login(make_user("privacy", scope=make_organization()))
    assert "No report of patient data waits for you." in client.get("/home/").content.decode()
