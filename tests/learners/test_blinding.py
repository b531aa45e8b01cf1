"""Blind judging (DOMAIN 3.5): a code for the learner, a role for the assessor, and staff who unblind with a reason."""

from datetime import timedelta

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import EvidenceRequirement
from learners import services
from learners.models import AccessEntry, EvidenceItem
from learners.selectors import assessing
from tests.fixtures.records import NOON

NAME = "Robin Quillfeather"


@pytest.fixture
def blind(make_version, make_learner, make_submission, assessor):
    learner = make_learner(name=NAME, profession="pharmacy")
    version = make_version(is_blind=True)
    return make_submission(learner=learner, version=version, status="in-review", assessor=assessor)


def unblind(actor, submission, note="The learner asked about an adjustment.", at=NOON):
    return services.unblind(actor=actor, submission=submission, reason="request", note=note, at=at)


def test_name_and_profession_are_hidden_and_replaced_by_one_code_on_every_page(client, blind, assessor, lead):
    """DOMAIN 3.5: hide learner name, profession and photo where evidence permits; replace with a code."""
    code = assessing.shown_name(blind.enrollment)
    services.raise_concern(actor=assessor, submission=blind, kind="misconduct", text="Copied.", at=NOON)
    pages = {
        assessor: [
            reverse("learners:queue"),
            reverse("learners:marking", args=[blind.public_id]),
            reverse("learners:concern-raise", args=[blind.public_id]),
            blind.get_absolute_url(),
        ],
        lead: [
            blind.get_absolute_url(),
            reverse("learners:concern-list"),
            reverse("learners:load-board"),
            reverse("learners:load-person", args=[assessor.public_id]),
            reverse("learners:assign-one", args=[blind.public_id, "first"]),
        ],
    }

    for user, addresses in pages.items():
        client.force_login(user)
        for address in addresses:
            page = client.get(address).text
            assert NAME not in page, address
            assert "Quillfeather" not in page, address
            assert "pharmacy" not in page.replace("medicine, nursing, pharmacy", ""), address
            if "load-person" not in address:
                assert code in page or "/load/" in address, address


def test_what_this_learner_was_told_before_is_not_shown_where_work_is_blind(client, blind, assessor):
    client.force_login(assessor)

    assert client.get(reverse("learners:learner-history", args=[blind.public_id])).status_code == 404
    marking = client.get(reverse("learners:marking", args=[blind.public_id])).text
    assert reverse("learners:learner-history", args=[blind.public_id]) not in marking


def test_the_name_of_a_file_is_replaced_too(client, blind, assessor, make_upload, media):
    blind.status = "draft"
    blind.save(update_fields=["status"])
    item = services.add_file(
        actor=blind.learner.user,
        submission=blind,
        requirement=blind.credential_version.evidence_requirements.get(),
        title="",
        upload=make_upload("Quillfeather case.pdf"),
        at=NOON,
    )
    blind.status = "in-review"
    blind.save(update_fields=["status"])
    client.force_login(assessor)

    answer = client.get(reverse("learners:file-download", args=[item.file.public_id]))

    for closer in answer._resource_closers:  # the connection stays
        closer()
    assert "Quillfeather" not in answer["Content-Disposition"]
    assert "Quillfeather" not in client.get(reverse("learners:marking", args=[blind.public_id])).text
    assert EvidenceItem.objects.get(pk=item.pk).title == "Quillfeather case.pdf"


def test_the_learner_sees_no_name_of_an_assessor_before_the_decision(client, make_submission, make_user):
    """DOMAIN 3.5: learner sees assessor's role, not name, until the decision."""
    submission = make_submission(status="in-review", assessor=make_user(Role.ASSESSOR, name="Doctor Hollowell"))
    client.force_login(submission.learner.user)

    for address in (submission.get_absolute_url(), reverse("learners:home")):
        assert "Hollowell" not in client.get(address).text


def test_the_name_after_the_decision_is_a_policy_of_the_school(client, settings, make_decision, make_user):
    decision = make_decision(assessor=make_user(Role.ASSESSOR, name="Doctor Hollowell"))
    services.release_decision(actor=decision.actor, decision=decision, at=NOON)
    client.force_login(decision.learner.user)
    page = decision.submission.get_absolute_url()

    assert "Hollowell" not in client.get(page).text
    settings.SHOW_ASSESSORS_AFTER_DECISION = True
    assert "Assessed by Doctor Hollowell" in " ".join(client.get(page).text.split())


