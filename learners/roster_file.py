"""A list of learners as a file: what each row says, and what is wrong with it by itself. Pure: no database."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from config import tables
from learners.professions import PROFESSIONS, find

ROWS_MAX = 50_000
NAME_MAX, NUMBER_MAX, EMAIL_MAX = 200, 40, 254
REQUIRED = ("student_number", "name", "email", "profession")
COLUMNS = {
    "student_number": ("student id", "number", "student no"),
    "name": ("full name", "display name"),
    "email": ("e-mail address", "mail"),
    "profession": ("program", "school of"),
    "cohort": ("class",),
}


@dataclass
class FileRow:
    """A row of the file. profession: our key, or what was written when there is none; faults: sentences."""

    number: int
    line: int
    student_number: str
    name: str
    email: str
    profession: str
    cohort: str
    faults: list[str] = field(default_factory=list)


def parse(data: bytes) -> list[FileRow]:
    """The rows with their faults. Raises Invalid when the file as a whole is no list of learners."""
    rows = [_row(line) for line in tables.read(data, columns=COLUMNS, required=REQUIRED, most=ROWS_MAX)]
    _mark_doubles(rows)
    return rows


def _row(line: tables.Line) -> FileRow:
    cells = line.cells
    row = FileRow(
        number=line.number,
        line=line.line,
        student_number=cells["student_number"],
        name=cells["name"],
        email=cells["email"].lower(),
        profession=find(cells["profession"]) or cells["profession"],
        cohort=cells.get("cohort", ""),
    )
    formulas = [key for key, cell in cells.items() if tables.looks_like_formula(cell)]
    row.faults = [_("“%(name)s” looks like a formula.") % {"name": key} for key in formulas]
    row.faults += [_("“%(name)s” is empty.") % {"name": key} for key in REQUIRED if not cells[key]]
    if line.is_uneven:
        row.faults.append(_("There are more cells than columns; a comma may stand in one that has no quotation marks."))
    if len(row.student_number) > NUMBER_MAX:
        row.faults.append(_("The student number has more than %(most)s letters.") % {"most": NUMBER_MAX})
    if len(row.name) > NAME_MAX:
        row.faults.append(_("The name has more than %(most)s letters.") % {"most": NAME_MAX})
    if any(not letter.isprintable() for letter in row.name + row.student_number):
        row.faults.append(_("There is a sign in it that cannot be printed."))
    if row.email and "email" not in formulas and not _is_address(row.email):
        row.faults.append(_("“%(email)s” is no e-mail address.") % {"email": row.email})
    if row.profession and row.profession not in PROFESSIONS and "profession" not in formulas:
        row.faults.append(_("“%(said)s” is no profession of the school.") % {"said": row.profession})
    return row


def _is_address(email: str) -> bool:
    try:
        validate_email(email)
    except ValidationError:
        return False
    return len(email) <= EMAIL_MAX


def _mark_doubles(rows: Sequence[FileRow]) -> None:
    """The first of those who share a number or an address counts; the others are at fault."""
    numbers: dict[str, int] = {}
    addresses: dict[str, int] = {}
    for row in rows:
        for seen, value, words in (
            (numbers, row.student_number, _("The student number stands in line %(line)s already.")),
            (addresses, row.email, _("The e-mail address stands in line %(line)s already.")),
        ):
            if value and seen.setdefault(value, row.line) != row.line:
                row.faults.append(words % {"line": seen[value]})
