"""Queue, marking and release in Chromium: axe, narrow screens, keys, saving by itself, and all of it without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from playwright.sync_api import expect

from config.demo.files import note_pdf, sketch_png
from config.permissions import Role
from learners import services
from learners.models import Assessment, Assignment, Decision, Judgment, MarkingLock
from tests.fixtures.browsing import RULES, follow
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
    services.keep_snippet(actor=assessor, abbreviation="call", text="Say whom you call first.", at=NOON)
    services.raise_concern(actor=assessor, submission=resubmitted, kind="misconduct", text="Copied.", at=NOON)
    first = resubmitted.credential_version.criteria.first()
    services.add_example(actor=lead, criterion=first, level=3, text="Names five roles.", at=NOON)
    for user, address in (
        (assessor, "/queue/"),
        (assessor, address_of(resubmitted)),
        (assessor, "/queue/keys/"),
        (assessor, "/queue/words/"),
        (assessor, f"/queue/{resubmitted.public_id}/concern/"),
        (lead, "/concerns/"),
        (lead, f"/manage/credentials/{resubmitted.credential.public_id}/examples/"),
        (assessor, proposed.get_absolute_url()),
        (lead, "/decisions/"),
        (lead, "/notices/"),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_assessment_is_made_by_keyboard_alone(open_as, make_submission, assessor):
    first_attempt = make_submission(status="submitted", assessor=assessor)
    page = open_as(assessor, address_of(first_attempt))

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

    given = Judgment.objects.filter(assessment=Assessment.objects.get(submission=first_attempt))
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
    page.get_by_role("link", name="Turn the keys off, or choose others").click()
    page.get_by_label("Next submission").fill("w")
    page.get_by_role("button", name="Keep these keys").click()
    page.get_by_text("Your keys are kept").wait_for()
    page.goto(here)
    page.keyboard.press("w")
    page.wait_for_url(lambda url: url != here)
    page.goto(page.url.partition("/queue/")[0] + "/queue/keys/")
    page.get_by_label("Use single keys on the marking screen").uncheck()
    follow(page, page.get_by_role("button", name="Keep these keys"))
    page.goto(here)
    page.keyboard.press("w")
    page.keyboard.press("4")

    assert page.url.partition("#")[0] == here
    assert page.locator("input[type=radio][value='4']:checked").count() == 0


def test_what_is_written_saves_itself(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted))

    page.get_by_label("What you saw").first.fill("You name five roles.")
    page.locator("#marking-saved").get_by_text("Draft saved").wait_for()
    page.get_by_label("What you saw").first.fill("You name five roles with their scope.")
    page.get_by_role("button", name="Save draft").first.click()
    page.get_by_text("Draft saved. The learner sees nothing").wait_for()

    judgment = Judgment.objects.get(assessment__submission=resubmitted, criterion__key="role-map")
    assert judgment.comment == "You name five roles with their scope."


def test_somebody_who_is_signed_out_meanwhile_keeps_what_they_wrote(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted))
    page.context.clear_cookies()

    page.get_by_label("What you saw").first.fill("You name five roles.")
    page.get_by_text("Not saved: you are signed out.").wait_for()

    assert page.get_by_label("What you saw").first.input_value() == "You name five roles."
    assert not Assessment.objects.filter(submission=resubmitted).exists()


def test_all_of_it_works_without_script(open_as, resubmitted, assessor):
    page = open_as(assessor, "/queue/", java_script_enabled=False)

    page.get_by_role("row").filter(has_text="2, resubmitted").get_by_role("link").click()
    page.locator('input[name="level_1"][value="3"]').check()
    page.locator("#criterion-3").get_by_text("Judge it anew").click()
    page.locator("#criterion-3").get_by_label("Why it is judged anew").fill("The new text says otherwise.")
    follow(page, page.locator("#criterion-3").get_by_role("button", name="Reopen this criterion"))
    page.locator('input[name="level_3"][value="2"]').check()
    page.get_by_role("button", name="Finish assessment").click()
    page.get_by_role("button", name="Release decision").click()
    page.get_by_text("Decision released.").wait_for()
    page.get_by_label("Why it is undone").fill("A level was wrong.")
    follow(page, page.get_by_role("button", name="Undo release"))

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


def test_ten_submissions_are_marked_by_keyboard_only(open_as, make_submission, make_version, assessor):
    """DOMAIN 3.8 and B13: no mouse from the queue to the last of ten."""
    version = make_version()
    for _number in range(10):
        make_submission(status="submitted", assessor=assessor, version=version)
    page = open_as(assessor, "/queue/")
    page.get_by_role("link", name="Assess the first").focus()
    page.keyboard.press("Enter")

    for number in range(10):
        page.get_by_text(f"1 of {10 - number} in your queue").wait_for()
        for level in ("3", "4", "3"):
            page.keyboard.press("n")
            page.keyboard.press(level)
        page.keyboard.press("n")
        page.keyboard.press("c")
        page.keyboard.type(f"You named role {number}, so that the team knew whom to call.")
        page.keyboard.press("Escape")
        page.keyboard.press("f")
    page.get_by_text("Nothing waits for you").wait_for()

    assert Decision.objects.filter(status="proposed", outcome="awarded").count() == 10
    assert Judgment.objects.filter(comment__startswith="You named role").count() == 10


def test_two_assessors_open_the_same_item(open_as, make_submission, make_user, assessor):
    """DOMAIN 3.8: the second sees who has it open and for how long, and it passes on when the first leaves."""
    submission = make_submission(status="submitted", assessor=assessor)
    second = make_user(Role.ASSESSOR, name="Second Reader")
    Assignment.objects.create(submission=submission, assessor=second, role="second", assigned_at=NOON)
    first_page = open_as(assessor, address_of(submission))

    second_page = open_as(second, address_of(submission))
    assert second_page.get_by_text(f"{assessor.name} has this open, since").is_visible()
    first_page.goto(first_page.url.partition("/queue/")[0] + "/queue/")
    for _try in range(50):
        if not MarkingLock.objects.filter(holder=assessor).exists():
            break
        second_page.wait_for_timeout(100)
    second_page.reload()

    assert not second_page.get_by_text("has this open").is_visible()


def test_a_network_cut_in_mid_typing_loses_nothing(open_as, resubmitted, assessor, live_server):
    """DOMAIN 3.8: kept on the page, kept on the device when the page is lost as well, saved when the network returns."""
    page = open_as(assessor, address_of(resubmitted))
    words = "You name five roles, and say whom you call first."
    page.get_by_label("What you saw").first.press_sequentially(words[:20])
    page.context.set_offline(True)
    page.get_by_label("What you saw").first.press_sequentially(words[20:])
    page.get_by_text("Not saved: no answer from the registry.").wait_for(timeout=15_000)
    assert not Judgment.objects.filter(comment=words).exists()

    page.goto("about:blank")
    page.context.set_offline(False)
    page.goto(live_server.url + address_of(resubmitted))
    page.get_by_text("Put back what you had written here").wait_for()
    assert page.get_by_label("What you saw").first.input_value() == words
    page.locator("#marking-saved").get_by_text("Draft saved").wait_for()

    assert Judgment.objects.filter(comment=words).exists()
    assert page.evaluate("Object.keys(localStorage).filter((each) => each.startsWith('signet-draft:'))") == []


def test_what_was_written_is_saved_when_the_page_is_left(open_as, resubmitted, assessor, live_server):
    page = open_as(assessor, address_of(resubmitted))

    page.get_by_label("What you saw").first.fill("You name five roles.")
    page.goto(live_server.url + "/queue/")
    page.goto(live_server.url + address_of(resubmitted))

    expect(page.get_by_label("What you saw").first).to_have_value("You name five roles.")
    assert Judgment.objects.filter(comment="You name five roles.").exists()


def test_two_tabs_do_not_overwrite_each_other_in_silence(open_as, resubmitted, assessor):
    first = open_as(assessor, address_of(resubmitted))
    second = open_as(assessor, address_of(resubmitted))
    first.get_by_label("What you saw").first.fill("From the first tab.")
    first.locator("#marking-saved").get_by_text("Draft saved").wait_for()

    second.get_by_label("What you saw").first.fill("From the second tab.")
    second.get_by_text("This draft was saved in another window").wait_for()
    assert Judgment.objects.filter(comment="From the first tab.").exists()
    second.get_by_role("button", name="Keep what stands here").click()
    second.get_by_text("Draft saved. The learner sees nothing").wait_for()

    assert Judgment.objects.filter(comment="From the second tab.").exists()


def test_kept_words_are_inserted_by_abbreviation_and_by_key(open_as, make_submission, assessor):
    services.keep_snippet(actor=assessor, abbreviation="call", text="Say whom you call first.", at=NOON)
    page = open_as(assessor, address_of(make_submission(status="submitted", assessor=assessor)))
    page.locator("[data-snippet]").wait_for(state="attached")

    page.keyboard.press("n")
    page.keyboard.press("c")
    page.keyboard.type("Good map. /call And why.")
    assert page.get_by_label("What you saw").first.input_value() == "Good map. Say whom you call first. And why."
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.press("i")
    page.keyboard.press("Enter")

    assert page.get_by_label("What you saw").nth(1).input_value() == "Say whom you call first."


def test_evidence_and_rubric_scroll_each_alone_and_are_stacked_on_a_phone(open_as, resubmitted, assessor):
    page = open_as(assessor, address_of(resubmitted), height=700)
    assert (
        page.evaluate(
            "getComputedStyle(document.querySelector('.marking__evidence')).overflowY"
            " + getComputedStyle(document.querySelector('.marking__rubric')).overflowY"
        )
        == "autoauto"
    )
    page.locator("#criterion-3").scroll_into_view_if_needed()
    assert page.locator("#evidence-title").is_visible()

    phone = open_as(assessor, address_of(resubmitted), width=360)
    phone.locator("#criterion-3").scroll_into_view_if_needed()

    switcher = phone.locator(".marking__switch").bounding_box()
    assert 0 <= switcher["y"] <= 4
    assert phone.locator(".marking__evidence").bounding_box()["y"] < phone.locator("#criterion-1").bounding_box()["y"]
