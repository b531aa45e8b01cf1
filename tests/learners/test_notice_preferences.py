"""How people are told: at once, in one mail a day, on the site; quiet hours; reminders of what is due; the log."""

from datetime import date, datetime, timedelta
from smtplib import SMTPServerDisconnected
from zoneinfo import ZoneInfo

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.errors import Invalid
from config.permissions import Role
from learners import services
from learners.models import DueReminder, LearnerLeave, Notice, NoticePreference, NoticeTimes
from learners.notice_kinds import ABOUT, DEFAULTS, WAYS, About, Way, after_quiet, next_digest
from learners.tasks import remind_of_due, send_digests
from tests.fixtures.records import NOON

EAST = ZoneInfo("America/New_York")
SEVEN = datetime(2026, 9, 2, 7, 0, tzinfo=EAST)  # the morning after NOON
HOUR = timedelta(hours=1)


@pytest.fixture
def person(make_user):
    return make_user(name="Robin Alder")


@pytest.fixture
def tell(person):
    def make(kind="assigned", *, user=None, at=NOON, subject="Roles: new work"):
        return services.tell(user=user or person, kind=kind, subject=subject, text="Text.", path="/queue/", at=at)

    return make


@pytest.fixture
def wish(person):
    def make(ways=None, *, digest_hour=7, quiet=(None, None), actor=None, at=NOON):
        return services.set_wishes(
            actor=actor or person,
            ways=ways or {},
            digest_hour=digest_hour,
            quiet_from=quiet[0],
            quiet_until=quiet[1],
            at=at,
        )

    return make


def test_every_subject_has_ways_and_a_usual_one():
    assert set(WAYS) == set(DEFAULTS) == set(About)
    assert all(DEFAULTS[about] in WAYS[about] for about in About)
    assert set(ABOUT.values()) == set(About)


# The digest ----------------------------------------------------------------------------------------------------------
def test_new_work_comes_in_one_mail_at_the_hour_and_never_twice(tell, person):
    tell(subject="First: new work")
    tell(subject="Second: new work", at=NOON + HOUR)

    assert services.send_mail(limit=10, at=SEVEN) == 0
    assert services.send_digests(limit=10, at=SEVEN - timedelta(seconds=1)) == 0
    assert services.send_digests(limit=10, at=SEVEN) == 1
    assert services.send_digests(limit=10, at=SEVEN) == 0

    [message] = mail.outbox
    assert message.subject == "Signet: 2 new notices"
    assert message.body.index("First: new work") < message.body.index("Second: new work")
    assert "Text." not in message.body
    assert message.to == [person.email]
    assert set(Notice.objects.values_list("mailed_at", flat=True)) == {SEVEN}


def test_what_comes_after_the_hour_waits_for_the_next_day(tell):
    tell()
    services.send_digests(limit=10, at=SEVEN)
    tell(at=SEVEN + HOUR)

    assert services.send_digests(limit=10, at=SEVEN + 23 * HOUR) == 0
    assert services.send_digests(limit=10, at=SEVEN + 24 * HOUR) == 1


def test_what_was_read_on_the_site_is_left_out(tell, person):
    tell()
    services.mark_read(user=person, at=NOON + HOUR)

    assert services.send_digests(limit=10, at=SEVEN) == 0
    assert mail.outbox == []
    assert services.send_digests(limit=10, at=SEVEN + 24 * HOUR) == 0


def test_a_mail_server_that_is_down_leaves_the_digest_waiting_with_the_same_id(tell, settings):
    tell()
    settings.EMAIL_BACKEND = "tests.learners.test_notices.Down"
    with pytest.raises(SMTPServerDisconnected):
        services.send_digests(limit=10, at=SEVEN)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert services.send_digests(limit=10, at=SEVEN) == 0
    assert services.send_digests(limit=10, at=SEVEN + HOUR) == 1
    first = Notice.objects.get()
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<digest-{first.public_id}@testserver>"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_a_digest_once(tell, together):
    for number in range(8):
        tell(subject=f"{number}: new work")

    sent = together(*[lambda: services.send_digests(limit=5, at=SEVEN)] * 4)

    assert (sum(sent), [each.subject for each in mail.outbox]) == (1, ["Signet: 8 new notices"])


def test_the_task_sends_what_is_due(tell):
    tell(at=timezone.now() - timedelta(days=2))

    send_digests()

    assert len(mail.outbox) == 1


