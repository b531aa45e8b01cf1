"""From the administrator's question to the signed endorsement beside a badge: asked, confirmed, shown, withdrawn."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from credentials import services as asking
from credentials.models import EndorsementRequest
from issuance import services
from tests.fixtures.browsing import RULES, follow
from tests.issuance.test_endorsements import ASKED, OUTSIDE, ask, confirm, link_to, list_of, signed

__all__ = ["ask", "confirm", "signed"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_society_endorses_by_its_link_and_withdraws(open_as, open_page, administrator, issuer, make_shared, version):
    badge = make_shared(version=version)
    staff = open_as(administrator, list_of(version))
    for label, value in (
        ("Organization", ASKED["organization_name"]),
        ("Its website", ASKED["website"]),
        ("Its country", "US"),
        ("E-mail address of the person who speaks for it", OUTSIDE),
        ("The statement that you propose", ASKED["statement"]),
    ):
        staff.get_by_label(label, exact=True).fill(value)
    follow(staff, staff.get_by_role("button", name="Send the link"))

    outside = open_page(link_to(EndorsementRequest.objects.get()), width=360)
    outside.get_by_label("The statement of your organization").fill("In our own words.")
    outside.get_by_label("Your name").fill("Pat Chair")
    outside.get_by_label("The role in which you speak").fill("Chair of education")
    outside.get_by_label("I may speak for").check()
    follow(outside, outside.get_by_role("button", name="Confirm the endorsement"))
    services.settle_endorsements(limit=10, at=timezone.now())
    public = open_page(f"/v/{badge.award.public_id}")
    follow(public, public.get_by_role("link", name="Society of Team Care"))

    assert public.get_by_text("Valid endorsement").is_visible()
    assert public.get_by_text("In our own words.").is_visible()
    follow(outside, outside.get_by_role("button", name="Withdraw the endorsement"))
    public.reload()
    assert public.get_by_text("Withdrawn").first.is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (360, "light"), (1280, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_endorsements(
    open_as, open_page, ask, confirm, signed, make_shared, version, administrator, build_path, width, scheme
):
    badge = make_shared(version=version)
    waiting = ask(organization_name="Family Medicine Program", kind="program", email="director@program.example.org")
    declined = ask(organization_name="Northfield School", kind="school", email="dean@northfield.example.org")
    asking.decline_endorsement(request=declined, reason="Too early for us.", at=timezone.now())
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    pages = {
        "list": open_as(administrator, list_of(version), **options),
        "form": open_page(link_to(waiting), **options),
        "confirmed": open_page(link_to(signed.endorsement.request), **options),
        "over": open_page(link_to(declined), **options),
        "page": open_page(f"/endorsements/{signed.endorsement.public_id}", **options),
        "badge": open_page(f"/v/{badge.award.public_id}", **options),
        "item": open_page(version.credential.get_absolute_url(), **options),
    }
    asking.withdraw_own_endorsement(request=signed.endorsement.request, reason="", at=timezone.now())
    pages["withdrawn"] = open_page(f"/endorsements/{signed.endorsement.public_id}", **options)
    for name, page in pages.items():
        page.screenshot(path=build_path / f"endorsement-{name}-{width}-{scheme}.png", full_page=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(page.url, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
