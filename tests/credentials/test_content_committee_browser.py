"""A draft goes through the committee on content: put before it, voted on, accepted on a condition, published."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from credentials import services
from credentials.models import ContentCase
from credentials.models.committee import Vote
from tests.credentials.test_content_committee import case, committee, decide, draft, members, page_of, proposal, votes
from tests.fixtures.browsing import RULES, follow

__all__ = ["case", "committee", "draft", "members", "proposal"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_committee_accepts_a_draft_on_a_condition(open_as, committee, draft, lead, administrator):
    staff = open_as(lead, reverse("credentials:manage-detail", args=[draft.credential.public_id]))
    follow(staff, staff.get_by_role("button", name="Put it before the committee"))
    case = ContentCase.objects.get()
    for member in committee[:2]:
        page = open_as(member, page_of(case), width=360)
        page.get_by_label("For", exact=True).check()
        follow(page, page.get_by_role("button", name="Vote", exact=True))
    page.get_by_label("Accepted").check()
    page.get_by_label("Conditions of a yes, one on each line").fill("Name the roles.")
    follow(page, page.get_by_role("button", name="Record it"))
    page.get_by_label("What was done").fill("They are named.")
    follow(page, page.get_by_role("button", name="It is met"))

    assert page.get_by_text("They are named.").is_visible()
    services.publish_version(actor=administrator, version=draft, at=timezone.now())


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (360, "light"), (1280, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_the_committee(
    open_as, case, committee, draft, make_version, proposal, lead, administrator, build_path, width, scheme
):
    decided = services.put_before_committee(actor=lead, subject=make_version(published=False), at=timezone.now())
    wished = services.put_before_committee(actor=lead, subject=proposal, note="Many ask.", at=timezone.now())
    votes(decided, committee, Vote.FOR, Vote.FOR)
    votes(case, committee, Vote.FOR, Vote.AGAINST)
    decide(decided, committee[0], conditions=["Name the roles.", "Say how many hours."], reason="A good start.")
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    pages = {
        "list": open_as(committee[0], reverse("credentials:content-case-list"), **options),
        "ended": open_as(committee[0], reverse("credentials:content-case-list") + "?show=ended", **options),
        "case": open_as(committee[0], page_of(case), **options),
        "decided": open_as(committee[0], page_of(decided), **options),
        "proposal": open_as(committee[0], page_of(wished), **options),
        "quorum": open_as(administrator, reverse("credentials:content-quorum"), **options),
        "manage": open_as(lead, reverse("credentials:manage-detail", args=[draft.credential.public_id]), **options),
    }
    for name, page in pages.items():
        page.screenshot(path=build_path / f"content-{name}-{width}-{scheme}.png", full_page=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(page.url, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