# Preferences ---------------------------------------------------------------------------------------------------------
def test_a_person_chooses_by_subject(tell, wish):
    wish({About.WORK: Way.AT_ONCE, About.LEARNING: Way.SITE, About.RESULTS: Way.DIGEST})
    tell("assigned")
    tell("team")
    tell("decision")

    assert services.send_mail(limit=10, at=NOON) == 1
    assert services.send_digests(limit=10, at=SEVEN) == 1
    assert len(mail.outbox) == 2
    assert Notice.objects.get(kind="team").mailed_at is None


@pytest.mark.parametrize(
    "refused",
    [
        {"ways": {About.RESULTS: Way.SITE}},
        {"ways": {About.SECURITY: Way.DIGEST}},
        {"digest_hour": 24},
        {"quiet": (22, None)},
        {"quiet": (22, 25)},
    ],
)
def test_security_and_decisions_cannot_be_turned_off_and_hours_are_hours(wish, refused):
    with pytest.raises(Invalid):
        wish(**refused)

    assert not NoticePreference.objects.exists()
    assert not NoticeTimes.objects.exists()


@pytest.mark.parametrize(("about", "way"), [("security", "site"), ("security", "digest"), ("results", "site")])
def test_the_table_refuses_what_cannot_be_turned_off(person, about, way):
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticePreference.objects.create(user=person, about=about, way=way)


def test_saying_it_twice_keeps_it_once_and_moves_what_waits(tell, wish):
    notice = tell()
    wish({About.WORK: Way.DIGEST}, digest_hour=18)
    wish({About.WORK: Way.DIGEST}, digest_hour=18)

    notice.refresh_from_db()
    assert timezone.localtime(notice.mail_after) == datetime(2026, 9, 1, 18, 0, tzinfo=EAST)
    assert NoticePreference.objects.count() == NoticeTimes.objects.count() == 1


def test_quiet_hours_hold_mail_back_but_not_what_concerns_the_account(tell, wish):
    wish(quiet=(22, 7))
    night = datetime(2026, 9, 1, 23, 30, tzinfo=EAST)
    tell("decision", at=night)
    tell("record", at=night)

    assert services.send_mail(limit=10, at=night) == 1
    assert services.send_mail(limit=10, at=SEVEN) == 1


@pytest.mark.parametrize(
    ("hour", "quiet", "expected"),
    [(23, (22, 7), 7 + 24), (3, (22, 7), 7), (7, (22, 7), 7), (12, (22, 7), 12), (13, (12, 14), 14), (9, (9, 9), 9)],
)
def test_quiet_hours_may_pass_midnight(hour, quiet, expected):
    midnight = datetime(2026, 9, 1, tzinfo=EAST)

    assert after_quiet(midnight + hour * HOUR, *quiet) == midnight + expected * HOUR


def test_the_digest_keeps_its_hour_when_clocks_change():
    before = datetime(2026, 10, 31, 8, 0, tzinfo=EAST)

    assert next_digest(before, 7) == datetime(2026, 11, 1, 7, 0, tzinfo=EAST)


def test_a_mail_says_where_to_choose_other_ways_but_for_security(tell, settings):
    settings.PUBLIC_ORIGIN = "https://badges.example.edu"
    tell("decision")
    tell("record")
    services.send_mail(limit=10, at=NOON)

    optional, needed = mail.outbox
    assert optional.extra_headers["List-Unsubscribe"] == "<https://badges.example.edu/notices/preferences/>"
    assert "List-Unsubscribe" not in needed.extra_headers


def test_domain_5_4_a_decision_mail_contains_no_level_or_comment(make_decision, lead):
    decision = make_decision(levels=(3, 4, 3))
    services.release_decision(actor=lead, decision=decision, at=NOON, note="Well argued.")
    later = NOON + timedelta(days=1)
    services.send_mail(limit=10, at=later)
    services.send_digests(limit=10, at=later)

    said = [each.body + each.subject for each in mail.outbox if each.to == [decision.learner.user.email]]
    assert said
    for word in ("Meets", "Exceeds", "standard", "Name whom you would call first", "Well argued"):
        assert not any(word in each for each in said)


# What is due ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def due(make_offering, make_submission, make_version):
    """A draft in an offering that closes on September 20."""
    version = make_version()
    submission = make_submission(version=version)
    offering = make_offering(version=version, closes_on=date(2026, 9, 20))
    submission.enrollment.offering = offering
    submission.enrollment.save()
    return submission


def on_day(day):
    return datetime(2026, 9, day, 12, 0, tzinfo=EAST)


