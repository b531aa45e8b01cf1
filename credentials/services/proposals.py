"""Proposing a microcredential: anybody of the school says what, why and for whom; others want it too; a lead decides."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.committee import lacking_decision
from credentials.models import CredentialVersion, Organization, Proposal, ProposalVote
from credentials.services import editing
from credentials.workflow import PROPOSAL_MOVES, ProposalStatus, require_move

if TYPE_CHECKING:
    from learners.models import User

TEXT_MAX_LETTERS = 4000
OPEN_MAX = 10  # proposals of one person that wait at a time
BATCH = 100


@transaction.atomic
def propose(
    *,
    actor: "User",
    organization: Organization,
    title: str,
    need: str,
    audience: str,
    at: datetime,
    mission: str = "",
    demand_shown: str = "",
    resources: str = "",
) -> Proposal:
    """Propose a microcredential to a school; which part of its mission it serves, what shows that it is wanted and what it
    takes may be left to others. Raises NotAllowed, Invalid (names what is missing), Conflict (too many wait)."""
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    require(actor, Can.PROPOSAL_MAKE, organization)
    title, need, audience = " ".join(title.split()), need.strip(), audience.strip()
    if not title or not need or not audience:
        raise Invalid(_("Say what it is, why it is needed, and for whom."))
    more = {"mission": mission.strip(), "demand_shown": demand_shown.strip(), "resources": resources.strip()}
    if len(title) > 200 or max(map(len, (need, audience, *more.values()))) > TEXT_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters in each field.") % {"limit": TEXT_MAX_LETTERS})
    waiting = Proposal.objects.filter(organization=organization, status=ProposalStatus.OPEN)
    if waiting.filter(title__iexact=title).exists():
        raise Conflict(_("This is proposed already; vote for it."))
    if waiting.filter(proposed_by=actor).count() >= OPEN_MAX:
        raise Conflict(_("%(count)s of your proposals wait, which is the most.") % {"count": OPEN_MAX})
    return Proposal.objects.create(
        organization=organization,
        title=title,
        need=need,
        audience=audience,
        **more,
        proposed_by=actor,
        proposed_at=at,
    )


@transaction.atomic
def vote(*, actor: "User", proposal: Proposal, at: datetime) -> bool:
    """Want what was proposed, too; answer whether that is new. Raises NotAllowed (also for one's own), Conflict (ended)."""
    proposal = _open(proposal)
    require(actor, Can.PROPOSAL_VOTE, proposal)
    _vote, is_new = ProposalVote.objects.get_or_create(proposal=proposal, voter=actor, defaults={"at": at})
    return is_new


@transaction.atomic
def drop_vote(*, actor: "User", proposal: Proposal) -> bool:
    """Take one's vote back; answer whether there was one. Raises NotAllowed, Conflict (ended)."""
    proposal = _open(proposal)
    require(actor, Can.PROPOSAL_VOTE, proposal)
    count, _rows = ProposalVote.objects.filter(proposal=proposal, voter=actor).delete()
    return bool(count)


def _open(proposal: Proposal) -> Proposal:
    proposal = _locked(proposal)
    if proposal.status != ProposalStatus.OPEN:
        raise Conflict(
            _("This proposal is %(state)s; its votes stay as they are.") % {"state": proposal.get_status_display()}
        )
    return proposal


def _locked(proposal: Proposal) -> Proposal:
    found = Proposal.objects.select_for_update(of=("self",)).select_related("organization", "proposed_by")
    return found.get(pk=proposal.pk)


@transaction.atomic
def take_over_proposal(*, actor: "User", proposal: Proposal, code: str, at: datetime) -> CredentialVersion:
    """Begin a draft from a proposal; who proposed it is told. Raises NotAllowed, IllegalMove (ended), Invalid (the code),
    Conflict (the committee on content has not said yes)."""
    proposal = _locked(proposal)
    require(actor, Can.PROPOSAL_DECIDE, proposal)
    require_move(PROPOSAL_MOVES, proposal.status, ProposalStatus.TAKEN)
    code = code.strip()
    if not code:
        raise Invalid(_("Give the draft a code."))
    if lacking := lacking_decision(proposal):
        raise Conflict(_("Before it can become a draft: %(lacking)s") % {"lacking": lacking})
    draft = editing.start_credential(
        actor=actor, organization=proposal.organization, code=code, title=proposal.title, source=None, at=at
    )
    proposal.credential = draft.credential
    _end(proposal, ProposalStatus.TAKEN, actor, at)
    return draft


@transaction.atomic
def decline_proposal(*, actor: "User", proposal: Proposal, reason: str, at: datetime) -> Proposal:
    """Decline a proposal with a reason that its proposer reads. Raises NotAllowed, IllegalMove (ended), Invalid (no reason)."""
    proposal = _locked(proposal)
    require(actor, Can.PROPOSAL_DECIDE, proposal)
    require_move(PROPOSAL_MOVES, proposal.status, ProposalStatus.DECLINED)
    proposal.reason = reason.strip()
    if not proposal.reason:
        raise Invalid(_("Say why: the person who proposed it reads it, and so does everybody who wants it."))
    if len(proposal.reason) > TEXT_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": TEXT_MAX_LETTERS})
    _end(proposal, ProposalStatus.DECLINED, actor, at)
    return proposal


def _end(proposal: Proposal, status: ProposalStatus, actor: "User", at: datetime) -> None:
    proposal.status, proposal.ended_by, proposal.ended_at = status, actor, at
    proposal.save(update_fields=["status", "reason", "credential", "ended_by", "ended_at"])
    handoff.after_commit("learners.tell_of_proposals")


@transaction.atomic
def claim_ended_proposals(*, at: datetime) -> list[Proposal]:
    """What was decided and its proposer does not know; from now on it counts as told. For who tells people."""
    found = list(
        Proposal.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(ended_at__isnull=False, told_at__isnull=True)
        .select_related("proposed_by")
        .order_by("ended_at", "pk")[:BATCH]
    )
    Proposal.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return found
