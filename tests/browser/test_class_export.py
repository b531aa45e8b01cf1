"""A registrar takes out the transcripts of a class: asks, watches, takes the file, deletes it."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import cache
from django.db import connections
from django.utils import timezone

from issuance import services
from issuance.models import KeyPurpose
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited(media):
    cache.clear()


def work():
    try:
        while services.work_on_class_exports(at=timezone.now()):
            pass
    finally:
        connections.close_all()


def test_a_class_is_asked_for_taken_and_deleted(
    sign_in, look, organization, make_award, learner, cohort, make_user, live_server
):
    for purpose in (KeyPurpose.BADGE, KeyPurpose.DOCUMENT):
        services.create_key(organization=organization, purpose=purpose, at=timezone.now())
    make_award(learner=learner, sign_after=timezone.now())
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    page = sign_in(make_user("registrar"))
    page.goto(live_server.url + "/registrar/classes/")
    look(page, "class-exports-empty")
    page.get_by_label("Class", exact=True).select_option(label=cohort.name)
    page.get_by_label("Who gets the file").fill("Alumni Office")
    page.get_by_label("What for").fill("For the archive of the class.")
    follow(page, page.get_by_role("button", name="Make the transcripts"))
    look(page, "class-export-making")
    with ThreadPoolExecutor(1) as worker:  # in this thread Playwright's loop runs, and pyHanko wants its own
        worker.submit(work).result()
    page.reload()
    look(page, "class-export-made")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the file").click()
    assert taken.value.suggested_filename.endswith(".zip")
    follow(page, page.get_by_role("button", name="Delete the file now"))
    look(page, "class-export-over")
    assert page.get_by_text("There is no file any more").is_visible()
