"""Surveys of learners and assessors, and the evaluation that is made of them: in numbers, and naming nobody."""

import csv
import io
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Role
from learners import surveys
from learners.models import Assessment, ConfidenceRating, Decision, Enrollment, SurveyAnswer, SurveyResponse
from learners.selectors import evaluation
from learners.selectors.surveys import schedule, schools_asking
from learners.services import answer_survey, answer_term_survey, rate_confidence
from tests.fixtures.records import NOON

MOTIVATION, WORTH = ("motivation", None), ("worth", None)
AT_THE_END = datetime(2026, 11, 20, 12, tzinfo=ZoneInfo("UTC"))


def words(answer):
    return " ".join(answer.text.split())


def say(enrollment, moment="enrollment", at=NOON, **fields):
    fields = {"actor": enrollment.learner.user, "answers": {MOTIVATION: 4}} | fields
    return answer_survey(enrollment=enrollment, moment=moment, at=at, **fields)


@pytest.fixture
def earned(make_decision, make_award):
    """An enrollment that was awarded so long ago."""

    def make(version, *, days=0, at=None, **fields):
        decision = make_decision(version=version, **fields)
        awarded_at = (at or timezone.now()) - timedelta(days=days)
        make_award(
            learner=decision.learner, version=version, decision=decision, awarded_at=awarded_at, sign_after=awarded_at
        )
        Enrollment.objects.filter(pk=decision.enrollment_id).update(enrolled_at=awarded_at - timedelta(days=5))
        decision.enrollment.refresh_from_db()
        return decision.enrollment

    return make


# What is due ---------------------------------------------------------------------------------------------------------
def test_b14_the_schedule_shows_due_surveys_and_the_export_has_a_study_id_and_no_name_and_no_cell_below_five(
    client, version, earned, committee_member
):
    """DOMAIN B14."""
    at = timezone.now()
    group = [earned(version, days=200, levels=(3, 3, 3)) for _number in range(5)]
    learner = group[0].learner.user
    client.force_login(learner)

    listed = words(client.get(reverse("learners:survey-list")))
    assert listed.count("Six months after") == 1 and "1 short survey you may answer" in words(client.get("/home/"))
    page = client.get(reverse("learners:survey-answer", args=[group[0].public_id, "later"])).text
    assert "How often did you use it" in page and "Meets the standard for referral." in page

    for number, enrollment in enumerate(group):
        client.force_login(enrollment.learner.user)
        sent = {"motivation": str(number + 1), "criterion_1": "3", "criterion_2": "2", "used": "4" if number else ""}
        answer = client.post(reverse("learners:survey-answer", args=[enrollment.public_id, "later"]), sent)
        assert answer.url == reverse("learners:survey-list")

    client.force_login(committee_member)
    shown = words(client.get(reverse("learners:evaluation", args=[version.credential.public_id])))
    assert "fewer than 5" in shown  # of “used” four answered
    assert "5 <span" in shown and "(100 %)" in shown
    table = client.get(reverse("learners:evaluation-csv", args=[version.credential.public_id])).content
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert {row["question"]: row["answer"] for row in rows if not row["study_id"]} == {
        "used": "withheld: fewer than five answered"
    }
    told = [row for row in rows if row["study_id"]]
    assert sorted(row["answer"] for row in told if row["question"] == "motivation") == ["1", "2", "3", "4", "5"]
    assert len({row["study_id"] for row in told}) == 5
    for enrollment in group:
        for hidden in (enrollment.learner.display_name, enrollment.learner.user.email, str(enrollment.public_id)):
            assert hidden not in table.decode()
    figures = {each.text: each for each in evaluation.figures(version.credential)}
    assert (figures["Role map"].n, figures["Role map"].high, figures["Referral"].high) == (5, 100, 0)
    assert {each.moment: (each.asked, each.answered) for each in evaluation.response_rates(version.credential, at)} == {
        "when it begins": (5, 0),
        "once it is earned": (5, 0),
        "six months after": (5, 5),
    }


