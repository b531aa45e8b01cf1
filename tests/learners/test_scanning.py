"""Files wait for the virus scanner, and so does what is submitted with them; a scanner in trouble loses and opens nothing."""

import socket
import threading
from datetime import timedelta
from io import BytesIO

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from config import health
from config.permissions import Role
from learners import services
from learners.models import Assignment, EvidenceItem, Notice, StoredFile, Submission
from learners.services import scanning
from tests.fixtures.clamd import EICAR
from tests.fixtures.records import NOON

LATER = NOON + timedelta(minutes=10)
DECLARED = dict.fromkeys(services.DECLARATIONS, "")


@pytest.fixture
def draft(make_submission, media, make_user):
    make_user(Role.ASSESSOR)
    return make_submission()


def add(draft, make_upload, content=b"A clean note.", name="note.txt"):
    upload = make_upload(name, content)
    return services.add_file(
        actor=draft.learner.user, submission=draft, requirement=None, title="", upload=upload, at=NOON
    )


def submit(draft):
    return services.submit_evidence(actor=draft.learner.user, submission=draft, declarations=DECLARED, at=NOON)


def state():
    return StoredFile.objects.get().scan_state


def test_without_a_scanner_nothing_waits(draft, make_upload):
    add(draft, make_upload)
    submit(draft)

    assert state() == "not-configured"
    assert Assignment.objects.exists()
    assert services.scan_waiting(limit=5, at=NOON) == 0


def test_a_clean_file_is_read_after_the_scan_and_its_submission_goes_to_an_assessor(client, clamd, draft, make_upload):
    item = add(draft, make_upload)
    submit(draft)
    learner, url = draft.learner.user, reverse("learners:file-download", args=[item.file.public_id])
    client.force_login(learner)
    page = client.get(draft.get_absolute_url()).content.decode()
    assert "waits for the virus scanner" in page
    assert client.get(url).status_code == 403
    assert not Assignment.objects.exists()
    services.assign_waiting(at=NOON)
    assert not Assignment.objects.exists()

    assert services.scan_waiting(limit=5, at=NOON) == 1

    assert clamd.heard == [b"A clean note."]
    assert state() == "clean"
    assert Assignment.objects.get().submission == draft
    assert b"".join(client.get(url).streaming_content) == b"A clean note."
    assert services.scan_waiting(limit=5, at=LATER) == 0


def test_what_the_scanner_refuses_is_removed_and_the_learner_told(
    clamd, draft, make_upload, media, django_capture_on_commit_callbacks
):
    add(draft, make_upload, content=EICAR)

    with django_capture_on_commit_callbacks(execute=True):
        services.scan_waiting(limit=5, at=NOON)

    stored = StoredFile.objects.get()
    assert (stored.scan_state, stored.tombstoned_at, stored.bytes_removed_at) == ("infected", NOON, NOON)
    assert not media()
    assert not EvidenceItem.objects.filter(file=stored).exists()
    assert Notice.objects.get().user == draft.learner.user


def test_what_was_handed_in_goes_on_without_a_file_that_was_refused(client, clamd, draft, make_upload):
    add(draft, make_upload, content=EICAR)
    submit(draft)
    services.scan_waiting(limit=5, at=NOON)

    client.force_login(draft.learner.user)
    page = client.get(draft.get_absolute_url()).content.decode()

    assert "The virus scanner refused this file" in page
    assert Assignment.objects.get().submission == draft


@pytest.mark.parametrize("behavior", ["dies", "rubbish"])
def test_a_scanner_in_trouble_leaves_everything_waiting_and_is_asked_again(clamd, draft, make_upload, behavior):
    add(draft, make_upload)
    submit(draft)
    clamd.behavior = behavior

    assert services.scan_waiting(limit=5, at=NOON) == 0
    assert state() == "waiting"
    assert not Assignment.objects.exists()
    clamd.behavior = "well"
    assert services.scan_waiting(limit=5, at=NOON) == 0  # not before the pause is over
    assert services.scan_waiting(limit=5, at=LATER) == 1
    assert state() == "clean"


def test_a_frozen_scanner_is_left_after_the_time_that_is_set(clamd, draft, make_upload, settings):
    settings.CLAMD_TIMEOUT_SECONDS = 0.2
    add(draft, make_upload)
    clamd.behavior = "frozen"

    assert services.scan_waiting(limit=5, at=NOON) == 0
    assert state() == "waiting"


@pytest.mark.parametrize("address", ["127.0.0.1:1", "unix:/nowhere/clamd.ctl", "nonsense"])
def test_a_scanner_that_is_away_leaves_everything_waiting(draft, make_upload, settings, address):
    settings.CLAMD_ADDRESS, settings.CLAMD_TIMEOUT_SECONDS = address, 5
    add(draft, make_upload)

    assert services.scan_waiting(limit=5, at=NOON) == 0
    assert state() == "waiting"


def test_what_is_larger_than_the_scanner_takes_is_refused(clamd, draft, make_upload):
    clamd.behavior = "small"
    add(draft, make_upload, content=b"More than eight bytes. " * 10_000)

    assert services.scan_waiting(limit=5, at=NOON) == 1
    assert state() == "infected"


def test_the_scanner_is_asked_over_a_unix_socket_too(tmp_path, settings):
    path = str(tmp_path / "clamd.ctl")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as server:
        server.bind(path)
        server.listen()

        def answer():
            connection, _address = server.accept()
            with connection:
                while not connection.recv(4096).endswith(b"\0\0\0\0"):
                    pass
                connection.sendall(b"stream: OK\0")

        thread = threading.Thread(target=answer)
        thread.start()
        settings.CLAMD_ADDRESS, settings.CLAMD_TIMEOUT_SECONDS = f"unix:{path}", 5

        assert scanning.ask(BytesIO(b"note")) == ("clean", "")
        thread.join()


def test_bytes_that_are_gone_keep_nobody_else_waiting(clamd, draft, make_upload, media):
    add(draft, make_upload)
    for path in media():
        path.unlink()
    add(draft, make_upload, content=b"Another note.")

    assert services.scan_waiting(limit=5, at=NOON) == 1
    assert sorted(StoredFile.objects.values_list("scan_state", flat=True)) == ["clean", "waiting"]


def test_what_waits_is_on_the_page_of_health(clamd, draft, make_upload):
    add(draft, make_upload)

    results, _is_ready = health.report()

    assert results["scanner"] == {"status": "configured", "waiting": 1}


def test_a_file_that_was_refused_cannot_be_kept(draft, make_upload):
    add(draft, make_upload)

    with pytest.raises(IntegrityError), transaction.atomic():
        StoredFile.objects.update(scan_state="infected")


def test_a_draft_says_that_its_file_waits(client, clamd, draft, make_upload):
    add(draft, make_upload)
    client.force_login(draft.learner.user)

    assert "Waiting for the virus scanner" in client.get(draft.enrollment.get_absolute_url()).content.decode()
    assert Submission.objects.get().status == "draft"
