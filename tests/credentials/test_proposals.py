"""Proposals: anybody of the school makes one, others vote once, a lead takes it over or says why not."""

import pytest
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from credentials import services
from credentials.models import Credential, Proposal, ProposalVote
from credentials.services.proposals import OPEN_MAX, TEXT_MAX_LETTERS
from credentials.workflow import PROPOSAL_MOVES, ProposalStatus
from learners.models import Notice
from learners.services import tell_of_proposals

WISH = {"title": "Telehealth etiquette", "need": "Nobody teaches it.", "audience": "Students in clerkships."}


def test_a_proposal_says_what_it_serves_what_shows_the_demand_and_what_it_takes(client, learner, organization):
    client.force_login(learner.user)
    said = {"title": "Night calls", "need": "Calls go wrong.", "audience": "Interns."}
    more = {"mission": "Rural care.", "demand_shown": "A survey of 40 interns.", "resources": "Two rooms."}

    answer = client.post(
        reverse("credentials:proposal-start"), {"organization": str(organization.public_id)} | said | more, follow=True
    )

    for words in (*said.values(), *more.values()):
        assert words in answer.text


@pytest.fixture
def propose(learner, organization):
    def made(*, actor=None, at=None, **fields):
        return services.propose(
            actor=actor or learner.user, organization=organization, at=at or timezone.now(), **WISH | fields
        )

    return made


@pytest.fixture
def away(make_user, make_organization):
    return make_user(Role.LEAD, scope=make_organization())


def url_of(proposal, action=""):
    return f"/proposals/{proposal.public_id}/{action}"


# Proposing -----------------------------------------------------------------------------------------------------------
def test_every_state_says_what_may_follow():
    assert set(PROPOSAL_MOVES) == set(ProposalStatus)


def test_a_learner_proposes_on_a_page_and_sees_it_in_the_list(signed_in, learner, organization):
    client = signed_in(learner.user)
    assert "Nothing is proposed" in client.get("/proposals/").text

    made = client.post("/proposals/new/", WISH | {"organization": str(organization.public_id)}, follow=True)

    proposal = Proposal.objects.get()
    assert (proposal.proposed_by, proposal.status, proposal.audience) == (learner.user, "open", WISH["audience"])
    assert "others vote for it" in made.text
    assert WISH["title"] in client.get("/proposals/").text


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"title": " "}, "what it is"),
        ({"need": ""}, "why it is needed"),
        ({"audience": " "}, "for whom"),
        ({"need": "x" * (TEXT_MAX_LETTERS + 1)}, "at most"),
    ],
)
def test_a_proposal_that_says_too_little_or_too_much_is_refused(propose, change, words):
    with pytest.raises(Invalid, match=words):
        propose(**change)

    assert not Proposal.objects.exists()


def test_the_same_is_not_proposed_twice_while_it_waits(propose, lead):
    propose()

    with pytest.raises(Conflict, match="vote for it"):
        propose(actor=lead, title="telehealth  ETIQUETTE")

    assert Proposal.objects.count() == 1


def test_one_person_has_only_so_many_waiting(propose):
    for number in range(OPEN_MAX):
        propose(title=f"Wish {number}")

    with pytest.raises(Conflict, match="which is the most"):
        propose()


def test_whoever_does_not_belong_to_the_school_sees_and_proposes_nothing(propose, away, signed_in, make_user):
    proposal = propose()
    for user in (away, make_user()):
        with pytest.raises(NotAllowed):
            propose(actor=user, title="Another")
        with pytest.raises(NotAllowed):
            services.vote(actor=user, proposal=proposal, at=timezone.now())
        assert signed_in(user).get(url_of(proposal)).status_code == 404
        assert WISH["title"] not in signed_in(user).get("/proposals/").text
    assert signed_in(make_user()).get("/proposals/new/").status_code == 404


# Voting --------------------------------------------------------------------------------------------------------------
def test_a_vote_counts_once_and_can_be_taken_back(propose, make_learner, signed_in):
    proposal, other = propose(), make_learner(name="Another Learner").user
    client = signed_in(other)

    for _number in range(2):
        client.post(url_of(proposal, "vote/"), {"action": "vote"})
    assert "1 vote" in client.get(url_of(proposal)).text
    assert "yours among them" in client.get("/proposals/").text
    for _number in range(2):
        client.post(url_of(proposal, "vote/"), {"action": "drop"})

    assert not ProposalVote.objects.exists()
    assert "0 votes" in client.get(url_of(proposal)).text


def test_nobody_votes_for_their_own(propose, learner, signed_in):
    proposal = propose()

    with pytest.raises(NotAllowed):
        services.vote(actor=learner.user, proposal=proposal, at=timezone.now())

    assert signed_in(learner.user).post(url_of(proposal, "vote/"), {}).status_code == 404
    assert not ProposalVote.objects.exists()


