"""Files that learners submitted: who may read them, and what they may do in the reader's browser."""

import mimetypes
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef
from django.http import FileResponse, Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.views.decorators.http import require_safe

from config.permissions import Role
from learners import services
from learners.models import EvidenceItem, StoredFile, Submission
from learners.models.evidence import ScanState, SubmissionQuerySet
from learners.services import files

# What a file may do in the reader's browser: nothing, except be shown in a frame of our own pages. Browsers show no PDF
# in a sandbox; PDFs with active content are refused when they come in.
BARE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
FILE_POLICY = BARE_POLICY + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox"
PDF_POLICY = BARE_POLICY + "object-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"


@login_required
@require_safe
def file_download(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The bytes, for those who may read a submission that holds them."""
    visible = Submission.objects.visible_to(request.user)
    holding = EvidenceItem.objects.filter(file=OuterRef("pk"), submission__in=visible)
    stored = get_object_or_404(StoredFile.objects.filter(Exists(holding)), public_id=public_id)
    if stored.is_past_retention:
        return render(request, "learners/file_withheld.html", {"file": stored}, status=410)
    if stored.tombstoned_at is not None:
        raise Http404
    if stored.quarantined_at is not None or stored.scan_state in {ScanState.INFECTED, ScanState.WAITING}:
        return render(request, "learners/file_withheld.html", {"file": stored}, status=403)
    if (closed := _unexplained(request, stored, visible)) is not None:
        return redirect(closed)
    return file_response(stored, _name_of(request, stored))


def _unexplained(request: HttpRequest, stored: StoredFile, visible: SubmissionQuerySet) -> Submission | None:
    """The work of which an auditor has to say first why they read it; None for everybody else, without a query."""
    if Role.AUDITOR not in request.user.roles():
        return None
    holding = list(visible.with_context().filter(evidence_items__file=stored).distinct().order_by("pk"))
    at = timezone.now()
    asked = [each for each in holding if services.must_say_why(actor=request.user, submission=each, at=at)]
    return asked[0] if len(asked) == len(holding) else None


def file_response(stored: StoredFile, name: str) -> FileResponse:
    """The bytes, harmless in the reader's browser. Whoever calls it has asked whether they may be read."""
    try:
        content = default_storage.open(stored.path)
    except FileNotFoundError as error:
        raise Http404 from error
    response = FileResponse(
        content,
        filename=name,
        content_type="text/plain; charset=utf-8" if stored.media_type == files.TEXT else stored.media_type,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = PDF_POLICY if stored.media_type == files.PDF else FILE_POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def shown_as(stored: StoredFile | None) -> str:
    """How a file is shown in its place: as an image, in a frame, or only as a link; withheld while it is not clean."""
    if stored is None:
        return ""
    if stored.tombstoned_at or stored.quarantined_at or stored.scan_state in {ScanState.WAITING, ScanState.INFECTED}:
        return "withheld"
    if stored.media_type in files.IMAGES or stored.media_type == "image/svg+xml":
        return "image"
    return "frame" if stored.media_type == files.PDF else "link"


def _name_of(request: HttpRequest, stored: StoredFile) -> str:
    """Its own name; one that says nothing where the reader must not learn whose work it is."""
    own = stored.evidence_items.filter(submission__enrollment__learner__user=request.user)
    blind = stored.evidence_items.filter(submission__enrollment__credential_version__is_blind=True)
    if blind.exists() and not own.exists():
        return f"evidence-{stored.public_id.hex[:6]}{mimetypes.guess_extension(stored.media_type) or ''}"
    return stored.original_name


urlpatterns: list[URLPattern] = [
    path("files/<uuid:public_id>/", file_download, name="file-download"),
]
