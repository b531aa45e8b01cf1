"""Plan, what-if, map and committee in Chromium: by keyboard alone, with axe on each page in light and dark."""

import pytest
from django.urls import reverse
from django.utils import timezone

from pathways import services, terms
from pathways.models import DesignationCase, Plan
from tests.browser.conftest import look as look
from tests.fixtures.browsing import follow
from tests.fixtures.records import NOON
from tests.fixtures.uploads import pdf_bytes

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


def test_a_rule_is_waived_and_a_class_is_moved_by_keyboard(
    digital, two_badges, learner, make_learner, make_award, join, make_version, pathway_admin, open_as, look
):
    enrollment = join(digital)
    for number, name in enumerate(["Ada Quill", "Bo Maren", "Cem Aydin"]):
        other = make_learner(name=name)
        make_award(learner=other, version=two_badges[number % 2])
        join(digital, of=other)
    third = make_version(title="Conversations Across Conflict and Hierarchy")
    newer = services.start_version(actor=pathway_admin, pathway=digital.pathway, at=NOON)
    asks = services.Asks(credential=third.credential)
    services.add_rule(actor=pathway_admin, version=newer, kind="credential", asks=asks)
    services.change_rule(
        actor=pathway_admin, rule=newer.requirements.get(kind="hours"), asks=services.Asks(label="Hours", minimum=12)
    )
    services.publish_pathway(actor=pathway_admin, version=newer, at=NOON)
    page = open_as(
        pathway_admin, reverse("pathways:enrollment-list", args=[digital.pathway.public_id]), bypass_csp=True
    )
    look(page, "enrollment-list")
    follow(page, page.get_by_role("link", name="Robin Alder"))
    page.get_by_label("Rule or badge").select_option(label="Informatics")
    page.get_by_label("Another badge in its place").select_option(label=f"{third.title} ({third.credential.code})")
    page.get_by_label("Why", exact=True).fill("The same content, taught two years ago at another school.")
    with page.expect_navigation():
        page.get_by_role("button", name="Record it").press("Enter")
    page.get_by_text("may stand in for “Informatics”").first.wait_for()
    look(page, "enrollment-detail")
    page.goto(
        page.url.split("/manage/")[0] + reverse("pathways:cohort-move", args=[digital.pathway.public_id, newer.number])
    )
    look(page, "cohort-move")
    follow(page, page.get_by_role("link", name="Class of 2030"))
    look(page, "cohort-move-report")
    page.get_by_label("Why", exact=True).fill("The committee asked for it.")
    with page.expect_navigation():
        page.get_by_role("button", name="Move the class").press("Enter")
    page.get_by_text("4 learners are moved").first.wait_for()
    look(page, "cohort-moved")
    follow(page, page.get_by_role("link", name="Move them back"))
    look(page, "cohort-move-back-report")
    own = open_as(learner.user, digital.pathway.get_absolute_url(), bypass_csp=True)
    look(own, "pathway-waived")
    enrollment.refresh_from_db()
    assert enrollment.version == newer


def test_a_capstone_is_recorded_and_the_committee_reads_it(
    make_pathway, version, learner, make_award, join, pathway_admin, member, open_as, look
):
    make_award(learner=learner, version=version)
    enrollment = join(make_pathway(required=[version], capstone="reflective synthesis and short oral defense"))
    page = open_as(pathway_admin, enrollment.get_absolute_url(), bypass_csp=True)
    page.get_by_label("Done on").fill("2026-08-30")
    page.get_by_label("What was done").fill("Spoke on rural care; heard by two members of the faculty.")
    with page.expect_navigation():
        page.get_by_role("button", name="Record the capstone").press("Enter")
    page.get_by_text("The capstone is recorded").wait_for()
    look(page, "enrollment-capstone")
    case = services.open_case(enrollment=enrollment, at=timezone.now())
    look(open_as(member, case.get_absolute_url(), bypass_csp=True), "case-capstone")


def test_a_capstone_is_handed_in_returned_and_accepted(
    make_pathway, version, learner, make_award, join, pathway_admin, open_as, look
):
    make_award(learner=learner, version=version)
    pathway = make_pathway(required=[version], capstone="policy memo of 1,000 words").pathway
    join(pathway.versions.get())
    own = open_as(learner.user, pathway.get_absolute_url(), bypass_csp=True)
    follow(own, own.get_by_role("link", name="Submit your capstone"))
    look(own, "capstone-empty")
    own.get_by_role("textbox", name="Text").fill(
        "Rural clinics close because nobody pays for the nights.\n\nThree remedies follow."
    )
    own.locator("input[type=file]").set_input_files(
        {"name": "memo.pdf", "mimeType": "application/octet-stream", "buffer": pdf_bytes()}
    )
    for box in own.get_by_role("checkbox").all():
        box.check()
    with own.expect_navigation():
        own.get_by_role("button", name="Hand it in").press("Enter")
    own.get_by_text("Whoever keeps the pathway is told").first.wait_for()
    look(own, "capstone-waiting")
    staff = open_as(pathway_admin, reverse("pathways:capstone-list"), bypass_csp=True)
    look(staff, "capstone-list")
    follow(staff, staff.get_by_role("link", name="Robin Alder"))
    look(staff, "capstone-answer")
    staff.get_by_label("What is missing").fill("Name your sources, and say who pays today.")
    with staff.expect_navigation():
        staff.get_by_role("button", name="Return it").press("Enter")
    staff.get_by_text("Nothing waits").wait_for()
    own.goto(own.url.split("/pathways/")[0] + pathway.get_absolute_url())
    own.get_by_text("Name your sources").wait_for()
    look(own, "pathway-capstone-returned")
    follow(own, own.get_by_role("link", name="Submit your capstone"))
    look(own, "capstone-again")
