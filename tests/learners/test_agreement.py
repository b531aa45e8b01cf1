"""Agreement between assessors, checked against values that were worked by hand or published."""

import pytest

from learners.agreement import Estimate, agreement, icc, icc_in_words, kappa_in_words, weighted_kappa


def spread_out(table):
    """Two lists of levels from a table of counts: a row for each level of the first, a column for each of the second."""
    pairs = [
        (row + 1, column + 1)
        for row, counts in enumerate(table)
        for column, count in enumerate(counts)
        for _each in range(count)
    ]
    return [one for one, _other in pairs], [other for _one, other in pairs]


def test_seeded_marks_reproduce_a_hand_worked_kappa_to_3_decimals():
    """DOMAIN 3.4.

    Ten pairs: (2,2) twice, (2,3) once, (3,3) four times, (3,4) once, (4,4) twice. Weights by squared distance: observed
    disagreement 2 x 1 / 10 = 0.2. Margins of the first 2: .3, 3: .5, 4: .2, of the second 2: .2, 3: .5, 4: .3. Expected:
    one apart .3x.5 + .5x.2 + .5x.3 + .2x.5 = .50, two apart 4 x (.3x.3 + .2x.2) = .52, together 1.02.
    Kappa = 1 - 0.2 / 1.02 = 0.8039.
    """
    first = [2, 2, 2, 3, 3, 3, 3, 3, 4, 4]
    second = [2, 2, 3, 3, 3, 3, 3, 4, 4, 4]

    found = agreement(first, second)

    assert round(found.kappa.value, 3) == 0.804
    assert (found.exact, found.adjacent, found.kappa.n) == (0.8, 1.0, 10)
    assert found.kappa.low < found.kappa.value < found.kappa.high


def test_the_interval_is_that_of_fleiss_cohen_and_everitt():
    """Worked by hand for a table of 20, 5, 10, 15 (n = 50), where with two levels the weights change nothing.

    Observed .7, expected .5 x .6 + .5 x .4 = .5, kappa .4. The agreeing cells: .4 x (.5 - 1.1 x .3)² + .3 x (.5 - .9 x .3)²
    = .02743; the others: .3² x (.1 x (.6 + .5)² + .2 x (.4 + .5)²) = .02547; less (.35 - 1 + .7)² = .0025. Variance
    .0504 / (50 x .5⁴) = .016128, standard error .127.
    """
    first, second = spread_out([[20, 5], [10, 15]])

    found = weighted_kappa(first, second)

    assert round(found.value, 3) == 0.4
    assert round((found.high - found.low) / 2 / 1.959964, 3) == 0.127


def test_kappa_is_not_defined_without_variance():
    """DOMAIN 3.4."""
    assert weighted_kappa([3] * 40, [3] * 40) == Estimate(40, None)
    assert weighted_kappa([3] * 40, [2, 3] * 20) == Estimate(40, None)
    assert agreement([3] * 40, [3] * 40).exact == 1.0
    assert agreement([], []).kappa == Estimate(0, None)


def test_perfect_and_opposite_judges():
    assert weighted_kappa([1, 2, 3, 4], [1, 2, 3, 4]).value == pytest.approx(1)
    assert weighted_kappa([1, 4, 1, 4], [4, 1, 4, 1]).value == pytest.approx(-1)


SHROUT_AND_FLEISS = [[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]]


def test_icc_reproduces_the_published_example():
    """Shrout and Fleiss 1979, table 4: ICC(2,1) = .29; its interval as McGraw and Wong give it, .019 to .761."""
    found = icc(SHROUT_AND_FLEISS)

    assert round(found.value, 3) == 0.290
    assert (round(found.low, 3), round(found.high, 3)) == (0.019, 0.761)


def test_icc_worked_by_hand():
    """Three works, two judges: 4 5, 6 6, 8 10. Mean squares 10.5 for works, 1.5 for judges, 0.5 for what is left.

    (10.5 - 0.5) / (10.5 + 0.5 + 2 x (1.5 - 0.5) / 3) = 10 / 11.6667 = 0.857.
    """
    assert round(icc([[4, 5], [6, 6], [8, 10]]).value, 3) == 0.857


def test_icc_is_not_defined_without_variance_and_one_where_judges_are_the_same():
    assert icc([[9, 9]] * 5) == Estimate(5, None)
    assert icc([[9, 8]]) == Estimate(1, None)
    assert icc([[3, 3], [5, 5], [9, 9]]) == Estimate(3, 1.0, 1.0, 1.0)


def test_icc_where_one_judge_is_always_higher_by_the_same():
    found = icc([[3, 4], [5, 6], [9, 10]])

    assert 0.9 < found.value < 1
    assert found.low < found.value


def test_below_thirty_pairs_it_is_too_few():
    assert not Estimate(29, 0.5).is_enough
    assert Estimate(30, 0.5).is_enough


@pytest.mark.parametrize(
    ("value", "word"),
    [(-0.1, "poor"), (0.1, "slight"), (0.41, "moderate"), (0.61, "substantial"), (0.9, "almost perfect")],
)
def test_bands_of_kappa_are_labels(value, word):
    assert kappa_in_words(value) == word


@pytest.mark.parametrize(("value", "word"), [(0.4, "poor"), (0.5, "moderate"), (0.75, "good"), (0.9, "excellent")])
def test_bands_of_icc_are_labels(value, word):
    assert icc_in_words(value) == word