def test_the_most_wanted_stands_first(propose, lead, assessor, signed_in):
    few, many = propose(title="Few want it"), propose(title="Many want it")
    services.vote(actor=lead, proposal=few, at=timezone.now())
    for user in (lead, assessor):
        services.vote(actor=user, proposal=many, at=timezone.now())

    page = signed_in(lead).get("/proposals/").text

    assert page.index("Many want it") < page.index("Few want it")


def test_what_is_decided_takes_no_vote_and_loses_none(propose, lead, assessor):
    proposal = propose()
    services.vote(actor=assessor, proposal=proposal, at=timezone.now())
    services.decline_proposal(actor=lead, proposal=proposal, reason="It is there already.", at=timezone.now())

    for refused in (
        lambda: services.vote(actor=lead, proposal=proposal, at=timezone.now()),
        lambda: services.drop_vote(actor=assessor, proposal=proposal),
    ):
        with pytest.raises(Conflict, match="declined"):
            refused()
    assert ProposalVote.objects.count() == 1


# Deciding ------------------------------------------------------------------------------------------------------------
def test_a_lead_takes_a_proposal_over_as_a_draft_and_its_proposer_is_told_once(propose, lead, learner, signed_in):
    proposal = propose()

    answer = signed_in(lead).post(url_of(proposal, "take-over/"), {"code": "LMU-777"})

    credential = Credential.objects.get(code="LMU-777")
    proposal.refresh_from_db()
    assert answer["Location"] == reverse("credentials:draft-edit", args=[credential.public_id])
    assert (proposal.status, proposal.credential, proposal.ended_by) == ("taken", credential, lead)
    assert credential.versions.get().title == WISH["title"]
    assert (tell_of_proposals(at=timezone.now()), tell_of_proposals(at=timezone.now())) == (1, 0)
    notice = Notice.objects.get(kind="proposal")
    assert (notice.user, notice.path) == (learner.user, url_of(proposal))
    assert "becomes a draft" in notice.subject
    assert "is not offered yet" in signed_in(learner.user).get(url_of(proposal)).text


def test_a_code_that_is_taken_begins_nothing(propose, lead, version, signed_in):
    proposal = propose()

    page = signed_in(lead).post(url_of(proposal, "take-over/"), {"code": version.credential.code})

    assert page.status_code == 422
    assert "is taken" in page.text
    proposal.refresh_from_db()
    assert proposal.status == "open"


def test_a_proposal_is_declined_with_a_reason_that_everybody_of_the_school_reads(
    propose, lead, learner, assessor, signed_in
):
    proposal = propose()
    client = signed_in(lead)

    silent = client.post(url_of(proposal, "decline/"), {"reason": " "})
    client.post(url_of(proposal, "decline/"), {"reason": "Item 012 covers it."})

    assert silent.status_code == 422
    assert "Item 012 covers it." in signed_in(assessor).get(url_of(proposal)).text
    assert WISH["title"] not in client.get("/proposals/").text
    assert WISH["title"] in client.get("/proposals/?show=ended").text
    tell_of_proposals(at=timezone.now())
    assert "declined" in Notice.objects.get(kind="proposal", user=learner.user).subject


def test_what_is_decided_is_decided(propose, lead):
    proposal = propose()
    services.decline_proposal(actor=lead, proposal=proposal, reason="No.", at=timezone.now())

    with pytest.raises(IllegalMove):
        services.decline_proposal(actor=lead, proposal=proposal, reason="No.", at=timezone.now())
    with pytest.raises(IllegalMove):
        services.take_over_proposal(actor=lead, proposal=proposal, code="LMU-778", at=timezone.now())

    assert not Credential.objects.filter(code="LMU-778").exists()


def test_others_decide_nothing(propose, assessor, learner, away, signed_in):
    proposal = propose()
    for user in (assessor, learner.user, away):
        with pytest.raises(NotAllowed):
            services.decline_proposal(actor=user, proposal=proposal, reason="No.", at=timezone.now())
        with pytest.raises(NotAllowed):
            services.take_over_proposal(actor=user, proposal=proposal, code="LMU-779", at=timezone.now())
        for action in ("decline/", "take-over/"):
            assert signed_in(user).post(url_of(proposal, action), {"reason": "No.", "code": "X"}).status_code == 404
    proposal.refresh_from_db()
    assert proposal.status == "open"


def test_the_list_asks_the_same_number_of_queries_whatever_is_wished(
    propose, lead, assessor, signed_in, django_assert_max_num_queries
):
    for number in range(9):
        services.vote(actor=assessor, proposal=propose(title=f"Wish {number}"), at=timezone.now())
    client = signed_in(lead)

    with django_assert_max_num_queries(9):
        assert client.get("/proposals/").status_code == 200


def test_a_learner_finds_proposals_and_votes_in_their_record(propose, learner, make_learner, signed_in):
    proposal, other = propose(), make_learner(name="Another Learner").user
    services.vote(actor=other, proposal=proposal, at=timezone.now())

    own, others = (
        signed_in(user).get(reverse("learners:record-part", args=["learning"])).text for user in (learner.user, other)
    )

    assert "Nobody teaches it." in own
    assert "Voted for" in others
    assert "Nobody teaches it." not in others