def test_answers_come_in_steps_of_five_people(version, make_enrollment):
    group = [make_enrollment(version=version, enrolled_at=NOON) for _number in range(10)]

    def told():
        return [row for row in evaluation.answers(version.credential) if row[0]], evaluation.figures(
            version.credential
        )[0].n

    for number, enrollment in enumerate(group):
        rows, n = told() if number else ([], None)
        assert (len(rows), n) == ((5, 5) if number >= 5 else (0, None))
        say(enrollment, at=NOON + timedelta(minutes=number), answers={MOTIVATION: 1 + number % 5})

    assert (len(told()[0]), told()[1]) == (10, 10)


def test_five_answers_of_four_people_are_not_told(version, make_enrollment, make_learner):
    learners = [make_learner(name=f"Learner {number}") for number in range(4)]
    first = make_enrollment(version=version, learner=learners[0], enrolled_at=NOON)
    say(first, at=NOON)
    Enrollment.objects.filter(pk=first.pk).update(status="withdrawn", ended_at=NOON)
    for learner in learners:
        say(make_enrollment(version=version, learner=learner, enrolled_at=NOON), at=NOON + timedelta(hours=1))

    assert SurveyResponse.objects.count() == 5
    assert [row[0] for row in evaluation.answers(version.credential)] == [""]
    assert evaluation.figures(version.credential)[0].n is None


def test_files_of_two_items_do_not_tell_whose_answers_belong_together(make_version, make_enrollment, make_learner):
    learners = [make_learner(name=f"Learner {number}") for number in range(5)]
    codes = []
    for version in (make_version(), make_version()):
        for learner in learners:
            say(make_enrollment(version=version, learner=learner, enrolled_at=NOON))
        codes.append([row[0] for row in evaluation.answers(version.credential)])
    stored = set(SurveyResponse.objects.values_list("study__code", flat=True))

    assert len(stored) == len(set(codes[0])) == len(set(codes[1])) == 5
    assert not set(codes[0]) & set(codes[1]) and not stored & {*codes[0], *codes[1]}
    assert codes[1] == [row[0] for row in evaluation.answers(version.credential)]


def test_surveys_open_and_close_by_the_dates_of_the_work(version, earned, make_enrollment):
    at = timezone.now()

    def moments(enrollment):
        return {each.moment: each.is_open(at) for each in schedule(enrollment.learner)}

    assert moments(make_enrollment(version=version, enrolled_at=at)) == {"enrollment": True}
    assert moments(make_enrollment(enrolled_at=at - timedelta(days=61))) == {"enrollment": False}
    assert moments(make_enrollment(enrolled_at=at, status="withdrawn", ended_at=at)) == {}
    assert moments(earned(version, at=at)) == {"enrollment": False, "award": True, "later": False}
    assert moments(earned(version, days=183)) == {"enrollment": False, "award": False, "later": True}
    assert moments(earned(version, days=250))["later"] is False


def test_when_it_begins_is_not_asked_of_those_who_have_earned_it(client, version, earned, make_enrollment):
    """Neither on the enrollment by which it was earned, nor on one that renews it; and the rates count nobody for it."""
    at = timezone.now()
    first = earned(version, days=3)
    Enrollment.objects.filter(pk=first.pk).update(status="completed", ended_at=at - timedelta(days=3))
    again = make_enrollment(version=version, learner=first.learner, enrolled_at=at - timedelta(days=1))

    assert [(each.moment, each.is_open(at)) for each in schedule(first.learner)] == [
        ("enrollment", False),
        ("award", True),
        ("later", False),
    ]
    for enrollment, said in ((first, "over"), (again, "not due")):
        with pytest.raises(Conflict, match=said):
            say(enrollment, at=at)
    assert not SurveyResponse.objects.exists()
    client.force_login(first.learner.user)
    assert "When it begins" not in words(client.get(reverse("learners:survey-list")))
    rates = evaluation.response_rates(version.credential, at)[0]
    assert (rates.moment, rates.asked, rates.is_open) == ("when it begins", 1, 0)


