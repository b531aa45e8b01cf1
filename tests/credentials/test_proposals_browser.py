"""Proposals as people meet them: proposed, wanted, taken over; at every width, in both schemes, for everybody."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from credentials import services
from credentials.models import Proposal
from tests.credentials.test_proposals import WISH, propose, url_of
from tests.fixtures.browsing import RULES, follow

__all__ = ["propose"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_wish_becomes_a_draft(open_as, learner, assessor, lead):
    page = open_as(learner.user, "/proposals/", width=360)
    follow(page, page.get_by_role("link", name="Propose one"))
    page.get_by_label("What", exact=True).fill(WISH["title"])
    page.get_by_label("Why", exact=True).fill(WISH["need"])
    page.get_by_label("For whom").fill(WISH["audience"])
    follow(page, page.get_by_role("button", name="Propose it"))
    proposal = Proposal.objects.get()

    other = open_as(assessor, url_of(proposal))
    follow(other, other.get_by_role("button", name="I want it, too"))
    assert other.get_by_role("heading", name="1 vote").is_visible()

    staff = open_as(lead, url_of(proposal))
    staff.get_by_label("Code").fill("LMU-777")
    follow(staff, staff.get_by_role("button", name="Begin a draft"))

    proposal.refresh_from_db()
    assert proposal.credential.code == "LMU-777"
    assert f"/{proposal.credential.public_id}/draft/" in staff.url


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (360, "light"), (1280, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_proposals(open_as, propose, lead, assessor, build_path, width, scheme):
    waiting, declined = propose(), propose(title="A badge for being on time")
    services.vote(actor=assessor, proposal=waiting, at=timezone.now())
    services.decline_proposal(actor=lead, proposal=declined, reason="That is expected.", at=timezone.now())
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    pages = {
        "list": open_as(assessor, "/proposals/", **options),
        "new": open_as(assessor, "/proposals/new/", **options),
        "open": open_as(lead, url_of(waiting), **options),
        "declined": open_as(assessor, url_of(declined), **options),
    }
    for name, page in pages.items():
        page.screenshot(path=build_path / f"proposal-{name}-{width}-{scheme}.png", full_page=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(page.url, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