def test_domain_5_4_due_in_7_and_2_days_once_each(due):
    told = [services.remind_of_due(at=on_day(day)) for day in (12, 13, 13, 14, 17, 18, 18, 19, 20, 21)]

    assert told == [0, 1, 0, 0, 0, 1, 0, 0, 0, 0]
    assert list(DueReminder.objects.order_by("at").values_list("days", flat=True)) == [7, 2]
    assert "submit by September 20, 2026" in Notice.objects.filter(kind="due").first().subject


def test_whoever_looks_late_is_told_the_nearest_only(due):
    assert services.remind_of_due(at=on_day(19)) == 1
    assert services.remind_of_due(at=on_day(19)) == 0
    assert DueReminder.objects.get().days == 2


def test_who_is_away_or_has_handed_in_is_not_reminded(due, registrar):
    learner = due.learner
    LearnerLeave.objects.create(
        learner=learner, from_on=date(2026, 9, 1), until_on=date(2026, 9, 14), set_by=registrar, set_at=NOON
    )
    services.turn_leaves(at=NOON)
    assert services.remind_of_due(at=on_day(13)) == 0
    services.turn_leaves(at=on_day(15))
    assert services.remind_of_due(at=on_day(15)) == 1

    type(due).objects.filter(pk=due.pk).update(status="submitted", submitted_at=NOON, due_at=NOON)
    assert services.remind_of_due(at=on_day(18)) == 0


@pytest.mark.django_db(transaction=True)
def test_two_workers_remind_once(due, together):
    together(*[lambda: services.remind_of_due(at=on_day(13))] * 2)

    assert Notice.objects.filter(kind="due").count() == 1


def test_the_task_tells_what_is_due_and_ends(due):
    offering = due.enrollment.offering
    offering.closes_on = (timezone.now() + timedelta(days=2)).astimezone(EAST).date()
    offering.save()

    remind_of_due()

    assert DueReminder.objects.filter(enrollment=due.enrollment, days=2).count() == 1


# Pages ---------------------------------------------------------------------------------------------------------------
def test_a_person_says_on_the_page_how_to_be_told(client, person, django_assert_max_num_queries):
    client.force_login(person)
    page = reverse("learners:notice-preferences")
    values = {"results": "digest", "learning": "site", "work": "at-once", "urgent": "at-once", "registry": "digest"}
    times = {"digest_hour": "18", "quiet_from": "22", "quiet_until": "7"}

    assert client.post(page, values | times).status_code == 302
    assert client.post(page, values | times | {"results": "site"}).status_code == 422
    assert client.post(page, values | times | {"quiet_until": ""}).status_code == 422
    with django_assert_max_num_queries(9):
        shown = client.get(page).content.decode()

    wishes = services.own_wishes(person)
    assert (wishes.ways[About.RESULTS], wishes.digest_hour, wishes.quiet_from) == (Way.DIGEST, 18, 22)
    assert "America/New_York" in shown
    assert 'name="security"' not in shown


def test_the_navigation_tells_how_much_is_new_with_one_question(client, person, tell):
    tell("decision", at=timezone.now() - HOUR)
    tell("decision", at=timezone.now() + HOUR)
    client.force_login(person)
    page = reverse("learners:notice-preferences")

    assert 'nav__count">1<' in client.get(page).content.decode()
    client.post(reverse("learners:notice-list"))
    assert "nav__count" not in client.get(page).content.decode()


def test_administrators_read_when_mail_went_and_nothing_of_what_it_said(
    client, administrator, make_learner, make_user, make_organization, tell, django_assert_max_num_queries
):
    learner = make_learner(name="Ada Quill")
    tell("decision", user=learner.user, subject="Secret matter")
    outside = make_user()
    tell("appeal", user=outside)
    services.send_mail(limit=1, at=NOON)
    client.force_login(administrator)
    log = reverse("learners:mail-log")

    with django_assert_max_num_queries(9):
        shown = client.get(log).content.decode()
    assert "Decisions and badges" in shown
    for word in ("Secret matter", "Ada Quill", learner.user.email, "appeal"):
        assert word not in shown
    assert "None." in client.get(log, {"show": "waiting"}).content.decode()

    for person in (make_user(Role.REGISTRAR), make_user(Role.LEAD), learner.user):
        client.force_login(person)
        assert client.get(log).status_code == 404
    client.force_login(make_user(Role.ADMINISTRATOR, scope=make_organization()))
    assert "Decisions and badges" not in client.get(log).content.decode()
