"""The builder's pages: a tree of rules, changed with buttons alone."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse

from pathways.models import PathwayVersion
from tests.fixtures.browsing import RULES


@pytest.fixture
def draft(make_pathway, two_badges):
    return make_pathway(required=two_badges[:1], groups=[("Depth", 1, two_badges)], published=False)


def at(version, name="rule-list"):
    return reverse(f"pathways:{name}", args=[version.pathway.public_id, version.number])


def test_rules_are_added_changed_and_removed_by_forms(signed_in, pathway_admin, draft, two_badges):
    client, group = signed_in(pathway_admin), draft.requirements.get(kind="choose")

    added = client.post(
        at(draft, "rule-save"),
        {"kind": "credential", "parent": group.pk, "credential": two_badges[0].credential.pk, "points": 3},
    )
    badge = group.children.order_by("-position").first()
    changed = client.post(at(draft, "rule-save"), {"rule": group.public_id, "label": "Breadth", "minimum": 2})
    moved = client.post(at(draft, "rule-move"), {"rule": badge.public_id, "way": "up"})
    removed = client.post(at(draft, "rule-move"), {"rule": badge.public_id, "way": "remove"})

    assert [each.status_code for each in (added, changed, moved, removed)] == [302] * 4
    assert added.url.endswith(f"#rule-{badge.public_id}")
    group.refresh_from_db()
    assert (group.label, group.minimum, group.children.count()) == ("Breadth", 2, 2)


def test_the_page_shows_what_learners_read(signed_in, pathway_admin, draft):
    page = signed_in(pathway_admin).get(at(draft))

    assert "“Depth”: earn 1 of Informatics or Evidence." in page.context["sentences"]
    assert page.context["tree"][1]["parts"][0]["name"] == "Informatics"


def test_a_refusal_stays_on_the_page(signed_in, pathway_admin, draft):
    client, first = signed_in(pathway_admin), draft.requirements.get(parent=None, kind="credential")

    without = client.post(at(draft, "rule-save"), {"kind": "choose", "label": "Depth"})
    too_far = client.post(at(draft, "rule-move"), {"rule": first.public_id, "way": "up"})

    assert (without.status_code, too_far.status_code) == (422, 422)
    assert "Say how many, at least 1." in without.content.decode()
    assert "It is the first one already." in too_far.content.decode()
    assert draft.requirements.count() == 4


def test_rules_of_another_version_are_not_there(signed_in, pathway_admin, draft, make_pathway, two_badges):
    other = make_pathway(required=two_badges, published=False).requirements.first()
    client = signed_in(pathway_admin)

    for name, data in (("rule-save", {"label": "x"}), ("rule-move", {"way": "remove"})):
        assert client.post(at(draft, name), {"rule": other.public_id} | data).status_code == 404
    assert client.get(at(draft) + "?rule=nonsense").status_code == 404
    assert client.post(at(draft, "rule-move"), {"way": "remove"}).status_code == 404
    assert type(other).objects.filter(pk=other.pk).exists()


def test_what_is_published_has_no_builder_and_starts_a_next_version(signed_in, pathway_admin, make_pathway, two_badges):
    version, client = make_pathway(required=two_badges), signed_in(pathway_admin)

    assert client.get(at(version)).status_code == 404
    started = client.post(reverse("pathways:version-start", args=[version.pathway.public_id]))

    second = PathwayVersion.objects.get(pathway=version.pathway, status="draft")
    assert started.url == at(second)
    assert client.get(at(second)).status_code == 200


def test_the_builder_costs_the_same_for_any_size(
    signed_in, pathway_admin, draft, make_pathway, make_version, django_assert_max_num_queries
):
    large = make_pathway(
        required=[make_version() for _ in range(6)],
        groups=[(f"Group {number}", 1, [make_version() for _ in range(4)]) for number in range(3)],
        published=False,
    )
    client = signed_in(pathway_admin)
    client.get(at(draft))
    with django_assert_max_num_queries(19) as few:
        client.get(at(draft))
    with django_assert_max_num_queries(len(few)):
        client.get(at(large))


def press(page, link_or_button):
    """As somebody without a mouse does."""
    link_or_button.focus()
    with page.expect_navigation():
        page.keyboard.press("Enter")


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(360, "dark"), (1280, "light")])
def test_a_pathway_is_built_with_the_keyboard_alone(open_as, pathway_admin, draft, width, scheme):
    page = open_as(pathway_admin, at(draft), width=width, color_scheme=scheme, bypass_csp=True)

    group = draft.requirements.get(kind="choose")
    press(page, page.get_by_role("link", name="Add below Depth"))
    page.get_by_label("Kind of rule").select_option("all-of")
    page.get_by_label("Name").fill("Both")
    press(page, page.get_by_role("button", name="Add the rule"))
    inner = draft.requirements.get(label="Both")
    assert inner.parent == group
    press(page, page.get_by_role("button", name="Out of the group Both"))
    inner.refresh_from_db()
    assert inner.parent is None

    findings = Axe().run(page, options={"runOnly": RULES}).response["violations"]
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in findings] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
