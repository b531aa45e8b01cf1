"""The simulator: a learner for a reason, a made-up set, a day in the future; nothing is stored."""

from datetime import date, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from django.utils import timezone

from learners.models import AccessEntry, Award
from pathways import selectors
from pathways.models import DesignationCase, PathwayEnrollment, PathwayVersion
from tests.fixtures.browsing import RULES

TODAY = date(2026, 11, 1)


@pytest.fixture
def address(digital):
    return reverse("pathways:simulate", args=[digital.pathway.public_id, digital.number])


def made_up(*versions, **fields):
    chosen = {f"held-{each.credential.public_id}": "on" for each in versions}
    return {"action": "try", "on": TODAY.isoformat(), **chosen, **fields}


def state():
    return [model.objects.count() for model in (Award, DesignationCase, PathwayEnrollment)]


def test_a_made_up_set_says_what_is_met_and_what_is_missing(signed_in, pathway_admin, address, two_badges):
    client, before = signed_in(pathway_admin), state()

    half = client.post(address, made_up(two_badges[0]))
    whole = client.post(address, made_up(*two_badges))

    assert not half.context["progress"].is_met
    assert "Evidence is missing." in half.content.decode()
    assert "The least that is left to earn: Evidence, 10 hours." in half.content.decode()
    assert whole.context["progress"].is_met
    assert [row[:2] for row in whole.context["counted"]] == [["Informatics", "Required"], ["Evidence", "Required"]]
    assert state() == before


def test_a_day_in_the_future_names_what_has_lapsed(make_pathway, make_version):
    version = make_pathway(required=[make_version(title="Handover", expires_after_months=24)])
    asked = selectors.asked(version)
    (key,) = asked.credentials
    award = selectors.MadeUp(key, date(2026, 11, 1))

    def tried(on):
        return selectors.simulate(asked, learner=None, awards=[award], facts=selectors.Facts(), on=on)

    assert tried(date(2028, 11, 1)).is_met
    assert "Handover lapsed on November 1, 2028; renew it." in tried(date(2028, 11, 2)).sentence


def test_other_things_than_badges_are_made_up_too(make_pathway, two_badges):
    version = make_pathway(required=two_badges, capstone="oral defense", minimum_distinct_professions=3)
    asked = selectors.asked(version)
    awards = [selectors.MadeUp(key, TODAY) for key in asked.credentials]
    capstone = version.requirements.get(kind="capstone").pk

    def tried(**facts):
        return selectors.simulate(asked, learner=None, awards=awards, facts=selectors.Facts(**facts), on=TODAY)

    assert not tried().is_met
    assert not tried(professions=3).is_met
    assert tried(professions=3, recorded=frozenset({capstone})).is_met


def test_a_learner_is_tried_for_a_reason_that_is_kept(
    signed_in, pathway_admin, address, two_badges, make_award, learner
):
    make_award(learner=learner, version=two_badges[0])
    client = signed_in(pathway_admin)

    unasked = client.get(f"{address}?learner={learner.public_id}")
    without = client.post(address, {"action": "look", "said": learner.display_name})
    found = client.post(address, {"action": "look", "said": learner.display_name, "reason": "advising"})
    opened = client.get(f"{address}?learner={learner.public_id}")
    with_more = client.post(f"{address}?learner={learner.public_id}", made_up(two_badges[1], on="2100-01-01"))

    assert unasked.context["learner"] is None
    assert learner.display_name not in unasked.content.decode()
    assert without.status_code == 422
    assert found.context["found"] == [learner]
    entry = AccessEntry.objects.get()
    assert (entry.actor, entry.learner, entry.reason) == (pathway_admin, learner, "advising")
    assert opened.context["progress"].counted[0][0].title == "Informatics"
    assert not opened.context["progress"].is_met
    assert with_more.context["progress"].is_met


