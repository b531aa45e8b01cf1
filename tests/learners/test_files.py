"""What uploads are taken for, what is taken out of them, and how they are given out again."""

import io

import pytest
from django.urls import reverse
from PIL import Image, ImageFile
from pypdf import PdfReader
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from config.permissions import Role
from learners.models import StoredFile
from learners.services import FileRefused, add_file
from learners.services.files import clean_upload, safe_name
from tests.fixtures.records import NOON
from tests.fixtures.uploads import image_bytes, pdf_bytes

EXECUTABLE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\x00" * 64


# What comes in -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", pdf_bytes(), "application/pdf"),
        ("a.png", image_bytes("PNG"), "image/png"),
        ("a.jpg", image_bytes("JPEG"), "image/jpeg"),
        ("a.webp", image_bytes("WEBP"), "image/webp"),
        ("a.txt", "Größe: 2 cm".encode(), "text/plain"),
        ("a.wav", b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00" * 24, "audio/x-wav"),
        ("a.mp4", b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom", "video/mp4"),
        ("not-a-picture.png", pdf_bytes(), "application/pdf"),
    ],
)
def test_the_content_decides_the_type(make_upload, name, content, media_type):
    clean = clean_upload(make_upload(name, content, "application/x-whatever"))

    assert clean.media_type == media_type


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("case.pdf", EXECUTABLE),
        ("case.pdf", b"\x7fELF\x02\x01\x01" + b"\x00" * 32),
        ("notes.txt", b"#!/bin/sh\nrm -rf /\n"),
        ("notes.txt", b"<script>alert(1)</script>"),
        ("picture.png", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'),
        ("notes.txt", b"  \n <!doctype html><html></html>"),
        ("notes.docx", b"PK\x03\x04" + b"\x00" * 32),
        ("notes.txt", b"text\x00with a zero"),
        ("notes.txt", b"\xff\xfe\xfa not UTF-8"),
        ("notes.zip", b"\x1f\x8b\x08" + b"\x00" * 32),
    ],
)
def test_what_can_carry_code_is_refused_whatever_its_name(make_upload, name, content):
    with pytest.raises(FileRefused, match="not one of the kinds"):
        clean_upload(make_upload(name, content))


def test_an_empty_file_is_refused_by_name(make_upload):
    with pytest.raises(FileRefused, match=r"“case\.pdf” is empty"):
        clean_upload(make_upload("case.pdf", b""))


def test_a_file_that_is_too_large_is_refused_with_both_sizes(make_upload, settings):
    settings.UPLOAD_MAX_BYTES = 1024

    with pytest.raises(FileRefused, match=r"2\.0.KB; the most is 1\.0.KB"):
        clean_upload(make_upload("notes.txt", b"a" * 2048))


def test_pictures_lose_where_and_by_whom_they_were_taken(make_upload):
    exif = Image.Exif()
    exif[0x013B] = "A. Photographer"  # artist
    exif[0x8825] = {1: "N", 2: (40.0, 26.0, 46.0)}  # GPS
    content = image_bytes("JPEG", exif=exif)
    assert b"Photographer" in content

    clean = clean_upload(make_upload("ward.jpg", content))

    assert b"Photographer" not in clean.content
    assert not Image.open(io.BytesIO(clean.content)).getexif()


def test_pictures_are_turned_as_the_camera_said(make_upload):
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter

    clean = clean_upload(make_upload("ward.jpg", image_bytes("JPEG", size=(40, 20), exif=exif)))

    assert Image.open(io.BytesIO(clean.content)).size == (20, 40)


def test_pictures_that_would_fill_the_memory_are_refused(make_upload):
    with pytest.raises(FileRefused, match="8000 × 8000 pixels"):
        clean_upload(make_upload("huge.png", image_bytes("PNG", size=(8000, 8000))))


def test_a_damaged_picture_is_refused(make_upload):
    with pytest.raises(FileRefused, match="cannot be read as an image"):
        clean_upload(make_upload("ward.png", image_bytes("PNG")[:40]))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_half_a_picture_is_refused_also_beside_weasyprint(make_upload, form, monkeypatch):
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as importing weasyprint does
    noise = Image.effect_noise((200, 200), 80).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, form)

    with pytest.raises(FileRefused, match="it may be damaged"):
        clean_upload(make_upload("ward.png", buffer.getvalue()[: buffer.tell() // 2]))


def test_pdfs_lose_their_authors(make_upload):
    content = pdf_bytes(Author="Robin Alder", Title="For Mrs. Birch")
    assert b"Robin Alder" in content

    clean = clean_upload(make_upload("case.pdf", content))

    assert b"Robin Alder" not in clean.content
    assert b"Mrs. Birch" not in clean.content
    assert len(PdfReader(io.BytesIO(clean.content)).pages) == 1


def test_the_same_pdf_is_the_same_after_cleaning(make_upload):
    assert clean_upload(make_upload()).content == clean_upload(make_upload()).content


def with_action(kind, key="/JS", value="app.alert(1)"):
    def change(writer):
        action = DictionaryObject({NameObject("/S"): NameObject(kind), NameObject(key): TextStringObject(value)})
        writer.root_object[NameObject("/OpenAction")] = writer._add_object(action)

    return change


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda writer: writer.add_attachment("hidden.exe", EXECUTABLE), "other files inside it"),
        (with_action("/Launch", "/F", "cmd.exe"), "a command that starts another program"),
        (with_action("/SubmitForm", "/F", "https://example.org"), "a form that sends itself"),
        (with_action("/JavaScript"), "a script"),
    ],
)
def test_pdfs_that_act_are_refused(make_upload, change, named):
    with pytest.raises(FileRefused, match=f"“case.pdf” holds {named}. Print it"):
        clean_upload(make_upload("case.pdf", pdf_bytes(change)))


