"""Planning an offering, checking ten learners in on a phone, and recording what they did, in Chromium."""

import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from credentials.models import EvidenceRequirement, ItemCount, Offering
from credentials.services import Link, set_links
from learners import services
from learners.models import Attendance, EvidenceItem
from tests.fixtures.browsing import RULES, follow
from tests.fixtures.records import NOON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
NAMES = ["Ada", "Ben", "Cleo", "Dina", "Emil", "Fay", "Gus", "Hana", "Ivo", "Jörg"]


@pytest.fixture
def version(make_version):
    made = make_version(published=False, title="Airway Basics")
    EvidenceRequirement.objects.create(version=made, position=2, kind="skills station", source="event")
    made.status, made.published_at, made.published_by = "published", NOON, made.credential.owner
    made.save()
    made.credential.status, made.credential.current_version = "offered", made
    made.credential.save()
    return made


@pytest.fixture
def offering(version, make_offering, make_learner, make_enrollment, make_submission):
    """With ten learners who have a seat and a draft."""
    made = make_offering(version=version, name="Skills day", place="Simulation center", seats=12, contact="Skills desk")
    for number, name in enumerate(NAMES):
        learner = make_learner(name=f"{name} Alder", student_number=f"S-{number}")
        make_submission(enrollment=make_enrollment(learner=learner, version=version, offering=made))
    return made


def faults(page, width):
    """What axe finds on a page, and whether it is wider than its window."""
    found = Axe().run(page, options={"runOnly": RULES})
    said = [found.generate_report()] if found.violations_count else []
    too_wide = page.evaluate("document.documentElement.scrollWidth") > width
    return said + (["wider than its window"] if too_wide else [])


def at(name, offering):
    return reverse(f"learners:offering-{name}", args=[offering.public_id])


def test_an_offering_is_planned_ten_are_checked_in_at_360_px_and_their_results_recorded(
    open_as, version, assessor, lead, make_learner, make_enrollment, make_submission
):
    page = open_as(lead, reverse("learners:offering-add", args=[version.credential.public_id]), width=360)
    page.get_by_label("Name").fill("Skills day")
    for label, value in [
        ("First day", "2099-10-12"),
        ("Last day", "2099-10-12"),
        ("Day on which people meet", "2099-10-12"),
        ("Begin", "09:00"),
        ("End", "12:00"),
    ]:
        page.get_by_label(label).fill(value)
    page.get_by_label("Seats").fill("12")
    page.get_by_label("A unit that is not in the list").fill("Skills Center")
    follow(page, page.get_by_role("button", name="Plan it"))
    offering = Offering.objects.get()
    for number, name in enumerate(NAMES):
        learner = make_learner(name=f"{name} Alder", student_number=f"S-{number}")
        make_submission(enrollment=make_enrollment(learner=learner, version=version, offering=offering))

    door = open_as(assessor, at("check-in", offering), width=360, has_touch=True)
    for name in NAMES[:9]:
        door.get_by_role("button", name=f"{name} Alder is here").tap()
    door.get_by_label("Name or student number").fill("jorg")
    row = door.locator("[data-row]:visible")
    expect(row).to_have_count(1)
    row.locator("summary").click()
    row.get_by_label("Why late").fill("The bus")
    row.get_by_role("button", name="Came late").click()
    expect(door.locator("[data-said]")).to_have_text("Everything is saved.")
    expect(door.locator("[data-count=here]")).to_have_text("10")
    expect(door.locator("[data-count=late]")).to_have_text("1")
    assert sorted(Attendance.objects.values_list("status", flat=True)) == ["late", *["present"] * 9]

    follow(door, door.get_by_role("link", name="Record results"))
    follow(door, door.get_by_role("link", name="Record the next"))
    for _name in NAMES:
        for group in door.locator(".event-result__levels").all():
            group.get_by_label("3 Meets the standard").check()
        follow(door, door.get_by_role("button", name="Record and go on"))
    expect(door).to_have_url(re.compile(f"{at('results', offering)}$"))
    assert EvidenceItem.objects.filter(requirement__source="event").count() == 10


def test_presses_without_a_network_are_kept_and_sent_when_it_is_back(open_as, offering, assessor):
    page = open_as(assessor, at("check-in", offering), width=360)
    page.context.set_offline(True)

    page.get_by_role("button", name="Ada Alder is here").click()
    page.get_by_role("button", name="Ben Alder is here").click()
    page.get_by_role("button", name="Undo: Ben Alder").click()
    expect(page.locator("[data-said]")).to_contain_text("not sent yet")
    expect(page.locator("[data-count=here]")).to_have_text("1")
    assert not Attendance.objects.exists()

    page.context.set_offline(False)
    expect(page.locator("[data-said]")).to_have_text("Everything is saved.", timeout=15_000)
    assert list(Attendance.objects.values_list("enrollment__learner__display_name", "status")) == [
        ("Ada Alder", "present")
    ]


