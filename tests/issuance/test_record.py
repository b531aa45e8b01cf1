"""The learner's own file: archive, releases, the directory, and what stays after the school's account has ended."""

import io
import json
import time
import uuid
import zipfile
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import records
from config.errors import Conflict, Invalid, NotAllowed
from config.settings import base
from issuance import core, directory, services
from issuance import openbadges as ob
from issuance.models import Archive, DirectoryDecision, RecordRelease, SignedDocument
from learners import services as learners_services
from learners.models import AccessEntry
from tests import telling
from tests.moments import NOON


# The archive ---------------------------------------------------------------------------------------------------------
class FromArchive:
    """The core's resolver with nothing but the files of an archive: no database, no network."""

    def __init__(self, bundle):
        self.dids = {
            json.loads(bundle.read(name))["id"]: bundle.read(name)
            for name in bundle.namelist()
            if name.startswith("issuers/")
        }
        lists = [bundle.read(name) for name in bundle.namelist() if name.startswith("status/")]
        self.lists = {json.loads(content)["id"]: content for content in lists}

    def did(self, document_id):
        return self.dids[document_id]

    def status_list(self, url):
        return self.lists[url]

    def document(self, url):
        raise AssertionError(f"{url} was asked for")


def archive_of(learner):
    archive = services.request_archive(actor=learner.user, learner=learner, at=timezone.now())
    assert services.make_archives(limit=5, at=timezone.now()) == 1
    archive.refresh_from_db()
    return archive


def test_an_archive_holds_everything_and_verifies_without_the_site(
    make_signed, make_certificate, learner, media, sign_in, django_assert_num_queries, revoke
):
    """DOMAIN B17."""
    good, bad = make_signed(learner=learner), make_signed(learner=learner)
    make_certificate(good.award)
    revoke(bad.award)
    transcript = services.request_transcript(actor=learner.user, learner=learner, at=timezone.now())
    services.make_transcript(transcript, timezone.now())

    archive = archive_of(learner)
    answer = sign_in(learner.user).get(reverse("issuance:archive-file", args=[archive.public_id]))
    content = b"".join(answer.streaming_content)
    for closer in answer._resource_closers:  # the file is closed, the connection stays
        closer()

    assert (len(content), archive.parts_done) == (archive.size_bytes, archive.parts_total)
    bundle = zipfile.ZipFile(io.BytesIO(content))
    assert bundle.testzip() is None
    folders = {name.split("/")[0] for name in bundle.namelist()}
    assert folders == {
        "README.txt", "credentials", "certificates", "transcripts", "issuers", "status", "record.json",
    }  # fmt: skip
    stored = {bytes(document.bytes) for document in SignedDocument.objects.filter(award__learner=learner)}
    kept = {bundle.read(name) for name in bundle.namelist() if name.startswith(("credentials/", "certificates/"))}
    assert kept == stored
    resolver, states = FromArchive(bundle), []
    with django_assert_num_queries(0):
        for name in bundle.namelist():
            if name.startswith("credentials/"):
                report = ob.verify(bundle.read(name), resolver=resolver, contexts=core.contexts(), now=timezone.now())
                states.append(report.state)
    assert sorted(states) == ["revoked", "valid"]
    held = json.loads(bundle.read("record.json"))
    assert {each["title"] for each in held["sections"]["awards"]} == {
        good.award.credential_version.title,
        bad.award.credential_version.title,
    }
    assert "eddsa-rdfc-2022" in bundle.read("README.txt").decode()


def test_one_archive_at_a_time_and_only_for_oneself(make_signed, learner, make_learner, sign_in, media):
    make_signed(learner=learner)
    with pytest.raises(NotAllowed):
        services.request_archive(actor=make_learner(name="A").user, learner=learner, at=timezone.now())
    client = sign_in(learner.user)
    for _ in range(2):
        client.post(reverse("issuance:archive-request"))
    archive = Archive.objects.get()
    url = reverse("issuance:archive-file", args=[archive.public_id])
    assert b"Being made" in client.get(reverse("learners:record")).content
    assert client.get(url).status_code == 302
    assert services.make_archives(limit=5, at=timezone.now()) == 1
    assert services.make_archives(limit=5, at=timezone.now()) == 0
    assert not services.make_archive(archive, timezone.now())
    assert url in client.get(reverse("learners:record")).content.decode()
    assert sign_in(make_learner(name="Kim Alder").user).get(url).status_code == 404


