"""Growth, goals and confidence: for the learner alone."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from credentials.models import Alignment
from learners.models import ConfidenceRating, Goal, HomeVisit, Judgment
from learners.selectors.growth import growth
from learners.services import add_goal, drop_goal, note_visit, rate_confidence, reach_goal
from tests.fixtures.records import NOON

PAGE = reverse("learners:growth")


@pytest.fixture
def tell(make_decision):
    """tell(on=..., levels=...): a result that was released."""

    def make(*, at, **fields):
        decision = make_decision(**fields)
        decision.status, decision.effective_at = "released", at
        decision.save(update_fields=["status", "effective_at"])
        decision.submission.status = "returned" if decision.outcome == "returned" else "decided"
        decision.submission.save(update_fields=["status"])
        return decision

    return make


def shown(client, user):
    client.force_login(user)
    answer = client.get(PAGE)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.text)


def test_two_submissions_with_criterion_at_2_then_3_trend_shows_both_dates_and_the_comment(
    client, make_enrollment, tell
):
    """DOMAIN B10."""
    enrollment = make_enrollment()
    tell(at=NOON, outcome="returned", levels=(2, 3, 3), enrollment=enrollment)
    tell(at=NOON + timedelta(days=9), levels=(3, 3, 3), enrollment=enrollment, attempt=2)

    page = shown(client, enrollment.learner.user)

    trend = page[page.index("Criteria over time") :]
    assert trend.index("Sep 1, 2026") < trend.index("level 2 of 4") < trend.index("Sep 10, 2026")
    assert "You named each role." in trend
    line = growth(enrollment.learner).criteria[0]
    assert [point.level for point in line.points] == [2, 3]


def test_still_to_work_on_holds_what_fell_short_and_what_passed_with_a_next_step(learner, tell):
    decision = tell(at=NOON, learner=learner, levels=(2, 3, 3))
    Judgment.objects.filter(assessment__submission=decision.submission, criterion__key="reflection").update(
        next_step="Write it the same day."
    )

    assert [(line.name, line.newest.is_short) for line in growth(learner).still] == [
        ("Role map", True),
        ("Reflection", False),
    ]


def test_what_is_not_released_is_not_told(client, learner, make_decision):
    make_decision(learner=learner, levels=(2, 3, 3))

    assert growth(learner).criteria == []
    assert "After your first result" in shown(client, learner.user)


def test_competencies_gather_criteria_of_several_badges(learner, make_version, competency, tell):
    for number in range(2):
        draft = make_version(published=False, title=f"Item {number}")
        Alignment.objects.create(version=draft, criterion=draft.criteria.first(), competency=competency)
        tell(at=NOON + timedelta(days=number), learner=learner, version=draft)

    (line,) = growth(learner).competencies

    assert (line.name, [point.title for point in line.points]) == (competency.short_name, ["Item 0", "Item 1"])


def test_the_page_shows_nothing_of_anothers(client, make_learner, tell):
    tell(at=NOON, learner=make_learner(), levels=(2, 3, 3))

    assert "level 2 of 4" not in shown(client, make_learner().user)


def test_long_lists_are_cut_and_each_is_paged_by_itself(client, learner, tell, make_version):
    for _each in range(9):
        tell(at=NOON, learner=learner, version=make_version())
    for number in range(12):
        add_goal(actor=learner.user, learner=learner, text=f"Goal number {number}.", due_on=None, at=NOON)

    page = shown(client, learner.user)
    assert page.count("level 3 of 4") == 10
    assert "Show all 27" in page
    assert page.count("Goal number") == 10 * 3  # once in words, twice on its buttons

    def alone(name, number):
        return re.sub(r"\s+", " ", client.get(PAGE, {"show": name, "page": number}).text)

    assert [alone("criteria", number).count("level 3 of 4") for number in (1, 2)] == [25, 2]
    assert "My goals" not in alone("criteria", 1)
    assert alone("goals", 1).count("Goal number") == 12 * 3
    assert "My goals" in alone("nonsense", 1)


def test_a_line_shows_its_last_points_and_says_how_many_came_before(client, learner, tell, make_version, competency):
    for day in range(14):
        version = make_version(published=False)
        Alignment.objects.create(version=version, criterion=version.criteria.first(), competency=competency)
        tell(at=NOON + timedelta(days=day), learner=learner, version=version)

    page = shown(client, learner.user)

    competencies = page[page.index("Competencies over time") :]
    assert "2 earlier ones stand on the pages of their results." in competencies
    assert competencies.count("level 3 of 4") == 12
    assert "Sep 14, 2026" in competencies


def test_staff_have_no_such_page(client, lead):
    client.force_login(lead)

    assert client.get(PAGE).status_code == 404


def test_the_number_of_queries_does_not_grow(client, learner, tell, django_assert_max_num_queries):
    for number in range(4):
        tell(at=NOON + timedelta(days=number), learner=learner)
    client.force_login(learner.user)

    with django_assert_max_num_queries(15):
        client.get(PAGE)


# Goals -----------------------------------------------------------------------------------------------------------------
def goal_of(learner, **fields):
    defaults = {"actor": learner.user, "text": "Lead a round.", "due_on": None, "at": NOON}
    return add_goal(learner=learner, **defaults | fields)


def test_a_goal_is_kept_reached_once_and_removed(learner):
    goal = goal_of(learner, due_on=date(2026, 12, 1))

    reach_goal(actor=learner.user, goal=goal, at=NOON)
    assert reach_goal(actor=learner.user, goal=goal, at=NOON + timedelta(days=1)).reached_at == NOON

    drop_goal(actor=learner.user, goal=goal)
    assert not Goal.objects.exists()


def test_the_same_goal_twice_and_an_empty_one_are_refused(learner):
    goal_of(learner)

    with pytest.raises(Conflict):
        goal_of(learner, text=" Lead  a round. ")
    with pytest.raises(Invalid):
        goal_of(learner, text=" ")
    assert Goal.objects.count() == 1


def test_nobody_touches_anothers_goal(client, learner, make_learner):
    goal, other = goal_of(learner), make_learner().user

    with pytest.raises(NotAllowed):
        goal_of(learner, actor=other, text="Theirs")
    with pytest.raises(NotAllowed):
        reach_goal(actor=other, goal=goal, at=NOON)
    with pytest.raises(NotAllowed):
        drop_goal(actor=other, goal=goal)
    client.force_login(other)
    assert client.post(reverse("learners:goal-change", args=[goal.public_id]), {"drop": "1"}).status_code == 404
    goal.refresh_from_db()
    assert goal.reached_at is None


def test_goals_on_the_page(client, learner):
    client.force_login(learner.user)

    assert client.post(PAGE, {"text": "Lead a round.", "due_on": "2026-12-01"}).url == PAGE
    assert client.post(PAGE, {"text": "Lead a round."}).status_code == 422
    assert "by <time" in shown(client, learner.user)
    goal = Goal.objects.get()
    client.post(reverse("learners:goal-change", args=[goal.public_id]))
    assert "reached <time" in shown(client, learner.user)
    client.post(reverse("learners:goal-change", args=[goal.public_id]), {"drop": "1"})
    assert not Goal.objects.exists()


# Confidence --------------------------------------------------------------------------------------------------------------
def rate(enrollment, value=4, actor=None):
    outcome = enrollment.credential_version.outcomes.get()
    return rate_confidence(
        actor=actor or enrollment.learner.user, enrollment=enrollment, values={outcome.pk: value}, at=NOON
    )


def test_the_moment_follows_the_work(make_submission, tell):
    draft = make_submission()
    assert rate(draft.enrollment)[0].moment == "before"
    assert rate(make_submission(status="submitted").enrollment)[0].moment == "submission"
    assert rate(tell(at=NOON).enrollment)[0].moment == "retrospective"


def test_a_later_rating_replaces_the_former(make_submission):
    enrollment = make_submission().enrollment
    rate(enrollment, 2)
    rate(enrollment, 5)

    assert ConfidenceRating.objects.get().value == 5


def test_skipping_is_allowed(client, make_submission):
    """DOMAIN B11: skipping is allowed; only those answered are kept."""
    enrollment = make_submission().enrollment
    client.force_login(enrollment.learner.user)
    address = reverse("learners:confidence", args=[enrollment.public_id])

    assert client.get(address).status_code == 200
    assert client.post(address).url == PAGE
    assert not ConfidenceRating.objects.exists()

    client.post(address, {"outcome_1": "3"})
    assert ConfidenceRating.objects.get().value == 3
    assert client.post(address, {"outcome_1": "9"}).status_code == 422


def test_the_workspace_and_the_result_lead_to_it_and_others_find_no_link(client, make_submission, tell, lead):
    draft, told = make_submission(), tell(at=NOON)
    for enrollment, address in (
        (draft.enrollment, draft.enrollment.get_absolute_url()),
        (told.enrollment, told.submission.get_absolute_url()),
    ):
        link = reverse("learners:confidence", args=[enrollment.public_id])
        client.force_login(enrollment.learner.user)
        assert link in client.get(address).text
        client.force_login(lead)
        assert link not in client.get(address).text


def test_what_is_not_on_the_scale_or_elsewhere_is_refused(make_submission, make_version):
    enrollment = make_submission().enrollment
    foreign = make_version().outcomes.get()

    with pytest.raises(Invalid):
        rate(enrollment, 6)
    with pytest.raises(Invalid):
        rate_confidence(actor=enrollment.learner.user, enrollment=enrollment, values={foreign.pk: 3}, at=NOON)
    with pytest.raises(NotAllowed):
        rate(enrollment, actor=make_submission().learner.user)
    assert not ConfidenceRating.objects.exists()


def test_confidence_stands_beside_what_was_assessed(client, tell):
    decision = tell(at=NOON, levels=(4, 3, 3))
    rate(decision.enrollment, 2)

    page = shown(client, decision.learner.user)

    assert "Assessed: Role map 4, Referral 3, Reflection 3" in page
    assert "<td>2</td>" in page


# Home ----------------------------------------------------------------------------------------------------------------
def test_what_came_since_the_last_visit_is_new(learner):
    later = NOON + timedelta(hours=2)

    assert note_visit(learner=learner, at=NOON) is None
    assert note_visit(learner=learner, at=NOON + timedelta(minutes=5)) is None
    assert note_visit(learner=learner, at=later) == NOON + timedelta(minutes=5)
    assert note_visit(learner=learner, at=later + timedelta(minutes=1)) == NOON + timedelta(minutes=5)
    assert HomeVisit.objects.count() == 1


def test_home_shows_what_is_due_and_the_place_on_a_waitlist(client, make_enrollment, make_offering, make_submission):
    enrollment = make_enrollment()
    make_submission(enrollment=enrollment)
    enrollment.offering = make_offering(version=enrollment.credential_version)
    enrollment.save(update_fields=["offering"])
    goal_of(enrollment.learner, due_on=date(2026, 9, 30))
    other = make_enrollment(learner=enrollment.learner)
    other.offering, other.status = make_offering(version=other.credential_version, seats=0), "waitlisted"
    other.save(update_fields=["offering", "status"])
    client.force_login(enrollment.learner.user)

    page = re.sub(r"\s+", " ", client.get(reverse("learners:home")).text)

    assert page.index("What is next") < page.index("What is due") < page.index("Lead a round.")
    assert "On the waitlist" in page
    assert "Jan 1, 2100" in page
