"""Finding, planning and growing in Chromium: catalog, item with seats, withdrawal, whole classes, home, growth."""

import os
from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from learners.models import ConfidenceRating
from learners.services import add_goal
from tests.fixtures.browsing import RULES

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def grown(make_enrollment, make_decision, make_version, make_offering):
    """A learner with two results, a goal, and confidence before and after; and something new to enroll in."""
    enrollment, now = make_enrollment(), timezone.now()
    for days, outcome, levels in ((9, "returned", (2, 3, 3)), (2, "awarded", (3, 3, 3))):
        decision = make_decision(
            outcome=outcome, levels=levels, enrollment=enrollment, attempt=1 if outcome == "returned" else 2
        )
        decision.status, decision.effective_at = "released", now - timedelta(days=days)
        decision.save(update_fields=["status", "effective_at"])
        decision.submission.status = "returned" if outcome == "returned" else "decided"
        decision.submission.save(update_fields=["status"])
    outcome = enrollment.credential_version.outcomes.first()
    for moment, value in (("before", 2), ("submission", 3), ("retrospective", 2)):
        ConfidenceRating.objects.create(enrollment=enrollment, outcome=outcome, moment=moment, value=value, at=now)
    add_goal(
        actor=enrollment.learner.user,
        learner=enrollment.learner,
        text="Call the pharmacist earlier",
        due_on=timezone.localdate() + timedelta(days=30),
        at=now,
    )
    fresh = make_version()
    make_offering(version=fresh, seats=12)
    return enrollment, fresh


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(
    open_as, open_page, grown, make_enrollment, administrator, width, scheme
):
    enrollment, fresh = grown
    learner = enrollment.learner.user
    working = make_enrollment(learner=enrollment.learner, version=fresh)
    for number, (user, address) in enumerate(
        [
            (None, "/catalog/"),
            (None, "/catalog/?q=recogniz&theme=nothing"),
            (learner, "/catalog/?q=role"),
            (learner, f"/catalog/{fresh.credential.public_id}/"),
            (learner, f"/enrollments/{working.public_id}/withdraw/"),
            (administrator, f"/manage/credentials/{fresh.credential.public_id}/class/"),
            (learner, "/home/"),
            (learner, "/growth/"),
            (learner, f"/growth/confidence/{working.public_id}/"),
        ]
    ):
        options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
        page = open_as(user, address, **options) if user else open_page(address, **options)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
        if folder := os.environ.get("PICTURES"):
            page.screenshot(path=f"{folder}/{number}-{width}-{scheme}.png", full_page=True)
