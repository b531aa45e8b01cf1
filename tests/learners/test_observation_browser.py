"""A ward observation on a phone: at most six taps and one comment, and a lost network loses nothing."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from learners.models import Observation
from tests.fixtures.browsing import RULES
from tests.learners.test_observation import OUTSIDE, invite, link_to, observed, work

__all__ = ["invite", "observed", "work"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
WORDS = "You asked the nurse first, and said why."


def test_a_ward_observation_takes_at_most_six_taps_and_one_comment_at_360_px(open_page, invite):
    """DOMAIN 3.8."""
    page = open_page(link_to(invite(email=OUTSIDE)), width=360, height=780, has_touch=True, is_mobile=True)
    taps = 1  # the link itself

    for control in (
        page.get_by_text("I needed to be there just in case"),
        page.get_by_text("Ward", exact=True),
        page.get_by_text("Complex", exact=True),
        page.get_by_label("What you saw, and what would help next"),
    ):
        control.tap()
        taps += 1
    page.keyboard.type(WORDS)
    page.get_by_role("button", name="Send").tap()
    taps += 1
    page.get_by_role("heading", name="Sent").wait_for()

    assert taps <= 6
    observation = Observation.objects.get()
    assert (observation.level, observation.setting, observation.complexity) == (4, "ward", "high")
    assert observation.comment == WORDS
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate("localStorage.length") == 0


def test_it_waits_on_the_phone_until_the_network_returns(open_page, invite):
    address = link_to(invite(email=OUTSIDE))
    page = open_page(address, width=360, has_touch=True)
    page.get_by_text("I had to prompt them").tap()
    page.get_by_text("Clinic", exact=True).tap()
    page.context.set_offline(True)
    page.get_by_label("What you saw, and what would help next").fill(WORDS)
    page.get_by_role("button", name="Send").tap()
    page.get_by_text("No network. What you wrote is kept on this device").wait_for()
    assert not Observation.objects.exists()

    page.context.set_offline(False)
    page.get_by_role("heading", name="Sent").wait_for()

    assert Observation.objects.get().comment == WORDS


def test_what_was_written_is_there_when_the_page_is_opened_again(open_page, invite):
    page = open_page(link_to(invite(email=OUTSIDE)), width=360)
    page.get_by_label("What you saw, and what would help next").fill(WORDS)

    page.reload()

    assert page.get_by_label("What you saw, and what would help next").input_value() == WORDS


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_observation(open_as, open_page, invite, work, assessor, width, scheme):
    staff, outside = invite(), invite(email=OUTSIDE)
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    pages = [
        open_as(work.learner.user, f"/enrollments/{work.enrollment.public_id}/observations/", **options),
        open_as(assessor, "/o/", **options),
        open_as(assessor, f"/o/{staff.code}/", **options),
        open_page(link_to(outside), **options),
        open_page("/o/link/forged/", **options),
    ]
    for page in pages:
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(page.url, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
