"""Application seasons: dates that the school keeps, from which packets and letters begin."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from config.errors import Conflict, Invalid, NotAllowed
from issuance import services
from issuance.models import SeasonDates

TODAY = timezone.localdate()


@pytest.fixture
def set_dates(administrator, organization):
    def act(**fields):
        year = services.open_seasons(TODAY, organization)[0].year
        terms = {"actor": administrator, "organization": organization, "year": year, "ends_on": date(year, 5, 20)}
        return services.set_season(**terms | fields, at=timezone.now())

    return act


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (date(2026, 5, 31), [2026, 2027, 2028]),
        (date(2026, 6, 1), [2027, 2028, 2029]),
        (date(2026, 12, 31), [2027, 2028, 2029]),
    ],
)
def test_where_nobody_set_dates_a_season_ends_on_the_usual_day(db, today, years):
    seasons = services.open_seasons(today)

    assert [each.year for each in seasons] == years
    assert {(each.ends_on.month, each.ends_on.day, each.is_set) for each in seasons} == {(5, 31, False)}


def test_the_newest_dates_of_a_school_hold_and_those_of_another_do_not(
    set_dates, organization, make_organization, django_assert_num_queries
):
    first = set_dates()
    set_dates(letters_freeze_on=first.ends_on - timedelta(days=100))

    with django_assert_num_queries(1):
        season = services.open_seasons(TODAY, organization)[0]

    assert (season.ends_on, season.is_set) == (first.ends_on, True)
    assert season.letters_freeze_on == first.ends_on - timedelta(days=100)
    assert not services.open_seasons(TODAY, make_organization())[0].is_set


def test_a_season_that_the_school_ended_is_not_offered_and_one_that_runs_on_is(organization, administrator):
    year = TODAY.year if date(TODAY.year, 5, 31) >= TODAY else TODAY.year + 1
    SeasonDates.objects.create(
        organization=organization, year=year, ends_on=TODAY - timedelta(days=1), set_by=administrator, at=timezone.now()
    )
    assert services.open_seasons(TODAY, organization)[0].year == year + 1

    SeasonDates.objects.create(
        organization=organization, year=year - 1, ends_on=TODAY, set_by=administrator, at=timezone.now()
    )
    assert services.open_seasons(TODAY, organization)[0].year == year - 1


def test_dates_out_of_their_order_or_year_are_refused(set_dates):
    year = services.open_seasons(TODAY)[0].year
    for wrong in (
        {"year": year - 5},
        {"ends_on": date(year + 2, 1, 1)},
        {"ends_on": TODAY - timedelta(days=1)},
        {"opens_on": date(year, 5, 21)},
        {"letters_freeze_on": date(year, 5, 21)},
        {"opens_on": date(year, 5, 2), "programs_read_on": date(year, 5, 1)},
    ):
        with pytest.raises(Invalid):
            set_dates(**wrong)
    assert not SeasonDates.objects.exists()

    set_dates()
    with pytest.raises(Conflict):
        set_dates()
    assert SeasonDates.objects.count() == 1


@pytest.mark.parametrize("role", ["registrar", "lead", "auditor", "committee"])
def test_nobody_but_an_administrator_sets_them(set_dates, make_user, role):
    with pytest.raises(NotAllowed):
        set_dates(actor=make_user(role))
    assert not SeasonDates.objects.exists()


def test_what_was_set_stays_in_the_database(set_dates):
    kept = set_dates()

    for change in (lambda: SeasonDates.objects.update(year=2031), lambda: SeasonDates.objects.all().delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert SeasonDates.objects.get() == kept


def test_the_page_sets_them_and_says_who_did(client, administrator, organization, django_assert_max_num_queries):
    client.force_login(administrator)
    year = services.open_seasons(TODAY)[0].year
    before = client.get("/calendar/seasons/").content.decode()
    address = f"/calendar/seasons/{year}/"

    refused = client.post(address, {"ends_on": ""})
    answer = client.post(address, {"ends_on": f"{year}-05-20", "letters_freeze_on": f"{year}-01-15"})
    with django_assert_max_num_queries(15):
        after = client.get("/calendar/seasons/").content.decode()

    assert "nobody has set it" in before and "Who set them" not in before
    assert (refused.status_code, answer.status_code) == (422, 302)
    assert f"May 20, {year}" in after and administrator.name in after
    assert client.get(f"/calendar/seasons/{year - 9}/").status_code == 404
    assert "/calendar/seasons/" in client.get("/calendar/").content.decode()


def test_packets_and_letters_begin_with_them(client, set_dates, sign_in, make_signed, learner, make_user):
    kept = set_dates(letters_freeze_on=TODAY + timedelta(days=3), programs_read_on=TODAY + timedelta(days=5))
    make_signed(learner=learner)

    packet = sign_in(learner.user).get("/sharing/packets/")
    client.force_login(make_user("registrar"))
    letters = client.get("/registrar/letters/")

    form = packet.context["form"]
    assert form["ends_on"].value() == kept.ends_on and "programs read from" in form.fields["season"].choices[0][1]
    assert letters.context["form"]["until_on"].value() == kept.letters_freeze_on
