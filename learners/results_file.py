"""A list of results as a file: what each row says, and what is wrong with it by itself. Pure: no database."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from config import tables
from config.errors import Invalid

ROWS_MAX = 20_000
CELL_MAX = 200
COLUMNS = {
    "student_number": ("student id", "number", "student no"),
    "email": ("e-mail address", "mail"),
    "evidence": ("requirement", "kind"),
    "title": ("station", "quiz", "name of test"),
    "score": ("points", "result"),
    "out_of": ("of", "maximum", "max"),
    "words": ("outcome", "in words"),
    "rated_on": ("date", "taken on", "day"),
    "rater_kind": ("rated by a",),
    "rater": ("rated by", "examiner"),
    "comment": ("remark",),
}
REQUIRED = ("title", "rated_on")
DATES = ("%Y-%m-%d", "%m/%d/%Y")
RATERS = {
    "": "staff",
    "faculty": "faculty",
    "staff": "staff",
    "sp": "standardized-patient",
    "standardizedpatient": "standardized-patient",
    "computer": "computer",
    "quiz": "computer",
}


@dataclass
class FileRow:
    """A row of the file: its cells as they stand there, and what they mean where they mean something."""

    number: int
    line: int
    cells: dict[str, str]
    score: Decimal | None = None
    out_of: Decimal | None = None
    rated_on: date | None = None
    rater_kind: str = "staff"
    faults: list[str] = field(default_factory=list)


def parse(data: bytes) -> list[FileRow]:
    """The rows with their faults. Raises Invalid when the file as a whole is no list of results."""
    lines = tables.read(data, columns=COLUMNS, required=REQUIRED, most=ROWS_MAX)
    columns = set(lines[0].cells)
    if not columns & {"student_number", "email"}:
        raise Invalid(_("The first line must name a column student_number or email, so that it is known whose it is."))
    if not columns & {"score", "words"}:
        raise Invalid(_("The first line must name a column score or words, so that there is a result."))
    return _marked([_row(line) for line in lines])


def read_row(number: int, line: int, cells: dict[str, str]) -> FileRow:
    """What the cells of one row mean, with its faults."""
    row = FileRow(number, line, cells)
    row.faults = [
        _("“%(name)s” looks like a formula.") % {"name": key}
        for key, cell in cells.items()
        if tables.looks_like_formula(cell)
    ]
    row.faults += [_("“%(name)s” is empty.") % {"name": key} for key in REQUIRED if not cells.get(key)]
    if not (cells.get("student_number") or cells.get("email")):
        row.faults.append(_("It does not say whose it is."))
    if not (cells.get("score") or cells.get("words")):
        row.faults.append(_("There is no score and no result in words."))
    row.faults += [
        _("“%(name)s” has more than %(most)s letters.") % {"name": key, "most": CELL_MAX}
        for key in ("title", "words", "rater")
        if len(cells.get(key, "")) > CELL_MAX
    ]
    if any(not letter.isprintable() for cell in cells.values() for letter in cell):
        row.faults.append(_("There is a sign in it that cannot be printed."))
    _read_score(row)
    if cells.get("rated_on"):
        row.rated_on = _date(cells["rated_on"])
        if row.rated_on is None:
            row.faults.append(_("“%(said)s” is no date. Write 2026-09-01.") % {"said": cells["rated_on"]})
    kind = RATERS.get("".join(letter for letter in cells.get("rater_kind", "").casefold() if letter.isalnum()))
    if kind is None:
        row.faults.append(
            _("“%(said)s” is none of faculty, staff, standardized patient, computer.") % {"said": cells["rater_kind"]}
        )
    row.rater_kind = kind or "staff"
    return row


def _row(line: tables.Line) -> FileRow:
    row = read_row(line.number, line.line, {key: line.cells.get(key, "") for key in COLUMNS})
    if line.is_uneven:
        row.faults.append(_("There are more cells than columns; a comma may stand in one that has no quotation marks."))
    return row


def _read_score(row: FileRow) -> None:
    score, out_of = row.cells.get("score", ""), row.cells.get("out_of", "")
    if "/" in score and not out_of:
        score, _slash, out_of = (each.strip() for each in score.partition("/"))
    if not score and not out_of:
        return
    if score and not out_of:
        row.faults.append(_("Say out of how many points the score is."))
        return
    row.score, row.out_of = _number(score), _number(out_of)
    if row.score is None or row.out_of is None:
        row.faults.append(_("“%(said)s” is no score.") % {"said": f"{score} / {out_of}"})
    elif not (row.out_of > 0 and 0 <= row.score <= row.out_of):
        row.faults.append(
            _("A score lies between 0 and %(most)s; this one is %(score)s.") % {"most": row.out_of, "score": row.score}
        )


def _number(cell: str) -> Decimal | None:
    try:
        found = Decimal(cell)
    except InvalidOperation:
        return None
    # The size before any arithmetic: 1e999999999 is a number that cannot be calculated with.
    if found.is_zero():
        return Decimal(0)
    is_plain = found.is_finite() and -3 < found.adjusted() < 6 and found == round(found, 2)
    return found if is_plain else None


def _date(cell: str) -> date | None:
    for form in DATES:
        try:
            return datetime.strptime(cell, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    return None


def _marked(rows: list[FileRow]) -> list[FileRow]:
    """Of those that say the same of the same person, the first counts; the others are at fault."""
    seen: dict[tuple[str, ...], int] = {}
    for row in rows:
        who = row.cells["student_number"] or row.cells["email"].casefold()
        key = (who, row.cells["evidence"].casefold(), row.cells["title"].casefold(), str(row.rated_on))
        if who and seen.setdefault(key, row.line) != row.line:
            row.faults.append(_("The same stands in line %(line)s already.") % {"line": seen[key]})
    return rows
