"""Asking a virus scanner (clamd, by its INSTREAM command) about files that wait for it. The rows are the queue.

No row is locked while the scanner is asked. When it is away, frozen or fails, files keep waiting and are asked about again;
what nobody has scanned is never given to an assessor.
"""

import logging
import socket
import struct
import time
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _

from learners.models import EvidenceItem, StoredFile, Submission
from learners.models.evidence import ScanState, TombstoneCause
from learners.services import assignment, notices, recognition
from learners.services.patient_data import remove_purged_bytes
from learners.workflow import SubmissionStatus

logger = logging.getLogger("signet.scanner")

CHUNK = 64 * 1024
ANSWER_MAX = 4096
PAUSE = timedelta(minutes=1)


class ScannerAway(Exception):
    """No verdict: it cannot be reached, takes too long, stopped midway, or answers something unknown."""


class Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _Line:
    """A connection to clamd with one deadline for everything that is said over it."""

    def __init__(self, address: str, seconds: float) -> None:
        self._ends = time.monotonic() + seconds
        target: str | tuple[str, int]
        if address.startswith("unix:"):
            family, target = socket.AF_UNIX, address.removeprefix("unix:")
        else:
            host, _colon, port = address.rpartition(":")
            family, target = (socket.AF_INET6 if ":" in host else socket.AF_INET), (host.strip("[]"), int(port))
        self._socket = socket.socket(family, socket.SOCK_STREAM)
        try:
            self._limit()
            self._socket.connect(target)
        except BaseException:
            self.close()
            raise

    def _limit(self) -> None:
        left = self._ends - time.monotonic()
        if left <= 0:
            raise TimeoutError("the scanner took too long")
        self._socket.settimeout(left)

    def send(self, said: bytes) -> None:
        self._limit()
        self._socket.sendall(said)

    def answer(self) -> str:
        heard = b""
        while b"\0" not in heard and len(heard) < ANSWER_MAX:
            self._limit()
            more = self._socket.recv(ANSWER_MAX)
            if not more:
                break
            heard += more
        return heard.split(b"\0")[0].decode("utf-8", "replace").strip()

    def close(self) -> None:
        self._socket.close()


def ask(content: Readable) -> tuple[ScanState, str]:
    """The verdict on a stream, and what was found in it. Raises ScannerAway.

    What is larger than the scanner takes (StreamMaxLength) counts as refused: nobody can say that it is clean.
    """
    try:
        line = _Line(settings.CLAMD_ADDRESS, settings.CLAMD_TIMEOUT_SECONDS)
    except (OSError, ValueError) as error:
        raise ScannerAway(f"cannot be reached: {type(error).__name__}") from error
    try:
        try:
            line.send(b"zINSTREAM\0")
            while chunk := content.read(CHUNK):
                line.send(struct.pack("!I", len(chunk)) + chunk)
            line.send(struct.pack("!I", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has heard enough; what it says about that is still to be read
        said = line.answer()
    except OSError as error:
        raise ScannerAway(f"stopped: {type(error).__name__}") from error
    finally:
        line.close()
    if said == "stream: OK":
        return ScanState.CLEAN, ""
    if said.startswith("stream: ") and said.endswith(" FOUND"):
        return ScanState.INFECTED, said.removeprefix("stream: ").removesuffix(" FOUND")
    if "size limit exceeded" in said:
        return ScanState.INFECTED, "larger than the scanner takes"
    raise ScannerAway(f"answered: {said[:100]!r}")


def scan_waiting(*, limit: int, at: datetime) -> int:
    """Ask about files that wait, the oldest first; answer how many got a verdict. Stops at once when the scanner is away."""
    scanned = 0
    for _number in range(limit if settings.CLAMD_ADDRESS else 0):
        stored = _claim(at)
        if stored is None:
            break
        try:
            with default_storage.open(stored.path) as content:
                verdict, found = ask(content)
        except FileNotFoundError:
            # Removed in the meantime, or lost: never given out, and not asked about every minute.
            StoredFile.objects.filter(pk=stored.pk).update(scan_after=at + timedelta(days=1))
            logger.warning("file to scan is not there", extra={"file": stored.public_id})
            continue
        except (ScannerAway, OSError) as error:
            StoredFile.objects.filter(pk=stored.pk).update(scan_after=at + PAUSE)
            logger.warning("scanner away", extra={"cause": str(error)})
            break
        _settle(stored, verdict, found, at=at)
        scanned += 1
    return scanned


@transaction.atomic
def _claim(at: datetime) -> StoredFile | None:
    """Take the oldest file that waits, and keep others from it for longer than asking may take."""
    waiting = StoredFile.objects.filter(
        Q(scan_after__isnull=True) | Q(scan_after__lte=at), scan_state=ScanState.WAITING, tombstoned_at__isnull=True
    )
    oldest = waiting.select_for_update(skip_locked=True).order_by(F("scan_after").asc(nulls_first=True), "pk").first()
    if oldest is not None:
        oldest.scan_after = at + timedelta(seconds=settings.CLAMD_TIMEOUT_SECONDS * 2)
        oldest.save(update_fields=["scan_after"])
    return oldest


@transaction.atomic
def _settle(stored: StoredFile, verdict: ScanState, found: str, *, at: datetime) -> None:
    holding = Submission.objects.filter(evidence_items__file=stored.pk)
    held = list(Submission.objects.select_for_update().filter(pk__in=holding.values("pk")).order_by("pk"))
    still = StoredFile.objects.select_for_update().filter(pk=stored.pk, scan_state=ScanState.WAITING).first()
    if still is None:  # somebody else asked too, or the learner took it out
        return
    still.scan_state = verdict
    if verdict == ScanState.INFECTED:
        still.tombstoned_at, still.tombstone_cause = at, TombstoneCause.SCANNER
        logger.warning("file refused by the scanner", extra={"file": stored.public_id, "found": found})
        _tell(still, at=at)
        EvidenceItem.objects.filter(file=still, submission__status=SubmissionStatus.DRAFT).delete()
        recognition.drop_infected(still.pk, at=at)
        transaction.on_commit(partial(remove_purged_bytes, at=at), robust=True)
    still.save(update_fields=["scan_state", "tombstoned_at", "tombstone_cause"])
    for submission in held:
        if submission.status == SubmissionStatus.SUBMITTED:
            assignment.assign_submission(submission=submission, at=at)


def _tell(stored: StoredFile, *, at: datetime) -> None:
    item = stored.evidence_items.select_related("submission__enrollment__credential_version").order_by("pk").first()
    if item is None:
        return
    notices.tell(
        user=stored.uploaded_by,
        kind="file-refused",
        subject=_("%(title)s: a file was refused") % {"title": item.submission.credential_version.title},
        text=_("The virus scanner refused one of your files, so it was removed. Submit a clean copy."),
        path=item.submission.get_absolute_url(),
        at=at,
    )


def waiting() -> tuple[object, bool]:
    """For /readyz: how many files wait, and whether a scanner is configured. Never a reason to be unready."""
    return {
        "status": "configured" if settings.CLAMD_ADDRESS else "off",
        "waiting": StoredFile.objects.filter(scan_state=ScanState.WAITING, tombstoned_at__isnull=True).count(),
    }, True
