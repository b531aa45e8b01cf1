"""The editor and what stands around it in Chromium: axe, narrow screens, without script, by keyboard, saving by itself."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from config.permissions import Role
from credentials.models import CredentialVersion, Framework
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(make_version):
    old = make_version(title="Clear Notes and Oral Presentations", summary="Write clear notes.")
    return make_version(
        published=False,
        credential=old.credential,
        title="Clear Notes and Oral Presentations",
        summary="Write short and clear notes.",
        requires=[make_version(title="Safe Handover").credential],
        learners_expected=700,
        assessment_minutes=20,
        workload_hours=None,
    )


def url_of(version, action="draft/"):
    return f"/manage/credentials/{version.credential.public_id}/{action}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_finding_and_nothing_scrolls_sideways(open_as, draft, administrator, competency, width, scheme):
    newer = Framework.objects.create(slug="ipec-core", version="4", title="IPEC", publisher="IPEC", kind="competencies")
    framework = competency.framework.get_absolute_url()
    page = open_as(administrator, "/competencies/", width=width, color_scheme=scheme, bypass_csp=True)
    base = page.url.removesuffix("/competencies/")
    complaints = []
    for address in (
        "/competencies/",
        framework,
        competency.get_absolute_url(),
        "/manage/credentials/new/",
        url_of(draft) + "?q=RR",
        url_of(draft, "preview/"),
        url_of(draft, "preview/?as=assessor"),
        url_of(draft, "compare/?all=1"),
        url_of(draft, ""),
        "/manage/reviews/",
        "/manage/frameworks/load/",
        f"/manage/frameworks/{newer.public_id}/crosswalk/",
        f"/manage/frameworks/{newer.public_id}/review/",
        "/manage/catalog/",
        draft.credential.current_version.get_absolute_url(),
    ):
        page.goto(base + address)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        complaints += [(address, each["id"], [node["html"][:150] for node in each["nodes"]][:3]) for each in findings]
        if page.evaluate("document.documentElement.scrollWidth") > width:
            complaints.append((address, "scrolls sideways"))

    assert complaints == []


def test_a_new_item_is_written_and_published_without_script(open_as, administrator, competency):
    page = open_as(administrator, "/manage/credentials/new/", java_script_enabled=False)
    page.get_by_label("Title").fill("Sutures")
    page.get_by_label("Code").fill("NEW-1")
    follow(page, page.get_by_role("button", name="Begin the draft"))

    for label, words in (
        ("Summary", "Close a simple wound."),
        ("Form of participation", "in person"),
        ("Workload in hours", "6"),
        ("Types of assessment", "OSCE"),
        ("Supervision and identity", "supervised on site"),
        ("Quality assurance", "approved by the committee"),
        ("Outcome 1", "Ties three knots."),
        ("Kind", "OSCE"),
    ):
        page.get_by_label(words and label, exact=True).fill(words)
    page.get_by_label("Medicine").check()
    for number in (1, 2, 3):
        part = page.locator(f"#criteria-{number}")
        part.get_by_label("Name", exact=True).fill(f"Criterion {number}")
        for value in (1, 2, 3, 4):
            part.get_by_label(f"What level {value} looks like").fill(f"Level {value}.")
    page.get_by_label("Search the loaded frameworks").fill("RR1")
    follow(page, page.get_by_role("button", name="Search"))
    follow(page, page.get_by_role("button", name="Align RR1"))
    follow(page, page.get_by_role("link", name="A review date."))
    page.get_by_label("Owner").select_option(label=administrator.name)
    page.get_by_label("Review date").fill("2099-05-01")
    follow(page, page.get_by_role("button", name="Save owner and review date"))
    follow(page, page.get_by_role("button", name="Publish version 1"))

    assert page.get_by_role("heading", name="Frozen").is_visible()
    assert CredentialVersion.objects.get(title="Sutures").status == "published"


def test_the_draft_saves_itself_and_says_when(open_as, administrator, draft):
    page = open_as(administrator, url_of(draft))

    page.get_by_label("Cost").fill("none")
    page.get_by_text("Revision 2.").wait_for()

    assert CredentialVersion.objects.get(pk=draft.pk).cost == "none"
    page.get_by_label("Workload in hours").fill("7")
    page.get_by_text("Revision 3.").wait_for()
    assert page.get_by_text("A workload in hours.").count() == 0


def test_two_windows_meet_and_neither_is_lost(open_as, administrator, make_user, draft):
    first = open_as(administrator, url_of(draft))
    second = open_as(make_user(Role.LEAD), url_of(draft))
    second.get_by_label("Cost").fill("ten dollars")
    second.get_by_text("Revision 2.").wait_for()

    first.get_by_label("Claim").fill("Writes clear notes.")
    first.get_by_role("button", name="Save mine instead").wait_for()
    assert CredentialVersion.objects.get(pk=draft.pk).cost == "ten dollars"
    assert first.get_by_label("Claim").input_value() == "Writes clear notes."
    follow(first, first.get_by_role("button", name="Save mine instead"))

    assert CredentialVersion.objects.get(pk=draft.pk).claim == "Writes clear notes."


def test_rows_are_moved_by_keyboard_and_the_focus_follows(open_as, administrator, draft):
    page = open_as(administrator, url_of(draft))

    page.get_by_role("button", name="Move criterion 1 down").focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")

    assert [each.key for each in draft.criteria.order_by("position")] == ["referral", "role-map", "reflection"]
    assert page.evaluate("document.activeElement.closest('.editor-row').id") == "criteria-2"
