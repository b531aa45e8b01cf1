"""The registrar's list finds the awards of one learner by name once a reason was given, which is kept."""

from django.urls import reverse

from config.permissions import Role
from learners import services as learners_services
from learners.models import AccessEntry

LIST = "/registrar/"


def rows(client, **query):
    return [row["award"] for row in client.get(LIST, query).context["rows"]]


def test_a_name_finds_awards_only_after_a_reason_which_is_kept(sign_in, make_signed, registrar):
    award = make_signed().award
    make_signed()
    name = award.learner.display_name
    client = sign_in(registrar)

    before = client.get(LIST, {"q": name})
    assert [row["award"] for row in before.context["rows"]] == []
    assert "Press why you look for this person" in before.content.decode()
    assert not AccessEntry.objects.exists()

    answer = client.post(reverse("issuance:registrar-look"), {"q": name, "reason": "records"})

    assert award in rows(client, q=name)
    assert client.get(answer.url).status_code == 200
    entry = AccessEntry.objects.filter(learner=award.learner).get()
    assert (entry.actor, entry.reason, entry.kind) == (registrar, "records", "looked")


def test_a_code_a_title_and_an_address_are_no_search_of_a_person(sign_in, make_signed, registrar):
    award = make_signed().award
    client = sign_in(registrar)

    for words in (award.credential.code, award.credential_version.title, str(award.public_id), f"/v/{award.public_id}"):
        assert rows(client, q=words) == [award]

    assert "Press why" not in client.get(LIST, {"q": f"/v/{award.public_id}"}).content.decode()
    assert not AccessEntry.objects.exists()


def test_the_reason_of_a_colleague_or_of_a_list_opens_nothing(sign_in, make_signed, registrar, make_user, noon):
    award = make_signed().award
    name = award.learner.display_name
    learners_services.search_learners(actor=registrar, said=name, reason="records", at=noon)
    client = sign_in(make_user(Role.REGISTRAR))

    assert rows(client, q=name) == []


def test_a_look_without_a_reason_shows_and_keeps_nothing(sign_in, make_signed, registrar):
    award = make_signed().award
    client = sign_in(registrar)

    for values in ({"q": award.learner.display_name}, {"q": award.learner.display_name, "reason": "curious"}):
        answer = client.post(reverse("issuance:registrar-look"), values, follow=True)
        assert "Say why you look for this person" in answer.content.decode()

    assert not AccessEntry.objects.exists()
    assert rows(client, q=award.learner.display_name) == []


def test_a_name_that_is_not_there_says_so_only_after_the_reason(sign_in, make_signed, registrar):
    make_signed()
    client = sign_in(registrar)

    assert "Press why" in client.get(LIST, {"q": "Nobody Here"}).content.decode()
    answer = client.post(reverse("issuance:registrar-look"), {"q": "Nobody Here", "reason": "records"}, follow=True)

    assert "No learner has" in answer.content.decode()
