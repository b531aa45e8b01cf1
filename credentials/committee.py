"""What every committee decides by: the newest vote of each member, a quorum, and more votes for than against."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.errors import Conflict, Invalid
from credentials.models.committee import Vote, VoteRow

QUORUM_MAX = 25
CONDITIONS_MAX = 10


class QuorumLacking(Conflict):
    """Too few members have voted."""

    code = "quorum-lacking"


@dataclass(frozen=True)
class Tally:
    """The newest vote of each member who may vote now, and what a decision needs.

    members: who may vote, by key. aside: how many take no part because of a conflict.
    """

    votes: tuple[VoteRow, ...]
    quorum: int
    members: frozenset[int]
    aside: int

    def number(self, vote: str) -> int:
        return sum(each.vote == vote for each in self.votes)

    @property
    def lacking(self) -> int:
        """How many votes are missing to the quorum."""
        return max(0, self.quorum - len(self.votes))

    def carries(self, vote: str) -> bool:
        """Whether enough members have voted, and more of them this way than the other."""
        other = Vote.AGAINST if vote == Vote.FOR else Vote.FOR
        return not self.lacking and self.number(vote) > self.number(other)

    def of(self, member_id: int) -> VoteRow | None:
        return next((each for each in self.votes if each.member_id == member_id), None)

    @property
    def sentence(self) -> str:
        said = ngettext(
            "%(votes)s of %(quorum)s vote that a decision needs has been given",
            "%(votes)s of %(quorum)s votes that a decision needs have been given",
            self.quorum,
        ) % {"votes": len(self.votes), "quorum": self.quorum}
        if not self.votes:
            return f"{said}."
        count = {each.value: self.number(each) for each in Vote}
        split = _("%(for)s for, %(against)s against, %(abstain)s abstaining") % count
        return f"{said}: {split}."


def newest_votes(votes: Any, members: Collection[int]) -> tuple[VoteRow, ...]:
    """The newest vote of each of these members among the votes of a case. One query."""
    newest: dict[int, VoteRow] = {}
    for vote in votes.select_related("member").order_by("pk"):
        newest[vote.member_id] = vote
    return tuple(vote for key, vote in newest.items() if key in members)


def require_carried(tally: Tally, vote: str) -> None:
    """Refuse a decision that the committee has not taken. Raises QuorumLacking, Conflict (no majority)."""
    if tally.lacking:
        raise QuorumLacking(
            ngettext(
                "%(lacking)s more member has to vote before this case can be decided.",
                "%(lacking)s more members have to vote before this case can be decided.",
                tally.lacking,
            )
            % {"lacking": tally.lacking}
        )
    if not tally.carries(vote):
        raise Conflict(_("The votes do not carry this decision. %(how)s") % {"how": tally.sentence})


def cast(votes: Any, *, member: Any, vote: Vote, reason: str, at: Any) -> Any:
    """Write a member's vote on a locked case, unless it stands like that already. votes: those of the case."""
    newest = votes.filter(member=member).order_by("-pk").first()
    if newest is not None and newest.vote == vote and reason in ("", newest.reason):
        return newest
    return votes.create(member=member, vote=vote, reason=reason, at=at)


def require_quorum(quorum: int, *, least: int) -> None:
    if not least <= quorum <= QUORUM_MAX:
        raise Invalid(_("Between %(least)s and %(most)s members have to vote.") % {"least": least, "most": QUORUM_MAX})
