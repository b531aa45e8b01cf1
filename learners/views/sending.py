"""Large files in parts, for the script of the workspace; without it a file is sent whole with its form."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from config.errors import RegistryError
from learners import services
from learners.models import Submission, Upload


def _answer(upload: Upload, *, status: int = 200, said: str = "") -> JsonResponse:
    """How far it is, in bytes, and where the next part goes."""
    address = reverse("learners:upload-part", args=[upload.public_id])
    body = {"id": str(upload.public_id), "url": address, "received": upload.received_bytes, "said": said}
    return JsonResponse(body, status=status)


def _number(text: str) -> int:
    """A whole number as a browser writes it; -1 for anything else, which every rule refuses."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 18 else -1


@login_required
@require_POST
def upload_begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    own = Submission.objects.with_context().filter(enrollment__learner__user=request.user)
    submission = get_object_or_404(own, public_id=public_id)
    try:
        upload = services.begin_upload(
            actor=request.user,
            submission=submission,
            name=request.POST.get("name", ""),
            size=_number(request.POST.get("size", "")),
            changed_ms=_number(request.POST.get("changed", "")),
            at=timezone.now(),
        )
    except RegistryError as error:
        return JsonResponse({"said": str(error)}, status=error.http_status)
    return _answer(upload)


@login_required
@require_http_methods(["GET", "POST"])
def upload_part(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """GET: how far it is. POST: the next part as the body, with where it begins in `Upload-Offset`."""
    upload = get_object_or_404(Upload, public_id=public_id, owner=request.user)
    if request.method == "GET":
        return _answer(upload)
    offset = _number(request.headers.get("Upload-Offset", ""))
    try:
        upload = services.add_part(
            actor=request.user, upload=upload, offset=offset, content=request.body, at=timezone.now()
        )
    except services.OutOfStep as error:
        upload.refresh_from_db()
        return _answer(upload, status=error.http_status, said=str(error))
    except RegistryError as error:
        return JsonResponse({"said": str(error)}, status=error.http_status)
    return _answer(upload)


@login_required
@require_http_methods(["GET", "POST"])
def upload_discard(request: HttpRequest, public_id: UUID) -> HttpResponse:
    upload = get_object_or_404(
        Upload.objects.select_related("submission__enrollment"), public_id=public_id, owner=request.user
    )
    if request.method == "POST":
        services.discard_upload(actor=request.user, upload=upload)
    return redirect(upload.submission.enrollment)


urlpatterns: list[URLPattern] = [
    path("submissions/<uuid:public_id>/uploads/", upload_begin, name="upload-begin"),
    path("uploads/<uuid:public_id>/", upload_part, name="upload-part"),
    path("uploads/<uuid:public_id>/discard/", upload_discard, name="upload-discard"),
]
