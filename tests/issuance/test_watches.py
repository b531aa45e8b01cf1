"""A program is told by mail when a badge of its list changes: asked first, at most once a day, until a date."""

import smtplib
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from config.errors import Conflict, Invalid
from issuance import services, verification
from issuance.models import Consent, Watch, WatchedBadge, WatchMail
from issuance.verification.lists import Answer

PROGRAM = "program@northfield.example.org"
DAY = timedelta(days=1)


@pytest.fixture
def make_list(make_shared):
    """A checked list of so many shared badges, and one file."""

    def make(many=2):
        documents = [make_shared() for _number in range(many)]
        rows = [services.Given(given=f"/v/{each.award.public_id}") for each in documents]
        rows.append(services.Given(given="Robin_Alder.json", content=bytes(documents[0].bytes)))
        made = services.start_list(rows=rows, at=timezone.now())
        while services.check_next_row(at=timezone.now()):
            pass
        return made, documents

    return make


@pytest.fixture
def watched(make_list):
    """A confirmed watch, its documents, and an empty mailbox."""
    made, documents = make_list()
    at = timezone.now()
    watch = services.ask_to_watch(badge_list=made, email=PROGRAM, ends_at=at + 30 * DAY, at=at)
    services.send_watch_mail(limit=9, at=at)
    mail.outbox.clear()
    return services.confirm_watch(watch=watch, at=at), documents


def look(at):
    count = 0
    while services.look_at_next_watch(at=at):
        count += 1
    services.send_watch_mail(limit=9, at=at)
    return count


def test_the_address_is_asked_before_anything_begins(client, make_list):
    made, _documents = make_list()
    address = f"/check/list/{made.token}/watch"
    assert client.get(address).status_code == 200

    answer = client.post(address, {"email": PROGRAM, "ends_on": f"{timezone.localdate() + 30 * DAY:%Y-%m-%d}"})
    assert (answer.status_code, b"Look into your mail" in answer.content) == (200, True)
    services.send_watch_mail(limit=9, at=timezone.now())

    (sent,) = mail.outbox
    watch = Watch.objects.get()
    assert sent.to == [PROGRAM] and watch.get_absolute_url() in sent.body
    assert not services.look_at_next_watch(at=timezone.now() + DAY)
    assert watch.badges.count() == 2, "the file is not watched"
    assert "Yes, tell me" in client.get(watch.get_absolute_url()).content.decode()
    watch.refresh_from_db()
    assert watch.confirmed_at is None, "looking at the page begins nothing"
    assert client.post(watch.get_absolute_url()).status_code == 302
    assert client.post(watch.get_absolute_url()).status_code == 302
    assert "Your list is watched" in client.get(watch.get_absolute_url()).content.decode()


def test_a_change_is_told_once_and_names_nobody(watched, revoke):
    watch, documents = watched
    assert look(timezone.now()) == 1
    assert not mail.outbox
    revoke(documents[0].award)

    assert look(timezone.now() + timedelta(hours=7)) == 1
    look(timezone.now() + timedelta(hours=14))

    (sent,) = mail.outbox
    assert sent.subject == "A badge on your list has changed"
    assert "Valid → Genuine, and revoked" in sent.body
    assert documents[0].award.credential_version.title in sent.body
    assert documents[0].award.learner.display_name not in sent.subject + sent.body
    assert sent.extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert sent.extra_headers["List-Unsubscribe"].endswith(f"/watch/{watch.token}/stop>")


def test_there_is_no_more_than_one_mail_a_day_and_nothing_is_lost(watched, revoke):
    _watch, documents = watched
    at = timezone.now()
    revoke(documents[0].award)
    look(at)
    revoke(documents[1].award)
    look(at + timedelta(hours=7))
    look(at + timedelta(hours=14))
    assert len(mail.outbox) == 1

    look(at + timedelta(hours=25))

    assert len(mail.outbox) == 2
    assert documents[1].award.credential_version.title in mail.outbox[1].body
    assert documents[0].award.credential_version.title not in mail.outbox[1].body


def test_a_withdrawn_consent_is_told_as_nothing_shown(watched):
    _watch, documents = watched
    award = documents[0].award
    services.withdraw_consent(actor=award.learner.user, consent=Consent.objects.get(awards=award), at=timezone.now())

    look(timezone.now())

    assert "Nothing is shown at this address" in mail.outbox[0].body


