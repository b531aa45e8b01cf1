"""What every committee decides by: the newest vote of each member, a quorum, and more votes for than against."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.errors import Conflict, Invalid
from config.permissions import Role
from credentials import content
from credentials.models import ContentCase, ContentQuorum, CredentialVersion, Proposal
from credentials.models.committee import Vote, VoteRow
from credentials.workflow import ContentCaseStatus

QUORUM_MAX = 25
CONDITIONS_MAX = 10


class QuorumLacking(Conflict):
    """Too few members have voted."""

    code = "quorum-lacking"


@dataclass(frozen=True)
class Tally:
    """The newest vote of each member who may vote now, and what a decision needs.

    members: who may vote, by key. aside: how many take no part because of a conflict. involved: who takes none because
    of what they did in the matter.
    """

    votes: tuple[VoteRow, ...]
    quorum: int
    members: frozenset[int]
    aside: int
    involved: frozenset[int] = frozenset()

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


# The committee on content ------------------------------------------------------------------------------------------------
def content_quorum(organization_id: int) -> int:
    """How many members of a school's committee on content have to vote; 0 where there is none. One query."""
    newest = ContentQuorum.objects.filter(organization=organization_id).order_by("-pk")
    return newest.values_list("quorum", flat=True).first() or 0


def content_tally(case: ContentCase, at: datetime) -> Tally:
    """How the committee stands on a case. Three queries.

    A vote counts while its member sits on the committee, and is not one who put it forward, answers for it or proposed it.
    """
    grants: Any = get_user_model()._meta.get_field("role_grants").related_model
    seated = set(
        grants.objects.in_force(at)
        .filter(role=Role.COMMITTEE, organization=case.organization_id, credential=None, user__is_active=True)
        .values_list("user", flat=True)
    )
    members = frozenset(seated - case.involved)
    return Tally(
        newest_votes(case.votes, members),
        max(1, content_quorum(case.organization_id)),
        members,
        len(seated & case.involved),
    )


def organization_of(subject: CredentialVersion | Proposal) -> int:
    return subject.credential.organization_id if isinstance(subject, CredentialVersion) else subject.organization_id


def newest_case(subject: CredentialVersion | Proposal) -> ContentCase | None:
    """The last time that something was put before the committee and not taken back. One query."""
    return subject.content_cases.exclude(status=ContentCaseStatus.TAKEN_BACK).order_by("-pk").first()


def on_content(subject: CredentialVersion | Proposal) -> dict[str, Any] | None:
    """What a page says of the committee beside a draft or proposal; None where none decides. Two queries at most."""
    quorum = content_quorum(organization_of(subject))
    if not quorum:
        return None
    case = newest_case(subject)
    return {"quorum": quorum, "case": case, "may_put": case is None or case.status != ContentCaseStatus.OPEN}


def lacking_decision(subject: CredentialVersion | Proposal) -> str:
    """What a version still lacks of its school's committee before it is published, or a proposal before it is a draft.

    Empty where nothing does. One query where the school has no committee on content.
    """
    version = subject if isinstance(subject, CredentialVersion) else None
    if not content_quorum(organization_of(subject)):
        return ""
    case = newest_case(subject)
    if case is None:
        return _("A decision of the committee on content: put it before the committee.")
    if case.status == ContentCaseStatus.OPEN:
        return _("A decision of the committee on content: it is before the committee.")
    if case.status != ContentCaseStatus.ACCEPTED:
        return _("The committee’s yes: it is %(state)s. Change it, and put it before the committee again.") % {
            "state": case.get_status_display()
        }
    if condition := case.conditions.filter(settled_at__isnull=True).order_by("pk").first():
        return _("What the committee asked for: %(text)s") % {"text": condition.text}
    if version is not None and case.seen_sha256 != content.digest(version):
        return _("A look of the committee at what was changed since: put it before the committee again.")
    return ""


def require_quorum(quorum: int, *, least: int) -> None:
    if not least <= quorum <= QUORUM_MAX:
        raise Invalid(_("Between %(least)s and %(most)s members have to vote.") % {"least": least, "most": QUORUM_MAX})
