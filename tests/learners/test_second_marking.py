"""Work that two assessors judge: blind to each other, settled when alike, agreed on when not."""

from datetime import timedelta

import pytest

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from learners.differences import Pair, difference
from learners.models import Assessment, Assignment, Decision, Notice, SecondMarking
from learners.services import (
    JudgmentInput,
    agree_on_result,
    ask_third_assessors,
    assign_waiting,
    finish_assessment,
    reopen_assessment,
    save_judgments,
)
from tests.fixtures.records import NOON


def judge(submission, actor, levels):
    criteria = submission.credential_version.criteria.order_by("position")
    judgments = [
        JudgmentInput(each.pk, level, next_step="" if level >= 3 else "Ask the pharmacist.")
        for each, level in zip(criteria, levels, strict=True)
    ]
    save_judgments(actor=actor, submission=submission, judgments=judgments, at=NOON)
    return finish_assessment(actor=actor, submission=submission, at=NOON)


@pytest.fixture
def double(make_submission, make_user):
    """Waits for two assessors who have not begun."""
    submission = make_submission(status="submitted", assessor=make_user(Role.ASSESSOR))
    Assignment.objects.create(submission=submission, assessor=make_user(Role.ASSESSOR), role="second", assigned_at=NOON)
    SecondMarking.objects.create(submission=submission, cause="sample", drawn_at=NOON)
    submission.pair = [each.assessor for each in submission.assignments.order_by("role")]
    return submission


@pytest.fixture
def differing(double):
    judge(double, double.pair[0], (3, 3, 3))
    judge(double, double.pair[1], (2, 3, 3))
    return double


def agreed(submission, level=3):
    return [
        JudgmentInput(each.pk, level, next_step="" if level >= 3 else "Ask again.")
        for each in submission.credential_version.criteria.all()
    ]


@pytest.mark.parametrize(
    ("first", "second", "minimum", "is_told"),
    [
        (3, 3, 3, False),
        (3, 4, 3, False),
        (1, 2, 3, False),
        (2, 3, 3, True),  # crosses the pass line
        (1, 3, 1, True),  # two levels apart
        (2, 4, 2, True),
        (None, 3, 3, True),
        (None, None, 3, False),
        (1, 2, 2, True),
    ],
)
def test_what_must_be_agreed_on(first, second, minimum, is_told):
    """DOMAIN 3.4: a required criterion crosses the pass line, or two levels apart."""
    assert bool(difference(Pair("Referral", True, minimum, first, second))) == is_told


def test_no_decision_comes_before_both_have_judged(double):
    assert judge(double, double.pair[0], (3, 3, 3)) is None
    assert not Decision.objects.exists()

    decision = judge(double, double.pair[1], (3, 4, 3))

    assert decision.outcome == "awarded"
    assert SecondMarking.objects.get().status == "settled"
    assert Assessment.objects.filter(status="finished", is_agreed=False).count() == 2


def test_neither_sees_what_the_other_judged(double, client):
    judge(double, double.pair[0], (3, 3, 3))
    Assessment.objects.update(overall_comment="Only the first knows this.")

    client.force_login(double.pair[1])

    for address in (f"/queue/{double.public_id}/", double.get_absolute_url(), "/queue/", "/decisions/"):
        assert b"Only the first knows this." not in client.get(address).content
    assert client.get(f"/queue/{double.public_id}/reconcile/").status_code == 404


def test_two_who_differ_are_asked_to_agree(differing):
    assert not Decision.objects.exists()
    second = SecondMarking.objects.get()
    assert second.status == "differs"
    assert second.third_after == NOON + timedelta(days=7)  # five working days
    assert {each.user for each in Notice.objects.filter(kind="reconcile")} == set(differing.pair)


def test_the_agreed_level_and_its_reason_stand_beside_both_originals(differing):
    """DOMAIN 3.4."""
    first, other = differing.pair

    decision = agree_on_result(
        actor=other, submission=differing, judgments=agreed(differing), reason="We read it together.", at=NOON
    )

    assert (decision.outcome, decision.actor) == ("awarded", other)
    second = SecondMarking.objects.get()
    assert (second.status, second.reason) == ("agreed", "We read it together.")
    originals = differing.assessments.filter(is_agreed=False).order_by("pk")
    levels = [
        list(each.judgments.order_by("criterion__position").values_list("level", flat=True)) for each in originals
    ]
    assert levels == [[3, 3, 3], [2, 3, 3]]
    assert [each.assessor for each in originals] == [first, other]
    assert second.agreed.judgments.filter(level=3).count() == 3


def test_agreeing_is_refused_without_a_reason_a_level_or_a_right(differing, make_user, make_submission, assessor):
    complete = {"submission": differing, "judgments": agreed(differing), "reason": "Together.", "at": NOON}
    one = differing.pair[0]

    with pytest.raises(Invalid, match="Say why"):
        agree_on_result(actor=one, **complete | {"reason": " "})
    with pytest.raises(Incomplete):
        agree_on_result(actor=one, **complete | {"judgments": complete["judgments"][:1]})
    with pytest.raises(NotAllowed):
        agree_on_result(actor=make_user(Role.LEAD), **complete)
    alone = make_submission(status="in-review", assessor=assessor)
    with pytest.raises(Conflict, match="no two judgments"):
        agree_on_result(actor=assessor, **complete | {"submission": alone})
    assert not Decision.objects.exists()
    assert not Assessment.objects.filter(is_agreed=True).exists()
    agree_on_result(actor=one, **complete)
    with pytest.raises(Conflict):
        agree_on_result(actor=one, **complete)


def test_a_third_assessor_judges_when_two_have_not_agreed_within_5_days(differing, make_user, lead):
    """DOMAIN 3.4."""
    third = make_user(Role.ASSESSOR)
    assert ask_third_assessors(at=NOON + timedelta(days=6)) == 0
    late = NOON + timedelta(days=7)

    assert ask_third_assessors(at=late) == 1
    assert ask_third_assessors(at=late) == 0
    assert [(each.role, each.assessor) for each in assign_waiting(at=late).assignments] == [("third", third)]
    decision = judge(differing, third, (2, 2, 3))

    assert decision.outcome == "returned"
    second = SecondMarking.objects.get()
    assert (second.status, second.agreed.assessor) == ("agreed", third)
    assert differing.assessments.filter(is_agreed=False).count() == 2
    assert Notice.objects.filter(kind="reconcile", user=lead).count() == 1


def test_what_is_taken_back_is_compared_again(differing):
    one, other = differing.pair
    agree_on_result(actor=one, submission=differing, judgments=agreed(differing), reason="Together.", at=NOON)

    reopen_assessment(actor=other, submission=differing, at=NOON)
    decision = judge(differing, other, (3, 3, 4))

    assert decision.outcome == "awarded"
    assert SecondMarking.objects.get().status == "settled"
    assert not Assessment.objects.filter(is_agreed=True, status="finished").exists()


@pytest.mark.django_db(transaction=True)
def test_two_who_finish_at_once_bring_about_one_decision(double, together):
    for actor in double.pair:
        save_judgments(actor=actor, submission=double, judgments=agreed(double), at=NOON)

    found = together(
        *[lambda actor=actor: finish_assessment(actor=actor, submission=double, at=NOON) for actor in double.pair]
    )

    assert sum(isinstance(each, Decision) for each in found) == 1
    assert Decision.objects.count() == 1
