"""What somebody with a right to one draft tries on the rules of others, and with rules that have no end."""

from uuid import uuid4

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from pathways.models import Requirement
from pathways.services import Asks, add_rule, change_rule, move_rule, publish_pathway, remove_rule
from pathways.services.building import DEPTH_MAX
from tests.fixtures.records import NOON


@pytest.fixture
def draft(make_pathway):
    return make_pathway(published=False)


@pytest.fixture
def other(make_pathway):
    return make_pathway(published=False)


def group(actor, version, parent=None):
    return add_rule(actor=actor, version=version, kind="all-of", parent=parent, asks=Asks(label="Group"))


def test_no_rule_is_hung_below_a_rule_of_another_version(draft, other, pathway_admin):
    foreign = group(pathway_admin, other)
    before = Requirement.objects.count()

    with pytest.raises(Invalid):
        group(pathway_admin, draft, parent=foreign)

    assert Requirement.objects.count() == before


def test_a_parent_that_was_removed_meanwhile_is_refused(draft, pathway_admin):
    parent = group(pathway_admin, draft)
    seen = Requirement.objects.get(pk=parent.pk)
    remove_rule(actor=pathway_admin, rule=parent)

    with pytest.raises(Invalid):
        group(pathway_admin, draft, parent=seen)


def test_a_rule_that_was_removed_meanwhile_is_a_conflict(draft, pathway_admin):
    rule = group(pathway_admin, draft)
    seen = Requirement.objects.select_related("version").get(pk=rule.pk)
    remove_rule(actor=pathway_admin, rule=rule)

    with pytest.raises(Conflict):
        change_rule(actor=pathway_admin, rule=seen, asks=Asks(label="Mine"))
    with pytest.raises(Conflict):
        move_rule(actor=pathway_admin, rule=seen, direction="up")


def test_groups_end_at_a_depth_also_when_they_are_moved_in(draft, pathway_admin):
    deepest = None
    for _number in range(DEPTH_MAX):
        deepest = group(pathway_admin, draft, parent=deepest)
    with pytest.raises(Invalid):
        group(pathway_admin, draft, parent=deepest)
    top = group(pathway_admin, draft)
    group(pathway_admin, draft, parent=top)

    for _number in range(3):
        top.refresh_from_db()
        try:
            move_rule(actor=pathway_admin, rule=top, direction="in")
        except Invalid:
            break
    depth = max(_depth(each) for each in draft.requirements.all())
    assert depth <= DEPTH_MAX


def _depth(rule):
    return 1 if rule.parent is None else 1 + _depth(rule.parent)


def test_ids_of_another_version_or_of_nothing_are_the_same_404(signed_in, draft, other, pathway_admin):
    foreign, client = group(pathway_admin, other), signed_in(pathway_admin)
    save = reverse("pathways:rule-save", args=[draft.pathway.public_id, draft.number])
    move = reverse("pathways:rule-move", args=[draft.pathway.public_id, draft.number])

    for key in (str(foreign.public_id), str(uuid4()), "1", "x' OR 1=1"):
        assert client.post(save, {"rule": key, "label": "Mine"}).status_code == 404
        assert client.post(move, {"rule": key, "way": "remove"}).status_code == 404
    answer = client.post(save, {"kind": "all-of", "label": "Below", "parent": str(foreign.pk)})
    assert answer.status_code == 422
    foreign.refresh_from_db()
    assert (foreign.label, Requirement.objects.filter(label="Below").exists()) == ("Group", False)


def test_a_published_version_and_another_school_are_out_of_reach(
    draft, pathway_admin, make_user, make_organization, digital
):
    rule = digital.requirements.first()
    with pytest.raises(Conflict):
        add_rule(actor=pathway_admin, version=digital, kind="all-of", asks=Asks(label="Late"))
    with pytest.raises(Conflict):
        remove_rule(actor=pathway_admin, rule=rule)
    foreign = make_user(Role.PATHWAY_ADMIN, scope=make_organization(slug="elsewhere"))
    with pytest.raises(NotAllowed):
        group(foreign, draft)
    with pytest.raises(NotAllowed):
        publish_pathway(actor=foreign, version=draft, at=NOON)
    assert digital.requirements.filter(pk=rule.pk).exists()


def test_text_of_rules_is_text_on_the_page(signed_in, draft, pathway_admin):
    add_rule(actor=pathway_admin, version=draft, kind="all-of", asks=Asks(label="<script>alert(1)</script>"))

    page = (
        signed_in(pathway_admin)
        .get(reverse("pathways:rule-list", args=[draft.pathway.public_id, draft.number]))
        .content.decode()
    )

    assert "<script>alert(1)" not in page and "&lt;script&gt;" in page
