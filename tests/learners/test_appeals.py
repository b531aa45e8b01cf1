"""Appeals: ten working days, three grounds, somebody who took no part, and an answer in writing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Appeal, AppealEvent, Award, Decision, Enrollment, Notice, Submission
from learners.working_days import working_days_after
from tests.fixtures.records import NOON

SOON = NOON + timedelta(days=1)


@pytest.fixture
def make_released(make_decision):
    def make(*, outcome="returned", at=NOON, **fields):
        levels = (3, 3, 3) if outcome == "awarded" else (2, 3, 3)
        decision = make_decision(outcome=outcome, levels=levels, **fields)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=at)
        status = "returned" if outcome == "returned" else "decided"
        Submission.objects.filter(pk=decision.submission_id).update(status=status)
        decision.refresh_from_db()
        return decision

    return make


@pytest.fixture
def decision(make_released):
    return make_released()


@pytest.fixture
def reviewer(make_user):
    return make_user(Role.ASSESSOR, name="Fresh Eyes")


def opened(decision, *, ground="procedure", at=SOON):
    return services.open_appeal(
        actor=decision.learner.user, decision=decision, ground=ground, text="Nobody read the appendix.", at=at
    )


@pytest.fixture
def reviewed(decision, lead, reviewer):
    appeal = opened(decision)
    return services.name_reviewer(actor=lead, appeal=appeal, reviewer=reviewer, at=SOON)


def answer(appeal, outcome, *, actor=None, corrected_to=None, reasons="The appendix was read.", at=SOON):
    return services.decide_appeal(
        actor=actor or appeal.reviewer,
        appeal=appeal,
        outcome=outcome,
        corrected_to=corrected_to,
        reasons=reasons,
        at=at,
    )


# Opening -------------------------------------------------------------------------------------------------------------
def test_a_learner_appeals_within_ten_working_days_and_leads_are_told(decision, lead):
    appeal = opened(decision, at=working_days_after(NOON, 10) - timedelta(minutes=1))

    assert appeal.due_at == working_days_after(appeal.opened_at, 15)
    assert [each.moved_to for each in appeal.events.all()] == ["opened"]
    [notice] = Notice.objects.filter(user=lead)
    assert "appendix" not in notice.text


def test_an_appeal_that_cannot_be_is_refused_and_opens_nothing(decision, make_released, make_user, lead):
    learner = decision.learner.user
    good = {"actor": learner, "decision": decision, "ground": "procedure", "text": "Words.", "at": SOON}
    proposed = make_released()
    Decision.objects.filter(pk=proposed.pk).update(status="proposed")

    for change, error in [
        ({"actor": lead}, NotAllowed),
        ({"actor": make_user()}, NotAllowed),
        ({"ground": "taste"}, Invalid),
        ({"text": " "}, Invalid),
        ({"at": working_days_after(NOON, 10)}, Conflict),
        ({"decision": proposed, "actor": proposed.learner.user}, Conflict),
    ]:
        with pytest.raises(error):
            services.open_appeal(**good | change)

    assert not Appeal.objects.exists()


def test_a_decision_is_appealed_once(decision):
    opened(decision)

    with pytest.raises(Conflict, match="appealed already"):
        opened(decision)

    assert AppealEvent.objects.count() == 1


@pytest.mark.parametrize(("pauses", "status"), [(False, "active"), (True, "suspended")])
def test_the_award_is_paused_or_unaffected_as_the_policy_says(
    settings, make_released, make_award, lead, reviewer, pauses, status
):
    """DOMAIN 3.7."""
    settings.APPEAL_PAUSES_AWARD = pauses
    decision = make_released(outcome="awarded")
    award = make_award(learner=decision.learner, version=decision.credential_version, decision=decision)

    appeal = opened(decision)

    assert Award.objects.get(pk=award.pk).status == status
    appeal = services.name_reviewer(actor=lead, appeal=appeal, reviewer=reviewer, at=SOON)
    for outcome, corrected in [("re-mark", None), ("corrected", "not-met")]:
        with pytest.raises(Conflict, match="two registrars"):
            answer(appeal, outcome, corrected_to=corrected)
    answer(appeal, "upheld")
    assert Award.objects.get(pk=award.pk).status == "active"


# Naming the reviewer -------------------------------------------------------------------------------------------------
def test_an_earlier_assessor_cannot_be_chosen(client, make_released, make_user, lead, reviewer):
    """DOMAIN 3.7: nobody who assessed or decided any attempt, and not the learner."""
    earlier = make_user(Role.ASSESSOR, name="Earlier Assessor")
    decision = make_released(assessor=earlier)
    released_by = make_user(Role.ASSESSOR, name="Released It")
    decision.events.create(actor=released_by, moved_to="released", at=NOON)
    former = make_user(Role.ASSESSOR, name="Had It First")
    decision.submission.assignments.create(assessor=former, role="second", assigned_at=NOON, ended_at=SOON)
    mentor = make_user(Role.ASSESSOR, name="Mentor")
    mentor.conflicts.create(learner=decision.learner, kind="adviser", declared_at=NOON)
    appeal = opened(decision)

    assert list(services.reviewers(appeal, SOON)) == [reviewer]
    for person in (earlier, released_by, former, mentor, decision.learner.user, lead):
        with pytest.raises(Invalid):
            services.name_reviewer(actor=lead, appeal=appeal, reviewer=person, at=SOON)
    client.force_login(lead)
    url = reverse("learners:appeal-assign", args=[appeal.public_id])
    page = client.get(appeal.get_absolute_url()).content.decode()
    assert "Fresh Eyes" in page
    assert "Earlier Assessor" not in page
    assert client.post(url, {"reviewer": earlier.pk}).status_code == 422
    appeal.refresh_from_db()
    assert appeal.reviewer is None
    assert client.post(url, {"reviewer": reviewer.pk}).status_code == 302


def test_only_a_lead_names_the_reviewer_and_naming_twice_tells_once(decision, lead, reviewer):
    appeal = opened(decision)

    with pytest.raises(NotAllowed):
        services.name_reviewer(actor=reviewer, appeal=appeal, reviewer=reviewer, at=SOON)
    for _number in range(2):
        services.name_reviewer(actor=lead, appeal=appeal, reviewer=reviewer, at=SOON)

    assert Notice.objects.filter(user=reviewer).count() == 1
    assert AppealEvent.objects.filter(moved_to="assigned").count() == 1


def test_the_reviewer_reads_the_work_until_the_appeal_is_answered(reviewed, reviewer):
    submission = reviewed.decision.submission

    assert Submission.objects.visible_to(reviewer).filter(pk=submission.pk).exists()
    answer(reviewed, "upheld")
    assert not Submission.objects.visible_to(reviewer).filter(pk=submission.pk).exists()


# Answering -----------------------------------------------------------------------------------------------------------
def test_upholding_changes_nothing_but_says_why(reviewed):
    answer(reviewed, "upheld")

    reviewed.refresh_from_db()
    assert (reviewed.outcome, reviewed.reasons) == ("upheld", "The appendix was read.")
    assert reviewed.decision.status == "released"
    assert Notice.objects.filter(user=reviewed.decision.learner.user, kind="appeal").count() == 1


def test_what_is_marked_again_comes_to_the_reviewer_alone(client, reviewed, reviewer):
    submission = reviewed.decision.submission
    earlier = submission.assignments.get().assessor

    answer(reviewed, "re-mark")

    assert list(Submission.objects.to_assess(reviewer)) == [submission]
    assert not Submission.objects.to_assess(earlier).exists()
    assert Decision.objects.get(pk=reviewed.decision_id).status == "undone"
    assert submission.assessments.get().status == "draft"
    client.force_login(reviewer)
    data = {f"level_{number}": "3" for number in (1, 2, 3)} | {"overall_comment": "", "action": "finish"}
    assert client.post(reverse("learners:marking", args=[submission.public_id]), data).status_code == 302
    assert submission.decisions.exclude(status="undone").get().outcome == "awarded"


def test_what_two_have_judged_is_judged_by_two_others(make_double, lead, make_user, reviewer):
    submission = make_double(levels=(2, 3, 3))
    submission.assessments.update(status="finished", finished_at=NOON)
    submission.second_marking.status = "settled"
    submission.second_marking.save()
    Submission.objects.filter(pk=submission.pk).update(status="returned")
    decision = Decision.objects.create(
        enrollment=submission.enrollment,
        submission=submission,
        attempt=1,
        outcome="returned",
        status="released",
        actor=submission.assignments.first().assessor,
        reason="Falls short.",
        proposed_at=NOON,
        effective_at=NOON,
    )
    earlier = set(submission.assignments.values_list("assessor", flat=True))
    another = make_user(Role.ASSESSOR)
    appeal = services.name_reviewer(actor=lead, appeal=opened(decision), reviewer=reviewer, at=SOON)

    answer(appeal, "re-mark")
    services.assign_waiting(at=SOON)

    now = set(submission.assignments.filter(ended_at__isnull=True).values_list("assessor", flat=True))
    assert now == {reviewer.pk, another.pk}
    assert not now & earlier


def test_a_correction_is_proposed_and_a_lead_releases_it(make_released, lead, reviewer):
    decision = make_released(outcome="not-met")
    Enrollment.objects.filter(pk=decision.enrollment_id).update(status="not-met", ended_at=NOON)
    appeal = services.name_reviewer(actor=lead, appeal=opened(decision), reviewer=reviewer, at=SOON)

    answer(appeal, "corrected", corrected_to="awarded")

    proposed = decision.submission.decisions.get(status="proposed")
    assert (proposed.outcome, proposed.actor) == ("awarded", reviewer)
    services.release_decision(actor=lead, decision=proposed, at=SOON)
    assert Award.objects.get().decision == proposed


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reasons": " "}, Invalid),
        ({"outcome": "perhaps"}, Invalid),
        ({"outcome": "corrected"}, Invalid),
        ({"outcome": "upheld", "corrected_to": "awarded"}, Invalid),
        ({"outcome": "corrected", "corrected_to": "returned"}, Invalid),
    ],
)
def test_an_answer_that_makes_no_sense_is_refused_and_changes_nothing(reviewed, change, error):
    with pytest.raises(error):
        answer(reviewed, **{"outcome": "upheld"} | change)

    reviewed.refresh_from_db()
    assert reviewed.decided_at is None
    assert Decision.objects.get(pk=reviewed.decision_id).status == "released"


def test_only_the_reviewer_answers_and_once(reviewed, lead, make_user):
    for person in (lead, make_user(Role.ASSESSOR), reviewed.decision.learner.user):
        with pytest.raises(NotAllowed):
            answer(reviewed, "upheld", actor=person)
    answer(reviewed, "upheld")
    with pytest.raises(Conflict):
        answer(reviewed, "re-mark")

    assert AppealEvent.objects.filter(moved_to="upheld").count() == 1


def test_a_decision_after_which_the_learner_went_on_is_upheld_only(reviewed, make_submission):
    make_submission(enrollment=reviewed.decision.enrollment, attempt=2)

    with pytest.raises(Conflict, match="next attempt"):
        answer(reviewed, "re-mark")
    answer(reviewed, "upheld")


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_stands(reviewed, together):
    answers = together(lambda: answer(reviewed, "upheld"), lambda: answer(reviewed, "re-mark"))

    assert [type(each) for each in answers].count(Conflict) == 1
    assert AppealEvent.objects.exclude(moved_to__in=["opened", "assigned"]).count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------
def test_the_whole_way_on_pages(client, make_released, lead, reviewer, django_assert_max_num_queries):
    decision = make_released(at=timezone.now() - timedelta(days=1))
    client.force_login(decision.learner.user)
    assert "Appeal this decision" in client.get(decision.submission.get_absolute_url()).content.decode()
    url = reverse("learners:appeal-open", args=[decision.public_id])
    assert client.post(url, {"ground": "", "text": ""}).status_code == 422
    client.post(url, {"ground": "procedure", "text": "Nobody read the appendix."})
    appeal = Appeal.objects.get()
    assert client.get(url)["Location"] == appeal.get_absolute_url()

    client.force_login(lead)
    assert appeal.get_absolute_url() in client.get(reverse("learners:appeal-list")).content.decode()
    client.post(reverse("learners:appeal-assign", args=[appeal.public_id]), {"reviewer": reviewer.pk})
    client.force_login(reviewer)
    with django_assert_max_num_queries(19):
        page = client.get(appeal.get_absolute_url()).content.decode()
    assert "Five roles, and whom I would call." in page
    assert "Name whom you would call first, and why." in page
    assert "Level given" in page
    assert "Your level" not in page  # the reviewer reads about somebody else
    answered = reverse("learners:appeal-decide", args=[appeal.public_id])
    assert client.post(answered, {"outcome": "upheld", "reasons": ""}).status_code == 422
    client.post(answered, {"outcome": "upheld", "reasons": "The appendix was read."})

    client.force_login(decision.learner.user)
    assert "The appendix was read." in client.get(appeal.get_absolute_url()).content.decode()
    result = client.get(decision.submission.get_absolute_url()).content.decode()
    assert "Your level" in result
    assert "Level given" not in result
    assert "Read the answer" in client.get(decision.submission.get_absolute_url()).content.decode()


def test_strangers_see_no_appeal(client, reviewed, make_user, make_learner):
    for person in (make_user(Role.ASSESSOR), make_user(Role.REGISTRAR), make_learner(name="Another").user):
        client.force_login(person)

        assert client.get(reviewed.get_absolute_url()).status_code == 404
        assert client.get(reverse("learners:appeal-open", args=[reviewed.decision.public_id])).status_code == 404


def test_when_the_time_is_over_the_result_offers_no_appeal(client, make_released):
    decision = make_released(at=NOON - timedelta(days=60))
    client.force_login(decision.learner.user)

    assert "Appeal this decision" not in client.get(decision.submission.get_absolute_url()).content.decode()
