"""Links, packets, the profile and short codes: what others see, what they do not, and who decides."""

import html
import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from issuance import link_page, services
from issuance.models import Consent, Disclosure, ShareLink, ShareLinkItem, ShortCode
from issuance.services.codes import read_code


@pytest.fixture
def make_link(make_signed, learner):
    def make(count=2, *, awards=None, make=services.share_together, **fields):
        awards = awards or [make_signed(learner=learner).award for _ in range(count)]
        return make(
            **{
                "actor": learner.user,
                "awards": awards,
                "title": "For my application",
                "purpose": "residency",
                "recipients": "named",
                "recipients_text": "Northfield",
                "sign_in_method": "password",
                "at": timezone.now(),
            }
            | fields
        )

    return make


def packet_of(make_link, **fields):
    at = timezone.now()
    return make_link(make=services.make_packet, season=services.open_seasons(at.date())[0].year, as_of=at, **fields)


# The consent ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "missing",
    [
        {"awards": []},  # the records
        {"purpose": ""},
        {"purpose": "other", "purpose_text": "  "},
        {"recipients": ""},
        {"recipients_text": " "},
        {"sign_in_method": ""},  # who approved
    ],
)
def test_without_one_of_the_four_elements_there_is_no_link(make_link, make_signed, learner, missing):
    """34 CFR 99.30 b and d."""
    awards = [make_signed(learner=learner).award]

    with pytest.raises(Invalid):
        services.share_together(
            **{
                "actor": learner.user,
                "awards": awards,
                "title": "A",
                "purpose": "residency",
                "recipients": "named",
                "recipients_text": "Northfield",
                "sign_in_method": "password",
                "at": timezone.now(),
            }
            | missing
        )

    assert (Consent.objects.count(), ShareLink.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "missing",
    [{"sign_in_method": ""}, {"purpose": ""}, {"purpose": "other"}, {"recipients": "named"}, {"recipients": ""}],
)
def test_the_database_takes_no_consent_without_its_elements(learner, missing):
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            **{
                "learner": learner,
                "purpose": "residency",
                "recipients": "anyone-with-link",
                "wording": "I agree.",
                "wording_version": "1",
                "sign_in_method": "password",
                "given_at": timezone.now(),
            }
            | missing
        )


# Acceptance check A1 -------------------------------------------------------------------------------------------------
def test_a_link_shows_five_chosen_badges_in_their_order_and_nothing_of_the_others(sign_in, make_signed, learner):
    """DOMAIN A1."""
    awards = [make_signed(learner=learner).award for _ in range(7)]
    chosen = [awards[4], awards[1], awards[6], awards[0], awards[3]]
    client, url = sign_in(learner.user), reverse("issuance:link-create")
    values = {
        "title": "Program X",
        "badges": [award.public_id for award in chosen],
        "highlighted": [award.public_id for award in chosen[:3]],
        "recipients": "program",
        "recipients_text": "Program X",
        "purpose": "residency",
    } | {f"position_{award.public_id}": number for number, award in enumerate(chosen, 1)}
    shown = client.post(url, values | {"preview": "1"}).context["form"]["shown"].value()
    client.post(url, values | {"agree": "on", "shown": shown})

    page = Client().get(ShareLink.objects.get().get_absolute_url()).content.decode()

    places = [page.index(award.credential_version.title) for award in chosen]
    assert places == sorted(places)
    assert page.count("Most meaningful") == 3
    for award in set(awards) - set(chosen):
        for word in (award.credential_version.title, award.credential.code, str(award.public_id)):
            assert word not in page


# Making one ----------------------------------------------------------------------------------------------------------
def test_a_button_moves_a_badge_and_keeps_what_was_filled_in(sign_in, make_signed, learner):
    first, second = (make_signed(learner=learner).award for _ in range(2))
    client, url = sign_in(learner.user), reverse("issuance:link-create")

    page = client.post(
        url, {"title": "Mine", "badges": [first.public_id, second.public_id], "move": f"down:{first.public_id}"}
    )

    assert page.status_code == 200
    assert [row["award"] for row in page.context["rows"]] == [second, first]
    assert page.context["form"]["title"].value() == "Mine"
    statement = page.context["statement"]
    assert statement and ShareLink.objects.count() == 0
    assert client.post(url, {"title": "A", "move": "up:nothing"}).status_code == 200


