"""The pages of an appeal and about one learner in Chromium: axe, and nothing scrolls sideways."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from learners import services
from tests.fixtures.browsing import RULES
from tests.learners.test_appeals import make_released, opened, reviewer

__all__ = ["make_released", "reviewer"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_an_appeal(open_as, make_released, lead, reviewer, width, scheme):
    at = timezone.now()
    decision, other = (make_released(at=at - timedelta(days=1)) for _number in range(2))
    appeal = services.name_reviewer(actor=lead, appeal=opened(decision, at=at), reviewer=reviewer, at=at)
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}

    for user, address in (
        (other.learner.user, f"/decisions/{other.public_id}/appeal/"),
        (decision.learner.user, appeal.get_absolute_url()),
        (lead, "/appeals/"),
        (lead, appeal.get_absolute_url()),
        (reviewer, appeal.get_absolute_url()),
    ):
        page = open_as(user, address, **options)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_about_one_learner(
    open_as, make_released, make_submission, make_learner, assessor, registrar, width, scheme
):
    robin, at = make_learner(), timezone.now()
    make_released(learner=robin, assessor=assessor, at=at - timedelta(days=1))
    waiting = make_submission(status="submitted", learner=robin, assessor=assessor)
    services.search_learners(actor=registrar, said="robin", reason="records", at=at)

    for user, address in (
        (registrar, "/people/"),
        (registrar, f"/people/{robin.public_id}/"),
        (registrar, "/people/log/"),
        (assessor, f"/queue/{waiting.public_id}/history/"),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
