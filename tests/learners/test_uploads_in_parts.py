"""Files in parts: each part once and in order, nothing taken from anybody else, nothing left behind."""

import hashlib
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.urls import reverse

from config.errors import Conflict, Invalid, NotAllowed
from learners import services
from learners.models import EvidenceItem, StoredFile, Upload, UploadPart
from learners.services.uploads import KEPT_FOR, PART_BYTES, UPLOADS_MAX, UploadOver
from tests.fixtures.records import NOON
from tests.fixtures.uploads import pdf_bytes

LATER = NOON + timedelta(minutes=5)
SOUND = b"RIFF" + (2 * PART_BYTES).to_bytes(4, "little") + b"WAVEfmt " + bytes(2 * PART_BYTES)  # two parts and a bit


@pytest.fixture
def draft(make_submission, media):
    submission = make_submission()
    submission.evidence_items.all().delete()
    return submission


@pytest.fixture
def begin(draft):
    def make(content=SOUND, *, name="talk.wav", actor=None, at=NOON):
        return services.begin_upload(
            actor=actor or draft.learner.user, submission=draft, name=name, size=len(content), changed_ms=17, at=at
        )

    return make


def send(upload, content=SOUND, *, at=LATER):
    """All parts that are missing."""
    while upload.received_bytes < upload.size_bytes:
        part = content[upload.received_bytes : upload.received_bytes + PART_BYTES]
        upload = services.add_part(actor=upload.owner, upload=upload, offset=upload.received_bytes, content=part, at=at)
    return upload


def add(upload, **changes):
    given = {"actor": upload.owner, "submission": upload.submission, "requirement": None, "title": ""}
    return services.add_sent_file(**given | {"sent": upload.public_id, "at": LATER} | changes)


def stored_paths():
    found = default_storage.listdir("uploads")[1] if default_storage.exists("uploads") else []
    return len(found)


def test_parts_become_one_file_and_are_gone(begin, draft, django_capture_on_commit_callbacks):
    upload = send(begin())
    assert (upload.percent, upload.parts.count(), stored_paths()) == (100, 3, 3)

    with django_capture_on_commit_callbacks(execute=True):
        item = add(upload)

    assert item.file.sha256 == hashlib.sha256(SOUND).hexdigest()
    assert (item.title, item.file.media_type) == ("talk.wav", "audio/x-wav")
    assert (Upload.objects.count(), UploadPart.objects.count(), stored_paths()) == (0, 0, 0)
    with pytest.raises(UploadOver):
        add(upload)
    assert draft.evidence_items.count() == 1


def test_the_same_file_goes_on_where_it_stopped(begin):
    upload = begin()
    services.add_part(actor=upload.owner, upload=upload, offset=0, content=SOUND[:PART_BYTES], at=NOON)

    again = begin(at=LATER)

    assert (again.pk, again.received_bytes, again.seen_at) == (upload.pk, PART_BYTES, LATER)
    with pytest.raises(Conflict, match=r"49 % of “talk.wav” is here"):
        add(again)
    assert not EvidenceItem.objects.exists()


def test_a_part_that_comes_twice_is_kept_once(begin):
    upload = begin()
    for _time in range(2):
        answer = services.add_part(actor=upload.owner, upload=upload, offset=0, content=SOUND[:PART_BYTES], at=NOON)

    assert (answer.received_bytes, UploadPart.objects.count(), stored_paths()) == (PART_BYTES, 1, 1)


@pytest.mark.parametrize(
    ("offset", "length", "words"),
    [
        (PART_BYTES, 10, "0 bytes are here"),
        (-1, 10, "0 bytes are here"),
        (0, 0, "at most"),
        (0, PART_BYTES + 1, "at most"),
    ],
)
def test_a_part_out_of_step_or_of_a_wrong_length_changes_nothing(begin, offset, length, words):
    upload = begin()

    with pytest.raises((services.OutOfStep, Invalid), match=words):
        services.add_part(actor=upload.owner, upload=upload, offset=offset, content=bytes(length), at=NOON)

    assert (Upload.objects.get().received_bytes, UploadPart.objects.count(), stored_paths()) == (0, 0, 0)


def test_no_more_is_taken_than_was_announced(begin):
    upload = begin(b"x" * 100)

    with pytest.raises(Invalid, match="no more"):
        services.add_part(actor=upload.owner, upload=upload, offset=0, content=bytes(101), at=NOON)

    assert not UploadPart.objects.exists()


@pytest.mark.parametrize(("size", "words"), [(0, "is empty"), (-1, "is empty"), (100 * 1024 * 1024 + 1, "the most is")])
def test_the_size_is_refused_before_anything_is_sent(draft, size, words):
    with pytest.raises(services.FileRefused, match=words):
        services.begin_upload(
            actor=draft.learner.user, submission=draft, name="a.mp4", size=size, changed_ms=1, at=NOON
        )

    assert not Upload.objects.exists()


def test_only_so_many_are_on_their_way(begin):
    for number in range(UPLOADS_MAX):
        begin(name=f"{number}.wav")

    with pytest.raises(Conflict, match="Finish or discard"):
        begin(name="one-more.wav")
    assert begin(name="0.wav")
    assert Upload.objects.count() == UPLOADS_MAX


