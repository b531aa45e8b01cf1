"""What changed in a text from one attempt to the next, paragraph by paragraph and word by word. Pure: no database."""

import difflib
import re
from collections import Counter
from collections.abc import Sequence

KEPT, ADDED, REMOVED = "kept", "added", "removed"
Part = tuple[str, str]
Paragraph = list[Part]

_PARAGRAPHS = re.compile(r"\n\s*")
_SENTENCES = re.compile(r"(?<=[.!?])\s+")
# What a comparison costs grows with the pairs of equal words. Beyond so many, which no prose has, sentences or whole
# paragraphs are compared, so that a text made to be slow is not.
_PAIRS_MAX = 5_000
# Two paragraphs with less in common than this are told apart rather than woven into each other.
_ALIKE = 0.4


def changes(old: str, new: str) -> list[Paragraph]:
    """The paragraphs of both texts in order, each in parts of (kept | added | removed, words); empty when one is empty."""
    if not old.strip() or not new.strip():
        return []
    before, after = (_split(_PARAGRAPHS, text) for text in (old, new))
    found: list[Paragraph] = []
    for what, low, high, from_, until in _steps(before, after):
        if what == "equal":
            found += [[(KEPT, words)] for words in before[low:high]]
        else:
            found += _replaced(before[low:high], after[from_:until])
    return found


def _replaced(before: Sequence[str], after: Sequence[str]) -> list[Paragraph]:
    """Paragraphs that stand in the place of others: one by one where they resemble each other."""
    found: list[Paragraph] = []
    for one, other in zip(before, after, strict=False):
        woven = _within(one, other)
        same = sum(len(words) for what, words in woven if what == KEPT)
        if same >= _ALIKE * min(len(one), len(other)):
            found.append(woven)
        else:
            found += [[(REMOVED, one)], [(ADDED, other)]]
    shared = min(len(before), len(after))
    found += [[(REMOVED, words)] for words in before[shared:]]
    return found + [[(ADDED, words)] for words in after[shared:]]


def _within(one: str, other: str) -> Paragraph:
    """Two paragraphs word by word; sentence by sentence where they are long."""
    before, after = one.split(), other.split()
    if _pairs(before, after) > _PAIRS_MAX:
        before, after = _split(_SENTENCES, one), _split(_SENTENCES, other)
    parts: Paragraph = []
    for what, low, high, from_, until in _steps(before, after):
        if what == "equal":
            parts.append((KEPT, " ".join(before[low:high])))
            continue
        if low < high:
            parts.append((REMOVED, " ".join(before[low:high])))
        if from_ < until:
            parts.append((ADDED, " ".join(after[from_:until])))
    return parts


def _steps(before: Sequence[str], after: Sequence[str]) -> list[tuple[str, int, int, int, int]]:
    if _pairs(before, after) > _PAIRS_MAX:
        return [("replace", 0, len(before), 0, len(after))]
    return list(difflib.SequenceMatcher(a=before, b=after, autojunk=False).get_opcodes())


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    counts = Counter(after)
    return sum(count * counts[each] for each, count in Counter(before).items())


def _split(pattern: re.Pattern[str], text: str) -> list[str]:
    return [each for each in pattern.split(text.strip()) if each]
