"""The pages of a patient-data report in Chromium: one click, axe, and nothing scrolls sideways."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import expect

from config.permissions import Role
from learners import services
from learners.models import Submission
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_a_report(open_as, make_submission, make_user, lead, assessor, width, scheme):
    officer, at = make_user(Role.PRIVACY), timezone.now()
    waiting, held, gone = (make_submission(status="submitted", assessor=assessor) for _number in range(3))
    report, purged = (services.report_patient_data(actor=lead, submission=each, at=at) for each in (held, gone))
    services.purge_report(actor=officer, report=purged, at=at + timedelta(hours=1))
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}

    for user, address in (
        (assessor, held.get_absolute_url()),
        (assessor, f"/queue/{waiting.public_id}/"),
        (held.learner.user, held.get_absolute_url()),
        (gone.learner.user, gone.get_absolute_url()),
        (waiting.learner.user, waiting.get_absolute_url()),
        (officer, "/patient-data/"),
        (officer, f"/patient-data/{report.public_id}/"),
        (officer, f"/patient-data/{purged.public_id}/"),
    ):
        page = open_as(user, address, **options)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_one_click_sets_it_aside_and_the_learner_begins_anew_on_a_phone(open_as, make_submission, assessor):
    submission = make_submission(status="submitted", assessor=assessor)
    page = open_as(assessor, f"/queue/{submission.public_id}/", width=360)
    follow(page, page.get_by_role("button", name="Report patient data"))
    expect(page.get_by_text("Set aside. Nobody but the privacy officer can read it now.")).to_be_visible()
    assert Submission.objects.get().status == "quarantined"

    page = open_as(submission.learner.user, submission.get_absolute_url(), width=360)
    expect(page.get_by_text("Your attempt is not used up.")).to_be_visible()
    follow(page, page.get_by_role("button", name="Hand it in anew"))
    expect(page.get_by_text("Here is an empty draft of the same attempt.")).to_be_visible()
    assert sorted(Submission.objects.values_list("status", "attempt")) == [("draft", 1), ("quarantined", 1)]