def test_what_a_survey_refuses_keeps_nothing(version, earned, make_enrollment, make_learner):
    at = timezone.now()
    enrollment = make_enrollment(version=version, enrolled_at=at)
    stranger = make_learner(name="Kit Yarrow").user

    for error, moment, fields in [
        (NotAllowed, "enrollment", {"actor": stranger}),
        (Conflict, "award", {}),
        (Conflict, "term", {}),
        (Conflict, "enrollment", {"at": at + timedelta(days=61)}),
        (Conflict, "enrollment", {"at": at - timedelta(days=1)}),
        (Invalid, "enrollment", {"answers": {}}),
        (Invalid, "enrollment", {"answers": {MOTIVATION: 6}}),
        (Invalid, "enrollment", {"answers": {WORTH: 3}}),
        (Invalid, "enrollment", {"answers": {("retention", version.criteria.first().pk): 3}}),
    ]:
        with pytest.raises(error):
            say(enrollment, moment, **{"at": at} | fields)

    assert not SurveyResponse.objects.exists()


def test_a_survey_is_answered_once(client, make_enrollment):
    at = timezone.now()
    enrollment = make_enrollment(enrolled_at=at)
    say(enrollment, at=at)

    with pytest.raises(Conflict):
        say(enrollment, at=at, answers={MOTIVATION: 1})
    client.force_login(enrollment.learner.user)
    address = reverse("learners:survey-answer", args=[enrollment.public_id, "enrollment"])
    assert "answered this survey already" in client.get(address).text
    assert client.post(address, {"motivation": "1"}).url == reverse("learners:survey-list")

    assert SurveyAnswer.objects.get().value == 4


@pytest.mark.django_db(transaction=True)
def test_of_two_windows_one_answer_stands(make_enrollment, together):
    enrollment = make_enrollment(enrolled_at=timezone.now())

    together(*[lambda: say(enrollment, at=timezone.now())] * 2)

    assert SurveyResponse.objects.count() == 1


def test_a_form_without_an_answer_or_with_an_odd_one_comes_back(client, make_enrollment):
    enrollment = make_enrollment(enrolled_at=timezone.now())
    client.force_login(enrollment.learner.user)
    address = reverse("learners:survey-answer", args=[enrollment.public_id, "enrollment"])

    for sent in ({}, {"motivation": "9"}, {"motivation": "x"}):
        assert client.post(address, sent).status_code == 422
    for moment in ("award", "later", "term", "nothing"):
        assert client.get(reverse("learners:survey-answer", args=[enrollment.public_id, moment])).status_code == 404
    assert not SurveyResponse.objects.exists()


def test_nobody_answers_or_opens_the_survey_of_another(client, make_enrollment, make_user, make_learner):
    address = reverse("learners:survey-answer", args=[make_enrollment().public_id, "enrollment"])

    for user in (make_user(Role.ADMINISTRATOR), make_learner(name="Kit Yarrow").user):
        client.force_login(user)
        assert client.get(address).status_code == 404
        assert client.post(address, {"motivation": "1"}).status_code == 404


