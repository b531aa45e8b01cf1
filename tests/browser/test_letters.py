"""A registrar takes the wording for performance letters: of a class as a table, of one learner to copy."""

import pytest
from django.core.cache import cache

from learners.models import AwardComponent
from tests.fixtures.browsing import follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def unlimited():
    cache.clear()


def test_the_wording_of_a_class_and_of_a_learner(
    sign_in, look, make_award, make_version, learner, cohort, make_user, live_server
):
    parts = [make_award(learner=learner, version=make_version(title=f"Care in the Team {n}")) for n in range(1, 4)]
    award = make_award(learner=learner, version=make_version(kind="designation", title="Rural Health"))
    make_award(learner=learner, version=make_version(kind="designation", title="Ethics"), status="suspended")
    for position, part in enumerate(parts, 1):
        AwardComponent.objects.create(award=award, component=part, requirement="Required", position=position)
    page = sign_in(make_user("registrar"))
    page.goto(live_server.url + "/registrar/letters/")
    look(page, "letters-of-a-class")
    follow(page, page.get_by_role("button", name="Take the table"))
    look(page, "letters-refused")
    page.get_by_label("Class", exact=True).select_option(label=cohort.name)
    page.get_by_label("Correcting or issuing a record").check()
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take the table").click()
    assert taken.value.suggested_filename.startswith("performance-letters-")

    page.goto(live_server.url + "/people/")
    page.get_by_label("Learner", exact=True).fill(learner.display_name)
    page.get_by_label("Correcting or issuing a record").check()
    follow(page, page.get_by_role("button", name="Look", exact=True))
    page.goto(live_server.url + f"/people/{learner.public_id}/change/")
    follow(page, page.get_by_role("link", name="Read the wording"))
    look(page, "letter-of-a-learner")
    assert "was awarded the designation “Rural Health”" in page.get_by_label("For the letter").first.input_value()
    assert page.get_by_text("No wording: It is suspended").is_visible()
