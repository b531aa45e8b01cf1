"""Every PDF read by tools that are not ours: Poppler's pdfsig, pdftotext, pdfdetach and pdfinfo, qpdf, and pyHanko's validation."""

import hashlib
import io
import json
import re
import shutil
import subprocess
from datetime import date

import pytest
from django.utils import timezone
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader

from issuance import badge_page, badges, services, verification
from issuance.models import SigningKey
from issuance.pdf import sign
from learners.models import AwardComponent, RecognizedCredential

TOOLS = ["pdfsig", "qpdf", "pdftotext", "pdfdetach", "pdfinfo"]
MISSING = [tool for tool in TOOLS if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(bool(MISSING), reason=f"apt-get install poppler-utils qpdf: {', '.join(MISSING)} is not there"),
]
LONG = "Maximiliane Theodora Featherstonehaugh-Cholmondeley von und zu Larkmoor-Oberbrückenfeld"


def run(*command, folder=None):
    return subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder, check=False)


@pytest.fixture
def make_pdf(make_signed, make_learner, make_version, make_certificate, make_organization, tmp_path):
    """A PDF on disk by its kind, the award or learner it is about, and its document."""

    def make(kind, *, name="Robin Beckwith", awards=2):
        learner = make_learner(name=name)
        signed = [make_signed(learner=learner) for _ in range(awards)]
        if kind == "certificate":
            document = make_certificate(signed[0].award)
        else:
            whole = make_signed(
                learner=learner, version=make_version(kind="designation", title="Interprofessional Leader")
            ).award
            AwardComponent.objects.create(award=whole, component=signed[0].award, requirement="Required", position=1)
            RecognizedCredential.objects.create(
                learner=learner,
                provider=make_organization(name="Other Hospital"),
                title="Basic Life Support",
                earned_on=date(2026, 3, 4),
                status="accepted",
                credit="whole",
                is_passed_by_rule=True,
                decided_at=timezone.now(),
            )
            transcript = services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
            assert services.make_transcript(transcript, timezone.now())
            document = transcript.documents.get(kind="transcript")
        path = tmp_path / f"{kind}.pdf"
        path.write_bytes(bytes(document.bytes))
        return path, document, [each.award for each in signed]

    return make


KINDS = ["certificate", "transcript"]


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_is_valid_for_poppler(make_pdf, kind):
    path, _document, _awards = make_pdf(kind)

    said = run("pdfsig", "-nocert", str(path)).stdout

    assert "Signature Validation: Signature is Valid." in said
    assert "Total document signed" in said
    assert "ETSI.CAdES.detached" in said
    changed = bytearray(path.read_bytes())
    changed[changed.index(b"/Catalog") + 2] ^= 1
    path.write_bytes(bytes(changed))
    assert "Signature is Valid" not in run("pdfsig", "-nocert", str(path)).stdout


@pytest.mark.parametrize("kind", KINDS)
def test_the_signature_holds_for_pyhanko_to_the_bottom_line(make_pdf, kind):
    path, _document, _awards = make_pdf(kind)
    roots = [sign._certificate(key.root_certificate) for key in SigningKey.objects.filter(purpose="document")]

    def judged(content):
        [signature] = PdfFileReader(io.BytesIO(content)).embedded_signatures
        return validate_pdf_signature(signature, ValidationContext(trust_roots=roots))

    status = judged(path.read_bytes())
    assert (status.bottom_line, status.intact, status.trusted) == (True, True, True)
    # A byte of the first object after the header comment; the file still reads.
    content = bytearray(path.read_bytes())
    content[content.index(b"%PDF-1.7") + 7] = ord("6")
    changed = judged(bytes(content))
    assert (changed.bottom_line, changed.intact) == (False, False)


@pytest.mark.parametrize("kind", KINDS)
def test_the_structure_is_sound_for_qpdf(make_pdf, kind):
    path, _document, _awards = make_pdf(kind)

    checked = run("qpdf", "--check", str(path))

    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "No syntax or stream encoding errors found" in checked.stdout


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_tagged_and_says_its_language_title_and_conformance(make_pdf, kind):
    path, _document, _awards = make_pdf(kind)

    facts = run("pdfinfo", str(path)).stdout
    metadata = run("pdfinfo", "-meta", str(path)).stdout
    tags = run("pdfinfo", "-struct-text", str(path)).stdout

    assert re.search(r"Tagged:\s+yes", facts)
    assert re.search(r"Title:\s+\S", facts)
    assert "<pdfaid:part>3</pdfaid:part>" in metadata.replace(" ", "") or 'pdfaid:part="3"' in metadata
    for tag in ("H1", "H2", "P", "Figure"):
        assert re.search(rf"^\s*{tag}\b", tags, re.M), tag
    assert PdfReader(path).trailer["/Root"]["/Lang"] == "en"
    assert PdfReader(path).trailer["/Root"]["/MarkInfo"]["/Marked"] is True or "Marked" in str(
        PdfReader(path).trailer["/Root"]["/MarkInfo"]
    )


