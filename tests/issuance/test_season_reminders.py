"""What the dates of a season drive: the learner's home and calendar, reminders, and the order of the assessors' queue."""

from datetime import date, datetime, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from config import seasons
from issuance import services
from issuance.models import SeasonDates, SeasonReminder
from issuance.tasks import remind_of_seasons
from learners import services as learners_services
from learners.models import Cohort, LearnerLeave, Notice, Submission
from tests.learners.test_feed import parse

TODAY = timezone.localdate()
YEAR = TODAY.year + 1


def noon(day):
    return timezone.make_aware(datetime.combine(day, datetime.min.time().replace(hour=12)))


@pytest.fixture
def graduating(cohort):
    """The learner's class graduates in the season that the dates are of."""
    cohort.graduates_on = date(YEAR, 5, 31)
    cohort.save()
    return cohort


@pytest.fixture
def set_dates(organization, administrator):
    def act(*, of=None, **fields):
        terms = {"year": YEAR, "ends_on": date(YEAR, 6, 30), "set_by": administrator, "at": timezone.now()}
        return SeasonDates.objects.create(organization=of or organization, **terms | fields)

    return act


@pytest.mark.parametrize(
    ("graduates_on", "year"),
    [(date(2026, 6, 30), 2026), (date(2026, 7, 1), 2027), (date(2026, 12, 20), 2027), (date(2027, 5, 31), 2027)],
)
def test_a_class_belongs_to_the_season_whose_positions_start_after_it_graduates(graduates_on, year):
    assert seasons.year_of(graduates_on) == year
    first, last = seasons.graduating(year)
    assert first <= graduates_on <= last


@pytest.mark.parametrize(("month", "day", "later"), [(5, 31, 0), (6, 30, 0), (7, 1, 1), (12, 31, 1)])
def test_the_database_finds_the_same_season(cohort, set_dates, month, day, later):
    cohort.graduates_on = date(YEAR, month, day)
    cohort.save()
    set_dates()
    set_dates(year=YEAR + 1, ends_on=date(YEAR + 1, 6, 30))

    assert seasons.of_class(cohort.pk, TODAY).year == seasons.year_of(cohort.graduates_on) == YEAR + later


# The learner's pages -------------------------------------------------------------------------------------------------
def test_learners_read_the_dates_of_their_season_at_home_and_in_their_calendar(
    client, learner, graduating, set_dates, django_assert_max_num_queries
):
    client.force_login(learner.user)
    assert "Application season" not in client.get("/home/").content.decode()
    set_dates(opens_on=TODAY - timedelta(days=3), letters_freeze_on=TODAY + timedelta(days=20))
    token = learners_services.make_feed(actor=learner.user, is_discreet=False, at=timezone.now())

    with django_assert_max_num_queries(19):
        page = client.get("/home/")
    with django_assert_max_num_queries(10):
        feed = client.get(reverse("learners:feed-file", args=[token])).content.decode()

    steps = page.context["season_days"]
    assert [each["title"] for each in steps] == ["Applications open", "Performance letters freeze", "The season ends"]
    assert [(each["is_now"], each["is_ahead"]) for each in steps] == [(False, False), (True, False), (False, True)]
    assert f"Application season {YEAR}" in page.content.decode()
    found = {each["SUMMARY"]: each["DTSTART;VALUE=DATE"] for each in parse(feed)}
    assert found[f"Performance letters freeze (season {YEAR})"] == f"{TODAY + timedelta(days=20):%Y%m%d}"
    assert len(found) == 3


def test_a_class_of_another_year_and_a_school_without_dates_show_none(client, learner, graduating, set_dates):
    client.force_login(learner.user)
    set_dates(year=YEAR + 1, ends_on=date(YEAR + 1, 6, 30))
    assert client.get("/home/").context["season"] is None

    learner.cohort = None
    learner.save()
    assert client.get("/home/").context["season"] is None


# Reminders -----------------------------------------------------------------------------------------------------------
def test_requirement_15_two_weeks_before_a_date_holders_and_those_with_open_work_are_told_once(
    graduating, set_dates, make_award, make_enrollment, make_learner
):
    holder = make_award().learner
    worker = make_enrollment(learner=make_learner(name="Ash Birch")).learner
    make_learner(name="Nobody")
    opens, freezes = TODAY + timedelta(days=30), TODAY + timedelta(days=60)
    set_dates(opens_on=opens, letters_freeze_on=freezes)

    told = [
        services.remind_of_seasons(at=noon(day))
        for first in (opens, freezes)
        for day in (first - timedelta(days=15), first - timedelta(days=14), first - timedelta(days=13), first)
    ]

    assert told == [0, 2, 0, 0, 0, 2, 0, 0]
    notices = Notice.objects.filter(kind="season")
    assert {each.user_id for each in notices} == {holder.user_id, worker.user_id}
    first = notices.order_by("pk").first()
    assert (first.subject, first.path) == (f"Applications open on {opens:%B} {opens.day}, {opens.year}", "/sharing/")
    assert SeasonReminder.objects.count() == 4


