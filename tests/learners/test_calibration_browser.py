"""Calibration, answers to feedback and unblinding in Chromium: no finding, nothing sideways, and a round by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from config.permissions import Role
from learners import services
from learners.models import CalibrationRound, Decision
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def pages(
    lead,
    assessor,
    version,
    make_set,
    make_user,
    make_assessed,
    make_decision,
    make_version,
    make_submission,
    make_learner,
):
    """Every page of the subject, with whom it is for."""
    now = timezone.now()
    make_set(version, is_required=True)
    strict = make_user(Role.ASSESSOR, name="Strict Marker")
    for _each in range(20):
        make_assessed(version=version, assessor=strict, levels=(2, 2, 2))
        make_assessed(version=version, assessor=assessor, levels=(3, 3, 3))
    finished = services.start_round(actor=assessor, credential=version.credential, at=now)
    for each in finished.judgments.all():
        each.level, each.comment = 1 + each.pk % 4, "I saw five roles and one call."
        each.save()
    services.finish_round(actor=assessor, calibration_round=finished, at=now)
    taken = services.start_round(actor=strict, credential=version.credential, at=now)
    work = taken.judgments.first().work
    other = make_version()
    open_work = services.begin_model_work(actor=lead, version=other, title="A case in writing", at=now)
    services.add_model_text(actor=lead, work=open_work, title="Case", text="Five roles.", at=now)
    decision = make_decision(assessor=assessor)
    Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=now)
    told = decision.submission
    services.answer_feedback(
        actor=told.learner.user,
        submission=told,
        plan="Ask the pharmacist first.",
        plan_by=now.date(),
        useful="yes",
        at=now,
    )
    blind = make_submission(version=make_version(is_blind=True), learner=make_learner(), status="submitted")
    return {
        "manage": (lead, reverse("learners:calibration-manage", args=[version.credential.public_id])),
        "work": (lead, reverse("learners:model-work", args=[work.public_id])),
        "work-open": (lead, reverse("learners:model-work", args=[open_work.public_id])),
        "list": (strict, reverse("learners:calibration-list")),
        "round": (strict, reverse("learners:calibration-round", args=[taken.public_id])),
        "judge": (strict, reverse("learners:calibration-judge", args=[taken.public_id, 1])),
        "result": (assessor, reverse("learners:calibration-round", args=[finished.public_id])),
        "answer": (told.learner.user, reverse("learners:feedback-answer", args=[told.public_id])),
        "told": (told.learner.user, told.get_absolute_url()),
        "summary": (assessor, reverse("learners:feedback-summary")),
        "unblind": (lead, reverse("learners:unblind", args=[blind.public_id])),
        "growth": (told.learner.user, reverse("learners:growth")),
    }


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(open_as, pages, width, scheme):
    for name, (user, address) in pages.items():
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(name, each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_a_set_is_judged_with_the_keyboard_alone(open_as, pages):
    user, address = pages["round"]
    page = open_as(user, address)
    for _work in range(5):
        link = page.get_by_role("link", name="Judge the next")
        if link.count():
            link.focus()
            with page.expect_navigation():
                page.keyboard.press("Enter")
        for number in (1, 2, 3):
            page.locator(f"[name=level_{number}]").first.focus()
            page.keyboard.press("Space")
            page.keyboard.press("ArrowDown")
            page.keyboard.press("ArrowDown")
        page.locator("button[value=next]").focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    follow(page, page.get_by_role("button", name="Finish and compare"))

    assert page.get_by_role("heading", level=1).is_visible()
    assert CalibrationRound.objects.get(assessor=user).is_passed
