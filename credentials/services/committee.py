"""The committee on content: what is put before it, how its members vote, what it decides and on what conditions.

A school has one as soon as an administrator says how many members have to vote. From then on the publish gate asks for its
decision, and a proposal becomes a draft only with it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials import committee, content
from credentials.models import (
    ContentCase,
    ContentCondition,
    ContentDecision,
    ContentQuorum,
    ContentVote,
    Credential,
    CredentialEvent,
    CredentialVersion,
    Organization,
    Proposal,
)
from credentials.models.committee import Vote
from credentials.workflow import (
    CONTENT_CASE_MOVES,
    ContentCaseStatus,
    ProposalStatus,
    VersionStatus,
    require_move,
)

if TYPE_CHECKING:
    from learners.models import User

TEXT_MAX_LETTERS = 4000
BATCH = 100
OUTCOMES = {ContentCaseStatus.ACCEPTED, ContentCaseStatus.REFUSED, ContentCaseStatus.DEFERRED}


@transaction.atomic
def set_content_quorum(
    *, actor: "User", organization: Organization, quorum: int, reason: str, at: datetime
) -> ContentQuorum | None:
    """Say how many members have to vote on content; 0 where no committee decides (any more). The same again is nothing.

    Raises NotAllowed, Invalid (a number that makes no sense, no reason), Conflict (something is before the committee).
    """
    organization = Organization.objects.select_for_update().get(pk=organization.pk)
    require(actor, Can.CONTENT_QUORUM_SET, organization)
    committee.require_quorum(quorum, least=0)
    newest = ContentQuorum.objects.filter(organization=organization).order_by("-pk").first()
    if (newest.quorum if newest is not None else 0) == quorum:
        return newest
    if (count := organization.content_cases.filter(status=ContentCaseStatus.OPEN).count()) > 0:
        raise Conflict(
            ngettext(
                "%(count)s case is before the committee. Let it be decided or taken back first: what it takes stays.",
                "%(count)s cases are before the committee. Let them be decided or taken back first: what they take stays.",
                count,
            )
            % {"count": count}
        )
    return ContentQuorum.objects.create(
        organization=organization, quorum=quorum, reason=_said(reason), actor=actor, at=at
    )


def _said(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise Invalid(_("Say why; the reason stays with the decision."))
    return _short(reason)


def _short(text: str) -> str:
    if len(text) > TEXT_MAX_LETTERS:
        raise Invalid(_("Write at most %(limit)s letters.") % {"limit": TEXT_MAX_LETTERS})
    return text


@transaction.atomic
def put_before_committee(
    *, actor: "User", subject: CredentialVersion | Proposal, at: datetime, note: str = ""
) -> ContentCase:
    """Put a draft or an open proposal before the committee on content.

    Raises NotAllowed, Conflict (there is no committee, it is no draft or no open proposal, or it is before the committee).
    """
    case = ContentCase(put_by=actor, put_at=at, note=_short(note.strip()))
    if isinstance(subject, CredentialVersion):
        credential = Credential.objects.select_for_update().get(pk=subject.credential_id)
        version = CredentialVersion.objects.get(pk=subject.pk)
        require(actor, Can.CONTENT_PUT, credential)
        if version.status != VersionStatus.DRAFT:
            raise Conflict(_("This version is published and frozen; the committee decides on drafts."))
        case.version, case.organization_id = version, credential.organization_id
        case.seen_sha256 = content.digest(version)
        CredentialEvent.objects.create(
            credential=credential, version=version, actor=actor, action="put before the committee", note=note, at=at
        )
    else:
        proposal = Proposal.objects.select_for_update(of=("self",)).select_related("organization").get(pk=subject.pk)
        require(actor, Can.CONTENT_PUT, proposal.organization)
        if proposal.status != ProposalStatus.OPEN:
            raise Conflict(_("This proposal is %(state)s.") % {"state": proposal.get_status_display()})
        case.proposal, case.organization_id = proposal, proposal.organization_id
    # The school last: whoever changes the quorum waits for it, and counts this case.
    list(Organization.objects.select_for_update().filter(pk=case.organization_id).values("pk"))
    if not committee.content_quorum(case.organization_id):
        raise Conflict(_("No committee decides on content at this school."))
    if subject.content_cases.filter(status=ContentCaseStatus.OPEN).exists():
        raise Conflict(_("It is before the committee already."))
    case.save()
    handoff.after_commit("learners.tell_of_content_cases")
    return case


@transaction.atomic
def claim_new_content_cases(*, at: datetime) -> list[ContentCase]:
    """What was put before a committee whose members do not know it; from now on it counts as told. For who tells people."""
    untold = ContentCase.objects.select_for_update(skip_locked=True, of=("self",)).filter(told_at__isnull=True)
    found = list(untold.with_subject().order_by("put_at", "pk")[:BATCH])
    ContentCase.objects.filter(pk__in=[each.pk for each in found]).update(told_at=at)
    return found


def _locked(case: ContentCase) -> ContentCase:
    # The item first, as whoever publishes or edits it does.
    if case.version is not None:
        list(Credential.objects.select_for_update().filter(pk=case.version.credential_id).values("pk"))
    return ContentCase.objects.select_for_update(of=("self",)).with_subject().get(pk=case.pk)


@transaction.atomic
def take_back_content_case(*, actor: "User", case: ContentCase, at: datetime) -> ContentCase:
    """Take it back before it is decided, to change it. Raises NotAllowed, IllegalMove (decided or taken back already)."""
    case = _locked(case)
    require(actor, Can.CONTENT_PUT, case.version.credential if case.version is not None else case.organization)
    _end(case, ContentCaseStatus.TAKEN_BACK, actor, at, "")
    return case


@transaction.atomic
def vote_on_content(*, actor: "User", case: ContentCase, vote: Vote, at: datetime, reason: str = "") -> ContentVote:
    """Vote on an open case; the newest vote of a member counts, and the same one again changes nothing.

    Raises NotAllowed (no member, or too much to do with it), Conflict (decided already), Invalid (against without a reason).
    """
    case = _locked(case)
    require(actor, Can.CONTENT_VOTE, case)
    if case.status != ContentCaseStatus.OPEN:
        raise Conflict(_("This is %(state)s; votes stay as they are.") % {"state": case.get_status_display()})
    reason = _said(reason) if vote == Vote.AGAINST else _short(reason.strip())
    made: ContentVote = committee.cast(case.votes, member=actor, vote=vote, reason=reason, at=at)
    return made


@transaction.atomic
def decide_content(
    *,
    actor: "User",
    case: ContentCase,
    outcome: ContentCaseStatus,
    at: datetime,
    reason: str = "",
    conditions: Sequence[str] = (),
) -> ContentDecision:
    """Record what the committee decides, with its votes; a draft that was changed meanwhile is put before it anew.

    Accepting and refusing take a quorum and more votes for it than against; deferring takes a reason. conditions: what has to
    be done before an accepted draft is published. Raises NotAllowed, IllegalMove, QuorumLacking, Conflict, Invalid.
    """
    case = _locked(case)
    require(actor, Can.CONTENT_VOTE, case)
    if outcome not in OUTCOMES:
        raise Invalid(_("Choose what the committee decides."))
    require_move(CONTENT_CASE_MOVES, case.status, outcome)
    asked = list(dict.fromkeys(_short(each.strip()) for each in conditions if each.strip()))
    if asked and outcome != ContentCaseStatus.ACCEPTED:
        raise Invalid(_("Conditions belong to a yes; say in the reason what is missing."))
    if len(asked) > committee.CONDITIONS_MAX:
        raise Invalid(_("Set at most %(most)s conditions.") % {"most": committee.CONDITIONS_MAX})
    reason = _short(reason.strip()) if outcome == ContentCaseStatus.ACCEPTED else _said(reason)
    if case.version is not None and content.digest(case.version) != case.seen_sha256:
        raise Conflict(
            _("The draft was changed since it was put before the committee; it has to be put before it anew.")
        )
    tally = committee.content_tally(case, at)
    if outcome != ContentCaseStatus.DEFERRED:
        committee.require_carried(tally, Vote.FOR if outcome == ContentCaseStatus.ACCEPTED else Vote.AGAINST)
    _end(case, outcome, actor, at, reason)
    decision = ContentDecision.objects.create(
        case=case,
        proposal=case.proposal,
        credential=case.version.credential if case.version is not None else None,
        outcome=outcome,
        votes_for=tally.number(Vote.FOR),
        votes_against=tally.number(Vote.AGAINST),
        votes_abstained=tally.number(Vote.ABSTAIN),
        conditions="\n".join(asked),
        reason=reason,
        decided_on=timezone.localdate(at),
        actor=actor,
        at=at,
    )
    for text in asked:  # one by one: they keep their order
        ContentCondition.objects.create(case=case, text=text, set_by=actor, set_at=at)
    return decision


def _end(case: ContentCase, status: ContentCaseStatus, actor: "User", at: datetime, reason: str) -> None:
    require_move(CONTENT_CASE_MOVES, case.status, status)
    case.status, case.ended_at = status, at
    case.save(update_fields=["status", "ended_at"])
    if case.version is not None:
        CredentialEvent.objects.create(
            credential=case.version.credential,
            version=case.version,
            actor=actor,
            action=f"committee: {status.value}",
            note=reason,
            at=at,
        )


@transaction.atomic
def settle_content_condition(
    *, actor: "User", condition: ContentCondition, is_dropped: bool, note: str, seen_sha256: str, at: datetime
) -> ContentCondition:
    """Say, for the committee, that a condition is met, or no longer asked for; it has then seen the draft as it is now.

    seen_sha256: `content.digest` of the draft that the member had before them; anything for a proposal. Raises NotAllowed,
    Conflict (settled already, or the draft was changed meanwhile), Invalid (no note).
    """
    case = _locked(condition.case)
    require(actor, Can.CONTENT_VOTE, case)
    condition = ContentCondition.objects.select_for_update().get(pk=condition.pk)
    if condition.settled_at is not None:
        raise Conflict(_("This condition is settled already."))
    is_draft = case.version is not None and case.version.status == VersionStatus.DRAFT
    if case.version is not None and is_draft and content.digest(case.version) != seen_sha256:
        raise Conflict(_("The draft was changed while you read it. Look at it again before you settle the condition."))
    condition.settled_by, condition.settled_at = actor, at
    condition.is_dropped, condition.note = is_dropped, _said(note)
    condition.save(update_fields=["settled_by", "settled_at", "is_dropped", "note"])
    if is_draft:
        case.seen_sha256 = seen_sha256
        case.save(update_fields=["seen_sha256"])
    return condition