def test_a_date_that_moves_is_told_anew_and_one_that_was_missed_is_told_late(graduating, set_dates, make_award):
    make_award()
    freeze = TODAY + timedelta(days=30)
    set_dates(letters_freeze_on=freeze)
    assert services.remind_of_seasons(at=noon(freeze - timedelta(days=2))) == 1

    set_dates(letters_freeze_on=freeze + timedelta(days=3))
    assert services.remind_of_seasons(at=noon(freeze - timedelta(days=2))) == 1
    assert services.remind_of_seasons(at=noon(freeze + timedelta(days=4))) == 0


def test_who_is_away_has_no_account_or_belongs_to_another_class_or_school_is_not_told(
    graduating, set_dates, make_award, make_learner, organization, make_organization, registrar
):
    away, gone, other, revoked = (make_award(learner=make_learner(name=name)) for name in ("A", "B", "C", "D"))
    LearnerLeave.objects.create(
        learner=away.learner, from_on=TODAY, until_on=TODAY + timedelta(days=9), set_by=registrar, set_at=timezone.now()
    )
    learners_services.turn_leaves(at=timezone.now())
    gone.learner.user = None
    gone.learner.save()
    other.learner.cohort = Cohort.objects.create(
        organization=organization, name="Later", entered_on=date(YEAR - 3, 8, 1), graduates_on=date(YEAR + 1, 5, 31)
    )
    other.learner.save()
    type(revoked).objects.filter(pk=revoked.pk).update(status="revoked", revoked_at=timezone.now())
    set_dates(letters_freeze_on=TODAY + timedelta(days=5))
    set_dates(of=make_organization(), letters_freeze_on=TODAY + timedelta(days=5))

    assert services.remind_of_seasons(at=timezone.now()) == 0
    assert not Notice.objects.filter(kind="season").exists()


@pytest.mark.django_db(transaction=True)
def test_two_workers_tell_each_learner_once(graduating, set_dates, make_award, together):
    make_award()
    set_dates(letters_freeze_on=TODAY + timedelta(days=5))

    together(*[lambda: services.remind_of_seasons(at=timezone.now())] * 2)

    assert Notice.objects.filter(kind="season").count() == 1


def test_the_task_tells_and_what_was_told_stays_in_the_database(graduating, set_dates, make_award):
    make_award()
    set_dates(letters_freeze_on=TODAY + timedelta(days=5))

    assert (remind_of_seasons(), remind_of_seasons()) == (1, 0)

    with pytest.raises(DatabaseError), transaction.atomic():
        SeasonReminder.objects.all().delete()


# The queue -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def queue(client, assessor):
    def read():
        client.force_login(assessor)
        return client.get(reverse("learners:queue"))

    return read


@pytest.fixture
def waiting(make_submission, make_learner, organization, assessor):
    """Work of a later class, of the graduating class on the same day but later in it, and of the day before."""
    later = Cohort.objects.create(
        organization=organization, name="Later", entered_on=date(YEAR - 3, 8, 1), graduates_on=date(YEAR + 1, 5, 31)
    )

    def make(due_at, **fields):
        found = make_submission(learner=make_learner(name="X", **fields), status="submitted", assessor=assessor)
        Submission.objects.filter(pk=found.pk).update(due_at=due_at)
        return found

    at = noon(TODAY + timedelta(days=5))
    other, own, sooner = make(at), make(at + timedelta(hours=3)), make(at - timedelta(days=1))
    for each in (other, sooner):
        each.learner.cohort = later
        each.learner.save()
    return other, own, sooner


def test_work_that_letters_can_still_take_in_comes_first_on_its_day_and_says_so(
    queue, waiting, graduating, set_dates, client
):
    other, own, sooner = waiting
    assert [row["submission"] for row in queue().context["rows"]] == [sooner, other, own]
    freeze = TODAY + timedelta(days=9)
    set_dates(letters_freeze_on=freeze)

    answer = queue()

    assert [row["submission"] for row in answer.context["rows"]] == [sooner, own, other]
    assert [row["freeze_on"] for row in answer.context["rows"]] == [None, freeze, None]
    assert answer.content.decode().count("before the letter freeze on") == 1
    marking = client.get(reverse("learners:marking", args=[own.public_id]))
    assert (marking.context["neighbors"].position, marking.context["neighbors"].count) == (2, 3)


def test_after_the_freeze_the_queue_is_as_it_was(queue, waiting, graduating, set_dates):
    other, own, sooner = waiting
    set_dates(letters_freeze_on=TODAY)
    assert [row["submission"] for row in queue().context["rows"]] == [sooner, own, other]

    set_dates(letters_freeze_on=TODAY - timedelta(days=1))
    answer = queue()

    assert [row["submission"] for row in answer.context["rows"]] == [sooner, other, own]
    assert "letter freeze" not in answer.content.decode()
