"""How a committee stands on a case: who may vote, who has, and whether that carries a decision."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.committees import CommitteeDecision
from config.permissions import Role
from learners.models import Conflict, RoleGrant
from pathways.models import CaseVote, DesignationCase, QuorumRule, Vote

QUORUM = 1  # where nobody has said otherwise


@dataclass(frozen=True)
class Tally:
    """The newest vote of each member who may vote now, and what a decision needs.

    members: who may vote, by key. aside: how many take no part because of a conflict.
    """

    votes: tuple[CaseVote, ...]
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

    def of(self, member_id: int) -> CaseVote | None:
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


def quorum(pathway_id: int) -> int:
    """How many members have to vote on the cases of a pathway. One query."""
    newest = QuorumRule.objects.filter(pathway=pathway_id).order_by("-pk").values_list("quorum", flat=True).first()
    return newest or QUORUM


def tally(case: DesignationCase, at: datetime) -> Tally:
    """How the committee stands on a case. Three queries.

    A vote counts while its member sits on the committee and has no conflict with the learner.
    """
    credential = case.credential
    grants = RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential),
        role=Role.COMMITTEE,
        organization=credential.organization_id,
        user__is_active=True,
    )
    conflicts = Conflict.objects.standing().filter(learner=case.learner_id, assessor=OuterRef("user"))
    seats = dict(grants.exclude(user=case.learner.user_id).values_list("user", Exists(conflicts)))
    seated, barred = set(seats), {key for key, is_barred in seats.items() if is_barred}
    newest: dict[int, CaseVote] = {}
    for vote in case.votes.select_related("member").order_by("pk"):
        newest[vote.member_id] = vote
    counted = tuple(vote for key, vote in newest.items() if key in seated - barred)
    return Tally(counted, quorum(case.pathway_version.pathway_id), frozenset(seated - barred), len(barred))


def decisions_on(awards: Collection[int]) -> dict[int, CommitteeDecision]:
    """The confirmed cases that these awards came from, by the key of the award. One query."""
    cases = DesignationCase.objects.filter(award__in=awards, decided_at__isnull=False)
    rows = cases.values_list("award", "public_id", "decided_at", "pathway_version__recorded_on")
    return {
        award: CommitteeDecision(case, at, tuple(recorded_on))
        for award, case, at, recorded_on in rows
        if award is not None and at is not None
    }
