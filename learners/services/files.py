"""Uploads are hostile until shown otherwise: the type is decided by the content, and what can carry code is refused.

Images are written anew, which drops their metadata; PDFs lose theirs and are refused when they hold active content.
"""

import hashlib
import io
import re
import secrets
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import PurePath

import filetype
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from PIL import Image, ImageFile, UnidentifiedImageError
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject, IndirectObject

from config import handoff
from config.errors import Invalid
from learners.models import EvidenceItem, ModelPiece, Observation, RecognizedCredential, StoredFile, User
from learners.models.evidence import ScanState

IMAGES = {"image/png": "PNG", "image/jpeg": "JPEG", "image/webp": "WEBP"}
MEDIA = {"video/mp4", "audio/mpeg", "audio/wav", "audio/x-wav", "audio/mp4"}
PDF = "application/pdf"
TEXT = "text/plain"
ALLOWED_IN_WORDS = "PDF, PNG, JPEG, WebP, plain text, MP4, MP3, WAV"

PIXELS_MAX = 50_000_000
PDF_PAGES_MAX = 500
PDF_OBJECTS_MAX = 200_000
SNIFF_BYTES = 8192

# Names in a PDF's dictionaries by which it acts, or carries other files (ISO 32000-2, 12.6, 7.11.4, 12.7.8).
ACTIVE_NAMES = {
    "/JavaScript": gettext_lazy("a script"),
    "/JS": gettext_lazy("a script"),
    "/Launch": gettext_lazy("a command that starts another program"),
    "/EmbeddedFiles": gettext_lazy("other files inside it"),
    "/EmbeddedFile": gettext_lazy("other files inside it"),
    "/EF": gettext_lazy("other files inside it"),  # of a file that is pinned to a page
    "/GoToE": gettext_lazy("a way into another file"),
    "/GoToR": gettext_lazy("a way into another file"),  # on a network share, opening it hands over one's sign-in
    "/ImportData": gettext_lazy("a form that fetches data"),
    "/XFA": gettext_lazy("an active form"),
    "/RichMedia": gettext_lazy("active media"),
    "/SubmitForm": gettext_lazy("a form that sends itself"),
    "/Movie": gettext_lazy("active media"),
    "/Sound": gettext_lazy("active media"),
    "/Rendition": gettext_lazy("active media"),
    "/3D": gettext_lazy("active media"),
}
# The first element of a DICOM file without its preamble: a group of the header, in either byte order, and its length or type.
DICOM_STARTS = re.compile(
    rb"(?:\x02\x00|\x08\x00)[\x00-\x18]\x00(?:UL|OB|UI|SH|CS|DA|TM|LO|[\x02-\x40]\x00\x00\x00)", re.DOTALL
)
# What must not stand at the end of a picture, sound or text: a second file, which another program would read instead.
ZIP_END = b"PK\x05\x06"
JPEG_QUALITY = 92  # Pillow's own 75 blurs what an assessor should read


class FileRefused(Invalid):
    code = "file-refused"


@dataclass(frozen=True)
class CleanFile:
    """What is kept of an upload. name: for people, never a path."""

    name: str
    media_type: str
    content: bytes


@contextmanager
def kept_on_success(clean: CleanFile, *, actor: User, at: datetime) -> Iterator[StoredFile]:
    """Keep a file in private storage for as long as the block, a transaction, goes well; else neither row nor bytes stay.

    A crash in between leaves bytes without a row, never a row without bytes.
    """
    path = default_storage.save(f"evidence/{at:%Y/%m}/{secrets.token_hex(16)}", ContentFile(clean.content))
    try:
        with transaction.atomic():
            if settings.CLAMD_ADDRESS:
                handoff.after_commit("learners.scan_files")
            yield StoredFile.objects.create(
                scan_state=ScanState.WAITING if settings.CLAMD_ADDRESS else ScanState.NOT_CONFIGURED,
                sha256=hashlib.sha256(clean.content).hexdigest(),
                media_type=clean.media_type,
                size_bytes=len(clean.content),
                original_name=clean.name,
                path=path,
                uploaded_by=actor,
                uploaded_at=at,
            )
    except BaseException:
        default_storage.delete(path)
        raise


