"""Certificates and transcripts: signed PDFs that hold the signed record, in every script, and show any change."""

import contextlib
import io
import zlib

import orjson
import pytest
from django.utils import timezone
from pypdf import PdfReader

from issuance import openbadges as ob
from issuance import services, verification
from issuance.models import SigningKey, Transcript
from issuance.pdf import check, sign
from issuance.services import keys

NAMES = ["ليلى حداد", "נועה לוי", "王秀英", "Zoë Ångström-Łukaszewicz"]


def roots():
    return list(SigningKey.objects.filter(purpose="document").values_list("root_certificate", flat=True))


def judged(pdf):
    return sign.check(pdf, roots=roots(), at=timezone.now())


@pytest.fixture
def certificate(make_signed, make_certificate):
    return make_certificate(make_signed().award)


def test_a_certificate_is_signed_and_holds_the_badge_as_stored(certificate):
    verdict = judged(bytes(certificate.bytes))

    assert verdict.is_good
    stored = certificate.award.documents.get(kind="credential")
    assert verdict.attachments["badge.json"] == bytes(stored.bytes)
    assert certificate.signed_by_process.startswith("shell:")


def test_one_flipped_byte_is_not_good(certificate):
    content = bytearray(bytes(certificate.bytes))
    content[content.index(b"/Catalog") + 2] ^= 1

    with contextlib.suppress(sign.UnreadablePdf):
        assert not judged(bytes(content)).is_good
    assert verification.check_file(bytes(content), at=timezone.now()).state in {"altered", "unknown"}


def test_a_changed_date_in_the_signed_range_is_called_changed(certificate):
    content = bytes(certificate.bytes)
    place = content.index(b"%PDF-") + 5
    changed = content[:place] + (b"1.6" if content[place : place + 3] != b"1.6" else b"1.7") + content[place + 3 :]

    verdict = verification.check_file(changed, at=timezone.now())

    assert verdict.state == "altered"
    assert verdict.checks[0].code == "pdf-changed"


def test_something_added_after_the_signature_is_called_changed(certificate):
    added = bytes(certificate.bytes) + b"\n% and one line more\n"

    assert check.read(added, at=timezone.now()).state == "altered"


def test_a_pdf_of_somebody_else_could_not_be_checked(certificate, make_organization):
    other = make_organization(is_issuer=True, did_path="orgs:other")
    key = services.create_key(organization=other, purpose="document", at=timezone.now())
    stranger = sign.sign(
        unsigned(certificate),
        sign_bytes=keys.document_sign(key),
        certificate=key.certificate,
        root=key.root_certificate,
        name="Somebody",
        at=timezone.now(),
    )
    key.delete()

    verdict = verification.check_file(stranger, at=timezone.now())

    assert verdict.state == "unknown"
    assert verdict.checks[0].code == "pdf-signer-unknown"


def test_a_pdf_whose_signature_was_taken_off_could_not_be_confirmed(certificate):
    verdict = verification.check_file(unsigned(certificate), at=timezone.now())

    assert verdict.state == "unknown"
    assert verdict.checks[0].code == "pdf-unsigned"
    assert next(each.outcome for each in verdict.checks if each.name == "proof") == "passed"


def unsigned(certificate):
    """The PDF as it was before it was signed: the first of its revisions."""
    content = bytes(certificate.bytes)
    return content[: content.index(b"%%EOF") + 6]


def test_a_second_run_makes_no_second_certificate(make_signed, make_certificate):
    award = make_signed().award
    make_certificate(award)

    assert not services.make_certificate(award.documents.get(kind="credential"), timezone.now())
    assert award.documents.filter(kind="certificate").count() == 1


def test_what_waits_is_made_transcripts_first(make_signed, learner):
    award = make_signed(learner=learner).award
    transcript = services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())

    assert services.render_pending(limit=1, at=timezone.now()) == 1
    assert transcript.documents.filter(kind="transcript").exists()
    assert not award.documents.filter(kind="certificate").exists()
    assert services.render_pending(limit=5, at=timezone.now()) == 1
    assert services.render_pending(limit=5, at=timezone.now()) == 0


def test_a_transcript_holds_a_signed_record_of_every_badge(make_signed, learner):
    awards = [make_signed(learner=learner).award for _ in range(2)]
    transcript = services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
    services.make_transcript(transcript, timezone.now())

    pdf = bytes(Transcript.objects.get().documents.get(kind="transcript").bytes)
    verdict = judged(pdf)
    assert verdict.is_good
    record = orjson.loads(verdict.attachments["clr.json"])
    inside = {each["id"] for each in record["credentialSubject"]["verifiableCredential"]}
    assert inside == {f"http://testserver/v/{award.public_id}" for award in awards}
    answer = verification.check_file(pdf, at=timezone.now())
    assert answer.state == "valid"
    assert answer.holder == learner.display_name


def test_a_transcript_tells_which_of_its_badges_stand(make_signed, learner, revoke, give):
    revoked, shared = (make_signed(learner=learner).award for _ in range(2))
    transcript = services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
    services.make_transcript(transcript, timezone.now())
    revoke(revoked)
    give(shared)

    answer = verification.check_file(bytes(transcript.documents.get(kind="transcript").bytes), at=timezone.now())

    assert answer.state == "mixed"
    assert {each.state: each.page for each in answer.inside} == {
        "revoked": "",
        "valid": f"http://testserver/v/{shared.public_id}",
    }


@pytest.mark.parametrize("name", NAMES)
def test_names_of_every_script_are_printed(make_signed, make_certificate, make_learner, name):
    certificate = make_certificate(make_signed(learner=make_learner(name=name)).award)

    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(bytes(certificate.bytes))).pages)
    # A right-to-left line may come out in the order in which it is drawn.
    text, name = ("".join(each.split()) for each in (text, name))
    assert name in text or name[::-1] in text


def test_a_hostile_pdf_gets_an_answer(certificate, monkeypatch):
    content = bytes(certificate.bytes)
    for cut in range(0, len(content), max(1, len(content) // 12)):
        assert verification.check_file(content[:cut] or b"%PDF-", at=timezone.now()).state in {"altered", "unknown"}
    monkeypatch.setattr(sign, "check", lambda *args, **kwargs: (_ for _ in ()).throw(MemoryError))
    assert check.read(content, at=timezone.now()).check.code == "pdf-format"


def test_a_bomb_in_a_pdf_is_not_unpacked(certificate):
    bomb = zlib.compress(b"\0" * (80 * 1024 * 1024), 9)
    pdf = (
        b"%%PDF-1.7\n1 0 obj<</Type/Catalog/Names<</EmbeddedFiles<</Names[(badge.json) 2 0 R]>>>>>>endobj\n"
        b"2 0 obj<</Type/Filespec/F(badge.json)/UF(badge.json)/EF<</F 3 0 R>>>>endobj\n"
        b"3 0 obj<</Type/EmbeddedFile/Filter/FlateDecode/Length %d>>stream\n" % len(bomb)
    )
    pdf += bomb + b"\nendstream endobj\n"
    places = [pdf.index(b"%d 0 obj" % number) for number in (1, 2, 3)]
    table = len(pdf)
    pdf += b"xref\n0 4\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"trailer<</Root 1 0 R/Size 4>>\nstartxref\n%d\n%%%%EOF\n" % table

    answer = verification.check_file(pdf, at=timezone.now())

    assert answer.state == "unknown"
    assert isinstance(answer.checks[0], ob.Check)
