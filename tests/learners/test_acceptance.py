"""Acceptance checks of DOMAIN that no other test is named for; the others stand with their subject."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from credentials.services import publish_version, start_version
from issuance import services as issuance
from issuance.models import SignedDocument
from learners import services
from learners.models import Declaration, Submission
from learners.services import DECLARATIONS
from tests.fixtures.records import NOON
from tests.learners.test_assessing_pages import judged, marking_url


def words(answer):
    return re.sub(r"\s+", " ", answer.text)


def test_b9_a_criterion_below_the_standard_is_not_returned_without_a_next_step_and_the_learner_finds_it_there(
    client, make_submission, assessor
):
    """DOMAIN B9."""
    submission = make_submission(status="submitted", assessor=assessor)
    client.force_login(assessor)
    low = {"level_2": "2", "next_step_2": ""}

    refused = client.post(marking_url(submission), judged(action="finish", **low))

    assert refused.status_code == 422
    assert "Say the next step for “Referral”" in refused.text
    assert not submission.decisions.exists()
    low["next_step_2"] = "Name whom you would call first."
    client.post(marking_url(submission), judged(action="finish", **low))
    decision = submission.decisions.get()
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    client.force_login(submission.learner.user)
    page = words(client.get(submission.get_absolute_url()))
    result = page[page.index("Result by criterion") :]
    assert result.index("Referral") < result.index("Name whom you would call first.") < result.index("Reflection")


@pytest.mark.parametrize(
    ("role", "shown"),
    [
        (Role.ASSESSOR, "learners:queue"),
        (Role.LEAD, "learners:decision-list"),
        (Role.ADMINISTRATOR, "learners:load-board"),
        (Role.REGISTRAR, "learners:learner-search"),
        (Role.AUDITOR, "learners:learner-search"),
        (Role.COMMITTEE, "learners:agreement-report"),
        (Role.PRIVACY, "learners:incident-list"),
    ],
)
def test_b16_each_role_lands_on_its_own_home(client, make_user, role, shown):
    """DOMAIN B16; how long it takes with 2,800 learners is measured by `make bench`."""
    client.force_login(make_user(role))

    page = client.get(reverse("learners:home"))

    assert page.status_code == 200
    assert reverse(shown) in page.text


def test_b19_an_award_creates_its_badge_with_no_step_of_the_learner(client, issuer, make_decision, settings):
    """DOMAIN B19."""
    settings.UNDO_WINDOW_SECONDS = 0
    decision = make_decision()
    services.release_decision(actor=decision.actor, decision=decision, at=timezone.now())

    issuance.sign_pending(limit=10, at=timezone.now())

    award = decision.awards.get()
    assert SignedDocument.objects.filter(award=award, kind="credential").count() == 1
    client.force_login(decision.learner.user)
    assert client.get(award.get_absolute_url()).status_code == 200


def test_b20_submitting_is_blocked_until_the_declarations_are_ticked_and_they_are_stored_with_time_and_wording(
    client, make_submission
):
    """DOMAIN B20."""
    submission = make_submission()
    client.force_login(submission.learner.user)
    address = reverse("learners:submission-submit", args=[submission.public_id])

    for ticked in ({}, {"no-patient-data": "on"}, {"own-work": "on"}):
        assert client.post(address, ticked).status_code == 422
        assert Submission.objects.get().status == "draft"
        assert not Declaration.objects.exists()

    client.post(address, {"no-patient-data": "on", "own-work": "on"})

    assert Submission.objects.get().status == "submitted"
    kept = list(Declaration.objects.all())
    assert {each.kind: each.wording for each in kept} == {
        kind: str(DECLARATIONS[kind]) for kind in ("no-patient-data", "own-work")
    }
    assert all(each.made_at and each.wording_version for each in kept)


def test_3_1_a_changed_descriptor_is_a_new_version_and_an_old_award_still_shows_the_old_text_by_its_address(
    client, administrator, version, make_award
):
    """DOMAIN 3.1."""
    award = make_award(version=version)
    draft = start_version(actor=administrator, credential=version.credential, at=NOON)
    level = draft.criteria.get(key="referral").levels.get(value=3)
    level.descriptor = "Calls the pharmacist and says why."
    level.save(update_fields=["descriptor"])

    publish_version(actor=administrator, version=draft, at=NOON)

    award.refresh_from_db()
    assert draft.number == version.number + 1
    old, new = (client.get(each.get_absolute_url()).text for each in (award.credential_version, draft))
    assert "Meets the standard for referral." in old
    assert "Calls the pharmacist and says why." not in old
    assert "Calls the pharmacist and says why." in new


def test_3_2_every_change_has_its_actor_and_time_and_the_learner_sees_the_steps_without_names(
    client, make_submission, make_user
):
    """DOMAIN 3.2."""
    assessor = make_user(Role.ASSESSOR, name="Doctor Hollowell")
    submission = make_submission()
    learner = submission.learner.user
    services.submit_evidence(
        actor=learner, submission=submission, declarations={"no-patient-data": "", "own-work": ""}, at=NOON
    )
    client.force_login(assessor)
    client.post(marking_url(submission), judged(action="finish"))
    decision = submission.decisions.get()
    services.release_decision(actor=assessor, decision=decision, at=timezone.now(), note="")

    events = list(submission.events.order_by("pk").values_list("moved_to", "actor"))

    assert events == [("submitted", learner.pk), ("in-review", assessor.pk), ("decided", assessor.pk)]
    assert all(submission.events.values_list("at", flat=True))
    client.force_login(learner)
    page = client.get(submission.get_absolute_url()).text
    assert "Evidence submitted" in page
    assert "Decision: awarded" in page
    assert "Hollowell" not in page
