"""The next attempt reopens only what fell short; what met the standard keeps its level (DOMAIN 3.2)."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from config.errors import Conflict, Incomplete, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Assessment, Assignment, Decision, Judgment, ReopenedCriterion, SecondMarking, Submission
from learners.selectors import agreement as agreement_selectors
from learners.selectors import growth as growth_selectors
from learners.services import JudgmentInput
from tests.fixtures.records import NOON

DECLARED = {"no-patient-data": "", "own-work": ""}


@pytest.fixture
def criteria():
    """criteria(submission): its criteria in order."""
    return lambda submission: list(submission.credential_version.criteria.order_by("position"))


@pytest.fixture
def returned(make_decision, assessor):
    """A first attempt of which one criterion fell short and two met the standard, returned to its learner."""
    decision = make_decision(outcome="returned", levels=(2, 3, 4), assessor=assessor)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    return Submission.objects.with_context().get(pk=decision.submission_id)


@pytest.fixture
def make_again(returned, assessor):
    """make_again(judge_anew=()): the second attempt, submitted, with the same assessor."""

    def make(judge_anew=()):
        draft = services.start_resubmission(actor=returned.learner.user, submission=returned, at=NOON)
        services.submit_evidence(
            actor=returned.learner.user, submission=draft, declarations=DECLARED, judge_anew=judge_anew, at=NOON
        )
        assert draft.assignments.get().assessor == assessor  # who judged it before
        return Submission.objects.with_context().get(pk=draft.pk)

    return make


@pytest.fixture
def again(make_again):
    return make_again()


def say(submission, actor, *levels, finish=False):
    """levels: (criterion, level) pairs."""
    judgments = [
        JudgmentInput(each.pk, level=level, comment="Seen again.", next_step="" if level >= 3 else "Once more.")
        for each, level in levels
    ]
    assessment = services.save_judgments(actor=actor, submission=submission, judgments=judgments, at=NOON)
    if finish:
        return services.finish_assessment(actor=actor, submission=submission, at=NOON)
    return assessment


def levels_of(assessment):
    rows = assessment.judgments.order_by("criterion__position")
    return [(each.level, each.kept_from_id is not None) for each in rows]


def test_the_first_attempt_keeps_nothing(make_submission, assessor, criteria):
    first = make_submission(status="submitted", assessor=assessor)

    assert services.kept_judgments(first) == {}
    assert levels_of(say(first, assessor, *[(each, 3) for each in criteria(first)])) == [(3, False)] * 3


def test_what_met_the_standard_keeps_level_and_words_and_only_the_rest_is_judged(again, assessor, criteria, returned):
    one, _two, three = criteria(again)

    decision = say(again, assessor, (one, 3), finish=True)

    assessment = again.assessments.get()
    assert levels_of(assessment) == [(3, False), (3, True), (4, True)]
    kept = assessment.judgments.get(criterion=three)
    assert kept.kept_from == returned.assessments.get().judgments.get(criterion=three)
    assert kept.comment == "You named each role."
    # The printed rule is applied to every criterion, as ever.
    assert decision.outcome == "awarded"
    assert decision.reason.endswith("All of them do.")


def test_the_explanation_names_what_still_falls_short(again, assessor, criteria):
    decision = say(again, assessor, (criteria(again)[0], 2), finish=True)

    assert (decision.outcome, decision.reason.endswith("This one falls short: Role map.")) == ("returned", True)


def test_an_open_criterion_has_to_be_judged(again, assessor):
    say(again, assessor)

    with pytest.raises(Incomplete, match="Role map: choose a level"):
        services.finish_assessment(actor=assessor, submission=again, at=NOON)


@pytest.mark.parametrize("level", [1, 2, 4, None])
def test_a_kept_level_is_not_changed_on_the_side(again, assessor, criteria, level):
    with pytest.raises(Invalid, match="Reopen it with a reason first"):
        services.save_judgments(
            actor=assessor, submission=again, judgments=[JudgmentInput(criteria(again)[1].pk, level=level)], at=NOON
        )

    assert not Judgment.objects.filter(assessment__submission=again).exists()


def test_the_same_once_more_is_no_change(again, assessor, criteria):
    kept = services.kept_judgments(again)[criteria(again)[1].pk]

    said = [JudgmentInput(kept.criterion_id, level=kept.level, comment=kept.comment)]
    assessment = services.save_judgments(actor=assessor, submission=again, judgments=said, at=NOON)

    assert levels_of(assessment) == [(3, True), (4, True)]


# Judged anew ---------------------------------------------------------------------------------------------------------
def test_the_learner_may_ask_that_it_is_judged_anew(make_again, returned, criteria, assessor):
    two = criteria(returned)[1]
    again = make_again(judge_anew=[two.pk])

    assert set(services.kept_judgments(again)) == {criteria(again)[2].pk}
    decision = say(again, assessor, (criteria(again)[0], 3), (two, 2), finish=True)
    assert decision.outcome == "returned"
    asked = ReopenedCriterion.objects.get()
    assert (asked.by, asked.criterion, asked.reason) == (returned.learner.user, two, "The learner asked for it.")


def test_what_is_open_anyway_cannot_be_asked_for(returned, criteria):
    draft = services.start_resubmission(actor=returned.learner.user, submission=returned, at=NOON)

    with pytest.raises(Invalid, match="Only what met the standard"):
        services.submit_evidence(
            actor=returned.learner.user,
            submission=draft,
            declarations=DECLARED,
            judge_anew=[criteria(returned)[0].pk],
            at=NOON,
        )

    assert Submission.objects.get(pk=draft.pk).status == "draft"
    assert not ReopenedCriterion.objects.exists()


def reopen(submission, actor, criterion, reason="The new text contradicts it."):
    return services.reopen_criterion(actor=actor, submission=submission, criterion=criterion, reason=reason, at=NOON)


def test_the_assessor_reopens_it_with_a_reason(again, assessor, criteria):
    one, two, _three = criteria(again)
    say(again, assessor, (one, 3))

    opened = reopen(again, assessor, two)

    assert reopen(again, assessor, two, reason="") == opened
    assert levels_of(again.assessments.get()) == [(3, False), (4, True)]
    with pytest.raises(Incomplete, match="Referral: choose a level"):
        services.finish_assessment(actor=assessor, submission=again, at=NOON)
    assert say(again, assessor, (two, 1), finish=True).outcome == "returned"
    with pytest.raises(DatabaseError, match="never changed or removed"), transaction.atomic():
        ReopenedCriterion.objects.update(reason="Another.")


def test_who_may_not_and_what_cannot_be_reopened(again, assessor, criteria, make_user):
    one, two, _three = criteria(again)
    for actor in (make_user(Role.LEAD), make_user(Role.ASSESSOR), again.learner.user):
        with pytest.raises(NotAllowed):
            reopen(again, actor, two)
    with pytest.raises(Invalid, match="Say why"):
        reopen(again, assessor, two, reason="  ")
    with pytest.raises(Conflict, match="open already"):
        reopen(again, assessor, one)
    say(again, assessor, (one, 3), finish=True)
    with pytest.raises(Conflict, match="is finished"):
        reopen(again, assessor, two)

    assert not ReopenedCriterion.objects.exists()


# Second marking, undo, and what is counted ---------------------------------------------------------------------------
@pytest.fixture
def second(again, make_user):
    user = make_user(Role.ASSESSOR)
    Assignment.objects.create(submission=again, assessor=user, role="second", assigned_at=NOON)
    SecondMarking.objects.create(submission=again, cause="sample", drawn_at=NOON)
    return user


def test_two_who_judge_blind_reopen_for_themselves_and_agree_on_what_differs(again, assessor, second, criteria):
    one, two, three = criteria(again)
    reopen(again, second, two)
    assert set(services.kept_judgments(again, assessor=assessor)) == {two.pk, three.pk}
    say(again, assessor, (one, 3), finish=True)
    assert say(again, second, (one, 3), (two, 2), finish=True) is None

    agreed = [JudgmentInput(one.pk, level=3), JudgmentInput(two.pk, level=3), JudgmentInput(three.pk, level=1)]
    decision = services.agree_on_result(
        actor=assessor, submission=again, judgments=agreed, reason="We read it together.", at=NOON
    )

    assert decision.outcome == "awarded"
    assert levels_of(again.assessments.get(is_agreed=True)) == [(3, False), (3, False), (4, True)]


def test_kept_levels_alike_need_no_agreement_and_say_nothing_of_how_assessors_agree(again, assessor, second, criteria):
    one = criteria(again)[0]
    say(again, assessor, (one, 3), finish=True)
    decision = say(again, second, (one, 3), finish=True)

    lines = agreement_selectors.report(again.credential).lines
    assert decision.outcome == "awarded"
    assert [(line.name, line.found.kappa.n) for line in lines] == [("Role map", 1)]


def test_a_release_that_is_undone_leaves_kept_what_was_kept(again, assessor, criteria):
    one, two, _three = criteria(again)
    decision = say(again, assessor, (one, 2), finish=True)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    services.undo_release(actor=assessor, decision=Decision.objects.get(pk=decision.pk), at=NOON, reason="Too soon.")

    assert levels_of(again.assessments.get()) == [(2, False), (3, True), (4, True)]
    reopen(again, assessor, two)
    assert say(again, assessor, (one, 3), (two, 3), finish=True).outcome == "awarded"


def test_a_third_attempt_keeps_what_the_second_kept(again, assessor, criteria):
    decision = say(again, assessor, (criteria(again)[0], 2), finish=True)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    third = services.start_resubmission(actor=again.learner.user, submission=again, at=NOON)

    assert [each.level for each in services.kept_judgments(third).values()] == [3, 4]


def test_growth_tells_a_kept_level_once(again, assessor, criteria):
    decision = say(again, assessor, (criteria(again)[0], 3), finish=True)
    services.release_decision(actor=assessor, decision=decision, at=NOON)

    lines = growth_selectors.growth(again.learner).criteria

    assert {line.name: [point.level for point in line.points] for line in lines} == {
        "Role map": [2, 3],
        "Referral": [3],
        "Reflection": [4],
    }


# Pages ---------------------------------------------------------------------------------------------------------------
def marking(submission):
    return reverse("learners:marking", args=[submission.public_id])


def words(answer):
    return " ".join(answer.content.decode().split())


def test_the_workspace_says_what_is_open_and_what_is_kept(client, returned, django_assert_max_num_queries):
    draft = services.start_resubmission(actor=returned.learner.user, submission=returned, at=NOON)
    client.force_login(returned.learner.user)

    with django_assert_max_num_queries(19):
        page = words(client.get(draft.enrollment.get_absolute_url()))

    assert "What attempt 1 left open" in page
    assert "Name whom you would call first, and why." in page
    assert "Judge “Referral” anew; its level may then rise or fall" in page
    assert "Judge “Role map” anew" not in page

    sent = {"no-patient-data": "on", "own-work": "on", "anew-2": "on"}
    answer = client.post(reverse("learners:submission-submit", args=[draft.public_id]), sent)
    assert answer.status_code == 302
    assert [each.criterion.key for each in ReopenedCriterion.objects.all()] == ["referral"]


def test_the_marking_screen_reopens_and_keeps_what_was_typed(client, again, assessor, criteria):
    client.force_login(assessor)

    refused = client.post(marking(again), {"level_1": "3", "comment_1": "Clear now.", "action": "reopen-2", "seen": ""})
    assert refused.status_code == 422
    assert "Say why it is judged anew" in words(refused)

    seen = services.revision(Assessment.objects.get(submission=again))
    sent = {"level_1": "3", "comment_1": "Clear now.", "action": "reopen-2", "seen": seen}
    answer = client.post(marking(again), sent | {"reopen_reason_2": "It is contradicted now."})

    assert answer.url == f"{marking(again)}#criterion-2"
    page = client.get(marking(again))
    assert page.context["form"]["comment_1"].value() == "Clear now."
    assert "level_2" in page.context["form"].fields and "level_3" not in page.context["form"].fields
    assert "Judged anew:</span>" in words(page) or "Judged anew: It is contradicted now." in words(page)


@pytest.mark.parametrize("action", ["reopen-", "reopen-9", "reopen-x", "reopen-0"])
def test_a_criterion_that_is_none_is_not_reopened(client, again, assessor, action):
    client.force_login(assessor)

    assert client.post(marking(again), {"action": action, "seen": ""}).status_code == 422
    assert not ReopenedCriterion.objects.exists()


def test_the_result_says_what_was_kept(client, again, assessor, criteria):
    decision = say(again, assessor, (criteria(again)[0], 3), finish=True)
    services.release_decision(actor=assessor, decision=decision, at=NOON)
    client.force_login(again.learner.user)

    assert words(client.get(again.get_absolute_url())).count("Kept from the attempt before") == 2


def test_evidence_is_told_apart_with_what_it_was(client, again, assessor):
    item = again.evidence_items.get()
    item.title = "Case analysis, second version"
    item.text = "Five roles, and whom I would call first."
    item.save()
    again.evidence_items.create(
        kind="link", title="Slides", link="https://example.org/", added_by=again.learner.user, added_at=NOON
    )
    client.force_login(assessor)

    page = client.get(marking(again))

    assert [each.change for each in page.context["evidence"]] == ["changed", "new"]
    assert "Before: <del>Case analysis</del>" in words(page)
    assert '<del><span class="unseen">taken out:</span> call.</del>' in words(page)
    assert "1 criterion is open; what met the standard is kept." in words(page)
