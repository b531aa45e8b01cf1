"""Revoking takes two registrars; auditors read, and nobody else gets in."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from issuance import openbadges as ob
from issuance import selectors, services
from issuance.models import RevocationRequest
from learners.models import Award, AwardEvent, Notice


@pytest.fixture
def award(make_signed):
    return make_signed().award


@pytest.fixture
def second(make_user):
    return make_user(Role.REGISTRAR)


def ask(award, actor, **fields):
    values = {"reason": "error", "note": "Wrong file."} | fields
    return services.request_revocation(actor=actor, award=award, at=timezone.now(), **values)


def test_two_people_revoke_and_everything_moves_at_once(award, registrar, second):
    request = ask(award, registrar)
    award.refresh_from_db()
    assert award.status == "active"

    services.approve_revocation(actor=second, request=request, at=timezone.now())

    award.refresh_from_db()
    assert award.status == "revoked" and award.revoked_at
    entry = award.documents.get(kind="credential").status_entry
    assert ob.is_set(bytes(entry.list.bits), entry.index)
    event = AwardEvent.objects.filter(award=award).latest("pk")
    assert event.moved_to == "revoked" and event.actor == second
    assert Notice.objects.filter(user=award.learner.user, kind="revoked").count() == 1


def test_one_person_is_not_enough(award, registrar):
    request = ask(award, registrar)

    with pytest.raises(NotAllowed):
        services.approve_revocation(actor=registrar, request=request, at=timezone.now())
    award.refresh_from_db()
    assert award.status == "active"


def test_refusals_of_a_request(award, registrar, second, make_user, learner):
    with pytest.raises(Invalid, match="Say why"):
        ask(award, registrar, note=" ")
    for stranger in (learner.user, make_user(Role.AUDITOR), make_user(Role.ASSESSOR)):
        with pytest.raises(NotAllowed):
            ask(award, stranger)
    request = ask(award, registrar)
    with pytest.raises(Conflict, match="already"):
        ask(award, second)
    with pytest.raises(Invalid):
        services.refuse_revocation(actor=second, request=request, note="", at=timezone.now())
    services.refuse_revocation(actor=second, request=request, note="It was right.", at=timezone.now())
    with pytest.raises(IllegalMove):
        services.approve_revocation(actor=second, request=request, at=timezone.now())
    assert ask(award, registrar).status == "requested"


def test_the_pages_lead_from_asking_to_approving(sign_in, award, registrar, second):
    client = sign_in(registrar)
    url = reverse("issuance:registrar-award", args=[award.public_id])
    page = client.get(url).content.decode()
    assert award.learner.display_name in page and "shell:" in page and 'name="reason"' in page

    empty = client.post(reverse("issuance:revocation-request", args=[award.public_id]), {})
    assert empty.status_code == 422 and RevocationRequest.objects.count() == 0
    response = client.post(
        reverse("issuance:revocation-request", args=[award.public_id]), {"reason": "error", "note": "Wrong file."}
    )
    request = RevocationRequest.objects.get()
    assert response["Location"] == request.get_absolute_url()

    own = client.get(request.get_absolute_url()).content.decode()
    assert "Another registrar decides" in own and "/approve/" not in own
    refused = client.post(reverse("issuance:revocation-approve", args=[request.public_id]))
    assert refused.status_code == 403
    assert b"another registrar decides" in refused.content

    client = sign_in(second)
    assert request.get_absolute_url() in client.get(reverse("issuance:revocation-list")).content.decode()
    assert b"/approve/" in client.get(request.get_absolute_url()).content
    assert client.post(reverse("issuance:revocation-refuse", args=[request.public_id]), {}).status_code == 422
    client.post(reverse("issuance:revocation-approve", args=[request.public_id]))
    award.refresh_from_db()
    assert award.status == "revoked"
    twice = client.post(reverse("issuance:revocation-approve", args=[request.public_id]))
    assert twice.status_code == 422
    assert 'name="reason"' not in client.get(url).content.decode()


def test_a_refusal_says_why(sign_in, award, registrar, second):
    request = ask(award, registrar)

    response = sign_in(second).post(
        reverse("issuance:revocation-refuse", args=[request.public_id]), {"note": "It was right."}, follow=True
    )

    assert b"It was right." in response.content
    award.refresh_from_db()
    assert award.status == "active"


def test_auditors_read_only(sign_in, award, registrar, make_user):
    request = ask(award, registrar)
    client = sign_in(make_user(Role.AUDITOR))

    assert client.get(reverse("issuance:registrar")).status_code == 200
    page = client.get(reverse("issuance:registrar-award", args=[award.public_id])).content
    assert b'name="reason"' not in page
    assert b"/approve/" not in client.get(request.get_absolute_url()).content
    assert client.post(reverse("issuance:revocation-approve", args=[request.public_id])).status_code == 403
    response = client.post(
        reverse("issuance:revocation-request", args=[award.public_id]), {"reason": "error", "note": "No."}
    )
    assert response.status_code == 403


@pytest.mark.parametrize("role", [None, Role.ASSESSOR, Role.LEAD, Role.ADMINISTRATOR, Role.COMMITTEE])
def test_nobody_else_reads_the_registry(client, sign_in, award, registrar, make_user, role):
    request = ask(award, registrar)
    addresses = [
        reverse("issuance:registrar"),
        reverse("issuance:revocation-list"),
        reverse("issuance:registrar-award", args=[award.public_id]),
        request.get_absolute_url(),
    ]
    for address in addresses:
        assert client.get(address).status_code == 302
    client = sign_in(make_user(role))
    for address in addresses:
        assert client.get(address).status_code == 404


def test_a_registrar_of_another_school_sees_none_of_it(sign_in, award, make_user, make_organization):
    client = sign_in(make_user(Role.REGISTRAR, scope=make_organization()))

    assert award.learner.display_name not in client.get(reverse("issuance:registrar")).content.decode()
    assert client.get(reverse("issuance:registrar-award", args=[award.public_id])).status_code == 404


def test_the_registry_is_searched_and_filtered(sign_in, registrar, make_signed, make_learner):
    robin = make_signed(learner=make_learner(name="Robin Alder")).award
    kim = make_signed(learner=make_learner(name="Kim Sorrel")).award
    client = sign_in(registrar)
    url = reverse("issuance:registrar")

    def names(**query):
        page = client.get(url, query).content.decode()
        return {each.learner.display_name for each in (robin, kim) if each.learner.display_name in page}

    assert names() == {"Robin Alder", "Kim Sorrel"}
    assert names(q="sorrel") == set()  # one learner is looked for with a reason
    client.post(reverse("issuance:registrar-look"), {"q": "sorrel", "reason": "records"})
    assert names(q="sorrel") == {"Kim Sorrel"}
    assert names(q=robin.credential.code) == {"Robin Alder"}
    assert names(q=f"http://testserver/v/{kim.public_id}") == {"Kim Sorrel"}
    assert names(q="robin nothing") == set()
    assert names(status="revoked") == set()
    assert names(status="odd") == {"Robin Alder", "Kim Sorrel"}


def test_the_registry_asks_the_same_number_of_questions(sign_in, registrar, make_signed, django_assert_num_queries):
    client = sign_in(registrar)
    url = reverse("issuance:registrar")
    make_signed()
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for _ in range(3):
        make_signed()

    with django_assert_num_queries(len(first)):
        client.get(url)
    assert len(first) < 20


# The list of awards --------------------------------------------------------------------------------------------------
def test_the_filter_says_the_words_of_the_table_and_finds_what_the_table_calls_so(
    client, make_signed, make_award, make_version, make_user
):
    at = timezone.now()
    rows = {"Valid": make_signed().award, "Expired": make_signed().award, "Being signed": make_award(sign_after=at)}
    for word, fields in {
        "Temporarily unavailable": {"status": "suspended"},
        "Replaced by a newer award": {"status": "superseded"},
        "Revoked by the issuer": {"status": "revoked", "revoked_at": at},
        "Taken back": {"status": "withdrawn"},
    }.items():
        rows[word] = make_award(version=make_version(), **fields)
    Award.objects.filter(pk=rows["Expired"].pk).update(valid_until=at - timedelta(days=1))
    client.force_login(make_user("registrar"))

    page = client.get("/registrar/")

    shown = {row["award"].pk: str(row["word"]) for row in page.context["rows"]}
    assert shown == {award.pk: word for word, award in rows.items()}
    choices = [(key, str(word)) for key, word in page.context["form"].fields["status"].choices if key]
    assert [word for _key, word in choices] == list(selectors.AWARD_STATES.values()) and len(choices) == len(rows)
    for key, word in choices:
        found = client.get("/registrar/", {"status": key}).context["rows"]
        assert [row["award"].pk for row in found] == [rows[word].pk]
