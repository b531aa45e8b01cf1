"""How a committee stands on a case: who may vote, who has, and whether that carries a decision."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from config.committees import CommitteeDecision
from config.permissions import Role
from credentials.committee import Tally, newest_votes
from credentials.models import Credential
from learners.models import Conflict, RoleGrant
from pathways.models import DesignationCase, QuorumRule

QUORUM = 1  # where nobody has said otherwise


def quorum(pathway_id: int) -> int:
    """How many members have to vote on the cases of a pathway. One query."""
    newest = next(iter(_newest_quorum(pathway_id)), None)
    return newest["quorum"] if newest else QUORUM


def _newest_quorum(pathway_id: int) -> QuerySet[QuorumRule, Any]:
    return QuorumRule.objects.filter(pathway=pathway_id).order_by("-pk").values("quorum")[:1]


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
    """How the committee stands on a case. Two queries; three where nobody sits on it.

    A vote counts while its member sits on the committee, has no conflict with the learner, and neither waived a rule for
    them nor recorded their capstone.
    """
    pathway = case.pathway_version.pathway_id
    conflicts = Conflict.objects.standing().filter(learner=case.learner_id, assessor=OuterRef("user"))
    waived, recorded = (Exists(acts.filter(actor=OuterRef("user"))) for acts in case.acts)
    grants = _grants(case.credential, at).exclude(user=case.learner.user_id).annotate(is_involved=waived | recorded)
    rows = list(
        grants.values_list("user", Exists(conflicts), "is_involved", Subquery(_newest_quorum(pathway))).distinct()
    )
    seated = {user for user, _barred, _involved, _quorum in rows}
    barred = {user for user, is_barred, _involved, _quorum in rows if is_barred}
    involved = {user for user, _barred, is_involved, _quorum in rows if is_involved} - barred
    members = frozenset(seated - barred - involved)
    counted = newest_votes(case.votes, members)
    needed = (rows[0][3] or QUORUM) if rows else quorum(pathway)
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
