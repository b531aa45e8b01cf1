"""The demand report: what was read, asked for and finished, in numbers that name nobody."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from config.permissions import Role
from credentials.models import ItemCount, Proposal, ProposalVote
from learners import services
from learners.selectors import demand as selectors
from tests.fixtures.records import NOON

SEPTEMBER = {"first": date(2026, 9, 1), "last": date(2026, 9, 30)}
ASKED = {"first": "2026-09-01", "last": "2026-09-30"}


def told(lead, version, **period):
    [found] = selectors.demand(list(selectors.items(lead).filter(pk=version.credential_id)), **(SEPTEMBER | period))
    return found


def test_each_number_is_of_the_item_and_the_period(
    lead, version, make_version, make_offering, make_learner, make_enrollment
):
    offering = make_offering(version=version, seats=1)
    for kind, on, count in [
        ("view", date(2026, 9, 1), 7),
        ("view", date(2026, 8, 31), 5),
        ("turned-away", date(2026, 9, 30), 2),
    ]:
        ItemCount.objects.create(credential=version.credential, kind=kind, on=on, count=count)
    rows = [
        services.enroll(actor=each.user, learner=each, credential=version.credential, offering=offering, at=NOON)
        for each in (make_learner() for _number in range(3))
    ]
    services.withdraw(actor=rows[0].learner.user, enrollment=rows[0], at=NOON + timedelta(days=1))
    make_enrollment(version=version, status="completed", ended_at=NOON)
    make_enrollment(version=version, status="not-met", ended_at=NOON)
    make_enrollment(
        version=version, status="completed", ended_at=NOON - timedelta(days=60), enrolled_at=NOON - timedelta(days=90)
    )
    make_enrollment(version=make_version())

    found = told(lead, version)

    assert (found.views, found.turned_away) == (7, 2)
    assert (found.enrolled, found.waited, found.waiting) == (5, 2, 1)
    assert (found.completed, found.not_met, found.withdrawn, found.completion) == (1, 1, 1, 33)
    assert told(lead, version, first=date(2026, 8, 1), last=date(2026, 8, 31)).views == 5


def test_votes_stand_with_the_item_that_a_proposal_became_and_with_open_proposals(
    client, lead, version, make_learner, organization, settings
):
    def wanted(title, *moments, **fields):
        proposal = Proposal.objects.create(
            organization=organization, title=title, need="n", proposed_by=lead, proposed_at=NOON, **fields
        )
        for at in moments:
            ProposalVote.objects.create(proposal=proposal, voter=make_learner().user, at=at)

    before = NOON - timedelta(days=300)
    ended = {"status": "taken", "credential": version.credential, "ended_by": lead, "ended_at": NOON}
    wanted("Became an item", NOON, NOON, before, **ended)
    wanted("Once wanted", before, before, before)
    wanted("Wanted now", NOON)

    client.force_login(lead)
    page = client.get(reverse("learners:demand-report"), ASKED).text

    assert told(lead, version).votes == 2
    found = selectors.proposals(lead, **SEPTEMBER)
    assert [(each.title, each.votes_then, each.votes_ever) for each in found] == [
        ("Wanted now", 1, 1),
        ("Once wanted", 0, 3),
    ]
    assert "What is proposed" in page and "Became an item" not in page


def test_nothing_that_ended_has_no_completion(lead, version):
    assert told(lead, version).completion is None


def test_who_cannot_enroll_is_counted_once_and_without_a_name(client, make_learner, make_version):
    version = make_version(professions_admitted=["nursing"])
    user = make_learner(profession="medicine").user
    client.force_login(user)
    address = reverse("learners:item-want", args=[version.credential.public_id])
    assert address in client.get(version.credential.get_absolute_url()).text

    assert "without your name" in client.post(address, follow=True).text
    client.post(address)
    client.post(reverse("learners:enroll", args=[version.credential.public_id]))

    counted = ItemCount.objects.get(kind="turned-away")
    assert counted.count == 1
    assert ItemCount.objects.get(kind="view").count >= 1


def test_a_refused_enrollment_is_counted_but_not_a_missing_choice(
    client, learner, make_learner, make_version, make_offering
):
    version = make_version(professions_admitted=["nursing"])
    client.force_login(learner.user)
    assert client.post(reverse("learners:enroll", args=[version.credential.public_id])).status_code == 422
    other = make_version()
    make_offering(version=other)
    make_offering(version=other, name="Second")
    assert client.post(reverse("learners:enroll", args=[other.credential.public_id])).status_code == 422

    assert [each.credential for each in ItemCount.objects.filter(kind="turned-away")] == [version.credential]


def test_the_page_and_the_csv_say_the_same_for_those_who_plan(client, lead, make_user, make_organization, version):
    ItemCount.objects.create(credential=version.credential, kind="view", on=date(2026, 9, 2), count=41)
    client.force_login(lead)

    page = client.get(reverse("learners:demand-report"), ASKED)
    table = client.get(reverse("learners:demand-csv"), ASKED).content.decode("utf-8-sig")

    assert page.context["rows"][0].views == 41
    assert f"{version.credential.code},{version.title},2026-09-01,2026-09-30,41,0,0,0,0,0,0,0," in table
    client.force_login(make_user(Role.LEAD, scope=make_organization()))
    assert client.get(reverse("learners:demand-report"), ASKED).context["rows"] == []
    client.force_login(make_user(Role.ASSESSOR))
    assert client.get(reverse("learners:demand-report")).status_code == 404


@pytest.mark.parametrize("asked", [{"first": "odd"}, {"first": "2026-10-01", "last": "2026-09-01"}, {}])
def test_an_odd_period_still_shows_something(client, lead, version, asked):
    client.force_login(lead)

    assert client.get(reverse("learners:demand-report"), asked).status_code == 200


def test_the_report_asks_the_same_number_of_times_however_much_there_is(
    client, lead, make_version, make_enrollment, django_assert_num_queries
):
    client.force_login(lead)
    address = reverse("learners:demand-report")
    make_enrollment(version=make_version())
    client.get(address)
    with django_assert_num_queries(10):
        client.get(address)
    for _number in range(5):
        make_enrollment(version=make_version())

    with django_assert_num_queries(10):
        client.get(address)
