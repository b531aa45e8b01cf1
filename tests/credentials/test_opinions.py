"""Opinions from outside on a draft: asked by a link, said once, each suggestion answered, and named only if agreed."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials import services
from credentials.models import EndorsementRequest, OpinionMail, OpinionRequest, Suggestion
from credentials.services import outbox
from credentials.services.opinions import LINK_FOR, MOST_A_DAY, TEXT_MAX_LETTERS, RequestOver, token_of
from learners.models import Notice
from learners.services import tell_of_opinions

OUTSIDE = "chair@society.example.org"
ASKED = {
    "organization_name": "Society of Team Care",
    "kind": "society",
    "email": OUTSIDE,
    "note": "Look at the rubric.",
}
SAID = {
    "comments": {"outcome-1": "Say which roles.", "criterion-referral": "Too narrow.", "hours": " "},
    "recommendation": "change",
    "general": "Good on the whole.",
    "name": "Pat Chair",
    "role": "Chair of education",
    "may_be_named": True,
}


@pytest.fixture
def draft(make_version):
    return make_version(published=False)


@pytest.fixture
def ask(draft, lead):
    def asked(*, at=None, **fields):
        return services.ask_opinion(actor=lead, version=draft, at=at or timezone.now(), **ASKED | fields)

    return asked


@pytest.fixture
def sent(ask):
    return services.send_opinion(request=ask(), at=timezone.now(), **SAID)


def link_to(request):
    return reverse("credentials:opinion", args=[token_of(request)])


def list_of(version):
    return reverse("credentials:opinion-list", args=[version.credential.public_id])


def posted(**fields):
    return {
        "comment-outcome-1": "Say which roles.",
        "recommendation": "change",
        "name": "Pat Chair",
        "role": "Chair of education",
        "action": "send",
    } | fields


# Asking --------------------------------------------------------------------------------------------------------------
def test_a_lead_asks_and_a_link_goes_out_once(draft, lead, signed_in):
    answer = signed_in(lead).post(list_of(draft), ASKED)
    request = OpinionRequest.objects.get()

    assert answer.status_code == 302
    assert services.send_opinion_mail(limit=10, at=timezone.now()) == 1
    assert services.send_opinion_mail(limit=10, at=timezone.now()) == 0
    [message] = mail.outbox
    assert message.to == [OUTSIDE]
    assert link_to(request) in message.body
    assert "Look at the rubric." in message.body
    stored = OpinionRequest.objects.values().get()
    assert token_of(request) not in map(str, stored.values())
    assert draft.credential.events.get(action="opinion asked").actor == lead


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"email": "no address"}, "whole e-mail address"),
        ({"organization_name": " "}, "which organization"),
        ({"kind": "odd"}, "which organization"),
        ({"note": "x" * (TEXT_MAX_LETTERS + 1)}, "at most"),
    ],
)
def test_a_request_that_says_too_little_or_too_much_is_refused(ask, change, words):
    with pytest.raises(Invalid, match=words):
        ask(**change)

    assert not OpinionRequest.objects.exists()


def test_a_colleague_is_not_somebody_outside(ask, assessor):
    with pytest.raises(Invalid, match="colleague"):
        ask(email=assessor.email)


def test_nobody_else_asks(draft, assessor, make_user, make_organization):
    for user in (assessor, make_user(Role.LEAD, scope=make_organization())):
        with pytest.raises(NotAllowed):
            services.ask_opinion(actor=user, version=draft, at=timezone.now(), **ASKED)

    assert not OpinionMail.objects.exists()


def test_a_published_version_is_asked_about_no_more(version, lead):
    with pytest.raises(Conflict, match="frozen"):
        services.ask_opinion(actor=lead, version=version, at=timezone.now(), **ASKED)


def test_the_same_address_is_asked_once_while_its_link_works(ask):
    first = ask()
    with pytest.raises(Conflict, match="asked about this draft already"):
        ask()

    ask(at=first.expires_at)

    assert OpinionRequest.objects.count() == 2


def test_no_more_than_so_many_mails_go_out_in_a_day(ask, monkeypatch):
    monkeypatch.setattr(services.opinions, "MOST_A_DAY", 2)
    for number in range(2):
        ask(email=f"p{number}@example.org")

    with pytest.raises(Conflict, match="2 times"):
        ask(email="p9@example.org")

    assert MOST_A_DAY == 30


def endorsement_of(version, actor, **fields):
    words = {"statement": "We endorse it.", "website": "https://society.example", "country": "US"} | ASKED
    return services.endorsements.ask_endorsement(actor=actor, version=version, at=timezone.now(), **words | fields)


def test_one_address_is_asked_so_often_in_a_day_whoever_asks_for_whatever(ask, draft, administrator):
    assert outbox.MOST_TO_ONE == 3
    revoked = ask()
    services.revoke_opinion_request(actor=revoked.asked_by, request=revoked, at=timezone.now())
    second = ask()
    endorsement_of(draft, administrator, email=ASKED["email"].upper())

    with pytest.raises(Conflict, match="often enough today"):
        endorsement_of(draft, administrator, organization_name="Another", website="https://another.example")
    services.revoke_opinion_request(actor=second.asked_by, request=second, at=timezone.now())
    with pytest.raises(Conflict, match="often enough today"):
        ask()

    assert OpinionRequest.objects.count() == 2 and EndorsementRequest.objects.count() == 1
    assert ask(email="somebody.else@example.org")
    assert ask(at=timezone.now() + timedelta(days=1, minutes=1))


def test_one_person_asks_so_often_in_a_day_over_all_credentials(
    ask, draft, make_version, lead, administrator, monkeypatch
):
    monkeypatch.setattr(outbox, "MOST_BY_ONE", 2)
    endorsement_of(draft, administrator)
    other = make_version()
    endorsement_of(other, administrator, email="p1@example.org")

    with pytest.raises(Conflict, match="2 times today"):
        endorsement_of(other, administrator, organization_name="Another", email="p2@example.org")

    assert EndorsementRequest.objects.count() == 2
    assert ask(email="p3@example.org").asked_by == lead


# Saying --------------------------------------------------------------------------------------------------------------
def test_the_invitee_reads_the_draft_without_an_account_and_sends_comments(client, ask, draft):
    request = ask()

    page = client.get(link_to(request))
    done = client.post(link_to(request), posted(**{"comment-criterion-referral": "Too narrow.", "may_be_named": "on"}))

    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    assert page["Referrer-Policy"] == "same-origin"
    assert "noindex" in page["X-Robots-Tag"]
    for words in (
        "Describes the scope of five roles correctly.",
        "As assessors see it",
        OUTSIDE,
        "Look at the rubric.",
    ):
        assert words in page.text
    assert "Sent" in done.text
    request.refresh_from_db()
    assert (request.recommendation, request.name, request.role) == ("change", "Pat Chair", "Chair of education")
    assert "Society of Team Care may be named" in request.naming_consent
    assert list(request.suggestions.order_by("position").values_list("part", "about", "text")) == [
        ("outcome-1", "Outcomes: Describes the scope of five roles correctly.", "Say which roles."),
        ("criterion-referral", "Rubric: Referral", "Too narrow."),
    ]


def test_what_is_put_off_is_there_when_the_link_is_opened_again_and_nobody_reads_it(
    client, ask, draft, lead, signed_in
):
    request = ask()

    later = client.post(link_to(request), {"comment-hours": "Ten, rather.", "action": "later"})

    assert "Kept for later" in later.text
    assert "Ten, rather." in client.get(link_to(request)).text
    assert "Ten, rather." not in signed_in(lead).get(list_of(draft)).text
    assert not Suggestion.objects.exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"recommendation": ""}, "what you recommend"),
        ({"name": ""}, "who you are"),
        ({"role": " "}, "in what role"),
        ({"comment-hours": "x" * (TEXT_MAX_LETTERS + 1)}, "at most"),
    ],
)
def test_what_is_missing_is_named_and_nothing_is_lost(client, ask, change, words):
    request = ask()

    page = client.post(link_to(request), posted(**change))

    assert page.status_code == 422
    assert words in page.text
    assert "Say which roles." in page.text
    request.refresh_from_db()
    assert request.sent_at is None
    assert not Suggestion.objects.exists()


def test_a_link_that_is_over_says_why(client, ask, draft, administrator, lead):
    used, revoked, expired, late = (ask(email=f"p{number}@example.org") for number in range(4))
    services.send_opinion(request=used, at=timezone.now(), **SAID)
    services.revoke_opinion_request(actor=lead, request=revoked, at=timezone.now())
    OpinionRequest.objects.filter(pk=expired.pk).update(
        asked_at=timezone.now() - 2 * LINK_FOR, expires_at=timezone.now() - LINK_FOR
    )
    found = [client.get(link_to(each)) for each in (used, revoked, expired)]
    services.publish_version(actor=administrator, version=draft, at=timezone.now())
    found.append(client.get(link_to(late)))
    unknown = client.get(reverse("credentials:opinion", args=["A" * 43]))

    assert [each.status_code for each in found] == [410] * 4
    for page, words in zip(found, ("were sent", "taken back", "run out", "published by now"), strict=True):
        assert words in page.text
        assert draft.title not in page.text
    assert (unknown.status_code, "leads nowhere" in unknown.text) == (404, True)
    for each in (used, revoked, expired, late):
        each.version.refresh_from_db()
        with pytest.raises(RequestOver):
            services.send_opinion(request=each, at=timezone.now(), **SAID)
        with pytest.raises(RequestOver):
            services.keep_opinion(request=each, said={}, at=timezone.now())
    assert Suggestion.objects.count() == 2


def test_a_link_that_was_taken_back_is_not_mailed(ask, lead):
    services.revoke_opinion_request(actor=lead, request=ask(), at=timezone.now())

    assert services.send_opinion_mail(limit=10, at=timezone.now()) == 0
    with pytest.raises(RequestOver):
        services.revoke_opinion_request(actor=lead, request=OpinionRequest.objects.get(), at=timezone.now())


def test_one_address_does_not_guess_links(db, client, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"opinion": 2}
    url = reverse("credentials:opinion", args=["A" * 43])

    answers = [client.get(url, REMOTE_ADDR="192.0.2.77").status_code for _number in range(3)]

    assert answers == [404, 404, 429]


def test_what_was_sent_is_changed_by_nobody(sent):
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        OpinionRequest.objects.filter(pk=sent.pk).update(general="Something else.")


def test_whoever_answers_for_the_item_is_told_once(sent, draft):
    assert tell_of_opinions(at=timezone.now()) == 1
    assert tell_of_opinions(at=timezone.now()) == 0

    notice = Notice.objects.get(kind="opinion")
    assert notice.user == draft.credential.owner
    assert "Say which roles" not in notice.text
    assert notice.path == list_of(draft)


# Answering -----------------------------------------------------------------------------------------------------------
def answer(actor, suggestion, text="We name the roles now.", kind="taken"):
    return services.answer_suggestion(actor=actor, suggestion=suggestion, answer=kind, text=text, at=timezone.now())


def test_each_suggestion_is_answered_and_the_last_answer_sends_them_all(sent, lead):
    OpinionMail.objects.update(mailed_at=timezone.now())
    first, second = sent.suggestions.order_by("position")

    answer(lead, first)
    assert services.send_opinion_mail(limit=10, at=timezone.now()) == 0
    answer(lead, second, "It follows the guideline.", "not-taken")
    assert services.send_opinion_mail(limit=10, at=timezone.now()) == 1

    [message] = mail.outbox
    assert message.to == [OUTSIDE]
    assert "Taken up: We name the roles now." in message.body
    assert "Not taken up: It follows the guideline." in message.body


def test_an_answer_is_given_once_and_frozen(sent, lead):
    suggestion = answer(lead, sent.suggestions.first())

    with pytest.raises(Conflict, match="answered already"):
        answer(lead, suggestion, "Something else.")
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        Suggestion.objects.filter(pk=suggestion.pk).update(answer_text="Something else.")


@pytest.mark.parametrize(
    ("kind", "text", "words"), [("", "Yes.", "what comes"), ("taken", " ", "Write why"), ("odd", "Yes.", "what comes")]
)
def test_an_answer_without_words_is_refused_on_its_own_form(signed_in, sent, lead, draft, kind, text, words):
    suggestion = sent.suggestions.first()
    prefix = suggestion.public_id.hex[:12]
    url = reverse("credentials:suggestion-answer", args=[draft.credential.public_id, suggestion.public_id])

    page = signed_in(lead).post(url, {f"{prefix}-answer": kind, f"{prefix}-text": text})

    assert page.status_code == 422
    assert words in page.text or "Select a valid choice" in page.text
    suggestion.refresh_from_db()
    assert suggestion.answer == ""


def test_strangers_and_other_roles_answer_nothing(sent, draft, assessor, make_user, make_organization, signed_in):
    away = make_user(Role.LEAD, scope=make_organization())
    suggestion = sent.suggestions.first()
    answer_url = reverse("credentials:suggestion-answer", args=[draft.credential.public_id, suggestion.public_id])
    others = [
        reverse(f"credentials:opinion-{name}", args=[draft.credential.public_id, sent.public_id])
        for name in ("revoke", "unname")
    ]
    for user in (assessor, away):
        with pytest.raises(NotAllowed):
            answer(user, suggestion)
        for url in (answer_url, list_of(draft), *others):
            assert signed_in(user).post(url, {}).status_code == 404
    assert Client().post(answer_url, {})["Location"].startswith("/accounts/login/")


def test_a_suggestion_is_answered_only_under_its_own_item(sent, make_version, lead, signed_in):
    other = make_version(published=False)
    url = reverse(
        "credentials:suggestion-answer", args=[other.credential.public_id, sent.suggestions.first().public_id]
    )

    assert signed_in(lead).post(url, {}).status_code == 404


# In public -----------------------------------------------------------------------------------------------------------
def published(draft, administrator):
    services.publish_version(actor=administrator, version=draft, at=timezone.now())
    return [
        reverse("credentials:credential-detail", args=[draft.credential.public_id]),
        reverse("credentials:version-detail", args=[draft.credential.public_id, 1]),
    ]


def test_who_agreed_is_named_on_the_page_and_in_its_json_and_nothing_else_is_shown(client, sent, draft, administrator):
    pages = published(draft, administrator)

    for url in pages:
        page = client.get(url).text
        assert "Society of Team Care" in page
        assert not re.search(f"Pat Chair|{OUTSIDE}|Say which roles", page)
    said = client.get(pages[1], {"format": "json"}).json()["informed_by_organizations"]
    assert said == [{"name": "Society of Team Care", "kind": "society", "on": timezone.localdate().isoformat()}]


def test_without_consent_or_once_it_is_taken_back_nobody_is_named(client, ask, draft, administrator, lead):
    silent = services.send_opinion(request=ask(), at=timezone.now(), **SAID | {"may_be_named": False})
    withdrawn = services.send_opinion(
        request=ask(email="other@example.org", organization_name="Peer School"), at=timezone.now(), **SAID
    )
    services.unname_organization(actor=lead, request=withdrawn, at=timezone.now())
    pages = published(draft, administrator)

    for url in pages:
        assert not re.search("Society of Team Care|Peer School", client.get(url).text)
    assert client.get(pages[1], {"format": "json"}).json()["informed_by_organizations"] == []
    for each in (silent, withdrawn):
        with pytest.raises(Conflict):
            services.unname_organization(actor=lead, request=each, at=timezone.now())


def test_the_pages_ask_the_same_number_of_queries_whatever_was_said(client, signed_in, ask, draft, lead):
    staff, counts = signed_in(lead), []
    for number in (1, 5):
        for each in range(number):
            request = ask(email=f"p{number}-{each}@example.org")
            services.send_opinion(request=request, at=timezone.now(), **SAID)
            answer(lead, request.suggestions.first())
        waiting = ask(email=f"last{number}@example.org")
        with CaptureQueriesContext(connection) as found:
            assert staff.get(list_of(draft)).status_code == 200
            assert client.get(link_to(waiting)).status_code == 200
        counts.append(len(found))

    assert counts[0] == counts[1]
    assert counts[1] < 30
