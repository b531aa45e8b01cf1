"""The story of Signet in Chromium, walked by each of its people through the pages alone.

Every page on the way is looked at: axe finds nothing, nothing scrolls sideways, and pictures are kept in build/screenshots.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from config.permissions import Role
from issuance import services as issuance_services
from issuance.models import SignedDocument
from learners.models import Award, Decision, Submission
from pathways import services as pathways_services
from tests.fixtures.browsing import follow
from tests.fixtures.uploads import image_bytes, pdf_bytes
from tests.pathways.conftest import make_pathway  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

REFLECTION = "Five roles, whom I would have called first, and what I learned about the limits of my own."
CHANGED = "I now call the pharmacist first, and say why."


@pytest.fixture
def school(issuer, make_user, make_learner, make_version, make_pathway, settings, media):  # noqa: F811
    """One person for each role, a draft to publish, and a pathway that asks for it."""
    settings.UNDO_WINDOW_SECONDS = 0
    people = {
        "administrator": make_user(Role.ADMINISTRATOR, name="Merrin Oakenshaw"),
        "assessor": make_user(Role.ASSESSOR, name="Hollis Fernsby"),
        "registrar": make_user(Role.REGISTRAR, name="Ivo Kestrel"),
        "second": make_user(Role.REGISTRAR, name="Una Saltmarsh"),
        "member": make_user(Role.COMMITTEE, name="Selim Rowanlea"),
        "auditor": make_user(Role.AUDITOR, name="Greta Stonecrop"),
    }
    draft = make_version(published=False, title="Roles and Scope in the Care Team")
    draft.credential.owner = draft.credential.review_on = None
    draft.credential.save()
    pathway = make_pathway(required=[draft], title="Digital Health and Data")
    learner = make_learner(name="Robin Alder")
    return {**people, "learner": learner.user, "draft": draft, "pathway": pathway.pathway}


def work():
    """What the workers do in the background; apart from this thread, where Playwright's loop runs."""

    def run():
        try:
            at = timezone.now()
            pathways_services.open_due_cases(at=at)
            while issuance_services.sign_pending(limit=50, at=at, full=True):
                pass
            issuance_services.render_pending(limit=10, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as worker:
        worker.submit(run).result()


def test_from_a_draft_to_a_designation(school, sign_in, open_page, look):
    _publish(school, sign_in, look)
    learner = sign_in(school["learner"])
    _submit(school, learner, look)
    assessor = sign_in(school["assessor"])
    _judge(assessor, look, levels=[3, 2, 2], outcome="Returned for changes")
    _resubmit(school, learner, look)
    _judge(assessor, look, levels=[3, 3, 3], outcome="Awarded")
    work()
    award = Award.objects.get()
    _share(award, learner, look)
    _verify(award, open_page, look)
    _confirm(school, sign_in, learner, look)
    _read(school, sign_in, look)
    _revoke(school, award, sign_in, look)
    _see_it_revoked(award, learner, open_page, look)


def _publish(school, sign_in, look):
    page = sign_in(school["administrator"])
    look(page, "administrator-home")
    follow(page, page.get_by_role("link", name="Open credentials"))
    look(page, "manage-credentials")
    follow(page, page.get_by_role("link", name=school["draft"].title))
    look(page, "manage-draft")
    follow(page, page.get_by_role("button", name="Publish"))
    page.get_by_text("owner", exact=False).first.wait_for()
    look(page, "manage-draft-refused")
    school["draft"].refresh_from_db()
    assert school["draft"].status == "draft"
    page.get_by_label("Owner").select_option(label="Merrin Oakenshaw")
    page.get_by_label("review", exact=False).first.fill("2027-09-01")
    follow(page, page.get_by_role("button", name="Save").first)
    follow(page, page.get_by_role("button", name="Publish"))
    page.get_by_text("published", exact=False).first.wait_for()
    look(page, "manage-published")
    school["draft"].refresh_from_db()
    assert school["draft"].status == "published"


def _submit(school, page, look):
    look(page, "learner-home-first")
    page.goto(page.url.replace("/home/", "/catalog/"))
    look(page, "catalog")
    follow(page, page.get_by_role("link", name=school["draft"].title).first)
    look(page, "item")
    follow(page, page.get_by_role("button", name="Enroll"))
    look(page, "workspace-empty")
    follow(page, page.get_by_role("button", name="Submit evidence"))
    page.get_by_role("alert").wait_for()
    look(page, "workspace-refused")
    place = page.locator("#place-1")
    for name, content in (("note.pdf", pdf_bytes()), ("sketch.png", image_bytes(size=(400, 300)))):
        place.get_by_text("Attach a file").click()
        place.locator("input[type=file]").set_input_files(
            {"name": name, "mimeType": "application/octet-stream", "buffer": content}
        )
        place.locator("details[open]").get_by_role("button", name="Add").click()
        page.get_by_text(f"Added: {name}").first.wait_for()
    _add_text(page, "Reflection", REFLECTION)
    look(page, "workspace-full")
    _hand_in(page)
    look(page, "submission-waiting")


def _add_text(page, title, text):
    place = page.locator("#place-1")
    place.locator("summary", has_text="text").click()
    form = place.locator("details[open]")
    form.get_by_label("Title").fill(title)
    form.get_by_label("Text").fill(text)
    form.get_by_role("button", name="Add").click()
    page.get_by_text(f"Added: {title}").first.wait_for()


def _hand_in(page):
    for box in page.locator("#submit input[type=checkbox]:not([name^=anew])").all():
        box.check()
    follow(page, page.get_by_role("button", name="Submit evidence"))
    page.get_by_text("Evidence submitted. You will").first.wait_for()


def _judge(page, look, *, levels, outcome):
    submission = Submission.objects.latest("pk")
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/queue/")
    look(page, f"queue-{submission.attempt}")
    follow(page, page.locator(f"a[href*='{submission.public_id}']").first)
    look(page, f"marking-{submission.attempt}")
    for number, level in enumerate(levels, 1):
        if not page.locator(f"[name=comment_{number}]").count():
            continue  # kept from the first attempt
        page.locator(f"input[name=level_{number}][value='{level}']").check()
        page.locator(f"[name=comment_{number}]").fill("You lead with what matters today.")
        if level < 3:
            page.locator(f"[name=next_step_{number}]").fill("Say whom you would call first, and why.")
    follow(page, page.get_by_role("button", name="Finish").first)
    page.get_by_role("button", name="Release decision").wait_for()
    look(page, f"decision-{submission.attempt}")
    follow(page, page.get_by_role("button", name="Release decision"))
    page.wait_for_load_state()
    decision = Decision.objects.get(submission=submission, status="released")
    assert decision.get_outcome_display().capitalize() == outcome


def _resubmit(school, page, look):
    page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + "/home/")
    look(page, "learner-home-returned")
    follow(page, page.get_by_role("link", name=school["draft"].title).first)
    page.get_by_text("Say whom you would call first, and why.").first.wait_for()
    look(page, "result-returned")
    follow(page, page.get_by_role("button", name="next attempt", exact=False))
    _add_text(page, "What I changed", CHANGED)
    look(page, "workspace-second-attempt")
    _hand_in(page)