def test_a_pdf_with_a_password_is_refused(make_upload):
    with pytest.raises(FileRefused, match="password"):
        clean_upload(make_upload("case.pdf", pdf_bytes(lambda writer: writer.encrypt("secret", algorithm="RC4-128"))))


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", pdf_bytes()[:200]])
def test_a_damaged_pdf_is_refused(make_upload, content):
    with pytest.raises(FileRefused, match="cannot be read as a PDF"):
        clean_upload(make_upload("case.pdf", content))


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\robin\\case.pdf", "case.pdf"),
        ("case\u202efdp.exe", "casefdp.exe"),
        ("a\r\nb.txt", "ab.txt"),
        ("   ", "unnamed"),
        ("", "unnamed"),
        ("a" * 300 + ".pdf", "a" * 90 + ".pdf"),
        ("Gespräch 2.pdf", "Gespräch 2.pdf"),
    ],
)
def test_names_are_for_people_never_paths(given, kept):
    assert safe_name(given) == kept


# What goes out -------------------------------------------------------------------------------------------------------
@pytest.fixture
def stored(make_submission, make_upload, media):
    """A file in a submission that is submitted."""

    def make(name="case.pdf", content=None, **submission_fields):
        submission = make_submission(**submission_fields)
        add_file(
            actor=submission.learner.user,
            submission=submission,
            requirement=None,
            title="",
            upload=make_upload(name, content),
            at=NOON,
        )
        submission.status, submission.submitted_at = "submitted", NOON
        submission.save(update_fields=["status", "submitted_at"])
        return StoredFile.objects.get()

    return make


def get(client, user, file):
    client.force_login(user)
    answer = client.get(reverse("learners:file-download", args=[file.public_id]))
    answer.body = answer.content if not answer.streaming else b"".join(answer.streaming_content)
    return answer


def test_the_learner_reads_their_own(client, stored):
    file = stored()

    answer = get(client, file.uploaded_by, file)

    assert answer.status_code == 200
    assert answer.body.startswith(b"%PDF")
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'inline; filename="case.pdf"'
    assert answer["Content-Length"] == str(file.size_bytes)


def test_no_file_does_anything_in_the_readers_browser(client, stored):
    file = stored("notes.txt", b"Notes.")

    answer = get(client, file.uploaded_by, file)

    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert answer["Cache-Control"] == "private, no-store"
    policy = answer["Content-Security-Policy"].split("; ")
    assert {"default-src 'none'", "frame-ancestors 'self'", "sandbox"} <= set(policy)
    assert not any(part.startswith("script-src") for part in policy)
    assert answer["Content-Type"] == "text/plain; charset=utf-8"


def test_a_pdf_can_be_shown_in_a_frame_of_ours(client, stored):
    file = stored()

    policy = get(client, file.uploaded_by, file)["Content-Security-Policy"]

    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "sandbox" not in policy  # no browser shows a PDF in a sandbox


def test_who_reads_a_submission_reads_its_files(client, stored, assessor, make_user, make_learner):
    file = stored(assessor=assessor)

    expected = {
        assessor: 200,
        make_user(Role.LEAD): 200,
        make_user(Role.AUDITOR): 302,  # says first why, on the page of the work
        make_user(Role.ASSESSOR): 404,
        make_user(Role.REGISTRAR): 404,
        make_user(Role.ADMINISTRATOR): 404,
        make_learner().user: 404,
    }

    assert {user: get(client, user, file).status_code for user in expected} == expected


def test_a_draft_is_read_by_its_learner_alone(client, stored, assessor):
    file = stored(assessor=assessor)
    file.evidence_items.get().submission.__class__.objects.update(status="draft", submitted_at=None)

    assert get(client, assessor, file).status_code == 404
    assert get(client, file.uploaded_by, file).status_code == 200


def test_a_stranger_is_led_to_sign_in(client, stored):
    answer = client.get(reverse("learners:file-download", args=[stored().public_id]))

    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))


def test_the_name_says_nothing_to_those_who_judge_blind(client, stored, assessor, make_version):
    file = stored("Robin Alder case.pdf", assessor=assessor, version=make_version(is_blind=True))

    assert "Robin" not in get(client, assessor, file)["Content-Disposition"]
    assert "Robin Alder case.pdf" in get(client, file.uploaded_by, file)["Content-Disposition"]


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"quarantined_at": NOON}, 403, "may hold patient data"),
        ({"scan_state": "infected", "tombstoned_at": NOON}, 404, ""),
        ({"scan_state": "waiting"}, 403, "being scanned"),
        ({"tombstoned_at": NOON}, 404, ""),
    ],
)
def test_what_is_withheld_is_not_given_out(client, stored, change, status, words):
    file = stored()
    StoredFile.objects.update(**change)

    answer = get(client, file.uploaded_by, file)

    assert answer.status_code == status
    assert words in answer.body.decode()
    assert b"%PDF" not in answer.body


def test_bytes_that_are_gone_are_a_404(client, stored, media):
    file = stored()
    for path in media():
        path.unlink()

    assert get(client, file.uploaded_by, file).status_code == 404