def test_a_file_is_once_in_an_archive_though_two_attempts_name_it(learner, make_submission, make_upload, media):
    first = make_submission(learner=learner)
    learners_services.add_file(
        actor=learner.user, submission=first, requirement=None, title="", upload=make_upload("case.pdf"), at=NOON
    )
    first.status, first.submitted_at = "returned", NOON
    first.save(update_fields=["status", "submitted_at"])
    second = make_submission(enrollment=first.enrollment, attempt=2)
    item = first.evidence_items.get(file__isnull=False)
    item.pk, item.public_id, item.submission = None, uuid.uuid4(), second
    item.save(force_insert=True)

    archive = archive_of(learner)

    with default_storage.open(archive.path) as file:
        names = zipfile.ZipFile(file).namelist()
    assert len(names) == len(set(names))
    assert [name for name in names if name.startswith("evidence/")] == [f"evidence/{item.file.public_id}-case.pdf"]


def test_an_archive_goes_after_a_week(make_signed, learner, media):
    make_signed(learner=learner)
    archive = archive_of(learner)

    assert services.forget_archives(at=archive.keep_until - timedelta(seconds=1)) == 0
    assert services.forget_archives(at=archive.keep_until) == 1
    assert not default_storage.exists(archive.path)
    assert Archive.objects.count() == 0


# Releases ------------------------------------------------------------------------------------------------------------
def release(registrar, learner, **fields):
    return services.record_release(
        **{
            "actor": registrar,
            "learner": learner,
            "recipient": "State medical accreditor",
            "basis": "accreditor",
            "interest": "Visit of the accrediting body",
            "records": "Awards and decisions of 2026",
            "released_on": date(2026, 9, 1),
            "at": timezone.now(),
        }
        | fields
    )


def test_a_release_stands_in_the_learners_own_file_unless_the_law_forbids_it(registrar, learner, sign_in):
    release(registrar, learner)
    release(registrar, learner, recipient="Sealed court", basis="court", is_barred=True, bar="Order 12")
    past = date(2026, 9, 2)
    release(
        registrar, learner, recipient="Other court", basis="court", is_barred=True, bar="Order 9", barred_until=past
    )

    page = sign_in(learner.user).get(reverse("learners:record-part", args=["sharing"])).content.decode()

    assert "State medical accreditor" in page and "Visit of the accrediting body" in page
    assert "Other court" in page
    assert "Sealed court" not in page and "Order" not in page
    exported = json.dumps(
        next(each for each in records.sections() if each.key == "releases").read(learner), default=str
    )
    assert "Sealed court" not in exported


@pytest.mark.parametrize(
    "wrong",
    [
        {"recipient": " "},
        {"interest": ""},
        {"records": ""},
        {"basis": "x"},
        {"is_barred": True},
        {"released_on": date(2090, 1, 1)},
    ],
)
def test_a_release_without_a_part_is_refused(registrar, learner, wrong):
    with pytest.raises(Invalid):
        release(registrar, learner, **wrong)
    assert RecordRelease.objects.count() == 0


def test_only_the_registrar_records_a_release_and_nobody_changes_it(registrar, lead, learner, sign_in):
    with pytest.raises(NotAllowed):
        release(lead, learner)
    url = reverse("issuance:release-record", args=[learner.public_id])
    client = sign_in(registrar)
    assert client.get(url).status_code == 200
    values = {"recipient": "A", "basis": "audit", "interest": "B", "records": "C", "released_on": "2026-09-01"}
    assert client.post(url, values | {"recipient": ""}).status_code == 422
    assert client.post(url, values).status_code == 302
    made = RecordRelease.objects.get()
    assert made.recorded_by == registrar
    with pytest.raises(DatabaseError), transaction.atomic():
        RecordRelease.objects.update(recipient="B")
    with pytest.raises(IntegrityError), transaction.atomic():
        RecordRelease.objects.create(
            learner=learner, recorded_by=registrar, recorded_at=NOON, released_on=date(2026, 9, 1), basis="audit"
        )


# The directory -------------------------------------------------------------------------------------------------------
def turn(registrar, organization, *, on=True):
    return services.set_directory(
        actor=registrar, organization=organization, is_on=on, notice="Handbook, August 2026.", at=timezone.now()
    )