def _share(award, page, look):
    base = page.url.split("/", 3)[0] + "//" + page.url.split("/")[2]
    page.goto(f"{base}/home/")
    look(page, "learner-home-awarded")
    page.goto(f"{base}{award.decision.submission.get_absolute_url()}")
    look(page, "result-awarded")
    page.goto(f"{base}/badges/")
    look(page, "badges")
    follow(page, page.get_by_role("link", name=award.credential_version.title).first)
    look(page, "badge-private")
    follow(page, page.get_by_role("link", name="Share this badge"))
    look(page, "share")
    follow(page, page.get_by_role("button", name="Share this badge"))
    page.get_by_role("alert").wait_for()
    look(page, "share-refused")
    page.locator("[name=purpose][value=residency]").check()
    page.wait_for_timeout(500)
    page.locator("input[name=agree]").check()
    follow(page, page.get_by_role("button", name="Share this badge"))
    page.get_by_text("Anyone with the address can see the badge now.").first.wait_for()
    look(page, "shared")
    page.goto(f"{base}/sharing/")
    look(page, "share-center")
    page.goto(f"{base}/sharing/links/")
    look(page, "link-create")
    page.goto(f"{base}/notices/")
    look(page, "notices")


def _verify(award, open_page, look):
    page = open_page(f"/v/{award.public_id}", bypass_csp=True)
    page.get_by_text("Robin Alder").first.wait_for()
    look(page, "verify-valid")
    page.set_viewport_size({"width": 360, "height": 780})
    assert page.evaluate("document.querySelector('.facts').getBoundingClientRect().bottom + scrollY") < 700
    page.goto(page.url.replace(str(award.public_id), "0" * 8 + str(award.public_id)[8:]))
    look(page, "verify-nothing")
    page.goto(page.url.split("/v/")[0] + "/check/")
    look(page, "check")
    content = bytes(SignedDocument.objects.current("credential").get(award=award).bytes)
    for name, sent, said in (
        ("check-valid", content, "Valid"),
        ("check-altered", content.replace(b"Robin Alder", b"Robin Older"), "Changed, or not issued by whom it names"),
        ("check-nonsense", b"nothing of the kind", "Could not be confirmed"),
    ):
        page.locator("input[type=file]").set_input_files(
            {"name": "badge.json", "mimeType": "application/json", "buffer": sent}
        )
        follow(page, page.get_by_role("button", name="Check"))
        page.get_by_text(said, exact=True).first.wait_for()
        look(page, name)


