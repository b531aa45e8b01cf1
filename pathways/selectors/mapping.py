"""A pathway as a drawing: the same facts as its list, laid out as lines with stations that run into the designation."""

from collections.abc import Iterable
from dataclasses import dataclass
from textwrap import wrap
from typing import Any

from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

WIDTH, LETTERS, LINE = 360, 40, 19
TRUNK, BRANCH, TEXT = 16, 44, 66


@dataclass(frozen=True)
class Words:
    """Lines of text at a place. kind: title, rule, name or state; it decides the look."""

    kind: str
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Station:
    """A badge, or what else a rule asks for. state: met, lapsed or open."""

    y: int
    state: str


@dataclass(frozen=True)
class Branch:
    """A rule's line from its title down to the trunk."""

    top: int
    bottom: int
    is_met: bool
    stations: tuple[Station, ...]

    @property
    def path(self) -> str:
        return f"M{BRANCH} {self.top}V{self.bottom - 14}Q{BRANCH} {self.bottom} {TRUNK + 14} {self.bottom}H{TRUNK}"


@dataclass(frozen=True)
class Drawing:
    height: int
    trunk_top: int
    end: int
    branches: tuple[Branch, ...]
    words: tuple[Words, ...]
    text: str
    width: int = WIDTH
    trunk: int = TRUNK
    branch: int = BRANCH


def state_in_words(node: dict[str, Any]) -> str:
    """What the list says of a badge, too."""
    if not node.get("kind"):
        return _("Still to be earned")
    on = node.get("time")
    if on is None:
        return str(node["word"])
    day = timezone.localtime(on) if hasattr(on, "hour") else on
    return f"{node['word']} · {format_date(day, 'M j, Y')}"


def group_in_words(group: dict[str, Any]) -> str:
    return f"{group['rule']} · {group['said']}" if group.get("said") else str(group["rule"])


def drawing(groups: Iterable[dict[str, Any]], title: str, state: str) -> Drawing:
    """Lay out what `groups` says (see `drawing.groups`); nothing is drawn that it does not say. No query."""
    y = 20
    words: list[Words] = []
    branches: list[Branch] = []
    said: list[str] = []
    for group in groups:
        top = y - 5
        y = _write(words, "title", BRANCH + 14, y, str(group["title"]))
        y = _write(words, "rule", BRANCH + 14, y, group_in_words(group))
        said.append(f"{group['title']}, {group_in_words(group)}")
        stations = []
        for node in group["nodes"]:
            y += 8
            kind = str(node.get("kind", ""))
            state_of = "met" if kind in {"awarded", "valid"} else "lapsed" if kind == "expired" else "open"
            stations.append(Station(y - 5, state_of))
            y = _write(words, "name", TEXT, y, str(node["title"]))
            y = _write(words, "state", TEXT, y, state_in_words(node))
            said.append(f"{node['title']}: {state_in_words(node)}")
        branches.append(Branch(top, y + 4, bool(group["is_met"]), tuple(stations)))
        y += 34
    end = y + 8
    y = _write(words, "title", BRANCH + 14, end, title)
    y = _write(words, "state", BRANCH + 14, y, state)
    said.append(f"{title}: {state}")
    top = branches[0].bottom if branches else end
    return Drawing(y + 12, top, end - 5, tuple(branches), tuple(words), ". ".join(said))


def _write(words: list[Words], kind: str, x: int, y: int, text: str) -> int:
    letters = LETTERS - (2 if x == TEXT else 0)
    for line in wrap(text, letters) or [""]:
        words.append(Words(kind, x, y, line))
        y += LINE
    return y
