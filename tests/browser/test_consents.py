"""Levels by consent: asked, shown, looked up by a registrar; and the calendar of seasons."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from issuance import services
from issuance.models import KeyPurpose, ShareLink
from learners.models.access import AccessReason
from learners.services import search_learners
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited():
    cache.clear()


def test_levels_are_agreed_to_shown_and_looked_up(
    sign_in, look, organization, make_decision, make_award, make_user, live_server
):
    services.create_key(organization=organization, purpose=KeyPurpose.BADGE, at=timezone.now())
    decision = make_decision(levels=(3, 4, 3))
    learner = decision.learner
    award = make_award(
        learner=learner, version=decision.credential_version, decision=decision, sign_after=timezone.now()
    )
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    services.give_consent(
        actor=learner.user,
        awards=[award],
        purpose="residency",
        sign_in_method="password",
        shows_levels=True,
        at=timezone.now(),
    )
    own = sign_in(learner.user)
    own.goto(live_server.url + "/sharing/links/")
    own.get_by_label("Title of the page").fill("For Program X")
    own.get_by_label("The program or person").fill("Program X")
    own.get_by_label(award.credential_version.title).first.check()
    own.get_by_label("Show the levels that I reached in").check()
    own.get_by_text("Referral: Exceeds the standard").wait_for()
    look(own, "link-with-levels-form")
    own.get_by_label("I agree to this statement").check()
    follow(own, own.get_by_role("button", name="Make the link"))
    own.goto(live_server.url + ShareLink.objects.get().get_absolute_url())
    look(own, "link-with-levels")
    own.goto(live_server.url + ShareLink.objects.get().get_absolute_url() + "/summary")
    look(own, "sheet-with-levels")

    registrar = make_user("registrar")
    search_learners(actor=registrar, said=learner.display_name, reason=AccessReason.RECORDS, at=timezone.now())
    page = sign_in(registrar)

    page.goto(live_server.url + f"/v/{award.public_id}")
    look(page, "levels-on-the-page-of-a-badge")
    assert page.get_by_text("Level reached: Exceeds the standard").is_visible()

    page.goto(live_server.url + f"/people/{learner.public_id}/change/")
    follow(page, page.get_by_role("link", name="Look up consents"))
    page.get_by_text("The wording that was shown").last.click()
    look(page, "consents-looked-up")
    assert page.get_by_text("Referral: Exceeds the standard").last.is_visible()
    page.goto(live_server.url + f"/registrar/awards/{award.public_id}/")
    follow(page, page.get_by_role("link", name="What the learner agreed to about this award"))
    look(page, "consents-of-an-award")


def test_an_administrator_keeps_the_seasons(sign_in, look, administrator, live_server):
    page = sign_in(administrator)
    page.goto(live_server.url + "/calendar/")
    follow(page, page.get_by_role("link", name="Application seasons"))
    year = services.open_seasons(timezone.localdate())[0].year
    follow(page, page.get_by_role("link", name=str(year), exact=True))
    look(page, "season-form")
    page.get_by_label("Performance letters freeze").fill(f"{year}-01-15")
    page.get_by_label("End of the season").fill(f"{year}-05-20")
    follow(page, page.get_by_role("button", name="Set the dates"))
    look(page, "seasons")
    assert page.get_by_text(f"May 20, {year}").first.is_visible()
