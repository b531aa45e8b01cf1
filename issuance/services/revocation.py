"""Revoking takes two people, and is one transaction: award, bit, signed list."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Conflict, Invalid
from config.permissions import Can, Role, require
from issuance.models import RevocationRequest, StatusEntry
from issuance.services import status
from issuance.workflow import REVOCATION_MOVES, RevocationStatus, require_move
from learners import services as learners_services
from learners.models import Award, User
from learners.workflow import AWARD_MOVES, AwardStatus


@transaction.atomic
def request_revocation(*, actor: User, award: Award, reason: str, note: str, at: datetime) -> RevocationRequest:
    """Ask that an award be revoked. Raises NotAllowed, Conflict (asked already, or revoked), Invalid (no note)."""
    award = Award.objects.select_for_update(of=("self",)).with_context().get(pk=award.pk)
    require(actor, Can.AWARD_REVOKE_REQUEST, award)
    require_move(AWARD_MOVES, award.status, AwardStatus.REVOKED)
    if not note.strip():
        raise Invalid(_("Say why; the second registrar reads it, and nobody outside."))
    try:
        with transaction.atomic():
            request = RevocationRequest.objects.create(
                award=award, reason=reason, note=note.strip(), requested_by=actor, requested_at=at
            )
    except IntegrityError as error:
        raise Conflict(_("A revocation of this award is requested already.")) from error
    learners_services.tell_role(
        Role.REGISTRAR,
        credential=award.credential,
        kind="revocation",
        subject=_("A revocation waits for a second registrar"),
        text=_("A registrar asks that an award be revoked. Nothing changes until another registrar has decided."),
        path=request.get_absolute_url(),
        at=at,
        but=[actor.pk],
    )
    return request


@transaction.atomic
def approve_revocation(*, actor: User, request: RevocationRequest, at: datetime, note: str = "") -> RevocationRequest:
    """Approve another person's request: the award is revoked with the bits of its documents, in this transaction.

    Raises NotAllowed (the same person, or no registrar), IllegalMove (decided already).
    """
    request = _locked(request)
    require(actor, Can.AWARD_REVOKE_APPROVE, request)
    require_move(REVOCATION_MOVES, request.status, RevocationStatus.APPROVED)
    award = learners_services.revoke_award(award=request.award, actor=actor, at=at, note=f"Request {request.public_id}")
    status.set_bits(entries=StatusEntry.objects.filter(document__award=award), at=at)
    _decide(request, RevocationStatus.APPROVED, actor=actor, at=at, note=note)
    learner = request.award.learner
    if learner.user is not None:
        learners_services.tell(
            user=learner.user,
            kind="revoked",
            subject=_("%(title)s: your badge was revoked") % {"title": request.award.credential_version.title},
            text=_("The school has revoked a badge of yours. The page tells why, what it means, and whom to write to."),
            path=reverse("learners:award-detail", args=[request.award.public_id]),
            at=at,
        )
    return request


@transaction.atomic
def refuse_revocation(*, actor: User, request: RevocationRequest, at: datetime, note: str) -> RevocationRequest:
    """Refuse a request; the award stays as it is. Raises NotAllowed, IllegalMove, Invalid (no reason)."""
    request = _locked(request)
    require(actor, Can.AWARD_REVOKE_APPROVE, request)
    require_move(REVOCATION_MOVES, request.status, RevocationStatus.REFUSED)
    if not note.strip():
        raise Invalid(_("Say why it is refused."))
    _decide(request, RevocationStatus.REFUSED, actor=actor, at=at, note=note.strip())
    return request


def _locked(request: RevocationRequest) -> RevocationRequest:
    return (
        RevocationRequest.objects.select_for_update(of=("self",))
        .select_related("award__learner__user", "award__credential__organization", "award__credential_version")
        .get(pk=request.pk)
    )


def _decide(request: RevocationRequest, target: RevocationStatus, *, actor: User, at: datetime, note: str) -> None:
    request.status, request.decided_by, request.decided_at, request.decision_note = target, actor, at, note
    request.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])
