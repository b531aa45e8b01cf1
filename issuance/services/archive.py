"""A learner's archive: every credential, document and record of theirs in one ZIP, which verifies without this site.

Made by a worker, a part at a time, so that the page can say how far it is. The file is kept for a week.
"""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.text import slugify

from config import handoff, records
from config.permissions import Can, require
from credentials.models import Organization
from issuance import core, verification
from issuance.models import Archive, DocumentKind, SignedDocument, StatusEntry, StatusList
from issuance.services.documents import alone
from learners.models import EvidenceItem, Learner, RecognizedCredential, StoredFile, User
from learners.models.evidence import ScanState

KEPT_FOR = timedelta(days=7)
LOCK_ARCHIVE = 7303
PIECE = 1024 * 1024
SUFFIX = {
    DocumentKind.CREDENTIAL: "json",
    DocumentKind.CERTIFICATE: "pdf",
    DocumentKind.TRANSCRIPT: "pdf",
    DocumentKind.CLR: "json",
}
FOLDER = {
    DocumentKind.CREDENTIAL: "credentials",
    DocumentKind.CERTIFICATE: "certificates",
    DocumentKind.TRANSCRIPT: "transcripts",
    DocumentKind.CLR: "transcripts",
}


def request_archive(*, actor: User, learner: Learner, at: datetime) -> Archive:
    """Ask for an archive of everything as it is when the worker makes it. One that waits is answered instead. Raises NotAllowed."""
    require(actor, Can.RECORD_OWN, learner)
    with transaction.atomic():
        waiting = Archive.objects.filter(learner=learner, made_at__isnull=True).first()
        if waiting is None:
            try:
                with transaction.atomic():
                    waiting = Archive.objects.create(learner=learner, requested_at=at)
            except IntegrityError:  # another window was first
                waiting = Archive.objects.get(learner=learner, made_at__isnull=True)
        handoff.after_commit("issuance.make_archives")
    return waiting


def make_archives(*, limit: int, at: datetime) -> int:
    """Make up to `limit` archives that wait, oldest first; answer how many. Two workers never make the same one."""
    made = 0
    for archive in Archive.objects.filter(made_at__isnull=True).select_related("learner__user")[:limit]:
        with alone(LOCK_ARCHIVE, archive.pk) as is_ours:
            made += is_ours and make_archive(archive, at)
    return made


def forget_archives(*, at: datetime) -> int:
    """Delete the files and rows whose week is over; answer how many."""
    over = list(Archive.objects.filter(keep_until__lte=at))
    for archive in over:
        with suppress(FileNotFoundError):
            default_storage.delete(archive.path)
        archive.delete()
    return len(over)


def make_archive(archive: Archive, at: datetime) -> bool:
    """Write the file of one archive; False when somebody else was first."""
    archive = Archive.objects.select_related("learner__user", "learner__organization", "learner__cohort").get(
        pk=archive.pk
    )
    if archive.made_at is not None:
        return False
    parts = list(_parts(archive.learner, at))
    Archive.objects.filter(pk=archive.pk).update(parts_done=0, parts_total=len(parts))
    with tempfile.TemporaryFile() as file:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
            for number, (name, write) in enumerate(parts, 1):
                write(bundle, name)
                Archive.objects.filter(pk=archive.pk).update(parts_done=number)
        digest, size = _digest(file)
        path = default_storage.save(f"archives/{archive.public_id}.zip", File(file))
    kept = Archive.objects.filter(pk=archive.pk, made_at__isnull=True).update(
        made_at=at, keep_until=at + KEPT_FOR, path=path, sha256=digest, size_bytes=size
    )
    if not kept:
        default_storage.delete(path)
    return bool(kept)


def _digest(file: Any) -> tuple[str, int]:
    file.seek(0)
    digest = hashlib.file_digest(file, "sha256").hexdigest()
    size = file.tell()
    file.seek(0)
    return digest, size


# The parts -----------------------------------------------------------------------------------------------------------
Write = Callable[[zipfile.ZipFile, str], None]


