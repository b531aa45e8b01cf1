"""What is kept how long: DOMAIN 4.4. The rules of a school, holds, the warning, and what goes on which day."""

import zipfile
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import (
    AccessEntry,
    Appeal,
    Award,
    Decision,
    EvidenceItem,
    FeedbackResponse,
    Judgment,
    LearnerEvent,
    LearnerLeave,
    Notice,
    RetentionHold,
    RetentionHoldEnd,
    RetentionRule,
    RetentionRun,
    RetentionWarning,
    StoredFile,
    StudyCode,
    Submission,
    SubmissionEvent,
    SurveyAnswer,
    SurveyResponse,
)
from learners.retention import TERMS, Kept, months_before
from learners.selectors import retention as selectors
from tests.fixtures.records import NOON

DAY = timedelta(days=1)
WARNED = NOON + 365 * DAY + 45 * DAY - 60 * DAY + DAY  # the first day on which it is told
GONE = WARNED + 60 * DAY


@pytest.fixture
def officer(make_user):
    return make_user(Role.PRIVACY)


@pytest.fixture
def make_file(media):
    """A file of evidence in storage."""

    def make(submission, name="notes.txt", **fields):
        owner = submission.learner.user
        stored = StoredFile.objects.create(
            sha256="a" * 64,
            media_type="text/plain",
            size_bytes=5,
            original_name=name,
            path=default_storage.save(f"evidence/{name}", ContentFile(b"notes")),
            uploaded_by=owner,
            uploaded_at=NOON,
        )
        EvidenceItem.objects.create(
            submission=submission,
            kind="file",
            title="Ward notes",
            file=stored,
            added_by=owner,
            added_at=NOON,
            **fields,
        )
        return stored

    return make


@pytest.fixture
def make_over(make_decision):
    """A decision that was released at noon."""

    def make(outcome="awarded", **fields):
        decision = make_decision(outcome=outcome, **fields)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)
        status = "returned" if outcome == "returned" else "decided"
        Submission.objects.filter(pk=decision.submission_id).update(status=status)
        decision.refresh_from_db()
        return decision

    return make


@pytest.fixture
def over(make_over, make_file):
    decision = make_over()
    decision.file = make_file(decision.submission)
    return decision


@pytest.fixture
def work(django_capture_on_commit_callbacks):
    """The work of a day, with what follows its commits."""

    def run(at):
        with django_capture_on_commit_callbacks(execute=True):
            return services.apply_retention(at=at)

    return run


def words(answer):
    """What a page says, without its markup."""
    return " ".join(strip_tags(answer.content.decode()).split())


def counts(at):
    run = RetentionRun.objects.get(on=at.date())
    return {each.kind: each.removed for each in run.counts.all() if each.removed}


# The rules -----------------------------------------------------------------------------------------------------------
def test_a_month_before_is_the_same_day_or_the_last_of_a_shorter_month():
    assert months_before(datetime(2028, 2, 29, tzinfo=UTC), 12) == datetime(2027, 2, 28, tzinfo=UTC)
    assert months_before(datetime(2027, 1, 15, tzinfo=UTC), 1) == datetime(2026, 12, 15, tzinfo=UTC)


def test_without_a_decision_everything_is_kept_as_domain_4_4_says():
    assert {kind: term.months for kind, term in TERMS.items()} == {
        Kept.EVIDENCE: 12,
        Kept.DRAFTS: 12,
        Kept.RESULTS: 60,
        Kept.ACCESS: 36,
        Kept.MAIL: 36,
        Kept.SURVEYS: 12,
    }
    assert all(term.least <= term.months <= term.most for term in TERMS.values())


def test_the_registrar_changes_a_rule_with_a_reason_and_every_decision_stays(registrar, organization):
    for months in (24, 18):
        services.set_retention_rule(
            actor=registrar, organization=organization, kind="evidence", months=months, reason="Accreditor", at=NOON
        )

    assert list(RetentionRule.objects.order_by("pk").values_list("months", "reason", "actor")) == [
        (24, "Accreditor", registrar.pk),
        (18, "Accreditor", registrar.pk),
    ]
    with pytest.raises(DatabaseError), transaction.atomic():
        RetentionRule.objects.all().delete()


