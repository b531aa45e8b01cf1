"""Looking again at a designation, because something that it counts was revoked. Nothing is taken away by itself."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from config.errors import Invalid
from config.permissions import Can, Role, require
from credentials.models.committee import Vote
from learners import services as learners_services
from learners.models import Award, AwardComponent, User
from learners.workflow import AwardStatus
from pathways.models import CaseEvent, DesignationCase, PathwayVersion
from pathways.services.cases import tell_learner
from pathways.services.voting import cast_vote, locked, require_carried, required
from pathways.workflow import CASE_MOVES, CaseStatus, require_move


def open_reviews(*, at: datetime) -> int:
    """Open a case for each standing designation that counts an award revoked since the committee last looked at it.

    A consequence, harmless when repeated; answers how many are new.
    """
    revoked = AwardComponent.objects.filter(award=OuterRef("pk"), component__status=AwardStatus.REVOKED)
    seen = DesignationCase.objects.filter(reviews=OuterRef("award"), opened_at__gte=OuterRef("component__revoked_at"))
    due = Award.objects.filter(Exists(revoked.filter(~Exists(seen))), status=AwardStatus.ACTIVE)
    due = due.exclude(designation_reviews__status=CaseStatus.OPEN)
    return sum(_open_review(each, at) is not None for each in due.order_by("pk"))


@transaction.atomic
def _open_review(award: Award, at: datetime) -> DesignationCase | None:
    award = (
        Award.objects.select_for_update(of=("self",), no_key=True)
        .select_related("learner__user", "credential_version")
        .get(pk=award.pk)
    )
    version = (
        PathwayVersion.objects.filter(Q(cases__award=award) | Q(credential_version=award.credential_version))
        .order_by(F("cases__award").asc(nulls_last=True), "-number")
        .first()
    )
    newest = award.designation_reviews.order_by("-pk").first()
    revoked = AwardComponent.objects.filter(award=award, component__status=AwardStatus.REVOKED)
    if newest is not None:
        if newest.status == CaseStatus.OPEN:
            return None
        revoked = revoked.filter(component__revoked_at__gt=newest.opened_at)
    titles = revoked.order_by("position").values_list("component__credential_version__title", flat=True)
    if version is None or award.status != AwardStatus.ACTIVE or not titles:
        return None
    case = DesignationCase.objects.create(learner=award.learner, pathway_version=version, reviews=award, opened_at=at)
    note = _("Revoked since: %(titles)s.") % {"titles": ", ".join(titles)}
    CaseEvent.objects.create(case=case, actor=None, moved_to=CaseStatus.OPEN, note=note, at=at)
    title = {"title": award.credential_version.title}
    user = award.learner.user
    learners_services.tell_role(
        Role.COMMITTEE,
        credential=version.pathway.credential,
        kind="component-revoked",
        subject=_("%(title)s: a badge that it counts was revoked") % title,
        text=_("A designation counts a badge that was revoked since. It stands until the committee has looked again."),
        path=case.get_absolute_url(),
        at=at,
        but=[user.pk] if user else [],
    )
    if user is not None:
        learners_services.tell(
            user=user,
            kind="case-review",
            subject=_("%(title)s: the committee looks at it again") % title,
            text=_("Your designation stays as it is until the committee has decided; you are told when it has."),
            path=version.pathway.get_absolute_url(),
            at=at,
        )
    return case


@transaction.atomic
def keep_designation(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Let a designation stand. Raises NotAllowed, IllegalMove, Invalid (no review, no reason), Conflict, QuorumLacking."""
    return _decide(actor, case, CaseStatus.KEPT, Vote.FOR, at, reason)


@transaction.atomic
def ask_revocation(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Decide that a designation be revoked: the registrars are asked, and two of them carry it out.

    Until then it stands. Raises NotAllowed, IllegalMove, Invalid (no review, no reason), Conflict, QuorumLacking.
    """
    case = _decide(actor, case, CaseStatus.TO_REVOKE, Vote.AGAINST, at, reason)
    award = case.reviews
    if award is not None:
        learners_services.tell_role(
            Role.REGISTRAR,
            credential=case.credential,
            kind="revocation",
            subject=_("%(title)s: the committee asks for a revocation") % {"title": case.pathway_version.title},
            text=_(
                "The committee has decided that a designation be revoked. It stands until two registrars have done so."
            ),
            path=reverse("issuance:registrar-award", args=[award.public_id]),
            at=at,
            but=[case.learner.user_id] if case.learner.user_id else [],
        )
    return case


def _decide(
    actor: User, case: DesignationCase, target: CaseStatus, vote: Vote, at: datetime, reason: str
) -> DesignationCase:
    case = locked(case)
    require(actor, Can.CASE_DECIDE, case)
    require_move(CASE_MOVES, case.status, target)
    if not case.is_review:
        raise Invalid(_("This case asks for a designation; it is confirmed or declined."))
    reason = required(reason)
    cast_vote(case, actor, vote, reason, at)
    require_carried(case, vote, at)
    case.status, case.decided_at = target, at
    case.save(update_fields=["status", "decided_at"])
    CaseEvent.objects.create(case=case, actor=actor, moved_to=target, note=reason, at=at)
    tell_learner(case, at)
    return case
