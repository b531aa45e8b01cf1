"""Designation cases: a met pathway comes before the committee, which confirms or declines it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as format_date
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, RegistryError
from config.permissions import Can, Role, require
from credentials.models.committee import Vote
from learners import services as learners_services
from learners.models import Award, Learner, User
from pathways import rules, selectors
from pathways.models import CaseEvent, DesignationCase, PathwayEnrollment
from pathways.services.voting import (
    QuorumLacking,
    cast_vote,
    locked,
    require_carried,
    require_no_condition,
    required,
    vote_on_case,
)
from pathways.workflow import CASE_MOVES, PATHWAY_ENROLLMENT_MOVES, CaseStatus, PathwayEnrollmentStatus, require_move


@transaction.atomic
def ask_committee(*, actor: User, enrollment: PathwayEnrollment, at: datetime) -> DesignationCase:
    """Bring one's own met pathway before the committee at once, also again after a case was declined.

    Raises NotAllowed, Conflict (something is missing, nothing counts, or an award can still be taken back: the message says
    which).
    """
    enrollment = _enrollment(enrollment)
    require(actor, Can.PATHWAY_JOIN, enrollment.learner)
    case = _standing_case(enrollment)
    if case is not None:
        return case
    if enrollment.status != PathwayEnrollmentStatus.ACTIVE:
        raise Conflict(_("You no longer work toward this designation; join the pathway again first."))
    state = _progress(enrollment, at)
    if not state.is_met:
        raise Conflict(_("There is nothing to decide yet. %(why)s") % {"why": state.sentence})
    _require_award(state)
    if award := selectors.unsettled(state, at):
        raise Conflict(_still_open(award))
    return _open(enrollment, state, actor, at)


@transaction.atomic
def open_case(*, enrollment: PathwayEnrollment, at: datetime) -> DesignationCase | None:
    """Bring a met pathway before the committee; a consequence, harmless when repeated.

    Answers the standing case, a new one, or None while something is missing, nothing counts, or something can still be
    taken back.
    """
    enrollment = _enrollment(enrollment)
    case = _standing_case(enrollment)
    if case is not None or enrollment.status != PathwayEnrollmentStatus.ACTIVE:
        return case
    state = _progress(enrollment, at)
    if not state.is_met or not state.counted or selectors.unsettled(state, at):
        return None
    return _open(enrollment, state, None, at)


def _enrollment(enrollment: PathwayEnrollment) -> PathwayEnrollment:
    """Under lock. It is read with its version only afterwards: whoever held the lock may have moved it to another."""
    PathwayEnrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    joined = PathwayEnrollment.objects.select_related("learner", "version__pathway__credential__organization")
    return joined.get(pk=enrollment.pk)


def _standing_case(enrollment: PathwayEnrollment) -> DesignationCase | None:
    cases = DesignationCase.objects.awarding().filter(learner=enrollment.learner, pathway_version=enrollment.version)
    return cases.exclude(status=CaseStatus.DECLINED).first()


def _progress(enrollment: PathwayEnrollment, at: datetime) -> rules.Progress:
    return selectors.progress(version=enrollment.version, learner=enrollment.learner, on=timezone.localdate(at))


def _require_award(state: rules.Progress) -> None:
    """A designation rests on something that was earned: waivers alone make none."""
    if not state.counted:
        raise Conflict(_("Nothing that was earned counts toward it; a designation cannot rest on waivers alone."))


def _still_open(award: Award) -> str:
    return _("%(title)s was just released and can be taken back until %(time)s; ask after that.") % {
        "title": award.credential_version.title,
        "time": format_date(timezone.localtime(award.sign_after), "g:i A"),
    }


def _open(enrollment: PathwayEnrollment, state: rules.Progress, actor: User | None, at: datetime) -> DesignationCase:
    case = DesignationCase.objects.create(learner=enrollment.learner, pathway_version=enrollment.version, opened_at=at)
    CaseEvent.objects.create(case=case, actor=actor, moved_to=CaseStatus.OPEN, note=state.sentence, at=at)
    _tell_committee(case, at)
    return case


def _tell_committee(case: DesignationCase, at: datetime) -> None:
    """Tell the members whose grant is in force and covers the designation; never the learner."""
    learners_services.tell_role(
        Role.COMMITTEE,
        credential=case.credential,
        kind="case",
        subject=_("%(title)s: a case for the committee") % {"title": case.pathway_version.title},
        text=_("A learner has met every requirement of a pathway; the committee decides."),
        path=reverse("pathways:case-detail", args=[case.public_id]),
        at=at,
        but=[case.learner.user_id] if case.learner.user_id else [],
    )


def open_due_cases(*, at: datetime) -> int:
    """Open the cases of all joined learners whose pathway is met; answer how many are new.

    Four queries find them, however many have joined; only those that are met are locked, one by one.
    """
    # A declined case is not opened again by itself: the learner asks, once something has changed.
    cases = DesignationCase.objects.awarding().filter(learner=OuterRef("learner"), pathway_version=OuterRef("version"))
    waiting = PathwayEnrollment.objects.filter(~Exists(cases), status=PathwayEnrollmentStatus.ACTIVE)
    met = selectors.met(waiting.order_by("pk"), on=timezone.localdate(at))
    return sum(open_case(enrollment=each, at=at) is not None for each in met)


@transaction.atomic
def confirm_case(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Confirm a case: the designation is awarded with the awards that it counts, in this transaction.

    Whoever confirms votes for it. Raises NotAllowed (no member, one's own case, a conflict, a waiver that they granted),
    IllegalMove (decided already), Invalid (no reason, or the pathway is no longer met: the message says why), Conflict
    (nothing that was earned counts, an award can still be taken back, a condition is open, the votes do not carry it),
    QuorumLacking.
    """
    case = locked(case)
    # Whoever waives locks the learner, too: who waived is known from here to the end.
    Learner.objects.select_for_update(of=("self",), no_key=True).get(pk=case.learner_id)
    require(actor, Can.CASE_DECIDE, case)
    require_move(CASE_MOVES, case.status, CaseStatus.CONFIRMED)
    if case.is_review:
        raise Invalid(_("This designation is awarded already; it is kept, or not."))
    reason = required(reason)
    cast_vote(case, actor, Vote.FOR, reason, at)
    require_no_condition(case)
    require_carried(case, Vote.FOR, at)
    version = case.pathway_version
    if version.credential_version is None:
        raise Invalid(_("The pathway names no designation."))
    state, counted = _state_under_lock(case, at)
    award = learners_services.grant_award(
        learner=case.learner,
        version=version.credential_version,
        actor=actor,
        at=at,
        components=[(counted[held.award_id], label) for held, label in state.counted if not held.is_recognized],
    )
    case.status, case.decided_at, case.award = CaseStatus.CONFIRMED, at, award
    case.save(update_fields=["status", "decided_at", "award"])
    CaseEvent.objects.create(case=case, actor=actor, moved_to=CaseStatus.CONFIRMED, note=reason, at=at)
    _complete(case)
    tell_learner(case, at)
    return case