def test_an_eleventh_badge_and_a_fourth_mark_are_refused(make_link, make_signed, learner, sign_in):
    awards = [make_signed(learner=learner).award for _ in range(11)]

    with pytest.raises(Invalid, match="at most 10"):
        make_link(awards=awards)
    with pytest.raises(Invalid, match="at most 3"):
        make_link(awards=awards[:5], highlighted=awards[:4])
    page = sign_in(learner.user).post(
        reverse("issuance:link-create"), {"title": "A", "badges": [award.public_id for award in awards], "agree": "on"}
    )
    assert page.status_code == 422 and b"at most 10" in page.content
    assert Consent.objects.count() == 0


# Changing one --------------------------------------------------------------------------------------------------------
def titles(link):
    return [item.award_id for item in link.items.order_by("position")]


def test_badges_of_a_link_are_moved_marked_and_dropped_by_buttons(sign_in, make_link):
    link = make_link(3)
    first, second, third = (item.award for item in link.items.order_by("position"))
    client = sign_in(link.consent.learner.user)

    def press(award, do):
        return client.post(reverse("issuance:link-item", args=[link.token, award.public_id]), {"do": do})

    assert press(third, "up").status_code == 302
    assert titles(link) == [first.pk, third.pk, second.pk]
    press(first, "up")
    press(second, "down")
    assert titles(link) == [first.pk, third.pk, second.pk]
    press(third, "mark")
    assert link.items.get(is_highlighted=True).award == third
    press(third, "unmark")
    assert not link.items.filter(is_highlighted=True).exists()
    press(first, "drop")
    press(third, "drop")
    press(second, "drop")  # the last one stays
    assert titles(link) == [second.pk]
    press(second, "nothing")


def test_a_link_of_somebody_else_is_not_found_and_not_changed(sign_in, make_link, make_learner):
    link = make_link()
    item = link.items.order_by("position").first()
    other = sign_in(make_learner(name="Kim Alder").user)

    for name in ("link-detail", "link-preview", "link-sheet", "link-text"):
        assert other.get(reverse(f"issuance:{name}", args=[link.token])).status_code == 404
    url = reverse("issuance:link-item", args=[link.token, item.award.public_id])
    assert other.post(url, {"do": "drop"}).status_code == 404
    with pytest.raises(NotAllowed):
        services.drop_item(actor=make_learner(name="A").user, link=link, award=item.award, at=timezone.now())
    assert link.items.count() == 2


def test_nothing_of_a_withdrawn_link_is_changed(make_link):
    link = make_link()
    award = link.items.first().award
    services.withdraw_consent(actor=link.consent.learner.user, consent=link.consent, at=timezone.now())

    with pytest.raises(Conflict):
        services.mark_item(
            actor=link.consent.learner.user, link=link, award=award, is_highlighted=True, at=timezone.now()
        )


# What others see -----------------------------------------------------------------------------------------------------
def test_the_owners_look_is_exactly_what_others_see_and_is_not_counted(sign_in, make_link, monkeypatch):
    link = make_link()
    client = sign_in(link.consent.learner.user)
    at = timezone.now()
    monkeypatch.setattr("django.utils.timezone.now", lambda: at)

    for own, public in (("link-preview", ""), ("link-sheet", "/summary")):
        before = Disclosure.objects.count()
        mine = client.get(reverse(f"issuance:{own}", args=[link.token]))
        assert Disclosure.objects.count() == before
        theirs = Client().get(f"/s/{link.token}{public}")
        assert mine.content == theirs.content
        assert b"Do not pass it on" in theirs.content and b"Northfield" in theirs.content


def test_the_log_says_when_and_which_link_and_nothing_of_whom(sign_in, make_link):
    link = make_link()
    Client().get(f"/s/{link.token}", headers={"user-agent": "Somebody/1.0"}, REMOTE_ADDR="203.0.113.9")
    Client().head(f"/s/{link.token}")

    page = sign_in(link.consent.learner.user).get(reverse("issuance:view-log")).content.decode()

    assert page.count(link.title) == 1
    assert "203.0.113.9" not in page
    assert Disclosure.objects.filter(link=link).values("at").distinct().count() == 1
    fields = {field.name for field in Disclosure._meta.get_fields()}
    assert not fields & {"address", "agent", "ip"}


