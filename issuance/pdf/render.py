"""PDFs by WeasyPrint: tagged PDF/A-3a with our own fonts and nothing fetched from anywhere."""

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.template.loader import render_to_string
from weasyprint import CSS, HTML, Attachment
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher

logging.getLogger("fontTools").setLevel(logging.ERROR)


class RefusedAddress(ValueError):
    """A document asked for something outside."""


@dataclass(frozen=True)
class Attached:
    """A file inside the PDF: what it was made from (ISO 19005-3, relationship Source)."""

    name: str
    content: bytes
    description: str
    created: datetime


class FontFetcher(URLFetcher):
    """Gives files of the fonts folder, and nothing else."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols={"file"}, fail_on_errors=True)

    def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
        folder = settings.PDF_FONTS_DIR.resolve()
        if not url.startswith("file://") or folder not in Path(unquote(urlsplit(url).path)).resolve().parents:
            raise RefusedAddress(f"A document asks for {url[:80]}, which is not one of its fonts.")
        return super().fetch(url, headers)


FACE = re.compile(
    r"(?P<family>.+?)-(?P<subset>chinese-simplified|[a-z]+-ext|[a-z]+)-(?P<weight>\d+)-(?P<style>normal|italic)"
)


@lru_cache(maxsize=1)
def _fonts() -> tuple[CSS, FontConfiguration]:
    """The TrueType files that the installation made, each as a face of its family; read once for a process."""
    configuration = FontConfiguration()
    faces = [(FACE.fullmatch(path.stem), path) for path in sorted(settings.PDF_FONTS_DIR.glob("*.ttf"))]
    text = "".join(
        f"@font-face {{ font-family: '{_family(face['family'])}'; font-weight: {face['weight']}; "
        f"font-style: {face['style']}; src: url('{path.resolve().as_uri()}') format('truetype') }}"
        for face, path in faces
        if face
    )
    return CSS(string=text, font_config=configuration, url_fetcher=FontFetcher()), configuration


def _family(package: str) -> str:
    """The name of a family as CSS knows it: "noto-sans-sc" is "Noto Sans SC"."""
    return " ".join(word.upper() if word == "sc" else word.capitalize() for word in package.split("-"))


def render(template: str, context: dict[str, Any], *, identifier: bytes, attachments: Sequence[Attached] = ()) -> bytes:
    """The PDF of a template. identifier: 16 bytes; with the same content, the same bytes come out."""
    sheet, configuration = _fonts()
    document = HTML(string=render_to_string(template, context), url_fetcher=FontFetcher(), base_url=None)
    return document.write_pdf(
        stylesheets=[sheet],
        font_config=configuration,
        pdf_variant="pdf/a-3a",
        pdf_tags=True,
        pdf_identifier=identifier,
        custom_metadata=False,
        attachments=[
            Attachment(
                string=each.content,
                name=each.name,
                description=each.description,
                relationship="Source",
                created=each.created,
                modified=each.created,
            )
            for each in attachments
        ],
    )
