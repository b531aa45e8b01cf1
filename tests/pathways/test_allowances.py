"""Waivers and substitutions in the counting: what they say, and that no way of counting is better, against brute force."""

import itertools

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pathways import rules
from pathways.rules import (
    AllOf,
    Choose,
    Coverage,
    Facts,
    Hours,
    InOrder,
    Item,
    Pathway,
    Points,
    Required,
    evaluate,
)
from tests.pathways.test_nested_rules import COVERS, HOURS, TODAY, best, cases, held, item, leaves

SUMS = Hours | Points | Coverage


def said(pathway, *awards, **more):
    return [line.sentence for line in evaluate(pathway, awards, on=TODAY, **more).lines]


def test_a_waiver_says_why():
    pathway = Pathway((Required(1, item("A")), Choose(2, "Depth", 1, leaves("B")), Hours(3, 90)))

    assert said(
        pathway,
        waived=frozenset([1, 2, 3]),
        why={1: "Taught it for ten years.", 2: "Away in the field", 3: ""},
    ) == [
        "A is waived: Taught it for ten years.",
        "Depth is waived: Away in the field.",
        "The number of hours is waived.",
    ]


def test_a_waived_badge_among_several_counts_as_one_of_them():
    pathway = Pathway(
        (Choose(1, "Depth", 2, (Required(2, item("A")), Required(3, item("B")), Required(4, item("C")))),)
    )
    waived = {"waived": frozenset([2]), "why": {2: "Taught it"}}

    assert not evaluate(pathway, [], on=TODAY, **waived).is_met
    assert said(pathway, **waived) == ["“Depth”: 1 more of B or C. A is waived: Taught it."]
    assert evaluate(pathway, [held("B")], on=TODAY, **waived).is_met
    assert said(pathway, held("B"), **waived) == ["“Depth”: B. A is waived: Taught it."]
    assert said(pathway, held("B"), held("C"), **waived) == ["“Depth”: B and C. A is waived: Taught it."]


def test_a_waived_badge_that_is_held_counts_once_and_keeps_its_hours():
    pathway = Pathway(
        (Choose(1, "Depth", 2, (Required(2, item("A")), Required(3, item("B")), Required(4, item("C")))), Hours(5, 10))
    )

    progress = evaluate(pathway, [held("A")], on=TODAY, waived=frozenset([2]))

    assert (progress.is_met, progress.hours) == (False, 10)
    assert progress.lines[0].sentence == "“Depth”: 1 more of B or C."


def test_a_badge_and_what_stands_in_for_it_are_one_of_several():
    group = Choose(1, "Depth", 2, (Required(2, item("A")), Required(3, item("B"))))
    pathway = Pathway((group,)).with_substitutes({2: item("D")})

    assert not evaluate(pathway, [held("A"), held("D")], on=TODAY).is_met
    assert said(pathway, held("B"), held("D"), why={2: "Same content"}) == [
        "“Depth”: D and B. D stands in for A: Same content."
    ]


def test_within_a_group_a_waiver_and_a_substitution_say_so_wherever_they_stand():
    inner = AllOf(1, "Both", (Required(2, item("A")), Required(3, item("B"))))
    pathway = Pathway((Choose(4, "Depth", 1, (inner, Required(5, item("C")))),)).with_substitutes({3: item("D")})

    assert said(pathway, held("D"), waived=frozenset([2]), why={2: "Taught it", 3: "Same content"}) == [
        "“Depth”: D. A is waived: Taught it. D stands in for B: Same content."
    ]


def test_the_least_counts_what_may_stand_in():
    pathway = Pathway((Required(1, item("A", 20)),)).with_substitutes({1: item("D", 5)})

    assert [each.title for each in evaluate(pathway, [], on=TODAY).least] == ["D"]


# Against brute force ---------------------------------------------------------------------------------------------------
@st.composite
def allowed(draw):
    """A pathway, awards, and what was waived and substituted: any rule, but no badge that a sum adds up."""
    pathway, items, awards, _waived = draw(cases())
    items = items | {"F": Item(6, "F", draw(HOURS), frozenset(draw(COVERS)))}
    summed = {part.id for rule in rules.walk(pathway.rules) if isinstance(rule, SUMS) for part in rule.rules}
    every = [rule for rule in rules.walk(pathway.rules) if rule.id not in summed]
    places = [
        rule
        for rule in every
        if isinstance(rule, Required | Choose) or (isinstance(rule, SUMS) and rules.parts_of(rule))
    ]
    waived = draw(st.sets(st.sampled_from([rule.id for rule in every]), max_size=2))
    substitutes = {}
    for rule in draw(st.lists(st.sampled_from(places), max_size=2, unique_by=lambda rule: rule.id)) if places else []:
        here = {each.credential_id for each in rules.leaves_of(rule)}
        others = [each for each in items.values() if each.credential_id not in here]
        if others:
            substitutes[rule.id] = draw(st.sampled_from(others))
    if len(awards) < 4 and draw(st.booleans()):
        awards = [*awards, held(items["F"])]
    assume(waived or substitutes)
    return pathway.with_substitutes(substitutes), awards, frozenset(waived)


@settings(max_examples=300, deadline=None)
@given(allowed())
def test_no_way_of_counting_meets_more(case):
    pathway, awards, waived = case

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    expected = best(pathway, awards, waived)
    tally, plan = progress._tally, progress.pathway.plan
    assert progress.is_met == (expected[0] == len(pathway.rules))
    assert len({each.award_id for each in tally.awards}) == len(tally.awards)
    asked = sum(len(here) for key, here in tally.used.items() if not plan.slot_of[key].path & waived)
    if plan.is_flat:  # the most places are filled, which meets every rule whenever that can be
        assert (asked, len(tally.awards)) >= expected[1:3]
    else:
        assert (progress.done, asked, len(tally.awards), tally.hours) == expected
    assert [line.is_met for line in progress.lines] == [tally.is_met(rule, Facts(), waived) for rule in pathway.rules]


@settings(max_examples=120, deadline=None)
@given(allowed())
def test_nothing_less_would_complete_it(case):
    pathway, awards, waived = case
    assume(not any(isinstance(rule, InOrder) for rule in rules.walk(pathway.rules)))
    mine = {each.credential_id for each in awards if not each.is_earlier}
    left = [each for key, each in pathway.items.items() if key not in mine]
    assume(len(left) <= 5)
    enough = None
    for size in range(len(left) + 1):
        for chosen in itertools.combinations(left, size):
            hours = sum(each.hours for each in chosen)
            if enough is not None and hours >= enough:
                continue
            if best(pathway, [*awards, *(held(each) for each in chosen)], waived)[0] == len(pathway.rules):
                enough = hours

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    if progress.is_met:
        assert progress.least == ()
    elif enough is None:
        assert progress.is_out_of_reach
    else:
        assert sum(each.hours for each in progress.least) == enough


@settings(max_examples=150, deadline=None)
@given(allowed())
def test_a_waiver_never_makes_it_harder(case):
    pathway, awards, waived = case

    if evaluate(pathway, awards, on=TODAY).is_met:
        assert evaluate(pathway, awards, on=TODAY, waived=waived).is_met
