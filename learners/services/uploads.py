"""Large files come in parts: whoever loses the network, the tab or the sign-in goes on where the last part ended."""

import secrets
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import EvidenceRequirement
from learners.models import EvidenceItem, Submission, User
from learners.models.uploads import Upload, UploadPart
from learners.services import evidence, files
from learners.workflow import SubmissionStatus

PART_BYTES = 1024 * 1024
UPLOADS_MAX = 5  # files on their way into one submission
KEPT_FOR = timedelta(hours=24)


class OutOfStep(Conflict):
    """A part that does not follow on what is here; the upload says how far it is."""

    code = "out-of-step"


class UploadOver(Conflict):
    """It was finished or discarded, or is another person's."""

    code = "upload-over"


def begin_upload(*, actor: User, submission: Submission, name: str, size: int, changed_ms: int, at: datetime) -> Upload:
    """Take in a file in parts, or go on with the one that was begun. Raises NotAllowed, Conflict, Invalid (FileRefused)."""
    name = files.safe_name(name)
    files.require_size(name, size)
    if not -(2**63) <= changed_ms < 2**63:
        raise Invalid(_("The time at which the file was changed cannot be read."))
    with transaction.atomic():
        submission = evidence.own_draft(actor, submission)
        known = {"owner": actor, "name": name, "size_bytes": size, "changed_ms": changed_ms}
        upload = submission.uploads.filter(**known).first()
        if upload is None:
            if submission.uploads.count() >= UPLOADS_MAX:
                raise Conflict(
                    _("%(count)s files are on their way already. Finish or discard one of them first.")
                    % {"count": UPLOADS_MAX}
                )
            upload = Upload(submission=submission, **known)
        upload.seen_at = at
        upload.save()
        return upload


def add_part(*, actor: User, upload: Upload, offset: int, content: bytes, at: datetime) -> Upload:
    """Keep the next part. One that is here already is not kept twice.

    Raises UploadOver (not one's own, or over), Conflict (OutOfStep; the submission is submitted), Invalid (a wrong length).
    """
    with transaction.atomic():
        found = Upload.objects.select_for_update().filter(pk=upload.pk, owner=actor).first()
        if found is None:
            raise UploadOver(_("This upload is over. Choose the file again."))
        if offset < found.received_bytes and found.parts.filter(offset=offset).exists():
            return found
        if offset != found.received_bytes:
            raise OutOfStep(_("%(count)s bytes are here; go on from there.") % {"count": found.received_bytes})
        if not 0 < len(content) <= min(PART_BYTES, found.size_bytes - offset):
            raise Invalid(_("A part has at most %(most)s bytes, and no more than is missing.") % {"most": PART_BYTES})
        submission = Submission.objects.with_context().get(pk=found.submission_id)
        require(actor, Can.SUBMISSION_EDIT, submission)
        if submission.status != SubmissionStatus.DRAFT:
            raise Conflict(_("This was submitted; what it holds cannot be changed."))
        path = default_storage.save(f"uploads/{secrets.token_hex(16)}", ContentFile(content))
        try:
            with transaction.atomic():
                UploadPart.objects.create(upload=found, offset=offset, path=path)
                found.received_bytes, found.seen_at = offset + len(content), at
                found.save(update_fields=["received_bytes", "seen_at"])
        except BaseException:
            default_storage.delete(path)
            raise
        return found


def add_sent_file(
    *,
    actor: User,
    submission: Submission,
    requirement: EvidenceRequirement | None,
    title: str,
    sent: UUID,
    at: datetime,
) -> EvidenceItem:
    """Check a file whose parts are all here and add it to the draft, as `evidence.add_file` does one that came whole.

    Raises NotAllowed, Conflict (AlreadyHere; parts are missing), Invalid (FileRefused), UploadOver (discarded meanwhile).
    """
    upload = Upload.objects.filter(public_id=sent, owner=actor, submission=submission).first()
    if upload is None:
        raise UploadOver(_("This upload is over. Choose the file again."))
    if upload.received_bytes < upload.size_bytes:
        raise Conflict(
            _("%(percent)s %% of “%(name)s” is here. Choose it again: it goes on where it stopped.")
            % {"percent": upload.percent, "name": upload.name}
        )
    whole = SimpleUploadedFile(upload.name, _joined(upload))
    try:
        item = evidence.add_file(
            actor=actor, submission=submission, requirement=requirement, title=title, upload=whole, at=at
        )
    except (files.FileRefused, evidence.AlreadyHere):
        discard_upload(actor=actor, upload=upload)  # it would be refused again
        raise
    discard_upload(actor=actor, upload=upload)
    return item


def _joined(upload: Upload) -> bytes:
    whole = bytearray()
    try:
        for path in upload.parts.order_by("offset").values_list("path", flat=True):
            with default_storage.open(path) as part:
                whole += part.read()
    except FileNotFoundError as error:
        raise UploadOver(_("This upload is over. Choose the file again.")) from error
    if len(whole) != upload.size_bytes:
        raise UploadOver(_("This upload is over. Choose the file again."))
    return bytes(whole)


@transaction.atomic
def discard_upload(*, actor: User, upload: Upload) -> None:
    """Forget what has come so far; a second call changes nothing. Raises UploadOver (not one's own)."""
    if upload.owner_id != actor.pk:
        raise UploadOver(_("This upload is over. Choose the file again."))
    _forget(upload)


def drop_stale_uploads(*, at: datetime, limit: int = 100) -> int:
    """Forget uploads that nobody has gone on with for a day; answers how many."""
    with transaction.atomic():
        stale = Upload.objects.select_for_update(skip_locked=True).filter(seen_at__lt=at - KEPT_FOR)[:limit]
        found = list(stale)
        for upload in found:
            _forget(upload)
    return len(found)


def _forget(upload: Upload) -> None:
    """Rows now, bytes once that is committed."""
    for path in upload.parts.values_list("path", flat=True):
        transaction.on_commit(partial(default_storage.delete, path), robust=True)
    Upload.objects.filter(pk=upload.pk).delete()
