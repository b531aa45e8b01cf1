from datetime import UTC, datetime, timedelta

import pytest

from config.errors import Conflict, Incomplete, NotAllowed
from credentials.models import EvidenceRequirement
from learners.models import Assignment, Declaration, Notice, Submission
from learners.models.evidence import DeclarationKind
from learners.services import DECLARATIONS, submit_evidence
from learners.working_days import working_days_after
from tests.fixtures.records import NOON

BOTH = {DeclarationKind.NO_PATIENT_DATA: "", DeclarationKind.OWN_WORK: ""}


def test_submitting_freezes_declares_and_assigns(make_submission, assessor):
    submission = make_submission()
    actor = submission.learner.user

    answered = submit_evidence(actor=actor, submission=submission, declarations=BOTH, at=NOON)

    assert (answered.status, answered.submitted_at) == ("submitted", NOON)
    assert answered.due_at == working_days_after(NOON, 5)
    event = submission.events.get()
    assert (event.actor, event.moved_to, event.at) == (actor, "submitted", NOON)
    assert Assignment.objects.get().assessor == assessor


def test_the_learner_gets_a_receipt_that_says_by_when_an_answer_comes(make_submission, assessor):
    """DOMAIN 5.4: submitted receipt."""
    submission = make_submission()
    learner = submission.learner.user

    submit_evidence(actor=learner, submission=submission, declarations=BOTH, at=NOON)

    receipt = Notice.objects.get(user=learner)
    assert (receipt.kind, receipt.path) == ("submitted", submission.get_absolute_url())
    assert submission.credential_version.title in receipt.subject
    assert "You get an answer by Sep 8, 2026" in receipt.text
    with pytest.raises(Conflict):
        submit_evidence(actor=learner, submission=submission, declarations=BOTH, at=NOON)
    assert Notice.objects.filter(user=learner).count() == 1


def test_declarations_are_kept_in_the_wording_that_was_shown(make_submission):
    submission = make_submission()
    made = BOTH | {DeclarationKind.AI_USE: "A chatbot, for the spelling."}

    submit_evidence(actor=submission.learner.user, submission=submission, declarations=made, at=NOON)

    kept = {each.kind: each for each in Declaration.objects.all()}
    assert set(kept) == {"no-patient-data", "own-work", "ai-use"}
    assert kept["own-work"].wording == str(DECLARATIONS[DeclarationKind.OWN_WORK])
    assert kept["ai-use"].answer == "A chatbot, for the spelling."
    assert all(each.wording_version and each.made_at == NOON for each in kept.values())


def refused(submission, declarations, *missing):
    with pytest.raises(Incomplete) as caught:
        submit_evidence(actor=submission.learner.user, submission=submission, declarations=declarations, at=NOON)
    assert caught.value.missing == list(missing)
    assert Submission.objects.get().status == "draft"
    assert not Declaration.objects.exists()
    assert not submission.events.exists()


def test_each_declaration_is_needed(make_submission):
    refused(
        make_submission(),
        {DeclarationKind.OWN_WORK: ""},
        "confirm that nothing in the evidence identifies a patient",
    )


def test_what_is_missing_is_named(make_submission):
    submission = make_submission()
    submission.evidence_items.all().delete()

    refused(submission, BOTH, "add to “Case analysis” (0 of 1 is there)")


def test_an_item_elsewhere_does_not_stand_for_what_is_asked(make_submission):
    submission = make_submission()
    submission.evidence_items.update(requirement=None)

    refused(submission, BOTH, "add to “Case analysis” (0 of 1 is there)")


def test_without_own_requirements_one_item_is_needed(make_version, make_submission):
    version = make_version(published=False)
    EvidenceRequirement.objects.filter(version=version).update(source="staff")
    submission = make_submission(version=version)
    submission.evidence_items.all().delete()

    refused(submission, BOTH, "add at least one piece of evidence")


def test_what_staff_provide_is_not_waited_for(make_version, make_submission):
    version = make_version(published=False)
    EvidenceRequirement.objects.create(version=version, position=2, kind="observation", source="staff")
    submission = make_submission(version=version)

    assert submit_evidence(actor=submission.learner.user, submission=submission, declarations=BOTH, at=NOON)


def test_nobody_submits_for_another(make_submission, make_learner):
    submission = make_submission()

    with pytest.raises(NotAllowed):
        submit_evidence(actor=make_learner().user, submission=submission, declarations=BOTH, at=NOON)

    assert Submission.objects.get().status == "draft"


def test_a_second_call_is_refused(make_submission, assessor):
    submission = make_submission()
    submit_evidence(actor=submission.learner.user, submission=submission, declarations=BOTH, at=NOON)

    with pytest.raises(Conflict, match="submitted"):
        submit_evidence(actor=submission.learner.user, submission=submission, declarations=BOTH, at=NOON)

    assert Declaration.objects.count() == 2
    assert Assignment.objects.count() == 1


def test_without_an_assessor_it_is_handed_in_and_waits(make_submission):
    submission = make_submission()

    submit_evidence(actor=submission.learner.user, submission=submission, declarations=BOTH, at=NOON)

    assert Submission.objects.get().status == "submitted"
    assert not Assignment.objects.exists()


def test_working_days_leave_out_the_weekend():
    friday = datetime(2026, 9, 4, 9, tzinfo=UTC)

    assert working_days_after(friday, 1) == friday + timedelta(days=3)
    assert working_days_after(friday, 5) == friday + timedelta(days=7)
    assert working_days_after(friday, 0) == friday
