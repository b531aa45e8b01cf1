"""The committee on content: what is put before it, how its members vote, and what is published only with its yes."""

import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, IllegalMove, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from credentials import content, services
from credentials.committee import QuorumLacking, content_tally, lacking_decision
from credentials.gate import missing
from credentials.models import (
    ContentCase,
    ContentDecision,
    ContentQuorum,
    ContentVote,
    Credential,
    CredentialVersion,
    Proposal,
)
from credentials.models.committee import Vote
from credentials.workflow import CONTENT_CASE_MOVES, ContentCaseStatus
from learners.models import Notice
from learners.services import tell_of_content_cases

ACCEPTED, REFUSED, DEFERRED = ContentCaseStatus.ACCEPTED, ContentCaseStatus.REFUSED, ContentCaseStatus.DEFERRED


@pytest.fixture
def members(make_user):
    return [make_user(Role.COMMITTEE) for _number in range(3)]


@pytest.fixture
def committee(organization, administrator, members):
    """A committee of three, two of whom have to vote."""
    services.set_content_quorum(
        actor=administrator, organization=organization, quorum=2, reason="Bylaws.", at=timezone.now()
    )
    return members


@pytest.fixture
def draft(make_version, lead):
    version = make_version(published=False)
    Credential.objects.filter(pk=version.credential_id).update(owner=lead)
    version.credential.refresh_from_db()
    return version


@pytest.fixture
def case(committee, draft, lead):
    return services.put_before_committee(actor=lead, subject=draft, note="As discussed.", at=timezone.now())


@pytest.fixture
def proposal(organization, learner):
    return services.propose(
        actor=learner.user, organization=organization, title="Night calls", need="n", audience="a", at=timezone.now()
    )


def votes(case, members, *given):
    for member, vote in zip(members, given, strict=False):
        services.vote_on_content(actor=member, case=case, vote=vote, reason="So.", at=timezone.now())


def decide(case, actor, outcome=ACCEPTED, **fields):
    return services.decide_content(actor=actor, case=case, outcome=outcome, at=timezone.now(), **fields)


def settle(condition, actor, note="x"):
    seen = content.digest(CredentialVersion.objects.get(content_cases=condition.case_id))
    return services.settle_content_condition(
        actor=actor, condition=condition, is_dropped=False, note=note, seen_sha256=seen, at=timezone.now()
    )


def settling(page, case, condition):
    """The address and the fields of the form that settles a condition, as a page shows it."""
    [form] = [each["form"] for each in page.context["conditions"] if each["condition"] == condition]
    assert str(form["seen_sha256"]) in page.content.decode()
    fields = {
        "action": "met",
        form["note"].html_name: "Done.",
        form["seen_sha256"].html_name: form["seen_sha256"].value(),
    }
    return reverse("credentials:content-settle", args=[case.public_id, condition.public_id]), fields


def gate(version):
    return [each.text for each in missing(version) if each.place == "committee"]


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(case, name="content-case"):
    return reverse(f"credentials:{name}", args=[case.public_id])


def test_the_machine_knows_every_state():
    assert set(CONTENT_CASE_MOVES) == set(ContentCaseStatus)


# Whether there is a committee ----------------------------------------------------------------------------------------
def test_without_a_committee_nothing_is_asked_and_nothing_put_before_it(draft, lead, administrator):
    assert gate(draft) == []
    with pytest.raises(Conflict, match="No committee"):
        services.put_before_committee(actor=lead, subject=draft, at=timezone.now())

    services.publish_version(actor=administrator, version=draft, at=timezone.now())


