"""What a stranger tries on links, profiles, watches, questions and the API of the registry."""

import base64
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, NotAllowed
from config.permissions import Role
from issuance import handover, services
from issuance.models import Archive, ShareLink, VerifierQuestion, Watch
from issuance.vc_api import tokens

LONG_ADDRESS = "a" * 260 + "@northfield.example.org"  # forms take 320 letters, columns 254
SCRIPT = "<script>alert(1)</script>"


def link_over(awards, actor, make=services.share_together, **fields):
    given = {"title": "Mine", "sign_in_method": "password", "at": timezone.now()}
    if make is services.share_together:
        given |= {"purpose": "residency", "recipients": "named", "recipients_text": "Northfield"}
    if make is services.open_profile:
        given |= {"purpose": "profile"}
    return make(actor=actor, awards=awards, **given | fields)


def make_list(document):
    made = services.start_list(rows=[services.Given(given=f"/v/{document.award.public_id}")], at=timezone.now())
    while services.check_next_row(at=timezone.now()):
        pass
    return made


# Other people's records ----------------------------------------------------------------------------------------------
def test_nobody_puts_anothers_badge_on_a_link_a_packet_or_a_profile(make_signed, learner, make_learner):
    own, foreign = make_signed(learner=learner).award, make_signed(learner=make_learner()).award
    season = services.open_seasons(timezone.localdate())[0].year

    for make, more in (
        (services.share_together, {}),
        (services.open_profile, {}),
        (
            services.make_packet,
            {
                "season": season,
                "as_of": timezone.now(),
                "purpose": "residency",
                "recipients": "named",
                "recipients_text": "Northfield",
            },
        ),
    ):
        with pytest.raises(NotAllowed):
            link_over([own, foreign], learner.user, make, **more)
    assert not ShareLink.objects.exists()


def test_a_link_of_another_is_not_read_moved_or_marked(make_signed, learner, make_learner, sign_in):
    link = link_over([make_signed(learner=learner).award for _number in range(2)], learner.user)
    item = link.items.order_by("position").first()
    client = sign_in(make_learner().user)

    pages = [reverse(f"issuance:{name}", args=[link.token]) for name in ("link-detail", "link-preview", "link-sheet")]
    assert [client.get(each).status_code for each in (*pages, reverse("issuance:link-text", args=[link.token]))] == [
        404
    ] * 4
    change = reverse("issuance:link-item", args=[link.token, item.award.public_id])
    assert [client.post(change, {"do": each}).status_code for each in ("down", "drop", "mark")] == [404] * 3
    withdraw = reverse("issuance:consent-withdraw", args=[link.consent.public_id])
    assert client.post(withdraw).status_code == 404
    assert link.items.order_by("position").first() == item
    with pytest.raises(NotAllowed):
        services.drop_item(actor=make_learner().user, link=link, award=item.award, at=timezone.now())


def test_an_archive_of_another_is_not_given_out(learner, make_learner, sign_in, media):
    archive = services.request_archive(actor=learner.user, learner=learner, at=timezone.now())
    services.make_archives(limit=1, at=timezone.now())
    archive.refresh_from_db()
    other = make_learner()

    with pytest.raises(NotAllowed):
        services.request_archive(actor=other.user, learner=learner, at=timezone.now())
    url = reverse("issuance:archive-file", args=[archive.public_id])
    assert sign_in(other.user).get(url).status_code == 404
    own = sign_in(learner.user).get(url)
    assert own.status_code == 200
    assert own.getvalue()[:2] == b"PK"
    Archive.objects.update(keep_until=timezone.now() - timedelta(seconds=1))
    assert sign_in(learner.user).get(url).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_profiles_opened_at_the_same_moment_leave_one(make_signed, learner, together):
    awards = [make_signed(learner=learner).award for _number in range(2)]

    together(*(lambda each=each: link_over([each], learner.user, services.open_profile) for each in awards))

    assert services.profile_of(learner.user, timezone.now()).count() == 1


def test_a_title_of_a_link_is_text_wherever_it_is_shown(make_signed, learner, sign_in):
    link = link_over([make_signed(learner=learner).award], learner.user, title=SCRIPT)
    client = sign_in(learner.user)

    pages = [
        Client().get(link.get_absolute_url()),
        Client().get(f"{link.get_absolute_url()}/summary"),
        client.get(reverse("issuance:link-detail", args=[link.token])),
        client.get(reverse("issuance:share-center")),
    ]
    assert [each.status_code for each in pages] == [200] * 4
    assert not any(SCRIPT in each.content.decode() for each in pages)
    assert SCRIPT not in handover.link_signature(link, "https://signet.example.org/s/x")["html"]


# Watches and questions -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["watch", "ask"])
def test_an_address_longer_than_its_column_is_refused_and_not_an_error(client, make_shared, name):
    document = make_shared()
    if name == "watch":
        url, given = f"/check/list/{make_list(document).token}/watch", {"ends_on": f"{timezone.localdate():%Y-%m-%d}"}
    else:
        url, given = f"/v/{document.award.public_id}/ask", {"asker": "Northfield", "text": "Is it so?"}

    assert client.post(url, given | {"email": LONG_ADDRESS}).status_code == 422
    assert not Watch.objects.exists() and not VerifierQuestion.objects.exists()