def test_a_page_of_ten_badges_asks_a_fixed_number_of_questions(make_link, django_assert_max_num_queries):
    link = make_link(10)
    address = f"/s/{link.token}"
    Client().get(address)

    with django_assert_max_num_queries(19):
        assert Client().get(address).content.count(b"verify__seal") == 10


# The packet ----------------------------------------------------------------------------------------------------------
def test_a_packet_holds_its_date_its_badges_and_live_checks(make_link, revoke):
    packet = packet_of(make_link)
    award = packet.items.order_by("position").first().award
    page = Client().get(f"/s/{packet.token}").content.decode()
    assert "Application packet" in page and "Badges awarded before" in page
    assert page.count("Passed") >= 4  # the checks of each badge, on one page

    revoke(award)

    assert "Revoked by the issuer" in Client().get(f"/s/{packet.token}").content.decode()


def test_a_packet_takes_nothing_that_came_after_its_date(make_link, make_signed, learner):
    at = timezone.now()
    early = make_signed(learner=learner, awarded_at=at - timedelta(days=30)).award
    late = make_signed(learner=learner, awarded_at=at - timedelta(days=1)).award

    with pytest.raises(Invalid, match=re.escape(late.credential_version.title)):
        packet_of(lambda **given: make_link(**given | {"as_of": at - timedelta(days=7)}), awards=[early, late])
    with pytest.raises(Invalid, match="future"):
        packet_of(lambda **given: make_link(**given | {"as_of": at + timedelta(days=7)}), awards=[early])
    with pytest.raises(Invalid, match="season"):
        packet_of(lambda **given: make_link(**given | {"season": 2020}), awards=[early])
    assert (ShareLink.objects.count(), Consent.objects.count()) == (0, 0)