@dataclass
class Confirmed:
    """What became of many cases: confirmed; voted for, where more members have to vote; refused, each with the reason."""

    confirmed: list[DesignationCase] = field(default_factory=list)
    voted: list[DesignationCase] = field(default_factory=list)
    refused: list[tuple[DesignationCase, str]] = field(default_factory=list)


def confirm_cases(*, actor: User, cases: Iterable[DesignationCase], at: datetime, reason: str) -> Confirmed:
    """Confirm many cases in one act, each in a transaction, with a decision, an event and an award of its own.

    One that is refused holds up no other. Where more members have to vote, the actor's vote is left. A second call changes
    nothing: it is told which cases are decided already. Raises Invalid (no reason).
    """
    reason = required(reason)
    answer = Confirmed()
    for case in sorted(cases, key=lambda each: each.pk):
        try:
            answer.confirmed.append(confirm_case(actor=actor, case=case, at=at, reason=reason))
        except QuorumLacking:
            vote_on_case(actor=actor, case=case, vote=Vote.FOR, at=at, reason=reason)
            answer.voted.append(case)
        except RegistryError as error:
            answer.refused.append((case, str(error)))
    return answer


def _state_under_lock(case: DesignationCase, at: datetime) -> tuple[rules.Progress, dict[int, Award]]:
    """Progress over awards that nobody can revoke, withdraw or replace before this transaction ends.

    The learner is locked already, before the awards, as whoever grants awards does.
    """
    held = selectors.standing_awards([case.learner]).select_for_update(of=("self",), no_key=True).order_by("pk")
    counted = {award.pk: award for award in held}
    state = selectors.progress(version=case.pathway_version, learner=case.learner, on=timezone.localdate(at))
    if not state.is_met:
        raise Invalid(_("The pathway is not met on this day. %(why)s") % {"why": state.sentence})
    _require_award(state)
    if award := selectors.unsettled(state, at):
        raise Conflict(_still_open(award))
    return state, counted


def _complete(case: DesignationCase) -> None:
    for enrollment in PathwayEnrollment.objects.select_for_update().filter(
        learner=case.learner, version=case.pathway_version, status=PathwayEnrollmentStatus.ACTIVE
    ):
        require_move(PATHWAY_ENROLLMENT_MOVES, enrollment.status, PathwayEnrollmentStatus.COMPLETED)
        enrollment.status = PathwayEnrollmentStatus.COMPLETED
        enrollment.save(update_fields=["status"])


@transaction.atomic
def decline_case(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Decline a case with a reason that the learner sees; whoever declines votes against it.

    Raises NotAllowed, IllegalMove, Invalid, Conflict (the votes do not carry it), QuorumLacking.
    """
    case = locked(case)
    require(actor, Can.CASE_DECIDE, case)
    require_move(CASE_MOVES, case.status, CaseStatus.DECLINED)
    if case.is_review:
        raise Invalid(_("This designation is awarded already; it is kept, or not."))
    reason = required(reason)
    cast_vote(case, actor, Vote.AGAINST, reason, at)
    require_carried(case, Vote.AGAINST, at)
    case.status, case.decided_at = CaseStatus.DECLINED, at
    case.save(update_fields=["status", "decided_at"])
    CaseEvent.objects.create(case=case, actor=actor, moved_to=CaseStatus.DECLINED, note=reason, at=at)
    tell_learner(case, at)
    return case


def tell_learner(case: DesignationCase, at: datetime) -> None:
    """The mail says no result; the pathway's page does."""
    if case.learner.user is None:
        return
    learners_services.tell(
        user=case.learner.user,
        kind="case-decided",
        subject=_("%(title)s: the committee has decided") % {"title": case.pathway_version.title},
        text=_("The committee has decided on your designation."),
        path=case.pathway_version.pathway.get_absolute_url(),
        at=at,
    )