def _parts(learner: Learner, at: datetime) -> Iterator[tuple[str, Write]]:
    """What goes in, in order: name and how it is written. Nothing large is held in memory."""
    yield "README.txt", _text(lambda: render_to_string("issuance/archive_readme.txt", {"learner": learner, "at": at}))
    documents = list(
        SignedDocument.objects.filter(award__learner=learner).select_related("award__credential_version")
        | SignedDocument.objects.filter(transcript__learner=learner).select_related("award__credential_version")
    )
    documents.sort(key=lambda each: each.pk)
    for document in documents:
        yield _name_of(document), _stored(document.pk)
    handed_in = EvidenceItem.objects.filter(submission__enrollment__learner=learner, file__isnull=False)
    brought = RecognizedCredential.objects.filter(learner=learner, file__isnull=False)
    # A file is once in it, though every attempt that was submitted with it names it.
    files = StoredFile.objects.filter(Q(pk__in=handed_in.values("file")) | Q(pk__in=brought.values("file")))
    kept = files.filter(quarantined_at__isnull=True, tombstoned_at__isnull=True).exclude(scan_state=ScanState.WAITING)
    for file in kept.exclude(path="").order_by("pk"):
        yield f"evidence/{file.public_id}-{_safe(file.original_name)}", _file(file)
    issued = SignedDocument.objects.filter(award__learner=learner)
    organizations = Organization.objects.filter(pk__in=learner.awards.values("credential__organization"))
    for organization in organizations.order_by("pk"):
        yield f"issuers/{_safe(core.did_of(organization))}.json", _did(organization)
    lists = StatusList.objects.filter(pk__in=StatusEntry.objects.filter(document__in=issued).values("list"))
    for found in lists.order_by("pk"):
        yield f"status/{found.public_id}.json", _list(found.pk)
    yield "record.json", _record(learner, at)


def _name_of(document: SignedDocument) -> str:
    kind = DocumentKind(document.kind)
    if document.award is not None:
        name = f"{slugify(document.award.credential_version.title)[:60]}-{str(document.award.public_id)[:8]}"
    else:
        name = f"transcript-{document.transcript_id}"
    replaced = f"-replaced-{document.sequence}" if document.superseded_at else ""
    return f"{FOLDER[kind]}/{name}{replaced}.{SUFFIX[kind]}"


def _safe(name: str) -> str:
    """A name that no system takes for a path or a device."""
    kept = "".join(letter if letter.isalnum() or letter in "-._" else "-" for letter in name).lstrip(".")
    return kept[-100:] or "file"


def _text(text: Callable[[], str]) -> Write:
    return lambda bundle, name: bundle.writestr(name, text())


def _stored(key: int) -> Write:
    def write(bundle: zipfile.ZipFile, name: str) -> None:
        bundle.writestr(name, bytes(SignedDocument.objects.values_list("bytes", flat=True).get(pk=key)))

    return write


def _did(organization: Organization) -> Write:
    return lambda bundle, name: bundle.writestr(name, orjson.dumps(verification.did_document(organization)))


def _list(key: int) -> Write:
    def write(bundle: zipfile.ZipFile, name: str) -> None:
        bundle.writestr(name, bytes(StatusList.objects.values_list("signed_bytes", flat=True).get(pk=key)))

    return write


def _file(stored: StoredFile) -> Write:
    """A file of the learner's, in pieces; one that the storage does not have any more is named so."""

    def write(bundle: zipfile.ZipFile, name: str) -> None:
        try:
            source = default_storage.open(stored.path)
        except FileNotFoundError:
            bundle.writestr(f"{name}.missing.txt", "The file is not in the registry any more.\n")
            return
        with source, bundle.open(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), "w", force_zip64=True) as target:
            while piece := source.read(PIECE):
                target.write(piece)

    return write


def _record(learner: Learner, at: datetime) -> Write:
    def write(bundle: zipfile.ZipFile, name: str) -> None:
        held = {
            "made_at": at.isoformat(),
            "registry": core.url("/"),
            "sections": {each.key: each.read(learner) for each in records.sections()},
        }
        bundle.writestr(name, json.dumps(held, default=_plain, indent=2, ensure_ascii=False))

    return write


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