def test_an_administrator_sets_the_quorum_with_a_reason_and_the_same_again_is_nothing(
    organization, administrator, lead
):
    client = client_of(administrator)
    address = reverse("credentials:content-quorum")
    form = {"organization": organization.pk, "quorum": 2, "reason": "Bylaws."}

    assert client.post(address, form).status_code == 302
    assert client.post(address, form).status_code == 302
    assert client.post(address, form | {"quorum": 26}).status_code == 422
    assert client_of(lead).get(address).status_code == 404
    assert ContentQuorum.objects.get().actor == administrator
    assert "2 members have to vote" in client.get(address).content.decode()
    for quorum, reason in ((26, "x"), (3, " ")):
        with pytest.raises(Invalid):
            services.set_content_quorum(
                actor=administrator, organization=organization, quorum=quorum, reason=reason, at=timezone.now()
            )
    with pytest.raises(NotAllowed):
        services.set_content_quorum(actor=lead, organization=organization, quorum=1, reason="x", at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentQuorum.objects.update(quorum=1)


def test_a_school_may_do_without_again(organization, administrator, committee, draft):
    assert gate(draft)
    services.set_content_quorum(
        actor=administrator, organization=organization, quorum=0, reason="Too slow.", at=timezone.now()
    )

    assert gate(draft) == []


# Putting it forward --------------------------------------------------------------------------------------------------
def test_a_lead_puts_a_draft_before_it_once(committee, draft, lead):
    client = client_of(lead)
    address = reverse("credentials:content-put", args=[draft.credential.public_id])
    assert (
        "Put it before the committee"
        in client.get(reverse("credentials:manage-detail", args=[draft.credential.public_id])).content.decode()
    )

    client.post(address, {"note": "As discussed."})
    client.post(address)

    case = ContentCase.objects.get()
    assert (case.version, case.put_by, case.note) == (draft, lead, "As discussed.")
    assert draft.credential.events.get(action="put before the committee").actor == lead
    with pytest.raises(IntegrityError, match="content_case_one_open_for_version"), transaction.atomic():
        ContentCase.objects.create(organization=case.organization, version=draft, put_by=lead, put_at=timezone.now())


def test_what_is_published_and_what_others_prepare_is_not_put_before_it(committee, version, draft, lead, assessor):
    with pytest.raises(Conflict, match="frozen"):
        services.put_before_committee(actor=lead, subject=version, at=timezone.now())
    with pytest.raises(NotAllowed):
        services.put_before_committee(actor=assessor, subject=draft, at=timezone.now())

    assert not ContentCase.objects.exists()


def test_it_is_taken_back_before_it_is_decided_and_put_forward_again(case, draft, lead):
    client = client_of(lead)
    client.post(page_of(case, "content-take-back"))
    with pytest.raises(IllegalMove):
        services.take_back_content_case(actor=lead, case=case, at=timezone.now())

    case.refresh_from_db()
    assert case.status == ContentCaseStatus.TAKEN_BACK
    assert services.put_before_committee(actor=lead, subject=draft, at=timezone.now()).pk != case.pk


# Voting and deciding -------------------------------------------------------------------------------------------------
def test_the_newest_vote_of_each_member_counts_and_the_same_again_is_nothing(case, committee):
    votes(case, committee, Vote.AGAINST)
    votes(case, committee, Vote.FOR, Vote.ABSTAIN)
    votes(case, committee, Vote.FOR, Vote.ABSTAIN)

    assert ContentVote.objects.count() == 3
    decision = decide(case, committee[0])
    assert (decision.votes_for, decision.votes_against, decision.votes_abstained) == (1, 0, 1)


def test_a_vote_against_says_why_and_only_members_without_a_part_in_it_vote(
    case, committee, lead, draft, make_user, make_organization
):
    with pytest.raises(Invalid, match="Say why"):
        services.vote_on_content(actor=committee[0], case=case, vote=Vote.AGAINST, at=timezone.now())
    lead.role_grants.create(role=Role.COMMITTEE, organization=case.organization, from_at=lead.role_grants.get().from_at)
    for user in (lead, make_user(Role.COMMITTEE, scope=make_organization()), make_user(Role.AUDITOR)):
        with pytest.raises(NotAllowed):
            services.vote_on_content(actor=user, case=case, vote=Vote.FOR, at=timezone.now())
        with pytest.raises(NotAllowed):
            decide(case, user)

    assert not ContentVote.objects.exists()


def on_committee(user, organization):
    since = {"from_at": timezone.now() - timedelta(days=1)}
    user.role_grants.get_or_create(role=Role.COMMITTEE, organization=organization, defaults=since)
    return type(user).objects.get(pk=user.pk)


def refused_to_vote(case, user):
    with pytest.raises(NotAllowed):
        services.vote_on_content(actor=user, case=case, vote=Vote.FOR, at=timezone.now())
    return not case.votes.filter(member=user).exists()


def test_whoever_proposed_it_has_no_vote_on_the_draft_that_is_made_of_it(committee, organization, lead, administrator):
    proposer, *others = committee
    proposal = services.propose(
        actor=proposer, organization=organization, title="Mine", need="n", audience="a", at=timezone.now()
    )
    first = services.put_before_committee(actor=lead, subject=proposal, at=timezone.now())
    votes(first, others, Vote.FOR, Vote.FOR)
    decide(first, others[0])
    draft = services.take_over_proposal(actor=lead, proposal=proposal, code="MINE-1", at=timezone.now())

    case = services.put_before_committee(actor=administrator, subject=draft, at=timezone.now())

    assert refused_to_vote(case, proposer)
    votes(case, others, Vote.FOR, Vote.FOR)
    assert decide(case, others[0]).votes_for == 2


def test_whoever_wrote_on_a_draft_has_no_vote_though_others_wrote_later_and_put_it_forward(
    committee, draft, organization, lead, administrator, make_user
):
    def edit(actor, title):
        version = CredentialVersion.objects.get(pk=draft.pk)
        services.save_draft(
            actor=actor,
            version=version,
            seen=version.revision,
            content=content.read(version) | {"title": title},
            at=timezone.now(),
        )

    writer = make_user(Role.LEAD)
    for number, actor in enumerate((writer, writer, administrator)):
        edit(actor, f"Title {number}")
    assert [each.actor for each in draft.credential.events.filter(action="edited").order_by("pk")] == [
        writer,
        administrator,
    ]
    case = services.put_before_committee(
        actor=lead, subject=CredentialVersion.objects.get(pk=draft.pk), at=timezone.now()
    )

    for user in (writer, administrator, lead):
        assert refused_to_vote(case, on_committee(user, organization))
    assert committee_of(case) == {each.pk for each in committee}


def test_whoever_put_it_forward_before_has_no_vote_when_another_does(
    committee, proposal, draft, organization, make_user, lead
):
    before = make_user(Role.LEAD)
    for subject in (draft, proposal):
        first = services.put_before_committee(actor=before, subject=subject, at=timezone.now())
        services.take_back_content_case(actor=before, case=first, at=timezone.now())
        case = services.put_before_committee(actor=lead, subject=subject, at=timezone.now())

        assert refused_to_vote(case, on_committee(before, organization))
        assert committee_of(case) == {each.pk for each in committee}


def committee_of(case):
    return set(content_tally(ContentCase.objects.with_subject().get(pk=case.pk), timezone.now()).members)


def test_a_yes_takes_a_quorum_and_a_majority(case, committee, draft, administrator):
    votes(case, committee, Vote.FOR)
    with pytest.raises(QuorumLacking, match="1 more member"):
        decide(case, committee[0])
    votes(case, committee, Vote.FOR, Vote.AGAINST)
    with pytest.raises(Conflict, match="do not carry"):
        decide(case, committee[0])
    assert gate(draft) == ["A decision of the committee on content: it is before the committee."]
    votes(case, committee, Vote.FOR, Vote.AGAINST, Vote.FOR)

    decision = decide(case, committee[0])

    assert (decision.votes_for, decision.votes_against, decision.credential) == (2, 1, draft.credential)
    assert gate(draft) == []
    services.publish_version(actor=administrator, version=draft, at=timezone.now())
    assert draft.credential.events.filter(action="committee: accepted").exists()


def test_a_vote_of_somebody_who_left_the_committee_counts_no_longer(case, committee):
    votes(case, committee, Vote.FOR, Vote.FOR)
    committee[1].role_grants.update(until_at=timezone.now())

    with pytest.raises(QuorumLacking):
        decide(case, committee[0])


def test_the_gate_refuses_what_the_committee_has_not_accepted(committee, draft, lead, administrator):
    with pytest.raises(Incomplete, match="put it before the committee"):
        services.publish_version(actor=administrator, version=draft, at=timezone.now())
    case = services.put_before_committee(actor=lead, subject=draft, at=timezone.now())
    votes(case, committee, Vote.AGAINST, Vote.AGAINST)
    with pytest.raises(Invalid, match="Say why"):
        decide(case, committee[0], REFUSED)
    decide(case, committee[0], REFUSED, reason="Too broad.")

    with pytest.raises(Incomplete, match="it is refused"):
        services.publish_version(actor=administrator, version=draft, at=timezone.now())
    draft.refresh_from_db()
    assert draft.status == "draft"
    with pytest.raises(IllegalMove):
        decide(case, committee[0], REFUSED, reason="Again.")
    assert ContentDecision.objects.count() == 1


def test_deferring_takes_a_reason_and_no_votes(case, committee, draft):
    with pytest.raises(Invalid, match="belong to a yes"):
        decide(case, committee[0], DEFERRED, reason="Next month.", conditions=["More"])
    decision = decide(case, committee[0], DEFERRED, reason="Next month.")

    assert (decision.outcome, decision.reason) == ("deferred", "Next month.")
    assert "it is deferred" in gate(draft)[0]


def test_nothing_is_published_while_a_condition_is_open(case, committee, draft, lead, administrator):
    votes(case, committee, Vote.FOR, Vote.FOR)
    decision = decide(case, committee[0], conditions=["Name the roles.", " ", "Name the roles."])
    [condition] = case.conditions.all()
    assert decision.conditions == "Name the roles."
    assert gate(draft) == ["What the committee asked for: Name the roles."]
    draft.summary = "Explain what five named roles are trained to do."
    draft.save(update_fields=["summary"])

    with pytest.raises(NotAllowed):
        settle(condition, lead)
    with pytest.raises(Invalid):
        settle(condition, committee[0], note=" ")
    page = client_of(committee[0]).get(page_of(case))
    answer = client_of(committee[0]).post(*settling(page, case, condition))
    assert answer.status_code == 302
    with pytest.raises(Conflict, match="settled already"):
        settle(condition, committee[0])

    services.publish_version(actor=administrator, version=draft, at=timezone.now())


def test_a_draft_that_is_changed_while_it_is_read_settles_no_condition(case, committee, draft):
    votes(case, committee, Vote.FOR, Vote.FOR)
    decide(case, committee[0], conditions=["Name the roles."])
    [condition] = case.conditions.all()
    client = client_of(committee[0])
    page = client.get(page_of(case))
    draft.summary = "Put in after the member opened the page."
    draft.save(update_fields=["summary"])

    refused = client.post(*settling(page, case, condition))

    assert refused.status_code == 422 and "changed while you read it" in refused.content.decode()
    condition.refresh_from_db()
    case.refresh_from_db()
    assert condition.settled_at is None and case.seen_sha256 != content.digest(draft)
    assert client.post(*settling(refused, case, condition)).status_code == 302  # of what it shows now
    case.refresh_from_db()
    assert case.seen_sha256 == content.digest(draft)


def test_the_quorum_stays_as_it_is_while_something_is_before_the_committee(case, administrator, organization, lead):
    def set_to(quorum):
        return services.set_content_quorum(
            actor=administrator, organization=organization, quorum=quorum, reason="So.", at=timezone.now()
        )

    for quorum in (0, 1):
        with pytest.raises(Conflict, match="1 case is before the committee"):
            set_to(quorum)
    set_to(2)  # the same again is nothing
    assert ContentQuorum.objects.count() == 1
    services.take_back_content_case(actor=lead, case=case, at=timezone.now())

    assert set_to(0).quorum == 0


def test_a_draft_that_is_changed_is_put_before_it_anew(case, committee, draft, lead, administrator):
    votes(case, committee, Vote.FOR, Vote.FOR)
    draft.summary = "Something else."
    draft.save(update_fields=["summary"])
    with pytest.raises(Conflict, match="changed since"):
        decide(case, committee[0])
    services.take_back_content_case(actor=lead, case=case, at=timezone.now())
    again = services.put_before_committee(actor=lead, subject=draft, at=timezone.now())
    votes(again, committee, Vote.FOR, Vote.FOR)
    decide(again, committee[0])
    draft.summary = "Something else again."
    draft.save(update_fields=["summary"])

    assert "changed since" in gate(draft)[0]
    with pytest.raises(Incomplete):
        services.publish_version(actor=administrator, version=draft, at=timezone.now())


# Proposals -----------------------------------------------------------------------------------------------------------
def test_a_proposal_becomes_a_draft_only_with_the_decision_of_the_committee(committee, proposal, lead):
    with pytest.raises(Conflict, match="Before it can become a draft"):
        services.take_over_proposal(actor=lead, proposal=proposal, code="LMU-900", at=timezone.now())
    client_of(lead).post(reverse("credentials:proposal-put", args=[proposal.public_id]), {"note": "Wanted."})
    case = ContentCase.objects.get(proposal=proposal)
    votes(case, committee, Vote.FOR, Vote.FOR)
    decision = decide(case, committee[0])

    draft = services.take_over_proposal(actor=lead, proposal=proposal, code="LMU-900", at=timezone.now())

    assert decision.proposal == proposal and decision.credential is None
    assert Proposal.objects.get().credential == draft.credential
    assert lacking_decision(draft)  # the draft is decided on by itself
    with pytest.raises(Conflict, match="taken over"):
        services.put_before_committee(actor=lead, subject=proposal, at=timezone.now())


# Pages ---------------------------------------------------------------------------------------------------------------
def test_a_member_votes_and_records_the_decision_on_the_page(case, committee, draft):
    first, second, _third = committee
    for member in (first, second):
        assert client_of(member).post(page_of(case, "content-vote"), {"vote": "for"}).status_code == 302
    assert client_of(first).post(page_of(case, "content-vote"), {"vote": "against"}).status_code == 422
    assert client_of(first).post(page_of(case, "content-decide"), {"outcome": "refused"}).status_code == 422
    answer = client_of(first).post(
        page_of(case, "content-decide"), {"outcome": "accepted", "conditions": "Name the roles.\nSay the hours."}
    )

    page = client_of(second).get(page_of(case)).content.decode()
    assert answer.status_code == 302
    assert "Name the roles." in page and "Say the hours." in page and "2 for, 0 against" in page
    listed = client_of(second).get(reverse("credentials:content-case-list") + "?show=ended").content.decode()
    assert draft.title in listed and "2 for, 0 against, 0 abstaining" in listed


def test_who_reads_a_case(case, lead, administrator, make_user, make_organization, assessor, learner):
    for user in (lead, administrator, make_user(Role.AUDITOR)):
        assert client_of(user).get(page_of(case)).status_code == 200
    for user in (assessor, learner.user, make_user(Role.COMMITTEE, scope=make_organization())):
        assert client_of(user).get(page_of(case)).status_code == 404
        assert client_of(user).post(page_of(case, "content-vote"), {"vote": "for"}).status_code == 404
    assert client_of(lead).post(page_of(case, "content-vote"), {"vote": "for"}).status_code == 422
    assert not ContentVote.objects.exists()


def test_the_pages_ask_the_database_a_fixed_number_of_times(case, committee, make_version, lead, make_user):
    client = client_of(committee[0])
    addresses = [page_of(case), reverse("credentials:content-case-list")]

    def counted():
        found = []
        for address in addresses:
            with CaptureQueriesContext(connection) as queries:
                assert client.get(address).status_code == 200
            found.append(len(queries))
        return found

    counted()
    few = counted()
    votes(case, committee, Vote.FOR, Vote.AGAINST, Vote.FOR)
    for _number in range(10):
        services.put_before_committee(actor=lead, subject=make_version(published=False), at=timezone.now())
    many = counted()

    assert few == many and max(many) < 20


# A catalog from a file -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("current", "status"), [(None, "draft"), (1, "offered")])
def test_a_catalog_from_a_file_publishes_nothing_past_the_committee(
    committee, draft, organization, administrator, current, status
):
    row, data = published_in_file(draft, organization)
    row["current_version"], row["status"] = current, status

    with pytest.raises(Incomplete):
        services.import_catalog(actor=administrator, organization=organization, data=data, at=timezone.now())

    draft.refresh_from_db()
    draft.credential.refresh_from_db()
    assert (draft.status, draft.credential.status, draft.credential.current_version) == ("draft", "draft", None)


def test_a_catalog_from_a_file_offers_nothing_that_was_published_past_the_committee(
    committee, make_version, organization, administrator
):
    version = make_version()
    Credential.objects.filter(pk=version.credential_id).update(status="draft", current_version=None)
    row, data = published_in_file(version, organization)
    row["current_version"], row["status"] = 1, "offered"

    with pytest.raises(Incomplete) as refused:
        services.import_catalog(actor=administrator, organization=organization, data=data, at=timezone.now())

    assert "A decision of the committee on content" in str(refused.value.missing)
    version.credential.refresh_from_db()
    assert version.credential.current_version is None


def published_in_file(version, organization):
    """The row of a version in its school's catalog, said to be published, and the whole."""
    data = json.loads(json.dumps(services.catalog_of(organization)))
    row = next(each for each in data["credentials"] if each["code"] == version.credential.code)
    row["versions"][0] |= {"status": "published", "published_at": timezone.now().isoformat()}
    return row, data


# Telling its members --------------------------------------------------------------------------------------------------
def test_its_members_are_told_once_of_what_is_put_before_it(
    committee, draft, lead, organization, make_user, django_capture_on_commit_callbacks
):
    lead.role_grants.create(role=Role.COMMITTEE, organization=organization, from_at=timezone.now() - timedelta(days=1))
    gone = make_user(Role.COMMITTEE)
    gone.role_grants.update(until_at=timezone.now() - timedelta(hours=1))
    with django_capture_on_commit_callbacks() as called:
        case = services.put_before_committee(actor=lead, subject=draft, at=timezone.now())

    assert len(called) == 1
    assert (tell_of_content_cases(at=timezone.now()), tell_of_content_cases(at=timezone.now())) == (1, 0)

    notices = Notice.objects.filter(kind="case")
    assert {each.user for each in notices} == set(committee) and len(notices) == 3
    assert {(each.path, draft.title in each.subject) for each in notices} == {(case.get_absolute_url(), True)}


def test_what_was_taken_back_before_anybody_was_told_is_told_to_nobody(case, lead):
    services.take_back_content_case(actor=lead, case=case, at=timezone.now())

    assert tell_of_content_cases(at=timezone.now()) == 1
    assert not Notice.objects.filter(kind="case").exists()


def test_put_before_it_anew_it_is_told_anew(case, draft, lead, committee):
    tell_of_content_cases(at=timezone.now())
    services.take_back_content_case(actor=lead, case=case, at=timezone.now())
    services.put_before_committee(actor=lead, subject=draft, at=timezone.now())
    tell_of_content_cases(at=timezone.now())

    assert Notice.objects.filter(kind="case", user=committee[0]).count() == 2
