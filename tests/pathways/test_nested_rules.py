"""Rules of every kind, nested: what they say, and that no way of counting is better, against brute force."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pathways import rules
from pathways.rules import (
    AllOf,
    Capstone,
    Choose,
    Competency,
    Confirmation,
    Coverage,
    Facts,
    Held,
    Hours,
    InOrder,
    Item,
    Observed,
    Outside,
    Pathway,
    Points,
    Required,
    RuleError,
    Seen,
    evaluate,
)

TODAY = date(2026, 9, 1)
LETTERS = "ABCDEF"
EPA1, EPA2, EPA3 = (Competency(number, f"EPA{number}") for number in (1, 2, 3))
_ids = itertools.count(1)


def item(letter, hours=10, *, covers=(), needs=""):
    return Item(
        LETTERS.index(letter) + 1,
        letter,
        hours,
        frozenset(each.key for each in covers),
        frozenset(LETTERS.index(each) + 1 for each in needs),
    )


def leaf(each, points=1):
    return Required(next(_ids), item(each) if isinstance(each, str) else each, points)


def leaves(*items):
    return tuple(leaf(each) for each in items)


def held(each, *, on=TODAY - timedelta(days=30), number=None, **fields):
    each = item(each) if isinstance(each, str) else each
    return Held(
        number or 100 + each.credential_id, each.credential_id, each.title, each.hours, on, covers=each.covers, **fields
    )


def choose(count, *parts, label="Depth"):
    return Choose(next(_ids), label, count, parts)


def all_of(*parts, label="Basics"):
    return AllOf(next(_ids), label, parts)


def said(pathway, *awards, **options):
    return [line.sentence for line in evaluate(pathway, awards, on=TODAY, **options).lines]


# What the kinds say ----------------------------------------------------------------------------------------------------
def test_a_group_within_a_choice_is_one_of_its_parts():
    pathway = Pathway((choose(1, leaf("A"), all_of(*leaves("B", "C"), label="Research")),))

    assert rules.in_words(pathway)[0] == "“Depth”: earn 1 of A or “Research” (B and C)."
    assert said(pathway, held("B")) == ["“Depth”: 1 more of A or “Research”. “Research”: C is missing."]
    assert said(pathway, held("B"), held("C")) == ["“Depth”: B and C."]
    assert evaluate(pathway, [held("B")], on=TODAY).least_sentence == ("The least that is left to earn: A, 10 hours.")


def test_three_levels_down_the_missing_badge_is_still_named():
    inner = choose(2, *leaves("C", "D", "E"), label="Methods")
    pathway = Pathway((all_of(leaf("A"), choose(1, leaf("B"), all_of(leaf("F"), inner, label="Research"))),))

    [line] = said(pathway, held("A"), held("F"), held("C"))

    assert line.endswith("“Methods”: 1 more of D or E.")
    assert evaluate(pathway, [held("A"), held("F"), held("C")], on=TODAY).least[0].title in "BDE"


def test_what_a_choice_does_not_count_brings_no_hours():
    pathway = Pathway((choose(1, all_of(*leaves("A", "B")), all_of(*leaves("C", "D"), label="Other")), Hours(90, 40)))

    progress = evaluate(pathway, [held(each) for each in "ABCD"], on=TODAY)

    assert not progress.is_met
    assert progress.lines[1].sentence == "20 of 40 hours together; 20 more needed."


def test_hours_of_some_badges_alone():
    pathway = Pathway((Hours(9, 20, "Clinic", leaves("A", "B", "C")),))

    assert rules.in_words(pathway)[0] == "“Clinic”: earn at least 20 hours from A, B, or C."
    assert said(pathway, held("A")) == ["“Clinic”: 10 of 20 hours; 10 more needed, from B or C."]
    assert evaluate(pathway, [held("A"), held("C")], on=TODAY).is_met


def test_points_are_what_each_badge_brings():
    pathway = Pathway((Points(9, 8, "Service", (leaf("A", 5), leaf("B", 3), leaf("C", 1))),))

    assert said(pathway, held("A"), held("C")) == ["“Service”: 6 of 8 points; 2 more needed, from B."]
    assert evaluate(pathway, [held("A"), held("B")], on=TODAY).is_met


def test_points_over_everything_that_counts():
    pathway = Pathway((leaf("A", 5), choose(1, leaf("B", 1), leaf("C", 4)), Points(9, 9)))

    assert rules.in_words(pathway)[2] == "All components together bring at least 9 points."
    assert evaluate(pathway, [held("A"), held("B"), held("C")], on=TODAY).is_met
    assert said(pathway, held("A"), held("B"))[2] == "6 of 9 points together; 3 more needed."


def test_the_same_badge_counts_only_so_often():
    pathway = Pathway((Points(9, 3, "Similar activities", leaves("A", "B"), repeats_max=2),))
    again = [held("A", number=number, is_earlier=number > 1) for number in (1, 2, 3, 4)]

    assert "each at most 2 times" in rules.in_words(pathway)[0]
    assert said(pathway, *again) == ["“Similar activities”: 2 of 3 points; 1 more needed, from B."]
    assert evaluate(pathway, [*again, held("B")], on=TODAY).is_met


def test_what_was_earned_again_counts_once_elsewhere():
    pathway = Pathway((choose(2, *leaves("A", "B")),))

    assert not evaluate(pathway, [held("A"), held("A", number=7, is_earlier=True)], on=TODAY).is_met


def test_competencies_that_nothing_covers_yet_are_named():
    a, b = item("A", covers=[EPA1]), item("B", covers=[EPA2, EPA3])
    pathway = Pathway((choose(1, leaf(a), leaf(b)), Coverage(9, 2, "Entrustable activities", (EPA1, EPA2, EPA3))))

    assert rules.in_words(pathway)[1] == (
        "“Entrustable activities”: all components together assess at least 2 of EPA1, EPA2, or EPA3."
    )
    assert said(pathway, held(a)) == [
        "“Depth”: A.",
        "“Entrustable activities”: 1 of 2 competencies assessed; 1 more of EPA2 or EPA3 needed.",
    ]
    assert evaluate(pathway, [held(a), held(b)], on=TODAY).is_met  # B counts, not A


def test_a_sequence_names_what_came_too_early():
    pathway = Pathway((InOrder(9, "Steps", leaves("A", "B", "C")),))
    early, late = TODAY - timedelta(days=60), TODAY - timedelta(days=5)

    assert said(pathway, held("A")) == ["“Steps”, in this order: B and C are missing."]
    assert evaluate(pathway, [held("A", on=early), held("B", on=early), held("C", on=late)], on=TODAY).is_met
    wrong = evaluate(pathway, [held("A", on=late), held("B", on=early), held("C", on=late)], on=TODAY)
    assert wrong.sentence.endswith("“Steps”: B was awarded before A, which comes first.")
    assert wrong.least_sentence == "Nothing that can be earned would complete it."


SEEN = [
    Seen(TODAY - timedelta(days=days), context, assessor)
    for days, context, assessor in [(100, "ward", "x"), (20, "ward", "x"), (15, "clinic", "x"), (10, "ward", "y")]
]


@pytest.mark.parametrize(
    ("asked", "is_met", "sentence"),
    [
        ({"count": 4}, True, "“Seen”: 4 of 4 observations."),
        ({"count": 4, "window_days": 90}, False, "“Seen”: 3 of 4 observations within 90 days."),
        ({"count": 4, "window_days": 91}, True, "“Seen”: 4 of 4 observations within 91 days."),
        ({"count": 3, "contexts": 2, "assessors": 2, "window_days": 11}, True, None),
        ({"count": 3, "contexts": 2, "assessors": 2, "window_days": 10}, False, None),
        ({"count": 3, "contexts": 3}, False, "“Seen”: 4 of 3 observations, in 2 of 3 settings."),
        ({"count": 3, "assessors": 3}, False, "“Seen”: 4 of 3 observations, by 2 of 3 people."),
    ],
)
def test_observations_over_settings_by_people_within_a_window(asked, is_met, sentence):
    progress = evaluate(Pathway((Observed(9, "Seen", **asked),)), [], on=TODAY, facts=Facts(observations=tuple(SEEN)))

    assert progress.is_met is is_met
    if sentence:
        assert progress.lines[0].sentence == sentence


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ab"), st.sampled_from("xyz")), max_size=7),
    st.integers(1, 4),
    st.integers(1, 2),
    st.integers(1, 3),
    st.integers(1, 6),
)
def test_a_window_is_found_when_there_is_one(seen, count, contexts, assessors, days):
    seen = [Seen(TODAY + timedelta(days=day), context, assessor) for day, context, assessor in seen]
    there_is = any(
        len(few) >= count
        and len({each.context for each in few}) >= contexts
        and len({each.assessor for each in few}) >= assessors
        and max(each.on for each in few) - min(each.on for each in few) < timedelta(days=days)
        for size in range(1, len(seen) + 1)
        for few in itertools.combinations(seen, size)
    )

    rule = Observed(9, "Seen", count, contexts, assessors, days)

    assert evaluate(Pathway((rule,)), [], on=TODAY, facts=Facts(observations=tuple(seen))).is_met is there_is


def test_only_observations_of_the_badges_that_are_named_count():
    rule = Observed(9, "Seen", 1, credentials=frozenset([7]))

    assert not evaluate(Pathway((rule,)), [], on=TODAY, facts=Facts(observations=(Seen(TODAY, "ward", "x", 8),))).is_met
    assert evaluate(Pathway((rule,)), [], on=TODAY, facts=Facts(observations=(Seen(TODAY, "ward", "x", 7),))).is_met


def test_credentials_of_other_providers():
    pathway = Pathway((Outside(9, "Elsewhere", 1, "Open School"),))

    assert said(pathway, facts=Facts(providers=("Other",))) == [
        "“Elsewhere”: 0 of 1 credential of Open School recognized."
    ]
    assert evaluate(pathway, [], on=TODAY, facts=Facts(providers=("Open School",))).is_met


def test_recognized_credentials_stand_in_for_so_many_badges():
    pathway = Pathway((*leaves("A", "B"),), recognized_max=1)
    awards = [held("A", number=-1, is_recognized=True), held("B", number=-2, is_recognized=True)]

    progress = evaluate(pathway, awards, on=TODAY)

    assert progress.done == 1
    assert sum("was recognized; it was earned on August 2, 2026." in line.sentence for line in progress.lines) == 1
    assert evaluate(pathway, [awards[0], held("B")], on=TODAY).is_met


def test_what_counts_toward_another_designation_is_shared_so_often():
    pathway = Pathway((choose(2, *leaves("A", "B", "C")),), shared_max=1)
    shared = [held("A", is_shared=True), held("B", is_shared=True)]

    assert rules.in_words(pathway)[1:] == [
        "A badge that has expired does not count until it is renewed.",
        "At most 1 badge may count toward another designation as well.",
    ]
    assert not evaluate(pathway, shared, on=TODAY).is_met
    assert [each.title for each in evaluate(pathway, shared, on=TODAY).least] == ["C"]
    assert evaluate(pathway, [*shared, held("C")], on=TODAY).is_met


def test_one_designation_too_many_is_refused_in_words():
    pathway = Pathway((leaf("A"),), designations_max=2)

    assert evaluate(pathway, [held("A")], on=TODAY, facts=Facts(designations=1)).is_met
    full = evaluate(pathway, [held("A")], on=TODAY, facts=Facts(designations=2))
    assert full.sentence.endswith("You hold 2 designations; a learner is given at most 2 designations.")


def test_the_committee_is_no_requirement():
    pathway = Pathway((leaf("A"), Confirmation(9, "The faculty committee")))

    progress = evaluate(pathway, [held("A")], on=TODAY)

    assert (progress.is_met, progress.done, progress.total) == (True, 1, 1)
    assert progress.decision.sentence == "The faculty committee has not confirmed it yet."
    confirmed = evaluate(pathway, [held("A")], on=TODAY, facts=Facts(confirmed_on=TODAY))
    assert confirmed.decision.sentence == "The faculty committee confirmed it on September 1, 2026."


def test_a_recorded_capstone_is_met():
    pathway = Pathway((Capstone(9, "oral defense"),))

    assert evaluate(pathway, [], on=TODAY).least_sentence == "What is left: a capstone (oral defense)."
    assert evaluate(pathway, [], on=TODAY, facts=Facts(recorded=frozenset([9]))).is_met


def test_a_substitute_stands_in_and_says_so():
    pathway = Pathway((leaf("A"), choose(1, *leaves("B"))))
    a, group = pathway.rules
    allowed = pathway.with_substitutes({a.id: item("C"), group.id: item("D")})

    assert said(allowed, held("C"), held("D")) == [
        "C was awarded on August 2, 2026 and stands in for A.",
        "“Depth”: D. D was allowed here.",
    ]


def test_the_least_counts_what_has_to_be_held_before():
    needy, plain = item("A", 10, needs="C"), item("B", 15)
    pathway = Pathway((choose(1, leaf(needy), leaf(plain)),), outside=(item("C", 10),))

    assert [each.title for each in evaluate(pathway, [], on=TODAY).least] == ["B"]
    holding = evaluate(pathway, [held("C")], on=TODAY)
    assert [each.title for each in holding.least] == ["A"]
    only = Pathway((leaf(needy),), outside=(item("C", 12),))
    assert evaluate(only, [], on=TODAY).least_sentence == (
        "The least that is left to earn: A and C, 22 hours. C has to be held before A."
    )


def test_what_cannot_be_earned_before_makes_a_badge_impossible():
    pathway = Pathway((leaf(item("A", needs="C")),), outside=(item("C"),))

    assert rules.impossible(pathway, {1, 3}) == []
    assert rules.impossible(pathway, {1}) == [
        "A is required and cannot be earned: C has to be held before it and cannot be earned."
    ]


@pytest.mark.parametrize(
    "rule",
    [
        InOrder(1, "Steps", (all_of(leaf("A")),)),
        Hours(1, 5, "Clinic", (all_of(leaf("A")),)),
        choose(0, leaf("A"), all_of(leaf("B"))),
    ],
)
def test_rules_that_make_no_sense_are_refused(rule):
    with pytest.raises(RuleError):
        evaluate(Pathway((rule,)), [], on=TODAY)


def test_what_is_met_counts_as_many_badges_as_can_be():
    a, b, c, d = item("A", 0), item("B", 0), item("C", 0), item("D", 1)
    clinic = Hours(90, 1, "Clinic", (leaf(a), leaf(b), leaf(d)))
    pathway = Pathway((clinic, choose(1, leaf(a), all_of(leaf(a), leaf(b), leaf(c)))))

    progress = evaluate(pathway, [held(each) for each in (a, b, c, d)], on=TODAY)

    assert progress.is_met
    assert len(progress.counted) == 4


def test_a_choice_within_a_waived_group_still_counts_so_many_parts():
    a, b, c, d = item("A", 0), item("B", 1), item("C", 5), item("D", 8)
    group = all_of(leaf(a), choose(1, leaf(b), all_of(leaf(c))))
    pathway = Pathway((leaf(d), group, Hours(90, 14)))

    assert evaluate(pathway, [], on=TODAY, waived=frozenset({group.id})).is_out_of_reach


# Against brute force ---------------------------------------------------------------------------------------------------
HOURS = st.sampled_from([0, 1, 2, 5, 8])
COVERS = st.sets(st.sampled_from([1, 2, 3]), max_size=2)


@st.composite
def cases(draw):
    few = LETTERS[:5]
    items = {letter: Item(LETTERS.index(letter) + 1, letter, draw(HOURS), frozenset(draw(COVERS))) for letter in few}
    number = itertools.count(1)

    def one():
        return Required(next(number), items[draw(st.sampled_from(few))], draw(st.integers(1, 3)))

    def parts(depth):
        letters = draw(st.lists(st.sampled_from(few), min_size=1, max_size=3, unique=True))
        made = [Required(next(number), items[each], draw(st.integers(1, 3))) for each in letters]
        return (*made, group(depth - 1)) if depth and draw(st.booleans()) else tuple(made)

    def group(depth):
        kind = draw(st.sampled_from(["all", "choose", "choose", "order", "hours", "points", "coverage"]))
        below = parts(depth if kind in {"all", "choose"} else 0)
        key = next(number)
        if kind == "all":
            return AllOf(key, f"All {key}", below)
        if kind == "choose":
            return Choose(key, f"Choose {key}", draw(st.integers(1, len(below))), below)
        if kind == "order":
            return InOrder(key, f"Order {key}", below)
        if kind == "hours":
            return Hours(key, draw(st.integers(1, 12)), f"Hours {key}", below)
        if kind == "points":
            return Points(key, draw(st.integers(1, 5)), f"Points {key}", below, draw(st.integers(1, 2)))
        return Coverage(key, draw(st.integers(1, 2)), f"Coverage {key}", (EPA1, EPA2, EPA3), below)

    made = [one() for _ in range(draw(st.integers(0, 1)))] + [group(2) for _ in range(draw(st.integers(1, 2)))]
    if draw(st.booleans()):
        made.append(Hours(next(number), draw(st.integers(1, 25))))
    if draw(st.booleans()):
        made.append(Points(next(number), draw(st.integers(1, 8))))
    if draw(st.booleans()):
        made.append(Coverage(next(number), draw(st.integers(1, 3)), "Whole", (EPA1, EPA2, EPA3)))
    limits = {}
    if draw(st.integers(0, 3)) == 0:
        limits["shared_max"] = draw(st.integers(0, 1))
    pathway = Pathway(tuple(made), **limits)
    mine = draw(st.lists(st.sampled_from(few), unique=True, max_size=4))
    awards = [
        held(
            items[each],
            on=TODAY - timedelta(days=draw(st.integers(1, 3))),
            is_shared=draw(st.booleans()) if limits else False,
        )
        for each in mine
    ]
    if mine and len(mine) < 4 and draw(st.booleans()):
        awards.append(held(items[mine[0]], number=99, is_earlier=True))
    waived = frozenset([draw(st.sampled_from([each.id for each in made]))]) if draw(st.integers(0, 4)) == 0 else None
    return pathway, items, awards, waived or frozenset()


def ways(pathway, awards):
    """Every allowed way to put awards at badges of the tree, as {id of the badge's rule: [awards]}."""
    seats = []

    def find(rule, choices, parent):
        if isinstance(rule, Required):
            seats.append((rule, choices, parent.repeats_max if isinstance(parent, Hours | Points | Coverage) else 1))
        for part in rules.parts_of(rule):
            more = (*choices, (rule, part.id)) if isinstance(rule, Choose) else choices
            find(part, more, rule)

    for rule in pathway.rules:
        find(rule, (), None)
    options = [
        [
            None,
            *(
                n
                for n, (rule, _c, most) in enumerate(seats)
                if award.credential_id in {each.credential_id for each in rule.items}
                and (most > 1 or not award.is_earlier)
            ),
        ]
        for award in awards
    ]
    for way in itertools.product(*options):
        taken, parts = {}, {}
        for award, number in zip(awards, way, strict=True):
            if number is not None:
                taken.setdefault(number, []).append(award)
                for choice, part in seats[number][1]:
                    parts.setdefault(choice.id, (choice.count, set()))[1].add(part)
        if any(len(here) > seats[number][2] for number, here in taken.items()):
            continue
        if any(len(used) > count for count, used in parts.values()):
            continue
        shared = sum(each.is_shared for here in taken.values() for each in here)
        if pathway.shared_max is not None and shared > pathway.shared_max:
            continue
        yield {seats[number][0].id: here for number, here in taken.items()}


def met(rule, used, pathway, waived):
    below = [each for each in rules.walk((rule,)) if isinstance(each, Required)]
    scope = below if rules.parts_of(rule) else [e for e in rules.walk(pathway.rules) if isinstance(e, Required)]
    if rule.id in waived:
        return True
    if isinstance(rule, Required):
        return rule.id in used
    if isinstance(rule, AllOf):
        return all(met(part, used, pathway, waived) for part in rule.rules)
    if isinstance(rule, Choose):
        return sum(met(part, used, pathway, waived) for part in rule.rules) >= rule.count
    if isinstance(rule, InOrder):
        days = [used[part.id][0].awarded_on for part in rule.rules if part.id in used and part.id not in waived]
        return all(met(part, used, pathway, waived) for part in rule.rules) and days == sorted(days)
    if isinstance(rule, Hours):
        return sum(each.hours for leaf in scope for each in used.get(leaf.id, ())) >= rule.minimum
    if isinstance(rule, Points):
        return sum(leaf.points * len(used.get(leaf.id, ())) for leaf in scope) >= rule.minimum
    covered = set().union(*(each.covers for leaf in scope for each in used.get(leaf.id, ())))
    return sum(each.key in covered for each in rule.competencies) >= rule.minimum


def best(pathway, awards, waived):
    """The most rules met, then awards where nothing is waived, then awards, then hours."""
    beneath = {each.id for rule in rules.walk(pathway.rules) if rule.id in waived for each in rules.walk((rule,))}
    return max(
        (
            sum(met(rule, used, pathway, waived) for rule in pathway.rules),
            sum(len(here) for key, here in used.items() if key not in beneath),
            sum(map(len, used.values())),
            sum(each.hours for here in used.values() for each in here),
        )
        for used in ways(pathway, awards)
    )


@settings(max_examples=250, deadline=None)
@given(cases())
def test_no_way_of_counting_meets_more(case):
    pathway, _items, awards, waived = case

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    expected = best(pathway, awards, waived)
    assert progress.is_met == (expected[0] == len(pathway.rules))
    tally = progress._tally
    asked = sum(len(h) for key, h in tally.used.items() if not pathway.plan.slot_of[key].path & waived)
    assert len({each.award_id for each in tally.awards}) == len(tally.awards)
    if pathway.plan.is_flat:  # the most places are filled, which meets every rule whenever that can be
        assert (asked, len(tally.awards)) >= expected[1:3]
    else:
        assert (progress.done, asked, len(tally.awards), tally.hours) == expected
    assert [line.is_met for line in progress.lines] == [tally.is_met(rule, Facts(), waived) for rule in pathway.rules]


@settings(max_examples=120, deadline=None)
@given(cases())
def test_nothing_less_would_complete_it(case):
    pathway, _items, awards, waived = case
    assume(not any(isinstance(rule, InOrder) for rule in rules.walk(pathway.rules)))
    mine = {each.credential_id for each in awards if not each.is_earlier}
    left = [each for key, each in pathway.items.items() if key not in mine]
    enough = None
    for size in range(len(left) + 1):
        for chosen in itertools.combinations(left, size):
            hours = sum(each.hours for each in chosen)
            if enough is None or hours < enough:
                more = [held(each) for each in chosen]
                if best(pathway, [*awards, *more], waived)[0] == len(pathway.rules):
                    enough = hours

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    if progress.is_met:
        assert progress.least == ()
    elif enough is None:
        assert progress.is_out_of_reach
    else:
        assert sum(each.hours for each in progress.least) == enough
        more = [held(each) for each in progress.least]
        assert evaluate(pathway, [*awards, *more], on=TODAY, waived=waived).is_met


@settings(max_examples=120, deadline=None)
@given(cases(), st.sets(st.sampled_from(LETTERS[:5])))
def test_impossible_is_said_when_and_only_when_it_is(case, letters):
    pathway, items, _awards, _waived = case
    everything = [held(items[letter]) for letter in letters if items[letter].credential_id in pathway.items]
    assume(not any(getattr(rule, "repeats_max", 1) > 1 for rule in rules.walk(pathway.rules)))

    said = rules.impossible(pathway, {each.credential_id for each in everything})

    assert (said == []) == (best(pathway, everything, frozenset())[0] == len(pathway.rules))