def test_nobody_else_begins_adds_ends_or_discards(begin, make_learner):
    other = make_learner().user
    upload = send(begin())

    with pytest.raises(NotAllowed):
        begin(actor=other)
    with pytest.raises(UploadOver):
        services.add_part(actor=other, upload=upload, offset=0, content=b"x", at=NOON)
    with pytest.raises(UploadOver):
        add(upload, actor=other)
    with pytest.raises(UploadOver):
        services.discard_upload(actor=other, upload=upload)
    assert (Upload.objects.get().received_bytes, stored_paths()) == (len(SOUND), 3)


def test_a_file_that_is_refused_is_not_kept(begin, django_capture_on_commit_callbacks):
    program = b"MZ" + bytes(200)
    upload = send(begin(program, name="talk.wav"), program)

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(services.FileRefused, match="not one of the"):
        add(upload)

    assert (Upload.objects.count(), stored_paths(), StoredFile.objects.count()) == (0, 0, 0)


def test_bytes_that_went_missing_are_said_and_not_half_a_file_kept(begin):
    upload = send(begin())
    default_storage.delete(upload.parts.get(offset=PART_BYTES).path)

    with pytest.raises(UploadOver):
        add(upload)

    assert not EvidenceItem.objects.exists()


def test_what_is_handed_in_takes_no_part(begin, draft):
    upload = begin()
    type(draft).objects.filter(pk=draft.pk).update(status="submitted", submitted_at=NOON)

    with pytest.raises((Conflict, NotAllowed)):
        services.add_part(actor=upload.owner, upload=upload, offset=0, content=b"x", at=NOON)

    assert not UploadPart.objects.exists()


def test_what_lies_for_a_day_is_dropped(begin, django_capture_on_commit_callbacks):
    stale = begin(name="old.wav")
    services.add_part(actor=stale.owner, upload=stale, offset=0, content=SOUND[:9], at=NOON)
    fresh = begin(name="new.wav", at=NOON + timedelta(hours=1))

    with django_capture_on_commit_callbacks(execute=True):
        assert services.drop_stale_uploads(at=NOON + KEPT_FOR + timedelta(minutes=1)) == 1

    assert (list(Upload.objects.all()), stored_paths()) == ([fresh], 0)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_send_the_same_part_at_once_keep_it_once(begin, together):
    upload = begin()
    part = SOUND[:PART_BYTES]

    answers = together(
        *[lambda: services.add_part(actor=upload.owner, upload=upload, offset=0, content=part, at=NOON)] * 2
    )

    assert [each.received_bytes for each in answers] == [PART_BYTES] * 2
    assert (UploadPart.objects.count(), stored_paths()) == (1, 1)


# Pages ---------------------------------------------------------------------------------------------------------------
def test_the_addresses_answer_how_far_it_is(client, draft, make_learner):
    client.force_login(draft.learner.user)
    begin = reverse("learners:upload-begin", args=[draft.public_id])

    answer = client.post(begin, {"name": "talk.wav", "size": len(SOUND), "changed": "17"}).json()
    assert answer["received"] == 0
    part = {"content_type": "application/octet-stream", "data": SOUND[:PART_BYTES]}
    assert client.post(answer["url"], headers={"Upload-Offset": "0"}, **part).json()["received"] == PART_BYTES
    assert client.get(answer["url"]).json()["received"] == PART_BYTES
    ahead = client.post(answer["url"], headers={"Upload-Offset": "7000000"}, **part)
    assert (ahead.status_code, ahead.json()["received"]) == (409, PART_BYTES)
    odd = client.post(answer["url"], headers={"Upload-Offset": "x"}, **part)
    assert (odd.status_code, odd.json()["received"]) == (409, PART_BYTES)
    refused = client.post(begin, {"name": "talk.wav", "size": "many", "changed": ""})
    assert (refused.status_code, "is empty" in refused.json()["said"]) == (422, True)

    page = client.get(draft.enrollment.get_absolute_url()).content.decode()
    assert "Not all here yet" in page and "49 % of" in page

    client.force_login(make_learner().user)
    assert client.post(begin, {"name": "talk.wav", "size": 5, "changed": "17"}).status_code == 404
    assert client.get(answer["url"]).status_code == 404
    assert client.post(f"{answer['url']}discard/").status_code == 404

    client.force_login(draft.learner.user)
    assert client.post(f"{answer['url']}discard/").url == draft.enrollment.get_absolute_url()
    assert client.post(f"{answer['url']}discard/").status_code == 404
    assert not Upload.objects.exists()


def test_the_form_takes_what_came_in_parts(client, draft, begin):
    content = pdf_bytes()
    upload = send(begin(content, name="case.pdf"), content)
    client.force_login(draft.learner.user)
    form = {"kind": "file", "requirement": "1", "title": "My case", "sent": str(upload.public_id)}

    assert client.post(reverse("learners:evidence-add", args=[draft.public_id]), form).status_code == 302
    again = client.post(reverse("learners:evidence-add", args=[draft.public_id]), form)

    assert (again.status_code, "This upload is over" in again.content.decode()) == (409, True)
    assert draft.evidence_items.get().title == "My case"
    nothing = client.post(reverse("learners:evidence-add", args=[draft.public_id]), form | {"sent": ""})
    assert (nothing.status_code, "Choose a file." in nothing.content.decode()) == (422, True)
