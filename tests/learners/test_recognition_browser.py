"""The pages of recognized learning in Chromium: axe, and nothing scrolls sideways; bringing one in by keyboard."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from learners import services
from learners.models import RecognizedCredential
from tests.fixtures.browsing import RULES, follow
from tests.fixtures.recognizing import BASICS

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_on_the_pages_of_recognized_learning(
    open_as, make_brought, make_badge, make_rule, make_submission, improvement, lead, learner, width, scheme
):
    at = timezone.now()
    badge, issuer = make_badge(holder="Somebody Else")
    rule = make_rule(issuer_ids=[issuer], parts=["Aims", "Measures"], parts_needed=2, note="Bring the badge.")
    waiting = make_brought(rule=rule, name="badge.json", content=badge, at=at)
    services.check_recognized(limit=5, at=at)
    accepted, declined = make_brought(at=at), make_brought(at=at)
    services.accept_recognition(actor=lead, recognized=accepted, at=at)
    services.decline_recognition(actor=lead, recognized=declined, reason="It names somebody else.", at=at)
    checking = make_brought(link="https://northlight.example.org/certificates/1", at=at)
    workspace = make_submission(learner=learner, version=improvement).enrollment

    for user, address in (
        (learner.user, reverse("learners:recognition-bring", args=[improvement.credential.public_id])),
        (learner.user, waiting.get_absolute_url()),
        (learner.user, checking.get_absolute_url()),
        (learner.user, declined.get_absolute_url()),
        (learner.user, improvement.credential.get_absolute_url()),
        (learner.user, workspace.get_absolute_url()),
        (learner.user, reverse("learners:award-list")),
        (lead, reverse("learners:home")),
        (lead, reverse("learners:recognition-list")),
        (lead, waiting.get_absolute_url()),
        (lead, accepted.get_absolute_url()),
        (lead, reverse("learners:recognition-rule-list")),
        (lead, reverse("learners:recognition-rule-add")),
        (lead, reverse("learners:recognition-rule-add") + f"?credential={improvement.credential.public_id}"),
        (lead, rule.get_absolute_url()),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]

        assert not [(address, each["id"], [node["html"] for node in each["nodes"]][:3]) for each in findings]
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_learner_brings_in_an_address_and_a_registrar_recognizes_it(open_as, media, rule, learner, registrar):
    page = open_as(learner.user, reverse("learners:recognition-bring", args=[rule.credential.public_id]), width=360)
    page.get_by_label("Earned on").fill("2026-05-01")
    page.get_by_label("Address of the badge or certificate").fill("https://northlight.example.org/certificates/1")
    follow(page, page.get_by_role("button", name="Bring it in"))
    assert page.get_by_role("heading", name=BASICS).is_visible()
    services.check_recognized(limit=5, at=timezone.now())

    staff = open_as(registrar, reverse("learners:recognition-list"))
    follow(staff, staff.get_by_role("link", name=BASICS))
    follow(staff, staff.get_by_role("button", name="Recognize it"))

    found = RecognizedCredential.objects.get()
    assert (found.status, found.decided_by) == ("accepted", registrar)
