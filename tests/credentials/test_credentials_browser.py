"""Catalog, item, criteria and publishing in Chromium: axe, narrow screens, filters, and publishing without script."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from credentials.models import CredentialVersion
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(make_version):
    version = make_version(published=False, title="Clear Notes and Oral Presentations")
    version.credential.owner = version.credential.review_on = None
    version.credential.save()
    return version


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_no_finding_and_nothing_scrolls_sideways(open_as, version, draft, administrator, width, scheme):
    item = version.credential.get_absolute_url()
    for address in (
        "/catalog/",
        "/catalog/?q=nothing+of+the+kind",
        item,
        f"{item}versions/1/",
        "/manage/credentials/",
        f"/manage/credentials/{draft.credential.public_id}/",
        f"/manage/credentials/{version.credential.public_id}/",
    ):
        page = open_as(administrator, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_stranger_filters_the_catalog_without_script(open_page, make_version):
    make_version(title="Safe Handover", level="advanced")
    make_version(title="Roles and Scope", level="foundation")
    page = open_page("/catalog/", java_script_enabled=False)

    page.locator("summary", has_text="Filters").click()
    page.get_by_label("Level").select_option("advanced")
    follow(page, page.get_by_role("button", name="Show").last)

    assert "level=advanced" in page.url
    assert page.get_by_role("link", name="Safe Handover").is_visible()
    assert page.get_by_role("link", name="Roles and Scope").count() == 0


def test_a_draft_is_completed_and_published_without_script(open_as, administrator, draft):
    page = open_as(administrator, f"/manage/credentials/{draft.credential.public_id}/", java_script_enabled=False)
    assert page.get_by_text("A review date.").is_visible()

    page.get_by_label("Owner").select_option(label=administrator.name)
    page.get_by_label("Review date").fill("2099-05-01")
    follow(page, page.get_by_role("button", name="Save owner and review date"))
    follow(page, page.get_by_role("button", name="Publish version 1"))

    assert page.get_by_role("heading", name="Frozen").is_visible()
    assert CredentialVersion.objects.get(pk=draft.pk).status == "published"
