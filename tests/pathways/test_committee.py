"""Votes, quorum, conflicts, conditions, many cases in one act, and designations that are looked at again."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config import committees
from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Can, Role, allowed
from issuance import services as issuance_services
from learners.models import Award, AwardComponent, Notice
from learners.services import revoke_award
from pathways import panels, selectors, services
from pathways.models import CaseCondition, CaseEvent, CaseVote, DesignationCase, PathwayEnrollment, QuorumRule
from tests.fixtures.records import NOON


@pytest.fixture
def second(make_user):
    return make_user(Role.COMMITTEE)


@pytest.fixture
def two_needed(case, administrator):
    return services.set_quorum(
        actor=administrator, pathway=case.pathway_version.pathway, quorum=2, reason="Bylaws.", at=NOON
    )


@pytest.fixture
def make_case(digital, two_badges, make_learner, make_award, join):
    """make_case(name): an open, met case of another learner."""

    def make(name):
        learner = make_learner(name=name)
        for version in two_badges:
            make_award(learner=learner, version=version)
        join(digital, of=learner)
        return DesignationCase.objects.create(learner=learner, pathway_version=digital, opened_at=NOON)

    return make


def vote(case, actor, how="for", **options):
    return services.vote_on_case(**{"actor": actor, "case": case, "vote": how, "at": NOON, "reason": "Read."} | options)


def confirm(case, actor):
    return services.confirm_case(actor=actor, case=case, at=NOON, reason="Every badge was read.")


# Quorum and votes ------------------------------------------------------------------------------------------------------
def test_one_of_two_members_does_not_decide_and_leaves_nothing(case, member, two_needed):
    with pytest.raises(services.QuorumLacking, match="1 more member has to vote"):
        confirm(case, member)

    assert not CaseVote.objects.exists()
    assert not Award.objects.filter(credential__kind="designation").exists()


def test_the_second_member_completes_the_quorum(case, member, second, two_needed):
    vote(case, member)

    assert confirm(case, second).status == "confirmed"
    assert list(CaseVote.objects.order_by("pk").values_list("member", "vote")) == [
        (member.pk, "for"),
        (second.pk, "for"),
    ]


def test_votes_that_are_even_carry_nothing(case, member, second, two_needed):
    vote(case, member, "against")

    with pytest.raises(Conflict, match="do not carry"):
        confirm(case, second)

    assert DesignationCase.objects.get().status == "open"


def test_the_newest_vote_of_a_member_counts_and_the_same_one_changes_nothing(case, member, second, two_needed):
    vote(case, member, "against")
    vote(case, member)
    vote(case, member)

    assert CaseVote.objects.count() == 2
    assert confirm(case, second).status == "confirmed"


def test_the_vote_of_who_left_the_committee_does_not_count(case, member, second, two_needed):
    vote(case, member)
    member.role_grants.update(until_at=NOON)

    with pytest.raises(services.QuorumLacking):
        confirm(case, second)


def test_a_vote_against_needs_a_reason(case, member):
    with pytest.raises(Invalid, match="Say why"):
        vote(case, member, "against", reason=" ")

    assert not CaseVote.objects.exists()


@pytest.mark.parametrize("role", [None, Role.ADMINISTRATOR, Role.AUDITOR, Role.PATHWAY_ADMIN])
def test_only_members_vote(case, make_user, role):
    with pytest.raises(NotAllowed):
        vote(case, make_user(role))

    assert not CaseVote.objects.exists()


def test_nobody_votes_once_it_is_decided(confirmed, second):
    with pytest.raises(IllegalMove):
        vote(confirmed, second)


def test_votes_and_quorums_are_never_changed(case, member, two_needed):
    vote(case, member)

    for rows in (CaseVote.objects, QuorumRule.objects):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(at=NOON + timedelta(days=1))


def test_a_quorum_is_set_by_who_runs_pathways_with_a_reason(case, member, administrator):
    pathway = case.pathway_version.pathway
    with pytest.raises(NotAllowed):
        services.set_quorum(actor=member, pathway=pathway, quorum=3, reason="No.", at=NOON)
    with pytest.raises(Invalid):
        services.set_quorum(actor=administrator, pathway=pathway, quorum=3, reason=" ", at=NOON)
    with pytest.raises(Invalid):
        services.set_quorum(actor=administrator, pathway=pathway, quorum=26, reason="All.", at=NOON)
    assert selectors.quorum(pathway.pk) == 1

    services.set_quorum(actor=administrator, pathway=pathway, quorum=3, reason="Bylaws.", at=NOON)
    services.set_quorum(actor=administrator, pathway=pathway, quorum=3, reason="Again.", at=NOON)

    assert selectors.quorum(pathway.pk) == 3
    assert QuorumRule.objects.count() == 1


# Conflicts -------------------------------------------------------------------------------------------------------------
def test_a_conflict_takes_away_the_vote_and_the_view(case, member, second, two_needed, signed_in):
    vote(case, member)

    services.step_aside(actor=member, case=case, kind="adviser", at=NOON)

    assert not allowed(member, Can.CASE_READ, case)
    with pytest.raises(NotAllowed):
        confirm(case, member)
    with pytest.raises(services.QuorumLacking):
        confirm(case, second)
    client = signed_in(member)
    assert client.get(case.get_absolute_url()).status_code == 404
    listed = client.get(reverse("pathways:case-list")).content.decode()
    assert case.get_absolute_url() not in listed
    assert "It is over" in listed
    seen = signed_in(second).get(case.get_absolute_url()).content.decode()
    assert "1 member takes no part because of a conflict." in seen
    assert "adviser" not in seen.split("A conflict?")[0]


def test_a_conflict_that_is_over_gives_both_back(case, member, signed_in):
    conflict = services.step_aside(actor=member, case=case, kind="adviser", at=NOON)

    signed_in(member).post(reverse("pathways:conflict-end", args=[conflict.public_id]))

    assert signed_in(member).get(case.get_absolute_url()).status_code == 200
    assert confirm(case, member).status == "confirmed"


# Conditions ------------------------------------------------------------------------------------------------------------
def test_a_condition_holds_up_the_confirmation_until_it_is_met(case, member, signed_in):
    condition = services.set_condition(actor=member, case=case, text="Send the poster.", due_on=None, at=NOON)
    services.set_condition(actor=member, case=case, text="Send the poster.", due_on=None, at=NOON)
    assert CaseCondition.objects.count() == 1
    assert Notice.objects.get(user=case.learner.user).kind == "case-condition"
    page = signed_in(case.learner.user).get(case.pathway_version.pathway.get_absolute_url()).content.decode()
    assert "Send the poster." in page
    with pytest.raises(Conflict, match="A condition is open: Send the poster"):
        confirm(case, member)

    services.settle_condition(actor=member, condition=condition, is_dropped=False, note="It came.", at=NOON)

    with pytest.raises(Conflict):
        services.settle_condition(actor=member, condition=condition, is_dropped=True, note="Again.", at=NOON)
    assert confirm(case, member).status == "confirmed"
    assert list(CaseEvent.objects.order_by("pk").values_list("moved_to", flat=True)) == [
        "condition",
        "condition-met",
        "confirmed",
    ]


# Many in one act -------------------------------------------------------------------------------------------------------
def test_many_cases_are_confirmed_each_by_itself_and_the_refused_are_named(make_case, member, registrar, signed_in):
    cases = [make_case("Ada Quill"), make_case("Bo Fern"), make_case("Cy Reed")]
    revoke_award(award=cases[1].learner.awards.first(), actor=registrar, at=NOON, note="Error.")
    client, address = signed_in(member), reverse("pathways:case-confirm-many")
    form = {"case": [str(each.public_id) for each in cases], "reason": "Read together."}

    first = client.post(address, form).content.decode()

    assert "2 cases confirmed, 1 not confirmed" in first
    assert "Bo Fern" in first
    assert "The pathway is not met on this day." in first
    assert Award.objects.filter(credential__kind="designation").count() == 2
    assert CaseEvent.objects.filter(moved_to="confirmed", actor=member, note="Read together.").count() == 2
    assert AwardComponent.objects.count() == 4

    again = client.post(address, form).content.decode()

    assert "0 cases confirmed, 3 not confirmed" in again
    assert Award.objects.filter(credential__kind="designation").count() == 2
    assert CaseEvent.objects.filter(moved_to="confirmed").count() == 2
    assert CaseVote.objects.count() == 2


def test_without_a_quorum_many_cases_get_a_vote(make_case, member, second, administrator, digital):
    services.set_quorum(actor=administrator, pathway=digital.pathway, quorum=2, reason="Bylaws.", at=NOON)
    cases = [make_case("Ada Quill"), make_case("Bo Fern")]

    first = services.confirm_cases(actor=member, cases=cases, at=NOON, reason="Read.")
    again = services.confirm_cases(actor=member, cases=cases, at=NOON, reason="Read.")
    last = services.confirm_cases(actor=second, cases=cases, at=NOON, reason="Read too.")

    assert (len(first.voted), len(again.voted), len(last.confirmed)) == (2, 2, 2)
    assert CaseVote.objects.count() == 4


def test_choosing_none_or_no_reason_is_refused_and_the_choice_stays(make_case, member, signed_in):
    case = make_case("Ada Quill")
    client, address = signed_in(member), reverse("pathways:case-confirm-many")

    assert client.post(address, {"reason": "Read."}).status_code == 422
    answer = client.post(address, {"case": [str(case.public_id)], "reason": ""})

    assert answer.status_code == 422
    assert "checked" in answer.content.decode()
    case.refresh_from_db()
    assert case.status == "open"


@pytest.mark.django_db(transaction=True)
def test_two_members_confirming_the_same_many_award_each_once(make_case, member, second, together):
    cases = [make_case("Ada Quill"), make_case("Bo Fern"), make_case("Cy Reed")]

    answers = together(
        lambda: services.confirm_cases(actor=member, cases=cases, at=NOON, reason="Read."),
        lambda: services.confirm_cases(actor=second, cases=cases, at=NOON, reason="Read."),
    )

    assert sum(len(each.confirmed) for each in answers) == 3
    assert sum(len(each.refused) for each in answers) == 3
    assert Award.objects.filter(credential__kind="designation").count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_members_voting_at_once_are_both_counted(case, member, second, two_needed, together):
    together(lambda: vote(case, member), lambda: vote(case, second))

    assert selectors.tally(DesignationCase.objects.get(), NOON).carries("for")


# The list --------------------------------------------------------------------------------------------------------------
def test_the_list_is_filtered_and_takes_the_same_queries_whatever_its_size(make_case, member, signed_in):
    client, address = signed_in(member), reverse("pathways:case-list")
    first = make_case("Ada Quill")
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    for number in range(12):
        vote(make_case(f"Learner {number}"), member)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(first.get_absolute_url())

    assert len(many) == len(few) < 20
    assert len(one) < 20
    unvoted = client.get(address, {"show": "unvoted"}).content.decode()
    assert "Ada Quill" in unvoted
    assert "Learner 3" not in unvoted
    assert "No case matches" in client.get(address, {"name": "Nobody"}).content.decode()
    assert client.get(address, {"designation": "odd", "page": "x"}).status_code == 200


# Looking again ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def review(confirmed, registrar):
    component = confirmed.award.components.first().component
    revoke_award(award=component, actor=registrar, at=NOON + timedelta(days=1), note="Error.")
    services.open_reviews(at=NOON + timedelta(days=1))
    return DesignationCase.objects.get(reviews=confirmed.award)


def test_revoking_a_component_opens_a_case_and_takes_nothing_away(review, confirmed, member):
    services.open_reviews(at=NOON + timedelta(days=2))

    assert DesignationCase.objects.filter(reviews=confirmed.award).count() == 1
    confirmed.award.refresh_from_db()
    assert confirmed.award.status == "active"
    assert Notice.objects.get(user=member, kind="component-revoked").path == review.get_absolute_url()
    told = Notice.objects.get(user=review.learner.user, kind="case-review")
    assert "revoke" not in (told.subject + told.text).lower()


def test_a_designation_that_is_kept_stays_with_the_reason(review, confirmed, member, signed_in):
    services.keep_designation(actor=member, case=review, at=NOON + timedelta(days=2), reason="The rest suffices.")

    assert services.open_reviews(at=NOON + timedelta(days=3)) == 0
    confirmed.award.refresh_from_db()
    assert confirmed.award.status == "active"
    page = signed_in(review.learner.user).get(review.pathway_version.pathway.get_absolute_url()).content.decode()
    assert "The committee has kept this designation" in page
    assert "The rest suffices." in page
    assert "Confirmed by the committee" in page


def test_a_revocation_is_asked_of_the_registrars_and_done_by_them(review, confirmed, member, registrar):
    services.ask_revocation(actor=member, case=review, at=NOON + timedelta(days=2), reason="It rested on that.")

    review.refresh_from_db()
    confirmed.award.refresh_from_db()
    assert (review.status, confirmed.award.status) == ("to-revoke", "active")
    notice = Notice.objects.get(user=registrar, kind="revocation")
    assert notice.path == reverse("issuance:registrar-award", args=[confirmed.award.public_id])


def test_a_review_is_neither_confirmed_nor_declined_and_a_case_not_kept(review, case, member, make_case):
    with pytest.raises(Invalid):
        confirm(review, member)
    with pytest.raises(Invalid):
        services.keep_designation(actor=member, case=make_case("Ada Quill"), at=NOON, reason="No.")
    with pytest.raises(Invalid):
        services.keep_designation(actor=member, case=review, at=NOON, reason=" ")

    review.refresh_from_db()
    assert review.status == "open"


def test_the_page_of_a_review_offers_to_keep_or_to_ask(review, member, signed_in):
    page = signed_in(member).get(review.get_absolute_url()).content.decode()

    assert "Keep the designation" in page
    assert "Confirm the designation" not in page
    assert "Revoked" in page


@pytest.mark.django_db(transaction=True)
def test_keeping_and_asking_at_once_decide_one_way(review, member, second, together):
    answers = together(
        lambda: services.keep_designation(actor=member, case=review, at=NOON, reason="Stays."),
        lambda: services.ask_revocation(actor=second, case=review, at=NOON, reason="Goes."),
    )

    assert sum(isinstance(each, Conflict) for each in answers) == 1
    assert DesignationCase.objects.get(pk=review.pk).status in {"kept", "to-revoke"}


def test_the_decision_behind_a_designation_is_told_to_those_who_word_it(case, member, django_assert_num_queries):
    confirmed = confirm(case, member)

    with django_assert_num_queries(1):
        (found,) = committees.decisions_on([confirmed.award_id, 10**6]).items()

    assert found[0] == confirmed.award_id
    assert (found[1].case, found[1].decided_at) == (confirmed.public_id, NOON)
    assert list(found[1].recorded_on) == confirmed.pathway_version.recorded_on
    assert committees.decisions_on([]) == {}


# Before a badge is revoked ---------------------------------------------------------------------------------------------
def test_who_revokes_a_badge_reads_which_open_cases_ask_for_it(
    case, registrar, make_user, make_award, signed_in, issuer
):
    award = case.learner.awards.get(credential_version__title="Evidence")
    other = make_award(learner=case.learner)
    asker = make_user(Role.REGISTRAR)
    request = issuance_services.request_revocation(
        actor=asker, award=award, reason="error", note="Wrong file.", at=timezone.now()
    )
    client = signed_in(registrar)
    words = "A committee has a case that asks for this badge"

    for address in (
        reverse("issuance:revocation-detail", args=[request.public_id]),
        reverse("issuance:registrar-award", args=[award.public_id]),
    ):
        page = client.get(address).content.decode()
        assert words in page and "Digital Health, open since Sep 1, 2026" in page
    assert words not in client.get(reverse("issuance:registrar-award", args=[other.public_id])).content.decode()
    DesignationCase.objects.update(status="declined", decided_at=NOON)
    assert words not in client.get(reverse("issuance:registrar-award", args=[award.public_id])).content.decode()


def test_a_badge_that_stands_in_is_named_too(case, met, pathway_admin, make_version, make_award, rf):
    other = make_version(title="Data Science")
    award = make_award(learner=case.learner, version=other)
    assert panels.revocation(rf.get("/"), award) is None
    rule = met.version.requirements.get(position=1)
    services.grant_waiver(
        actor=pathway_admin, enrollment=met, requirement=rule, substitute=other.credential, reason="x", at=NOON
    )

    assert "Digital Health" in panels.revocation(rf.get("/"), award)["text"]


# Who waives does not decide, too ----------------------------------------------------------------------------------------
@pytest.fixture
def both_seats(pathway_admin, organization):
    """Somebody who runs the pathway and sits on its committee."""
    pathway_admin.role_grants.create(role=Role.COMMITTEE, organization=organization, from_at=NOON - timedelta(days=9))
    return type(pathway_admin).objects.get(pk=pathway_admin.pk)


@pytest.fixture
def waived(case, both_seats):
    """A waiver of one rule of the case, granted by that person."""
    hours = case.pathway_version.requirements.get(kind="hours")
    enrollment = PathwayEnrollment.objects.get(learner=case.learner)
    return services.grant_waiver(actor=both_seats, enrollment=enrollment, requirement=hours, reason="Ill.", at=NOON)


def test_whoever_waived_a_rule_does_not_decide_and_their_vote_does_not_count(case, both_seats, member, signed_in):
    vote(case, both_seats)
    hours = case.pathway_version.requirements.get(kind="hours")
    enrollment = PathwayEnrollment.objects.get(learner=case.learner)
    made = services.grant_waiver(actor=both_seats, enrollment=enrollment, requirement=hours, reason="Ill.", at=NOON)

    for act in (lambda: vote(case, both_seats), lambda: confirm(case, both_seats)):
        with pytest.raises(NotAllowed):
            act()

    assert not selectors.tally(case, NOON).votes
    assert not Award.objects.filter(credential__kind="designation").exists()
    seen = signed_in(both_seats).get(case.get_absolute_url()).content.decode()
    assert "You waived a rule or recorded a capstone for this learner; other members decide." in seen
    assert "Record my vote" not in seen
    assert (
        "1 member takes no part because they waived" in signed_in(member).get(case.get_absolute_url()).content.decode()
    )

    services.withdraw_waiver(actor=both_seats, waiver=made, reason="Not needed.", at=NOON)

    assert allowed(both_seats, Can.CASE_DECIDE, case)


def test_another_member_decides_on_what_was_waived(case, waived, member):
    assert confirm(case, member).status == "confirmed"


def test_whoever_recorded_the_capstone_does_not_decide(make_pathway, version, learner, make_award, join, both_seats):
    make_award(learner=learner, version=version)
    enrollment = join(make_pathway(required=[version], capstone="talk", title="Policy"))
    services.record_capstone(
        actor=both_seats,
        enrollment=enrollment,
        requirement=enrollment.version.requirements.get(kind="capstone"),
        done_on=NOON.date(),
        note="Heard by Dr. Fern.",
        at=NOON,
    )
    case = services.open_case(enrollment=enrollment, at=NOON)

    with pytest.raises(NotAllowed):
        confirm(case, both_seats)

    assert case.involved == {both_seats.pk}
    assert not CaseVote.objects.exists()


def test_a_designation_cannot_rest_on_waivers_alone(digital, join, pathway_admin, member):
    enrollment = join(digital)
    for place in selectors.places(digital):
        services.grant_waiver(
            actor=pathway_admin, enrollment=enrollment, requirement=place.rule, reason="Long service.", at=NOON
        )

    assert services.open_case(enrollment=enrollment, at=NOON) is None
    with pytest.raises(Conflict, match="cannot rest on waivers alone"):
        services.ask_committee(actor=enrollment.learner.user, enrollment=enrollment, at=NOON)
    case = DesignationCase.objects.create(learner=enrollment.learner, pathway_version=digital, opened_at=NOON)
    with pytest.raises(Conflict, match="cannot rest on waivers alone"):
        confirm(case, member)

    assert not Award.objects.exists()
    assert not CaseVote.objects.exists()
