"""The learner's pages in Chromium: axe, narrow screens, adding a file with and without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from learners import services
from learners.models import EvidenceItem
from tests.fixtures.browsing import RULES
from tests.fixtures.records import NOON
from tests.fixtures.uploads import pdf_bytes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64


@pytest.fixture
def draft(make_submission, media):
    """A workspace with a text and a file in it."""
    submission = make_submission()
    services.add_file(
        actor=submission.learner.user,
        submission=submission,
        requirement=None,
        title="",
        upload=SimpleUploadedFile(
            "A file name that is long enough to need a second line on a telephone.pdf", pdf_bytes()
        ),
        at=NOON,
    )
    return submission


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(
    open_as,
    draft,
    make_decision,
    make_submission,
    make_award,
    assessor,
    width,
    scheme,
):
    decision = make_decision(outcome="returned", levels=(2, 3, 3), assessor=assessor, learner=draft.learner)
    services.release_decision(actor=assessor, decision=decision, at=timezone.now())
    waiting = make_submission(status="submitted", learner=draft.learner)
    award = make_award(learner=draft.learner)
    for address in (
        "/home/",
        "/badges/",
        award.get_absolute_url(),
        draft.enrollment.get_absolute_url(),
        decision.submission.get_absolute_url(),
        waiting.get_absolute_url(),
    ):
        page = open_as(draft.learner.user, address, width=width, color_scheme=scheme, bypass_csp=True)
        for summary in page.locator(".adder > summary").all()[:2]:
            summary.click()

        found = Axe().run(page, options={"runOnly": RULES})

        assert found.violations_count == 0, (address, found.generate_report())
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


@pytest.mark.parametrize("script", [True, False])
def test_a_file_is_refused_with_words_and_then_added(open_as, draft, script):
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url(), java_script_enabled=script)
    place = page.locator("#place-1")
    place.get_by_text("Attach a file").click()
    place.locator("#add-1-file-title").fill("What I typed")
    place.locator("#add-1-file-file").set_input_files({"name": "a.pdf", "mimeType": "x/x", "buffer": EXECUTABLE})
    place.locator("details[open]").get_by_role("button", name="Add").click()
    page.get_by_role("alert").get_by_text("not one of the kinds").wait_for()
    assert place.locator("#add-1-file-title").input_value() == "What I typed"

    place.locator("#add-1-file-file").set_input_files({"name": "a.pdf", "mimeType": "x/x", "buffer": pdf_bytes()})
    place.locator("details[open]").get_by_role("button", name="Add").click()
    page.get_by_text("Added: What I typed").wait_for()

    assert EvidenceItem.objects.get(title="What I typed").file.media_type == "application/pdf"
    assert page.url.split("#")[0].endswith(draft.enrollment.get_absolute_url())


def test_a_large_file_goes_on_after_the_network_was_lost(open_as, draft):
    """Two parts arrive, the network goes, comes back, and the file is added whole."""
    content = b"RIFF" + (3_500_000).to_bytes(4, "little") + b"WAVEfmt " + bytes(3_500_000)
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    place = page.locator("#place-1")
    place.get_by_text("Attach a file").click()
    place.locator("#add-1-file-file").set_input_files({"name": "talk.wav", "mimeType": "x/x", "buffer": content})
    sent = []

    def lose(route):
        sent.append(route.request.headers.get("upload-offset"))
        route.abort() if len(sent) == 3 else route.continue_()

    page.route("**/uploads/*/", lose)
    with page.expect_navigation():
        place.locator("details[open]").get_by_role("button", name="Add").click()
        place.get_by_text("No connection. What was sent is safe; it goes on by itself.").wait_for()

    page.get_by_text("Added: talk.wav").wait_for()
    assert len([offset for offset in sent if offset == "2097152"]) == 2
    assert draft.evidence_items.get(title="talk.wav").file.size_bytes == len(content)


def test_a_file_that_was_begun_is_shown_and_goes_on_when_it_is_chosen_again(open_as, draft):
    content = b"RIFF" + (3_500_000).to_bytes(4, "little") + b"WAVEfmt " + bytes(3_500_000)
    page = open_as(draft.learner.user, draft.enrollment.get_absolute_url())
    page.route("**/uploads/*/", lambda route: route.abort())
    page.locator("#place-1").get_by_text("Attach a file").click()
    # A file of a fixed age: the same file is known by name, size and when it was changed.
    choose = """(input, size) => {
        const bytes = new Uint8Array(size); bytes.set(new TextEncoder().encode("RIFF0000WAVEfmt "));
        const chosen = new DataTransfer();
        chosen.items.add(new File([bytes], "talk.wav", {lastModified: 1700000000000}));
        input.files = chosen.files;
    }"""
    page.locator("#add-1-file-file").evaluate(choose, len(content))
    page.locator("#place-1 details[open]").get_by_role("button", name="Add").click()
    page.get_by_text("No connection.").wait_for()

    page.unroute("**/uploads/*/")
    page.goto(page.url)
    page.get_by_role("heading", name="Not all here yet").wait_for()
    page.locator("#place-1").get_by_text("Attach a file").click()
    page.locator("#add-1-file-file").evaluate(choose, len(content))
    with page.expect_navigation():
        page.locator("#place-1 details[open]").get_by_role("button", name="Add").click()

    page.get_by_text("Added: talk.wav").wait_for()
    assert page.get_by_role("heading", name="Not all here yet").count() == 0
