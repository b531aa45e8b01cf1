"""The pass rule, pure: what it says, and what it can never do."""

from hypothesis import given
from hypothesis import strategies as st

from credentials.rubric import rule_in_words
from learners.pass_rule import Gap, Judged, gaps, judge

LEVELS = st.one_of(st.none(), st.integers(1, 4))
JUDGED = st.builds(
    Judged, name=st.sampled_from(["Roles", "Referral", "Reflection"]), is_required=st.booleans(), level=LEVELS
)
MINIMA = st.integers(1, 4)
RULE = "Every required criterion must reach level 3, and every other criterion level 2."


def test_the_rule_is_met_when_every_criterion_reaches_its_minimum():
    verdict = judge(
        [Judged("Roles", True, 3), Judged("Reflection", False, 2)], rule=RULE, required_minimum=3, optional_minimum=2
    )

    assert verdict.is_met
    assert verdict.explanation == (f"{RULE} All of them do.")


def test_the_explanation_names_what_falls_short_in_the_order_of_the_rubric():
    verdict = judge(
        [Judged("Roles", True, 2), Judged("Referral", True, 3), Judged("Reflection", False, 1)],
        rule=RULE,
        required_minimum=3,
        optional_minimum=2,
    )

    assert not verdict.is_met
    assert verdict.short == ("Roles", "Reflection")
    assert verdict.explanation.endswith("These fall short: Roles, Reflection.")


def test_cannot_judge_falls_short():
    verdict = judge([Judged("Roles", True, None)], rule=RULE, required_minimum=3, optional_minimum=2)

    assert verdict.short == ("Roles",)
    assert verdict.explanation.endswith("This one falls short: Roles.")


def test_a_rubric_without_a_required_criterion_is_never_met():
    verdict = judge([Judged("Reflection", False, 4)], rule=RULE, required_minimum=3, optional_minimum=2)

    assert not verdict.is_met
    assert "no required criterion" in verdict.explanation


def test_the_rule_in_words_leaves_out_what_does_not_apply():
    assert rule_in_words("level 3", "level 2", has_optional=False) == "Every required criterion must reach level 3."
    assert rule_in_words("level 3", "level 2", has_optional=True) == RULE


@given(st.lists(JUDGED, max_size=8), MINIMA, MINIMA)
def test_nothing_is_awarded_with_a_required_criterion_below_its_minimum(judged, required, optional):
    verdict = judge(judged, rule=RULE, required_minimum=required, optional_minimum=optional)

    if verdict.is_met:
        assert any(each.is_required for each in judged)
        assert all(each.level is not None and each.level >= required for each in judged if each.is_required)
        assert all(each.level is not None and each.level >= optional for each in judged if not each.is_required)
    elif any(each.is_required for each in judged):
        assert verdict.short
        assert all(name in verdict.explanation for name in verdict.short)


@given(st.lists(JUDGED, min_size=1, max_size=8), MINIMA, MINIMA, st.data())
def test_a_higher_level_never_makes_it_worse(judged, required, optional, data):
    position = data.draw(st.integers(0, len(judged) - 1))
    chosen = judged[position]
    raised = [*judged]
    raised[position] = Judged(chosen.name, chosen.is_required, min(4, (chosen.level or 0) + 1))

    before = judge(judged, rule=RULE, required_minimum=required, optional_minimum=optional)
    after = judge(raised, rule=RULE, required_minimum=required, optional_minimum=optional)

    assert after.is_met >= before.is_met
    assert len(after.short) <= len(before.short)


def test_every_criterion_needs_a_level_and_below_the_standard_a_next_step():
    judged = [
        Judged("Roles", True, None, is_judged=False),
        Judged("Referral", True, 2),
        Judged("Scope", True, None),
        Judged("Reflection", False, 2),
    ]

    found = gaps(judged, ["", " ", "", ""], required_minimum=3, optional_minimum=2)

    assert found == [
        Gap(0, "level", "Roles: choose a level"),
        Gap(1, "next_step", "Referral: say the next step"),
        Gap(2, "next_step", "Scope: say the next step"),
    ]
    assert gaps(judged[1:], ["a", "b", ""], required_minimum=3, optional_minimum=2) == []
