"""A registrar ends everything that a learner shares: DOMAIN 4.1, deceased or withdrawn learners."""

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import records
from config.errors import Conflict, Invalid, NotAllowed
from issuance import services
from issuance.models import Consent, DirectoryDecision, SharingEnd
from learners.models import LearnerEvent, Notice
from learners.models.access import AccessReason
from learners.services import search_learners


@pytest.fixture
def shared(make_shared, learner):
    """A badge that everybody sees, a link over it, and the learner."""
    award = make_shared(learner=learner).award
    link = services.share_together(
        actor=learner.user,
        awards=[award],
        title="For Northfield",
        purpose="residency",
        recipients="named",
        recipients_text="Northfield",
        sign_in_method="password",
        at=timezone.now(),
    )
    return award, link


def end(actor, learner, **fields):
    return services.end_sharing(
        **{"actor": actor, "learner": learner, "reason": "withdrawn", "at": timezone.now()} | fields
    )


def answers(award, link):
    stranger = Client()
    pages = [f"/v/{award.public_id}", f"/s/{link.token}", f"/s/{link.token}/summary", f"/v/{award.public_id}.json"]
    return [stranger.get(page) for page in pages]


def test_every_page_of_a_learner_is_the_one_404_from_the_next_request_on(registrar, learner, shared):
    assert {each.status_code for each in answers(*shared)} == {200}
    never = Client().get("/v/00000000-0000-4000-8000-000000000000")

    made = end(registrar, learner)

    found = answers(*shared)
    assert {each.status_code for each in found} == {404}
    assert [each.content for each in found[:3]] == [never.content] * 3
    assert (made.consents, made.reason, made.ended_by) == (2, "withdrawn", registrar)
    assert not Consent.objects.standing(timezone.now()).exists()


def test_the_directory_leaves_the_learner_out_as_well(registrar, organization, learner, shared):
    DirectoryDecision.objects.create(
        organization=organization, is_on=True, notice="Handbook", actor=registrar, at=timezone.now()
    )
    address = reverse("issuance:directory-entry", args=[shared[0].public_id])
    assert Client().get(address).status_code == 200

    end(registrar, learner)

    assert Client().get(address).status_code == 404


def test_who_left_keeps_sign_in_badges_and_the_right_to_share_anew_and_is_told(
    registrar, learner, shared, sign_in, give
):
    award, _link = shared
    end(registrar, learner)

    client = sign_in(learner.user)
    assert client.get("/home/").status_code == 200
    award.refresh_from_db()
    assert award.status == "active"
    notice = Notice.objects.get(user=learner.user, kind="record")
    assert notice.subject == "Your school ended what you shared"
    [section] = [each for each in records.sections("sharing") if each.key == "sharing_ends"]
    assert [row["consents"] for row in section.read(learner)] == [2]
    give(award)
    assert Client().get(f"/v/{award.public_id}").status_code == 200


def test_for_who_has_died_the_sign_in_is_closed_and_nobody_is_told(registrar, learner, shared, sign_in, give):
    award, _link = shared
    client = sign_in(learner.user)
    assert client.get("/home/").status_code == 200

    end(registrar, learner, reason="deceased")

    assert client.get("/home/").status_code == 302
    learner.user.refresh_from_db()
    assert not learner.user.is_active
    assert LearnerEvent.objects.filter(learner=learner, kind="closed", actor=registrar).count() == 1
    assert not Notice.objects.filter(user=learner.user, kind="record").exists()
    learner.user.is_active = True  # as a request in flight still knows it
    with pytest.raises(Conflict, match="closed"):
        give(award)


def test_a_second_call_finds_nothing_and_one_for_who_has_died_closes_what_is_left(registrar, learner, shared):
    end(registrar, learner)
    with pytest.raises(Conflict):
        end(registrar, learner)

    assert end(registrar, learner, reason="deceased").consents == 0
    with pytest.raises(Conflict):
        end(registrar, learner, reason="deceased")
    assert SharingEnd.objects.count() == 2


@pytest.mark.parametrize(
    "fields", [{"reason": ""}, {"reason": "angry"}, {"reason": "other"}, {"reason": "other", "note": " "}]
)
def test_without_a_reason_nothing_ends(registrar, learner, shared, fields):
    with pytest.raises(Invalid):
        end(registrar, learner, **fields)
    assert {each.status_code for each in answers(*shared)} == {200}


def test_nobody_else_ends_it(learner, shared, make_user, make_organization, make_learner):
    own = make_user("registrar")
    learner_registrar = make_learner(name="Ash", user=own)
    for actor, of in (
        (learner.user, learner),
        (make_user("auditor"), learner),
        (make_user("administrator"), learner),
        (make_user("registrar", scope=make_organization()), learner),
        (own, learner_registrar),
    ):
        with pytest.raises(NotAllowed):
            end(actor, of)
    assert not SharingEnd.objects.exists() and {each.status_code for each in answers(*shared)} == {200}


def test_what_was_ended_stays_in_the_database(registrar, learner, shared):
    end(registrar, learner)

    with pytest.raises(DatabaseError), transaction.atomic():
        SharingEnd.objects.all().delete()


def test_the_page_asks_for_the_reason_and_only_a_registrar_who_said_why_they_look_gets_in(
    client, registrar, learner, shared, make_user, django_assert_max_num_queries
):
    address = reverse("issuance:sharing-end", args=[learner.public_id])
    for role in ("auditor", "lead", "administrator"):
        client.force_login(make_user(role))
        assert client.get(address).status_code == 404
    client.force_login(registrar)
    assert client.get(address).url == reverse("learners:learner-search")
    assert client.post(address, {"reason": "withdrawn"}).status_code == 302
    assert not SharingEnd.objects.exists()
    search_learners(actor=registrar, said=learner.display_name, reason=AccessReason.RECORDS, at=timezone.now())

    with django_assert_max_num_queries(12):
        page = client.get(address).content.decode()
    refused = client.post(address, {"reason": "other"})
    answer = client.post(address, {"reason": "withdrawn", "note": "Asked for it"})

    assert "2 consents of this learner stand." in page
    assert refused.status_code == 422 and "Say what the reason is." in refused.content.decode()
    assert answer.url == reverse("learners:learner-manage", args=[learner.public_id])
    manage = client.get(answer.url).content.decode()
    assert "No consent stands." in manage and "Asked for it" in manage