def test_a_reason_here_opens_no_record(signed_in, pathway_admin, address, learner):
    client = signed_in(pathway_admin)
    client.post(address, {"action": "look", "said": learner.display_name, "reason": "advising"})

    record = client.get(reverse("learners:learner-record", args=[learner.public_id]))

    assert record.status_code == 404


def test_a_role_for_one_designation_looks_for_nobody(signed_in, make_user, digital, address, learner):
    client = signed_in(make_user("pathway-admin", credential=digital.pathway.credential))

    page = client.get(address)
    looked = client.post(address, {"action": "look", "said": learner.display_name, "reason": "advising"})

    assert not page.context["may_look"]
    assert looked.status_code == 422
    assert not AccessEntry.objects.exists()


def test_odd_addresses_and_days_do_no_harm(signed_in, pathway_admin, address, lead):
    client = signed_in(pathway_admin)

    assert client.get(f"{address}?learner=nonsense").status_code == 200
    assert client.post(address, {"action": "try", "on": "never"}).status_code == 422
    assert signed_in(lead).get(address).status_code == 404


def test_the_simulator_costs_the_same_for_any_size(
    signed_in, pathway_admin, address, make_pathway, make_version, learner, django_assert_max_num_queries
):
    large = make_pathway(
        required=[make_version() for _ in range(6)],
        groups=[(f"Group {number}", 1, [make_version() for _ in range(4)]) for number in range(3)],
    )
    AccessEntry.objects.create(actor=pathway_admin, learner=learner, reason="advising", at=timezone.now())
    client, asked = signed_in(pathway_admin), f"?learner={learner.public_id}"
    client.get(address + asked)
    with django_assert_max_num_queries(19) as few:
        client.get(address + asked)
    other = reverse("pathways:simulate", args=[large.pathway.public_id, large.number])
    with django_assert_max_num_queries(len(few)):
        client.get(other + asked)


def press(page, link_or_button):
    """As somebody without a mouse does."""
    link_or_button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


def check(page, width):
    page.add_style_tag(content="*, *::before, *::after { transition: none !important; animation: none !important; }")
    findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_a_pathway_is_made_published_and_tried_with_the_keyboard_alone(
    open_as, administrator, committee_member, two_badges, build_path, width, scheme
):
    page = open_as(administrator, reverse("pathways:manage-list"), width=width, color_scheme=scheme, bypass_csp=True)

    def look(name):
        check(page, width)
        page.screenshot(path=build_path / f"pathway-{name}-{width}-{scheme}.png", full_page=True)

    press(page, page.get_by_role("link", name="New pathway"))
    page.get_by_label("Title").fill("Rural Care")
    page.get_by_label("What it is for").fill("Care far from towns.")
    look("begin")
    press(page, page.get_by_role("button", name="Begin the pathway"))
    page.get_by_label("Statement for performance letters").fill("Cares well far from towns.")
    page.get_by_label("Owner").select_option(label=administrator.name)
    page.get_by_label("Review date").fill((timezone.localdate() + timedelta(days=300)).isoformat())
    page.get_by_label("medicine").focus()
    page.keyboard.press("Space")
    look("settings")
    press(page, page.get_by_role("button", name="Save the settings"))
    look("gate")
    press(page, page.get_by_role("link", name="Change the rules"))
    page.locator("#id_credential").select_option(str(two_badges[0].credential.pk))
    page.locator("#preview").get_by_text("Earn Informatics.").first.wait_for()
    look("preview")
    press(page, page.get_by_role("button", name="Add the rule"))
    press(page, page.locator(".crumbs a"))
    press(page, page.get_by_role("button", name="Publish the designation"))
    press(page, page.get_by_role("button", name="Publish pathway"))
    assert PathwayVersion.objects.get().status == "published"
    press(page, page.get_by_role("link", name="Try it with a learner or a made-up set"))
    page.get_by_label("Informatics", exact=True).focus()
    page.keyboard.press("Space")
    press(page, page.get_by_role("button", name="Try it"))
    assert page.get_by_text("Every requirement is met: ready for the committee").is_visible()
    look("simulate")
    assert not Award.objects.exists()