@pytest.mark.parametrize(
    "email", ["a@b.example\nBcc: c@d.example", "a@b.example, c@d.example", "a@b.example\r\n\r\nHi"]
)
def test_no_second_address_and_no_header_goes_into_a_watch(client, make_shared, email):
    url = f"/check/list/{make_list(make_shared()).token}/watch"

    assert client.post(url, {"email": email, "ends_on": f"{timezone.localdate():%Y-%m-%d}"}).status_code == 422
    assert not Watch.objects.exists()


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_a_day_at_the_edge_of_time_is_refused(client, make_shared, day):
    url = f"/check/list/{make_list(make_shared()).token}/watch"

    assert client.post(url, {"email": "a@northfield.example.org", "ends_on": day}).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_an_address_asked_from_many_places_at_once_is_asked_three_times(make_shared, together):
    made, at = make_list(make_shared()), timezone.now()

    answers = together(
        *(
            lambda: services.ask_to_watch(
                badge_list=made, email="a@northfield.example.org", ends_at=at + timedelta(days=9), at=at
            )
            for _number in range(8)
        )
    )

    assert Watch.objects.count() == 3
    assert sum(isinstance(each, Conflict) for each in answers) == 5


def test_a_question_is_text_in_the_inbox_and_one_address_in_its_answer(make_shared, make_user, sign_in):
    document = make_shared()
    services.ask_registrar(
        public_id=document.award.public_id,
        asker=SCRIPT,
        email="a?bcc=thief&subject=x@northfield.example.org",
        text=SCRIPT,
        at=timezone.now(),
    )
    question = VerifierQuestion.objects.get()

    client = sign_in(make_user(Role.REGISTRAR))
    listed, shown = client.get(reverse("issuance:question-list")), client.get(question.get_absolute_url())

    assert (listed.status_code, shown.status_code) == (200, 200)
    assert SCRIPT not in listed.content.decode() + shown.content.decode()
    assert "mailto:a%3Fbcc%3Dthief%26subject%3Dx@northfield.example.org?subject=" in shown.content.decode()


def test_a_question_of_another_school_is_neither_seen_nor_closed(make_shared, make_user, make_organization, sign_in):
    document = make_shared()
    question = services.ask_registrar(
        public_id=document.award.public_id, asker="A", email="a@b.example", text="So?", at=timezone.now()
    )
    foreign = make_user(Role.REGISTRAR, scope=make_organization(slug="elsewhere"))

    assert sign_in(foreign).get(question.get_absolute_url()).status_code == 404
    with pytest.raises(NotAllowed):
        services.close_question(actor=foreign, question=question, note="Done.", at=timezone.now())


# The API -------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "said", ["p=abc", "p=1.5", "p=99999999999999999999", "p=%00", "o=-1", "r=x", "o=abc&p=", "\xff"]
)
@pytest.mark.parametrize("path", ["/api/v1/catalog", "/api/v1/awards"])
def test_a_forged_cursor_is_refused_and_not_an_error(client, organization, administrator, version, path, said):
    cursor = base64.b64encode(said.encode("latin-1")).decode()
    headers = {}
    if path.endswith("awards"):
        made = tokens.create_token(organization=organization, name="A", scopes=["awards:read"], at=timezone.now())
        headers = {"Authorization": f"Bearer {made[1]}"}

    answer = client.get(path, {"cursor": cursor, "page_size": "7"}, headers=headers)

    assert answer.status_code in {200, 404}


@pytest.mark.parametrize("path", ["/api/v1/verify/many", "/api/v1/verify"])
@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"items":' + b'[{"credential":' * 50_000,
        b'{"items":[{"link":"\\ud800"}]}',
        b'{"items":[{"link":"\\u0000"}]}',
        b'{"items":[{"credential":{"a":1e999}}]}',
        b'{"items":[{"credential":{"a":' + b"9" * 5000 + b"}}]}",
        b'{"items":[{"credential":{"\\ud800":1}}]}',
        b"null",
        b'{"items":{"0":{}}}',
    ],
    ids=["deep", "deep-items", "surrogate", "null", "infinite", "long-number", "surrogate-key", "nothing", "object"],
)
def test_json_made_to_break_a_reader_is_refused(client, db, path, body):
    answer = client.generic("POST", path, body, content_type="application/json")

    assert 200 <= answer.status_code < 500
    if answer.status_code >= 400:
        assert json.loads(answer.content)["status"] == answer.status_code


def test_a_token_reads_its_school_alone_and_its_scope_alone(client, make_signed, make_organization, organization):
    make_signed()
    elsewhere = make_organization(slug="elsewhere", is_issuer=True, did_path="orgs:elsewhere")
    foreign = tokens.create_token(organization=elsewhere, name="A", scopes=["awards:read"], at=timezone.now())[1]
    other = tokens.create_token(organization=organization, name="B", scopes=["credentials:issue"], at=timezone.now())[1]

    assert client.get("/api/v1/awards").status_code == 401
    assert client.get("/api/v1/awards", headers={"Authorization": f"Bearer {other}"}).status_code == 403
    answer = client.get("/api/v1/awards", headers={"Authorization": f"Bearer {foreign}"})
    assert (answer.status_code, answer.json()["results"]) == (200, [])
