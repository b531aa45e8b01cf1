"""The workspace in Chromium: what is typed outlives a lost network, a second tab and the end of a session."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.sessions.models import Session
from django.urls import reverse

from learners import services
from learners.models import EvidenceItem, FormDraft, Submission
from tests.fixtures.browsing import RULES, follow
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WORDS = "Five roles, and whom I would call first."
COPIES = "Object.keys(localStorage).filter((each) => each.startsWith('signet-draft:')).length"


@pytest.fixture
def draft(make_submission):
    return make_submission()


def text_of(page):
    place = page.locator("#place-other")
    if not place.locator("#add-other-text-text").is_visible():
        place.get_by_text("Write a text").click()
    return place.locator("#add-other-text-text")


def line_of(page):
    return page.locator("#saved-add-other-text")


def test_enrolling_writing_losing_the_network_writing_on_and_submitting_loses_nothing(
    open_as, learner, version, live_server
):
    """DOMAIN 5.1 and issue 4: enroll, draft, lose the network, type on, reconnect, submit."""
    page = open_as(learner.user, version.credential.get_absolute_url())
    follow(page, page.get_by_role("button", name="Enroll").first)
    if "/enrollments/" not in page.url:
        page.goto(live_server.url + Submission.objects.get().enrollment.get_absolute_url())
    place = page.locator("#place-1")
    place.get_by_text("Write a text").click()
    text = place.locator("#add-1-text-text")
    line = page.locator("#saved-add-1-text")
    place.locator("#add-1-text-title").fill("Case")
    text.press_sequentially(WORDS[:12])
    line.get_by_text("Draft saved").wait_for()
    assert FormDraft.objects.get().values == {"title": "Case", "text": WORDS[:12]}

    page.context.set_offline(True)
    text.press_sequentially(WORDS[12:])
    line.get_by_text("Not saved: no answer from the registry.").wait_for(timeout=15_000)
    place.locator("details[open]").get_by_role("button", name="Add").click()
    assert text.input_value() == WORDS  # the page is not left for one that says that there is no connection

    page.context.set_offline(False)
    line.get_by_text("Draft saved").wait_for()
    assert FormDraft.objects.get().values["text"] == WORDS
    follow(page, place.locator("details[open]").get_by_role("button", name="Add"))
    page.get_by_text("Added: Case").wait_for()
    assert page.evaluate(COPIES) == 0

    page.get_by_label("Nothing in this evidence identifies a patient").check()
    page.get_by_label("This is my own work").check()
    page.context.set_offline(True)
    page.get_by_label("Use of AI").fill("None.")
    page.locator("#saved-submit").get_by_text("Not saved").wait_for(timeout=15_000)
    page.context.set_offline(False)
    page.locator("#saved-submit").get_by_text("Draft saved").wait_for()
    follow(page, page.get_by_role("button", name="Submit evidence"))
    page.get_by_text("Evidence submitted.").wait_for()

    submission = Submission.objects.get()
    assert (submission.status, submission.evidence_items.get().text) == ("submitted", WORDS)
    assert submission.declarations.get(kind="ai-use").answer == "None."
    assert page.evaluate(COPIES) == 0 and not FormDraft.objects.exists()


def test_a_page_that_is_lost_while_offline_is_put_back(open_as, draft, live_server):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    page.context.set_offline(True)
    text_of(page).press_sequentially(WORDS)
    page.goto("about:blank")
    page.context.set_offline(False)

    page.goto(live_server.url + draft.enrollment.get_absolute_url())
    line_of(page).get_by_text("Draft saved").wait_for()

    assert text_of(page).input_value() == WORDS
    assert FormDraft.objects.get().values == {"text": WORDS}


def test_what_was_written_is_saved_when_the_page_is_left(open_as, draft, live_server):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    text_of(page).fill(WORDS)
    page.goto(live_server.url + "/home/")
    page.goto(live_server.url + draft.enrollment.get_absolute_url())

    page.wait_for_function("words => document.querySelector('#add-other-text-text').value === words", arg=WORDS)
    assert text_of(page).input_value() == WORDS
    assert FormDraft.objects.get().values == {"text": WORDS}


def test_two_tabs_do_not_overwrite_each_other_in_silence(open_as, draft):
    first = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    second = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    text_of(first).fill("From the first tab.")
    line_of(first).get_by_text("Draft saved").wait_for()

    text_of(second).fill("From the second tab.")
    line_of(second).get_by_text("This was changed in another tab or window.").wait_for()
    assert FormDraft.objects.get().values == {"text": "From the first tab."}
    follow(second, line_of(second).get_by_role("button", name="Keep what stands here"))

    assert text_of(second).input_value() == "From the second tab."
    assert FormDraft.objects.get().values == {"text": "From the second tab."}


def test_a_session_that_ends_while_typing_loses_nothing(open_as, draft, live_server):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    text_of(page).fill("Saved.")
    line_of(page).get_by_text("Draft saved").wait_for()
    Session.objects.all().delete()
    text_of(page).fill(WORDS)
    line_of(page).get_by_text("Not saved: you are signed out.").wait_for()
    page.goto("about:blank")

    # Signed in again, in the same browser.
    again = open_as(draft.learner.user, "/home/")
    page.context.clear_cookies()
    page.context.add_cookies(again.context.cookies())
    page.goto(live_server.url + draft.enrollment.get_absolute_url())
    line_of(page).get_by_text("Draft saved").wait_for()

    assert text_of(page).input_value() == WORDS
    assert FormDraft.objects.get().values == {"text": WORDS}


def test_what_is_refused_is_kept_as_it_was_typed(open_as, draft, live_server):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    place = page.locator("#place-other")
    place.get_by_text("Give a link").click()
    place.locator("#add-other-link-title").fill("My slides")
    place.locator("#add-other-link-link").fill("no address")
    follow(page, place.locator("details[open]").get_by_role("button", name="Add"))
    page.get_by_text("Give a whole address").first.wait_for()
    page.locator("#saved-add-other-link").get_by_text("Draft saved").wait_for()

    page.goto(live_server.url + draft.enrollment.get_absolute_url())
    assert place.locator("#add-other-link-link").input_value() == "no address"


def test_without_script_there_is_no_autosave_and_all_else_works(open_as, draft):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url(), java_script_enabled=False)
    text_of(page).fill(WORDS)
    page.locator("#place-other details[open]").get_by_role("button", name="Add").click()
    page.get_by_text("Added: Text").wait_for()

    assert EvidenceItem.objects.filter(text=WORDS).count() == 1
    assert not FormDraft.objects.exists()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_where_a_draft_an_earlier_attempt_and_kept_levels_are_shown(
    open_as, make_decision, assessor, width, scheme
):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    learner = decision.learner.user
    second = services.start_resubmission(actor=learner, submission=decision.submission, at=NOON)
    item = second.evidence_items.get()
    item.text = "Five roles, and whom I would call first. Then the pharmacist."
    item.save()
    services.keep_form_draft(
        actor=learner, submission=second, form="add-1-text", values={"text": "MRN 4829131"}, at=NOON
    )
    pages = [(learner, second.enrollment.get_absolute_url())]
    for user, address in pages:
        _look(open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True), width, address)

    declared = dict.fromkeys(services.DECLARATIONS, "")
    services.submit_evidence(actor=learner, submission=second, declarations=declared, at=NOON)
    address = reverse("learners:marking", args=[second.public_id])
    page = open_as(assessor, address, width=width, color_scheme=scheme, bypass_csp=True)
    page.get_by_text("Judge it anew").first.click()
    _look(page, width, address)
    assert second.enrollment.submissions.get(attempt=2).status == "submitted"


def _look(page, width, address):
    found = Axe().run(page, options={"runOnly": RULES})
    assert found.violations_count == 0, (address, found.generate_report())
    assert page.evaluate("document.documentElement.scrollWidth") <= width, address