def test_a_rule_is_not_changed_by_others_without_a_reason_or_beyond_its_limits(
    registrar, officer, administrator, make_user, organization
):
    auditor = make_user(Role.AUDITOR)
    good = {"organization": organization, "kind": "evidence", "months": 24, "reason": "Accreditor", "at": NOON}
    for actor, change, error in [
        (officer, {}, NotAllowed),
        (auditor, {}, NotAllowed),
        (administrator, {}, NotAllowed),
        (registrar, {"reason": " "}, Invalid),
        (registrar, {"months": 5}, Invalid),
        (registrar, {"months": 121}, Invalid),
        (registrar, {"kind": "awards"}, Invalid),
        (registrar, {"kind": "surveys", "months": 13}, Invalid),
        (registrar, {"months": 12}, Conflict),
    ]:
        with pytest.raises(error):
            services.set_retention_rule(actor=actor, **good | change)

    assert not RetentionRule.objects.exists()


# Evidence ------------------------------------------------------------------------------------------------------------
def test_evidence_goes_a_year_after_the_end_of_appeals_and_sixty_days_after_its_learner_was_told(over, work, media):
    work(WARNED - 2 * DAY)
    assert not RetentionWarning.objects.exists()

    work(WARNED)
    warning = RetentionWarning.objects.get()
    assert (warning.learner, warning.file, warning.goes_on) == (over.learner, over.file, GONE.date())
    work(GONE - DAY)
    over.file.refresh_from_db()
    assert over.file.tombstoned_at is None and default_storage.exists(over.file.path)

    work(GONE)
    over.file.refresh_from_db()
    assert (over.file.tombstoned_at, over.file.tombstone_cause, over.file.bytes_removed_at) == (GONE, "retention", GONE)
    assert over.file.original_name == "removed" and not media()
    assert EvidenceItem.objects.filter(submission=over.submission, kind="file").count() == 1
    assert counts(GONE) == {"evidence": 1}


def test_a_learner_is_told_once_of_all_that_goes_within_a_month_and_the_mail_names_nothing(
    over, work, make_over, make_file
):
    second = make_over(learner=over.learner)
    Decision.objects.filter(pk=second.pk).update(effective_at=NOON + 20 * DAY)
    make_file(second.submission, "later.txt")

    for day in range(25):
        work(WARNED + day * DAY)

    notice = Notice.objects.get(kind="evidence-ends")
    assert notice.user == over.learner.user and "2 files of your evidence" in notice.text
    for secret in (over.credential_version.title, "Ward notes", "notes.txt", "Meets the standard", "named each role"):
        assert secret not in notice.subject + notice.text
    assert RetentionRun.objects.get(on=WARNED.date()).warned == 1


def test_what_is_told_must_be_lately_told(over, work, registrar, organization):
    """A rule that keeps longer, or a hold, makes a warning old: the learner is told anew before anything goes."""
    work(WARNED)
    services.set_retention_rule(
        actor=registrar, organization=organization, kind="evidence", months=24, reason="Accreditor", at=WARNED
    )

    for day in (GONE, GONE + 300 * DAY, GONE + 340 * DAY, GONE + 364 * DAY):
        work(day)

    over.file.refresh_from_db()
    assert over.file.tombstoned_at is None
    assert RetentionWarning.objects.count() == Notice.objects.filter(kind="evidence-ends").count() == 2


@pytest.mark.parametrize("case", ["appeal open", "appeal answered later", "leave", "hold", "concern", "amendment"])
def test_what_is_contested_or_held_stays(over, work, case, registrar, assessor, lead):
    learner = over.learner
    if case.startswith("appeal"):
        answered = {"decided_at": GONE, "reviewer": assessor, "reasons": "Read.", "outcome": "upheld"}
        Appeal.objects.create(
            decision=over,
            ground="procedure",
            text="No.",
            opened_at=NOON,
            **(answered if case == "appeal answered later" else {}),
        )
    elif case == "leave":
        LearnerLeave.objects.create(
            learner=learner,
            from_on=NOON.date() + DAY,
            until_on=NOON.date() + 300 * DAY,
            set_by=registrar,
            set_at=NOON,
        )
    elif case == "hold":
        services.place_hold(actor=registrar, learner=learner, cause="litigation", reason="Case 12", at=NOON)
    elif case == "concern":
        over.submission.concerns.create(kind="misconduct", text="Copied?", raised_by=assessor, raised_at=NOON)
    else:
        learner.amendments.create(part="Evidence", wrong="Not mine.", requested_at=NOON)

    for day in (WARNED, GONE):
        work(day)

    over.file.refresh_from_db()
    assert over.file.tombstoned_at is None and not Notice.objects.filter(kind="evidence-ends").exists()