def _confirm(school, sign_in, learner, look):
    base = learner.url.split("/", 3)[0] + "//" + learner.url.split("/")[2]
    learner.goto(f"{base}/pathways/")
    look(learner, "pathways")
    follow(learner, learner.get_by_role("link", name="Digital Health and Data").first)
    look(learner, "pathway")
    follow(learner, learner.get_by_role("button", name="Join this pathway"))
    work()
    learner.reload()
    learner.get_by_text("Before the committee").first.wait_for()
    look(learner, "pathway-met")
    member = sign_in(school["member"])
    look(member, "member-home")
    member.goto(f"{base}/committee/")
    look(member, "cases")
    follow(member, member.get_by_role("link", name="Robin Alder").first)
    look(member, "case")
    follow(member, member.get_by_role("button", name="Confirm the designation"))
    member.wait_for_load_state()
    look(member, "case-without-reason")
    member.locator("form[action$='/confirm/'] [name=reason]").fill("The component was read; the set is sound.")
    follow(member, member.get_by_role("button", name="Confirm the designation"))
    member.get_by_text("The designation is awarded.").first.wait_for()
    look(member, "case-confirmed")
    work()
    learner.reload()
    look(learner, "pathway-confirmed")
    designation = Award.objects.get(credential__kind="designation")
    learner.goto(f"{base}{designation.get_absolute_url()}")
    look(learner, "designation")


def _read(school, sign_in, look):
    page = sign_in(school["auditor"])
    look(page, "auditor-home")
    page.goto(page.url.replace("/home/", "/registrar/"))
    look(page, "registry")


def _revoke(school, award, sign_in, look):
    page = sign_in(school["registrar"])
    page.goto(page.url.replace("/home/", f"/registrar/awards/{award.public_id}/"))
    look(page, "registry-award")
    page.get_by_label("Reason").select_option("error")
    page.locator("[name=note]").fill("The evidence belonged to another enrollment.")
    follow(page, page.get_by_role("button", name="Request revocation"))
    page.get_by_text("Another registrar decides").first.wait_for()
    look(page, "revocation-own")
    second = sign_in(school["second"])
    look(second, "registrar-home")
    follow(second, second.get_by_role("link", name="Open revocations"))
    look(second, "revocations")
    follow(second, second.get_by_role("link", name="Robin Alder").first)
    look(second, "revocation")
    follow(second, second.get_by_role("button", name="Approve and revoke"))
    second.get_by_text("Revoked. Page, status list and file check say so").first.wait_for()
    look(second, "revocation-approved")


def _see_it_revoked(award, learner, open_page, look):
    page = open_page(f"/v/{award.public_id}", bypass_csp=True)
    page.get_by_text("Revoked by the issuer").first.wait_for()
    look(page, "verify-revoked")
    learner.goto(learner.url.split("/badges/")[0] + award.get_absolute_url())
    learner.get_by_text("you may appeal", exact=False).first.wait_for()
    look(learner, "badge-revoked")
