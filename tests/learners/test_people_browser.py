"""The pages of Student Affairs, of days off, teams, preferences and the feed in Chromium: no finding, nothing sideways."""

from datetime import timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone

from learners import services
from learners.models import RosterImport
from learners.tasks import run_rosters
from tests.fixtures.browsing import RULES, follow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROSTER = """student_number,name,email,profession,cohort
S-1,Ada Quill,ada@example.edu,nursing,Class of 2030
S-2,Bo Fen,no address,medicine,Class of 2030
S-3,=1+1,cy@example.edu,medicine,Class of 2030
"""


@pytest.fixture
def school(organization, cohort, registrar, administrator, lead, learner, make_learner, make_enrollment, make_version):
    """A record that was opened, days off, teams, and a list that was checked."""
    at = timezone.now()
    services.search_learners(actor=registrar, said=learner.display_name, reason="records", at=at)
    today = timezone.localdate(at)
    services.set_leave(
        actor=registrar, learner=learner, from_on=today + timedelta(days=3), until_on=today + timedelta(days=9), at=at
    )
    services.add_holidays(
        actor=administrator, organization=organization, text=f"{today + timedelta(days=30)},,Founders"
    )
    version = make_version()
    for number, profession in enumerate(["medicine", "nursing", "pharmacy"] * 2):
        make_enrollment(learner=make_learner(name=f"Learner {number}", profession=profession), version=version)
    services.form_teams(actor=lead, credential=version.credential, size=3, professions=3, seed=1, at=at)
    make_enrollment(learner=make_learner(name="Late"), version=version)
    roster = services.check_roster(
        actor=registrar,
        organization=organization,
        file_name="class.csv",
        data=ROSTER.encode(),
        is_inviting=False,
        at=at,
    )
    return version, roster


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (1280, "light")])
def test_no_finding_and_nothing_scrolls_sideways(
    open_as, school, registrar, administrator, lead, learner, cohort, width, scheme
):
    version, roster = school
    for user, address in (
        (registrar, "/people/rosters/"),
        (registrar, f"/people/rosters/{roster.public_id}/"),
        (registrar, "/people/classes/"),
        (registrar, f"/people/classes/{cohort.pk}/"),
        (registrar, f"/people/{learner.public_id}/change/"),
        (administrator, "/calendar/"),
        (administrator, "/notices/log/"),
        (lead, f"/manage/credentials/{version.credential.public_id}/teams/?size=3&professions=3&seed=1"),
        (learner.user, "/notices/preferences/"),
        (learner.user, "/deadlines/"),
    ):
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)

        findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
        assert [(address, each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address


def test_a_list_is_sent_read_carried_out_and_reported_while_one_looks(open_as, registrar, cohort):
    page = open_as(registrar, "/people/rosters/")
    page.get_by_label("List of learners").set_input_files(
        {"name": "class.csv", "mimeType": "text/csv", "buffer": ROSTER.encode()}
    )
    follow(page, page.get_by_role("button", name="Check the list"))
    page.get_by_text("is no e-mail address").wait_for()
    follow(page, page.get_by_role("button", name="Carry out 1 row"))
    page.get_by_text("0 of 3 rows").wait_for()
    page.reload()
    page.get_by_text("0 of 3 rows").wait_for()

    run_rosters()

    page.get_by_role("link", name="Faulty rows as CSV").wait_for()
    assert RosterImport.objects.get().status == "finished"
