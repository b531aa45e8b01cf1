"""The evaluation, against hand-made cases and against brute force."""

import itertools
import subprocess
import sys
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pathways import rules
from pathways.rules import (
    AllOf,
    Capstone,
    Choose,
    Confirmation,
    Facts,
    Held,
    Hours,
    Item,
    Pathway,
    Professions,
    Required,
    RuleError,
    evaluate,
)

TODAY = date(2026, 9, 1)
LETTERS = "ABCDEFG"
_leaves = itertools.count(1000)


def item(letter, hours=10):
    return Item(LETTERS.index(letter) + 1, letter, hours)


def held(letter, hours=10, *, on=TODAY - timedelta(days=30), until=None):
    number = LETTERS.index(letter) + 1
    return Held(100 + number, number, letter, hours, on, until)


def required(number, letter, hours=10):
    return Required(number, item(letter, hours))


def leaves(*items):
    """Items as the parts of a group; a letter is an item of 10 hours."""
    return tuple(Required(next(_leaves), item(each) if isinstance(each, str) else each) for each in items)


def choose(number, count, letters, label="Depth"):
    return Choose(number, label, count, leaves(*letters))


def lines_of(pathway, *awards, **options):
    return {line.rule_id: line for line in evaluate(pathway, awards, on=TODAY, **options).lines}


# What is met, and what is missing -------------------------------------------------------------------------------------
def test_everything_held_is_met_and_says_so():
    pathway = Pathway((required(1, "A"), choose(2, 1, "BC"), Hours(3, 20)))

    progress = evaluate(pathway, [held("A"), held("C")], on=TODAY)

    assert progress.is_met
    assert progress.sentence == "Every requirement is met."
    assert [line.sentence for line in progress.lines] == [
        "A was awarded on August 2, 2026.",
        "“Depth”: C.",
        "20 of 20 hours together.",
    ]
    assert [(each.title, label) for each, label in progress.counted] == [("A", "Required"), ("C", "Depth")]
    assert progress.least == ()


def test_nothing_held_names_everything_that_is_missing():
    pathway = Pathway((required(1, "A"), choose(2, 2, "BCD"), AllOf(4, "Basics", leaves("E", "F")), Hours(3, 20)))

    progress = evaluate(pathway, [], on=TODAY)

    assert progress.sentence == (
        "0 of 4 requirements are met. A is missing. “Depth”: 2 more of B, C, or D. "
        "“Basics”: E and F are missing. 0 of 20 hours together; 20 more needed."
    )
    assert progress.least_sentence == "The least that is left to earn: A, B, C, E, and F, 50 hours."


def test_what_is_held_elsewhere_is_not_asked_for_again():
    pathway = Pathway((choose(1, 1, "AB", "First"), choose(2, 1, "A", "Second")))

    lines = lines_of(pathway, held("A"))

    assert sorted(line.is_met for line in lines.values()) == [False, True]
    open_line = next(line for line in lines.values() if not line.is_met)
    assert open_line.sentence in {
        "“First”: B is missing.",
        "“Second”: 1 more; the badges that you hold of it count elsewhere.",
    }
    assert [each.title for each in evaluate(pathway, [held("A")], on=TODAY).least] == ["B"]


def test_a_required_badge_is_never_given_to_a_group():
    pathway = Pathway((choose(1, 1, "AB"), required(2, "A")))

    lines = lines_of(pathway, held("A"))

    assert lines[2].is_met
    assert lines[1].sentence == "“Depth”: B is missing."


def test_one_award_never_counts_twice():
    pathway = Pathway((choose(1, 1, "AB", "First"), choose(2, 1, "AB", "Second")))

    assert evaluate(pathway, [held("A")], on=TODAY).done == 1
    assert evaluate(pathway, [held("A"), held("B")], on=TODAY).is_met


def test_awards_make_room_for_each_other():
    pathway = Pathway((choose(1, 1, "AB", "First"), choose(2, 1, "BC", "Second"), choose(3, 1, "C", "Third")))

    progress = evaluate(pathway, [held("B", 30), held("C", 20), held("A", 5)], on=TODAY)

    assert progress.is_met
    assert [(each.title, label) for each, label in progress.counted] == [
        ("A", "First"),
        ("B", "Second"),
        ("C", "Third"),
    ]


def test_the_longer_of_two_electives_counts():
    pathway = Pathway((choose(1, 1, "AB"), Hours(2, 12)))

    assert evaluate(pathway, [held("A", 6), held("B", 12)], on=TODAY).is_met


