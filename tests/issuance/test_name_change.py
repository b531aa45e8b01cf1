"""Another name: the same award under the same address, issued anew; the former name is nowhere public."""

import io
import zlib

import orjson
import pytest
from django.utils import timezone
from pypdf import PdfReader

from issuance import openbadges as ob
from issuance import services, verification
from issuance.models import SignedDocument, StatusEntry
from issuance.pdf import sign
from learners import services as learners_services
from learners.models import Notice

FORMER, PRESENT = "Wilhelmina Oldcastle", "Robin Beckwith"


@pytest.fixture
def renamed(make_learner, make_user, make_shared, give, settings):
    """A learner who shared a badge in every way, and then got another name; answers the award and its former document."""
    learner = make_learner(name=FORMER)
    document = make_shared(learner=learner)
    award = document.award
    now = timezone.now()
    services.set_directory(
        actor=make_user("registrar"),
        organization=learner.organization,
        is_on=True,
        notice="Told by mail in August.",
        at=now,
    )
    terms = {"actor": learner.user, "awards": [award], "sign_in_method": "password", "at": now}
    packet = services.make_packet(
        **terms,
        title="For my application",
        season=services.open_seasons(now.date())[0].year,
        as_of=now,
        purpose="residency",
        recipients="named",
        recipients_text=services.PROGRAMS,
    )
    profile = services.open_profile(**terms, title="My badges", is_discoverable=True)
    link = services.share_together(**terms, title="For a friend", purpose="employment", recipients="anyone-with-link")
    services.request_transcript(actor=learner.user, learner=learner, at=now)
    services.render_pending(limit=10, at=now)
    award.links = [packet, profile, link]
    award.code = services.code_of(award, at=now)
    award.link_code = services.code_of(packet, at=now)
    award.list = services.start_list(rows=[services.Given(f"/v/{award.public_id}")], at=now)
    services.check_next_row(at=now)
    return award, document


def rename(award, make_user):
    award.learner.refresh_from_db()
    learners_services.change_name(
        actor=make_user("registrar"), learner=award.learner, full_name=PRESENT, at=timezone.now()
    )


def public_addresses(award):
    base = f"/v/{award.public_id}"
    slug = award.credential.organization.slug
    packet, profile, link = award.links
    yield from (f"{base}{end}" for end in ("", ".json", ".png", ".svg", ".pdf", ".qr"))
    yield from (one.get_absolute_url() for one in (packet, profile, link))
    yield from (f"/s/{one.token}/summary" for one in (packet, link))
    yield from (f"/c/{code.code}" for code in (award.code, award.link_code))
    yield from (f"/check/list/{award.list.token}/", f"/check/list/{award.list.token}.csv")
    yield from (f"/d/{award.public_id}", f"/d/{slug}/?q=Oldcastle", f"/d/{slug}/?q=Beckwith")
    yield from (
        "/.well-known/did.json",
        f"/api/v1/awards/{award.public_id}",
        "/api/v1/catalog",
    )
    yield f"/status/{StatusEntry.objects.filter(document__award=award).first().list.public_id}"


def all_text(content):
    """Whatever a reader could find in an answer: its text, a PDF's pages, titles and attachments, what is packed in a PNG."""
    found = content.decode("utf-8", "replace")
    if content.startswith(b"%PDF"):
        pdf = PdfReader(io.BytesIO(content))
        found += "".join(page.extract_text() for page in pdf.pages) + str(pdf.metadata)
        found += "".join(str(each) for pieces in pdf.attachments.values() for each in pieces)
    if ob.is_image(content) and b"openbadgecredential" in content:
        found += ob.unbake(content).decode()
    for part in content.split(b"stream")[1::2] if content.startswith(b"%PDF") else ():
        try:
            found += zlib.decompressobj().decompress(part.strip(b"\r\n")).decode("utf-8", "replace")
        except zlib.error:
            continue
    return found


