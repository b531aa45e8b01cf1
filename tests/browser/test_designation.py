"""From an open case to a designation that verifies: confirmed and shared on the pages, signed by the worker, checked signed out."""

import pytest
from django.utils import timezone

from issuance import services as issuance_services
from issuance.models import SignedDocument
from learners.models import Award
from pathways import services as pathways_services
from tests.fixtures.browsing import follow
from tests.fixtures.records import NOON
from tests.pathways.conftest import join, make_pathway

__all__ = ["join", "make_pathway"]

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_confirmed_case_becomes_a_designation_that_verifies_signed_out(
    issuer,
    media,
    settings,
    learner,
    make_version,
    make_award,
    make_pathway,
    join,
    committee_member,
    open_as,
    open_page,
    sign_in,
    look,
):
    settings.UNDO_WINDOW_SECONDS = 0
    badges = [make_version(title="Roles and Scope in the Care Team"), make_version(title="Safe Handover")]
    for each in badges:
        make_award(learner=learner, version=each)
    enrollment = join(make_pathway(required=badges, title="Digital Health and Data"))
    case = pathways_services.open_case(enrollment=enrollment, at=NOON)

    member = open_as(committee_member, case.get_absolute_url(), bypass_csp=True)
    member.locator("form[action$='/confirm/'] [name=reason]").fill("Both components were read; the set is sound.")
    with member.expect_navigation():
        member.get_by_role("button", name="Confirm the designation").press("Enter")
    member.get_by_text("The designation is awarded.").first.wait_for()
    designation = Award.objects.get(credential__kind="designation")
    while issuance_services.sign_pending(limit=50, at=timezone.now(), full=True):
        pass
    document = SignedDocument.objects.current("credential").get(award=designation)

    stranger = open_page(f"/v/{designation.public_id}")
    assert "Robin Alder" not in stranger.content()  # private until its learner shares it
    own = sign_in(learner.user)
    own.goto(own.url.split("/home/")[0] + designation.get_absolute_url())
    follow(own, own.get_by_role("link", name="Share this badge"))
    own.locator("[name=purpose][value=residency]").check()
    own.wait_for_timeout(500)
    own.locator("input[name=agree]").check()
    follow(own, own.get_by_role("button", name="Share this badge"))
    own.get_by_text("Anyone with the address can see the badge now.").first.wait_for()

    public = open_page(f"/v/{designation.public_id}", bypass_csp=True)
    for said in ("Robin Alder", "Digital Health and Data", "Valid", "Safe Handover"):
        public.get_by_text(said).first.wait_for()
    look(public, "designation-verified")
    public.goto(public.url.split("/v/")[0] + "/check/")
    content = bytes(document.bytes)
    for sent, said in (
        (content, "Valid"),
        (content.replace(b"Robin Alder", b"Robin Older"), "Changed, or not issued by whom it names"),
    ):
        public.locator("input[type=file]").set_input_files(
            {"name": "designation.json", "mimeType": "application/json", "buffer": sent}
        )
        follow(public, public.get_by_role("button", name="Check"))
        public.get_by_text(said, exact=True).first.wait_for()
