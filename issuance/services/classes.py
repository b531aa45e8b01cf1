"""The transcripts of a class in one ZIP, made by a worker, one learner after the other.

The rows are the work: a transcript that is made is kept, so a worker that takes over after a killed one begins where that
one was. The ZIP is written to a file that nobody sees, and stands in the row only when it is whole.
"""

import csv
import hashlib
import io
import json
import logging
import tempfile
import zipfile
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from issuance import openbadges as ob
from issuance.models import (
    ClassExport,
    ClassExportChange,
    ClassExportEntry,
    ClassExportEvent,
    Disclosure,
    DocumentKind,
    SignedDocument,
    Transcript,
)
from issuance.services.documents import LISTED, LOCK_TRANSCRIPT, alone, make_transcript
from learners.models import Award, Cohort, Learner, User

logger = logging.getLogger("signet.exports")

KEPT_FOR = timedelta(days=7)
LOCK_EXPORT = 7304
README = """\
Transcripts of {cohort}, {school}

transcripts/     one signed PDF for each learner with an award; its signed records are attached to it
manifest.json    what is here: each file with its SHA-256, each learner, also those without an award
manifest.csv     the same as a table
SHA256SUMS       for: sha256sum --check SHA256SUMS

This file is an education record. It was made for: {recipient}.
Pass nothing of it on without the consent of the learner (34 CFR 99.33).
"""


def request_class_export(*, actor: User, cohort: Cohort, recipient: str, reason: str, at: datetime) -> ClassExport:
    """Ask for the transcripts of all who are in a class now. One that is being made is answered instead of another.

    Raises NotAllowed, Invalid (for whom, or what for, is missing), Conflict (nobody is in the class).
    """
    require(actor, Can.CLASS_EXPORT, cohort)
    recipient, reason = " ".join(recipient.split()), reason.strip()
    if not recipient or not reason:
        raise Invalid(_("Say who gets the file, and what for."))
    learners = list(cohort.learners.order_by("pk"))
    if not learners:
        raise Conflict(_("Nobody is in this class."))
    try:
        with transaction.atomic():
            export = ClassExport.objects.create(
                cohort=cohort, requested_by=actor, requested_at=at, recipient=recipient, reason=reason
            )
            ClassExportEntry.objects.bulk_create(ClassExportEntry(export=export, learner=each) for each in learners)
            _record(export, ClassExportChange.REQUESTED, actor, at, note=reason)
            handoff.after_commit("issuance.make_class_exports")
    except IntegrityError:
        return ClassExport.objects.to_make().get(cohort=cohort)
    return export


@transaction.atomic
def call_off_class_export(*, actor: User, export: ClassExport, at: datetime) -> ClassExport:
    """Stop an export that is being made, or delete its file before its week is over. Raises NotAllowed, Conflict."""
    export = _locked(export)
    require(actor, Can.CLASS_EXPORT, export.cohort)
    if export.ended_at is not None:
        raise Conflict(_("This export is over already."))
    export.ended_at = at
    export.save(update_fields=["ended_at"])
    kind = ClassExportChange.DELETED if export.made_at else ClassExportChange.CALLED_OFF
    _record(export, kind, actor, at)
    if export.path:
        transaction.on_commit(lambda: _delete(export.path))
    return export


@transaction.atomic
def download_class_export(*, actor: User, export: ClassExport, at: datetime) -> ClassExport:
    """Write down that the file is taken, before it is: an event, and at the first time a disclosure of each award in it.

    Raises NotAllowed, Conflict (it is not made, or gone).
    """
    export = _locked(export)
    require(actor, Can.CLASS_EXPORT, export.cohort)
    if not ClassExport.objects.kept(at).filter(pk=export.pk).exists() or not default_storage.exists(export.path):
        raise Conflict(_("The file is not there. Ask for another export."))
    is_first = not export.events.filter(kind=ClassExportChange.DOWNLOADED).exists()
    _record(export, ClassExportChange.DOWNLOADED, actor, at)
    if is_first:
        listed = Award.objects.filter(
            learner__class_entries__export=export,
            learner__class_entries__transcript__isnull=False,
            status__in=LISTED,
            awarded_at__lte=export.made_at or at,
        )
        Disclosure.objects.bulk_create(
            (
                Disclosure(award_id=key, recipient=export.recipient, interest=export.reason, at=at)
                for key in listed.values_list("pk", flat=True)
            ),
            batch_size=1000,
        )
    return export


def forget_class_exports(*, at: datetime) -> int:
    """Delete the files whose week is over; the rows stay and say so. Answers how many."""
    over = list(ClassExport.objects.filter(ended_at__isnull=True, keep_until__lte=at).values_list("pk", flat=True))
    for key in over:
        with transaction.atomic():
            export = _locked(ClassExport(pk=key))
            if export.ended_at is None:
                ClassExport.objects.filter(pk=key).update(ended_at=at)
                _record(export, ClassExportChange.DELETED, None, at)
                transaction.on_commit(partial(_delete, export.path))
    return len(over)


def work_on_class_exports(*, at: datetime) -> bool:
    """Take one step of one export: a learner's transcript, or the file when all are there. False when nothing can be done."""
    for export in ClassExport.objects.to_make().select_related("cohort__organization").order_by("requested_at", "pk"):
        with alone(LOCK_EXPORT, export.pk) as is_ours:
            if is_ours and (_make_next(export, at) or make_class_export(export, at)):
                return True
    return False


