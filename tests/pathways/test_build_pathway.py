"""Building rules: adding, changing, moving, removing, and the copy that becomes the next version."""

import pytest

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from credentials.models import Organization
from pathways import rules, selectors
from pathways.models import PathwayEvent, Requirement
from pathways.services import Asks, add_rule, change_rule, move_rule, publish_pathway, remove_rule, start_version
from tests.fixtures.records import NOON


@pytest.fixture
def draft(make_pathway):
    return make_pathway(published=False)


@pytest.fixture
def add(draft, pathway_admin):
    def make(kind, parent=None, actor=None, **asks):
        return add_rule(actor=actor or pathway_admin, version=draft, kind=kind, parent=parent, asks=Asks(**asks))

    return make


@pytest.fixture
def move(pathway_admin):
    return lambda rule, direction: move_rule(actor=pathway_admin, rule=rule, direction=direction)


def words(version):
    return rules.in_words(selectors.asked(version).rules)[:-1]  # the rest says what holds for every pathway


def test_rules_of_every_kind_read_as_sentences(add, draft, two_badges):
    one, two = (each.credential for each in two_badges)
    group = add("choose", label="Depth", minimum=1)
    inner = add("all-of", parent=group, label="Both")
    for each in (one, two):
        add("credential", parent=inner, credential=each)
    add("credential", parent=group, credential=two)
    clinic = add("points", label="Service", minimum=4, repeats_max=2)
    add("credential", parent=clinic, credential=one, points=2)
    add("hours", label="Together", minimum=30)
    add("coverage", label="Competencies", minimum=1, codes=["RR1", " RR1", ""])
    add("observations", label="Ward", minimum=3, contexts_min=2, assessors_min=2, window_days=90)
    add("professions", minimum=3)
    add("outside", label="Elsewhere", minimum=1, provider=Organization.objects.first())
    add("capstone", label="oral defense")
    add("confirmation")

    assert words(draft) == [
        "“Depth”: earn 1 of “Both” (Informatics and Evidence) or Evidence.",
        "“Service”: earn at least 4 points from Informatics, each at most 2 times.",
        "All components together take at least 30 hours.",
        "“Competencies”: all components together assess RR1.",
        "“Ward”: be observed 3 times in 2 settings by 2 people within 90 days.",
        "Team evidence shows at least 3 professions.",
        "“Elsewhere”: bring 1 credential given by Larkmoor University of Health Sciences and recognized here.",
        "Complete a capstone: oral defense.",
        "Each badge counts for one requirement only.",
        "A badge that has expired does not count until it is renewed.",
    ]


@pytest.mark.parametrize("role", [None, Role.LEAD, Role.COMMITTEE, Role.REGISTRAR, Role.AUDITOR, Role.ASSESSOR])
def test_nobody_else_builds(add, draft, make_user, role):
    with pytest.raises(NotAllowed):
        add("capstone", actor=make_user(role), label="oral defense")

    assert not draft.requirements.exists()


@pytest.mark.parametrize(
    ("kind", "asks", "said"),
    [
        ("credential", {}, "Choose a badge"),
        ("choose", {"label": "Depth"}, "Say how many"),
        ("choose", {"label": " ", "minimum": 1}, "Give it a name"),
        ("capstone", {}, "Say what the capstone is"),
        ("coverage", {"label": "All", "minimum": 2, "codes": ["RR1"]}, "at least as many competencies"),
    ],
)
def test_what_is_missing_is_said(add, draft, kind, asks, said):
    with pytest.raises(Invalid, match=said):
        add(kind, **asks)

    assert not draft.requirements.exists()


def test_what_makes_no_sense_below_something_is_refused(add, two_badges):
    badge = add("credential", credential=two_badges[0].credential)
    steps = add("in-order", label="Steps")
    group = add("all-of", label="All")

    for parent, kind in ((badge, "capstone"), (steps, "capstone"), (group, "confirmation")):
        with pytest.raises(Invalid):
            add(kind, parent=parent, label="x")


def test_groups_end_at_a_depth(add):
    parent = None
    for number in range(6):
        parent = add("all-of", parent=parent, label=f"Level {number}")

    with pytest.raises(Invalid, match="6 deep"):
        add("all-of", parent=parent, label="Level 7")


def test_a_rule_is_changed_and_keeps_its_parts(add, pathway_admin, two_badges):
    group = add("choose", label="Depth", minimum=1)
    add("credential", parent=group, credential=two_badges[0].credential)

    changed = change_rule(actor=pathway_admin, rule=group, asks=Asks(label="Breadth", minimum=2))

    assert (changed.label, changed.minimum, changed.children.count()) == ("Breadth", 2, 1)


def order(version, parent=None):
    return list(version.requirements.filter(parent=parent).order_by("position").values_list("label", flat=True))


def test_rules_move_up_down_in_and_out(add, draft, move):
    one, two, three = (add("all-of", label=label) for label in ("One", "Two", "Three"))

    move(three, "up")
    assert order(draft) == ["One", "Three", "Two"]
    move(one, "down")
    assert order(draft) == ["Three", "One", "Two"]
    move(two, "in")
    assert (order(draft), order(draft, one)) == (["Three", "One"], ["Two"])
    move(one, "up")
    move(two, "out")
    assert order(draft) == ["One", "Two", "Three"]


def test_what_cannot_move_says_why(add, move):
    first, last = add("capstone", label="First"), add("capstone", label="Last")

    for rule, direction, said in [
        (first, "up", "first one"),
        (last, "down", "last one"),
        (first, "in", "nothing before"),
        (last, "in", "not a group"),
        (last, "out", "no group"),
    ]:
        with pytest.raises(Invalid, match=said):
            move(rule, direction)


def test_a_group_goes_with_its_parts(add, draft, pathway_admin):
    group = add("all-of", label="All")
    add("capstone", parent=group, label="x")

    remove_rule(actor=pathway_admin, rule=group)

    assert not draft.requirements.exists()


def test_the_next_version_is_a_copy(make_pathway, two_badges, pathway_admin):
    first = make_pathway(required=two_badges[:1], groups=[("Depth", 1, two_badges)], hours=10)

    second = start_version(actor=pathway_admin, pathway=first.pathway, at=NOON)

    assert (second.number, second.status, second.published_at) == (2, "draft", None)
    assert rules.in_words(selectors.asked(second).rules) == rules.in_words(selectors.asked(first).rules)
    assert not set(second.requirements.values_list("public_id")) & set(first.requirements.values_list("public_id"))
    assert PathwayEvent.objects.get(version=second).actor == pathway_admin
    with pytest.raises(Conflict, match="draft already"):
        start_version(actor=pathway_admin, pathway=first.pathway, at=NOON)
    first.refresh_from_db()
    assert first.status == "published"


def test_what_is_published_is_not_built_any_more(add, draft, pathway_admin, two_badges, move):
    rule = add("credential", credential=two_badges[0].credential)
    publish_pathway(actor=pathway_admin, version=draft, at=NOON)

    for change in (
        lambda: add("capstone", label="x"),
        lambda: change_rule(actor=pathway_admin, rule=rule, asks=Asks(credential=two_badges[1].credential)),
        lambda: move(rule, "up"),
        lambda: remove_rule(actor=pathway_admin, rule=rule),
    ):
        with pytest.raises(Conflict, match="a change is a new version"):
            change()
    assert Requirement.objects.get(version=draft).credential == two_badges[0].credential
