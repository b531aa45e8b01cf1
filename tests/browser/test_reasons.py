"""The pages that ask why one learner is read, the log that keeps it, and the guide beside the uploader."""

import pytest
from django.utils import timezone

from config.permissions import Role
from learners import services
from learners.models import Submission
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_reasons_are_one_press_and_the_log_shows_what_was_refused(
    open_as, look, make_submission, make_user, registrar, assessor
):
    work = make_submission(status="submitted")
    auditor = make_user(Role.AUDITOR)
    asked = Submission.objects.filter(pk=work.pk)
    services.note_refused(actor=assessor, asked=asked, at=timezone.now())

    page = open_as(auditor, work.get_absolute_url(), bypass_csp=True)
    look(page, "work-open")
    follow(page, page.get_by_role("button", name="Audit or accreditation"))
    assert page.get_by_text("Why do you open this work?").count() == 0
    page.goto(page.url.partition("/submissions/")[0] + "/people/log/")
    look(page, "access-log-refused")
    page = open_as(registrar, "/registrar/?q=robin", bypass_csp=True)
    look(page, "registrar-name")


def test_the_guide_stands_beside_the_uploader(open_as, look, make_submission):
    work = make_submission()
    page = open_as(work.learner.user, work.enrollment.get_absolute_url(), bypass_csp=True)
    page.locator("details.adder", has=page.locator("input[type=file]")).first.locator("summary").first.click()
    page.get_by_text("What may stand in a file, and what may not").first.click()
    assert page.get_by_text("Whatever could lead to a patient stays out").first.is_visible()
    look(page, "patient-guide")
