"""Tables as CSV: reading what a spreadsheet program wrote, and writing what one may open without harm."""

import codecs
import csv
import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from config.errors import Invalid

DELIMITERS = ",;\t"
CELL_MAX_LETTERS = 500  # more than any column holds; what is longer is cut, and refused by the column's own limit
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """A row of a table. number: 1 is the first below the heading; line: where it begins in the file."""

    number: int
    line: int
    cells: Mapping[str, str]
    is_uneven: bool  # more cells than the heading has columns


def read(data: bytes, *, columns: Mapping[str, Sequence[str]], required: Iterable[str], most: int) -> list[Line]:
    """The rows of a CSV file below its heading; empty ones are left out.

    columns: names of ours with what else they may be called; letter case, spaces and signs make no difference, and columns
    that nobody asked for are passed over. Raises Invalid: no table, columns missing or doubled, more than `most` rows.
    """
    text = decode(data)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        heading = next((row for row in reader if any(cell.strip() for cell in row)), [])
        places = _places(heading, columns, required)
        found: list[Line] = []
        before = reader.line_num
        for row in reader:
            line, before = before + 1, reader.line_num
            if not any(cell.strip() for cell in row):
                continue
            if len(found) == most:
                raise Invalid(_("There are more than %(most)s rows. Split the file.") % {"most": f"{most:,}"})
            cells = {key: _clean(row[place]) if place < len(row) else "" for key, place in places.items()}
            is_uneven = any(cell.strip() for cell in row[len(heading) :])
            found.append(Line(len(found) + 1, line, cells, is_uneven))
    except csv.Error as error:
        raise Invalid(
            _("Line %(line)s cannot be read: a quotation mark is not closed, or stands in the middle of a cell.")
            % {"line": reader.line_num}
        ) from error
    if not found:
        raise Invalid(_("There is no row below the heading."))
    return found


def decode(data: bytes) -> str:
    """The text of a file: UTF-8, UTF-16 with its mark, else the Windows code page that spreadsheet programs write."""
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Invalid(_("This is a workbook. Save it as CSV in your spreadsheet program, and send that."))
    try:
        if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            text = data.decode("utf-16")
        else:
            try:
                text = data.decode("utf-8-sig")
            except UnicodeDecodeError:
                text = data.decode("cp1252")
    except UnicodeDecodeError as error:
        raise Invalid(_("This is no text that can be read. Save the table as CSV in UTF-8.")) from error
    if "\0" in text:
        raise Invalid(_("This is no text that can be read. Save the table as CSV in UTF-8."))
    if not text.strip():
        raise Invalid(_("The file is empty."))
    return text


def _delimiter(text: str) -> str:
    heading = next(line for line in text.splitlines() if line.strip())
    return max(DELIMITERS, key=heading.count)


def _key(name: str) -> str:
    return "".join(letter for letter in name.casefold() if letter.isalnum())


def _places(heading: Sequence[str], columns: Mapping[str, Sequence[str]], required: Iterable[str]) -> dict[str, int]:
    meant = {_key(name): key for key, others in columns.items() for name in (key, *others)}
    places: dict[str, int] = {}
    for place, name in enumerate(heading):
        key = meant.get(_key(name))
        if key is None:
            continue
        if key in places:
            raise Invalid(_("The column “%(name)s” stands there twice.") % {"name": name.strip()})
        places[key] = place
    missing = [key for key in required if key not in places]
    if missing:
        raise Invalid(
            _("The first line must name the columns. Missing: %(names)s.") % {"names": ", ".join(sorted(missing))}
        )
    return places


def _clean(cell: str) -> str:
    return unicodedata.normalize("NFC", " ".join(cell.split()))[:CELL_MAX_LETTERS]


def looks_like_formula(cell: str) -> bool:
    """Whether a spreadsheet program would compute a cell instead of showing it."""
    return cell.startswith(FORMULA)


def harmless(cell: Any) -> str:
    text = "" if cell is None else str(cell)
    return f"'{text}" if looks_like_formula(text) else text


def answer(name: str, heading: Sequence[Any], rows: Iterable[Sequence[Any]]) -> HttpResponse:
    """A table to be downloaded, private; with the mark by which spreadsheet programs know UTF-8."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow([harmless(cell) for cell in heading])
    table.writerows([harmless(cell) for cell in row] for row in rows)
    response = HttpResponse("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
