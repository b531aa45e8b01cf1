"""The transcripts of a class in one file: who may, what is written down, what a killed worker leaves, and that it goes."""

import hashlib
import io
import json
import zipfile
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from config import records
from config.errors import Conflict, Invalid, NotAllowed
from issuance import openbadges as ob
from issuance import services, tasks
from issuance.models import ClassExport, ClassExportEvent, Disclosure, SignedDocument, Transcript
from issuance.services import classes


@pytest.fixture(autouse=True)
def storage(media):
    """A folder of this test alone."""


@pytest.fixture
def registrar(make_user):
    return make_user("registrar")


@pytest.fixture
def graduates(make_signed, make_learner):
    """Three of a class: two with a badge, one without."""
    learners = [make_learner(name=name) for name in ("Ada Birch", "=Brook Cedar", "Cleo Dale")]
    for learner in learners[:2]:
        make_signed(learner=learner)
    return learners


@pytest.fixture
def ask(registrar, cohort):
    def act(**fields):
        terms = {"actor": registrar, "cohort": cohort, "recipient": "Alumni Office", "reason": "For the archive."}
        return services.request_class_export(**terms | fields, at=timezone.now())

    return act


def work():
    steps = 0
    while services.work_on_class_exports(at=timezone.now()):
        steps += 1
    return steps


def opened(export):
    export.refresh_from_db()
    return zipfile.ZipFile(io.BytesIO(stored(export)))


def stored(export):
    with default_storage.open(export.path) as file:
        return file.read()


def closed(answer):
    """Close the file of an answer; the connection to the database stays."""
    for closer in answer._resource_closers:
        closer()


def kinds(export):
    return list(export.events.order_by("pk").values_list("kind", flat=True))


def test_the_file_holds_a_transcript_of_everybody_and_a_manifest_with_digests(graduates, ask):
    export = ask()

    assert work() == 4  # three learners, and the file

    bundle = opened(export)
    manifest = json.loads(bundle.read("manifest.json"))
    assert [row["learner"] for row in manifest["learners"]] == ["=Brook Cedar", "Ada Birch", "Cleo Dale"]
    assert [bool(row["file"]) for row in manifest["learners"]] == [True, True, False]
    for row in manifest["learners"][:2]:
        content = bundle.read(row["file"])
        document = SignedDocument.objects.get(transcript__public_id=row["transcript"], kind="transcript")
        assert content == bytes(document.bytes)
        assert row["sha256"] == hashlib.sha256(content).hexdigest()
    sums = dict(reversed(line.split("  ")) for line in bundle.read("SHA256SUMS").decode().splitlines())
    assert set(sums) | {"SHA256SUMS"} == set(bundle.namelist())
    assert all(hashlib.sha256(bundle.read(name)).hexdigest() == digest for name, digest in sums.items())
    assert "'=Brook Cedar" in bundle.read("manifest.csv").decode()
    whole = stored(export)
    assert (export.sha256, export.size_bytes) == (hashlib.sha256(whole).hexdigest(), len(whole))
    assert kinds(export) == ["requested", "made"]


def test_a_worker_that_dies_leaves_what_is_done_and_no_half_file(graduates, ask, monkeypatch):
    export = ask()
    assert services.work_on_class_exports(at=timezone.now())
    first = Transcript.objects.get()
    write = classes._write

    def dies(*args):
        write(*args)
        raise KeyboardInterrupt

    monkeypatch.setattr(classes, "_write", dies)
    with pytest.raises(KeyboardInterrupt):
        work()
    export.refresh_from_db()
    assert (export.made_at, export.path) == (None, "")
    default_storage.save(f"class-exports/{export.public_id}.zip", io.BytesIO(b"half"))
    documents = set(SignedDocument.objects.values_list("pk", flat=True))
    monkeypatch.setattr(classes, "_write", write)

    assert work() == 1

    assert set(SignedDocument.objects.values_list("pk", flat=True)) == documents
    assert opened(export).testzip() is None
    assert Transcript.objects.filter(learner=first.learner).count() == 1
    assert default_storage.listdir("class-exports")[1] == [f"{export.public_id}.zip"]


def test_one_that_cannot_be_written_down_holds_up_no_other_and_is_named(client, graduates, ask, registrar, monkeypatch):
    export = ask()
    make = classes.make_transcript

    def fails_for_one(transcript, at):
        if transcript.learner == graduates[0]:
            raise ob.ModelError("name", "It cannot be written down.")
        return make(transcript, at)

    monkeypatch.setattr(classes, "make_transcript", fails_for_one)
    client.force_login(registrar)

    assert work() == 2

    page = client.get(f"/registrar/classes/{export.public_id}/").content.decode()
    assert "2 of 3 learners" in page and "Ada Birch" in page and "Brook Cedar" not in page
    monkeypatch.setattr(classes, "make_transcript", make)
    assert work() == 2
    assert kinds(export) == ["requested", "made"]


def test_a_second_request_answers_the_one_that_is_being_made(graduates, ask):
    assert ask() == ask(reason="Once more.")
    assert ClassExportEvent.objects.count() == 1


@pytest.mark.parametrize("missing", ["recipient", "reason"])
def test_it_says_for_whom_and_what_for(graduates, ask, missing):
    with pytest.raises(Invalid):
        ask(**{missing: "  "})
    assert not ClassExport.objects.exists()