def test_hours_that_are_short_name_what_to_earn_instead():
    pathway = Pathway((Choose(1, "Depth", 1, leaves(item("A", 6), item("B", 9), item("C", 20))), Hours(2, 12)))

    progress = evaluate(pathway, [held("A", 6)], on=TODAY)

    assert [line.is_met for line in progress.lines] == [True, False]
    assert progress.lines[1].sentence == "6 of 12 hours together; 6 more needed."
    assert progress.least_sentence == "The least that is left to earn: C, 20 hours."


def test_one_hour_is_not_hours():
    assert rules.in_words(Pathway((Hours(1, 1),)))[0] == "All components together take at least 1 hour."


# Time ------------------------------------------------------------------------------------------------------------------
def test_a_required_badge_that_lapsed_is_named_with_its_day():
    pathway = Pathway((required(1, "A"),))

    lapsed = lines_of(pathway, held("A", until=TODAY - timedelta(days=1)))[1]

    assert not lapsed.is_met
    assert lapsed.sentence == "A lapsed on August 31, 2026; renew it."
    assert lapsed.lapsed == lapsed.missing == ("A",)


def test_the_last_day_still_counts():
    assert evaluate(Pathway((required(1, "A"),)), [held("A", until=TODAY)], on=TODAY).is_met


def test_the_last_day_does_not_count_once_the_award_has_ended_within_it():
    over = replace(held("A", until=TODAY), is_over=True)

    line = lines_of(Pathway((required(1, "A"),)), over)[1]

    assert not line.is_met
    assert line.sentence == "A lapsed on September 1, 2026; renew it."


def test_a_lapsed_elective_is_named_only_where_it_is_missed():
    pathway = Pathway((choose(1, 1, "ABC"),))
    gone = held("A", until=TODAY - timedelta(days=1))

    assert (
        lines_of(pathway, gone)[1].sentence == "“Depth”: 1 more of A, B, or C. A lapsed on August 31, 2026; renew it."
    )
    assert lines_of(pathway, gone, held("B"))[1].sentence == "“Depth”: B."


def test_a_renewed_badge_counts():
    gone, renewed = held("A", until=TODAY - timedelta(days=1)), held("A", until=TODAY + timedelta(days=9))

    assert evaluate(Pathway((required(1, "A"),)), [gone, renewed], on=TODAY).is_met


def test_where_lapsed_badges_count_they_count():
    pathway = Pathway((required(1, "A"),), is_valid_at_award=False)

    assert evaluate(pathway, [held("A", until=TODAY - timedelta(days=1))], on=TODAY).is_met


def test_an_award_of_tomorrow_does_not_count_today():
    assert not evaluate(Pathway((required(1, "A"),)), [held("A", on=TODAY + timedelta(days=1))], on=TODAY).is_met


@pytest.mark.parametrize(
    ("on", "months", "awarded", "is_met"),
    [
        (TODAY, 48, date(2022, 9, 1), True),
        (TODAY, 48, date(2022, 8, 31), False),
        (date(2027, 3, 31), 1, date(2027, 2, 28), True),
        (date(2027, 3, 31), 1, date(2027, 2, 27), False),
        (date(2028, 2, 29), 12, date(2027, 2, 28), True),
        (date(2027, 1, 15), 1, date(2026, 12, 15), True),
        (date(2027, 1, 15), 1, date(2026, 12, 14), False),
    ],
)
def test_the_time_limit_counts_calendar_months(on, months, awarded, is_met):
    pathway = Pathway((required(1, "A"),), time_limit_months=months)

    progress = evaluate(pathway, [held("A", on=awarded)], on=on)

    assert progress.is_met is is_met
    if not is_met:
        assert f"more than {months} months ago; earn it again." in progress.lines[0].sentence


# Capstone, professions, waivers ----------------------------------------------------------------------------------------
def test_a_capstone_is_missing_until_it_is_waived_or_recorded():
    pathway = Pathway((Capstone(1, "oral defense"),))

    assert lines_of(pathway)[1].sentence == "The capstone (oral defense) is not recorded yet."
    assert lines_of(pathway, waived=frozenset([1]))[1].sentence == "The capstone is waived."


@pytest.mark.parametrize(("shown", "is_met"), [(None, False), (2, False), (3, True)])
def test_professions_are_counted_when_they_are_recorded(shown, is_met):
    pathway = Pathway((required(1, "A"), Professions(2, 3)))

    progress = evaluate(pathway, [held("A")], on=TODAY, facts=Facts(professions=shown))

    assert progress.is_met is is_met
    assert progress.lines[-1].label == "Professions"


