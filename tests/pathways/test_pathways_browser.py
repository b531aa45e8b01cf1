"""Plan, what-if, map and committee in Chromium: by keyboard alone, with axe on each page in light and dark."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pathways import services, terms
from pathways.models import DesignationCase, Plan
from tests.browser.conftest import look as look
from tests.fixtures.browsing import follow
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_plan_is_made_by_keyboard_alone(learner, digital, two_badges, join, open_as, look):
    join(digital)
    page = open_as(learner.user, reverse("pathways:plan"), bypass_csp=True)
    look(page, "plan-empty")

    def press(name, number=0):
        page.get_by_role("button", name=name).nth(number).focus()
        with page.expect_navigation():
            page.keyboard.press("Enter")

    press("Add to the plan Evidence")
    first = terms.terms_from(timezone.localdate(), None)[0]
    assert Plan.objects.get().term == first.code
    press("Later Evidence")
    assert Plan.objects.get().term != first.code
    page.get_by_label("Hours that you want").focus()
    page.keyboard.press("Control+a")
    page.keyboard.type("5")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.get_by_text("10 hours are more than the 5 that you set").wait_for()
    look(page, "plan")
    press("Remove Evidence")
    assert not Plan.objects.exists()


def test_an_item_is_dragged_into_another_term(learner, version, open_as):
    all_terms = terms.terms_from(timezone.localdate(), None)
    services.add_to_plan(
        actor=learner.user, learner=learner, credential=version.credential, term=all_terms[0].code, at=timezone.now()
    )
    page = open_as(learner.user, reverse("pathways:plan"))

    with page.expect_navigation():
        page.locator("[data-plan-item]").drag_to(page.locator(f"#term-{all_terms[1].code}"))

    assert Plan.objects.get().term == all_terms[1].code


def test_the_map_and_what_if_are_looked_at(learner, make_pathway, make_version, make_award, join, open_as, look):
    badges = [make_version(title=f"Conversations Across Conflict and Hierarchy {number}") for number in range(5)]
    pathway = make_pathway(required=badges[:2], groups=[("Practice setting", 1, badges[2:])], hours=30)
    make_award(learner=learner, version=badges[0])
    join(pathway)
    page = open_as(learner.user, pathway.pathway.get_absolute_url(), bypass_csp=True)
    look(page, "pathway-map")
    follow(page, page.get_by_role("link", name="What if I also earned"))
    page.get_by_role("checkbox").first.check()
    follow(page, page.get_by_role("button", name="Work it out"))
    look(page, "what-if")


def test_the_committees_pages_are_looked_at(case, member, administrator, open_as, look):
    services.set_condition(actor=member, case=case, text="Send the poster.", due_on=None, at=NOON)
    page = open_as(member, reverse("pathways:case-list"), bypass_csp=True)
    look(page, "case-list")
    follow(page, page.get_by_role("link", name="Robin Alder"))
    look(page, "case-voting")
    page.get_by_label("What was seen").fill("It came.")
    follow(page, page.get_by_role("button", name="It is met"))
    page.goto(page.url.split("/committee/")[0] + reverse("pathways:case-list"))
    page.get_by_role("checkbox").check()
    page.get_by_label("Reason").fill("Read together.")
    follow(page, page.get_by_role("button", name="Confirm selected cases"))
    page.get_by_text("1 case confirmed").wait_for()
    look(page, "confirmed-together")
    assert DesignationCase.objects.get().status == "confirmed"
    page = open_as(administrator, reverse("pathways:committee-rules"), bypass_csp=True)
    look(page, "committee-rules")
    follow(page, page.get_by_role("link", name="Change"))
    look(page, "quorum")
