"""What comes before a decision: votes, conditions, conflicts, and how many members have to vote."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config.errors import Conflict, IllegalMove, Invalid
from config.permissions import Can, require
from credentials import committee
from credentials.committee import CONDITIONS_MAX
from credentials.committee import QuorumLacking as QuorumLacking
from credentials.models.committee import Vote
from learners import services as learners_services
from learners.models import Conflict as DeclaredConflict
from learners.models import ConflictKind, User
from pathways import selectors
from pathways.models import CaseCondition, CaseEvent, CaseVote, DesignationCase, Pathway, QuorumRule
from pathways.workflow import CaseStatus


def locked(case: DesignationCase) -> DesignationCase:
    return (
        DesignationCase.objects.select_for_update(of=("self",))
        .select_related(
            "learner__user",
            "pathway_version__pathway__credential__organization",
            "pathway_version__credential_version",
            "reviews__credential_version",
        )
        .get(pk=case.pk)
    )


def required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why; the reason stays with the case."))
    return reason.strip()


@transaction.atomic
def vote_on_case(*, actor: User, case: DesignationCase, vote: Vote, at: datetime, reason: str = "") -> CaseVote:
    """Vote on an open case; the newest vote of a member counts, and the same one again changes nothing.

    For: confirm the designation, or keep it where the case looks at it again. Raises NotAllowed (no member, one's own case,
    a conflict), IllegalMove (decided already), Invalid (a vote against without a reason).
    """
    case = locked(case)
    require(actor, Can.CASE_DECIDE, case)
    _require_open(case)
    if vote == Vote.AGAINST:
        reason = required(reason)
    return cast_vote(case, actor, vote, reason.strip(), at)


def cast_vote(case: DesignationCase, member: User, vote: Vote, reason: str, at: datetime) -> CaseVote:
    """Write a vote of a locked case, unless it stands like that already."""
    found: CaseVote = committee.cast(case.votes, member=member, vote=vote, reason=reason, at=at)
    return found


def require_carried(case: DesignationCase, vote: Vote, at: datetime) -> None:
    """Refuse a decision that the committee has not taken. Raises QuorumLacking, Conflict (no majority)."""
    committee.require_carried(selectors.tally(case, at), vote)


def require_no_condition(case: DesignationCase) -> None:
    condition = case.conditions.filter(settled_at__isnull=True).order_by("pk").first()
    if condition is not None:
        raise Conflict(_("A condition is open: %(text)s") % {"text": condition.text})


def _require_open(case: DesignationCase) -> None:
    if case.status != CaseStatus.OPEN:
        raise IllegalMove(_("This case is %(state)s.") % {"state": CaseStatus(case.status).label})


@transaction.atomic
def set_condition(*, actor: User, case: DesignationCase, text: str, due_on: date | None, at: datetime) -> CaseCondition:
    """Say what has to be done before a case can be confirmed; the learner is told. The same text twice is one condition.

    Raises NotAllowed, IllegalMove (decided already), Invalid (no text, a day that is over, a review), Conflict (too many).
    """
    case = locked(case)
    require(actor, Can.CASE_DECIDE, case)
    _require_open(case)
    text = text.strip()
    if case.is_review:
        raise Invalid(_("The designation is awarded already; it stays, or it does not."))
    if not text:
        raise Invalid(_("Say what has to be done."))
    if due_on is not None and due_on < at.date():
        raise Invalid(_("That day is over already."))
    open_ones = list(case.conditions.filter(settled_at__isnull=True))
    if found := next((each for each in open_ones if each.text == text), None):
        return found
    if len(open_ones) >= CONDITIONS_MAX:
        raise Conflict(_("There are %(most)s open conditions already.") % {"most": CONDITIONS_MAX})
    condition = CaseCondition.objects.create(case=case, text=text, due_on=due_on, set_by=actor, set_at=at)
    CaseEvent.objects.create(case=case, actor=actor, moved_to="condition", note=text, at=at)
    _tell_of_condition(case, at)
    return condition


@transaction.atomic
def settle_condition(
    *, actor: User, condition: CaseCondition, is_dropped: bool, note: str, at: datetime
) -> CaseCondition:
    """Say that a condition is met, or no longer asked for. Raises NotAllowed, IllegalMove, Invalid, Conflict (settled)."""
    case = locked(condition.case)
    require(actor, Can.CASE_DECIDE, case)
    _require_open(case)
    condition = CaseCondition.objects.select_for_update().get(pk=condition.pk)
    if condition.settled_at is not None:
        raise Conflict(_("This condition is settled already."))
    note = required(note)
    condition.settled_by, condition.settled_at = actor, at
    condition.is_dropped, condition.note = is_dropped, note
    condition.save(update_fields=["settled_by", "settled_at", "is_dropped", "note"])
    moved_to = "condition-dropped" if is_dropped else "condition-met"
    CaseEvent.objects.create(case=case, actor=actor, moved_to=moved_to, note=f"{condition.text}: {note}", at=at)
    return condition


def _tell_of_condition(case: DesignationCase, at: datetime) -> None:
    if case.learner.user is None:
        return
    learners_services.tell(
        user=case.learner.user,
        kind="case-condition",
        subject=_("%(title)s: the committee asks for something more") % {"title": case.pathway_version.title},
        text=_("The committee has set a condition before it decides on your designation."),
        path=case.pathway_version.pathway.get_absolute_url(),
        at=at,
    )


@transaction.atomic
def step_aside(*, actor: User, case: DesignationCase, kind: ConflictKind, at: datetime) -> DeclaredConflict:
    """Declare a conflict with the learner of a case: from then on one neither reads nor decides their cases, and one's vote
    does not count. It stays private. Raises NotAllowed."""
    case = locked(case)
    require(actor, Can.CASE_STEP_ASIDE, case)
    return learners_services.declare_conflict(actor=actor, learner=case.learner, kind=kind, at=at)


@transaction.atomic
def set_quorum(*, actor: User, pathway: Pathway, quorum: int, reason: str, at: datetime) -> QuorumRule:
    """Say how many members have to vote on each case of a pathway, also on those that are open.

    The same number again changes nothing. Raises NotAllowed, Invalid (a number that makes no sense, no reason).
    """
    pathway = Pathway.objects.select_for_update(of=("self",)).select_related("credential").get(pk=pathway.pk)
    require(actor, Can.QUORUM_SET, pathway)
    committee.require_quorum(quorum, least=1)
    newest = QuorumRule.objects.filter(pathway=pathway).order_by("-pk").first()
    if newest is not None and newest.quorum == quorum:
        return newest
    if not reason.strip():
        raise Invalid(_("Say why; the reason stays with the rule."))
    return QuorumRule.objects.create(pathway=pathway, quorum=quorum, reason=reason.strip(), actor=actor, at=at)
