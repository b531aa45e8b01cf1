"""A rule of a later version against the same rule of before: a waiver holds where it asks no more, with all its parts."""

import itertools
from uuid import UUID, uuid4

import pytest

from pathways import selectors, services
from pathways.comparing import Tree, Written, asks_no_more
from pathways.models import PathwayEnrollment, Requirement
from pathways.services import grant_waiver
from tests.fixtures.records import NOON

TODAY = NOON.date()
KEYS = {name: uuid4() for name in ["group", "inner", "A", "B", "C", "D"]}
_ids = itertools.count(1)


def rule(name, *parts, kind="credential", **fields):
    """A rule with the rules below it, as rows; `name` is its key, and its badge."""
    number = next(_ids)
    values = {"minimum": None, "points": 1, "repeats_max": 1, "contexts_min": 1, "assessors_min": 1, "codes": ()}
    values |= {"window_days": None, "provider_id": None, "credential_id": ord(name) if kind == "credential" else None}
    values |= fields
    own = {"id": number, "parent_id": None, "key": KEYS.get(name) or UUID(int=number), "kind": kind, "position": number}
    below = [row | {"parent_id": number} if row["parent_id"] is None else row for part in parts for row in part]
    return [own | values, *below]


def badges(*names):
    return [rule(name) for name in names]


def group(kind, *parts, **fields):
    return rule("group", *parts, kind=kind, **fields)


def compared(now, before):
    return asks_no_more(Tree(map(Written.of, now)), Tree(map(Written.of, before)), KEYS["group"])


@pytest.mark.parametrize("kind", ["all-of", "in-order"])
def test_where_all_is_needed_a_part_more_asks_more_and_a_part_less_asks_less(kind):
    two, three = group(kind, *badges("A", "B")), group(kind, *badges("A", "B", "C"))

    assert compared(two, two)
    assert not compared(three, two)
    assert compared(two, three)


def test_another_order_asks_for_something_else():
    assert not compared(group("in-order", *badges("B", "A")), group("in-order", *badges("A", "B")))
    assert compared(group("all-of", *badges("B", "A")), group("all-of", *badges("A", "B")))
    assert compared(group("in-order", *badges("A", "C")), group("in-order", *badges("A", "B", "C")))


@pytest.mark.parametrize("kind", ["choose", "any-of"])
def test_a_choice_with_more_to_choose_from_asks_no_more_and_with_less_asks_more(kind):
    two, three = (group(kind, *badges(*names), minimum=1) for names in ("AB", "ABC"))

    assert compared(three, two)
    assert not compared(two, three)


def test_a_choice_that_loses_as_many_parts_as_it_asks_fewer_asks_no_more():
    before = group("choose", *badges("A", "B", "C"), minimum=2)

    assert compared(group("choose", *badges("A", "B"), minimum=1), before)
    assert not compared(group("choose", *badges("A"), minimum=1), before)
    assert not compared(group("choose", *badges("A", "B", "C"), minimum=3), before)


def test_a_part_that_grows_makes_the_whole_grow():
    def nested(*names, minimum=1):
        return group("all-of", rule("inner", *badges(*names), kind="choose", minimum=minimum), *badges("D"))

    assert compared(nested("A", "B"), nested("A", "B"))
    assert not compared(nested("A", "B", minimum=2), nested("A", "B"))
    assert not compared(nested("A"), nested("A", "B"))
    assert compared(nested("A", "B", "C"), nested("A", "B"))


@pytest.mark.parametrize(
    ("kind", "fields", "harder"),
    [
        ("hours", {"minimum": 20}, {"minimum": 21}),
        ("hours", {"minimum": 20, "repeats_max": 3}, {"repeats_max": 2}),
        ("observations", {"minimum": 4, "contexts_min": 2}, {"contexts_min": 3}),
        ("observations", {"minimum": 4, "assessors_min": 2}, {"assessors_min": 3}),
        ("observations", {"minimum": 4, "window_days": 90}, {"window_days": 60}),
        ("observations", {"minimum": 4}, {"window_days": 60}),
        ("outside", {"minimum": 1}, {"provider_id": 7}),
        ("coverage", {"minimum": 1, "codes": ("RR1", "RR3")}, {"codes": ("RR1",)}),
        ("professions", {"minimum": 2}, {"minimum": 3}),
    ],
)
def test_each_number_counts_by_itself(kind, fields, harder):
    before, now = group(kind, **fields), group(kind, **fields | harder)

    assert compared(before, before)
    assert not compared(now, before)
    assert compared(before, now)


def test_a_sum_over_fewer_badges_or_for_fewer_points_asks_more():
    whole, few = group("hours", minimum=20), group("hours", *badges("A", "B"), minimum=20)
    assert compared(whole, few) and not compared(few, whole)
    assert compared(group("hours", *badges("A", "B", "C"), minimum=20), few)
    assert not compared(group("hours", *badges("A"), minimum=20), few)
    much, little = (group("points", rule("A", points=number), minimum=2) for number in (2, 1))
    assert compared(much, little) and not compared(little, much)


def test_a_badge_that_was_taken_out_and_put_in_again_is_the_same():
    before, now = group("all-of", *badges("A")), group("all-of", *badges("A"))
    now[1]["key"] = uuid4()

    assert compared(now, before)


# In a pathway ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("change", "is_waived"), [("more", False), ("less", True), ("same", True)])
def test_a_waived_group_holds_in_the_next_version_where_its_parts_ask_no_more(
    make_pathway, make_version, join, pathway_admin, signed_in, change, is_waived
):
    first, second, third = (make_version(title=title) for title in ("Roles", "Scope", "Surgery"))
    old = make_pathway(required=[third], published=False)
    rows = Requirement.objects
    whole = rows.create(version=old, position=9, kind="all-of", label="Basics")
    for place, each in enumerate((first, second), 1):
        rows.create(version=old, parent=whole, position=place, kind="credential", credential=each.credential)
    type(old).objects.filter(pk=old.pk).update(status="published", published_at=NOON, published_by=pathway_admin)
    old.refresh_from_db()
    enrollment = join(old)
    grant_waiver(actor=pathway_admin, enrollment=enrollment, requirement=whole, reason="Taught it.", at=NOON)
    newer = services.start_version(actor=pathway_admin, pathway=old.pathway, at=NOON)
    copy = newer.requirements.get(kind="all-of")
    if change == "more":
        rows.create(
            version=newer,
            parent=copy,
            position=3,
            kind="credential",
            credential=make_version(title="Ethics").credential,
        )
    if change == "less":
        copy.children.get(credential=second.credential).delete()
    PathwayEnrollment.objects.update(version=newer)
    enrollment.refresh_from_db()

    progress = selectors.progress(version=newer, learner=enrollment.learner, on=TODAY)
    line = next(each for each in progress.lines if each.label == "Basics" or "Basics" in each.sentence)

    assert line.is_met is is_waived
    assert ("Taught it." in line.sentence) is is_waived
    page = signed_in(pathway_admin).get(enrollment.get_absolute_url()).content.decode()
    assert ("asks for something else or more here" in page) is not is_waived
