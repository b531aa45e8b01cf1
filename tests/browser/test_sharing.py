"""A learner decides what others see: a packet is made, opened signed out, and withdrawn; the record is read and contradicted."""

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from issuance import services
from issuance.models import KeyPurpose, ShareLink
from learners import services as learners_services
from learners.models import Amendment
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited():
    cache.clear()


@pytest.fixture
def awards(organization, make_award, make_version, learner):
    for purpose in (KeyPurpose.BADGE, KeyPurpose.DOCUMENT):
        services.create_key(organization=organization, purpose=purpose, at=timezone.now())
    made = [
        make_award(learner=learner, version=make_version(title=title), sign_after=timezone.now())
        for title in ("Interprofessional Bedside Rounds", "Clear Notes and Oral Presentations", "Safe Handovers")
    ]
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    return made


def test_a_packet_is_made_opened_and_withdrawn(sign_in, open_page, look, awards, learner, live_server):
    page = sign_in(learner.user)
    page.goto(live_server.url + reverse("issuance:share-center"))
    look(page, "sharing-empty")
    follow(page, page.get_by_role("link", name="Application packet"))
    page.get_by_label("Interprofessional Bedside Rounds", exact=True).check()
    page.get_by_label("Safe Handovers", exact=True).check()
    page.get_by_label("Safe Handovers is most meaningful").check()
    follow(page, page.get_by_role("button", name="Move Safe Handovers up"))
    page.get_by_text("What you agree to").wait_for()
    look(page, "packet-form")
    page.get_by_label("I agree to this statement").check()
    follow(page, page.get_by_role("button", name="Make the packet"))
    look(page, "packet-made")
    packet = ShareLink.objects.get()

    stranger = open_page(f"/s/{packet.token}", bypass_csp=True)
    look(stranger, "packet-public")
    follow(stranger, stranger.get_by_role("link", name="One sheet to print"))
    look(stranger, "packet-sheet")
    sheet = stranger.pdf(format="Letter")
    assert sheet.count(b"/Type /Page\n") + sheet.count(b"/Type /Page ") + sheet.count(b"/Type /Page/") <= 1
    stranger.goto(live_server.url + "/c/")
    stranger.get_by_label("Code").fill(str(packet.short_code).lower())
    follow(stranger, stranger.get_by_role("button", name="Open"))
    assert stranger.url.endswith(f"/s/{packet.token}")

    page.goto(live_server.url + reverse("issuance:share-center"))
    look(page, "sharing-center")
    page.goto(live_server.url + reverse("issuance:view-log"))
    look(page, "view-log")
    page.goto(live_server.url + reverse("issuance:link-detail", args=[packet.token]))
    follow(page, page.get_by_role("button", name="Withdraw the consent"))
    assert stranger.goto(live_server.url + f"/s/{packet.token}").status == 404


def test_a_badge_is_handed_over_and_the_profile_opened(sign_in, open_page, look, awards, learner, live_server):
    services.give_consent(
        actor=learner.user, awards=awards[:1], purpose="residency", sign_in_method="password", at=timezone.now()
    )
    page = sign_in(learner.user)
    page.goto(live_server.url + reverse("issuance:share", args=[awards[0].public_id]))
    look(page, "handed-over")
    page.goto(live_server.url + reverse("issuance:profile-edit"))
    look(page, "profile-form")
    stranger = open_page("/c/?code=nothing", bypass_csp=True)
    look(stranger, "code-refused")
    assert stranger.locator("[name=code]").input_value() == "nothing"
    assert learner.display_name not in stranger.content()


def test_the_record_is_read_and_contradicted(sign_in, open_page, look, awards, learner, registrar, live_server):
    page = sign_in(learner.user)
    page.goto(live_server.url + reverse("learners:record"))
    look(page, "record")
    follow(page, page.get_by_role("main").get_by_role("link", name="Badges", exact=True))
    look(page, "record-badges")
    page.goto(live_server.url + reverse("learners:amendment-ask"))
    page.get_by_label("Which record").select_option(label="Award: Safe Handovers")
    page.get_by_label("What is wrong, and what it should say").fill("It was in May.")
    look(page, "amendment-ask")
    follow(page, page.get_by_role("button", name="Send the request"))
    amendment = Amendment.objects.get()
    learners_services.decide_amendment(
        actor=registrar, amendment=amendment, is_amended=False, reasons="The file says June.", at=timezone.now()
    )
    page.reload()
    page.get_by_label("Your statement").fill("I was there in May.")
    follow(page, page.get_by_role("button", name="Place the statement"))
    look(page, "amendment-refused")

    staff = sign_in(registrar)
    staff.goto(live_server.url + reverse("learners:amendment-list"))
    look(staff, "amendments")
    staff.goto(live_server.url + reverse("issuance:release-record", args=[learner.public_id]))
    look(staff, "release-form")
    staff.goto(live_server.url + reverse("issuance:directory-switch", args=[learner.organization.slug]))
    look(staff, "directory-switch")
    amendment.refresh_from_db()
    assert amendment.status == "refused" and "I was there in May." in page.content()
    services.set_directory(
        actor=registrar, organization=learner.organization, is_on=True, notice="Handbook.", at=timezone.now()
    )
    stranger = open_page(f"/d/{learner.organization.slug}/?q=Robin", bypass_csp=True)
    look(stranger, "directory")
    stranger.goto(live_server.url + f"/d/{awards[0].public_id}")
    look(stranger, "directory-entry")