def test_the_tables_refuse_a_survey_of_nothing_and_an_answer_off_its_scale(make_enrollment):
    response = say(make_enrollment(enrolled_at=NOON))

    for change in ({"moment": "term"}, {"term": "2026-fall"}, {"enrollment": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            SurveyResponse.objects.filter(pk=response.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        SurveyAnswer.objects.update(value=0)


def test_a_learner_finds_the_answers_in_the_record(client, make_enrollment):
    enrollment = make_enrollment(enrolled_at=timezone.now())
    response = say(enrollment, at=timezone.now())
    client.force_login(enrollment.learner.user)

    page = client.get(reverse("learners:record-part", args=["learning"])).text

    assert "What you answered in surveys" in page
    assert response.study.code in page


# Evaluation ----------------------------------------------------------------------------------------------------------
def test_b11_the_aggregate_of_confidence_counts_only_those_who_answered(client, version, make_submission, lead):
    """DOMAIN B11."""
    outcome = version.outcomes.get()
    for value in (1, 2, 2, 5, None, 4):
        enrollment = make_submission(version=version).enrollment
        values = {} if value is None else {outcome.pk: value}
        rate_confidence(actor=enrollment.learner.user, enrollment=enrollment, values=values, at=NOON)

    ((text, moments),) = evaluation.confidence(version.credential)
    assert text == outcome.text
    assert [(each.n, each.middle, each.high) for each in moments] == [
        (5, 2, 40),
        (None, None, None),
        (None, None, None),
    ]
    ConfidenceRating.objects.first().delete()
    ((_text, moments),) = evaluation.confidence(version.credential)
    assert moments[0].n is None  # four, whoever they are
    client.force_login(lead)
    assert "fewer than 5" in client.get(reverse("learners:evaluation", args=[version.credential.public_id])).text


def test_who_reads_evaluations(
    client, version, make_user, lead, committee_member, registrar, learner, make_organization
):
    item = reverse("learners:evaluation", args=[version.credential.public_id])
    faculty = reverse("learners:evaluation-faculty", args=[version.credential.organization.public_id, "2026-fall"])
    elsewhere = make_user(Role.COMMITTEE, scope=make_organization())

    for user, statuses in [
        (committee_member, (200, 200, 200)),
        (lead, (200, 200, 404)),
        (registrar, (404, 404, 404)),
        (learner.user, (404, 404, 404)),
        (elsewhere, (200, 404, 404)),
    ]:
        client.force_login(user)
        addresses = (reverse("learners:evaluation-list"), item, faculty)
        assert tuple(client.get(address).status_code for address in addresses) == statuses
    client.force_login(committee_member)
    for odd in ("2026-summer", "fall", "99-fall", "1026-spring"):
        address = reverse("learners:evaluation-faculty", args=[version.credential.organization.public_id, odd])
        assert client.get(address).status_code == 404


def test_the_pages_ask_few_questions_whatever_was_answered(
    client, version, earned, committee_member, django_assert_max_num_queries
):
    at = timezone.now()
    for number in range(6):
        say(earned(version, days=200), "later", at=at, answers={MOTIVATION: 1 + number % 5, ("used", None): 2})
    client.force_login(committee_member)
    organization = version.credential.organization.public_id

    for name, given in [
        ("evaluation-list", []),
        ("evaluation", [version.credential.public_id]),
        ("evaluation-faculty", [organization, "2026-fall"]),
    ]:
        with django_assert_max_num_queries(15):
            assert client.get(reverse(f"learners:{name}", args=given)).status_code == 200


# Faculty -------------------------------------------------------------------------------------------------------------
def test_b15_the_report_of_a_term_has_what_assessors_say_and_what_judging_took(
    client, organization, version, make_decision, make_user, committee_member
):
    """DOMAIN B15: the faculty survey of a term, and workload facts (minutes for a mark, turnaround)."""
    assessors = [make_user(Role.ASSESSOR) for _number in range(5)]
    for number, assessor in enumerate(assessors):
        answer_term_survey(
            actor=assessor, organization=organization, answers={("fair", None): 1 + number}, at=AT_THE_END
        )
        decision = make_decision(version=version, assessor=assessor)
        Assessment.objects.filter(submission=decision.submission).update(
            started_at=NOON, finished_at=NOON + timedelta(minutes=10 + number)
        )
        Decision.objects.filter(pk=decision.pk).update(
            status="released", effective_at=NOON + timedelta(days=2 + number)
        )
    slow = make_decision(version=version, assessor=assessors[0])
    Assessment.objects.filter(submission=slow.submission).update(finished_at=NOON + timedelta(days=3))
    client.force_login(committee_member)

    page = words(client.get(reverse("learners:evaluation-faculty", args=[organization.public_id, "2026-fall"])))

    assert "5 of 5 assessors have answered." in page
    assert "With the rubrics I could judge fairly." in page
    assert (
        "12 in the middle, from opening to finishing; counted are the 5 of 6 marks that took at most 2 hours." in page
    )
    assert "4.0 in the middle, from submitting to the released decision; 5 answers." in page
    report = evaluation.faculty(organization, "2026-fall")
    assert [(each.n, each.middle, each.high) for each in report.figures] == [(5, 3, 40), (None,) * 3, (None,) * 3]
    empty = evaluation.faculty(organization, "2025-spring")
    assert (empty.answered, empty.minutes, empty.days) == (0, None, None)


def test_figures_that_few_people_stand_behind_are_not_told(organization, version, make_decision, make_user):
    assessor = make_user(Role.ASSESSOR)
    for _number in range(6):
        decision = make_decision(version=version, assessor=assessor)
        Assessment.objects.filter(submission=decision.submission).update(finished_at=NOON + timedelta(minutes=9))

    report = evaluation.faculty(organization, "2026-fall")

    assert (report.marks, report.minutes) == (6, None)


def test_assessors_are_asked_in_the_last_two_months_of_a_term_once(organization, assessor, lead, make_user, version):
    early = datetime(2026, 10, 31, 12, tzinfo=ZoneInfo("UTC"))
    of_one_item = make_user(Role.ASSESSOR, credential=version.credential)

    assert schools_asking(assessor, early) == schools_asking(lead, AT_THE_END) == []
    assert schools_asking(assessor, AT_THE_END) == schools_asking(of_one_item, AT_THE_END) == [organization]
    for error, actor, at in [(Conflict, assessor, early), (NotAllowed, lead, AT_THE_END)]:
        with pytest.raises(error):
            answer_term_survey(actor=actor, organization=organization, answers={("fair", None): 3}, at=at)
    answer_term_survey(actor=assessor, organization=organization, answers={("fair", None): 3}, at=AT_THE_END)
    assert schools_asking(assessor, AT_THE_END) == []
    with pytest.raises(Conflict):
        answer_term_survey(actor=assessor, organization=organization, answers={("time", None): 3}, at=AT_THE_END)
    assert SurveyAnswer.objects.count() == 1


def test_the_page_of_a_term_says_when_it_is_open_and_keeps_what_is_said(client, organization, assessor, monkeypatch):
    address = reverse("learners:survey-term", args=[organization.public_id])
    client.force_login(assessor)

    monkeypatch.setattr(timezone, "now", lambda: AT_THE_END - timedelta(days=60))
    page = words(client.get(address))
    assert "This survey is open from" in page and 'datetime="2026-11-01"' in page
    monkeypatch.setattr(timezone, "now", lambda: AT_THE_END)
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"teaching": "4"}).url == reverse("learners:survey-list")
    assert "answered this survey already" in client.get(address).text
    assert client.post(address, {"teaching": "4"}).url == reverse("learners:survey-list")

    assert SurveyAnswer.objects.get().value == 4


@pytest.mark.parametrize("term", ["9999-fall", "2200-spring", "1999-fall", "0001-fall"])
def test_a_term_outside_of_the_calendar_of_a_school_is_not_found(client, organization, make_user, term):
    client.force_login(make_user(Role.ADMINISTRATOR))

    assert surveys.term_days(term) is None
    address = reverse("learners:evaluation-faculty", args=[organization.public_id, term])
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("day", "term", "days"),
    [
        (date(2026, 1, 1), "2026-spring", (date(2026, 1, 1), date(2026, 6, 30))),
        (date(2026, 6, 30), "2026-spring", (date(2026, 1, 1), date(2026, 6, 30))),
        (date(2026, 7, 1), "2026-fall", (date(2026, 7, 1), date(2026, 12, 31))),
        (date(2026, 12, 31), "2026-fall", (date(2026, 7, 1), date(2026, 12, 31))),
    ],
)
def test_a_year_has_two_terms(day, term, days):
    assert (surveys.term_of(day), surveys.term_days(term)) == (term, days)


def test_terms_are_listed_from_the_newest():
    assert surveys.terms_until(date(2026, 8, 3), 3) == ["2026-fall", "2026-spring", "2025-fall"]
    assert surveys.asked_from("2026-spring") == date(2026, 5, 1)
    assert [surveys.term_in_words(each) for each in ("2026-fall", "2026-spring")] == ["Fall 2026", "Spring 2026"]
