"""How a committee stands on a case: who may vote, who has, and whether that carries a decision."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from config.committees import CommitteeDecision
from config.permissions import Role
from credentials.committee import Tally, newest_votes
from credentials.models import Credential
from learners.models import Conflict, RoleGrant
from pathways.models import DesignationCase, QuorumRule

QUORUM = 1  # where nobody has said otherwise


def quorum(pathway_id: int) -> int:
    """How many members have to vote on the cases of a pathway. One query."""
    newest = QuorumRule.objects.filter(pathway=pathway_id).order_by("-pk").values_list("quorum", flat=True).first()
    return newest or QUORUM


def seats(credential: Credential, *, at: datetime) -> int:
    """How many people sit on the committee of a designation. One query."""
    return _grants(credential, at).values("user").distinct().count()


def _grants(credential: Credential, at: datetime) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.in_force(at).filter(
        Q(credential=None) | Q(credential=credential),
        role=Role.COMMITTEE,
        organization=credential.organization_id,
        user__is_active=True,
    )


def tally(case: DesignationCase, at: datetime) -> Tally:
    """How the committee stands on a case. Four queries.

    A vote counts while its member sits on the committee, has no conflict with the learner, and neither waived a rule for
    them nor recorded their capstone.
    """
    grants = _grants(case.credential, at)
    conflicts = Conflict.objects.standing().filter(learner=case.learner_id, assessor=OuterRef("user"))
    seats = dict(grants.exclude(user=case.learner.user_id).values_list("user", Exists(conflicts)))
    seated, barred = set(seats), {key for key, is_barred in seats.items() if is_barred}
    involved = (seated - barred) & case.involved
    members = frozenset(seated - barred - involved)
    counted = newest_votes(case.votes, members)
    needed = quorum(case.pathway_version.pathway_id)
    return Tally(counted, needed, members, len(barred), frozenset(involved))


def decisions_on(awards: Collection[int]) -> dict[int, CommitteeDecision]:
    """The confirmed cases that these awards came from, by the key of the award. One query."""
    cases = DesignationCase.objects.filter(award__in=awards, decided_at__isnull=False)
    rows = cases.values_list("award", "public_id", "decided_at", "pathway_version__recorded_on")
    return {
        award: CommitteeDecision(case, at, tuple(recorded_on))
        for award, case, at, recorded_on in rows
        if award is not None and at is not None
    }
