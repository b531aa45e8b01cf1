"""A verifier says whether a page was enough, and asks the school, without ever getting at the learner's address."""

import uuid

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from config.errors import Conflict, IllegalMove, Invalid, NotAllowed
from config.permissions import Role
from issuance import services
from issuance.models import Consent, PageVote, VerifierQuestion
from issuance.services import verifiers
from learners.models import Notice

ASKED = {"asker": "Dr. Hale, Northfield", "email": "hale@northfield.example.org", "text": "Was it a real ward?"}


@pytest.fixture
def shared(make_shared):
    return make_shared().award


@pytest.fixture
def question(shared):
    return services.ask_registrar(public_id=shared.public_id, at=timezone.now(), **ASKED)


@pytest.mark.parametrize(("said", "lands"), [("yes", "vote"), ("no", "lacking")])
def test_a_vote_is_kept_and_nobody_is(client, shared, said, lands):
    response = client.post(f"/v/{shared.public_id}/vote", {"helpful": said})

    assert (response.status_code, response.url) == (302, f"/thanks/{lands}/")
    assert client.get(response.url).status_code == 200
    assert PageVote.objects.get(award=shared).is_helpful == (said == "yes")
    assert {field.name for field in PageVote._meta.get_fields()} == {"id", "award", "is_helpful", "at"}
    assert not response.cookies


def test_an_odd_vote_counts_for_nothing(client, shared):
    assert client.post(f"/v/{shared.public_id}/vote", {"helpful": "maybe"}).status_code == 302
    assert client.get(f"/v/{shared.public_id}/vote").status_code == 405
    assert client.get("/thanks/anything/").status_code == 404
    assert not PageVote.objects.exists()


