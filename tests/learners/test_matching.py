"""Who judges what: the pure matching, compared with every possible matching on small cases."""

import itertools
import time

from hypothesis import given, settings
from hypothesis import strategies as st

from learners.matching import Judge, Work, match, spread


def loads(found, judges):
    return [judge.load + sum(key == judge.key for key in found.values()) for judge in judges]


def test_700_submissions_40_assessors_with_caps_of_20_are_spread_by_at_most_1():
    """DOMAIN 3.3."""
    judges = [Judge(key, 20) for key in range(40)]
    works = [Work(key, frozenset(range(40))) for key in range(700)]
    began = time.process_time()

    found = match(works, judges)

    assert time.process_time() - began < 5  # a guard against a wrong method; `make bench` holds the figure
    assert len(found) == 700
    assert max(loads(found, judges)) <= 20
    assert spread(loads(found, judges)) <= 1


def test_900_submissions_fill_800_places_and_leave_the_rest():
    judges = [Judge(key, 20) for key in range(40)]

    found = match([Work(key, frozenset(range(40))) for key in range(900)], judges)

    assert loads(found, judges) == [20] * 40


def test_the_former_judge_goes_before_an_even_load_and_not_before_another_piece_of_work():
    judges = [Judge(1, 5, load=9), Judge(2, 5)]
    assert match([Work(7, {1, 2}, former=1), Work(8, {1, 2})], judges) == {7: 1, 8: 2}
    assert match([Work(7, {1, 2}, former=1)], judges) == {7: 1}
    assert match([Work(7, {1, 2}, former=1), Work(8, {1})], [Judge(1, 1), Judge(2, 1)]) == {7: 2, 8: 1}


def test_a_single_piece_goes_to_the_first_in_turn_among_equals():
    work = Work(0, {1, 2, 3})

    assert match([work], [Judge(3, 9), Judge(1, 9), Judge(2, 9)]) == {0: 3}
    assert match([work], [Judge(3, 9, load=1), Judge(1, 9), Judge(2, 9)]) == {0: 1}


def test_nobody_and_nothing():
    assert match([], [Judge(1, 5)]) == {}
    assert match([Work(1, {1})], []) == {}
    assert match([Work(1, {1}), Work(2, {1})], [Judge(1, 0)]) == {}
    assert match([Work(1, set())], [Judge(1, 5)]) == {}
    assert spread([]) == 0


@st.composite
def small_cases(draw):
    judges = [Judge(key, draw(st.integers(0, 2)), draw(st.integers(0, 3))) for key in range(draw(st.integers(1, 3)))]
    keys = st.sets(st.integers(0, len(judges) - 1))
    former = st.none() | st.integers(0, len(judges) - 1)
    works = [Work(key, frozenset(draw(keys)), draw(former)) for key in range(draw(st.integers(0, 5)))]
    return works, judges


def worth(works, judges, found):
    """What is aimed at, in its order; the least is the best."""
    return (
        -len(found),
        -sum(found.get(work.key) == work.former for work in works if work.key in found),
        sum(load**2 for load in loads(found, judges)),
    )


def every_matching(works, judges):
    places = {judge.key: judge.places for judge in judges}
    for chosen in itertools.product(*[[None, *sorted(work.eligible)] for work in works]):
        if all(chosen.count(key) <= places[key] for key in places):
            yield {work.key: key for work, key in zip(works, chosen, strict=True) if key is not None}


@settings(max_examples=150, deadline=None)
@given(small_cases())
def test_no_possible_matching_is_better(case):
    works, judges = case

    found = match(works, judges)

    eligible = {work.key: work.eligible for work in works}
    assert all(key in eligible[work] for work, key in found.items())
    assert all(list(found.values()).count(judge.key) <= judge.places for judge in judges)
    assert worth(works, judges, found) == min(worth(works, judges, each) for each in every_matching(works, judges))
