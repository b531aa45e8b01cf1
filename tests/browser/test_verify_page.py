"""The page of a badge on a phone, on paper and by weight; and what a verifier does from there."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pypdf
import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import timezone

from credentials.models import CriterionLevel
from issuance import services
from issuance.models import KeyPurpose, SignedDocument, VerifierQuestion, Watch
from tests.fixtures.browsing import follow
from tests.moments import LONG_AGO

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited():
    """What other tests asked counts toward the limit of this minute."""
    cache.clear()


@pytest.fixture
def full_version(make_version):
    """A version with as much text as the longest of the demo catalog."""
    version = make_version(
        published=False,
        title="Medication Reconciliation and Safe Prescribing",
        claim="Judges whether an artificial intelligence product is safe, fair and useful for a given patient group.",
        assessment_methods=["image portfolio", "direct observation", "entrustment rating"],
        miller_level="does",
        supervision_and_identity="unsupervised, signed-in account with honor statement",
        second_mark_percent=20,
        quality_assurance=[
            "approved by the curriculum committee",
            "assessors calibrated each year",
            "one in five judged twice",
        ],
    )
    sentence = "Names the scope of each profession on the team correctly, says whom to call first and why, and gives two reasons."
    CriterionLevel.objects.filter(criterion__version=version).update(descriptor=sentence)
    for key in ("handover", "follow-up"):
        criterion = version.criteria.create(key=key, position=9, name=key.capitalize(), is_required=True)
        CriterionLevel.objects.bulk_create(
            CriterionLevel(criterion=criterion, value=value, label="Level", descriptor=sentence)
            for value in range(1, 5)
        )
        version.criteria.filter(pk=criterion.pk).update(position=version.criteria.count())
    version.status, version.published_at, version.published_by = "published", LONG_AGO, version.credential.owner
    version.save(update_fields=["status", "published_at", "published_by"])
    type(version.credential).objects.filter(pk=version.credential_id).update(status="offered", current_version=version)
    return version


@pytest.fixture
def shared(organization, make_award, full_version):
    type(organization).objects.filter(pk=organization.pk).update(
        accredited_by="Accreditation is not claimed: this school is invented.",
        contact_email="registrar@larkmoor.example.edu",
        is_fictional=True,
    )
    for purpose in (KeyPurpose.BADGE, KeyPurpose.DOCUMENT):
        services.create_key(organization=organization, purpose=purpose, at=timezone.now())
    at = timezone.now()
    award = make_award(version=full_version, sign_after=at, awarded_at=at, valid_until=at + timedelta(days=400))
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    services.give_consent(
        actor=award.learner.user, awards=[award], purpose="residency", sign_in_method="password", at=timezone.now()
    )
    return SignedDocument.objects.get(award=award, kind="credential")


def sign_receipts():
    try:
        return services.sign_receipts(limit=9, at=timezone.now())
    finally:
        connection.close()


def test_the_five_answers_stand_within_700_pixels_without_script_or_outside_request(open_page, live_server, shared):
    asked, sizes = [], {}
    page = open_page("/healthz", width=360, height=780, java_script_enabled=False)
    page.on("request", lambda request: asked.append(request.url))
    page.on("response", lambda answer: sizes.update({answer.url: (answer.request.resource_type, len(answer.body()))}))
    page.goto(f"{live_server.url}/v/{shared.award.public_id}")

    facts = page.locator(".facts").bounding_box()
    assert facts["y"] + facts["height"] <= 700
    assert all(url.startswith(live_server.url) for url in asked)
    weight = sum(size for kind, size in sizes.values() if kind in {"document", "stylesheet"})
    assert weight < 60_000, sizes
    assert page.title().startswith("Valid")


def test_in_every_state_the_five_answers_stand_within_700_pixels(open_page, look, live_server, shared, make_user):
    """On a phone, with a title of three lines and facts as long as the longest of the demo catalog."""
    page = open_page("/healthz", width=360, height=780, bypass_csp=True)
    award = shared.award
    row = type(award).objects.filter(pk=award.pk)

    def bottom(word):
        page.goto(f"{live_server.url}/v/{award.public_id}")
        assert page.title().startswith(word)
        facts = page.locator(".facts").bounding_box()
        return round(facts["y"] + facts["height"])

    found = {"Valid": bottom("Valid")}
    lines = page.evaluate("e => e.offsetHeight / parseFloat(getComputedStyle(e).lineHeight)", page.query_selector("h1"))
    assert round(lines) == 3
    row.update(valid_until=timezone.now() - timedelta(minutes=1))
    found["Expired"] = bottom("Expired")
    for status, word in (("suspended", "Temporarily unavailable"), ("superseded", "Replaced by a newer award")):
        row.update(status=status)
        found[word] = bottom(word)
    row.update(status="active")
    with connection.cursor() as cursor:
        change = "UPDATE issuance_signeddocument SET bytes = %s WHERE id = %s"
        cursor.execute(change, [bytes(shared.bytes).replace(b"Robin", b"Robyn"), shared.pk])
        found["Not confirmed"] = bottom("Not confirmed")
        cursor.execute(change, [bytes(shared.bytes), shared.pk])
    asked = services.request_revocation(
        actor=make_user("registrar"), award=award, reason="error", note="Wrong file.", at=timezone.now()
    )
    services.approve_revocation(actor=make_user("registrar"), request=asked, at=timezone.now())
    found["Revoked"] = bottom("Revoked by the issuer")
    look(page, "verify-revoked-long")

    assert max(found.values()) <= 700, found


def test_it_prints_on_one_page(open_page, shared, build_path):
    page = open_page(f"/v/{shared.award.public_id}")

    content = page.pdf(format="Letter", path=build_path / "verify-printed.pdf")
    printed = pypdf.PdfReader(io.BytesIO(content))

    assert len(printed.pages) == 1
    assert str(shared.award.public_id) in "".join(printed.pages[0].extract_text().split())


def test_a_verifier_votes_asks_and_takes_a_receipt(open_page, look, shared, registrar, open_as):
    page = open_page(f"/v/{shared.award.public_id}", bypass_csp=True)
    look(page, "verify-valid")
    follow(page, page.get_by_role("button", name="Helpful"))
    look(page, "thanks")
    page.go_back()
    follow(page, page.get_by_role("link", name="Ask the school about this badge"))
    page.get_by_role("button", name="Send the question").click()
    page.get_by_text("Say who asks.").first.wait_for()
    look(page, "ask-refused")
    page.get_by_label("Your name and program").fill("Dr. Hale, Northfield")
    page.get_by_label("Your e-mail address").fill("hale@northfield.example.org")
    page.get_by_label("Your question").fill("Was it judged on a ward?")
    follow(page, page.get_by_role("button", name="Send the question"))
    question = VerifierQuestion.objects.get()

    inbox = open_as(registrar, "/registrar/questions/", bypass_csp=True)
    look(inbox, "questions")
    follow(inbox, inbox.get_by_role("link", name="Dr. Hale, Northfield"))
    look(inbox, "question")
    inbox.get_by_label("What came of it").fill("Sent the rubric by mail.")
    follow(inbox, inbox.get_by_role("button", name="Close the question"))
    question.refresh_from_db()
    assert question.status == "closed"

    page.goto(page.url.partition("/thanks/")[0] + f"/v/{shared.award.public_id}")
    follow(page, page.get_by_role("button", name="Signed receipt of this check"))
    look(page, "receipt-waits")
    with ThreadPoolExecutor(
        1
    ) as worker:  # signing a PDF runs a loop of its own, and the browser has one in this thread
        worker.submit(sign_receipts).result()
    follow(page, page.get_by_role("link", name="Look again"))
    look(page, "receipt")
    with page.expect_download() as download:
        page.get_by_role("link", name="Receipt (JSON)").click()
    page.goto(page.url.partition("/receipt/")[0] + "/check/")
    page.get_by_label("Badge file").set_input_files(download.value.path())
    follow(page, page.get_by_role("button", name="Check the badge"))
    page.get_by_text("A genuine receipt").first.wait_for()
    look(page, "check-receipt")


def test_a_program_has_a_list_watched(open_page, look, shared, live_server):
    made = services.start_list(rows=[services.Given(f"/v/{shared.award.public_id}")], at=timezone.now())
    services.check_next_row(at=timezone.now())
    page = open_page(made.get_absolute_url(), bypass_csp=True)
    look(page, "list-with-watch")
    follow(page, page.get_by_role("link", name="Be told of changes"))
    page.get_by_label("E-mail address").fill("program@northfield.example.org")
    look(page, "watch-ask")
    follow(page, page.get_by_role("button", name="Ask this address"))
    look(page, "watch-asked")
    watch = Watch.objects.get()
    page.goto(live_server.url + watch.get_absolute_url())
    look(page, "watch-confirm")
    follow(page, page.get_by_role("button", name="Yes, tell me"))
    look(page, "watch-running")
    follow(page, page.get_by_role("button", name="Tell me no more"))
    look(page, "watch-stopped")
    assert not Watch.objects.exists()
    page.goto(live_server.url + "/check/offline/")
    look(page, "offline")
    page.goto(live_server.url + "/check/")
    look(page, "check-empty")
