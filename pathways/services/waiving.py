"""Waivers and substitutions: a rule that one learner need not meet, or that another badge meets, with the reason."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from config import handoff
from config.errors import Conflict, Invalid
from config.permissions import Can, require
from credentials.models import Credential
from credentials.models.catalog import CredentialKind
from learners import services as learners_services
from learners.models import Learner, User
from pathways import selectors
from pathways.models import PathwayEnrollment, Requirement, Waiver, WaiverWithdrawal
from pathways.workflow import PathwayEnrollmentStatus


@transaction.atomic
def grant_waiver(
    *,
    actor: User,
    enrollment: PathwayEnrollment,
    requirement: Requirement,
    reason: str,
    at: datetime,
    substitute: Credential | None = None,
) -> Waiver:
    """Waive a rule for one learner, or allow a badge in its place; the learner and the committee read why.

    It holds for the same rule of a later version, too, where that asks no more. Raises NotAllowed, Invalid (no reason, a rule that cannot be waived
    or substituted, a badge that cannot stand in), Conflict (it is waived or substituted already, or the learner no longer
    works toward it).
    """
    enrollment = locked_enrollment(enrollment)
    require(actor, Can.WAIVER_GRANT, enrollment)
    require_active(enrollment)
    reason = _required(reason)
    place = next((each for each in selectors.places(enrollment.version) if each.rule.pk == requirement.pk), None)
    if place is None:
        raise Invalid(_("Choose a rule of the version that the learner follows."))
    rule = place.rule
    if substitute is None and not place.takes_waiver:
        raise Invalid(_("“%(rule)s” cannot be waived by itself; waive what it belongs to.") % {"rule": rule.name})
    if substitute is not None:
        if not place.takes_substitute:
            raise Invalid(_("No badge can stand in for “%(rule)s”; it can be waived.") % {"rule": rule.name})
        _require_badge(rule, enrollment, substitute)
    same = Waiver.objects.filter(enrollment=enrollment, requirement__key=rule.key)
    if same.standing().exists():
        raise Conflict(_("“%(rule)s” is waived or substituted already; withdraw that first.") % {"rule": rule.name})
    waiver = Waiver.objects.create(
        enrollment=enrollment,
        requirement=rule,
        number=same.count() + 1,
        substitute=substitute,
        reason=reason,
        actor=actor,
        at=at,
    )
    _tell(enrollment, at)
    handoff.after_commit("pathways.open_due_cases")
    return waiver


@transaction.atomic
def withdraw_waiver(*, actor: User, waiver: Waiver, reason: str, at: datetime) -> WaiverWithdrawal:
    """Take a waiver or substitution back; what was met by it alone is open again.

    Once the designation is awarded it stays, since the designation rests on it. Raises NotAllowed, Invalid (no reason),
    Conflict (withdrawn already, or the learner no longer works toward it).
    """
    enrollment = locked_enrollment(waiver.enrollment)
    require(actor, Can.WAIVER_GRANT, enrollment)
    require_active(enrollment)
    reason = _required(reason)
    if WaiverWithdrawal.objects.filter(waiver=waiver).exists():
        raise Conflict(_("It was withdrawn already."))
    made = WaiverWithdrawal.objects.create(waiver=waiver, reason=reason, actor=actor, at=at)
    _tell(enrollment, at)
    return made


def locked_enrollment(enrollment: PathwayEnrollment) -> PathwayEnrollment:
    """The enrollment under the locks of whoever confirms a case: the learner first. Read after, as it is then."""
    Learner.objects.select_for_update(of=("self",), no_key=True).get(pk=enrollment.learner_id)
    PathwayEnrollment.objects.select_for_update(no_key=True).get(pk=enrollment.pk)
    joined = PathwayEnrollment.objects.select_related("learner__user", "version", "pathway__credential__organization")
    return joined.get(pk=enrollment.pk)


def require_active(enrollment: PathwayEnrollment) -> None:
    if enrollment.status == PathwayEnrollmentStatus.COMPLETED:
        raise Conflict(_("The designation is awarded; what it rests on stays as it is."))
    if enrollment.status != PathwayEnrollmentStatus.ACTIVE:
        raise Conflict(_("The learner no longer works toward this designation."))


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why; the learner and the committee read it."))
    return reason.strip()


def _require_badge(rule: Requirement, enrollment: PathwayEnrollment, badge: Credential) -> None:
    """Refuse what is no badge of the school's own, and what the rule names anyhow."""
    title = {"badge": selectors.title_of(badge)}
    if badge.kind != CredentialKind.MICROCREDENTIAL or badge.current_version is None:
        raise Invalid(_("%(badge)s is no published microcredential.") % title)
    if badge.organization_id != enrollment.pathway.credential.organization_id:
        raise Invalid(_("%(badge)s belongs to another school; recognize it first, or name one of your own.") % title)
    if badge.pk == rule.credential_id or rule.children.filter(credential=badge).exists():
        raise Invalid(_("The rule names %(badge)s itself.") % title)


def _tell(enrollment: PathwayEnrollment, at: datetime) -> None:
    """The mail names neither the rule nor the reason; the pathway's page does."""
    if enrollment.learner.user is None:
        return
    learners_services.tell(
        user=enrollment.learner.user,
        kind="waiver",
        subject=_("%(title)s: what you have to meet has changed") % {"title": enrollment.version.title},
        text=_("Somebody who runs the pathway has changed what you have to meet. Its page says what, and why."),
        path=enrollment.pathway.get_absolute_url(),
        at=at,
    )
