"""Three quiet hints on written feedback, after QuAL: names what was seen, suggests something, links the two.

Pure functions on words, and English ones: they notice the common ways of saying these things and claim no more. A hint is
never a rule; what must be said is in `pass_rule`.
"""

import re
from dataclasses import dataclass

from django.utils.translation import gettext as _

WORDS = re.compile(r"[a-z'’]+")
SEEN = re.compile(
    r"\byou(?:r)?\s+(?!are\b|were\b|could\b|should\b|might\b|may\b|can\b|must\b|need\b)[a-z]{3,}"
    r"|\b(?:page|line|slide|minute|paragraph|section|step|figure|table)\s+\w+"
    r"|[“\"][^”\"]{3,}[”\"]|\b\d+[:.]\d\d\b",
    re.IGNORECASE,
)
SUGGESTED = re.compile(
    r"\b(?:try|consider|next time|should|could|instead|practi[cs]e|aim to|work on|add|before you|make sure|start (?:with|by)"
    r"|would help|might help|i suggest|rather than|think about|have you thought|read|ask|say|name|show|write|explain)\b",
    re.IGNORECASE,
)
LINKED = re.compile(
    r"\b(?:because|so that|so the|this (?:would|will|way)|that way|which (?:would|will)|in order to|instead of|rather than"
    r"|when you|where you|as you|since you|next time you|therefore|then the)\b",
    re.IGNORECASE,
)
FEWEST_WORDS = 5


@dataclass(frozen=True)
class Hint:
    """key: behavior, suggestion or connection. text says what is there, or what would help."""

    key: str
    is_met: bool
    text: str


def hints(comment: str, next_step: str) -> list[Hint]:
    """The three hints on what is written about one criterion; none while nothing is written."""
    comment, next_step = comment.strip(), next_step.strip()
    both = f"{comment} {next_step}".strip()
    if not both:
        return []
    long_enough = len(WORDS.findall(comment.lower())) >= FEWEST_WORDS
    behavior = long_enough and SEEN.search(comment) is not None
    suggestion = bool(next_step) or SUGGESTED.search(comment) is not None
    connection = behavior and suggestion and LINKED.search(both) is not None
    return [
        Hint("behavior", behavior, _("Names what was seen") if behavior else _("Name what you saw, and where")),
        Hint("suggestion", suggestion, _("Suggests something") if suggestion else _("Suggest one thing to do")),
        Hint(
            "connection",
            connection,
            _("Links the two") if connection else _("Say how the suggestion follows from what you saw"),
        ),
    ]