def test_a_vote_is_never_changed_nor_removed(shared):
    vote = services.vote(public_id=shared.public_id, is_helpful=True, at=timezone.now())

    for statement in ("UPDATE issuance_pagevote SET is_helpful = false", "DELETE FROM issuance_pagevote"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    vote.refresh_from_db()
    assert vote.is_helpful


def test_what_is_not_shared_takes_no_vote_and_no_question(client, make_signed, shared):
    private = make_signed().award
    consent = Consent.objects.get(awards=shared)
    services.withdraw_consent(actor=shared.learner.user, consent=consent, at=timezone.now())

    for public_id in (uuid.uuid4(), private.public_id, shared.public_id):
        cache.clear()  # five a minute from one address
        unknown = client.get(f"/v/{uuid.uuid4()}").content
        for form, sent in (("vote", {"helpful": "yes"}), ("ask", ASKED)):
            response = client.post(f"/v/{public_id}/{form}", sent)
            assert (response.status_code, response.content) == (404, unknown)
        assert client.get(f"/v/{public_id}/ask").content == unknown
    assert not PageVote.objects.exists()
    assert not VerifierQuestion.objects.exists()


def test_a_question_reaches_the_registrar_tied_to_its_badge(client, shared, registrar, sign_in):
    answer = client.post(f"/v/{shared.public_id}/ask", ASKED)
    assert (answer.status_code, answer.url) == (302, "/thanks/question/")

    question = VerifierQuestion.objects.get()
    client = sign_in(registrar)
    listed = client.get("/registrar/questions/").content.decode()
    page = client.get(question.get_absolute_url()).content.decode()

    assert ASKED["asker"] in listed and shared.credential_version.title in listed
    assert ASKED["text"] in page and f"mailto:{ASKED['email']}" in page
    assert f"/registrar/awards/{shared.public_id}/" in page
    assert shared.learner.user.email not in listed + page
    assert "1 question of verifiers waits" in client.get("/registrar/").content.decode()
    assert ASKED["asker"] in client.get(f"/registrar/awards/{shared.public_id}/").content.decode()


def test_the_verifier_is_shown_no_address_of_the_learner(client, shared):
    for address in (f"/v/{shared.public_id}", f"/v/{shared.public_id}/ask"):
        assert shared.learner.user.email not in client.get(address).content.decode()


def test_registrar_and_learner_are_told_and_not_what_was_asked(registrar, question, shared):
    told = {notice.kind: notice for notice in Notice.objects.filter(kind__startswith="question")}

    assert told["question"].user == registrar
    assert told["question"].path == question.get_absolute_url()
    assert told["question-asked"].user == shared.learner.user
    for notice in told.values():
        assert not any(word in notice.subject + notice.text for word in ASKED.values())


def test_the_same_question_twice_is_one(question, shared):
    again = services.ask_registrar(public_id=shared.public_id, at=timezone.now(), **ASKED)

    assert again == question
    assert Notice.objects.filter(kind="question-asked").count() == 1


def test_a_flood_is_not_passed_on(shared, monkeypatch):
    monkeypatch.setattr(verifiers, "OPEN_MAX", 1)
    services.ask_registrar(public_id=shared.public_id, at=timezone.now(), **ASKED)

    with pytest.raises(Conflict, match="Write to the school directly"):
        services.ask_registrar(public_id=shared.public_id, at=timezone.now(), **ASKED | {"text": "And?"})
    assert VerifierQuestion.objects.count() == 1


@pytest.mark.parametrize("missing", list(ASKED))
def test_a_question_needs_who_where_and_what(client, shared, missing):
    response = client.post(f"/v/{shared.public_id}/ask", ASKED | {missing: " "})

    assert response.status_code == 422
    assert not VerifierQuestion.objects.exists()


def test_nobody_writes_mail_headers_into_the_inbox(client, shared):
    response = client.post(f"/v/{shared.public_id}/ask", ASKED | {"email": "a@b.example.org\nBcc: c@d.example.org"})

    assert response.status_code == 422


def test_a_question_is_closed_once_with_what_came_of_it(question, registrar):
    with pytest.raises(Invalid):
        services.close_question(actor=registrar, question=question, note=" ", at=timezone.now())
    services.close_question(actor=registrar, question=question, note="Sent the rubric.", at=timezone.now())

    with pytest.raises(IllegalMove):
        services.close_question(actor=registrar, question=question, note="Again.", at=timezone.now())
    question.refresh_from_db()
    assert (question.status, question.closed_by, question.closing_note) == ("closed", registrar, "Sent the rubric.")


@pytest.mark.parametrize("role", [None, Role.AUDITOR, Role.LEAD, Role.ADMINISTRATOR])
def test_only_a_registrar_closes_a_question(question, make_user, role):
    with pytest.raises(NotAllowed):
        services.close_question(actor=make_user(role), question=question, note="No.", at=timezone.now())
    question.refresh_from_db()
    assert question.status == "open"


def test_the_registrar_closes_it_on_its_page(question, registrar, sign_in):
    client = sign_in(registrar)
    address = f"/registrar/questions/{question.public_id}/close/"

    assert client.post(address, {"note": ""}).status_code == 422
    assert client.post(address, {"note": "Answered by mail."}).status_code == 302
    assert client.post(address, {"note": "Twice."}).status_code == 422
    assert "Answered by mail." in client.get(question.get_absolute_url()).content.decode()


def test_an_empty_inbox_says_so(registrar, sign_in):
    assert "No question yet" in sign_in(registrar).get("/registrar/questions/").content.decode()


def test_the_inbox_asks_the_same_number_of_questions_whatever_is_in_it(
    make_shared, registrar, sign_in, django_assert_num_queries, django_assert_max_num_queries
):
    client = sign_in(registrar)
    for _number in range(3):
        services.ask_registrar(public_id=make_shared().award.public_id, at=timezone.now(), **ASKED)
    with django_assert_max_num_queries(20) as few:
        client.get("/registrar/questions/")
    for _number in range(3):
        services.ask_registrar(public_id=make_shared().award.public_id, at=timezone.now(), **ASKED)
    with django_assert_num_queries(len(few)):
        client.get("/registrar/questions/")