def forget_file(stored: StoredFile) -> None:
    """Remove a file that nothing holds any more, the bytes once that is committed. Inside the caller's transaction."""
    holders = (EvidenceItem, Observation, ModelPiece, RecognizedCredential)
    if any(each.objects.filter(file=stored).exists() for each in holders):
        return
    StoredFile.objects.filter(pk=stored.pk).delete()
    transaction.on_commit(partial(default_storage.delete, stored.path), robust=True)


def clean_upload(upload: UploadedFile) -> CleanFile:
    """Decide what an upload is and drop what it should not carry. Raises FileRefused."""
    name = safe_name(upload.name or "")
    require_size(name, upload.size or 0)
    content = upload.read()
    if is_dicom(content[:SNIFF_BYTES]):
        raise FileRefused(
            _(
                "“%(name)s” is a DICOM file. Those hold the patient’s name, dates and numbers beside the picture, so none is "
                "taken. Export the picture alone as PNG or JPEG, and look that nothing is written into it."
            )
            % {"name": name}
        )
    media_type = _media_type(content)
    if media_type is None:
        raise FileRefused(
            _("“%(name)s” is not one of the kinds that are accepted (%(kinds)s), whatever its name says.")
            % {"name": name, "kinds": ALLOWED_IN_WORDS}
        )
    if media_type not in IMAGES and (found := _second_file(content, media_type)):
        raise FileRefused(
            _("“%(name)s” is two files in one: %(found)s hides in it. Save it anew from the program that made it.")
            % {"name": name, "found": found}
        )
    if media_type in IMAGES:
        content = _clean_image(content, IMAGES[media_type], name)
    elif media_type == PDF:
        content = _clean_pdf(content, name)
    return CleanFile(name=name, media_type=media_type, content=content)


def require_size(name: str, size: int) -> None:
    """Raises FileRefused when a file of so many bytes is not taken."""
    if size <= 0:
        raise FileRefused(_("“%(name)s” is empty. Choose a file with something in it.") % {"name": name})
    if size > settings.UPLOAD_MAX_BYTES:
        raise FileRefused(
            _("“%(name)s” has %(size)s; the most is %(limit)s.")
            % {"name": name, "size": filesizeformat(size), "limit": filesizeformat(settings.UPLOAD_MAX_BYTES)}
        )


def require_image(content: bytes, form: str, name: str) -> None:
    """Raises FileRefused when a picture that is kept as it came does not read, or is too large to be shown."""
    _clean_image(content, form, name)


def safe_name(name: str) -> str:
    """A name to show and to offer for download: no folders, no control or direction characters, at most 100 letters."""
    name = PurePath(name.replace("\\", "/")).name
    name = "".join(letter for letter in name if unicodedata.category(letter)[0] != "C")
    name = re.sub(r"\s+", " ", name).strip(" .")
    stem, dot, suffix = name.rpartition(".")
    return (f"{stem[:90]}.{suffix[:9]}" if dot else name[:100]) or _("unnamed")


def is_dicom(start: bytes) -> bool:
    """Whether this is the start of a DICOM file, with its preamble (PS3.10, 7.1) or, as old devices write it, without."""
    return start[128:132] == b"DICM" or DICOM_STARTS.match(start) is not None


def _second_file(content: bytes, media_type: str) -> str:
    """What else a PDF, text, sound or video is for another reader; empty for nothing.

    Pictures need no such look: they are written anew from their pixels.
    """
    if content.rfind(ZIP_END, max(0, len(content) - 65_557)) != -1:  # an archive is found from its end
        return _("an archive")
    if media_type == PDF:
        before = content[: content.find(b"%PDF-")].strip() if b"%PDF-" in content[:1024] else b"?"
        return _("something else, before the PDF begins,") if before else ""
    if media_type != TEXT and b"%PDF-" in content[:1024]:
        return "PDF"
    return ""


