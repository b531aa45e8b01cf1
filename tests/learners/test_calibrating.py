"""The rules of calibration and drift, as pure functions."""

import pytest

from learners.calibrating import Compared, needed, score
from learners.drifting import MARKS, drift


def work(*pairs, required=3, optional=2):
    """A work of two required criteria and an optional one; pairs: (given, agreed)."""
    minima = [required, required, optional]
    return [
        Compared(minimum == required, minimum, given, agreed)
        for minimum, (given, agreed) in zip(minima, pairs, strict=True)
    ]


ALIKE = work((3, 3), (3, 3), (2, 2))
OTHER_SIDE = work((2, 3), (3, 3), (2, 2))  # near, and fails where it was agreed to pass
FAR = work((1, 3), (1, 3), (1, 3))


def test_entry_takes_80_percent_within_one_level_and_pass_or_fail_right_on_4_of_5():
    """DOMAIN 3.4: entry requires at least 80 % within one level and exact on pass/fail for 4 of 5."""
    assert score([ALIKE] * 5).is_passed
    assert score([ALIKE] * 4 + [OTHER_SIDE]).is_passed
    assert score([ALIKE] * 4 + [FAR]).near == 12
    assert score([ALIKE] * 4 + [FAR]).is_passed  # 12 of 15 is 80 % exactly, 4 of 5 right
    assert not score([ALIKE] * 3 + [OTHER_SIDE] * 2).is_passed  # every level near, 3 of 5 right
    assert not score([ALIKE] * 3 + [FAR] * 2).is_passed


def test_too_many_levels_apart_fails_although_every_outcome_is_right():
    far_and_right = work((4, 1), (2, 2), (4, 2))  # both fail; two criteria are two or more apart

    found = score([ALIKE, ALIKE, far_and_right, far_and_right, ALIKE])

    assert (found.right, found.works) == (5, 5)
    assert (found.near, found.near_needed) == (11, 12)
    assert not found.is_passed


@pytest.mark.parametrize(("count", "least"), [(3, 3), (4, 4), (5, 4), (6, 5), (10, 8), (15, 12)])
def test_four_fifths_are_rounded_up(count, least):
    assert needed(count) == least


def test_nothing_judged_is_not_passed():
    assert not score([]).is_passed


def test_a_mean_more_than_half_a_level_from_the_others_over_20_marks_is_flagged():
    """DOMAIN 3.4: drift flag when an assessor's mean differs > 0.5 level over 20 marks."""
    others = [3.0, 2.0] * 20

    found = drift([3.25, 3.05] * 10, others)

    assert found.n == MARKS
    assert found.difference == pytest.approx(0.65)
    assert found.is_flagged
    assert found.low < 0.65 < found.high


def test_half_a_level_exactly_and_too_few_marks_are_not_flagged():
    assert not drift([3.0] * 20, [2.5] * 40).is_flagged
    assert drift([1.9] * 20, [2.5] * 40).is_flagged  # below counts as above
    assert not drift([4.0] * 19, [2.0] * 40).is_flagged
    assert not drift([4.0] * 20, [2.0] * 19).is_flagged
    assert drift([], [3.0]).difference is None
    assert drift([3.0], []).difference is None


def test_the_interval_of_a_drift_is_welchs_by_hand():
    """Means 3 and 2, variances 1 (n=3) and 1 (n=3): se = √(2/3), 4 degrees of freedom, t = 2.776."""
    found = drift([2.0, 3.0, 4.0], [1.0, 2.0, 3.0])

    assert found.difference == pytest.approx(1.0)
    assert found.low == pytest.approx(1 - 2.776 * (2 / 3) ** 0.5, abs=0.001)
    assert found.high == pytest.approx(1 + 2.776 * (2 / 3) ** 0.5, abs=0.001)


def test_marks_without_any_spread_have_a_difference_and_no_interval():
    found = drift([3.0] * 20, [2.0] * 20)

    assert (found.difference, found.low) == (1.0, None)
