"""The learner decides on these pages; nobody else gets in, and nothing prints an address before the consent."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from issuance import services
from issuance.models import Consent, ShareLink, Transcript

HTMX = {"HX-Request": "true"}


def share_url(award):
    return reverse("issuance:share", args=[award.public_id])


def agreed(client, award, **values):
    """Fill in the form of the page and send it."""
    page = client.get(share_url(award))
    return client.post(
        share_url(award),
        {"purpose": "residency", "agree": "on", "shown": page.context["form"]["shown"].value()} | values,
    )


def test_the_statement_on_the_page_is_the_one_that_is_stored(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user)

    page = client.get(share_url(award))
    statement = page.context["statement"]
    assert statement in page.content.decode()
    assert "agree" in page.content.decode()
    response = agreed(client, award)

    assert response.status_code == 302
    given = Consent.objects.get()
    assert given.wording == statement
    assert given.sign_in_method == "password"


def test_another_purpose_shows_another_statement_before_it_counts(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user, methods=("password", "mfa"))

    refused = agreed(client, award, purpose="employment")
    assert refused.status_code == 422
    assert b"Read it again" in refused.content
    assert Consent.objects.count() == 0
    assert not refused.context["form"]["agree"].value()

    shown = refused.context["form"]["shown"].value()
    client.post(share_url(award), {"purpose": "employment", "agree": "on", "shown": shown})
    given = Consent.objects.get()
    assert given.wording == refused.context["statement"]
    assert given.sign_in_method == "password, mfa"


def test_who_agreed_to_other_words_reads_that_they_changed_and_keeps_what_they_entered(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user)
    chosen = {"purpose": "other", "purpose_text": "A fellowship", "ends_on": f"{timezone.localdate().year + 1}-01-31"}
    first = client.get(share_url(award)).context["form"]["shown"].value()

    part = client.post(share_url(award), chosen | {"agree": "on", "shown": first, "preview": "1"}, headers=HTMX)
    form = part.context["form"]
    anew = chosen | {"shown": form["shown"].value(), "agreed": form["agreed"].value()}
    refused = client.post(share_url(award), anew)

    for answer in (part, refused):
        assert "The wording changed" in answer.content.decode()
        assert not answer.context["form"]["agree"].value()
        assert {name: answer.context["form"][name].value() for name in chosen} == chosen
    assert "Agree to the statement, or leave" not in refused.content.decode()
    assert "Agree to it anew" in refused.content.decode()
    assert client.post(share_url(award), anew | {"agree": "on"}).status_code == 302
    assert Consent.objects.get().purpose_text == "A fellowship"


def test_who_never_agreed_is_not_told_that_the_wording_changed(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user)
    shown = client.get(share_url(award)).context["form"]["shown"].value()

    refused = client.post(share_url(award), {"purpose": "employment", "shown": shown}).content.decode()

    assert "Agree to the statement, or leave this page." in refused
    assert "The wording changed" not in refused


def test_the_statement_can_be_looked_at_without_agreeing(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user)

    page = client.post(share_url(award), {"purpose": "profile", "preview": "1"}, headers={"HX-Request": "true"})

    assert page.status_code == 200
    assert "public profile" in page.context["statement"]
    assert b"<html" not in page.content
    assert Consent.objects.count() == 0


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"agree": ""}, b"Agree to the statement"),
        ({"purpose": "other"}, b"Say for what purpose."),
        ({"ends_on": "2020-01-01"}, b"must lie in the future"),
        ({"purpose": "nothing"}, b"valid choice"),
        ({"shown": ""}, b"Read it again"),
    ],
)
def test_a_missing_part_is_named_and_nothing_is_shared(sign_in, make_signed, values, words):
    award = make_signed().award

    response = agreed(sign_in(award.learner.user), award, **values)

    assert response.status_code == 422
    assert words in response.content
    assert Consent.objects.count() == 0


def test_an_old_sign_in_is_renewed_first(sign_in, make_signed):
    award = make_signed().award
    client = sign_in(award.learner.user, seconds_ago=16 * 60)

    for response in (client.get(share_url(award)), client.post(share_url(award), {"agree": "on"})):
        assert response.status_code == 302
        assert response["Location"].startswith(reverse("account_reauthenticate"))
        assert share_url(award).replace("/", "%2F") in response["Location"]
    assert Consent.objects.count() == 0


def test_only_the_holder_gets_to_the_share_page(client, sign_in, make_signed, make_learner, registrar):
    award = make_signed().award

    assert client.get(share_url(award)).status_code == 302
    for user in (make_learner(name="Kim Alder").user, registrar):
        signed_in = sign_in(user)
        assert signed_in.get(share_url(award)).status_code == 404
        assert signed_in.post(share_url(award), {"agree": "on"}).status_code == 404
        assert signed_in.get(reverse("issuance:own-file", args=[award.public_id, "json"])).status_code == 404
    assert sign_in(award.learner.user).get(share_url(award)).status_code == 200


def test_a_badge_that_is_not_signed_yet_is_not_shared(sign_in, issuer, make_award):
    award = make_award()

    assert sign_in(award.learner.user).get(share_url(award))["Location"] == award.get_absolute_url()


def test_after_the_consent_the_page_hands_the_badge_over(sign_in, make_shared):
    award = make_shared().award

    page = sign_in(award.learner.user).get(share_url(award)).content.decode()

    assert f"http://testserver/v/{award.public_id}" in page
    assert "linkedin.com/profile/add?startTask=CERTIFICATION_NAME" in page
    assert f"certId={award.public_id}" in page
    assert "issueYear=2026" in page
    assert "<svg" in page


def test_files_come_after_the_consent(sign_in, make_signed, make_certificate, give):
    document = make_signed()
    award = document.award
    client = sign_in(award.learner.user)
    urls = {form: reverse("issuance:own-file", args=[award.public_id, form]) for form in ("json", "png", "svg", "pdf")}

    for url in urls.values():
        assert client.get(url)["Location"] == share_url(award)
    give(award)
    assert client.get(urls["pdf"])["Location"] == share_url(award)
    certificate = make_certificate(award)

    assert client.get(urls["json"]).content == bytes(document.bytes)
    assert client.get(urls["pdf"]).content == bytes(certificate.bytes)
    assert client.get(urls["png"])["Content-Type"] == "image/png"
    assert client.get(urls["svg"])["Content-Type"] == "image/svg+xml"
    assert client.get(reverse("issuance:own-file", args=[award.public_id, "exe"])).status_code == 404


def test_the_award_page_offers_no_address_before_the_consent(sign_in, make_signed, give, registrar):
    award = make_signed().award
    client = sign_in(award.learner.user)

    before = client.get(award.get_absolute_url()).content.decode()
    assert share_url(award) in before
    assert f"/v/{award.public_id}" not in before
    give(award)
    assert "Address, files and QR code" in client.get(award.get_absolute_url()).content.decode()
    assert (
        reverse("issuance:registrar-award", args=[award.public_id])
        in sign_in(registrar).get(award.get_absolute_url()).content.decode()
    )


# The center ----------------------------------------------------------------------------------------------------------
def test_the_center_lists_and_withdraws(sign_in, make_shared, make_learner):
    award = make_shared().award
    given = Consent.objects.get()
    client = sign_in(award.learner.user)
    url = reverse("issuance:consent-withdraw", args=[given.public_id])

    page = client.get(reverse("issuance:share-center")).content.decode()
    assert award.credential_version.title in page and url in page and f"/v/{award.public_id}" in page
    assert client.get(url).status_code == 405
    assert sign_in(make_learner(name="Kim Alder").user).post(url).status_code == 404
    assert client.get(f"/v/{award.public_id}").status_code == 200

    client = sign_in(award.learner.user)
    assert client.post(url).status_code == 302
    assert client.get(f"/v/{award.public_id}").status_code == 404
    again = client.post(url, follow=True)
    assert b"withdrawn already" in again.content
    assert b"withdrawn" in client.get(reverse("issuance:share-center")).content


def test_the_center_asks_the_same_number_of_questions(sign_in, make_signed, give, learner, django_assert_num_queries):
    client = sign_in(learner.user)
    url = reverse("issuance:share-center")
    give(make_signed(learner=learner).award)
    with CaptureQueriesContext(connection) as first:
        client.get(url)
    for _ in range(3):
        give(make_signed(learner=learner).award)
    with django_assert_num_queries(len(first)):
        client.get(url)
    assert len(first) < 20


def test_staff_have_no_sharing_pages(sign_in, registrar):
    client = sign_in(registrar)

    for name in ("share-center", "link-create"):
        assert client.get(reverse(f"issuance:{name}")).status_code == 404
    assert client.post(reverse("issuance:transcript-request")).status_code == 404


def test_a_link_over_several_badges_is_made_in_two_steps(sign_in, make_signed, learner):
    first, second, third = (make_signed(learner=learner).award for _ in range(3))
    client = sign_in(learner.user)
    url = reverse("issuance:link-create")
    values = {
        "title": "For my application",
        "badges": [first.public_id, third.public_id],
        f"position_{first.public_id}": 2,
        f"position_{third.public_id}": 1,
        "highlighted": [third.public_id],
        "recipients": "program",
        "recipients_text": "Northfield internal medicine",
        "purpose": "residency",
    }

    page = client.post(url, values | {"preview": "1"})
    assert page.status_code == 200
    assert "Northfield internal medicine" in page.context["statement"]
    assert Consent.objects.count() == 0
    response = client.post(url, values | {"agree": "on", "shown": page.context["form"]["shown"].value()})

    link = ShareLink.objects.get()
    assert response["Location"] == reverse("issuance:link-detail", args=[link.token])
    assert [item.award for item in link.items.order_by("position")] == [third, first]
    assert link.consent.wording == page.context["statement"]
    assert set(link.consent.awards.all()) == {first, third}
    client.get(f"/s/{link.token}")
    center = client.get(reverse("issuance:share-center")).content.decode()
    assert f"http://testserver/s/{link.token}" in center and "1 time" in center
    assert second.credential_version.title not in center


def test_a_link_refuses_what_is_missing_and_what_is_not_ones_own(sign_in, make_signed, learner):
    own, foreign = make_signed(learner=learner).award, make_signed().award
    client = sign_in(learner.user)
    url = reverse("issuance:link-create")

    assert b"Choose at least one badge." in client.post(url, {"title": "A", "agree": "on"}).content
    response = client.post(url, {"title": "A", "badges": [foreign.public_id], "agree": "on"})
    assert response.status_code == 422
    response = client.post(
        url,
        {"title": "A", "badges": [own.public_id], "highlighted": [foreign.public_id], "recipients": "program"},
    )
    assert response.status_code == 422
    assert b"Say to whom." in response.content
    assert Consent.objects.count() == 0


# Transcripts ---------------------------------------------------------------------------------------------------------
def test_a_transcript_is_asked_for_made_and_downloaded(sign_in, make_signed, make_learner):
    award = make_signed().award
    client = sign_in(award.learner.user)
    ask = reverse("issuance:transcript-request")

    assert ask in client.get(reverse("learners:award-list")).content.decode()
    client.post(ask)
    client.post(ask)
    transcript = Transcript.objects.get()
    url = reverse("issuance:transcript-file", args=[transcript.public_id])
    assert b"Being made" in client.get(reverse("learners:award-list")).content
    assert client.get(url)["Location"] == reverse("learners:award-list")

    services.make_transcript(transcript, timezone.now())

    assert url in client.get(reverse("learners:award-list")).content.decode()
    response = client.get(url)
    assert response.content == bytes(transcript.documents.get(kind="transcript").bytes)
    assert sign_in(make_learner(name="Kim Alder").user).get(url).status_code == 404
    assert client.get(reverse("issuance:transcript-file", args=[uuid.uuid4()])).status_code == 404


def test_without_a_signed_badge_there_is_no_transcript(sign_in, learner, issuer):
    client = sign_in(learner.user)

    response = client.post(reverse("issuance:transcript-request"), follow=True)

    assert b"no signed badge" in response.content
    assert Transcript.objects.count() == 0


def test_a_consent_that_ended_hides_the_files_again(sign_in, make_signed, give):
    award = make_signed().award
    long_ago = timezone.now() - timedelta(days=3)
    give(award, at=long_ago, ends_at=long_ago + timedelta(days=1))

    response = sign_in(award.learner.user).get(reverse("issuance:own-file", args=[award.public_id, "json"]))

    assert response["Location"] == share_url(award)