def _media_type(content: bytes) -> str | None:
    """The type by content, if it is allowed."""
    kind = filetype.guess(content[:SNIFF_BYTES])
    if kind is not None:
        mime = "video/mp4" if kind.mime in {"video/x-m4v", "video/quicktime"} else kind.mime
        return mime if mime in IMAGES or mime in MEDIA or mime == PDF else None
    if content[:SNIFF_BYTES].lstrip().startswith((b"<", b"#!", b"%!", b"MZ", b"\x7fELF", b"PK")) or b"\x00" in content:
        return None
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return TEXT


def _clean_image(content: bytes, form: str, name: str) -> bytes:
    # WeasyPrint turns this on for the whole process; half a picture would then be kept as if it were whole.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=[form]) as image:
                if image.width * image.height > PIXELS_MAX:
                    raise FileRefused(
                        _(
                            "“%(name)s” has %(width)s × %(height)s pixels, which is more than can be shown. Make it smaller."
                        )
                        % {"name": name, "width": image.width, "height": image.height}
                    )
                image.load()
                upright = _upright(image)
                buffer = io.BytesIO()
                upright.save(buffer, form, **({"quality": JPEG_QUALITY} if form != "PNG" else {}))
    except (
        UnidentifiedImageError,
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise FileRefused(_("“%(name)s” cannot be read as an image; it may be damaged.") % {"name": name}) from error
    return buffer.getvalue()


def _upright(image: Image.Image) -> Image.Image:
    """The picture alone, turned as its camera said, without metadata."""
    from PIL import ImageOps

    turned = ImageOps.exif_transpose(image)
    bare = Image.new(turned.mode, turned.size)
    if turned.mode == "P" and (palette := turned.getpalette()):
        bare.putpalette(palette)
    bare.paste(turned)
    return bare


def _clean_pdf(content: bytes, name: str) -> bytes:
    try:
        reader = PdfReader(io.BytesIO(content), strict=False)
        if reader.is_encrypted:
            raise FileRefused(_("“%(name)s” is protected by a password. Save it without one.") % {"name": name})
        if len(reader.pages) > PDF_PAGES_MAX:
            raise FileRefused(
                _("“%(name)s” has more than %(pages)s pages. Submit the part that counts.")
                % {"name": name, "pages": PDF_PAGES_MAX}
            )
        if found := _active_content(reader):
            raise FileRefused(
                _("“%(name)s” holds %(found)s. Print it to a new PDF and hand that in.")
                % {"name": name, "found": ACTIVE_NAMES[found]}
            )
        writer = PdfWriter(clone_from=reader)
        writer.metadata = None
        writer.root_object.pop("/Metadata", None)
        buffer = io.BytesIO()
        writer.write(buffer)
    except FileRefused:
        raise
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError) as error:
        raise FileRefused(_("“%(name)s” cannot be read as a PDF; it may be damaged.") % {"name": name}) from error
    return buffer.getvalue()


def _active_content(reader: PdfReader) -> str | None:
    """The first name in any object by which the file acts or carries other files."""
    seen = 0
    stack: list[object] = [reader.trailer]
    visited: set[tuple[int, int]] = set()
    while stack:
        current = stack.pop()
        if isinstance(current, IndirectObject):
            key = (current.idnum, current.generation)
            if key in visited:
                continue
            visited.add(key)
            current = current.get_object()
        seen += 1
        if seen > PDF_OBJECTS_MAX:
            raise ValueError("too many objects")
        if isinstance(current, DictionaryObject):
            for key_name, value in current.items():
                if key_name in ACTIVE_NAMES:
                    return str(key_name)
                if key_name == "/S" and str(value) in ACTIVE_NAMES:
                    return str(value)
                stack.append(dict.__getitem__(current, key_name))
        elif isinstance(current, list):
            stack.extend(list.__iter__(current))
    return None
