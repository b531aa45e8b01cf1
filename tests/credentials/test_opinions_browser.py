"""From the lead's question to the public line: asked, commented on, answered, published."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from credentials import services
from credentials.models import OpinionRequest, Suggestion
from tests.credentials.test_opinions import OUTSIDE, SAID, ask, draft, link_to, list_of
from tests.fixtures.browsing import RULES, follow

__all__ = ["ask", "draft"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_society_comments_by_its_link_and_each_suggestion_is_answered(open_as, open_page, lead, administrator, draft):
    staff = open_as(lead, list_of(draft))
    staff.get_by_label("Organization").fill("Society of Team Care")
    staff.get_by_label("What it is").select_option("society")
    staff.get_by_label("E-mail address of the person").fill(OUTSIDE)
    follow(staff, staff.get_by_role("button", name="Send the link"))

    outside = open_page(link_to(OpinionRequest.objects.get()), width=360)
    outside.get_by_label("Describes the scope of five roles correctly.").fill("Say which roles.")
    follow(outside, outside.get_by_role("button", name="Finish later"))
    outside.goto(outside.url.split("#")[0])
    outside.get_by_label("Publish it with changes").check()
    outside.get_by_label("Your name").fill("Pat Chair")
    outside.get_by_label("The role in which you speak").fill("Chair of education")
    outside.get_by_label("may be named on the public page").check()
    follow(outside, outside.get_by_role("button", name="Send comments"))
    outside.get_by_role("heading", name="Sent").wait_for()

    staff.reload()
    staff.get_by_label("Taken up", exact=True).check()
    staff.get_by_label("Why, in a sentence").fill("We name the roles now.")
    follow(staff, staff.get_by_role("button", name="Answer"))
    services.send_opinion_mail(limit=10, at=timezone.now())
    services.publish_version(actor=administrator, version=draft, at=timezone.now())
    public = open_page(reverse("credentials:credential-detail", args=[draft.credential.public_id]))

    assert Suggestion.objects.get().answer == "taken"
    assert "Taken up: We name the roles now." in mail.outbox[-1].body
    assert public.get_by_role("heading", name="Informed by").is_visible()
    assert public.get_by_text("Society of Team Care").is_visible()


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (360, "light"), (1280, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_opinions(open_as, open_page, ask, draft, lead, build_path, width, scheme):
    sent, waiting = ask(), ask(email="director@program.example.org", organization_name="Family Medicine Program")
    services.send_opinion(request=sent, at=timezone.now(), **SAID)
    first = sent.suggestions.order_by("position").first()
    services.answer_suggestion(actor=lead, suggestion=first, answer="taken", text="We name them.", at=timezone.now())
    options = {"width": width, "color_scheme": scheme, "bypass_csp": True}
    pages = {
        "list": open_as(lead, list_of(draft), **options),
        "form": open_page(link_to(waiting), **options),
        "over": open_page(link_to(sent), **options),
    }
    for name, page in pages.items():
        page.screenshot(path=build_path / f"opinion-{name}-{width}-{scheme}.png", full_page=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(page.url, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
