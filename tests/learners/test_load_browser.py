"""Load board, moving, load of one's own, two judgments side by side and the agreement report in Chromium."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from learners.models import Assignment, Conflict, Leave, SecondMarking
from tests.fixtures.browsing import RULES
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def busy(make_submission, make_double, make_version, assessor, learner):
    """An assessor with work that is late, leave and a conflict; work that nobody has; work judged twice, differently."""
    version = make_version()
    mine = make_submission(status="submitted", assessor=assessor, version=version)
    waiting = make_submission(status="submitted", version=version)
    double = make_double(assessor=assessor, levels=(1, 3, 3), version=version)
    SecondMarking.objects.update(status="differs", third_after=NOON)
    today = timezone.localdate()
    Leave.objects.create(assessor=assessor, from_on=today, until_on=today)
    Conflict.objects.create(assessor=assessor, learner=learner, kind="undisclosed", declared_at=NOON)
    return mine, waiting, double


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(open_as, busy, assessor, lead, width, scheme):
    _mine, waiting, double = busy
    for user, address in (
        (lead, "/load/"),
        (lead, f"/load/of/{assessor.public_id}/"),
        (lead, f"/load/give/{waiting.public_id}/first/"),
        (lead, "/agreement/"),
        (lead, "/classes/criteria/"),
        (assessor, "/my-load/"),
        (assessor, f"/queue/{double.public_id}/reconcile/"),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_all_of_somebodys_work_is_moved_with_a_few_presses(open_as, busy, assessor, lead):
    page = open_as(lead, f"/load/of/{assessor.public_id}/")

    page.get_by_label("Select all").check()
    page.get_by_text("1 selected").wait_for()
    page.get_by_label("Why it is moved").fill("On leave")
    page.get_by_role("button", name="Move selected work").click()

    page.get_by_text("1 moved.").wait_for()
    assert not Assignment.objects.filter(assessor=assessor, ended_at=None, role="first", reason="").filter(
        submission=busy[0]
    )
