"""The commands on pathways and designation cases, the only writers."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from config.errors import Conflict, Incomplete, Invalid
from config.permissions import Can, Role, require
from credentials.models import Credential, CredentialVersion, Organization
from credentials.models.catalog import CredentialKind, Level
from credentials.workflow import CredentialStatus, VersionStatus
from learners import services as learners_services
from learners.models import Award, Learner, User
from pathways import selectors
from pathways.models import (
    CaseEvent,
    DesignationCase,
    Pathway,
    PathwayEnrollment,
    PathwayEvent,
    PathwayVersion,
    Requirement,
    RequirementKind,
)
from pathways.workflow import (
    CASE_MOVES,
    PATHWAY_ENROLLMENT_MOVES,
    PATHWAY_VERSION_MOVES,
    CaseStatus,
    PathwayEnrollmentStatus,
    PathwayVersionStatus,
    require_move,
)


@transaction.atomic
def create_pathway(
    *,
    actor: User,
    organization: Organization,
    slug: str,
    title: str,
    summary: str,
    professions: Sequence[str],
    required: Sequence[Credential],
    groups: Sequence[tuple[str, int, Sequence[Credential]]],
    minimum_hours: int,
    minimum_distinct_professions: int,
    time_limit_months: int | None,
    components_valid_at_award: bool,
    is_double_counting_allowed: bool,
    shared_components_max: int,
    max_per_learner: int | None,
    capstone_form: str,
    recorded_on: Sequence[str],
    setting: str,
    statement_for_letters: str,
    owner: User,
    review_on: date,
    at: datetime,
) -> PathwayVersion:
    """Make a designation with its draft version, and the draft of the pathway that leads to it.

    groups: (label, how many, of which). Raises NotAllowed.
    """
    number = Credential.objects.filter(organization=organization, kind=CredentialKind.DESIGNATION).count() + 1
    credential = Credential(
        kind=CredentialKind.DESIGNATION,
        organization=organization,
        code=f"{organization.short_name[:3].upper()}-D{number:02}",
        slug=slug,
        owner=owner,
        review_on=review_on,
    )
    require(actor, Can.CREDENTIAL_EDIT, credential)
    credential.save()
    designation = CredentialVersion.objects.create(
        credential=credential,
        number=1,
        title=title,
        theme="Designation",
        summary=summary,
        level=Level.ADVANCED,
        setting=setting,
        workload_hours=minimum_hours,
        professions_admitted=list(professions),
        assessment_methods=["committee decision over assessed components"],
        supervision_and_identity=_("as stated for each component"),
        quality_assurance=[_("each component assessed by its own rubric"), _("confirmed by a committee")],
        limits=_("It is a record of assessed learning. It is not a license and grants no privilege to practice."),
        statement_for_letters=statement_for_letters,
        is_stackable=False,
    )
    pathway = Pathway.objects.create(slug=slug, credential=credential)
    version = PathwayVersion.objects.create(
        pathway=pathway,
        number=1,
        credential_version=designation,
        title=title,
        summary=summary,
        professions_admitted=list(professions),
        minimum_hours=minimum_hours,
        minimum_distinct_professions=minimum_distinct_professions,
        time_limit_months=time_limit_months,
        components_valid_at_award=components_valid_at_award,
        is_double_counting_allowed=is_double_counting_allowed,
        shared_components_max=shared_components_max,
        max_per_learner=max_per_learner,
        capstone_form=capstone_form,
        recorded_on=list(recorded_on),
    )
    _write_requirements(version, required, groups, minimum_hours, capstone_form)
    return version


def _write_requirements(
    version: PathwayVersion,
    required: Sequence[Credential],
    groups: Sequence[tuple[str, int, Sequence[Credential]]],
    minimum_hours: int,
    capstone_form: str,
) -> None:
    position = 0
    for credential in required:
        position += 1
        Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.CREDENTIAL, credential=credential
        )
    for label, count, credentials in groups:
        position += 1
        group = Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.CHOOSE, label=label, minimum=count
        )
        Requirement.objects.bulk_create(
            Requirement(
                version=version,
                parent=group,
                position=number,
                kind=RequirementKind.CREDENTIAL,
                credential=credential,
            )
            for number, credential in enumerate(credentials, 1)
        )
    if minimum_hours:
        position += 1
        Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.HOURS, minimum=minimum_hours
        )
    if capstone_form:
        position += 1
        Requirement.objects.create(
            version=version, position=position, kind=RequirementKind.CAPSTONE, label=capstone_form
        )


def missing_for_publication(version: PathwayVersion) -> list[str]:
    """What stands in the way of publishing, in sentences; empty when nothing does."""
    lacking = []
    designation = version.credential_version
    if designation is None or designation.status != VersionStatus.PUBLISHED:
        lacking.append(_("Publish the designation first: it says what is awarded."))
    rows = list(version.requirements.select_related("credential__current_version", "parent").order_by("position", "pk"))
    if not any(row.kind in {RequirementKind.CREDENTIAL, RequirementKind.CHOOSE} for row in rows):
        lacking.append(_("Name at least one credential that is required."))
    for row in rows:
        if row.credential is not None and row.credential.status == CredentialStatus.DRAFT:
            lacking.append(_("%(code)s is not published.") % {"code": row.credential.code})
        if row.parent is not None and row.parent.parent_id is not None:
            lacking.append(_("“%(row)s” is nested deeper than a group.") % {"row": row})
    lacking += _impossible(version, rows)
    return lacking


def _impossible(version: PathwayVersion, rows: Sequence[Requirement]) -> list[str]:
    """Rules that nobody, or no admitted profession, can meet."""
    found = []
    for profession in version.professions_admitted:
        for row in rows:
            if row.parent_id is None and row.credential is not None and not _admits(row.credential, profession):
                found.append(
                    _("%(code)s does not admit %(profession)s.")
                    % {"code": row.credential.code, "profession": profession}
                )
            if row.kind == RequirementKind.CHOOSE:
                open_to = [
                    each
                    for each in rows
                    if each.parent_id == row.pk and each.credential and _admits(each.credential, profession)
                ]
                if len(open_to) < (row.minimum or 1):
                    found.append(
                        _("“%(label)s” leaves %(profession)s %(open)s to choose from, and asks for %(count)s.")
                        % {
                            "label": row.label,
                            "profession": profession,
                            "open": len(open_to),
                            "count": row.minimum,
                        }
                    )
    return found


def _admits(credential: Credential, profession: str) -> bool:
    version = credential.current_version
    return version is None or not version.professions_admitted or profession in version.professions_admitted


@transaction.atomic
def publish_pathway(*, actor: User, version: PathwayVersion, at: datetime, note: str = "") -> PathwayVersion:
    """Publish a pathway version: from now on its rules are frozen. Raises NotAllowed, IllegalMove, Incomplete."""
    version = (
        PathwayVersion.objects.select_for_update(of=("self",))
        .select_related("pathway__credential__organization", "credential_version")
        .get(pk=version.pk)
    )
    require(actor, Can.PATHWAY_PUBLISH, version.pathway)
    require_move(PATHWAY_VERSION_MOVES, version.status, PathwayVersionStatus.PUBLISHED)
    if lacking := missing_for_publication(version):
        raise Incomplete(_("Before it can be published: %(missing)s") % {"missing": " ".join(lacking)}, lacking)
    version.status, version.published_at, version.published_by = PathwayVersionStatus.PUBLISHED, at, actor
    version.save(update_fields=["status", "published_at", "published_by"])
    PathwayEvent.objects.create(version=version, actor=actor, moved_to=version.status, note=note, at=at)
    return version


@transaction.atomic
def join_pathway(*, actor: User, learner: Learner, pathway: Pathway, at: datetime) -> PathwayEnrollment:
    """Work toward a designation, by the newest published version. Raises NotAllowed, Invalid, Conflict (joined already)."""
    learner = Learner.objects.select_for_update(of=("self",)).get(pk=learner.pk)
    require(actor, Can.PATHWAY_JOIN, learner)
    version = pathway.versions.filter(status=PathwayVersionStatus.PUBLISHED).order_by("-number").first()
    if version is None:
        raise Invalid(_("This pathway is not published."))
    if version.professions_admitted and learner.profession not in version.professions_admitted:
        raise Invalid(_("It is open to %(admitted)s.") % {"admitted": ", ".join(version.professions_admitted)})
    try:
        with transaction.atomic():
            return PathwayEnrollment.objects.create(learner=learner, pathway=pathway, version=version, joined_at=at)
    except IntegrityError as error:
        raise Conflict(_("You have joined this pathway already.")) from error


@transaction.atomic
def open_case(*, enrollment: PathwayEnrollment, at: datetime) -> DesignationCase | None:
    """Bring a met pathway before the committee; a consequence, harmless when repeated.

    Answers the standing case, a new one, or None while something is missing.
    """
    enrollment = (
        PathwayEnrollment.objects.select_for_update(of=("self",))
        .select_related("learner", "version__pathway__credential")
        .get(pk=enrollment.pk)
    )
    standing = (
        DesignationCase.objects.filter(learner=enrollment.learner, pathway_version=enrollment.version)
        .exclude(status=CaseStatus.DECLINED)
        .first()
    )
    if standing is not None or enrollment.status != PathwayEnrollmentStatus.ACTIVE:
        return standing
    state = selectors.progress(version=enrollment.version, learner=enrollment.learner, on=timezone.localdate(at))
    if not state.is_met:
        return None
    case = DesignationCase.objects.create(learner=enrollment.learner, pathway_version=enrollment.version, opened_at=at)
    CaseEvent.objects.create(case=case, moved_to=CaseStatus.OPEN, note=state.sentence, at=at)
    _tell_committee(case, at)
    return case


def _tell_committee(case: DesignationCase, at: datetime) -> None:
    credential = case.credential
    members = User.objects.filter(
        role_grants__role=Role.COMMITTEE, role_grants__organization=credential.organization, is_active=True
    ).distinct()
    for member in members.order_by("pk"):
        learners_services.tell(
            user=member,
            kind="case",
            subject=_("%(title)s: a case for the committee") % {"title": case.pathway_version.title},
            text=_("A learner has met every requirement of a pathway; the committee decides."),
            path=reverse("pathways:case-detail", args=[case.public_id]),
            at=at,
        )


def open_due_cases(*, at: datetime) -> int:
    """Open the cases of all joined learners whose pathway is met; answer how many are new."""
    standing = DesignationCase.objects.filter(learner=OuterRef("learner"), pathway_version=OuterRef("version")).exclude(
        status=CaseStatus.DECLINED
    )
    # A declined case is not opened again by itself: the learner asks, once something has changed.
    declined = DesignationCase.objects.filter(
        learner=OuterRef("learner"), pathway_version=OuterRef("version"), status=CaseStatus.DECLINED
    )
    waiting = PathwayEnrollment.objects.filter(
        ~Exists(standing), ~Exists(declined), status=PathwayEnrollmentStatus.ACTIVE
    )
    return sum(open_case(enrollment=each, at=at) is not None for each in waiting.order_by("pk"))


@transaction.atomic
def confirm_case(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Confirm a case: the designation is awarded with the awards that it counts, in this transaction.

    Raises NotAllowed (no member, or one's own case), IllegalMove (decided already), Invalid (no reason, or the pathway is
    no longer met: the message says why).
    """
    case = _locked(case)
    require(actor, Can.CASE_DECIDE, case)
    require_move(CASE_MOVES, case.status, CaseStatus.CONFIRMED)
    reason = _required(reason)
    version = case.pathway_version
    state = selectors.progress(version=version, learner=case.learner, on=timezone.localdate(at))
    if not state.is_met:
        raise Invalid(_("The pathway is not met on this day. %(why)s") % {"why": state.sentence})
    if version.credential_version is None:
        raise Invalid(_("The pathway names no designation."))
    counted = Award.objects.in_bulk([held.award_id for held, _label in state.counted])
    award = learners_services.grant_award(
        learner=case.learner,
        version=version.credential_version,
        actor=actor,
        at=at,
        components=[(counted[held.award_id], label) for held, label in state.counted],
    )
    case.status, case.decided_at, case.award = CaseStatus.CONFIRMED, at, award
    case.save(update_fields=["status", "decided_at", "award"])
    CaseEvent.objects.create(case=case, actor=actor, moved_to=CaseStatus.CONFIRMED, note=reason, at=at)
    _complete(case)
    return case