def test_a_file_goes_only_when_every_use_of_it_is_over(over, work, make_submission, make_learner):
    other = make_submission(learner=make_learner(name="Kim Birch"), status="submitted")
    EvidenceItem.objects.create(
        submission=other, kind="file", title="Shared", file=over.file, added_by=over.learner.user, added_at=NOON
    )

    for day in (WARNED, GONE):
        work(day)

    assert StoredFile.objects.get().tombstoned_at is None and not RetentionWarning.objects.exists()


def test_a_crash_before_the_bytes_are_gone_leaves_them_to_the_next_run(over, work, media, monkeypatch):
    work(WARNED)
    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", lambda path: (_ for _ in ()).throw(OSError("full")))
        work(GONE)
    over.file.refresh_from_db()
    assert over.file.tombstoned_at == GONE and over.file.bytes_removed_at is None and media()

    services.remove_purged_bytes(at=GONE + DAY)

    over.file.refresh_from_db()
    assert over.file.bytes_removed_at == GONE + DAY and not media()


def test_a_rollback_removes_no_file(over, work, media, monkeypatch):
    work(WARNED)
    from learners.services import retention as service

    def dies(keys, at):
        service._remove_files(keys, at)
        raise RuntimeError

    monkeypatch.setitem(service.REMOVE, Kept.EVIDENCE, dies)
    with pytest.raises(RuntimeError):
        work(GONE)

    over.file.refresh_from_db()
    assert over.file.tombstoned_at is None and media()
    monkeypatch.undo()
    assert work(GONE + timedelta(hours=1)) == 1
    assert counts(GONE) == {"evidence": 1}
    assert work(GONE + timedelta(hours=2)) == 0


def test_pages_archive_and_record_say_when_and_why_a_file_is_gone(client, over, work, lead):
    work(WARNED)
    work(GONE)
    said = f"removed on {GONE:%b} {GONE.day}, {GONE.year} by the school’s retention rule"
    for user in (over.learner.user, lead):
        client.force_login(user)
        assert said in words(client.get(over.submission.get_absolute_url()))
        answer = client.get(reverse("learners:file-download", args=[over.file.public_id]))
        assert answer.status_code == 410 and said in words(answer)
    client.force_login(over.learner.user)
    assert f"R{said[1:]}" in words(client.get(reverse("learners:record-part", args=["learning"])))


def test_the_archive_made_after_holds_no_file_and_says_so_in_the_record(over, work):
    work(WARNED)
    work(GONE)
    from issuance.models import Archive
    from issuance.services import archive

    made = Archive.objects.create(learner=over.learner, requested_at=GONE)
    archive.make_archive(made, GONE)
    made.refresh_from_db()
    with default_storage.open(made.path) as file, zipfile.ZipFile(file) as bundle:
        names = bundle.namelist()
        record = "".join(bundle.read(name).decode() for name in names if name.endswith(".json"))

    assert not [name for name in names if name.startswith("evidence/")]
    assert "by the school’s retention rule" in record


# Drafts --------------------------------------------------------------------------------------------------------------
def test_a_draft_that_nobody_worked_on_for_a_year_expires_after_its_learner_was_told(
    client, work, make_submission, make_file, media
):
    draft = make_submission()
    make_file(draft)
    SubmissionEvent.objects.create(submission=draft, moved_to="draft", at=NOON)
    told = NOON + 366 * DAY - 60 * DAY

    for day in (told, told + 60 * DAY):
        work(day)

    draft.refresh_from_db()
    assert draft.status == "expired" and not draft.evidence_items.exists() and not media()
    assert list(draft.events.order_by("pk").values_list("moved_to", "actor")) == [("draft", None), ("expired", None)]
    assert "1 draft that you did not submit" in Notice.objects.get(kind="evidence-ends").text
    client.force_login(draft.learner.user)
    assert "expired" in client.get(reverse("learners:home")).content.decode()
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "Begin anew" in page
    client.post(reverse("learners:submission-start-over", args=[draft.public_id]))
    anew = Submission.objects.get(status="draft")
    assert (anew.enrollment_id, anew.attempt) == (draft.enrollment_id, draft.attempt)
    assert services.start_over(actor=draft.learner.user, submission=draft, at=GONE) == anew