def test_the_directory_is_off_until_it_is_turned_on_and_says_title_and_date_only(
    client, registrar, organization, make_signed, learner
):
    award = make_signed(learner=learner).award
    entry, listing = f"/d/{award.public_id}", f"/d/{organization.slug}/"
    unknown = client.get("/d/00000000-0000-4000-8000-000000000000")
    assert [client.get(url).content for url in (entry, listing)] == [unknown.content] * 2

    turn(registrar, organization)

    page = client.get(entry)
    text = page.content.decode()
    assert page.status_code == 200 and not page.cookies
    assert award.credential_version.title in text and learner.display_name in text and "Sep 1, 2026" in text
    for word in ("Meets the standard", award.credential_version.summary, f"/v/{award.public_id}", "hours", "Level"):
        assert word not in text
    assert page["X-Robots-Tag"].startswith("noindex")
    assert entry in client.get(listing, {"q": "robin"}).content.decode()
    assert b"at least three letters" in client.get(listing, {"q": "ro"}).content
    assert b"names nobody" in client.get(listing, {"q": "nobody here"}).content
    assert client.get(f"/v/{award.public_id}").status_code == 404

    turn(registrar, organization, on=False)
    assert client.get(entry).content == unknown.content


def test_who_opted_out_is_not_there_also_after_leaving(client, registrar, organization, make_signed, learner, sign_in):
    award = make_signed(learner=learner).award
    turn(registrar, organization)
    owner = sign_in(learner.user)
    owner.post(reverse("learners:directory-opt-out"), {"is_opted_out": "yes"})
    for status in ("active", "graduated", "left"):
        type(learner).objects.filter(pk=learner.pk).update(status=status)
        answer = Client().get(f"/d/{award.public_id}")
        assert answer.status_code == 404
        assert answer.content == Client().get("/d/00000000-0000-4000-8000-000000000000").content
        assert directory.search(organization, "Robin") == []
    assert learner.events.filter(kind="directory").count() == 1
    assert not learners_services.set_directory_opt_out(
        actor=registrar, learner=learner, is_opted_out=True, at=timezone.now()
    )


def test_what_is_revoked_or_unsigned_is_not_in_the_directory(registrar, organization, make_signed, make_award, revoke):
    turn(registrar, organization)
    revoked, unsigned = make_signed().award, make_award(sign_after=timezone.now() + timedelta(hours=1))
    assert directory.entry(revoked.public_id) is not None
    revoke(revoked)

    assert directory.entry(revoked.public_id) is None and directory.entry(unsigned.public_id) is None


def test_the_switch_is_the_registrars_and_each_decision_stays(registrar, lead, organization, sign_in):
    with pytest.raises(NotAllowed):
        turn(lead, organization)
    with pytest.raises(Conflict):
        turn(registrar, organization, on=False)
    url = reverse("issuance:directory-switch", args=[organization.slug])
    assert sign_in(lead).get(url).status_code == 404
    client = sign_in(registrar)
    assert b"Off: nothing is published" in client.get(url).content
    assert client.post(url, {"turn": "on", "notice": ""}).status_code == 422
    assert client.post(url, {"turn": "on", "notice": "Handbook, page 9."}).status_code == 302
    assert b"On: the directory is public" in client.get(url).content
    decision = DirectoryDecision.objects.get()
    assert (decision.actor, decision.notice) == (registrar, "Handbook, page 9.")
    with pytest.raises(DatabaseError), transaction.atomic():
        DirectoryDecision.objects.all().delete()


# After the school's account ------------------------------------------------------------------------------------------
def test_the_personal_address_signs_in_after_the_schools_has_ended(make_shared, learner, registrar, client, sign_in):
    """DOMAIN B17."""
    award = make_shared(learner=learner).award
    user, school = learner.user, learner.user.email
    user.set_password("seven quiet herons")
    user.save()
    EmailAddress.objects.create(user=user, email=school, verified=True, primary=True)
    url = reverse("learners:school-account-end", args=[learner.public_id])
    AccessEntry.objects.create(actor=registrar, learner=learner, reason="records", at=timezone.now())
    refused = sign_in(registrar).post(url, follow=True)
    assert b"no confirmed personal address" in refused.content
    EmailAddress.objects.create(user=user, email="robin@home.example", verified=True)

    sign_in(registrar).post(url)

    stranger = Client()
    login = reverse("account_login")
    assert stranger.post(login, {"login": school, "password": "seven quiet herons"}).status_code == 200
    answer = stranger.post(login, {"login": "robin@home.example", "password": "seven quiet herons"})
    assert answer.status_code == 302
    assert award.credential_version.title in stranger.get(reverse("learners:award-list")).content.decode()
    assert award.credential_version.title in stranger.get(reverse("issuance:share-center")).content.decode()
    assert Client().get(f"/v/{award.public_id}").status_code == 200
    assert learner.events.filter(kind="sign-in").count() == 1


