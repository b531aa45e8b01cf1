"""Criteria across the class, and the work behind a figure, in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from learners.models import Decision
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_a_figure_leads_to_the_work_behind_it(open_as, make_decision, version, lead, width, scheme):
    for level in (1, 2, 3, 3, 3):
        outcome = "awarded" if level >= 3 else "returned"
        decision = make_decision(outcome=outcome, levels=(level, 3, 3), version=version)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=decision.proposed_at)
    page = open_as(lead, "/classes/criteria/", width=width, color_scheme=scheme, bypass_csp=True)

    for step in ("figures", "work"):
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if step == "figures":
            follow(page, page.get_by_role("link", name="40 %"))

    assert page.locator(".rows__row").count() == 2
