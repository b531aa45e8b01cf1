"""What in a text may name a patient: an advisory look for the learner alone, which decides nothing.

The kinds follow the Safe Harbor list (45 CFR 164.514(b)(2)(i)), as far as a pattern can find them: dates but for the year,
telephone numbers, e-mail addresses, record and social security numbers, ages over 89. A name is not found by any pattern.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

SHOWN_MAX = 5
LETTERS_MAX = 50_000

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?)\.?"
)
_DAY = r"(?:3[01]|[12]\d|0?[1-9])"
_YEAR = r"(?:19|20)\d\d"


class Identifier(TextChoices):
    RECORD = "record", _("a record number")
    SECURITY = "security", _("a social security number")
    DATE = "date", _("a full date")
    PHONE = "phone", _("a telephone number")
    MAIL = "mail", _("an e-mail address")
    AGE = "age", _("an age over 89")


# Every pattern has a fixed length but for runs of one class, so that none takes longer than the text is long.
_PATTERNS = {
    Identifier.RECORD: re.compile(
        r"\b(?:mrn|medical record|record n(?:o|umber)|chart n(?:o|umber)|patient id|encounter id|account n(?:o|umber))"
        r"\.?[ \t]{0,3}(?:number|no\.?|is|[:#])?[ \t:#]{0,4}[A-Z]{0,3}-?\d{4,12}\b",
        re.IGNORECASE,
    ),
    Identifier.SECURITY: re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    Identifier.DATE: re.compile(
        rf"\b{_MONTH} {_DAY}(?:st|nd|rd|th)?,? {_YEAR}\b"
        rf"|\b{_DAY}(?:st|nd|rd|th)?(?: of)? {_MONTH},? {_YEAR}\b"
        rf"|(?<![\d/.-]){_DAY}([/.-]){_DAY}\1(?:{_YEAR}|\d\d)(?![\d/-]|\.\d)"
        rf"|(?<![\d-]){_YEAR}-(?:1[0-2]|0[1-9])-(?:3[01]|[12]\d|0[1-9])(?![\d-])",
        re.IGNORECASE,
    ),
    Identifier.PHONE: re.compile(r"(?<![\d-])(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?![\d-])"),
    Identifier.MAIL: re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}\b"),
    Identifier.AGE: re.compile(
        r"\b(?:9\d|1[01]\d)[- ]?(?:years?[- ]old|y/?o)\b|\baged? (?:of )?(?:9\d|1[01]\d)\b", re.IGNORECASE
    ),
}


@dataclass(frozen=True)
class Found:
    kind: Identifier
    words: str


def find(*texts: str) -> list[Found]:
    """At most `SHOWN_MAX` places, each once, in the order of the kinds; the words as they stand in the text."""
    seen: dict[Found, None] = {}
    for found in _all(texts):
        seen.setdefault(found)
        if len(seen) == SHOWN_MAX:
            break
    return list(seen)


def _all(texts: tuple[str, ...]) -> Iterator[Found]:
    for kind, pattern in _PATTERNS.items():
        for text in texts:
            for match in pattern.finditer(text[:LETTERS_MAX]):
                yield Found(kind, match.group().strip())