def test_an_unconfirmed_address_takes_nothing_over(learner, registrar, lead):
    EmailAddress.objects.create(user=learner.user, email="robin@home.example", verified=False)

    with pytest.raises(Conflict):
        learners_services.end_school_account(actor=registrar, learner=learner, at=timezone.now())
    with pytest.raises(NotAllowed):
        learners_services.end_school_account(actor=lead, learner=learner, at=timezone.now())
    learner.user.refresh_from_db()
    assert learner.user.email != "robin@home.example"


# The one 404 ---------------------------------------------------------------------------------------------------------
@pytest.fixture
def closed_addresses(make_signed, learner, registrar, organization, give):
    """For each kind of public address: one that showed something once, and one that never did."""
    at = timezone.now()
    awards = [make_signed(learner=learner).award for _ in range(2)]
    given = {
        "actor": learner.user,
        "awards": awards,
        "title": "Mine",
        "purpose": "residency",
        "recipients": "named",
        "recipients_text": "Northfield",
        "sign_in_method": "password",
        "at": at,
    }
    link = services.share_together(**given)
    packet = services.make_packet(**given | {"season": services.open_seasons(at.date())[0].year, "as_of": at})
    profile = services.open_profile(**given)
    badge = give(awards[0])
    code = services.code_of(link, at=at)
    turn(registrar, organization)
    learners_services.set_directory_opt_out(actor=learner.user, learner=learner, is_opted_out=True, at=at)
    opened = [f"/v/{awards[0].public_id}", *(each.get_absolute_url() for each in (link, packet, profile))]
    assert {Client().get(url).status_code for url in opened} == {200}
    for consent in (link.consent, packet.consent, profile.consent, badge):
        services.withdraw_consent(actor=learner.user, consent=consent, at=timezone.now())
    unknown = "A" * 32
    return {
        "badge": (f"/v/{awards[0].public_id}", "/v/00000000-0000-4000-8000-000000000000"),
        "link": (f"/s/{link.token}", f"/s/{unknown}"),
        "sheet": (f"/s/{link.token}/summary", f"/s/{unknown}/summary"),
        "packet": (f"/s/{packet.token}", f"/s/{unknown}"),
        "profile": (f"/p/{profile.token}", f"/p/{unknown}"),
        "code": (f"/c/{code}", "/c/2222-2222-2222"),
        "directory": (f"/d/{awards[1].public_id}", "/d/00000000-0000-4000-8000-000000000000"),
    }


def test_a_closed_address_is_the_one_404_of_every_public_address(closed_addresses):
    answers = [Client().get(url) for pair in closed_addresses.values() for url in pair]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert not any(answer.cookies for answer in answers)
    headers = [
        {name: value for name, value in answer.items() if name not in {"X-Request-ID", "Vary"}} for answer in answers
    ]
    assert all(each == headers[0] for each in headers)
    for closed, unknown in closed_addresses.values():  # the page of a badge also varies with what is asked for
        assert Client().get(closed).get("Vary") == Client().get(unknown).get("Vary")


@pytest.mark.long
@pytest.mark.parametrize("kind", ["badge", "link", "sheet", "packet", "profile", "code", "directory"])
def test_nobody_tells_a_closed_address_from_an_unknown_one_by_time(closed_addresses, kind, settings, record_property):
    """Medians within 5 %, and a guess from the time alone is right about half of the time."""
    settings.RATE_LIMITS = dict.fromkeys(settings.RATE_LIMITS, 1_000_000)
    settings.MISSING_ANSWER_MS = base.MISSING_ANSWER_MS
    client = Client()

    def ask(which):
        started = time.perf_counter()
        answer = client.get(closed_addresses[kind][which])
        spent = time.perf_counter() - started
        assert answer.status_code == 404
        return spent

    telling.measured(ask, rounds=1, pairs=50)  # the first ones fill caches

    found = telling.measured(ask, rounds=6, pairs=250)

    record_property("ratio_of_medians_and_chance", str(found))
    print(f"{kind}: ratio of medians, chance of telling apart: {found}")
    assert telling.is_quiet(found[-1]), found