def test_a_waived_rule_is_met_and_takes_no_badge_from_another():
    pathway = Pathway((choose(1, 1, "AB", "First"), choose(2, 1, "A", "Second")))

    progress = evaluate(pathway, [held("A")], on=TODAY, waived=frozenset([1]))

    assert progress.is_met
    assert progress.lines[0].sentence == "First is waived."
    assert progress.lines[1].used[0].title == "A"


def test_a_waived_rule_that_is_met_all_the_same_keeps_its_badge_and_its_hours():
    pathway = Pathway((required(1, "A"), Hours(2, 10)))

    assert evaluate(pathway, [held("A")], on=TODAY, waived=frozenset([1])).lines[0].used[0].title == "A"
    assert evaluate(pathway, [held("A")], on=TODAY, waived=frozenset([1])).is_met


def test_a_group_that_asks_for_none_is_refused_by_name():
    with pytest.raises(RuleError, match="“Depth” asks for 0"):
        evaluate(Pathway((choose(1, 0, "AB"),)), [], on=TODAY)


# In words --------------------------------------------------------------------------------------------------------------
def test_the_rules_are_sentences():
    pathway = Pathway(
        (
            required(1, "A"),
            required(2, "B"),
            AllOf(3, "Basics", leaves("C", "D")),
            choose(4, 1, "DEF"),
            Hours(5, 56),
            Capstone(6, "oral defense"),
            Professions(7, 3),
            Confirmation(8, "The faculty committee"),
        ),
        time_limit_months=48,
    )

    assert rules.in_words(pathway) == [
        "Earn A and B.",
        "“Basics”: earn C and D.",
        "“Depth”: earn 1 of D, E, or F.",
        "All components together take at least 56 hours.",
        "Complete a capstone: oral defense.",
        "Team evidence shows at least 3 professions.",
        "Each badge counts for one requirement only.",
        "A badge that has expired does not count until it is renewed.",
        "Badges count for 48 months from the day of their award.",
        "The faculty committee confirms; badges alone do not award it.",
    ]


# What nobody can meet --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("asked", "open_to", "said"),
    [
        ((required(1, "A"),), "B", ["A is required and cannot be earned."]),
        ((choose(1, 2, "ABC"),), "A", ["“Depth” asks for 2 and leaves 1 to choose from."]),
        ((choose(1, 3, "AB"),), "AB", ["“Depth” asks for 3 and leaves 2 to choose from."]),
        (
            (required(1, "A"), choose(2, 1, "A")),
            "A",
            ["“Depth” asks for badges that another rule needs; each counts once."],
        ),
        ((required(1, "A"), Hours(2, 11)), "A", ["At most 10 hours can be reached; 11 are asked for."]),
        ((required(1, "A"), choose(2, 1, "AB"), Hours(3, 20), Capstone(4, "x")), "AB", []),
    ],
)
def test_what_can_never_be_met_is_named(asked, open_to, said):
    assert rules.impossible(Pathway(asked), {item(letter).credential_id for letter in open_to}) == said


# Against brute force ---------------------------------------------------------------------------------------------------
HOURS = st.sampled_from([0, 1, 2, 5, 8, 13])


@st.composite
def pathways(draw):
    hours = {letter: draw(HOURS) for letter in LETTERS}
    made, number = [], 0
    for letter in draw(st.lists(st.sampled_from(LETTERS), max_size=2, unique=True)):
        number += 1
        made.append(Required(number, Item(LETTERS.index(letter) + 1, letter, hours[letter])))
    for _ in range(draw(st.integers(0, 3))):
        number += 1
        letters = draw(st.lists(st.sampled_from(LETTERS), min_size=1, max_size=4, unique=True))
        items = leaves(*(Item(LETTERS.index(letter) + 1, letter, hours[letter]) for letter in sorted(letters)))
        made.append(
            AllOf(number, f"All {number}", items)
            if draw(st.integers(0, 4)) == 0
            else Choose(number, f"Group {number}", draw(st.integers(1, len(items))), items)
        )
    if draw(st.booleans()):
        number += 1
        made.append(Hours(number, draw(st.integers(1, 40))))
    waived = draw(st.sets(st.integers(1, max(number, 1)), max_size=1))
    mine = draw(st.lists(st.sampled_from(LETTERS), unique=True))
    # What was earned by an older version may have taken other hours than the item takes today.
    awards = [held(letter, hours[letter] if draw(st.booleans()) else draw(HOURS)) for letter in mine]
    return Pathway(tuple(made)), awards, frozenset(waived)


