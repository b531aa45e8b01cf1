"""Pages of lists that may grow without end."""

import json
from datetime import timedelta

import pytest
from django.core.paginator import EmptyPage
from django.db import connection
from django.db.models import F

from config.paging import LongList, long_page
from config.permissions import Role
from learners.models import Appeal, Decision, Notice, RoleGrant, Submission, User
from learners.notice_kinds import Way
from tests.moments import LONG_AGO, NOON

FEW, MANY = 400, 4000


@pytest.fixture
def people(db):
    return User.objects.bulk_create(User(email=f"p{number}@example.edu", name="P") for number in range(23))


def test_a_short_list_says_how_many_pages_there_are(people):
    page = long_page(User.objects.order_by("pk"), 10, "2")

    assert (page.number, page.paginator.num_pages, page.paginator.is_open, len(page)) == (2, 3, False, 10)


def test_a_long_list_is_counted_a_few_pages_past_the_one_that_is_shown(people):
    page = long_page(User.objects.order_by("pk"), 2, "3")

    assert (page.number, page.paginator.num_pages, page.paginator.is_open, page.has_next()) == (3, 8, True, True)
    last = long_page(User.objects.order_by("pk"), 2, "12")
    assert (last.number, last.paginator.is_open, last.has_next()) == (12, False, False)


@pytest.mark.parametrize(("asked", "number"), [(None, 1), ("", 1), ("x", 1), ("0", 3), ("999999999", 3), ("9" * 40, 3)])
def test_what_is_no_page_of_it_answers_one_that_is(people, asked, number):
    assert long_page(User.objects.order_by("pk"), 10, asked).number == number


def test_an_empty_list_has_one_page(db):
    assert list(long_page(User.objects.none(), 10, "1")) == []
    with pytest.raises(EmptyPage):
        LongList(User.objects.none(), 10, "2").page(2)


# What a page costs ---------------------------------------------------------------------------------------------------
def rows_read(rows, size):
    """How many rows the database handled, at the step that handled most, for the first page and for its count."""
    most = 0
    for each in (rows[:size], rows.order_by()[: 6 * size + 1]):
        found = each.explain(format="json", analyze=True)
        steps = [json.loads(found)[0]["Plan"]]
        while steps:
            step = steps.pop()
            seen = step["Actual Rows"] + step.get("Rows Removed by Filter", 0)
            most = max(most, seen * step["Actual Loops"])
            steps += step.get("Plans", [])
    return most


def analyze():
    """Let the planner know how much there is, as it does of itself within minutes."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def test_the_mail_log_reads_no_more_rows_when_there_is_ten_times_as_much(make_user, administrator):
    people = [make_user() for _number in range(20)]
    RoleGrant.objects.bulk_create(
        RoleGrant(
            user=each, role=Role.LEAD, organization=administrator.current_grants[0].organization, from_at=LONG_AGO
        )
        for each in people
    )

    def fill(count):
        Notice.objects.bulk_create(
            Notice(
                user=people[number % 20],
                kind="due",
                subject="s",
                text="t",
                path="/",
                created_at=NOON - timedelta(minutes=number),
                mailed_at=NOON,
            )
            for number in range(count)
        )
        analyze()
        log = Notice.objects.logged_for(administrator).exclude(way=Way.SITE).filter(created_at__lte=NOON)
        return rows_read(log.order_by("-created_at", "-pk"), 20)

    few = fill(FEW)
    assert fill(MANY) <= max(few, 200)


def test_the_list_of_appeals_reads_no_more_rows_when_there_is_ten_times_as_much(make_decision, lead, assessor):
    first = make_decision()
    made = 1

    def fill(count):
        nonlocal made
        submissions = Submission.objects.bulk_create(
            Submission(
                enrollment=first.enrollment, attempt=made + number, status="decided", started_at=NOON, submitted_at=NOON
            )
            for number in range(1, count + 1)
        )
        decisions = Decision.objects.bulk_create(
            Decision(
                enrollment=first.enrollment,
                submission=each,
                attempt=each.attempt,
                outcome="not-met",
                status="released",
                actor=assessor,
                reason="r",
                proposed_at=NOON,
                effective_at=NOON,
            )
            for each in submissions
        )
        Appeal.objects.bulk_create(
            Appeal(
                decision=each,
                ground="procedure",
                text="t",
                opened_at=NOON,
                due_at=NOON,
                reviewer=assessor,
                outcome="upheld",
                reasons="r",
                decided_at=NOON + timedelta(minutes=number),
            )
            for number, each in enumerate(decisions)
        )
        made += count
        analyze()
        seen = Appeal.objects.visible_to(lead).exclude(decision__enrollment__learner__user=lead)
        return rows_read(seen.with_context().order_by(F("decided_at").desc(nulls_first=True), "due_at", "pk"), 20)

    few = fill(FEW)
    assert fill(MANY) <= max(few, 200)