def test_a_draft_that_is_worked_on_again_stays(work, make_submission):
    draft = make_submission()
    told = NOON + 366 * DAY - 60 * DAY
    work(told)
    services.add_text(
        actor=draft.learner.user, submission=draft, requirement=None, title="More", text="Words", at=told + DAY
    )

    work(told + 60 * DAY)

    draft.refresh_from_db()
    assert draft.status == "draft" and draft.evidence_items.count() == 2


def test_nobody_but_its_learner_sees_an_expired_draft(make_submission, lead):
    draft = make_submission()
    Submission.objects.filter(pk=draft.pk).update(status="expired")

    assert not Submission.objects.visible_to(lead).exists()
    assert Submission.objects.visible_to(draft.learner.user).exists()


# Logs ----------------------------------------------------------------------------------------------------------------
OLD = datetime(2022, 9, 1, 12, 0, tzinfo=UTC)


def test_log_entries_go_after_three_years_and_younger_ones_never(learner, registrar, work):
    for at in (OLD, NOON - 365 * DAY):
        AccessEntry.objects.create(actor=registrar, learner=learner, reason="advising", at=at)

    work(NOON)

    assert list(AccessEntry.objects.values_list("at", flat=True)) == [NOON - 365 * DAY]
    assert counts(NOON) == {"access": 1}
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('signet.retention', 'on', true)")
        with pytest.raises(DatabaseError), transaction.atomic():
            AccessEntry.objects.create(actor=registrar, learner=learner, reason="advising", at=NOON).delete()


def test_what_was_told_goes_after_three_years_but_not_what_waits_to_be_mailed(
    learner, registrar, lead, work, make_user
):
    stranger = make_user()
    for user, fields in [
        (learner.user, {"mailed_at": OLD}),
        (learner.user, {}),
        (registrar, {"way": "site"}),
        (stranger, {"mailed_at": OLD}),
    ]:
        Notice.objects.create(user=user, kind="due", subject="s", text="t", path="/", created_at=OLD, **fields)
    Notice.objects.create(
        user=lead, kind="due", subject="s", text="t", path="/", created_at=NOON - DAY, mailed_at=NOON - DAY
    )

    work(NOON)

    assert set(Notice.objects.values_list("user", "mailed_at")) == {
        (learner.user.pk, None),
        (stranger.pk, OLD),
        (lead.pk, NOON - DAY),
    }
    assert counts(NOON) == {"mail": 2}


def test_staff_of_two_schools_keep_what_they_were_told_as_long_as_the_longer_says(
    registrar, learner, make_organization, work
):
    from learners.models import RoleGrant

    other = make_organization()
    RoleGrant.objects.create(user=registrar, role=Role.REGISTRAR, organization=other, from_at=OLD)
    RetentionRule.objects.create(organization=other, kind="mail", months=120, reason="Law", actor=registrar, at=OLD)
    Notice.objects.create(user=registrar, kind="due", subject="s", text="t", path="/", created_at=OLD, mailed_at=OLD)

    work(NOON)

    assert Notice.objects.count() == 1


# Surveys -------------------------------------------------------------------------------------------------------------
def test_after_a_year_nobody_knows_whose_survey_answers_are_and_the_answers_stay(make_enrollment, work):
    enrollment = make_enrollment()
    user = enrollment.learner.user
    made = [
        services.surveys._keep(
            actor=user,
            organization=enrollment.credential.organization,
            moment=moment,
            enrollment=enrollment,
            answers={("motivation", None): 4},
            criteria=set(),
            at=at,
        )
        for moment, at in [("enrollment", NOON), ("award", NOON + 30 * DAY), ("later", NOON + 200 * DAY)]
    ]

    work(NOON + 400 * DAY)

    gone = SurveyResponse.objects.filter(unlinked_at__isnull=False)
    assert set(gone.values_list("pk", flat=True)) == {made[0].pk, made[1].pk}
    assert set(gone.values_list("enrollment", "study__user", "credential")) == {(None, None, enrollment.credential_id)}
    assert gone.values("study").distinct().count() == 1  # before and after can still be compared
    assert made[2].study != gone[0].study and SurveyAnswer.objects.count() == 3
    work(NOON + 600 * DAY)
    assert not StudyCode.objects.filter(user__isnull=False).exists()
    assert not SurveyResponse.objects.filter(enrollment__isnull=False).exists()


