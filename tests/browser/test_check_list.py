"""A residency program checks the badges of its applicants in one go."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from issuance import services
from issuance.models import KeyPurpose, SignedDocument
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited():
    """Lists of other tests count toward the limit of this minute."""
    cache.clear()


@pytest.fixture
def shared(organization, make_award):
    for purpose in (KeyPurpose.BADGE, KeyPurpose.DOCUMENT):
        services.create_key(organization=organization, purpose=purpose, at=timezone.now())
    at = timezone.now()
    award = make_award(sign_after=at, awarded_at=at)
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    services.give_consent(
        actor=award.learner.user, awards=[award], purpose="residency", sign_in_method="password", at=timezone.now()
    )
    return SignedDocument.objects.get(award=award, kind="credential")


def test_a_program_pastes_a_list_and_downloads_the_table(open_page, look, shared):
    page = open_page("/check/", bypass_csp=True)
    follow(page, page.get_by_role("link", name="Check a list of many"))
    look(page, "list-empty")
    page.get_by_role("button", name="Check the list").click()
    page.get_by_text("Paste at least one link").wait_for()
    look(page, "list-refused")

    address = f"http://testserver/v/{shared.award.public_id}"
    page.get_by_label("Links, one on each line").fill(
        f"{shared.award.learner.display_name}, {address}\nSomebody Else; {address}\n"
        "http://testserver/v/00000000-0000-4000-8000-000000000000\nhttps://"
    )
    page.get_by_label("Or files").set_input_files(
        [
            {"name": "badge.json", "mimeType": "application/json", "buffer": bytes(shared.bytes)},
            {"name": "holiday.png", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n"},
        ]
    )
    page.get_by_role("button", name="Check the list").click()
    page.get_by_text("of 6 checked").first.wait_for()
    while services.check_next_row(at=timezone.now()):
        pass
    page.get_by_text("6 of 6 checked").first.wait_for()
    page.get_by_text("another name", exact=True).wait_for()

    assert page.get_by_text("Nothing is shown at this address", exact=True).is_visible()
    look(page, "list-checked")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download as CSV").click()
    assert download.value.suggested_filename == "checked-badges.csv"