def test_a_packet_is_frozen_in_service_and_database(make_link, learner):
    packet = packet_of(make_link)
    award = packet.items.first().award

    with pytest.raises(Conflict, match="frozen"):
        services.drop_item(actor=learner.user, link=packet, award=award, at=timezone.now())
    for change in (
        lambda: ShareLink.objects.filter(pk=packet.pk).update(as_of=timezone.now()),
        lambda: ShareLink.objects.filter(pk=packet.pk).update(season=2031),
        lambda: ShareLinkItem.objects.filter(link=packet).update(is_highlighted=True),
        lambda: ShareLinkItem.objects.filter(link=packet).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_a_packet_is_made_on_its_page(sign_in, make_signed, learner):
    award = make_signed(learner=learner).award
    client, url = sign_in(learner.user), reverse("issuance:packet-create")
    page = client.get(url)
    season = page.context["form"].fields["season"].choices[0][0]
    values = {
        "title": "My season",
        "badges": [award.public_id],
        "season": season,
        "as_of": timezone.localdate().isoformat(),
        "ends_on": page.context["form"]["ends_on"].value().isoformat(),
    }
    shown = client.post(url, values | {"preview": "1"})
    assert "programs that I apply to" in shown.context["statement"]

    response = client.post(url, values | {"agree": "on", "shown": shown.context["form"]["shown"].value()})

    assert response.status_code == 302, response.context["form"].errors
    packet = ShareLink.objects.get()
    assert response["Location"] == reverse("issuance:link-detail", args=[packet.token])
    assert (packet.kind, packet.season) == ("packet", season)
    assert packet.ends_at is not None
    refused = client.post(url, values | {"as_of": "2090-01-01", "agree": "on"})
    assert refused.status_code == 422 and b"cannot lie in the future" in refused.content


def test_the_lines_to_paste_are_plain_text_that_says_enough(sign_in, make_link):
    packet = packet_of(make_link)
    client = sign_in(packet.consent.learner.user)

    text = client.get(reverse("issuance:link-text", args=[packet.token])).content.decode()

    lines = text.strip().split("\n")
    assert len(lines) == 4
    for item, line in zip(packet.items.order_by("position"), lines, strict=False):
        version = item.award.credential_version
        for word in (version.title, "Larkmoor University", "awarded Sep", "8 hours", "case analysis"):
            assert word in line
    assert lines[2].startswith("All awarded before ")
    assert lines[3] == f"Check them all: http://testserver/c/{packet.short_code}"
    assert not set(text) & set("<>*_`#")
    assert html.escape(lines[0]) in client.get(reverse("issuance:link-detail", args=[packet.token])).content.decode()


def test_the_sheet_names_code_address_and_date(make_link):
    packet = packet_of(make_link)

    page = Client().get(f"/s/{packet.token}/summary").content.decode()

    assert str(packet.short_code) in page
    assert f"http://testserver/s/{packet.token}" in page
    assert "Badges awarded before" in page
    assert "<script" not in page


# The profile ---------------------------------------------------------------------------------------------------------
def test_a_new_account_has_no_profile_and_an_open_one_is_found_by_nobody_until_that_is_chosen(
    sign_in, make_link, learner
):
    """DOMAIN B18."""
    assert Client().get(f"/p/{learner.public_id}").status_code == 404
    assert services.profile_of(learner.user, timezone.now()).count() == 0

    profile = make_link(make=services.open_profile)
    quiet = Client().get(profile.get_absolute_url())
    assert quiet.status_code == 200
    assert quiet["X-Robots-Tag"] == "noindex, nofollow, noarchive"
    assert profile.get_absolute_url() == f"/p/{profile.token}"
    assert Client().get(f"/s/{profile.token}").status_code == 404

    found = make_link(make=services.open_profile, is_discoverable=True)
    assert found.get_absolute_url() == profile.get_absolute_url()
    loud = Client().get(found.get_absolute_url())
    assert loud["X-Robots-Tag"].startswith("index")
    assert loud["Referrer-Policy"] == "no-referrer"
    assert "search engines included" in found.consent.wording
    profile.consent.refresh_from_db()
    assert profile.consent.withdrawn_at is not None
    assert services.profile_of(learner.user, timezone.now()).get() == found

    services.withdraw_consent(actor=learner.user, consent=found.consent, at=timezone.now())
    gone = Client().get(found.get_absolute_url())
    assert gone.status_code == 404 and gone["X-Robots-Tag"].startswith("noindex")


def test_the_profile_is_opened_on_its_page(sign_in, make_signed, learner):
    award = make_signed(learner=learner).award
    client, url = sign_in(learner.user), reverse("issuance:profile-edit")
    values = {"title": "Medical student", "badges": [award.public_id]}
    shown = client.post(url, values | {"preview": "1"})
    assert "to the public," in shown.context["statement"]

    client.post(url, values | {"agree": "on", "shown": shown.context["form"]["shown"].value()})

    profile = ShareLink.objects.get()
    assert profile.kind == "profile" and not profile.is_discoverable
    assert b"Your profile is open" in client.get(url).content
    assert client.get(f"/v/{award.public_id}").status_code == 200


def test_only_a_profile_can_be_found_by_search_engines(make_link):
    link = make_link()

    with pytest.raises(IntegrityError), transaction.atomic():
        ShareLink.objects.filter(pk=link.pk).update(is_discoverable=True)


# Short codes ---------------------------------------------------------------------------------------------------------
def test_a_code_opens_what_its_address_opens_and_no_more(make_signed, give, make_link):
    award = make_signed().award
    code = services.code_of(award, at=timezone.now())
    assert code == services.code_of(award, at=timezone.now())
    assert len(code.code) == 12
    client = Client()

    private, unknown = client.get(f"/c/{code}"), client.get("/c/2222-2222-2222")
    assert private.status_code == unknown.status_code == 404
    assert private.content == unknown.content

    consent = give(award)
    for typed in (str(code), code.code.lower(), f"  {code.code[:4]} {code.code[4:]}"):
        assert client.get("/c/", {"code": typed})["Location"] == f"/v/{award.public_id}"
    assert client.get(f"/c/{code}")["Location"] == f"/v/{award.public_id}"
    services.withdraw_consent(actor=award.learner.user, consent=consent, at=timezone.now())
    gone = client.get("/c/", {"code": str(code)})
    assert gone.status_code == 422 and b"Nothing is shown under this code" in gone.content

    link = make_link()
    assert client.get(f"/c/{services.code_of(link, at=timezone.now())}")["Location"] == f"/s/{link.token}"


def test_entering_codes_is_limited(db, settings):
    settings.RATE_LIMITS = settings.RATE_LIMITS | {"code": 2}
    client = Client(REMOTE_ADDR="203.0.113.77")

    answers = [client.get("/c/2222-2222-2222").status_code for _ in range(3)]

    assert answers == [404, 404, 429]
    assert client.get("/c/", {"code": "x"}).status_code == 429


def test_what_cannot_be_a_code_is_said_so(db):
    assert read_code("0000-0000-0000") == "" and read_code("") == ""
    page = Client(REMOTE_ADDR="203.0.113.78").get("/c/", {"code": "hello"})

    assert page.status_code == 422
    assert b"twelve letters and digits" in page.content


def test_a_code_opens_one_thing(make_signed, make_link):
    award, link = make_signed().award, make_link()

    for given in ({}, {"award": award, "link": link}):
        with pytest.raises(IntegrityError), transaction.atomic():
            ShortCode.objects.create(created_at=timezone.now(), **given)


# Hand-overs ----------------------------------------------------------------------------------------------------------
def test_every_share_target_leads_to_an_address_that_answers(sign_in, make_shared, make_certificate):
    """DOMAIN B1."""
    valid_until = timezone.now() + timedelta(days=400)
    award = make_shared(valid_until=valid_until).award
    make_certificate(award)
    client = sign_in(award.learner.user)
    page = client.get(reverse("issuance:share", args=[award.public_id]))
    stranger, address = Client(), f"http://testserver/v/{award.public_id}"

    linkedin = parse_qs(urlsplit(page.context["linkedin"]).query)
    ends = timezone.localtime(award.valid_until)
    assert linkedin == {
        "startTask": ["CERTIFICATION_NAME"],
        "name": [award.credential_version.title],
        "organizationName": [award.credential.organization.name],
        "issueYear": ["2026"],
        "issueMonth": ["9"],
        "expirationYear": [str(ends.year)],
        "expirationMonth": [str(ends.month)],
        "certUrl": [address],
        "certId": [str(award.public_id)],
    }
    embed, signature = page.context["embed"], page.context["signature"]
    found = {
        linkedin["certUrl"][0],
        page.context["address"],
        *re.findall(r'(?:href|src)="([^"]+)"', embed),
        *re.findall(r'href="([^"]+)"', signature["html"]),
        signature["text"].split(": ")[-1],
        f"http://testserver/c/{page.context['code']}",
    }
    assert len(found) == 3
    for url in found:
        assert stranger.get(urlsplit(url).path, follow=True).status_code == 200, url
    for form in ("json", "png", "svg", "pdf"):
        assert client.get(reverse("issuance:own-file", args=[award.public_id, form])).status_code == 200
    assert "<script" not in embed + signature["html"]
    assert "print" in page.content.decode()


def test_no_hand_over_comes_before_the_consent(sign_in, make_signed):
    """DESIGN 4."""
    award = make_signed().award
    client = sign_in(award.learner.user)

    page = client.get(reverse("issuance:share", args=[award.public_id])).content.decode()

    for word in ("linkedin", f"/v/{award.public_id}", "embed", "signature", "/c/"):
        assert word not in page
    assert ShortCode.objects.count() == 0


def test_words_of_an_award_are_escaped_in_what_is_handed_over(make_shared, make_version, sign_in):
    award = make_shared(version=make_version(title="Roles <b> & Teams")).award

    page = sign_in(award.learner.user).get(reverse("issuance:share", args=[award.public_id]))

    assert "<b>" not in page.context["embed"] + page.context["signature"]["html"]
    assert "Roles &lt;b&gt; &amp; Teams" in page.context["signature"]["html"]


def test_the_lines_hold_no_markup_whatever_a_title_says(make_link, make_signed, make_version, learner):
    link = make_link(awards=[make_signed(learner=learner, version=make_version(title="Roles <b>*x*</b>")).award])

    assert not set(link_page.lines(link, at=timezone.now())) & set("<>*`")


# By theme ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def themed(make_signed, make_version, learner):
    """Three badges: the first and the last of one theme."""
    themes = [("Team talk", "Teams"), ("Ward round", "Bedside"), ("Handover", "Teams")]
    return [
        make_signed(learner=learner, version=make_version(title=title, theme=theme)).award for title, theme in themes
    ]


def titles_in(text):
    words = ("Team talk", "Ward round", "Handover", "Bedside", "Teams")
    return [word for _place, word in sorted((text.index(word), word) for word in words if word in text)]


@pytest.mark.parametrize("make", ["share_together", "make_packet"])
def test_a1_badges_stand_by_theme_on_page_sheet_and_lines_when_the_learner_says_so(make_link, themed, client, make):
    at = timezone.now()
    fields = {"season": services.open_seasons(at.date())[0].year, "as_of": at} if make == "make_packet" else {}

    link = make_link(awards=themed, make=getattr(services, make), is_by_theme=True, **fields)

    expected = ["Teams", "Team talk", "Handover", "Bedside", "Ward round"]
    page = client.get(f"/s/{link.token}").content.decode()
    sheet = client.get(f"/s/{link.token}/summary").content.decode()
    assert titles_in(page[page.index("<h2") :]) == expected
    assert titles_in(sheet[sheet.index("<h2") :]) == expected
    lines = link_page.lines(link, at=at).splitlines()
    assert [lines[0], lines[3]] == ["Teams:", "Bedside:"]
    assert titles_in("\n".join(lines)) == expected


def test_without_a_choice_they_stand_as_they_were_ordered_and_no_theme_is_named(make_link, themed, client):
    link = make_link(awards=themed)

    page = client.get(f"/s/{link.token}")

    assert [row["title"] for row in page.context["rows"]] == ["Team talk", "Ward round", "Handover"]
    assert [group["theme"] for group in page.context["groups"]] == [""]
    assert "Teams:" not in link_page.lines(link, at=timezone.now())


def test_designations_and_badges_without_a_theme_stand_together(make_link, make_signed, make_version, learner, client):
    plain = make_signed(learner=learner, version=make_version(title="Plain", theme="")).award
    named = make_signed(learner=learner, version=make_version(title="Named", theme="Teams")).award
    whole = make_signed(learner=learner, version=make_version(title="Whole", kind="designation")).award

    page = client.get(f"/s/{make_link(awards=[named, plain, whole], is_by_theme=True).token}")

    assert [group["theme"] for group in page.context["groups"]] == ["Teams", "Without a theme", "Designations"]


def test_the_form_asks_how_they_stand_and_the_owner_changes_it_later(sign_in, themed, learner, make_learner, client):
    owner, url = sign_in(learner.user), reverse("issuance:link-create")
    values = {
        "title": "Mine",
        "recipients": "anyone",
        "purpose": "residency",
        "badges": [award.public_id for award in themed],
        "arrangement": "by-theme",
    }
    shown = owner.post(url, values | {"preview": "1"}).context["form"]["shown"].value()
    assert owner.post(url, values | {"agree": "on", "shown": shown}).status_code == 302
    link = ShareLink.objects.get()
    assert link.is_by_theme
    address = reverse("issuance:link-arrange", args=[link.token])

    detail = owner.get(reverse("issuance:link-detail", args=[link.token])).content.decode()
    answer = owner.post(address, {"do": "ordered"})

    assert "They stand by theme" in detail and answer.status_code == 302
    link.refresh_from_db()
    assert not link.is_by_theme
    owner.post(address, {"do": "by-theme"})
    link.refresh_from_db()
    assert link.is_by_theme
    stranger = Client()
    stranger.force_login(make_learner(name="Ash").user)
    assert stranger.post(address, {"do": "ordered"}).status_code == 404
    assert ShareLink.objects.get().is_by_theme


def test_a_packet_and_a_withdrawn_link_stay_as_they_are(make_link, learner, make_learner):
    packet, link = packet_of(make_link), make_link()
    services.withdraw_consent(actor=learner.user, consent=link.consent, at=timezone.now())

    for each, actor, refusal in (
        (packet, learner.user, Conflict),
        (link, learner.user, Conflict),
        (link, make_learner(name="Ash").user, NotAllowed),
    ):
        with pytest.raises(refusal):
            services.arrange_link(actor=actor, link=each, is_by_theme=True, at=timezone.now())
    assert not ShareLink.objects.filter(is_by_theme=True).exists()
