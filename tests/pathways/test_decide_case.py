"""Confirming and declining: who, when, once, and what is left behind."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from learners.models import Award, AwardComponent, AwardEvent, Notice, RoleGrant
from learners.services import revoke_award
from pathways.models import CaseEvent, DesignationCase, PathwayEnrollment
from pathways.services import confirm_case, decline_case
from tests.fixtures.records import LONG_AGO, NOON


def confirm(case, actor, **options):
    return confirm_case(**{"actor": actor, "case": case, "at": NOON, "reason": "Every badge was read."} | options)


def decline(case, actor, **options):
    return decline_case(**{"actor": actor, "case": case, "at": NOON, "reason": "One badge is too old."} | options)


def unchanged(case):
    case.refresh_from_db()
    return (
        case.status == "open"
        and not case.events.exists()
        and not Award.objects.filter(credential__kind="designation").exists()
        and PathwayEnrollment.objects.get().status == "active"
    )


def test_confirming_awards_the_designation_with_its_components(case, member, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        confirmed = confirm(case, member)

    assert (confirmed.status, confirmed.decided_at) == ("confirmed", NOON)
    award = confirmed.award
    assert (award.learner, award.credential_version, award.awarded_at) == (
        case.learner,
        case.pathway_version.credential_version,
        NOON,
    )
    components = AwardComponent.objects.filter(award=award).order_by("position")
    assert [(each.component.credential_version.title, each.requirement) for each in components] == [
        ("Informatics", "Required"),
        ("Evidence", "Required"),
    ]
    event = CaseEvent.objects.get()
    assert (event.actor, event.moved_to, event.note, event.at) == (member, "confirmed", "Every badge was read.", NOON)
    assert AwardEvent.objects.get(award=award).actor == member
    assert PathwayEnrollment.objects.get().status == "completed"
    notice = Notice.objects.get(user=case.learner.user)
    assert notice.path == case.pathway_version.pathway.get_absolute_url()
    assert "confirm" not in (notice.subject + notice.text).lower()
    assert "issuance.sign_pending" in {each.args[0] for each in callbacks if hasattr(each, "args")}


def test_declining_leaves_a_reason_and_no_award(case, member):
    declined = decline(case, member)

    assert (declined.status, declined.decided_at, declined.award) == ("declined", NOON, None)
    assert CaseEvent.objects.get().note == "One badge is too old."
    assert PathwayEnrollment.objects.get().status == "active"
    assert Notice.objects.filter(user=case.learner.user).count() == 1
    assert not Award.objects.filter(credential__kind="designation").exists()


@pytest.mark.parametrize("decide", [confirm, decline])
@pytest.mark.parametrize(
    "role", [None, Role.ADMINISTRATOR, Role.PATHWAY_ADMIN, Role.LEAD, Role.AUDITOR, Role.REGISTRAR]
)
def test_only_the_committee_decides(case, make_user, decide, role):
    with pytest.raises(NotAllowed):
        decide(case, make_user(role))

    assert unchanged(case)


@pytest.mark.parametrize("decide", [confirm, decline])
def test_nobody_decides_their_own_case(case, decide):
    RoleGrant.objects.create(
        user=case.learner.user,
        role=Role.COMMITTEE,
        organization=case.credential.organization,
        from_at=LONG_AGO,
    )

    with pytest.raises(NotAllowed):
        decide(case, case.learner.user)

    assert unchanged(case)


@pytest.mark.parametrize("decide", [confirm, decline])
def test_a_member_of_another_school_does_not_decide(case, make_user, make_organization, decide):
    with pytest.raises(NotAllowed):
        decide(case, make_user(Role.COMMITTEE, scope=make_organization()))


@pytest.mark.parametrize("decide", [confirm, decline])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_a_decision_needs_a_reason(case, member, decide, reason):
    with pytest.raises(Invalid, match="Say why"):
        decide(case, member, reason=reason)

    assert unchanged(case)


@pytest.mark.parametrize("first", [confirm, decline])
@pytest.mark.parametrize("second", [confirm, decline])
def test_a_case_is_decided_once(case, member, first, second):
    first(case, member)

    with pytest.raises(IllegalMove):
        second(case, member)

    assert CaseEvent.objects.count() == 1


def test_a_component_that_was_revoked_since_is_named(case, member, registrar):
    revoke_award(award=Award.objects.get(credential_version__title="Evidence"), actor=registrar, at=NOON, note="Error.")

    with pytest.raises(Invalid, match="Evidence is missing"):
        confirm(case, member)

    assert unchanged(case)
    assert decline(case, member).status == "declined"


def test_a_component_that_lapsed_since_is_named(case, member):
    Award.objects.filter(credential_version__title="Evidence").update(valid_until=NOON + timedelta(days=1))

    with pytest.raises(Invalid, match="Evidence lapsed on September 2, 2026"):
        confirm(case, member, at=NOON + timedelta(days=2))

    assert unchanged(case)


def test_an_award_that_can_still_be_taken_back_holds_it_up(case, member):
    Award.objects.filter(credential_version__title="Evidence").update(sign_after=NOON + timedelta(minutes=5))

    with pytest.raises(Conflict, match="can be taken back until"):
        confirm(case, member)

    assert unchanged(case)


def test_events_are_never_changed(case, member):
    confirm(case, member)

    with pytest.raises(IntegrityError), transaction.atomic():
        CaseEvent.objects.update(note="Otherwise.")


def test_a_learner_without_an_account_is_decided_on_all_the_same(case, member):
    type(case.learner).objects.filter(pk=case.learner.pk).update(user=None)

    assert confirm(case, member).status == "confirmed"


@pytest.mark.django_db(transaction=True)
def test_two_members_at_once_award_one_designation(case, member, make_user, together):
    second = make_user(Role.COMMITTEE)

    answers = together(lambda: confirm(case, member), lambda: confirm(case, second))

    assert sorted(type(each).__name__ for each in answers) == ["DesignationCase", "IllegalMove"]
    assert Award.objects.filter(credential__kind="designation").count() == 1
    assert CaseEvent.objects.filter(moved_to="confirmed").count() == 1
    assert AwardComponent.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_confirming_and_declining_at_once_decide_one_way(case, member, make_user, together):
    second = make_user(Role.COMMITTEE)

    answers = together(lambda: confirm(case, member), lambda: decline(case, second))

    assert sum(isinstance(each, IllegalMove) for each in answers) == 1
    case = DesignationCase.objects.get()
    assert (case.status == "confirmed") == Award.objects.filter(credential__kind="designation").exists()


@pytest.mark.django_db(transaction=True)
def test_revoking_a_component_while_confirming_never_ends_in_between(case, member, registrar, together):
    component = Award.objects.get(credential_version__title="Evidence")

    answers = together(
        lambda: confirm(case, member),
        lambda: revoke_award(award=component, actor=registrar, at=NOON, note="Error."),
    )

    assert Award.objects.get(pk=component.pk).status == "revoked"
    assert isinstance(answers[0], Invalid) == (DesignationCase.objects.get().status == "open")
