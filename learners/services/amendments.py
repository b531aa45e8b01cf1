"""Asking for an amendment of one's record, answering it, hearing it, and the statement that stays beside the record."""

from datetime import date, datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid, NotAllowed
from config.permissions import Can, Role, require
from learners.models import Amendment, AmendmentEvent, Award, Decision, Learner, RoleGrant, User
from learners.services import notices
from learners.workflow import AMENDMENT_MOVES, AmendmentStatus, DecisionStatus, require_move

TEXT_MAX = 4000


def _words(text: str, missing: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid(missing)
    if len(text) > TEXT_MAX:
        raise Invalid(_("Write at most %(most)s letters.") % {"most": TEXT_MAX})
    return text


@transaction.atomic
def ask_amendment(
    *,
    actor: User,
    learner: Learner,
    wrong: str,
    award: Award | None = None,
    decision: Decision | None = None,
    part: str = "",
    at: datetime,
) -> Amendment:
    """Ask the school to amend one record: an award, a released decision, or a part that is named.

    Raises NotAllowed, Invalid (nothing named, no words, a record of somebody else), Conflict (asked already, not answered).
    """
    learner = Learner.objects.select_for_update(of=("self",)).select_related("organization").get(pk=learner.pk)
    require(actor, Can.RECORD_OWN, learner)
    wrong = _words(wrong, _("Say what is wrong, and what it should say."))
    part = " ".join(part.split())[:200]
    if sum([award is not None, decision is not None, bool(part)]) != 1:
        raise Invalid(_("Name one record."))
    if award is not None and award.learner_id != learner.pk:
        raise Invalid(_("Name a record of your own."))
    if decision is not None and (
        decision.enrollment.learner_id != learner.pk or decision.status != DecisionStatus.RELEASED
    ):
        raise Invalid(_("Name a record of your own."))
    waiting = Amendment.objects.filter(
        learner=learner,
        award=award,
        decision=decision,
        part=part,
        status__in=[AmendmentStatus.REQUESTED, AmendmentStatus.HEARING],
    )
    if waiting.exists():
        raise Conflict(_("You have asked for this already, and it is not answered yet."))
    made = Amendment.objects.create(
        learner=learner, award=award, decision=decision, part=part, wrong=wrong, requested_at=at
    )
    _event(made, actor, made.status, at)
    _tell_registrars(made, at)
    return made


def _tell_registrars(amendment: Amendment, at: datetime) -> None:
    grants = RoleGrant.objects.in_force(at).filter(
        role=Role.REGISTRAR, organization=amendment.learner.organization_id, credential=None
    )
    members = User.objects.filter(pk__in=grants.values("user"), is_active=True).exclude(learner=amendment.learner)
    notices.tell_all(
        notices.Notice(
            user=member,
            kind="amendment",
            subject=_("A learner asks to amend a record"),
            text=_("The request waits for your answer."),
            path=amendment.get_absolute_url(),
            created_at=at,
        )
        for member in members.order_by("pk")
    )


def _locked(amendment: Amendment) -> Amendment:
    list(Amendment.objects.select_for_update().filter(pk=amendment.pk).values("pk"))
    return Amendment.objects.with_context().get(pk=amendment.pk)


def _event(amendment: Amendment, actor: User, moved_to: str, at: datetime, note: str = "") -> None:
    AmendmentEvent.objects.create(amendment=amendment, actor=actor, moved_to=moved_to, note=note, at=at)


@transaction.atomic
def decide_amendment(*, actor: User, amendment: Amendment, is_amended: bool, reasons: str, at: datetime) -> Amendment:
    """Answer a request. "Amended" records that the correction was made where the record is kept.

    A refusal tells the learner of the hearing and the statement. Raises NotAllowed, Invalid (no reasons), IllegalMove.
    """
    amendment = _locked(amendment)
    require(actor, Can.AMENDMENT_DECIDE, amendment)
    target = AmendmentStatus.AMENDED if is_amended else AmendmentStatus.REFUSED
    if amendment.status == AmendmentStatus.HEARING:
        raise Conflict(_("A hearing was asked for; its outcome answers the request."))
    require_move(AMENDMENT_MOVES, amendment.status, target)
    amendment.reasons = _words(reasons, _("Write the reasons; the learner reads them."))
    amendment.status, amendment.decided_by, amendment.decided_at = target, actor, at
    amendment.save(update_fields=["status", "decided_by", "decided_at", "reasons"])
    _event(amendment, actor, target, at, amendment.reasons)
    _tell_learner(amendment, at)
    return amendment


@transaction.atomic
def ask_hearing(*, actor: User, amendment: Amendment, at: datetime) -> Amendment:
    """Ask to be heard after a refusal. Raises NotAllowed, IllegalMove."""
    amendment = _locked(amendment)
    require(actor, Can.RECORD_OWN, amendment.learner)
    require_move(AMENDMENT_MOVES, amendment.status, AmendmentStatus.HEARING)
    amendment.status = AmendmentStatus.HEARING
    amendment.save(update_fields=["status"])
    _event(amendment, actor, amendment.status, at)
    _tell_registrars(amendment, at)
    return amendment


@transaction.atomic
def note_hearing(
    *, actor: User, amendment: Amendment, held_on: date, is_amended: bool, note: str, at: datetime
) -> Amendment:
    """Record a hearing and what came of it. Whoever refused the request does not hear it.

    Raises NotAllowed, Invalid (no note, a day to come), IllegalMove.
    """
    amendment = _locked(amendment)
    require(actor, Can.AMENDMENT_DECIDE, amendment)
    target = AmendmentStatus.AMENDED if is_amended else AmendmentStatus.UPHELD
    if amendment.status != AmendmentStatus.HEARING:
        raise Conflict(_("No hearing was asked for, or it was held already."))
    require_move(AMENDMENT_MOVES, amendment.status, target)
    if amendment.decided_by_id == actor.pk:
        raise NotAllowed(_("You refused this request; somebody else hears it."))
    if held_on > timezone.localdate(at):
        raise Invalid(_("A hearing is recorded when it was held."))
    amendment.hearing_note = _words(note, _("Write down what was said and why it was decided so."))
    amendment.status, amendment.heard_by, amendment.heard_on = target, actor, held_on
    fields = ["status", "heard_by", "heard_on", "hearing_note"]
    if is_amended and amendment.statement:
        amendment.statement, amendment.stated_at = "", None  # the record says now what the learner wanted
        fields += ["statement", "stated_at"]
    amendment.save(update_fields=fields)
    _event(amendment, actor, target, at, amendment.hearing_note)
    _tell_learner(amendment, at)
    return amendment


@transaction.atomic
def place_statement(*, actor: User, amendment: Amendment, text: str, at: datetime) -> Amendment:
    """Place one's statement beside a record that was not amended, change it, or, with no text, take it away.

    It is shown wherever the record is shown, also to those with whom the learner shares it. Raises NotAllowed, Conflict.
    """
    amendment = _locked(amendment)
    require(actor, Can.RECORD_OWN, amendment.learner)
    if amendment.status not in {AmendmentStatus.REFUSED, AmendmentStatus.HEARING, AmendmentStatus.UPHELD}:
        raise Conflict(_("A statement stands beside a record that the school did not amend."))
    text = text.strip()
    if text:
        text = _words(text, "")
    if text == amendment.statement:
        return amendment
    amendment.statement, amendment.stated_at = text, at if text else None
    amendment.save(update_fields=["statement", "stated_at"])
    _event(amendment, actor, "stated" if text else "unstated", at, text)
    return amendment


@transaction.atomic
def withdraw_amendment(*, actor: User, amendment: Amendment, at: datetime) -> Amendment:
    """Take a request back before it is answered. Raises NotAllowed, IllegalMove."""
    amendment = _locked(amendment)
    require(actor, Can.RECORD_OWN, amendment.learner)
    require_move(AMENDMENT_MOVES, amendment.status, AmendmentStatus.WITHDRAWN)
    amendment.status = AmendmentStatus.WITHDRAWN
    amendment.save(update_fields=["status"])
    _event(amendment, actor, amendment.status, at)
    return amendment


def _tell_learner(amendment: Amendment, at: datetime) -> None:
    user = amendment.learner.user
    if user is None:
        return
    refused = amendment.status in {AmendmentStatus.REFUSED, AmendmentStatus.UPHELD}
    notices.tell(
        user=user,
        kind="record",
        subject=_("Your request about your record is answered"),
        text=_(
            "The record was not amended. You can place a statement beside it, and ask to be heard if you were not yet."
        )
        if refused
        else _("The school has amended the record."),
        path=reverse("learners:amendment-detail", args=[amendment.public_id]),
        at=at,
    )
