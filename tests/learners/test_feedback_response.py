"""What learners answer to their feedback, and what comes back to the assessor, without names."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import Decision, FeedbackResponse
from learners.selectors import responses
from tests.fixtures.records import NOON

PLAN = "Ask the pharmacist before I change a dose."


@pytest.fixture
def told(make_decision):
    """A released decision."""

    def make(**fields):
        decision = make_decision(**fields)
        Decision.objects.filter(pk=decision.pk).update(status="released", effective_at=NOON)
        decision.submission.status = "decided"
        decision.submission.save(update_fields=["status"])
        return decision.submission

    return make


def answer(submission, *, actor=None, plan=PLAN, plan_by=None, useful="partly", at=NOON):
    return services.answer_feedback(
        actor=actor or submission.learner.user,
        submission=submission,
        plan=plan,
        plan_by=plan_by,
        useful=useful,
        at=at,
    )


def test_a_learner_says_what_they_will_do_by_when_and_whether_it_was_useful(client, told):
    """DOMAIN 3.6: learner responds with "what I will do, by when" and "was this useful?"."""
    submission = told()
    client.force_login(submission.learner.user)
    page = submission.get_absolute_url()
    address = reverse("learners:feedback-answer", args=[submission.public_id])
    assert address in client.get(page).text

    client.post(address, {"plan": PLAN, "plan_by": "2026-12-01", "useful": "yes"})

    shown = client.get(page).text
    assert PLAN in shown
    assert "Change your answer" in shown
    found = FeedbackResponse.objects.get()
    assert (found.plan_by, found.useful) == (date(2026, 12, 1), "yes")
    assert 'value="2026-12-01"' in client.get(address).text


def test_saying_it_again_replaces_it_and_the_same_twice_changes_nothing(told):
    submission = told()
    first = answer(submission)
    same = answer(submission, at=NOON + timedelta(hours=1))
    assert (same.pk, same.changed_at) == (first.pk, NOON)

    answer(submission, plan="", useful="no", at=NOON + timedelta(hours=2))

    found = FeedbackResponse.objects.get()
    assert (found.plan, found.useful, found.given_at) == ("", "no", NOON)


def test_an_empty_answer_and_a_date_without_a_plan_are_refused(client, told):
    submission = told()

    for words in ({"plan": " ", "useful": ""}, {"plan": "", "plan_by": date(2026, 12, 1)}, {"useful": "very"}):
        with pytest.raises(Invalid):
            answer(submission, **words)
    client.force_login(submission.learner.user)
    refused = client.post(reverse("learners:feedback-answer", args=[submission.public_id]), {"plan": ""})

    assert refused.status_code == 422
    assert not FeedbackResponse.objects.exists()


def test_nobody_answers_for_another_or_before_there_is_feedback(client, told, make_decision, make_learner, lead):
    submission = told()
    with pytest.raises(NotAllowed):
        answer(submission, actor=lead)
    waiting = make_decision().submission
    with pytest.raises(Conflict):
        answer(waiting)
    for user, work in ((make_learner().user, submission), (lead, submission), (waiting.learner.user, waiting)):
        client.force_login(user)
        assert client.get(reverse("learners:feedback-answer", args=[work.public_id])).status_code == 404
    assert not FeedbackResponse.objects.exists()


def test_the_assessor_reads_a_private_summary_without_names(client, told, assessor, make_user, make_learner):
    """DOMAIN 3.6: it returns to the assessor as a private summary."""
    for number, useful in enumerate(["yes", "yes", "partly", "no"]):
        answer(told(assessor=assessor, learner=make_learner(name=f"Robin Secret {number}")), useful=useful)
    client.force_login(assessor)
    address = reverse("learners:feedback-summary")

    few = client.get(address).text
    assert "shown from 5 answers on" in few
    assert PLAN in few
    assert responses.summary(assessor).counts is None

    answer(told(assessor=assessor), useful="yes", plan="")
    page = " ".join(client.get(address).text.split())

    assert "5 answers." in page
    assert dict(responses.summary(assessor).counts) == {"Yes": 3, "Partly": 1, "No": 1}
    assert "Robin Secret" not in page
    client.force_login(make_user(Role.ASSESSOR))
    assert PLAN not in client.get(address).text


def test_the_summary_keeps_its_number_of_queries_and_is_paged(
    client, told, assessor, make_version, django_assert_max_num_queries
):
    version = make_version()
    for number in range(27):
        answer(told(assessor=assessor, version=version), plan=f"Plan number {number}.")
    client.force_login(assessor)

    with django_assert_max_num_queries(12):
        page = client.get(reverse("learners:feedback-summary")).text

    assert page.count("Plan number") == 25


def test_only_assessors_have_a_summary(client, lead, learner):
    for user in (lead, learner.user):
        client.force_login(user)
        assert client.get(reverse("learners:feedback-summary")).status_code == 404
