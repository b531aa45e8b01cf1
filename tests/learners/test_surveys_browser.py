"""Surveys, evaluation, and the pages where something was set apart, in Chromium."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from learners.models import Decision, Enrollment, SurveyAnswer
from learners.services import answer_survey, rate_confidence
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def group(make_decision, make_award, version):
    """Six who earned it seven months ago; five have answered since."""
    at, found = timezone.now(), []
    for number in range(6):
        decision = make_decision(version=version)
        then = at - timedelta(days=200)
        make_award(learner=decision.learner, version=version, decision=decision, awarded_at=then, sign_after=then)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=then)
        Enrollment.objects.filter(pk=decision.enrollment_id).update(enrolled_at=then - timedelta(days=9))
        decision.enrollment.refresh_from_db()
        found.append(decision.enrollment)
        if number:
            levels = {("retention", each.pk): 3 for each in version.criteria.all()}
            answers = {("motivation", None): number, ("used", None): 2} | levels
            answer_survey(
                actor=decision.learner.user, enrollment=decision.enrollment, moment="later", answers=answers, at=at
            )
            rate_confidence(
                actor=decision.learner.user,
                enrollment=decision.enrollment,
                values={version.outcomes.get().pk: number},
                at=at,
            )
    return found


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_a_survey_is_answered_and_the_evaluation_is_read(
    open_as, group, version, committee_member, assessor, make_submission, width, scheme
):
    def looked(page):
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def shown(user, address):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)
        looked(page)
        return page

    page = shown(group[0].learner.user, reverse("learners:survey-list"))
    follow(page, page.get_by_role("link", name=version.title))
    looked(page)
    page.get_by_label("several times a week").check()
    follow(page, page.get_by_role("button", name="Send answers"))
    looked(page)
    assert SurveyAnswer.objects.filter(response__enrollment=group[0]).get().value == 4
    organization = version.credential.organization.public_id
    for name, given in [
        ("evaluation-list", []),
        ("evaluation", [version.credential.public_id]),
        ("evaluation-faculty", [organization, "2026-fall"]),
    ]:
        shown(committee_member, reverse(f"learners:{name}", args=given))
    shown(assessor, reverse("learners:survey-term", args=[organization]))
    waiting = make_submission(version=version, status="submitted", assessor=assessor)
    shown(assessor, reverse("learners:marking", args=[waiting.public_id]))
