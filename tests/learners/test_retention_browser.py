"""What is kept how long, and what a learner sees of it, in Chromium."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils import timezone

from learners import services
from learners.models import AccessEntry, Decision, EvidenceItem, StoredFile, Submission
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def evidence(make_decision, make_learner, media):
    """Two pieces of work of a learner, decided long ago, with a file each: one about to go and one gone."""
    learner, found = make_learner(), []
    now = timezone.now()
    for number, days in enumerate((390, 480)):
        decision = make_decision(learner=learner)
        then = now - timedelta(days=days)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=then)
        Submission.objects.filter(pk=decision.submission_id).update(status="decided")
        stored = StoredFile.objects.create(
            sha256="a" * 64,
            media_type="text/plain",
            size_bytes=5,
            original_name="notes.txt",
            path=default_storage.save(f"evidence/{number}", ContentFile(b"notes")),
            uploaded_by=learner.user,
            uploaded_at=then,
        )
        EvidenceItem.objects.create(
            submission=decision.submission,
            kind="file",
            title="Ward notes",
            file=stored,
            added_by=learner.user,
            added_at=then,
        )
        found.append(decision.submission)
    services.apply_retention(at=now - timedelta(days=60))
    services.apply_retention(at=now)
    return found


@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_the_rules_are_read_and_changed_and_a_learner_sees_what_goes(
    open_as, evidence, registrar, make_submission, make_learner, width, scheme
):
    def looked(page):
        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width

    def shown(user, address):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)
        looked(page)
        return page

    learner = evidence[0].learner
    old = timezone.now() - timedelta(days=4 * 365)
    AccessEntry.objects.create(actor=registrar, learner=learner, reason="advising", at=old)
    services.place_hold(actor=registrar, learner=make_learner(name="Kim Birch"), cause="other", reason="Case 7", at=old)
    page = shown(registrar, reverse("learners:retention"))
    page.get_by_label("Months").fill("24")
    page.get_by_label("Why this long").fill("The accreditor asks for it.")
    follow(page, page.get_by_role("button", name="Keep it that long"))
    looked(page)
    page.get_by_label("What would go until").fill((timezone.localdate() + timedelta(days=30)).isoformat())
    follow(page, page.get_by_role("button", name="Count what would go"))
    looked(page)
    page.get_by_text("Nothing was changed.", exact=False).wait_for()
    draft = make_submission(learner=learner)
    Submission.objects.filter(pk=draft.pk).update(status="expired")
    assert StoredFile.objects.filter(tombstone_cause="retention").count() == 1
    for address in (reverse("learners:record"), evidence[1].get_absolute_url(), draft.get_absolute_url()):
        shown(learner.user, address)