def test_a_result_that_was_chosen_without_a_network_is_kept(open_as, offering, assessor):
    enrollment = offering.enrollments.order_by("pk").first()
    services.check_in(actor=assessor, offering=offering, enrollment=enrollment, status="present", at=NOON)
    address = reverse("learners:offering-result", args=[offering.public_id, enrollment.public_id])
    page = open_as(assessor, address, width=360)
    page.get_by_label("2 Developing").first.check()
    page.get_by_label("Remark").fill("Say it aloud.")
    page.context.set_offline(True)
    page.get_by_role("button", name="Record and go on").click()
    expect(page.locator("[data-kept-said]")).to_contain_text("No network")

    page.context.set_offline(False)
    page.wait_for_url(re.compile(f"{at('results', offering)}$"))

    assert "Say it aloud." in EvidenceItem.objects.get(requirement__source="event").text


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark")])
def test_no_finding_and_nothing_scrolls_sideways(
    open_as, offering, make_offering, version, lead, assessor, width, scheme, build_path
):
    other = make_offering(version=version, name="Second day")
    gone = make_offering(version=version, name="Third day")
    rows = list(offering.enrollments.order_by("pk"))
    for each in rows[:3]:
        services.check_in(actor=assessor, offering=offering, enrollment=each, status="present", at=NOON)
    services.check_in(actor=lead, offering=offering, enrollment=rows[3], status="late", reason="The bus", at=NOON)
    services.move_learners(
        actor=lead, offering=offering, enrollments=[rows[8].public_id], to=gone, reason="A clash", at=NOON
    )
    services.cancel_offering(actor=lead, offering=gone, reason="No teacher", at=NOON)
    criteria = version.criteria.order_by("position")
    services.record_at_event(
        actor=lead,
        offering=offering,
        enrollment=rows[0],
        requirement=version.evidence_requirements.get(position=2),
        levels={each.pk: 3 for each in criteria},
        at=NOON,
    )
    pages = {
        "add": (lead, reverse("learners:offering-add", args=[version.credential.public_id])),
        "list": (lead, reverse("learners:offering-list")),
        "detail": (lead, offering.get_absolute_url()),
        "canceled": (lead, gone.get_absolute_url()),
        "cancel": (lead, at("cancel", offering)),
        "check-in": (assessor, at("check-in", offering)),
        "check-in-empty": (assessor, at("check-in", other)),
        "sheet": (assessor, at("sheet", offering)),
        "results": (assessor, at("results", offering)),
        "result": (
            assessor,
            reverse("learners:offering-result", args=[offering.public_id, rows[0].public_id]),
        ),
        "date": (rows[8].learner.user, reverse("learners:enrollment-date", args=[rows[8].public_id])),
        "item": (rows[8].learner.user, version.credential.get_absolute_url()),
        "workspace": (rows[8].learner.user, rows[8].get_absolute_url()),
        "manage": (lead, reverse("credentials:manage-detail", args=[version.credential.public_id])),
    }
    for name, (user, address) in pages.items():
        page = open_as(user, address, width=width, color_scheme=scheme, bypass_csp=True)
        assert faults(page, width) == [], page.url
        page.screenshot(path=build_path / f"offering-{name}-{width}-{scheme}.png", full_page=True)


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_demand_and_links_without_a_finding(open_as, version, make_version, lead, width, scheme, build_path):
    for kind, count in (("view", 1204), ("turned-away", 7)):
        ItemCount.objects.create(credential=version.credential, kind=kind, on=timezone.localdate(), count=count)
    links = [
        Link("builds-toward", program="MD with Distinction in Research", program_kind="track"),
        Link("smaller-version", target=make_version(title="Airway Management").credential),
    ]
    set_links(actor=lead, credential=version.credential, links=links, at=NOON)
    pages = {
        "demand": reverse("learners:demand-report"),
        "links": reverse("credentials:link-edit", args=[version.credential.public_id]),
        "criteria": version.get_absolute_url(),
    }
    for name, address in pages.items():
        page = open_as(lead, address, width=width, color_scheme=scheme, bypass_csp=True)
        assert faults(page, width) == [], page.url
        page.screenshot(path=build_path / f"offering-{name}-{width}-{scheme}.png", full_page=True)
