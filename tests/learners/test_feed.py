"""The calendar of one's deadlines: what stands in it, how it is written, and whom its address answers."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from config.icalendar import Event, escape, fold, write
from learners import services
from learners.models import CalendarFeed, Decision, Submission
from tests.fixtures.records import NOON


def parse(text):
    """The events of a calendar as name → value, unfolded and unescaped: what a calendar program does."""
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    for line in text.split("\r\n"):
        assert len(line.encode()) <= 75
    found, current = [], None
    for line in text.replace("\r\n ", "").split("\r\n"):
        if line == "BEGIN:VEVENT":
            current = {}
        elif line == "END:VEVENT":
            found.append(current)
            current = None
        elif current is not None:
            name, value = line.split(":", 1)
            for sign in ",;":
                value = value.replace(f"\\{sign}", sign)
            current[name] = value.replace("\\n", "\n").replace("\\\\", "\\")
    return found


def test_a_calendar_is_escaped_folded_and_ends_its_lines_as_the_standard_asks():
    title = "Rôle; scope, and “care”\nin teams \\ " + "é" * 100

    text = write(
        [Event("due-1", date(2026, 12, 31), title, "https://x.example/a")], host="h.example", name="N", at=NOON
    )

    [event] = parse(text)
    assert event["SUMMARY"] == title
    assert (event["DTSTART;VALUE=DATE"], event["DTEND;VALUE=DATE"]) == ("20261231", "20270101")
    assert event["UID"] == "due-1@h.example"
    assert event["DTSTAMP"] == "20260901T120000Z"
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:")


@pytest.mark.parametrize("length", [74, 75, 76, 149, 150, 400])
@pytest.mark.parametrize("letter", ["a", "é", "語", "𝄞"])
def test_folding_divides_no_letter_and_loses_none(length, letter):
    folded = fold(letter * length)

    assert folded.replace("\r\n ", "") == letter * length
    assert max(len(line.encode()) for line in folded.split("\r\n")) <= 75


def test_what_would_begin_a_line_of_its_own_cannot():
    assert escape("a\r\nEND:VEVENT\x00") == "a\\nEND:VEVENT"


# The feed ------------------------------------------------------------------------------------------------------------
@pytest.fixture
def fetch(client):
    def make(token):
        return client.get(reverse("learners:feed-file", args=[token]))

    return make


def make_feed(user, **fields):
    return services.make_feed(actor=user, at=NOON, **{"is_discreet": False} | fields)


@pytest.fixture
def deadlines(learner, make_submission, make_version, make_offering, make_decision, make_award):
    """A learner with something due, a wait, and a badge that expires."""
    today = timezone.localdate()
    version = make_version(title="Roles, in teams")
    draft = make_submission(learner=learner, version=version)
    draft.enrollment.offering = make_offering(version=version, closes_on=today + timedelta(days=9))
    draft.enrollment.save()
    missed = make_decision(learner=learner, outcome="not-met", levels=(1, 1, 1), version=make_version(title="Missed"))
    at = timezone.now() - timedelta(days=1)
    Decision.objects.filter(pk=missed.pk).update(status="released", effective_at=at)
    award = make_award(learner=learner, version=make_version(title="Held"))
    award.valid_until = timezone.now() + timedelta(days=30)
    award.save()
    return draft, missed, award


def test_a_learner_finds_what_is_due_what_opens_and_what_expires(
    fetch, learner, deadlines, django_assert_max_num_queries
):
    draft, missed, _award = deadlines
    token = make_feed(learner.user)

    with django_assert_max_num_queries(9):
        answer = fetch(token)

    assert answer["Content-Type"] == "text/calendar; charset=utf-8"
    assert "no-store" in answer["Cache-Control"]
    assert not answer.cookies
    found = {each["SUMMARY"]: each for each in parse(answer.content.decode())}
    assert set(found) == {"Submit: Roles, in teams", "Next attempt opens: Missed", "Badge expires: Held"}
    due = found["Submit: Roles, in teams"]
    assert due["DTSTART;VALUE=DATE"] == f"{timezone.localdate() + timedelta(days=9):%Y%m%d}"
    assert due["URL"].endswith(draft.enrollment.get_absolute_url())
    assert found["Next attempt opens: Missed"]["DTSTART"].endswith("Z")
    assert str(missed.submission.public_id) in found["Next attempt opens: Missed"]["UID"]


def test_an_assessor_finds_promised_answers_without_a_name(fetch, assessor, learner, make_submission):
    work = make_submission(status="submitted", assessor=assessor, learner=learner)
    Submission.objects.filter(pk=work.pk).update(due_at=timezone.now() + timedelta(days=2))
    make_submission(status="submitted", learner=learner)

    text = fetch(make_feed(assessor)).content.decode()

    [event] = parse(text)
    assert event["SUMMARY"].startswith("Answer promised: Roles in the Care Team")
    assert learner.display_name not in text
    Submission.objects.filter(pk=work.pk).update(status="decided")
    assert parse(fetch(make_feed(assessor)).content.decode()) == []


def test_domain_5_5_titles_can_say_no_more_than_that_there_is_a_deadline(fetch, learner, deadlines):
    text = fetch(make_feed(learner.user, is_discreet=True)).content.decode()

    assert {each["SUMMARY"] for each in parse(text)} == {"Registry deadline"}
    assert {each["URL"] for each in parse(text)} == {"http://testserver/home/"}


def test_an_address_answers_until_it_is_made_anew_or_taken_back(fetch, learner):
    first = make_feed(learner.user)
    second = make_feed(learner.user)

    assert [fetch(token).status_code for token in (first, second, "x", "x" * 5000)] == [404, 200, 404, 404]
    assert second not in str(CalendarFeed.objects.values())
    services.drop_feed(actor=learner.user)
    services.drop_feed(actor=learner.user)
    assert fetch(second).status_code == 404


def test_a_closed_account_has_no_feed(fetch, learner):
    token = make_feed(learner.user)
    type(learner.user).objects.filter(pk=learner.user_id).update(is_active=False)

    assert fetch(token).status_code == 404


def test_a_person_makes_and_takes_back_the_address_on_the_page(client, learner, make_user):
    client.force_login(learner.user)
    page = reverse("learners:feed")
    assert "Make the address" in client.get(page).content.decode()

    shown = client.post(page, {"is_discreet": "on"}).content.decode()

    token = shown.split("/deadlines/")[1].split(".ics")[0]
    assert client.get(reverse("learners:feed-file", args=[token])).status_code == 200
    assert token not in client.get(page).content.decode()
    client.force_login(make_user())
    client.post(reverse("learners:feed-drop"))
    assert CalendarFeed.objects.get().is_discreet
    client.force_login(learner.user)
    assert client.post(reverse("learners:feed-drop")).status_code == 302
    assert not CalendarFeed.objects.exists()