def test_the_certificate_is_read_in_the_order_of_its_meaning(make_pdf):
    path, _document, (award, *_rest) = make_pdf("certificate")

    text = " ".join(run("pdftotext", str(path), "-").stdout.split())

    wanted = [
        award.credential.organization.name,
        "MICROCREDENTIAL",
        "Robin Beckwith",
        award.credential_version.title,
        badge_page.day(award.awarded_at),
        "What was assessed",
        badges.award_url(award.public_id),
    ]
    places = [text.replace("Microcredential", "MICROCREDENTIAL").find(each) for each in wanted]
    assert -1 not in places, dict(zip(wanted, places, strict=True))
    assert places == sorted(places)


def test_the_transcript_says_all_that_it_should_in_order(make_pdf):
    path, _document, awards = make_pdf("transcript")

    text = " ".join(run("pdftotext", str(path), "-").stdout.split())

    version = awards[0].credential_version
    criterion = version.criteria.order_by("position").first()
    competency = version.alignments.first().competency
    wanted = [
        "Robin Beckwith",
        "2 microcredentials of 16 hours together, and 1 designation.",
        "Designations",
        "Interprofessional Leader",
        f"{version.title} awarded {badge_page.day(awards[0].awarded_at)}, does not expire",
        "Microcredentials",
        f"Awarded {badge_page.day(awards[0].awarded_at)}",
        "8 hours",
        f"Criteria passed: {criterion.name}",
        f"({competency.framework.title}, {competency.framework.version})",
        "Competencies in these awards",
        "Recognized from other providers (not assessed here)",
        "Basic Life Support",
        "Other Hospital · earned Mar 4, 2026",
        "Comprehensive Learner Record",
    ]
    place = 0
    for each in wanted:
        found = text.find(each, place)
        assert found >= 0, (each, text)
        place = found


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_attached_comes_out_and_verifies(make_pdf, tmp_path, kind):
    path, document, awards = make_pdf(kind)
    folder = tmp_path / "out"
    folder.mkdir()

    assert run("pdfdetach", "-saveall", "-o", str(folder), str(path)).returncode == 0

    files = {each.name: each.read_bytes() for each in folder.iterdir()}
    record = files.pop("badge.json" if kind == "certificate" else "clr.json")
    assert verification.check_file(record, at=timezone.now()).state == "valid"
    if kind == "certificate":
        assert record == bytes(awards[0].documents.get(kind="credential").bytes)
        assert files == {}
        return
    assert record == bytes(document.transcript.documents.get(kind="clr").bytes)
    inside = json.loads(record)["credentialSubject"]["verifiableCredential"]
    assert len(files) == len(inside) == 3
    for award in awards:
        stored = award.documents.get(kind="credential")
        content = files[f"badge-{award.public_id}.json"]
        assert hashlib.sha256(content).hexdigest() == stored.sha256
        assert verification.check_file(content, at=timezone.now()).state == "valid"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", [LONG, "ليلى حداد", "נועה לוי", "王秀英"])
def test_names_of_any_length_and_script_pass_the_tools(make_pdf, kind, name):
    path, _document, _awards = make_pdf(kind, name=name)

    assert run("qpdf", "--check", str(path)).returncode == 0
    assert "Signature is Valid" in run("pdfsig", "-nocert", str(path)).stdout
    text, name = ("".join(each.split()) for each in (run("pdftotext", str(path), "-").stdout, name))
    text = re.sub("[\u200e\u200f\u202a-\u202e\u2066-\u2069-]", "", text)
    name = name.replace("-", "")
    assert name in text or name[::-1] in text


def test_a_transcript_of_sixty_awards_holds_them_all(make_pdf):
    path, _document, awards = make_pdf("transcript", awards=60)

    assert run("qpdf", "--check", str(path)).returncode == 0
    text = run("pdftotext", str(path), "-").stdout
    assert all(badges.award_url(award.public_id) in "".join(text.split()) for award in awards)
    assert run("pdfdetach", "-list", str(path)).stdout.startswith("62 embedded files")
    answer = verification.check_file(path.read_bytes(), at=timezone.now())
    assert answer.state in {"valid", "unknown"}
    assert path.stat().st_size < verification.FILE_MAX_BYTES


def test_page_file_and_paper_tell_the_same_ids_and_dates(client, make_pdf, give):
    path, _document, (award, *_rest) = make_pdf("certificate")
    give(award)

    page = client.get(f"/v/{award.public_id}").content.decode()
    record = client.get(f"/v/{award.public_id}.json").json()
    paper = "".join(run("pdftotext", str(path), "-").stdout.split())

    address, day = badges.award_url(award.public_id), badge_page.day(award.awarded_at)
    assert record["id"] == address
    assert record["awardedDate"].startswith(f"{award.awarded_at:%Y-%m-%dT%H:%M}")
    for said in (address, day, str(award.public_id)[:8]):
        assert said in page
        assert said.replace(" ", "") in paper


def test_a_certificate_for_a_long_name_stays_on_one_page(make_pdf):
    path, _document, _awards = make_pdf("certificate", name=LONG)

    assert re.search(r"Pages:\s+1$", run("pdfinfo", str(path)).stdout, re.M)