# Feedback ------------------------------------------------------------------------------------------------------------
def test_feedback_goes_five_years_after_the_decision_and_a_year_after_leaving_whichever_is_later(
    client, make_over, work, registrar
):
    passed, failed = make_over(), make_over(outcome="not-met", levels=(2, 3, 3))
    Award.objects.create(
        learner=passed.learner,
        credential=passed.credential,
        credential_version=passed.credential_version,
        decision=passed,
        awarded_at=NOON,
        sign_after=NOON,
    )
    FeedbackResponse.objects.create(submission=failed.submission, plan="Ask", given_at=NOON, changed_at=NOON)
    late = NOON + 6 * 366 * DAY
    work(late)
    assert not Submission.objects.filter(results_removed_at__isnull=False).exists()  # nobody has left
    for decision in (passed, failed):
        learner = decision.learner
        learner.status = "graduated"
        learner.save(update_fields=["status"])
        LearnerEvent.objects.create(learner=learner, actor=registrar, kind="graduated", at=late)
    work(late + 360 * DAY)
    assert not Submission.objects.filter(results_removed_at__isnull=False).exists()

    gone = late + 366 * DAY
    work(gone)

    assert set(Submission.objects.values_list("results_removed_at", flat=True)) == {gone}
    assert not Judgment.objects.exclude(comment="", next_step="").exists()
    levels = {
        each: list(Judgment.objects.filter(assessment__submission=each.submission).values_list("level", flat=True))
        for each in (passed, failed)
    }
    assert levels == {passed: [3, 3, 3], failed: [None, None, None]}
    assert not FeedbackResponse.objects.exists()
    kept, bare = Decision.objects.get(pk=passed.pk), Decision.objects.get(pk=failed.pk)
    assert (kept.outcome, kept.reason) == ("awarded", passed.reason)
    assert bare.outcome == "not-met" and "levels were removed" in bare.reason
    assert counts(gone) == {"results": 2}
    for decision in (passed, failed):
        client.force_login(decision.learner.user)
        page = client.get(decision.submission.get_absolute_url()).content.decode()
        assert "by the school’s retention rule" in page and "Answer the feedback" not in page
        with pytest.raises(Conflict, match="no longer kept"):
            services.answer_feedback(
                actor=decision.learner.user,
                submission=decision.submission,
                plan="Ask",
                plan_by=None,
                useful="",
                at=gone,
            )


# Holds ---------------------------------------------------------------------------------------------------------------
def test_registrar_and_privacy_officer_place_and_lift_holds_and_both_stay_on_record(registrar, officer, learner):
    hold = services.place_hold(actor=officer, learner=learner, cause="misconduct", reason="Board 7", at=NOON)
    with pytest.raises(Conflict):
        services.place_hold(actor=registrar, learner=learner, cause="misconduct", reason="Again", at=NOON)

    services.lift_hold(actor=registrar, hold=hold, reason="Closed", at=NOON + DAY)

    assert not RetentionHold.objects.standing().exists()
    with pytest.raises(Conflict):
        services.lift_hold(actor=registrar, hold=hold, reason="Closed", at=NOON + DAY)
    for rows in (RetentionHold, RetentionHoldEnd):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.objects.all().delete()


def test_others_place_no_hold_and_nobody_about_themselves(registrar, lead, make_user, make_learner, learner):
    own = make_learner(user=registrar)
    for actor, whose, reason, error in [
        (lead, learner, "x", NotAllowed),
        (make_user(Role.AUDITOR), learner, "x", NotAllowed),
        (learner.user, learner, "x", NotAllowed),
        (registrar, own, "x", NotAllowed),
        (registrar, learner, " ", Invalid),
    ]:
        with pytest.raises(error):
            services.place_hold(actor=actor, learner=whose, cause="litigation", reason=reason, at=NOON)

    assert not RetentionHold.objects.exists()


