"""Days off: entered by administrators, passed over by whatever is promised in working days."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from config.errors import Invalid, NotAllowed
from config.permissions import Role
from learners import services
from learners.models import SchoolHoliday
from learners.services.holidays import working_days_after as promised
from learners.working_days import share_gone, working_days_after, working_seconds

EAST = ZoneInfo("America/New_York")
THANKSGIVING = date(2026, 11, 26)
TEXT = "2026-12-21,2027-01-01,Winter break\n2026-11-26,,Thanksgiving\n"


@pytest.fixture
def add(administrator, organization):
    def make(text=TEXT, *, actor=administrator):
        return services.add_holidays(actor=actor, organization=organization, text=text)

    return make


def test_a_promise_passes_over_weekends_and_holidays():
    wednesday = datetime(2026, 11, 25, 15, 0, tzinfo=EAST)

    assert working_days_after(wednesday, 1) == wednesday + timedelta(days=1)
    assert working_days_after(wednesday, 1, {THANKSGIVING}) == wednesday + timedelta(days=2)
    assert working_days_after(wednesday, 2, {THANKSGIVING, date(2026, 11, 27)}) == wednesday + timedelta(days=6)
    assert working_seconds(wednesday, wednesday + timedelta(days=2), {THANKSGIVING}) == 86_400
    friday = wednesday + timedelta(days=2)
    assert share_gone(wednesday, friday, wednesday + timedelta(hours=24), {THANKSGIVING}) == pytest.approx(9 / 24)


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        (datetime(2026, 3, 6, 15, 0, tzinfo=EAST), datetime(2026, 3, 9, 15, 0, tzinfo=EAST)),
        (datetime(2026, 10, 30, 15, 0, tzinfo=EAST), datetime(2026, 11, 2, 15, 0, tzinfo=EAST)),
    ],
)
def test_domain_5_5_a_clock_that_is_changed_on_the_weekend_moves_no_promise(organization, start, expected):
    answered = promised(start.astimezone(UTC), 1, organization_id=organization.pk)

    assert answered == expected
    assert timezone.localtime(answered).hour == 15


def test_the_day_is_that_of_the_school_and_not_of_greenwich(organization):
    friday_night = datetime(2026, 11, 20, 22, 0, tzinfo=EAST)

    assert promised(friday_night.astimezone(UTC), 1, organization_id=organization.pk) == friday_night + timedelta(
        days=3
    )


def test_domain_5_5_the_answer_to_a_submission_stops_for_holidays(organization, add):
    add()
    wednesday = datetime(2026, 11, 25, 15, 0, tzinfo=EAST)

    assert promised(wednesday, 1, organization_id=organization.pk).date() == date(2026, 11, 27)


def test_days_are_added_once_by_span_and_by_day(add, organization):
    assert add() == 13
    assert add() == 0
    assert add("First day,Last day,Name\n2027-05-31,,Memorial Day\n2026-11-26,,Another name\n") == 1

    assert SchoolHoliday.objects.get(on=THANKSGIVING).name == "Thanksgiving"
    assert date(2027, 1, 1) in services.holidays_of(organization.pk)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("2026-12-21,2027-01-01,Winter break\n25 December,,Christmas\n", "Line 2: “25 December” is no day"),
        ("2026-12-21,2026-12-20,Backward\n", "Line 1: the last day lies before"),
        ("2026-01-01,2026-12-31,All year\n", "Line 1"),
        ("2026-12-21,,\n", "Line 1: give the days a name"),
        ('"2026-12-21\n', "quotation mark"),
    ],
)
def test_a_line_that_cannot_be_read_is_named_and_nothing_is_kept(add, text, said):
    with pytest.raises(Invalid, match=said):
        add(text)

    assert not SchoolHoliday.objects.exists()


def test_only_administrators_of_the_school_keep_the_days(add, organization, make_user, make_organization):
    add()
    people = [make_user(role) for role in Role.values if role != Role.ADMINISTRATOR]
    for person in [*people, make_user(Role.ADMINISTRATOR, scope=make_organization())]:
        with pytest.raises(NotAllowed):
            add("2030-01-01,,New Year\n", actor=person)
        with pytest.raises(NotAllowed):
            services.remove_holiday(actor=person, organization=organization, on=THANKSGIVING)
    assert SchoolHoliday.objects.count() == 13


def test_an_administrator_adds_and_removes_days_on_the_page(
    client, administrator, registrar, django_assert_max_num_queries
):
    client.force_login(administrator)
    page = reverse("learners:holiday-list")
    ahead = timezone.localdate() + timedelta(days=30)

    assert client.post(page, {"text": f"{ahead.isoformat()},,Founders’ day"}).status_code == 302
    assert client.post(page, {"text": "x"}).status_code == 422
    with django_assert_max_num_queries(8):
        assert "Founders’ day" in client.get(page).content.decode()
    remove = reverse("learners:holiday-remove", args=[ahead.isoformat()])
    assert client.post(remove).status_code == client.post(remove).status_code == 302
    assert client.post(reverse("learners:holiday-remove", args=["soon"])).status_code == 404
    assert not SchoolHoliday.objects.exists()

    client.force_login(registrar)
    assert client.get(page).status_code == client.post(remove).status_code == 404
