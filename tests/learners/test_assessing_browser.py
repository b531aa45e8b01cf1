"""Queue, marking and release in Chromium: axe, narrow screens, keys, saving by itself, and all of it without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.files import note_pdf, sketch_png
from learners import services
from learners.models import Assessment, Decision, Judgment
from tests.fixtures.browsing import RULES
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def resubmitted(make_decision, make_submission, make_learner, assessor):
    """A second attempt whose text was changed, and another submission that waits behind it."""
    before = make_decision(
        outcome="returned", levels=(2, 3, 3), assessor=assessor, learner=make_learner(name="Robin Alder")
    )
    Decision.objects.filter(pk=before.pk).update(
        status="released",
        effective_at=NOON,
        reason="Every required criterion must reach level 3. This one falls short.",
    )
    type(before.submission).objects.update(status="returned")
    again = make_submission(enrollment=before.enrollment, status="submitted", attempt=2, assessor=assessor)
    again.evidence_items.update(text="Five roles, and whom I would call. First the pharmacist, for the dose.")
    make_submission(status="submitted", assessor=assessor)
    return again


def address_of(submission):
    return f"/queue/{submission.public_id}/"


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(open_as, resubmitted, make_decision, assessor, lead, width, scheme):
    proposed = make_decision(assessor=assessor)
    for user, address in (
        (assessor, "/queue/"),
        (assessor, address_of(resubmitted)),
        (assessor, proposed.get_absolute_url()),
        (lead, "/decisions/"),
        (lead, "/notices/"),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_assessment_is_made_by_keyboard_alone(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted))

    for level in ("2", "3", "4"):
        page.keyboard.press("n")
        page.keyboard.press(level)
    page.keyboard.press("n")
    page.keyboard.press("c")
    page.keyboard.type("You name five roles; 1, 2, 3 and 4 are only numbers here.")
    page.keyboard.press("Tab")
    page.keyboard.type("Say whom you call first.")
    page.keyboard.press("Escape")
    page.keyboard.press("s")
    page.get_by_text("Draft saved. The learner sees nothing").wait_for()

    given = Judgment.objects.filter(assessment=Assessment.objects.get(submission=resubmitted))
    assert list(given.order_by("criterion__position").values_list("level", flat=True)) == [2, 3, 4]
    first = given.get(criterion__key="role-map")
    assert first.comment.endswith("are only numbers here.")
    assert first.next_step == "Say whom you call first."


def test_keys_lead_to_the_next_submission_and_can_be_turned_off(open_as, resubmitted, assessor):
    page = open_as(assessor, "/queue/")
    page.get_by_role("link", name="Assess the first").click()
    page.wait_for_url(lambda url: not url.endswith("/queue/"))
    here = page.url

    page.keyboard.press("j")
    page.wait_for_url(lambda url: url != here)
    page.keyboard.press("k")
    page.wait_for_url(here)
    page.keyboard.press("?")
    page.get_by_label("Use these keys on this device").uncheck()
    page.locator("h1").click()
    page.keyboard.press("j")
    page.reload()
    page.keyboard.press("j")

    assert page.url.partition("#")[0] == here


def test_what_is_written_saves_itself(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted))

    page.get_by_label("What you saw").first.fill("You name five roles.")
    page.locator("#marking-saved").get_by_text("Draft saved").wait_for(timeout=10_000)
    page.get_by_label("What you saw").first.fill("You name five roles with their scope.")
    page.get_by_role("button", name="Save draft").first.click()
    page.get_by_text("Draft saved. The learner sees nothing").wait_for()

    judgment = Judgment.objects.get(assessment__submission=resubmitted, criterion__key="role-map")
    assert judgment.comment == "You name five roles with their scope."


def test_somebody_who_is_signed_out_meanwhile_keeps_what_they_wrote(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted))
    page.context.clear_cookies()

    page.get_by_label("What you saw").first.fill("You name five roles.")
    page.get_by_text("Not saved: you are signed out.").wait_for(timeout=10_000)

    assert page.get_by_label("What you saw").first.input_value() == "You name five roles."
    assert not Assessment.objects.filter(submission=resubmitted).exists()


def test_all_of_it_works_without_script(open_as, resubmitted, assessor):
    page = open_as(assessor, "/queue/", java_script_enabled=False)

    page.get_by_role("row").filter(has_text="2, resubmitted").get_by_role("link").click()
    for name, level in (("level_1", "3"), ("level_2", "3"), ("level_3", "2")):
        page.locator(f'input[name="{name}"][value="{level}"]').check()
    page.get_by_role("button", name="Finish assessment").click()
    page.get_by_role("button", name="Release decision").click()
    page.get_by_text("Decision released.").wait_for()
    page.get_by_label("Why it is undone").fill("A level was wrong.")
    page.get_by_role("button", name="Undo release").click()

    assert page.get_by_text("This decision was undone").is_visible()


def test_many_are_selected_and_released_at_once(open_as, make_decision, lead):
    for _number in range(3):
        make_decision()
    page = open_as(lead, "/decisions/")

    page.get_by_label("Select all").check()
    page.get_by_role("button", name="Release selected decisions").click()
    page.get_by_text("3 decisions released.").wait_for()

    assert set(Decision.objects.values_list("status", flat=True)) == {"released"}


def test_files_are_seen_beside_the_rubric(open_as, make_submission, assessor, tmp_path, settings, live_server):
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path}},
    }
    submission = make_submission()
    learner = submission.learner.user
    note = "Plain words from a file."
    for upload in (
        SimpleUploadedFile("note.pdf", note_pdf(tmp_path).read_bytes()),
        SimpleUploadedFile("timeline.png", sketch_png(tmp_path).read_bytes()),
        SimpleUploadedFile("words.txt", note.encode()),
    ):
        services.add_file(actor=learner, submission=submission, requirement=None, title="", upload=upload, at=NOON)
    services.submit_evidence(
        actor=learner, submission=submission, declarations=dict.fromkeys(services.DECLARATIONS, ""), at=NOON
    )
    page = open_as(assessor, address_of(submission))
    page.locator(".evidence img").scroll_into_view_if_needed()
    page.get_by_title("words.txt").scroll_into_view_if_needed()

    assert page.frame_locator('iframe[title="words.txt"]').get_by_text(note).is_visible()
    page.wait_for_function("document.querySelector('.evidence img').naturalWidth === 900")
    answer = page.request.get(live_server.url + page.get_by_title("note.pdf").get_attribute("src"))
    assert (answer.status, answer.headers["content-type"]) == (200, "application/pdf")