def _make_next(export: ClassExport, at: datetime) -> bool:
    """Make the transcript of the next learner who has none.

    One whose badges are being issued anew waits for them; one that cannot be written down holds up no other, and is named on
    the page as the one that the file waits for.
    """
    waiting = export.entries.filter(done_at__isnull=True).select_related("learner", "transcript").order_by("pk")
    for entry in waiting.iterator(chunk_size=50):
        if not _listable(entry.learner):
            ClassExportEntry.objects.filter(pk=entry.pk).update(done_at=at)
            return True
        transcript = entry.transcript or _transcript_for(entry, at)
        with alone(LOCK_TRANSCRIPT, transcript.pk) as is_ours:
            if is_ours and _is_made(transcript, at):
                ClassExportEntry.objects.filter(pk=entry.pk).update(done_at=at)
                return True
    return False


def _is_made(transcript: Transcript, at: datetime) -> bool:
    """Whether a transcript is there, or could be made now."""
    if SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=transcript).exists():
        return True
    try:
        return make_transcript(transcript, at)
    except ob.OpenBadgeError as error:
        logger.error("transcript cannot be made", extra={"transcript": transcript.public_id, "cause": error.code})
        return False


def _listable(learner: Learner) -> bool:
    signed = SignedDocument.objects.current(DocumentKind.CREDENTIAL)
    return signed.filter(award__learner=learner, award__status__in=LISTED).exists()


@transaction.atomic
def _transcript_for(entry: ClassExportEntry, at: datetime) -> Transcript:
    transcript = Transcript.objects.create(learner=entry.learner, requested_at=at)
    ClassExportEntry.objects.filter(pk=entry.pk).update(transcript=transcript)
    return transcript


def make_class_export(export: ClassExport, at: datetime) -> bool:
    """Write the file, once every learner is done. Answers whether it was made; whoever was called off meanwhile leaves nothing."""
    if export.entries.filter(done_at__isnull=True).exists():
        return False
    with tempfile.TemporaryFile() as file:
        _write(export, file, at)
        size = file.tell()
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        path = f"class-exports/{export.public_id}.zip"
        _delete(path)  # what a killed worker may have left half written; nobody was ever given it
        path = default_storage.save(path, File(file))
    with transaction.atomic():
        kept = ClassExport.objects.to_make().filter(pk=export.pk)
        if kept.update(made_at=at, keep_until=at + KEPT_FOR, path=path, sha256=digest, size_bytes=size):
            _record(export, ClassExportChange.MADE, None, at)
            return True
    _delete(path)
    return False


def _write(export: ClassExport, file: Any, at: datetime) -> None:
    """The ZIP, one PDF in memory at a time."""
    entries = export.entries.select_related("learner", "transcript").order_by("learner__display_name", "pk")
    listed: list[dict[str, Any]] = []
    sums: list[tuple[str, str]] = []

    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:

        def add(name: str, content: bytes, *, packed: bool = True) -> str:
            information = zipfile.ZipInfo(name, at.timetuple()[:6])
            information.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            bundle.writestr(information, content)
            sums.append((hashlib.sha256(content).hexdigest(), name))
            return sums[-1][0]

        for entry in entries.iterator(chunk_size=100):
            row: dict[str, Any] = {
                "learner": entry.learner.display_name,
                "student_number": entry.learner.student_number,
                "file": "",
            }
            if entry.transcript is not None:
                document = (
                    SignedDocument.objects.current(DocumentKind.TRANSCRIPT).filter(transcript=entry.transcript).get()
                )
                name = f"transcripts/{entry.transcript.public_id}.pdf"
                content = bytes(document.bytes)
                row |= {
                    "file": name,
                    "transcript": str(entry.transcript.public_id),
                    "as_of": document.valid_from.isoformat(),
                    "size_bytes": len(content),
                    "sha256": add(name, content, packed=False),
                }
            listed.append(row)
        school = export.cohort.organization
        said = README.format(cohort=export.cohort.name, school=school.name, recipient=export.recipient)
        add("README.txt", said.encode())
        add("manifest.csv", _table(listed))
        manifest = {
            "school": school.name,
            "class": export.cohort.name,
            "graduates_on": export.cohort.graduates_on.isoformat(),
            "export": str(export.public_id),
            "made_at": at.isoformat(),
            "recipient": export.recipient,
            "reason": export.reason,
            "learners": listed,
        }
        add("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False).encode())
        bundle.writestr(
            zipfile.ZipInfo("SHA256SUMS", at.timetuple()[:6]), "".join(f"{one}  {name}\n" for one, name in sums)
        )


def _table(rows: list[dict[str, Any]]) -> bytes:
    columns = ["learner", "student_number", "file", "transcript", "as_of", "size_bytes", "sha256"]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for row in rows:
        cells = [str(row.get(column, "")) for column in columns]
        # A name that a spreadsheet would take for a formula stays a name.
        writer.writerow([f"'{cell}" if cell[:1] in {"=", "+", "-", "@"} else cell for cell in cells])
    return out.getvalue().encode("utf-8-sig")


def _locked(export: ClassExport) -> ClassExport:
    found = ClassExport.objects.select_for_update(of=("self",)).select_related("cohort__organization")
    return found.get(pk=export.pk)


def _record(export: ClassExport, kind: ClassExportChange, actor: User | None, at: datetime, note: str = "") -> None:
    ClassExportEvent.objects.create(export=export, kind=kind, actor=actor, at=at, note=note)


def _delete(path: str) -> None:
    if path:
        with suppress(FileNotFoundError):
            default_storage.delete(path)