def test_a_class_without_learners_has_nothing_to_take_out(ask):
    with pytest.raises(Conflict, match="Nobody is in this class"):
        ask()


@pytest.mark.parametrize("role", ["administrator", "lead", "auditor", "assessor"])
def test_nobody_but_a_registrar_takes_out_a_class(graduates, ask, make_user, role):
    export = ask()
    work()
    other = make_user(role)

    for act in (
        lambda: ask(actor=other),
        lambda: services.download_class_export(actor=other, export=export, at=timezone.now()),
        lambda: services.call_off_class_export(actor=other, export=export, at=timezone.now()),
    ):
        with pytest.raises(NotAllowed):
            act()
    assert kinds(export) == ["requested", "made"]


def test_each_taking_is_written_down_and_stands_in_the_learners_file(client, graduates, ask, registrar):
    export = ask()
    work()
    client.force_login(registrar)
    address = f"/registrar/classes/{export.public_id}/file/"

    assert client.get(address).status_code == 405
    answer = client.post(address)
    taken = b"".join(answer.streaming_content)
    closed(answer)
    closed(client.post(address))

    export.refresh_from_db()
    assert hashlib.sha256(taken).hexdigest() == export.sha256
    assert kinds(export) == ["requested", "made", "downloaded", "downloaded"]
    told = Disclosure.objects.values_list("award__learner", "recipient", "interest")
    assert sorted(told) == sorted((each.pk, "Alumni Office", "For the archive.") for each in graduates[:2])
    section = next(each for each in records.sections() if each.key == "exports")
    assert [len(section.read(each)) for each in graduates] == [2, 2, 0]


def test_the_file_goes_after_a_week_and_the_row_says_so(client, graduates, ask, registrar):
    export = ask()
    work()
    export.refresh_from_db()
    client.force_login(registrar)

    assert services.forget_class_exports(at=export.keep_until - timedelta(seconds=1)) == 0
    assert services.forget_class_exports(at=export.keep_until) == 1
    assert services.forget_class_exports(at=export.keep_until) == 0

    assert kinds(export) == ["requested", "made", "deleted"]
    assert client.post(f"/registrar/classes/{export.public_id}/file/", follow=True).status_code == 200
    assert kinds(export) == ["requested", "made", "deleted"]
    assert b"There is no file any more" in client.get(f"/registrar/classes/{export.public_id}/").content


def test_the_file_leaves_the_disk(graduates, ask, django_capture_on_commit_callbacks):
    export = ask()
    work()
    export.refresh_from_db()

    with django_capture_on_commit_callbacks(execute=True):
        services.forget_class_exports(at=export.keep_until)

    assert not default_storage.exists(export.path)


def test_what_is_called_off_is_not_made(graduates, ask, registrar):
    export = ask()
    services.call_off_class_export(actor=registrar, export=export, at=timezone.now())

    assert work() == 0
    with pytest.raises(Conflict):
        services.call_off_class_export(actor=registrar, export=export, at=timezone.now())
    with pytest.raises(Conflict):
        services.download_class_export(actor=registrar, export=export, at=timezone.now())


def test_a_transcript_for_the_school_is_not_in_the_learners_queue(graduates, ask):
    ask()
    services.work_on_class_exports(at=timezone.now())

    assert services.render_pending(limit=10, at=timezone.now()) == 2  # the certificates
    assert Transcript.objects.count() == 1


def test_the_task_does_all_of_it(graduates, ask):
    export = ask()

    assert tasks.make_class_exports() == 4
    export.refresh_from_db()
    assert export.made_at is not None


def test_the_pages_say_how_far_it_is(client, graduates, ask, registrar, django_assert_max_num_queries):
    client.force_login(registrar)
    empty = client.get("/registrar/classes/").content.decode()
    export = ask()
    services.work_on_class_exports(at=timezone.now())

    with django_assert_max_num_queries(19):
        making = client.get(f"/registrar/classes/{export.public_id}/").content.decode()
    part = client.get(f"/registrar/classes/{export.public_id}/", headers={"HX-Request": "true"}).content.decode()
    work()
    with django_assert_max_num_queries(19):
        made = client.get(f"/registrar/classes/{export.public_id}/").content.decode()
    with django_assert_max_num_queries(19):
        listed = client.get("/registrar/classes/").content.decode()

    assert "Nobody has taken out a class yet" in empty
    assert "1 of 3 learners" in making and "1 of 3 learners" in part and "<html" not in part
    assert "2 transcripts" in made and "1 learner has no award to list" in made
    assert "Alumni Office" in listed and "Ready" in listed


def test_the_form_asks_and_refuses(client, graduates, registrar, cohort):
    client.force_login(registrar)

    refused = client.post("/registrar/classes/", {"cohort": cohort.pk, "recipient": "", "reason": ""})
    stranger = client.post("/registrar/classes/", {"cohort": 10**6, "recipient": "x", "reason": "x"})
    asked = client.post("/registrar/classes/", {"cohort": cohort.pk, "recipient": "Alumni Office", "reason": "x"})

    assert (refused.status_code, stranger.status_code, asked.status_code) == (422, 422, 302)
    assert ClassExport.objects.count() == 1