def test_the_former_name_is_found_before_and_nowhere_after(client, renamed, make_user):
    award, _document = renamed
    tellers = {
        address
        for address in public_addresses(award)
        if FORMER.split()[-1] in all_text(client.get(address, follow=True).content).replace("?q=Oldcastle", "")
    }
    assert {f"/v/{award.public_id}{end}" for end in ("", ".json", ".png", ".svg", ".pdf")} <= tellers

    rename(award, make_user)
    between = {address: client.get(address, follow=True) for address in public_addresses(award)}
    services.sign_pending(limit=10, at=timezone.now(), full=True)
    services.render_pending(limit=10, at=timezone.now())
    after = {address: client.get(address, follow=True) for address in public_addresses(award)}

    for answers in (between, after):
        for address, answer in answers.items():
            text = all_text(answer.content)
            if "q=Oldcastle" in address:  # what the stranger typed stands in the search field
                text = text.replace('value="Oldcastle"', "").replace("Oldcastle”", "").replace('"Oldcastle"', "")
            assert "Oldcastle" not in text, address
            assert "Oldcastle" not in str(answer.headers)
    for end in ("", ".json", ".png", ".svg", ".pdf"):
        answer = after[f"/v/{award.public_id}{end}"]
        assert answer.status_code == 200
        assert PRESENT.split()[-1] in all_text(answer.content)


def test_until_it_is_issued_anew_the_badge_is_not_shown(client, renamed, make_user):
    award, _document = renamed
    rename(award, make_user)

    assert client.get(f"/v/{award.public_id}").status_code == 404
    assert verification.own_award(award.public_id, at=timezone.now()) is None


def test_it_is_the_same_award_at_the_same_address_with_the_same_dates(renamed, make_user):
    award, old = renamed
    rename(award, make_user)

    assert services.sign_pending(limit=10, at=timezone.now(), full=True) == 1
    assert services.sign_pending(limit=10, at=timezone.now(), full=True) == 0

    new = SignedDocument.objects.current("credential").get(award=award)
    before, after = orjson.loads(bytes(old.bytes)), orjson.loads(bytes(new.bytes))
    assert [before[key] == after[key] for key in ("id", "validFrom", "awardedDate", "issuer")] == [True] * 4
    assert verification.holder_name(after) == PRESENT
    assert (new.sequence, new.holder) == (2, PRESENT)
    assert verification.shared_award(award.public_id, at=timezone.now()).state == "valid"
    assert (
        Notice.objects.filter(user=award.learner.user, kind="badge-anew")
        .get()
        .text.startswith("Your badge was signed anew under your present name.")
    )


def test_the_former_file_is_told_to_be_replaced_by_its_status_bit(renamed, make_user):
    award, old = renamed
    rename(award, make_user)
    services.sign_pending(limit=10, at=timezone.now(), full=True)

    entries = {entry.document_id: entry for entry in StatusEntry.objects.select_related("list")}
    bits = {key: ob.is_set(bytes(entry.list.bits), entry.index) for key, entry in entries.items()}
    new = SignedDocument.objects.current("credential").get(award=award)
    verdict = verification.check_file(bytes(old.bytes), at=timezone.now())

    assert bits == {old.pk: True, new.pk: False}
    assert verdict.state == "superseded"
    said = [check for check in verdict.checks if check.name != "holder"]
    assert [check.code for check in said][-2:] == ["superseded", "reissued"]
    assert said[-1].sentence.endswith(f"/v/{award.public_id}")


def test_certificate_and_transcript_follow_the_name(renamed, make_user):
    award, _old = renamed
    rename(award, make_user)
    assert services.render_pending(limit=10, at=timezone.now()) == 0  # not before the badge is there
    services.sign_pending(limit=10, at=timezone.now(), full=True)

    assert services.render_pending(limit=10, at=timezone.now()) == 2
    assert services.render_pending(limit=10, at=timezone.now()) == 0

    current = SignedDocument.objects.filter(superseded_at__isnull=True)
    assert set(current.values_list("holder", flat=True)) == {PRESENT}
    assert sorted(current.values_list("kind", flat=True)) == ["certificate", "clr", "credential", "transcript"]
    transcript = current.get(kind="transcript")
    attachments = sign.check(bytes(transcript.bytes), roots=[], at=timezone.now()).attachments
    assert not any(FORMER.encode() in content for content in attachments.values())


def test_a_certificate_that_was_being_drawn_meanwhile_is_not_kept(renamed, make_user, monkeypatch):
    award, _old = renamed
    from issuance.pdf import render

    award.documents.filter(kind="certificate").update(superseded_at=timezone.now())
    document = SignedDocument.objects.current("credential").get(award=award)
    draw = render.render

    def meanwhile(*args, **kwargs):
        rename(award, make_user)
        services.sign_pending(limit=10, at=timezone.now(), full=True)
        return draw(*args, **kwargs)

    monkeypatch.setattr(render, "render", meanwhile)

    assert not services.make_certificate(document, timezone.now())
    assert not SignedDocument.objects.current("certificate").filter(award=award).exists()
