"""The outbox: what is told, and how mail leaves."""

import threading
from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, transaction

from learners.models import Notice
from learners.services import mark_read, send_mail, tell, tell_all
from learners.services.notices import CLAIM, FIRST_PAUSE
from learners.tasks import send_mail as send_mail_task
from tests.fixtures.records import NOON

LATER = NOON + timedelta(minutes=1)
sent_to: list[str] = []


class Refusing(EmailBackend):
    """Refuses one address, as a mail server would."""

    def send_messages(self, messages):
        for message in messages:
            if "gone" in message.to[0]:
                raise SMTPRecipientsRefused({message.to[0]: (550, b"no such mailbox")})
        return super().send_messages(messages)


class Down(EmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected("Connection unexpectedly closed")


class Looking(EmailBackend):
    """While it sends, another worker looks for work."""

    def send_messages(self, messages):
        def look():
            found.append(send_mail(limit=10, at=LATER))
            connection.close()

        found: list[int] = []
        other = threading.Thread(target=look)
        other.start()
        other.join(30)
        sent_to.extend(f"{message.to[0]} {found}" for message in messages)
        return len(messages)


@pytest.fixture
def make_notice(make_user):
    def make(user=None, at=NOON, **fields):
        return tell(
            user=user or make_user(),
            at=at,
            **{"kind": "decision", "subject": "Roles: a decision", "text": "There is a decision.", "path": "/x/"}
            | fields,
        )

    return make


def test_telling_leaves_a_row_and_a_hint(make_user, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell_all(
            Notice(user=make_user(), kind="x", subject="S", text="T", path="/x/", created_at=NOON) for _number in "ab"
        )

    assert Notice.objects.filter(mailed_at__isnull=True).count() == 2
    assert len(callbacks) == 1


def test_telling_nobody_sends_no_hint(db, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        tell_all([])

    assert callbacks == []


def test_a_mail_is_plain_and_leads_to_the_page(make_notice, make_user, settings):
    settings.PUBLIC_ORIGIN = "https://badges.example.edu"
    notice = make_notice(user=make_user(name="Robin Alder"))

    assert send_mail(limit=10, at=LATER) == 1

    [message] = mail.outbox
    assert message.to == [notice.user.email]
    assert message.subject == "Roles: a decision"
    assert message.content_subtype == "plain"
    assert "Robin Alder" in message.body
    assert "https://badges.example.edu/x/" in message.body
    assert message.extra_headers["Message-ID"] == f"<notice-{notice.public_id}@testserver>"
    notice.refresh_from_db()
    assert (notice.mailed_at, notice.mail_after) == (LATER, None)


def test_each_is_sent_once_and_the_oldest_first(make_notice):
    make_notice(at=NOON + timedelta(seconds=2), subject="Second")
    make_notice(at=NOON + timedelta(seconds=1), subject="First")

    assert send_mail(limit=1, at=LATER) == 1
    assert send_mail(limit=10, at=LATER) == 1
    assert send_mail(limit=10, at=LATER) == 0

    assert [message.subject for message in mail.outbox] == ["First", "Second"]


def test_what_lies_ahead_waits(make_notice):
    make_notice(at=LATER + timedelta(seconds=1))

    assert send_mail(limit=10, at=LATER) == 0
    assert send_mail(limit=10, at=LATER + timedelta(seconds=1)) == 1


def test_who_has_left_gets_no_mail(make_notice, make_user):
    notice = make_notice(user=make_user(is_active=False))

    send_mail(limit=10, at=LATER)

    assert mail.outbox == []
    notice.refresh_from_db()
    assert notice.mailed_at == LATER


def test_a_mail_server_that_is_down_leaves_all_rows_waiting(make_notice, settings):
    make_notice()
    make_notice()
    settings.EMAIL_BACKEND = f"{__name__}.Down"

    with pytest.raises(SMTPServerDisconnected):
        send_mail(limit=10, at=LATER)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    assert Notice.objects.filter(mailed_at__isnull=True).count() == 2
    assert send_mail(limit=10, at=LATER + FIRST_PAUSE) == 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 2


def test_an_address_that_is_refused_holds_up_nobody_and_is_tried_less_and_less(make_notice, make_user, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    refused = make_notice(user=make_user(email="gone@example.edu"))
    make_notice()

    assert send_mail(limit=10, at=LATER) == 1

    refused.refresh_from_db()
    assert (refused.mailed_at, refused.mail_after) == (None, LATER + FIRST_PAUSE)
    send_mail(limit=10, at=LATER + FIRST_PAUSE)
    refused.refresh_from_db()
    assert refused.mail_after == LATER + 3 * FIRST_PAUSE


def test_what_a_worker_died_over_is_sent_again_with_the_same_id(make_notice, monkeypatch):
    notice = make_notice()
    monkeypatch.setattr(
        "learners.services.notices.EmailMessage.send", lambda self: (_ for _ in ()).throw(KeyboardInterrupt)
    )
    with pytest.raises(KeyboardInterrupt):
        send_mail(limit=10, at=LATER)
    monkeypatch.undo()

    assert send_mail(limit=10, at=LATER + CLAIM - timedelta(seconds=1)) == 0
    assert send_mail(limit=10, at=LATER + CLAIM) == 1
    assert mail.outbox[0].extra_headers["Message-ID"] == f"<notice-{notice.public_id}@testserver>"


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_sends_another_finds_nothing_and_waits_for_nothing(make_notice, settings):
    notice = make_notice()
    sent_to.clear()
    settings.EMAIL_BACKEND = f"{__name__}.Looking"

    send_mail(limit=1, at=LATER)

    assert sent_to == [f"{notice.user.email} [0]"]


@pytest.mark.django_db(transaction=True)
def test_a_row_that_another_worker_claims_is_passed_over(make_notice):
    first, second = make_notice(subject="First"), make_notice(subject="Second")
    held, done = threading.Event(), threading.Event()

    def claim():
        with transaction.atomic():
            list(Notice.objects.select_for_update().filter(pk=first.pk))
            held.set()
            done.wait(30)
        connection.close()

    other = threading.Thread(target=claim)
    other.start()
    held.wait(30)
    try:
        assert send_mail(limit=10, at=LATER) == 1
    finally:
        done.set()
        other.join(30)

    assert [message.subject for message in mail.outbox] == ["Second"]
    second.refresh_from_db()
    assert second.mailed_at == LATER


def test_the_task_goes_on_until_nothing_is_due(make_notice):
    for _number in range(3):
        make_notice()

    send_mail_task()

    assert len(mail.outbox) == 3


def test_a_person_marks_their_own_notices_as_read(make_notice, make_user):
    person = make_user()
    make_notice(user=person)
    make_notice(user=person, at=LATER + timedelta(hours=1))
    make_notice()

    assert mark_read(user=person, at=LATER) == 1
    assert mark_read(user=person, at=LATER) == 0
    assert Notice.objects.filter(read_at=LATER).count() == 1
