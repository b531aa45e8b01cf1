"""Attempts, the meeting with the lead, the version that holds, and hours that satisfy nothing alone (DOMAIN 3.1, 3.2, A12)."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import AttemptGrant, Enrollment, Notice, Submission
from tests.fixtures.records import NOON

DECLARED = {"no-patient-data": "", "own-work": ""}
LATER = NOON + timedelta(days=1)


# The meeting with the lead -------------------------------------------------------------------------------------------
@pytest.fixture
def used(make_decision, make_version, assessor, lead):
    """A submission that used the only attempt and was not met."""
    version = make_version(attempts_max=1)
    decision = make_decision(outcome="not-met", levels=(2, 3, 3), assessor=assessor, version=version)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    return Submission.objects.with_context().get(pk=decision.submission_id)


def grant(submission, actor, *, at=LATER, met_on=date(2026, 9, 1), note="Practice the hand-over twice."):
    return services.grant_attempt(actor=actor, enrollment=submission.enrollment, met_on=met_on, note=note, at=at)


def test_three_attempts_and_three_days_are_the_default(make_version):
    version = make_version()

    assert (version.attempts_max, version.attempts_wait_days) == (3, 3)


def test_the_lead_is_told_when_all_attempts_are_used_once_that_is_final(used, lead):
    notice = Notice.objects.get(user=lead, kind="attempts-used")

    assert notice.path == used.get_absolute_url()
    assert notice.created_at == NOON + services.undo_window()
    assert Enrollment.objects.get().status == "not-met"


def test_after_the_meeting_the_lead_gives_one_more_attempt(used, lead):
    granted = grant(used, lead)

    enrollment = Enrollment.objects.get()
    assert (enrollment.status, enrollment.ended_at, enrollment.attempts_most) == ("active", None, 2)
    assert (granted.actor, granted.note) == (lead, "Practice the hand-over twice.")
    with pytest.raises(Conflict, match="opens on"):
        services.start_resubmission(actor=used.learner.user, submission=used, at=LATER)
    again = services.start_resubmission(actor=used.learner.user, submission=used, at=NOON + timedelta(days=3))
    assert again.attempt == 2
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        AttemptGrant.objects.update(note="Other.")


def test_a_second_call_gives_no_second_attempt(used, lead):
    grant(used, lead)

    with pytest.raises(Conflict, match="has not used all attempts"):
        grant(used, lead)
    assert Enrollment.objects.get().attempts_granted == 1


def test_what_stands_in_the_way_of_one_more(used, lead, assessor, make_user, make_enrollment):
    for actor in (assessor, make_user(Role.ADMINISTRATOR), used.learner.user):
        with pytest.raises(NotAllowed):
            grant(used, actor)
    with pytest.raises(Invalid, match="lies ahead"):
        grant(used, lead, met_on=date(2026, 12, 1))
    with pytest.raises(Invalid, match="what you agreed"):
        grant(used, lead, note=" ")
    with pytest.raises(Conflict, match="not final yet"):
        grant(used, lead, at=NOON + services.undo_window() - timedelta(seconds=1))
    make_enrollment(learner=used.learner, version=used.credential_version)
    with pytest.raises(Conflict, match="enrolled anew"):
        grant(used, lead)

    assert not AttemptGrant.objects.exists()


def test_nobody_is_given_one_while_attempts_are_left(make_decision, assessor, lead):
    decision = make_decision(outcome="not-met", levels=(2, 3, 3), assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    with pytest.raises(Conflict, match="has not used all attempts"):
        grant(decision.submission, lead)
    assert not Notice.objects.filter(kind="attempts-used").exists()


def test_the_page_offers_the_meeting_to_the_lead_alone(client, used, lead, assessor):
    address = reverse("learners:attempt-grant", args=[used.public_id])
    for user in (used.learner.user, assessor):
        client.force_login(user)
        assert address not in client.get(used.get_absolute_url()).content.decode()
        assert client.post(address, {"met_on": "2026-09-01", "note": "Mine."}).status_code in {403, 404}
    client.force_login(lead)
    assert address in client.get(used.get_absolute_url()).content.decode()
    refused = client.post(address, {"met_on": "", "note": "We spoke."})
    assert refused.status_code == 422 and "We spoke." in refused.content.decode()

    answer = client.post(address, {"met_on": "2026-09-01", "note": "We spoke."})

    assert answer.url == used.get_absolute_url()
    assert AttemptGrant.objects.get().note == "We spoke."
    assert "We spoke." not in client.get(used.get_absolute_url()).content.decode()


# The version that holds ----------------------------------------------------------------------------------------------
@pytest.fixture
def newer(make_version):
    """newer(submission, days): a newer version of its credential is offered, and the enrollment is so many days old."""

    def make(submission, days):
        enrollment = submission.enrollment
        version = make_version(published=False, credential=enrollment.credential)
        EvidenceRequirement.objects.filter(version=version).update(position=4)
        EvidenceRequirement.objects.create(version=version, position=1, kind="reflection")
        enrollment.credential.current_version = version
        enrollment.credential.save()
        enrollment.enrolled_at = NOON - timedelta(days=days)
        enrollment.save()
        return version

    return make


def submit(submission):
    return services.submit_evidence(
        actor=submission.learner.user, submission=submission, declarations=DECLARED, at=NOON
    )


def test_a_submission_is_bound_to_the_version_at_enrollment(make_submission, newer):
    draft = make_submission()
    before = draft.credential_version
    newer(draft, 365)

    assert submit(draft).credential_version == before


def test_after_twelve_months_the_first_submission_is_bound_to_todays_with_notice(make_submission, newer):
    draft = make_submission()
    version = newer(draft, 366)
    services.keep_form_draft(
        actor=draft.learner.user, submission=draft, form="add-1-text", values={"text": "Half"}, at=NOON
    )

    with pytest.raises(services.VersionMoved, match="more than 12 months ago"):
        submit(draft)

    enrollment = Enrollment.objects.get(pk=draft.enrollment_id)
    assert enrollment.credential_version == version
    assert enrollment.events.get().note.startswith("Version 1 becomes 2")
    assert Notice.objects.get(user=draft.learner.user).kind == "version"
    draft = Submission.objects.with_context().get(pk=draft.pk)
    assert draft.status == "draft"
    assert draft.evidence_items.get().requirement.position == 4  # the same kind, elsewhere in the new version
    assert [each.form for each in draft.form_drafts.all()] == ["add-4-text"]
    # What the new version asks for has to be there.
    with pytest.raises(Incomplete, match="Reflection"):
        submit(draft)
    services.add_text(
        actor=draft.learner.user,
        submission=draft,
        requirement=version.evidence_requirements.get(kind="reflection"),
        title="",
        text="What I learned.",
        at=NOON,
    )
    assert submit(draft).status == "submitted"


def test_a_later_attempt_stays_with_its_version(make_decision, assessor, newer):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    second = services.start_resubmission(actor=decision.learner.user, submission=decision.submission, at=NOON)
    before = second.credential_version
    newer(second, 800)

    assert submit(Submission.objects.with_context().get(pk=second.pk)).credential_version == before


def test_the_workspace_says_it_ahead_and_leads_back_to_itself(client, make_submission, newer, monkeypatch):
    draft = make_submission()
    newer(draft, 3000)
    client.force_login(draft.learner.user)

    assert "A newer version will apply" in client.get(draft.enrollment.get_absolute_url()).content.decode()
    sent = {"no-patient-data": "on", "own-work": "on"}
    answer = client.post(reverse("learners:submission-submit", args=[draft.public_id]), sent, follow=True)

    page = answer.content.decode()
    assert "look, and submit again" in page.lower() or "submit again" in page
    assert "A newer version will apply" not in page


# Hours ---------------------------------------------------------------------------------------------------------------
def log(draft, requirement, hours="8"):
    return services.add_hours(
        actor=draft.learner.user, submission=draft, requirement=requirement, title="", hours=Decimal(hours), at=NOON
    )


def test_hours_alone_satisfy_nothing(make_submission):
    """DOMAIN A12: log all hours, submit nothing: it stays not assessed."""
    draft = make_submission()
    draft.evidence_items.all().delete()
    log(draft, draft.credential_version.evidence_requirements.get())
    log(draft, None, "9")

    with pytest.raises(Incomplete, match=r"0 of 1 is there"):
        submit(draft)

    assert Submission.objects.get().status == "draft"


def test_a_log_is_filled_by_hours_but_not_submitted_alone(make_version, make_submission):
    version = make_version(published=False)
    version.evidence_requirements.update(kind="log")
    draft = make_submission(version=version)
    draft.evidence_items.all().delete()
    log(draft, version.evidence_requirements.get())

    with pytest.raises(Incomplete, match="hours alone do not"):
        submit(draft)

    services.add_text(
        actor=draft.learner.user, submission=draft, requirement=None, title="", text="What I did.", at=NOON
    )
    assert submit(draft).status == "submitted"


def test_the_checklist_does_not_count_hours(client, make_submission):
    draft = make_submission()
    draft.evidence_items.all().delete()
    log(draft, draft.credential_version.evidence_requirements.get())
    client.force_login(draft.learner.user)

    page = " ".join(client.get(draft.enrollment.get_absolute_url()).content.decode().split())

    assert "0 of 1 added" in page and "0 of 1 kinds of evidence" in page
