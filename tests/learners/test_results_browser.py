"""The pages on which others record results, and the meeting with the lead, in Chromium: axe and narrow screens."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from credentials.models import EvidenceRequirement
from learners import services
from tests.fixtures.browsing import RULES, follow
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def version(make_version):
    made = make_version(published=False, attempts_max=1)
    EvidenceRequirement.objects.create(version=made, position=2, kind="OSCE", source="event")
    made.status, made.published_at, made.published_by = "published", NOON, made.credential.owner
    made.save()
    made.credential.status, made.credential.current_version = "offered", made
    made.credential.save()
    return made


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(
    open_as, version, make_submission, make_decision, make_learner, assessor, lead, width, scheme
):
    make_submission(version=version, learner=make_learner(student_number="S-1"))
    data = b"student_number,title,rated_on,score,out_of\nS-1,Station 3,2026-08-30,17,20\nS-2,Station 3,soon,17,20\n"
    found = services.check_result_list(
        actor=lead, credential=version.credential, file_name="osce.csv", data=data, at=NOON
    )
    decision = make_decision(outcome="not-met", levels=(2, 3, 3), assessor=assessor, version=version)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    address = reverse("learners:results", args=[version.credential.public_id])

    page = open_as(lead, address, width=width, color_scheme=scheme, bypass_csp=True)
    page.get_by_label("Student number or e-mail address").fill("S-1")
    page.get_by_label("Which quiz, station or occasion").fill("Station 4")
    page.get_by_label("Day").fill("2026-08-30")
    page.get_by_label("Points").fill("18")
    page.get_by_label("Out of").fill("20")
    page.get_by_label("Rated by").select_option("A standardized patient")
    follow(page, page.get_by_role("button", name="Record the result"))
    page.get_by_text("Station 4, 18 of 20.").first.wait_for()
    _look(page, width)
    for shown in (
        found.get_absolute_url(),
        f"{found.get_absolute_url()}?rows=create",
        decision.submission.get_absolute_url(),
    ):
        _look(open_as(lead, shown, width=width, color_scheme=scheme, bypass_csp=True), width)


def _look(page, width):
    found = Axe().run(page, options={"runOnly": RULES})
    assert found.violations_count == 0, (page.url, found.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