def _complete(case: DesignationCase) -> None:
    for enrollment in PathwayEnrollment.objects.select_for_update().filter(
        learner=case.learner, version=case.pathway_version, status=PathwayEnrollmentStatus.ACTIVE
    ):
        require_move(PATHWAY_ENROLLMENT_MOVES, enrollment.status, PathwayEnrollmentStatus.COMPLETED)
        enrollment.status = PathwayEnrollmentStatus.COMPLETED
        enrollment.save(update_fields=["status"])


@transaction.atomic
def decline_case(*, actor: User, case: DesignationCase, at: datetime, reason: str) -> DesignationCase:
    """Decline a case with a reason that the learner sees. Raises NotAllowed, IllegalMove, Invalid."""
    case = _locked(case)
    require(actor, Can.CASE_DECIDE, case)
    require_move(CASE_MOVES, case.status, CaseStatus.DECLINED)
    reason = _required(reason)
    case.status, case.decided_at = CaseStatus.DECLINED, at
    case.save(update_fields=["status", "decided_at"])
    CaseEvent.objects.create(case=case, actor=actor, moved_to=CaseStatus.DECLINED, note=reason, at=at)
    if case.learner.user is not None:
        learners_services.tell(
            user=case.learner.user,
            kind="case-decided",
            subject=_("%(title)s: the committee has decided") % {"title": case.pathway_version.title},
            text=_("The committee has decided on your designation."),
            path=case.pathway_version.pathway.get_absolute_url(),
            at=at,
        )
    return case


def _locked(case: DesignationCase) -> DesignationCase:
    return (
        DesignationCase.objects.select_for_update(of=("self",))
        .select_related(
            "learner__user", "pathway_version__pathway__credential__organization", "pathway_version__credential_version"
        )
        .get(pk=case.pk)
    )


def _required(reason: str) -> str:
    if not reason.strip():
        raise Invalid(_("Say why; the reason stays with the case."))
    return reason.strip()