# The work ------------------------------------------------------------------------------------------------------------
def test_small_batches_do_the_same_and_are_counted_once(work, learner, registrar):
    AccessEntry.objects.bulk_create(
        AccessEntry(actor=registrar, learner=learner, reason="advising", at=OLD) for _number in range(7)
    )

    assert services.apply_retention(at=NOON, limit=3) == 7
    assert services.apply_retention(at=NOON, limit=3) == 0

    assert counts(NOON) == {"access": 7}
    assert RetentionRun.objects.get().finished_at == NOON


def test_two_workers_at_once_remove_and_count_each_row_once(transactional_db, together, make_learner, registrar):
    learner = make_learner()
    AccessEntry.objects.bulk_create(
        AccessEntry(actor=registrar, learner=learner, reason="advising", at=OLD) for _number in range(40)
    )

    together(*[lambda: services.apply_retention(at=NOON, limit=5)] * 2)

    assert counts(NOON) == {"access": 40} and not AccessEntry.objects.exists()


# The page ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("role", "status"), [(Role.REGISTRAR, 200), (Role.PRIVACY, 200), (Role.AUDITOR, 200), (Role.LEAD, 404), (None, 404)]
)
def test_registrar_privacy_officer_and_auditor_read_the_page(client, make_user, learner, role, status):
    client.force_login(make_user(role))

    assert client.get(reverse("learners:retention")).status_code == status


def test_the_page_changes_a_rule_and_holds_a_learner_and_shows_refusals(client, registrar, learner):
    client.force_login(registrar)
    rule, hold = reverse("learners:retention-set"), reverse("learners:retention-hold")

    assert client.post(rule, {"kind": "evidence", "months": 24}).status_code == 422
    assert client.post(rule, {"kind": "evidence", "months": 300, "reason": "Law"}).status_code == 422
    assert client.post(rule, {"kind": "evidence", "months": 24, "reason": "Law"}).status_code == 302
    given = {"learner": learner.user.email, "cause": "litigation", "reason": "Case 12"}
    assert client.post(hold, given | {"learner": "nobody"}).status_code == 422
    assert client.post(hold, given).status_code == 302
    assert client.post(hold, given).status_code == 422
    lift = reverse("learners:retention-hold-lift", args=[RetentionHold.objects.get().public_id])
    assert client.post(lift, {"reason": ""}).status_code == 422
    assert client.post(lift, {"reason": "Closed"}).status_code == 302

    page = words(client.get(reverse("learners:retention")))
    for said in ("Files of evidence: 24 months", "Case 12", "Closed", learner.display_name):
        assert said in page


def test_an_auditor_reads_and_changes_nothing(client, make_user, learner):
    client.force_login(make_user(Role.AUDITOR))

    page = client.get(reverse("learners:retention")).content.decode()
    for name in ("retention-set", "retention-hold"):
        assert reverse(f"learners:{name}") not in page
        assert client.post(reverse(f"learners:{name}")).status_code == 404


def test_a_dry_run_counts_what_would_go_and_changes_nothing(client, registrar, over, work):
    client.force_login(registrar)
    until = timezone.localdate() + timedelta(days=700)

    page = words(client.get(reverse("learners:retention"), {"until": until}))

    assert "Nothing was changed" in page
    over.file.refresh_from_db()
    assert over.file.tombstoned_at is None and not RetentionRun.objects.exists()
    assert client.get(reverse("learners:retention"), {"until": "2020-01-01"}).status_code == 422
    lines = selectors.lines(over.credential.organization, [], GONE)
    assert {line.kind: line.would_go for line in lines if line.would_go} == {"evidence": 1}


def test_the_page_asks_the_same_number_of_times_however_much_there_is(client, registrar, make_learner):
    client.force_login(registrar)
    url = reverse("learners:retention")
    make_learner()
    services.apply_retention(at=NOON - DAY)

    def queries():
        with CaptureQueriesContext(connection) as found:
            assert client.get(url, {"until": timezone.localdate()}).status_code == 200
        return len(found)

    before = queries()
    for number in range(4):
        learner = make_learner(name=f"Learner {number}")
        services.place_hold(actor=registrar, learner=learner, cause="other", reason="x", at=NOON)
        services.apply_retention(at=NOON + number * DAY)

    assert queries() == before < 20