@pytest.mark.parametrize(("is_blind", "source", "says"), [(True, "staff", 1), (True, "import", 0), (False, "staff", 0)])
def test_observed_performance_says_that_it_cannot_be_blinded(
    client, make_version, make_submission, assessor, is_blind, source, says
):
    """DOMAIN 3.5: note "cannot be blinded" for observed performance."""
    version = make_version(published=False, is_blind=is_blind)
    asked = EvidenceRequirement.objects.create(version=version, position=2, kind="direct observation", source=source)
    version.status, version.published_at, version.published_by = "published", NOON, version.credential.owner
    version.save()
    version.credential.status, version.credential.current_version = "offered", version
    version.credential.save()
    submission = make_submission(version=version, status="in-review", assessor=assessor)
    EvidenceItem.objects.create(
        submission=submission,
        requirement=asked,
        kind="text",
        title="Observed",
        text="Asked whom to call.",
        added_by=assessor,
        added_at=NOON,
    )
    client.force_login(assessor)

    for page in (reverse("learners:marking", args=[submission.public_id]), submission.get_absolute_url()):
        assert client.get(page).text.count("Cannot be blinded") == says
    assert client.get(version.get_absolute_url()).text.count("what is observed cannot be blinded") == says


# Unblinding ---------------------------------------------------------------------------------------------------------------
def test_staff_unblind_with_a_reason_that_is_logged(client, blind, lead, registrar):
    """DOMAIN 3.5: deans and staff can unblind with reason."""
    client.force_login(lead)
    address = reverse("learners:unblind", args=[blind.public_id])
    assert address in client.get(blind.get_absolute_url()).text
    assert NAME not in client.get(address).text
    assert client.post(address, {"reason": "request", "note": " "}).status_code == 422
    assert not AccessEntry.objects.exists()

    page = client.post(address, {"reason": "request", "note": "She asked for an adjustment."}, follow=True).text

    assert NAME in page
    assert "pharmacy" in page
    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.submission, entry.learner) == (lead, blind, blind.learner)
    assert NAME not in client.get(blind.get_absolute_url()).text
    client.force_login(registrar)
    assert "She asked for an adjustment." in client.get(reverse("learners:access-log")).text


def test_it_holds_for_eight_hours_and_opens_nothing_else(blind, lead):
    unblind(lead, blind)
    unblind(lead, blind)

    assert AccessEntry.objects.count() == 1
    assert services.is_unblinded(actor=lead, submission=blind, at=NOON + timedelta(hours=7))
    assert not services.is_unblinded(actor=lead, submission=blind, at=NOON + timedelta(hours=8))
    assert not services.may_open(actor=lead, learner=blind.learner, at=NOON + timedelta(hours=1))


def test_whoever_judges_the_work_stays_blind_whatever_their_roles(client, blind, assessor, organization):
    from learners.models import RoleGrant
    from tests.fixtures.records import LONG_AGO

    RoleGrant.objects.create(user=assessor, role=Role.LEAD, organization=organization, from_at=LONG_AGO)
    client.force_login(assessor)

    assert client.get(reverse("learners:unblind", args=[blind.public_id])).status_code == 404
    with pytest.raises(NotAllowed):
        unblind(assessor, blind)
    assert not AccessEntry.objects.exists()


def test_nobody_without_a_role_of_staff_unblinds(client, blind, administrator, committee_member, make_learner):
    for user in (administrator, committee_member, make_learner().user, blind.learner.user):
        client.force_login(user)
        assert client.get(reverse("learners:unblind", args=[blind.public_id])).status_code == 404
        with pytest.raises(NotAllowed):
            unblind(user, blind)


def test_what_is_not_blind_and_what_gives_no_reason_is_refused(make_submission, blind, lead):
    with pytest.raises(Conflict):
        unblind(lead, make_submission(status="submitted"))
    with pytest.raises(Invalid):
        unblind(lead, blind, note=" ")

    assert not AccessEntry.objects.exists()


# Between assessors --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cause", ["sample", "pair"])
def test_the_soft_lock_tells_a_blind_second_assessor_nothing_of_who_else_is_at_it(
    client, make_double, make_user, cause
):
    first = make_user(Role.ASSESSOR, name="First Hollowell")
    second = make_user(Role.ASSESSOR, name="Second Marlow")
    submission = make_double(assessor=first, second=second, cause=cause)
    submission.assessments.update(status="draft", finished_at=None)
    address = reverse("learners:marking", args=[submission.public_id])
    for here, other in ((first, second), (second, first)):
        client.force_login(other)
        client.get(address)
        client.force_login(here)

        for page in (
            client.get(address).text,
            client.post(reverse("learners:marking-hold", args=[submission.public_id]), {}).text,
            client.get(reverse("learners:queue")).text,
            client.get(submission.get_absolute_url()).text,
        ):
            assert other.name not in page
        client.post(reverse("learners:marking-hold", args=[submission.public_id]), {"action": "leave"})