def places(pathway):
    made = []
    for rule in pathway.rules:
        if isinstance(rule, Choose):
            made += [(rule.id, {each.credential_id for each in rules.leaves_of(rule)})] * rule.count
        elif isinstance(rule, Required):
            made.append((rule.id, {rule.item.credential_id}))
        elif isinstance(rule, AllOf):
            made += [(rule.id, {each.credential_id}) for each in rules.leaves_of(rule)]
    return made


def best(pathway, awards, waived):
    """By trying every way to seat the awards: (most places that are asked for, the most hours of a fullest seating)."""

    def ways(rest, taken):
        yield taken
        for position, (rule_id, candidates) in enumerate(rest):
            for number, award in enumerate(awards):
                if number not in {seat for _rule, seat in taken} and award.credential_id in candidates:
                    yield from ways(rest[position + 1 :], (*taken, (rule_id, number)))

    found = set()
    for way in ways(places(pathway), ()):
        asked = sum(rule_id not in waived for rule_id, _number in way)
        found.add((asked, len(way), sum(awards[number].hours for _rule, number in way)))
    return max(found)


def is_met(pathway, awards, waived):
    asked, _all, hours = best(pathway, awards, waived)
    minimum = max((r.minimum for r in pathway.rules if isinstance(r, Hours) and r.id not in waived), default=0)
    return asked == sum(rule_id not in waived for rule_id, _candidates in places(pathway)) and hours >= minimum


@settings(max_examples=200, deadline=None)
@given(pathways())
def test_no_way_to_count_is_better(case):
    pathway, awards, waived = case

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    counted = [each for each, _label in progress.counted]
    assert len({each.award_id for each in counted}) == len(counted)
    asked = sum(len(line.used) for line in progress.lines if line.rule_id not in waived)
    assert (asked, len(counted), progress.hours) == best(pathway, awards, waived)
    assert progress.is_met == is_met(pathway, awards, waived)
    for line in progress.lines:
        rule = next(each for each in pathway.rules if each.id == line.rule_id)
        named = {each.credential_id for each in rules.leaves_of(rule)}
        assert {each.credential_id for each in line.used} <= named


@settings(max_examples=100, deadline=None)
@given(pathways())
def test_nothing_less_would_complete_it(case):
    pathway, awards, waived = case
    mine = {each.credential_id for each in awards}
    left = [each for key, each in pathway.items.items() if key not in mine]
    sets = [chosen for size in range(len(left) + 1) for chosen in itertools.combinations(left, size)]
    enough = next(  # the first, by hours, that is enough: whatever takes fewer is not
        (
            chosen
            for chosen in sorted(sets, key=lambda chosen: sum(each.hours for each in chosen))
            if is_met(pathway, [*awards, *(held(each.title, each.hours) for each in chosen)], waived)
        ),
        None,
    )

    progress = evaluate(pathway, awards, on=TODAY, waived=waived)

    if progress.is_met or enough is None:
        assert progress.least == ()
    else:
        assert sum(each.hours for each in progress.least) == sum(each.hours for each in enough)
        assert is_met(pathway, [*awards, *(held(each.title, each.hours) for each in progress.least)], waived)


@settings(max_examples=100, deadline=None)
@given(pathways(), st.sets(st.sampled_from(LETTERS)))
def test_impossible_is_said_when_and_only_when_it_is(case, letters):
    pathway, _awards, _waived = case
    hours = {each.title: each.hours for each in pathway.items.values()}
    everything = [held(letter, hours[letter]) for letter in letters if letter in hours]

    said = rules.impossible(pathway, {each.credential_id for each in everything})

    assert (said == []) == is_met(pathway, everything, frozenset())


def test_the_least_is_found_among_very_many():
    items = leaves(*(Item(number, f"Item {number:02}", 100 + number % 7) for number in range(1, 41)))
    pathway = Pathway((Choose(1, "Many", 20, items), Hours(2, 2090)))

    least = evaluate(pathway, [], on=TODAY).least

    assert (len(least), sum(each.hours for each in least)) == (20, 2090)


def test_the_rules_need_no_django():
    code = (
        "import sys\n"
        "for name in ('django', 'config', 'credentials', 'learners', 'celery', 'psycopg'):\n"
        "    sys.modules[name] = None\n"
        "from pathways import rules\n"
        "print(rules.evaluate(rules.Pathway(()), [], on=__import__('datetime').date(2026, 9, 1)).is_met)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "True"