def test_what_could_not_be_checked_has_not_changed(watched, monkeypatch):
    look(timezone.now())
    monkeypatch.setattr(verification, "check_link", lambda link, at: Answer("unknown", "Not reached."))

    look(timezone.now() + timedelta(hours=7))

    assert not mail.outbox
    assert set(WatchedBadge.objects.values_list("state", flat=True)) == {"valid"}


def test_it_ends_by_itself_and_says_so(watched):
    watch, _documents = watched
    end = watch.ends_at

    assert services.end_watches(at=end - timedelta(minutes=1)) == 0
    assert services.end_watches(at=end) == 1
    assert services.end_watches(at=end) == 0
    services.send_watch_mail(limit=9, at=end)

    assert [each.subject for each in mail.outbox] == ["You are no longer told of changes to your list"]
    assert not services.look_at_next_watch(at=end + DAY)
    services.end_watches(at=end + 8 * DAY)
    assert not Watch.objects.exists() and not WatchMail.objects.exists()


def test_an_address_that_never_answers_is_forgotten(make_list):
    made, _documents = make_list(1)
    at = timezone.now()
    watch = services.ask_to_watch(badge_list=made, email=PROGRAM, ends_at=at + DAY * 9, at=at)

    services.end_watches(at=at + DAY)
    assert Watch.objects.filter(pk=watch.pk).exists()
    services.end_watches(at=at + 3 * DAY)
    assert not Watch.objects.exists()


def test_one_click_ends_it_and_a_second_does_no_harm(client, watched):
    watch, _documents = watched

    for _click in range(2):
        assert client.post(f"/watch/{watch.token}/stop", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.get(f"/watch/{watch.token}/stop").status_code == 405
    assert not Watch.objects.exists()
    assert client.get(watch.get_absolute_url()).status_code == 404


def test_nobody_can_have_the_registry_write_to_a_stranger_again_and_again(make_list):
    made, _documents = make_list(1)
    at = timezone.now()
    for _time in range(3):
        services.ask_to_watch(badge_list=made, email=PROGRAM, ends_at=at + DAY, at=at)

    with pytest.raises(Conflict, match="asked already"):
        services.ask_to_watch(badge_list=made, email=PROGRAM.upper(), ends_at=at + DAY, at=at)
    assert Watch.objects.count() == 3


def test_files_alone_odd_dates_and_unchecked_lists_are_not_watched(make_signed):
    at = timezone.now()
    file = services.start_list(rows=[services.Given("a.json", content=bytes(make_signed().bytes))], at=at)
    with pytest.raises(Invalid, match="still being checked"):
        services.ask_to_watch(badge_list=file, email=PROGRAM, ends_at=at + DAY, at=at)
    services.check_next_row(at=at)
    with pytest.raises(Invalid, match="Files are not kept"):
        services.ask_to_watch(badge_list=file, email=PROGRAM, ends_at=at + DAY, at=at)
    link = services.start_list(rows=[services.Given("/v/00000000-0000-4000-8000-000000000000")], at=at)
    services.check_next_row(at=at)
    for ends_at in (at, at + 500 * DAY):
        with pytest.raises(Invalid, match="within a year"):
            services.ask_to_watch(badge_list=link, email=PROGRAM, ends_at=ends_at, at=at)
    assert not Watch.objects.exists()


def test_a_mail_that_fails_waits_and_keeps_its_id(watched, revoke, monkeypatch):
    _watch, documents = watched
    revoke(documents[0].award)
    at = timezone.now()
    assert services.look_at_next_watch(at=at)
    send = mail.EmailMessage.send
    failing = iter([smtplib.SMTPRecipientsRefused({})])

    def refuse(message, *args, **kwargs):
        ids.append(message.extra_headers["Message-ID"])
        if (error := next(failing, None)) is not None:
            raise error
        return send(message, *args, **kwargs)

    ids = []
    monkeypatch.setattr(mail.EmailMessage, "send", refuse)
    assert services.send_watch_mail(limit=9, at=at) == 0
    assert services.send_watch_mail(limit=9, at=at) == 0
    assert services.send_watch_mail(limit=9, at=at + timedelta(minutes=2)) == 1
    assert services.send_watch_mail(limit=9, at=at + DAY) == 0
    assert len(ids) == 2 and len(set(ids)) == 1
